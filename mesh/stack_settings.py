"""Settings of stacks in the mesh folder, `Pulumi.<stack>.yaml`: none says another day, or that AWS is emulated.

`Pulumi.yaml` has Pulumi look for them here. A line in such a file could turn the clock back, and with it every review
that has lapsed would hold again; the emulator says the day to the program itself, in a folder of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from mesh import yamlfile
from mesh.findings import Finding

OF_THE_EMULATOR: Final[Mapping[str, str]] = {
    "as-of": (
        "the day of a deployment is the day on which it is made, and on another one reviews that have lapsed would "
        "hold again"
    ),
    "emulated": "with it a deployment would take assumed account ids for AWS's, and any day for today",
}
"""Settings that `mesh up` makes for the program, and why no file may have them."""

REGION: Final = "aws:region"
"""Setting of the AWS plugin that `pulumi config set` is often told first, and that no provider of the mesh reads."""

ENDINGS: Final = (".yaml", ".yml", ".json")
_PROJECT: Final = "mesh:"


def findings(directory: Path) -> Iterator[Finding]:
    """Findings on settings of stacks in a mesh folder."""
    for path in sorted(directory.glob("Pulumi.*.*")):
        if path.suffix in ENDINGS:
            yield from _of_file(path)


def _of_file(path: Path) -> Iterator[Finding]:
    try:
        source = yamlfile.read_text(str(path), str(path))
        written = yamlfile.parse(source)
    except yamlfile.UnreadableError as error:
        yield from error.findings
        return
    config = written.get("config")
    for key in cast("Mapping[Any, Any]", config) if isinstance(config, dict) else ():
        # Pulumi takes a key without a namespace for one of the project's.
        name = str(key).removeprefix(_PROJECT)
        line, column = source.place(("config", key), on_key=True)
        if name == REGION:
            message = (
                f"'{key}' says nothing to a deployment: each provider takes the region of mesh.yaml; remove the line"
            )
            yield Finding(source.file, line, column, message, "warning")
        if name in OF_THE_EMULATOR:
            message = (
                f"'{key}' is a setting of the emulator alone: {OF_THE_EMULATOR[name]}; remove the line "
                "(`mesh up --as-of` tries another day)"
            )
            yield Finding(source.file, line, column, message)
