"""Publications that AWS refuses for good, at each of its calls: undone, dropped and told, and the next ones go on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tests.functions.publish.organization import (
    DOMAIN,
    PUBLICATIONS,
    SHIPS,
    SWEEP,
    DiedError,
    Harbour,
    contract,
    harbour,
    table,
)
from tests.functions.publish.test_parquet import CALLS, COLUMNS, daily, days, place, put, ready, run
from tests.functions.publish.writers import Writer, ship

__all__ = ["daily"]

TAGS = "AddLFTagsToResource"


def invalid(name: str) -> Exception:
    return ClientError({"Error": {"Code": "InvalidInputException", "Message": "no such value"}}, name)


def validation(name: str) -> Exception:
    return ClientError({"Error": {"Code": "ValidationException", "Message": "1 validation error"}}, name)


def parameters(_: str) -> Exception:
    return ParamValidationError(report="Invalid length for parameter Values[0], value: 0, valid min length: 1")


KINDS: list[Callable[[str], Exception]] = [invalid, validation, parameters]
kinds = pytest.mark.parametrize("kind", KINDS)


def refusing(organization: Harbour, kind: Callable[[str], Exception], *names: str, after: int = 0) -> None:
    """AWS refuses calls of these names, but for the first ones."""
    made: list[str] = []

    def refused(_: int, name: str) -> None:
        if name in names:
            made.append(name)
            if len(made) > after:
                raise kind(name)

    organization.before_call = refused


def taking(organization: Harbour) -> None:
    organization.before_call = lambda *_: None


@kinds
def test_what_is_refused_is_dropped_and_told_and_a_good_commit_is_published(
    organization: Harbour, writer: Writer, kind: Callable[[str], Exception]
) -> None:
    good = writer.append(ship(1))
    organization.published()
    writer.append(ship(2))
    refusing(organization, kind, "UpdateTable")
    for _ in range(2):
        organization.published()
    assert organization.pointer() == good
    assert organization.told() == ["product published", "publication refused"]
    (sentence,) = organization.sentences
    assert sentence.startswith("harbour.berths: AWS refuses this publication for good: table ships: ")
    assert sentence.endswith("readers keep what they had: commit again without it, or take the run back")
    record = organization.record
    assert (record["intent"], record["untold"], record["failed"]) == (None, [], None)
    assert record["refused"]["sentences"] == [sentence]
    assert record["behind"]
    taking(organization)
    organization.published()
    assert organization.pointer() == good, "the same draft is not tried by itself"
    new = writer.append(ship(3))
    organization.published()
    assert organization.pointer() == new
    assert (organization.record["refused"], organization.record["behind"]) == (None, None)


def test_a_retry_tries_again_what_aws_refused(organization: Harbour, writer: Writer) -> None:
    new = writer.append(ship(1))
    refusing(organization, invalid, "CreateTable")
    organization.published()
    assert organization.pointer() is None
    assert organization.run(organization.request("retry", number="a")) == []
    assert organization.told() == ["publication refused"] * 2
    taking(organization)
    assert organization.run(organization.request("retry", number="b")) == []
    assert organization.pointer() == new


@kinds
def test_tables_that_have_moved_already_go_back(organization: Harbour, kind: Callable[[str], Exception]) -> None:
    organization.configure(contract(table("ships"), table("docks")))
    writer = Writer(organization)
    organization.published()
    before = [organization.hub_table(name) for name in ("ships", "docks")]
    for name in ("ships", "docks"):
        writer.append(ship(1), name=name)
    calls: list[str] = []

    def refused(_: int, name: str) -> None:
        calls.append(name)
        if calls.count("UpdateTable") == 2 and name == "UpdateTable":
            raise kind(name)

    organization.before_call = refused
    organization.published()
    taking(organization)
    for old in before:
        assert old
        now = organization.hub_table(old["Name"])
        assert now
        for key in ("Parameters", "StorageDescriptor", "Description"):
            assert now[key] == old[key]
    assert organization.record["intent"] is None
    assert organization.told() == ["product published", "publication refused"]


def refusing_docks(organization: Harbour, kind: Callable[[str], Exception], name: str) -> Callable[..., Any]:
    """AWS refuses whatever is to become of the table `docks`."""
    real = organization.call

    def call(made: Any, client: Any, called: str, parameters: Any) -> Any:
        if called == name and parameters["TableInput"]["Name"] == "docks":
            raise kind(called)
        return real(made, client, called, parameters)

    organization.call = call  # type: ignore[method-assign]
    return real


@pytest.mark.parametrize(
    "answered", [pytest.param(False, marks=pytest.mark.long), True], ids=["before AWS has it", "answer lost"]
)
def test_an_undoing_that_dies_is_gone_on_with(organization: Harbour, answered: bool) -> None:
    organization.configure(contract(table("ships"), table("docks")))
    writer = Writer(organization)
    organization.published()
    old = [organization.pointer(name) for name in ("ships", "docks")]
    refusing_docks(organization, invalid, "UpdateTable")
    for name in ("ships", "docks"):
        writer.append(ship(1), name=name)
    moment, died = 0, True
    while died:

        def dies(number: int, _: str) -> None:
            if number == moment:  # noqa: B023 - called in this turn
                raise DiedError

        ignored = (lambda *_: None, dies) if answered else (dies, lambda *_: None)
        organization.before_call, organization.after_call = ignored
        try:
            organization.run(organization.request("retry", number=f"retry {moment}"))
            died = False
        except DiedError:
            moment += 3
        organization.before_call = organization.after_call = lambda *_: None
        organization.published()
        assert [organization.pointer(name) for name in ("ships", "docks")] == old
        assert (organization.record["intent"], organization.record["untold"]) == (None, [])
        assert moment < 20 or "table docks" in organization.record["refused"]["sentences"][0]
    assert moment > 20


def test_a_run_that_was_shown_for_the_first_time_is_shown_no_more(tmp_path: Path) -> None:
    """The role deletes no table, but can point one at a prefix with nothing in it."""
    calls = table("calls", COLUMNS, format="parquet")
    with harbour(tmp_path, contract(calls, table("docks"))) as organization:
        writer = Writer(ready(organization))
        writer.append(ship(1), name="docks")
        run(organization, "a")
        real = refusing_docks(organization, invalid, "CreateTable")
        organization.published()
        assert place(organization) == f"{CALLS}run=rolled-back/"
        assert organization.hub_table("docks") is None
        organization.call = real  # type: ignore[method-assign]
        organization.run(organization.request("retry"))
        assert place(organization) == f"{CALLS}run=a/"
        assert organization.pointer("docks")


def test_a_new_table_beside_one_that_is_refused_is_not_made(organization: Harbour) -> None:
    """Those that are there move first: a new one cannot be taken away."""
    organization.configure(contract(table("zebras")))
    writer = Writer(organization)
    organization.published()
    organization.configure(contract(table("docks"), table("zebras")))
    writer = Writer(organization)
    writer.append(ship(1), name="zebras")
    refusing(organization, invalid, "UpdateTable")
    organization.published()
    assert organization.hub_table("docks") is None


def test_an_empty_partition_is_taken_back(daily: Harbour) -> None:
    """As the breaker had it; what Glue answers with errors in a list, too."""
    run(daily, "a", "day=1/")
    daily.published()
    before = days(daily)
    run(daily, "bad", "day=9/", "day=1/")
    real = daily.call

    def call(made: Any, client: Any, name: str, parameters: Any) -> Any:
        if name == "BatchCreatePartition":
            detail = {"ErrorCode": "InvalidInputException", "ErrorMessage": "partition value"}
            return {"Errors": [{"PartitionValues": ["9"], "ErrorDetail": detail}]}
        return real(made, client, name, parameters)

    daily.call = call  # type: ignore[method-assign]
    daily.published()
    daily.call = real  # type: ignore[method-assign]
    assert days(daily) == before
    assert "table calls, its partitions: InvalidInputException: partition value" in daily.sentences[0]
    put(daily, "run=bad/_WITHDRAWN")
    run(daily, "good", "day=3/")
    daily.published()
    assert days(daily) == {**before, "3": "run=good/day=3/"}


def test_partitions_that_were_moved_go_back(daily: Harbour) -> None:
    run(daily, "a", "day=1/", "day=2/")
    daily.published()
    before = days(daily)
    run(daily, "b", "day=1/", "day=3/")
    refusing(daily, parameters, "BatchUpdatePartition")
    daily.published()
    taking(daily)
    assert days(daily) == {**before, "3": "run=b/day=3/"}, "the role deletes none, and AWS refuses to move it"
    assert "refuses to take this back" in daily.sentences[1]
    daily.run(daily.request("retry"))
    assert days(daily)["3"] == "run=b/day=3/"
    assert daily.record["refused"] is None


@kinds
def test_labels_that_are_refused_leave_columns_closed_and_the_version_is_whole(
    organization: Harbour, writer: Writer, kind: Callable[[str], Exception]
) -> None:
    """Going back would have open what the version before closes."""
    pointer = writer.append(ship(1))
    refusing(organization, kind, TAGS)
    for _ in range(3):
        organization.published()
    taking(organization)
    assert organization.pointer() == pointer
    assert organization.labels() == {}
    assert "columns without them stay closed: table ships, the labels of its columns: " in organization.sentences[0]
    assert (organization.record["intent"], bool(organization.record["behind"])) == (None, True)
    assert organization.told().count("publication refused") == 1
    assert organization.run(organization.request("retry")) == []
    assert organization.labels()["captain"] == {"pii": "true", "financial": "false"}
    assert organization.record["refused"] is None


def test_a_rollback_that_is_refused_leaves_what_readers_have(organization: Harbour, writer: Writer) -> None:
    writer.append(ship(1))
    organization.published()
    first = organization.record["published"]["id"]
    now = writer.append(ship(2))
    organization.published()
    refusing(organization, validation, "UpdateTable")
    assert organization.run(organization.request("rollback", first)) == []
    taking(organization)
    assert organization.pointer() == now
    assert organization.sentences[0].endswith("go back to another publication")
    record = organization.record
    assert (record["intent"], record["pinned"], record["behind"]) == (None, None, None)
    organization.published()
    assert organization.record["refused"] is None


def test_an_intent_of_before_there_were_undoings_is_undone_too(organization: Harbour, writer: Writer) -> None:
    good = writer.append(ship(1))
    organization.published()
    writer.append(ship(2))

    def died(_: int, name: str) -> None:
        if name == "UpdateTable":
            raise DiedError

    organization.before_call = died
    with pytest.raises(DiedError):
        organization.run(SWEEP)
    record = organization.record
    del record["intent"]["about"], record["intent"]["inputs"]["ships"]["before"]
    body = json.dumps(record).encode()
    organization.hub_s3.put_object(Bucket=PUBLICATIONS, Key=f"{DOMAIN}/berths.json", Body=body)
    refusing(organization, invalid, "UpdateTable")
    organization.published()
    taking(organization)
    assert organization.pointer() == good
    assert organization.record["intent"] is None


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", "InternalServiceException"])
def test_a_right_that_is_missing_is_no_refusal_for_good(organization: Harbour, writer: Writer, code: str) -> None:
    organization.published()
    pointer = writer.append(ship(2))
    refusing(organization, lambda name: ClientError({"Error": {"Code": code, "Message": "m"}}, name), "UpdateTable")
    for _ in range(2):
        assert organization.run(SWEEP) == ["0"]
    assert organization.told() == ["product published"]
    assert organization.record["intent"]
    assert organization.record["failed"]["sentence"].startswith(f"AWS answers {code} to UpdateTable")
    assert organization.record["behind"]
    taking(organization)
    organization.published()
    assert organization.pointer() == pointer
    assert (organization.record["failed"], organization.record["behind"]) == (None, None)


@kinds
def test_an_event_that_the_bus_refuses_for_good_holds_up_nothing(
    organization: Harbour, writer: Writer, kind: Callable[[str], Exception]
) -> None:
    refusing(organization, kind, "PutEvents")
    organization.published()
    pointer = writer.append(ship(1))
    organization.published()
    assert organization.pointer() == pointer
    assert (organization.record["untold"], organization.record["failed"]) == ([], None)


def test_a_contract_whose_label_closes_nothing_is_not_published(organization: Harbour, writer: Writer) -> None:
    """What closes comes first: where AWS refuses that, nobody sees the new version, and the look has failed."""
    good = writer.append(ship(1))
    organization.published()
    columns = [*SHIPS[:2], {**SHIPS[2], "labels": ["pii"]}, SHIPS[3]]
    organization.configure(contract(table(columns=columns), version="1.1.0"))
    writer.append(ship(2))
    refusing(organization, invalid, TAGS)
    assert organization.run(SWEEP) == ["0"]
    assert organization.pointer() == good
    assert organization.record["failed"]["sentence"].startswith("AWS does not take labels or tables of the contract")
