"""Breaks that are let through, and those that are refused with a sentence for each thing that is missing."""

from __future__ import annotations

import datetime
from typing import Any, Final

import pytest

from mesh.contracts.breaks.break_notice import refusals
from mesh.contracts.breaks.contract_versions import ContractVersion, step_between
from tests.mesh.contracts.breaks.break_cases import base, contract_of, judged, patched

DAY: Final = datetime.date(2027, 7, 1)
WORDS_OF_END: Final = "Use picture_key; told in #identity-data."
END: Final = {
    "property": "endOfSupport",
    "value": "2027-06-30",
    "element": "profiles.avatar",
    "description": WORDS_OF_END,
}
ANNOUNCED: Final = {".avatar/deprecated": True, "slaProperties/+": END}
GONE: Final = {".avatar": None, "slaProperties/endOfSupport": None, "version": "3.0.0"}


def refused(before: dict[str, Any], change: dict[str, Any], day: datetime.date = DAY) -> list[tuple[str, str]]:
    data = patched(base(), before)
    old, new = contract_of(data), contract_of(patched(data, change))
    return [(one.missing, one.sentence) for one in refusals(old, new, judged(old, new), day, 30)]


def missing(before: dict[str, Any], change: dict[str, Any], day: datetime.date = DAY) -> list[str]:
    return [what for what, _ in refused(before, change, day)]


def test_a_break_after_its_announced_end_with_a_major_version_is_let_through() -> None:
    assert refused(ANNOUNCED, GONE) == []
    assert refused(ANNOUNCED, GONE, datetime.date(2027, 6, 30)) == []


def test_a_break_out_of_nowhere_is_refused_with_a_sentence_for_each_thing_that_is_missing() -> None:
    assert refused({}, {".avatar": None, "version": "2.5.0"}) == [
        ("version", "a break demands a major version, and 2.4.1 to 2.5.0 makes a minor step: write 3.0.0"),
        (
            "deprecation",
            "column-removed: 'profiles.avatar' was not deprecated before; write 'deprecated: true' at "
            "'profiles.avatar', or 'status: deprecated' in a change that comes first",
        ),
        (
            "end",
            "column-removed: no end of 'profiles.avatar' was announced; write a service level 'endOfSupport' with its "
            "day",
        ),
    ]


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("2.4.1", "2.4.1 to 2.4.1 makes no step: write 3.0.0"),
        ("2.4.2", "makes a patch step: write 3.0.0"),
        ("2.3.0", "makes no step: write 3.0.0"),
        ("three", "makes no step: write 3.0.0"),
    ],
)
def test_a_break_demands_a_major_version(version: str, words: str) -> None:
    told = refused(ANNOUNCED, {**GONE, "version": version})
    assert next(what for what, _ in told) == "version"
    assert words in told[0][1]


def test_a_break_of_a_version_that_is_none_asks_for_one_first() -> None:
    told = refused({**ANNOUNCED, "version": "latest"}, GONE)
    assert told == [
        (
            "version",
            "a break demands a major version, and no step can be told from 'latest': first give the contract a version "
            "as 1.4.0",
        )
    ]


def test_a_break_before_its_end_waits() -> None:
    told = refused(ANNOUNCED, GONE, datetime.date(2027, 6, 1))
    assert told == [
        ("end", "column-removed: 'profiles.avatar' is promised until 2027-06-30, for 29 more days; break it then")
    ]


def test_an_end_that_says_nothing_to_consumers_is_no_notice() -> None:
    silent = {key: value for key, value in END.items() if key != "description"}
    assert missing({**ANNOUNCED, "slaProperties/+": silent}, GONE) == ["notice"]


def test_an_end_of_another_column_lets_nothing_go() -> None:
    assert missing({**ANNOUNCED, "slaProperties/+": {**END, "element": "profiles.plan"}}, GONE) == ["end"]


@pytest.mark.parametrize("element", ["profiles.plan, profiles.avatar", "avatar", "lake.profiles.avatar", "plan,avatar"])
def test_an_end_names_columns_in_each_way_that_a_service_level_may(element: str) -> None:
    """Open Data Contract Standard 3.2, "Service-Level Agreement": elements are separated by commas."""
    named = {**ANNOUNCED, "schema/accounts": None, "slaProperties/+": {**END, "element": element}}
    assert missing(named, GONE) == []
    assert missing({**named, "slaProperties/+": {**END, "element": element, "value": "2027-07-02"}}, GONE) == ["end"]


@pytest.mark.parametrize("element", ["avatar", ",", " "])
def test_an_element_that_is_none_of_the_contract_lets_nothing_go(element: str) -> None:
    """With two tables a column alone may be of either; and what names nothing does not stand for everything."""
    assert missing({**ANNOUNCED, "slaProperties/+": {**END, "element": element}}, GONE) == ["end"]


