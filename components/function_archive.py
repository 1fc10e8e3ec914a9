"""Archive of a function: its source out of `functions/`, what it imports besides, and documents of the plan.

The same files make the same archive: it holds texts alone, and Pulumi's hash of it is one of names and texts.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pulumi import Archive, Asset, AssetArchive, StringAsset

SOURCES: Final = Path(__file__).resolve().parents[1] / "functions"
"""Folder of the functions: each is a folder of modules, which import nothing of ours."""

PACKED: Final = {"publish": ("fastavro",)}
"""Packages that a function imports and AWS's runtime does not have; their Python sources, which is all they need."""


def function_files(function: str, documents: Mapping[str, str]) -> dict[str, str]:
    """Texts of a function's archive by their paths, sorted. Raises ValueError for a path that stands there twice."""
    files = dict(_texts(SOURCES / function, ""))
    for package in PACKED.get(function, ()):
        files |= _texts(_package(package), f"{package}/")
    if twice := sorted(files.keys() & documents.keys()):
        raise ValueError(f"a document has the path of a file of functions/{function}: {', '.join(twice)}")
    return dict(sorted({**files, **documents}.items()))


def function_archive(function: str, documents: Mapping[str, str]) -> Archive:
    """The archive of a function."""
    files: dict[str, Asset | Archive] = {
        # Pulumi takes an asset of no text for none.
        path: StringAsset(text or "\n")
        for path, text in function_files(function, documents).items()
    }
    return AssetArchive(files)


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"{name} is packed into functions, and is not installed")
    return Path(next(iter(found.submodule_search_locations)))


def _texts(folder: Path, prefix: str) -> Iterator[tuple[str, str]]:
    """Python sources below a folder by their paths in it."""
    for file in sorted(folder.rglob("*.py")):
        yield prefix + file.relative_to(folder).as_posix(), file.read_text("utf-8")
