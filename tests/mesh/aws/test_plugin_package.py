"""Package whose plugin the table was read for: the one that is installed, and not another.

An upgrade fails here until the table is read again, in the source that the new package wraps.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from mesh.aws.packaged import packaged_texts, parsed
from sandbox.emulator.provider import VERSION

ROOT: Final = Path(__file__).resolve().parents[3]
FILES: Final[Mapping[str, Any]] = {name: parsed(text) for name, text in packaged_texts("plugin")}
PACKAGE: Final[Mapping[str, Any]] = FILES["provider.yaml"]["package"]
FOR_THE_HUBS_GRANTS: Final = (6, 60)
"""The plugin reads grants to roles of other accounts since a change of 2026-08-11 (PR 49398), two weeks after 6.57."""


def pinned(lock: str) -> str:
    """The version of the package in a lock file."""
    found = re.search(rf"(?m)^{PACKAGE['name']}==(\S+)", (ROOT / lock).read_text("utf-8"))
    assert found
    return found[1]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_table_is_of_the_package_that_is_pinned_here(lock: str) -> None:
    assert pinned(lock) == PACKAGE["version"], "read the table again, in the source that this version wraps"


def test_the_table_is_of_the_package_that_is_installed_and_that_the_emulator_stands_for() -> None:
    assert importlib.metadata.version(PACKAGE["name"]) == PACKAGE["version"] == VERSION


def test_the_package_has_what_its_least_upstream_brought() -> None:
    for reason in PACKAGE["because"]:
        said, _, path = reason.rpartition(": ")
        module, _, name = path.rpartition(".")
        new = getattr(importlib.import_module(module), name)
        words = re.findall(r"has (\w+) since", said)
        assert set(words) <= set(inspect.signature(new._internal_init).parameters), reason
    assert len(PACKAGE["because"]) >= 2


def test_every_file_is_of_one_reading_and_none_is_newer_than_what_is_wrapped() -> None:
    sources = [each["source"] for each in FILES.values()]
    ((_, version),) = {(each["commit"], each["version"]) for each in sources}
    assert numbers(version) <= numbers(PACKAGE["wraps-at-least"])


def test_the_way_that_needs_no_faith_can_read_what_it_grants() -> None:
    assert numbers(PACKAGE["wraps-at-least"]) >= FOR_THE_HUBS_GRANTS


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, which are compared one by one."""
    return tuple(map(int, version.split(".")))
