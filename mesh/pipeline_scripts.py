"""Scripts of pipelines as files: `pipelines/<domain>/`, beside the mesh folder or, where it stands alone, in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mesh.model import Script, Scripts

FOLDER: Final = "pipelines"
ENDINGS: Final = (".py", ".json", ".yaml", ".yml")
"""Endings of scripts; other files, such as a README, are nobody's job."""
LARGEST: Final = 1_048_576
"""Bytes of a script: Step Functions takes no larger definition (API Reference, CreateStateMachine), and Lambda and Glue
take more than anybody writes."""


def read_scripts(root: Path) -> Scripts:
    """Scripts of a mesh folder; a file that cannot be used has a fault, and no text."""
    here = FOLDER if os.path.lexists(root / FOLDER) else f"../{FOLDER}"
    folder = root / here
    return Scripts(here, {f"{path.parent.name}/{path.name}": _script(folder, path) for path in _files(folder)})


def _files(folder: Path) -> Iterator[Path]:
    """Files that may be scripts, of every domain, sorted."""
    for domain in _entries(folder):
        yield from (path for path in _entries(domain) if path.suffix in ENDINGS and not path.is_dir())


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))
    except OSError:  # there is none, or it is no folder
        return []


def _script(folder: Path, path: Path) -> Script:
    home = os.path.join(os.path.realpath(folder), path.parent.name)
    if os.path.dirname(os.path.realpath(path)) != home:
        return Script("", "it is a link that leads out of the domain's folder of scripts; put the script itself there")
    try:
        data = path.read_bytes()
    except OSError as error:
        return Script("", f"it cannot be read ({error.strerror})")
    if len(data) > LARGEST:
        return Script("", f"it has {len(data):,} bytes, and a script has {LARGEST:,} at the most")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Script("", f"it is not UTF-8 (byte {error.start + 1}); save it as UTF-8")
    return Script(text) if text.strip() else Script("", "it is empty")
