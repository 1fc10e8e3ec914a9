"""Profiles of AWS's SDKs for somebody of the kept organisation: a section of the file that AWS_CONFIG_FILE names.

The SDK asks the profile's `credential_process` for keys, and again before they expire (AWS SDKs and Tools Reference
Guide, "Process credential provider"): the file holds none.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mesh.findings import NotPossibleError

OURS: Final = "# Written by `mesh as`, which may write it anew."
"""The line of a section that says whose it is; one without it is the user's, and stays."""

_NAME: Final = re.compile(r"[A-Za-z0-9._@:+-]+")
_HEADER: Final = re.compile(r"^[ \t]*\[", re.MULTILINE)


def profile_name(who: str) -> str:
    """The profile's name where none is given: `clearance:general@ads` and `general@ads` are `mesh-general-ads`."""
    return f"mesh-{re.sub(r'[^A-Za-z0-9._]+', '-', who.removeprefix('clearance:'))}"


def mesh_command() -> list[str]:
    """The words that start this command from any folder."""
    typed = Path(sys.argv[0])
    if typed.name == "mesh" and typed.is_file() and os.access(typed, os.X_OK):
        return [str(typed.absolute())]
    # -P: a folder `cli` where the SDK happens to be called is not taken for this package.
    return [sys.executable, "-P", "-m", "cli.main"]


def section(name: str, region: str, endpoint: str, process: Sequence[str]) -> str:
    """The profile as a section of the file; `process` are the words of the command that tells the keys."""
    if not _NAME.fullmatch(name):
        raise NotPossibleError(f"'{name}' is no name of a profile; letters, digits and any of . _ @ : + - make one")
    return (
        f"{_header(name)}\n{OURS}\nregion = {region}\nendpoint_url = {endpoint}\n"
        f"credential_process = {shlex.join(process)}\ns3 =\n  addressing_style = path\n"
    )


def write_section(file: Path, name: str, text: str) -> None:
    """Puts the section into the file, in the place of the one that `mesh as` wrote before; all else stays.

    Raises NotPossibleError where the file cannot be read or written, or has a profile of that name from somebody else.
    """
    try:
        before = file.read_text("utf-8") if file.exists() else ""
        _replace(file.resolve(), _with_section(before, file, name, text))
    except (OSError, UnicodeDecodeError) as error:
        raise NotPossibleError(f"{file} cannot be written: {error}; nothing was changed") from None


def _with_section(before: str, file: Path, name: str, text: str) -> str:
    found = re.search(rf"^{re.escape(_header(name))}[ \t]*(?:[#;].*)?$", before, re.MULTILINE)
    if found is None:
        gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
        return f"{before}{gap}{text}"
    following = _HEADER.search(before, found.end())
    end = following.start() if following else len(before)
    if OURS not in before[found.end() : end]:
        raise NotPossibleError(
            f"{file} has a profile '{name}' that `mesh as` did not write; nothing was changed: give another name, "
            "or take it out"
        )
    gap = "\n" if following else ""
    return f"{before[: found.start()]}{text}{gap}{before[end:]}"


def _header(name: str) -> str:
    return "[default]" if name == "default" else f"[profile {name}]"


def _replace(file: Path, text: str) -> None:
    """Writes all of the file or nothing, readable by its user alone where it is new."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o600
    handle, fresh = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(text)
        Path(fresh).chmod(mode)
        Path(fresh).replace(file)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
