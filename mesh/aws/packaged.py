"""Packaged files of this folder: their texts, all in UTF-8, and the values of their YAML."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

import ryaml

_FOLDER: Final = files("mesh.aws")

InvalidYamlError: Final = ryaml.InvalidYamlError  # pyright: ignore[reportPrivateImportUsage] (ryaml exports without __all__)
"""An error of a text that is no YAML."""


def packaged(name: str) -> Any:
    """Values of a file, as YAML has them. Raises InvalidYamlError."""
    return parsed(_FOLDER.joinpath(name).read_text("utf-8"))


def packaged_texts(folder: str) -> Iterator[tuple[str, str]]:
    """Names and texts of a folder's YAML files, in the order of their names."""
    for each in sorted(_FOLDER.joinpath(folder).iterdir(), key=lambda each: each.name):
        if each.name.endswith(".yaml"):
            yield each.name, each.read_text("utf-8")


def parsed(text: str) -> Any:
    """Values of a YAML text. Raises InvalidYamlError."""
    return ryaml.loads(text)  # pyright: ignore[reportPrivateImportUsage] (as above)
