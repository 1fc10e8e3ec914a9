"""Emulator beside the table of the plugin: what AWS chooses stays, what AWS does not tell an import does not find.

The table is read in the plugin's source, the emulator written from AWS's and moto's answers. Each difference between
the two stands here with its reason; one that is no more fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from mesh.aws.plugin_table import plugin_types
from sandbox.emulator.aws import RESOURCES
from sandbox.emulator.aws.fields import Field, FieldKind
from sandbox.emulator.provider import AwsProvider
from tests.sandbox.emulator.provider_cases import STORAGE_AND_ORGANIZATION
from tests.sandbox.emulator.provider_cases_services import SERVICES
from tests.sandbox.emulator.provider_harness import Case, Driver, Values
from tests.sandbox.emulator.test_provider_lives import Standing, drivers, organization

__all__ = ["drivers", "organization"]

Difference = tuple[str, str]
"""(end of a type's token, property)"""

TYPES: Final = sorted(set(plugin_types()) & set(RESOURCES))
CASES: Final = [each for each in (*STORAGE_AND_ORGANIZATION, *SERVICES) if each.token in plugin_types()]
SOME: Final[Mapping[FieldKind, Any]] = {
    "text": "x",
    "flag": True,
    "number": 7,
    "texts": ["x"],
    "numbers": [7],
    "map": {"x": "x"},
    "pairs": {"x": "x"},
    "document": '{"x": "x"}',
}
"""A value of each kind of property."""

STAYS_HERE_ALONE: Final[Mapping[Difference, str]] = {}
"""Properties that one of the two leaves alone when the program says them no more, and the other does not."""
FOUND_HERE_ALONE: Final[Mapping[Difference, str]] = {}
"""Properties that an import finds in one of the two, and in the other not."""
IMPORTED_BY: Final[Mapping[str, str]] = {
    "aws:cloudwatch/eventTarget:EventTarget": "{eventBusName}/{rule}/{targetId}",
    "aws:lambda/permission:Permission": "{function}/{statementId}",
}
"""What an import is asked with, where that is not the id."""


def short(token: str) -> str:
    """A token without what is the same in all: `sns:Topic`."""
    return token.partition(":")[2].rpartition(":")[0].partition("/")[0] + ":" + token.rpartition(":")[2]


def row(token: str, name: str) -> str:
    return plugin_types()[token].reads_back.get(name, "")


def computed(token: str, name: str) -> bool:
    return row(token, name).startswith("computed")


def untold(token: str, name: str) -> bool:
    return row(token, name).startswith(("of the program alone", "never read"))


def some(field: Field) -> Any:
    """A value of a property that is not its default."""
    if field.kind in ("one", "many"):
        whole = {name: some(part) for name, part in (field.of or {}).items()}
        return whole if field.kind == "one" else [whole]
    return not field.default if isinstance(field.default, bool) else SOME[field.kind]


# ---- what AWS chooses, and what it does not


def left_alone(token: str, name: str, field: Field) -> bool:
    """Whether the provider leaves a value alone that the program says no more."""
    value = {name: some(field)}
    driver = Driver(AwsProvider())
    return driver.diff(token, "x", value, value, {}).changes == pb.DiffResponse.DIFF_NONE


def chosen_otherwise() -> Iterator[Difference]:
    for token in TYPES:
        for name, field in RESOURCES[token].fields.items():
            if not field.required and left_alone(token, name, field) != computed(token, name):
                yield short(token), name


def test_what_the_table_calls_computed_the_emulator_leaves_alone_and_nothing_else() -> None:
    assert set(chosen_otherwise()) == set(STAYS_HERE_ALONE)


# ---- what an import finds


@cache
def importable() -> frozenset[str]:
    return frozenset(token for token, each in plugin_types().items() if each.import_id != "none")


def test_an_import_finds_what_the_table_says_that_it_tells(organization: Any, drivers: dict[str, Driver]) -> None:
    told: set[Difference] = set()
    for case in CASES:
        if case.token not in importable():
            continue
        inputs, found = imported(case, drivers)
        for name in inputs.keys() - {"tags", "region"}:
            if (name not in found) != untold(case.token, name):
                told.add((short(case.token), name))
    assert told == set(FOUND_HERE_ALONE)


def imported(case: Case, drivers: dict[str, Driver]) -> tuple[Values, Values]:
    """The inputs of a resource, and those that an import finds."""
    with Standing(drivers) as standing:
        standing.create_needs(case)
        driver, inputs = drivers[case.account], case.resolved(standing.made)
        id_, state = driver.create(case.token, inputs)
        asked = IMPORTED_BY.get(case.token, "").format(**inputs) or id_
        _, _, found = driver.read(case.token, asked, {}, {})
        driver.delete(case.token, id_, state)
    return inputs, found


@pytest.mark.parametrize("reasons", [STAYS_HERE_ALONE, FOUND_HERE_ALONE])
def test_each_difference_has_a_reason(reasons: Mapping[Difference, str]) -> None:
    assert [reason for reason in reasons.values() if len(reason) < 30] == []
