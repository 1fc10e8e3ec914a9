"""Requests of a domain's people: going back to an earlier publication, trying again; and requests of others."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.functions.publish.organization import (
    DOMAIN,
    HUB,
    PUBLICATIONS,
    SHIPS,
    SWEEP,
    Harbour,
    column,
    contract,
    table,
)
from tests.functions.publish.writers import Writer, ship


@pytest.fixture
def history(organization: Harbour, writer: Writer) -> list[tuple[str, str]]:
    """Three publications, the oldest first: the id and the pointer of each."""
    made: list[tuple[str, str]] = []
    for number in range(3):
        pointer = writer.append(ship(number))
        organization.published()
        made.append((organization.record["published"]["id"], pointer))
    return made


def test_a_rollback_moves_the_pointer_back_and_pins_it(
    organization: Harbour, writer: Writer, history: list[tuple[str, str]]
) -> None:
    number, pointer = history[0]
    assert organization.run(organization.request("rollback", number)) == []
    assert organization.pointer() == pointer
    record = organization.record
    assert (record["published"]["id"], record["pinned"]) == (number, number)
    assert [each["id"] for each in record["history"]] == [history[2][0], history[1][0]]
    writer.append(ship(9))
    organization.published()
    assert organization.pointer() == pointer


def test_a_retry_ends_a_rollback_with_the_newest_commit(
    organization: Harbour, writer: Writer, history: list[tuple[str, str]]
) -> None:
    organization.run(organization.request("rollback", history[1][0]))
    pointer = writer.append(ship(9))
    organization.run(organization.request("retry"))
    assert organization.pointer() == pointer
    assert organization.record["pinned"] is None


def test_a_retry_checks_again_what_was_refused(organization: Harbour, writer: Writer) -> None:
    organization.configure(contract(table(key=["ship"])))
    organization.answers = [[3]]
    pointer = writer.append(ship(1))
    organization.published()
    assert organization.pointer() is None
    organization.published()
    assert len(organization.queries) == 1
    organization.run(organization.request("retry"))
    assert organization.pointer() == pointer


def test_a_rollback_that_comes_twice_and_late_is_done_once(
    organization: Harbour, writer: Writer, history: list[tuple[str, str]]
) -> None:
    request = organization.request("rollback", history[0][0], number="e-1")
    organization.run(request, request)
    organization.run(organization.request("retry", number="e-2"))
    assert organization.pointer() == history[2][1]
    organization.run(request)
    assert organization.pointer() == history[2][1]
    assert organization.record["pinned"] is None


def test_a_rollback_to_what_readers_have_pins_it(organization: Harbour, history: list[tuple[str, str]]) -> None:
    organization.run(organization.request("rollback", history[2][0]))
    assert organization.record["pinned"] == history[2][0]


def test_a_rollback_to_nothing_that_was_is_refused(organization: Harbour, history: list[tuple[str, str]]) -> None:
    organization.run(organization.request("rollback", "abc"))
    assert organization.pointer() == history[2][1]
    assert organization.sentences == [
        f"harbour.berths: there is no earlier publication 'abc'; there are: {history[1][0]}, {history[0][0]}"
    ]


def test_a_rollback_shows_no_column_that_was_not_there(
    organization: Harbour, writer: Writer, history: list[tuple[str, str]]
) -> None:
    organization.configure(contract(table(columns=[*SHIPS, column(5, "email", labels=["pii"])])))
    metadata = writer.metadata()
    field = {"id": 5, "name": "email", "required": False, "type": "string"}
    new = {**metadata["schemas"][0], "schema-id": 1, "fields": [*metadata["schemas"][0]["fields"], field]}
    writer.commit("ships", {**metadata, "schemas": [*metadata["schemas"], new], "current-schema-id": 1})
    organization.published()
    organization.run(organization.request("rollback", history[2][0]))
    stored = organization.hub_table()
    assert stored
    assert [each["Name"] for each in stored["StorageDescriptor"]["Columns"]] == ["ship", "captain", "country", "tons"]


def test_a_rollback_to_a_column_that_the_contract_has_no_more_is_refused(
    organization: Harbour, writer: Writer, history: list[tuple[str, str]]
) -> None:
    """Its labels stand nowhere any more."""
    organization.configure(contract(table(columns=[*SHIPS[:3], {**SHIPS[3], "name": "load"}])))
    organization.run(organization.request("rollback", history[0][0]))
    assert organization.pointer() == history[2][1]
    assert organization.sentences[0].startswith(
        f"harbour.berths, rollback to {history[0][0]}: table ships: column 'tons' has the id 4, which is 'load'"
    )


def test_a_rollback_to_files_that_are_gone_is_refused(organization: Harbour, history: list[tuple[str, str]]) -> None:
    bucket, _, key = history[0][1].removeprefix("s3://").partition("/")
    organization.s3.delete_object(Bucket=bucket, Key=key)
    organization.run(organization.request("rollback", history[0][0]))
    assert organization.pointer() == history[2][1]
    assert organization.sentences == [
        f"harbour.berths, rollback to {history[0][0]}: table ships: there is no file '{history[0][1]}'"
    ]


@pytest.mark.parametrize("account", [HUB, "333333333333", ""])
@pytest.mark.parametrize("action", ["retry", "rollback"])
def test_a_request_of_another_account_is_ignored(
    organization: Harbour,
    history: list[tuple[str, str]],
    account: str,
    action: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    to = history[0][0] if action == "rollback" else None
    capsys.readouterr()
    assert organization.run(organization.request(action, to, account)) == []
    assert organization.calls == []
    assert json.loads(capsys.readouterr().out)["what"] == (
        f"account {account} asked for a {action} of harbour.berths, which is of account 222222222222: only people of "
        "its domain may"
    )


@pytest.mark.parametrize("source", ["mesh.harbour.other", "mesh.other.berths", "mesh.harbour.berths.x", "aws.s3", ""])
def test_a_request_under_another_products_name_is_ignored(
    organization: Harbour, history: list[tuple[str, str]], source: str
) -> None:
    organization.run({**organization.request("rollback", history[0][0]), "source": source})
    assert organization.pointer() == history[2][1]
    assert organization.calls == []


def test_nobody_but_aws_starts_a_sweep(organization: Harbour, writer: Writer) -> None:
    organization.run({**SWEEP, "source": "mesh.harbour.berths"})
    assert organization.calls == []


@pytest.mark.parametrize(
    "detail",
    [
        {"action": "rollback", "product": "harbour.berths"},
        {"action": "retry", "product": "harbour.berths", "to": "x"},
        {"action": "delete", "product": "harbour.berths"},
        {"action": "retry", "product": "harbour.none"},
        {"action": ["retry"], "product": ["harbour.berths"]},
        {},
    ],
)
def test_what_is_no_request_is_ignored(organization: Harbour, writer: Writer, detail: dict[str, object]) -> None:
    organization.run({**organization.request("retry"), "detail": detail})
    assert organization.calls == []
    organization.run(SWEEP)
    assert organization.calls


def lags(text: str) -> list[dict[str, Any]]:
    """Lines of a log that CloudWatch makes a metric of."""
    return [line for line in map(json.loads, text.splitlines()) if "_aws" in line]


def test_a_draft_that_waits_is_told_as_days_until_it_is_published(
    organization: Harbour, writer: Writer, capsys: pytest.CaptureFixture[str]
) -> None:
    organization.configure(contract(table(key=["ship"])))
    organization.answers = [[3], [2]]
    writer.append(ship(1))
    organization.published()
    since = organization.record["behind"]
    assert since == organization.record["refused"]["at"]
    (line,) = lags(capsys.readouterr().out)
    assert (line["Mesh"], line["product"], line["_aws"]["CloudWatchMetrics"]) == (
        "harbour",
        "harbour.berths",
        [
            {
                "Namespace": "mesh/publication",
                "Dimensions": [["Mesh"]],
                "Metrics": [{"Name": "DaysBehind", "Unit": "None"}],
            }
        ],
    )
    writer.append(ship(2))
    organization.published()
    assert organization.record["behind"] == since, "a second refusal does not make it new"
    # Three days ago it was refused for the first time.
    record = {**organization.record, "behind": (datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="seconds")}
    organization.hub_s3.put_object(Bucket=PUBLICATIONS, Key=f"{DOMAIN}/berths.json", Body=json.dumps(record))
    capsys.readouterr()
    organization.published()
    (line,) = lags(capsys.readouterr().out)
    assert 3 <= line["DaysBehind"] < 3.1
    organization.run(organization.request("retry"))
    assert (organization.record["behind"], lags(capsys.readouterr().out)) == (None, [])


def test_what_is_pinned_waits_and_a_request_that_is_refused_does_not(
    organization: Harbour, history: list[tuple[str, str]]
) -> None:
    organization.run(organization.request("rollback", "nonsense"))
    assert (organization.record["refused"] is None, organization.record["behind"]) == (False, None)
    organization.run(organization.request("rollback", history[0][0]))
    assert organization.record["behind"]
    organization.run(organization.request("retry"))
    assert organization.record["behind"] is None
