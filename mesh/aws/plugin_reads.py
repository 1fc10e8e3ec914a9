"""Reads of the AWS plugin: what it asks of AWS to learn whether a resource still is as its state says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, cast

import ryaml

_FILE: Final = "plugin_reads.yaml"


@cache
def reads_by_type() -> Mapping[str, tuple[str, ...]]:
    """Actions that the plugin asks when it reads a resource, by the type of the resource (`plugin_reads.yaml`)."""
    types = cast("dict[str, list[str]]", _table()["types"])
    return {kind: tuple(actions) for kind, actions in types.items()}


@cache
def plugin_reads() -> frozenset[str]:
    """All actions that a refresh asks: those of every type, and of the provider itself before it reads any."""
    of_the_provider = cast("list[str]", _table()["provider"])
    return frozenset(of_the_provider).union(*reads_by_type().values())


def _table() -> dict[str, object]:
    text = files("mesh.aws").joinpath(_FILE).read_text()
    return cast("dict[str, object]", ryaml.loads(text))  # pyright: ignore[reportPrivateImportUsage] (no __all__)
