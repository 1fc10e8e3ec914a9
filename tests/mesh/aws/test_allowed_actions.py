"""Files of actions: each is read whole, and what is wrong in one is said with file, line and what to write."""

from __future__ import annotations

import time
from importlib.resources import files

import pytest

from mesh.aws.allowed_actions import (
    HARMLESS,
    POWERS,
    MalformedActionsError,
    Power,
    actions_that,
    allowed_actions,
    disagreements,
    is_allowed,
    listed_services,
    reading_of,
    second_reading,
    service_of,
)

GOOD = """service: athena
use: Queries.
allowed:
  GetQueryResults:
    can: [reads data]
    bound: RefuseOtherReaders
    reason: Returns rows.
  ListWorkGroups: {can: nothing, reason: Lists.}
refused:
  not used:
    - CreateNotebook
"""


def test_a_file_is_read() -> None:
    service = service_of(GOOD, "athena.yaml")
    assert (service.prefix, service.refused) == ("athena", {"CreateNotebook": "not used"})
    action = service.allowed["GetQueryResults"]
    assert (action.can, action.bound, action.harmless) == (("reads data",), ("RefuseOtherReaders",), False)
    assert service.allowed["ListWorkGroups"].harmless


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("[reads data]", "[reads dates]", 5, "can 'reads dates'; there are carries out"),
        ("    bound: RefuseOtherReaders\n", "", 4, "`bound` names the statement or invariant that bounds it"),
        ("[reads data]", "[reads data, nothing]", 5, "is harmless (reads data, nothing) or it is not"),
        ("    reason: Returns rows.\n", "", 4, "`reason` is a text, and not empty"),
        ("    - CreateNotebook", "    - GetQueryResults", 11, "athena:GetQueryResults stands twice"),
        ("    - CreateNotebook", "    - CreateNotebook\n  shares:\n    - CreateNotebook", 13, "refused as 'not used'"),
        ("use: Queries.", "usage: Queries.", 2, "'usage' is unknown; there are allowed, refused, service, use"),
        ("  ListWorkGroups: {can: nothing,", "  ListWorkGroups: {kann: nothing,", 8, "'kann' is unknown"),
        ("  GetQueryResults:", "  ListWorkGroups: {can: nothing, reason: x}\n  GetQueryResults:", 1, "duplicate"),
        ("  not used:\n", "  not used: [\n", 11, "did not find expected"),
        ("  not used:\n    - CreateNotebook\n", "  - CreateNotebook\n", 9, "refused is a map of names"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    with pytest.raises(MalformedActionsError) as error:
        service_of(GOOD.replace(old, new), "athena.yaml")
    where, text = str(error.value).split(": ", 1)
    assert words in text
    assert where.partition(":")[2] == str(line) or "duplicate" in words


def test_every_listed_service_has_its_file_and_says_what_it_is_for() -> None:
    services = listed_services()
    assert len(services) >= 30
    assert [prefix for prefix, service in services.items() if service.prefix != prefix or len(service.use) < 20] == []


def test_services_that_nothing_of_the_mesh_needs_are_dropped() -> None:
    dropped = (
        "cloudshell codebuild config elasticmapreduce firehose identitystore kinesis pricing sagemaker sso".split()
    )
    assert listed_services().keys().isdisjoint(dropped)


def test_the_whole_is_read_once() -> None:
    listed_services()
    started = time.perf_counter()
    for _ in range(100):
        listed_services()
    assert time.perf_counter() - started < 0.01


def test_actions_are_found_by_what_they_can_do() -> None:
    assert "ram:CreateResourceShare" in actions_that("shares")
    assert is_allowed("RAM:createresourceshare")
    assert not is_allowed("lambda:RunMicrovm")
    assert {name for name, _ in allowed_actions()} == set(actions_that(*POWERS))  # pyright: ignore[reportArgumentType]


# ---- the second reading


def first_reading() -> dict[str, tuple[Power, ...]]:
    return {name: action.can for name, action in allowed_actions()}


def test_two_readers_agree() -> None:
    """Whoever read the second time had not seen the first reading; where they differ, one of the files is changed."""
    assert list(disagreements(first_reading(), second_reading())) == []


def test_an_action_that_nobody_read_again_is_told() -> None:
    lost = {name: can for name, can in second_reading().items() if name != "glue:GetTable"}
    assert list(disagreements(first_reading(), lost)) == [("glue:GetTable", "nobody read it a second time")]
    more: dict[str, tuple[Power, ...]] = {**second_reading(), "glue:RenameTable": ("nothing",)}
    assert list(disagreements(first_reading(), more)) == [("glue:RenameTable", "it is not allowed (any more)")]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (("nothing",), ("reads data",), "nothing, or reads data"),
        (("reads data",), ("nothing",), "reads data, or nothing"),
        (("own account only",), ("nothing",), "own account only, or nothing"),
        (("reads data",), ("reads data", "opens"), "the second reader saw more: opens"),
        (("reads data", "opens"), ("reads data",), None),
        (("nothing",), ("nothing",), None),
    ],
)
def test_where_two_readers_differ_is_told(
    first: tuple[Power, ...], second: tuple[Power, ...], words: str | None
) -> None:
    found = list(disagreements({"glue:GetTable": first}, {"glue:GetTable": second}))
    assert found == ([("glue:GetTable", words)] if words else [])


def test_every_harmless_action_that_is_made_dangerous_by_a_reader_is_told() -> None:
    """Each of them, one at a time, in either reading."""
    first, second = first_reading(), dict(second_reading())
    harmless = [name for name, can in first.items() if HARMLESS.issuperset(can)]
    assert len(harmless) > 250
    for name in harmless:
        dangerous: dict[str, tuple[Power, ...]] = {name: ("shares",)}
        assert [each for each, _ in disagreements(first | dangerous, second)] == [name]
        assert [each for each, _ in disagreements(first, second | dangerous)] == [name]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("GetTable: [reads dates]", 1, "GetTable can 'reads dates'; there are carries out"),
        ("A: [nothing]\nGetTable: [reads data, nothing]", 2, "GetTable is harmless (reads data, nothing) or it is not"),
        ("- GetTable", 1, "the file is a map of names"),
    ],
)
def test_what_is_wrong_in_a_second_reading_is_said_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(MalformedActionsError) as error:
        reading_of(text, "glue.yaml")
    assert str(error.value).startswith(f"glue.yaml:{line}: ")
    assert words in str(error.value)


def test_both_readings_are_in_the_package() -> None:
    """One file a service in each folder, and nothing else, for a wheel takes the folders as they are."""
    folders = [
        sorted(each.name for each in files("mesh.aws").joinpath(name).iterdir())
        for name in ("actions", "second_reading")
    ]
    assert folders[0] == folders[1] == [f"{prefix}.yaml" for prefix in sorted(listed_services())]
