"""Files of actions: each is read whole, and what is wrong in one is said with file, line and what to write."""

from __future__ import annotations

import time

import pytest

from mesh.aws.allowed_actions import (
    HARMLESS,
    POWERS,
    MalformedActionsError,
    actions_that,
    allowed_actions,
    is_allowed,
    listed_services,
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


def test_two_readers_agree_on_what_is_harmless() -> None:
    """Whoever read the second time had not seen the first reading; where they differ, one of the files is changed."""
    seen = second_reading()
    if not seen:
        pytest.skip("nobody has read a second time yet")
    harmless = {name: action.can[0] for name, action in allowed_actions() if action.harmless}
    differ = {name: (power, seen.get(name)) for name, power in harmless.items() if seen.get(name) not in HARMLESS}
    assert differ == {}