def test_a_column_that_an_end_names_besides_has_its_own_notice() -> None:
    more = {"slaProperties/endOfSupport/element": "profiles.avatar, profiles.plan", "version": "2.5.0"}
    told = refused(ANNOUNCED, more)
    assert [what for what, _ in told] == ["end"]
    assert told[0][1].startswith("the end of 'profiles.plan', 2027-06-30, is 1 day ago, ")


def test_a_column_beside_it_that_is_deprecated_lets_nothing_go() -> None:
    beside = {".plan/deprecated": True, "slaProperties/+": END}
    assert missing(beside, GONE) == ["deprecation"]


def test_a_deprecated_table_or_contract_covers_its_columns() -> None:
    table = {"schema/profiles/deprecated": True, "slaProperties/+": {**END, "element": "profiles"}}
    assert missing(table, GONE) == []
    whole = {"status": "deprecated", "slaProperties/+": {key: END[key] for key in END if key != "element"}}
    assert missing(whole, {**GONE, "status": "active"}) == []


def test_a_service_level_gets_worse_only_with_the_whole_contract_deprecated() -> None:
    worse = {"slaProperties/freshness/value": 48, "version": "3.0.0"}
    assert missing(ANNOUNCED, worse) == ["deprecation", "end"]
    whole = {"status": "deprecated", "slaProperties/+": {key: END[key] for key in END if key != "element"}}
    assert missing(whole, worse) == []


def test_a_label_closes_a_column_at_once_and_takes_a_major_version() -> None:
    assert missing({}, {".account_id/classification": "pii", "version": "3.0.0"}) == []
    assert missing({}, {".account_id/classification": "pii", "version": "2.5.0"}) == ["version"]


@pytest.mark.parametrize("status", ["draft", "proposed", "development", "in development"])
def test_a_draft_breaks_without_an_end_and_a_contract_does_not_become_one(status: str) -> None:
    assert missing({"status": status}, {".avatar": None, "version": "3.0.0"}) == []
    assert missing({}, {"status": status, "version": "3.0.0"}) == ["deprecation", "end"]


def test_a_contract_that_says_nothing_of_its_status_is_in_force() -> None:
    assert missing({"status": None}, {".avatar": None, "version": "3.0.0"}) == ["deprecation", "end"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (
            "2027-07-11",
            "'profiles.avatar', 2027-07-11, is 10 days ahead, and consumers have 30 days to move: write 2027-07-31",
        ),
        ("2027-07-01", "is today, and consumers have 30 days to move"),
        ("2027-07-02", "is 1 day ahead, and"),
        ("2026-01-01", "is 546 days ago, and consumers have 30 days to move"),
        ("soon", "is no day; write one as 2027-07-31"),
    ],
)
def test_an_end_is_announced_far_enough_ahead(value: str, words: str) -> None:
    told = refused({}, {**ANNOUNCED, "slaProperties/+": {**END, "value": value}, "version": "2.5.0"})
    assert [what for what, _ in told] == ["end"]
    assert words in told[0][1]
    assert missing({}, {**ANNOUNCED, "slaProperties/+": {**END, "value": "2027-07-31"}, "version": "2.5.0"}) == []


def test_an_announced_end_does_not_come_sooner() -> None:
    later = {**ANNOUNCED, "slaProperties/+": {**END, "value": "2027-12-31"}}
    told = missing(later, {"slaProperties/endOfSupport/value": "2027-08-31", "version": "2.5.0"})
    assert "version" in told


def test_an_end_that_is_moved_is_announced_anew() -> None:
    later = {**ANNOUNCED, "slaProperties/+": {**END, "value": "2027-12-31"}}
    told = [why for _, why in refused(later, {"slaProperties/endOfSupport/value": "2027-07-11", "version": "3.0.0"})]
    assert told[0].startswith("the end of 'profiles.avatar', 2027-07-11, is 10 days ahead, and consumers have 30 days")


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("1.2.3", "1.2.4", "patch"),
        ("1.2.3", "1.3.0", "minor"),
        ("1.9.9", "2.0.0", "major"),
        ("v1.2", "1.2.1", "patch"),
        ("0.9.0", "1.0.0", "major"),
        ("1.10.0", "1.9.0", None),
        ("2.0.0-rc.1", "2.0.0-rc.2", "patch"),
        ("2.0.0-rc.2", "2.0.0-rc.10", "patch"),
        ("2.0.0-rc.10", "2.0.0", "patch"),
        ("2.0.0", "2.0.0-rc.1", None),
        ("1.0.0", "1.0.0+build.7", None),
    ],
)
def test_the_step_of_a_version(before: str, after: str, step: str | None) -> None:
    old, new = ContractVersion.read(before), ContractVersion.read(after)
    assert old is not None
    assert new is not None
    assert step_between(old, new) == step


@pytest.mark.parametrize("text", ["", "latest", "1", "1.2.3.4", "1.x", 1.2, None])
def test_a_text_that_is_no_version_is_none(text: Any) -> None:
    assert ContractVersion.read(text) is None
