"""The `pulumi` that is used: the one on PATH, else the pinned one that `make pulumi` builds into `.tools/`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mesh.findings import NotPossibleError

PINNED: Final = "3.259.0"
"""The version in `tools/pulumi/go.mod`."""

MINIMUM: Final = (3, 230, 0)
"""An older one may not serve what the SDK of the lock file asks of it (events over gRPC, attached providers)."""

BUILT: Final = Path(__file__).resolve().parents[2] / ".tools" / "pulumi"
_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class Cli:
    """A `pulumi` executable and its version, such as `3.259.0`."""

    path: Path
    version: str


def find(built: Path = BUILT) -> Cli:
    """The CLI to use; raises NotPossibleError, in one sentence, when there is none or only one that is too old."""
    old: Cli | None = None
    for path in _candidates(built):
        cli = Cli(path, _version(path))
        if _numbers(cli.version) >= MINIMUM:
            return cli
        old = old or cli
    least = ".".join(str(number) for number in MINIMUM)
    if old:
        found = f"{old.path} is version {old.version}" if old.version else f"{old.path} does not tell its version"
        raise NotPossibleError(
            f"pulumi {least} or newer is needed, {found}; update it, or take it off PATH and run `make pulumi`"
        )
    if shutil.which("go"):
        raise NotPossibleError(f"no pulumi was found; `make pulumi` builds the pinned {PINNED} into .tools/")
    raise NotPossibleError(
        "no pulumi was found: install the Pulumi CLI (https://www.pulumi.com/docs/iac/download-install/), "
        "or Go and then `make pulumi`"
    )


def _candidates(built: Path) -> Iterator[Path]:
    if found := shutil.which("pulumi"):
        yield Path(found).resolve()
    if built.is_file() and os.access(built, os.X_OK):
        yield built


def _version(path: Path) -> str:
    """The version that `pulumi version` prints, without its `v`; empty when it prints none."""
    try:
        done = subprocess.run(  # noqa: S603 (the user's own pulumi, or the one that was built here)
            [path, "version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = _VERSION.match(done.stdout.strip())
    return ".".join(found.groups()) if found else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split(".")) if version else (0,)


def main() -> int:
    """For `make pulumi`: 0 and the path when a usable CLI is there, else 1."""
    try:
        cli = find()
    except NotPossibleError:
        return 1
    sys.stdout.write(f"{cli.path} {cli.version}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
