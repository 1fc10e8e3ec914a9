"""Looks that fail for no reason that lies in the draft: in the record, since when and why, and counted as lag."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from tests.functions.publish.organization import DOMAIN, PUBLICATIONS, SWEEP, Harbour, contract, table
from tests.functions.publish.test_requests import lags
from tests.functions.publish.writers import Writer, ship


def denied(name: str) -> Exception:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": "role secret-name"}}, name)


def late(_: str) -> Exception:
    return ConnectTimeoutError(endpoint_url="https://secret-name")


def ours(_: str) -> Exception:
    return OverflowError("cannot convert secret-name")


def failing(organization: Harbour, kind: Callable[[str], Exception], *names: str) -> None:
    def failed(_: int, name: str) -> None:
        if not names or name in names:
            raise kind(name)

    organization.before_call = failed


def well(organization: Harbour) -> None:
    organization.before_call = lambda *_: None


FAULTS = [
    (denied, "AWS answers AccessDeniedException to GetTable: a role of the publication lacks a right"),
    (late, "AWS was not reached, or did not answer in time (ConnectTimeoutError)"),
    (ours, "the function failed with OverflowError in catalog_tables.get: a fault of ours, or of the file it read"),
]


@pytest.mark.parametrize(("kind", "sentence"), FAULTS)
def test_a_look_that_fails_is_in_the_record_until_the_next_good_one(
    organization: Harbour,
    writer: Writer,
    kind: Callable[[str], Exception],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    organization.published()
    pointer = writer.append(ship(1))
    failing(organization, kind, "GetTable")
    capsys.readouterr()
    assert organization.run() == ["0"]
    record = organization.record
    assert record["failed"] == {"since": record["behind"], "sentence": sentence}
    assert len(lags(capsys.readouterr().out)) == 1, "the alarm counts from it"
    earlier = (datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="seconds")
    record |= {"behind": earlier, "failed": {**record["failed"], "since": earlier}}
    organization.hub_s3.put_object(Bucket=PUBLICATIONS, Key=f"{DOMAIN}/berths.json", Body=json.dumps(record))
    assert organization.run(organization.request("retry")) == ["0"]
    assert organization.record["failed"]["since"] == organization.record["behind"] == earlier
    (line,) = lags(capsys.readouterr().out)
    assert 3 <= line["DaysBehind"] < 3.1
    well(organization)
    organization.published()
    assert organization.pointer() == pointer
    assert (organization.record["failed"], organization.record["behind"]) == (None, None)


def test_a_query_of_the_gate_that_nobody_executes_is_no_health(organization: Harbour) -> None:
    """As the breaker found it in a kept mesh: four commits, and the word was `published`."""
    organization.configure(contract(table(key=["ship"])))
    writer = Writer(organization)
    organization.published()
    empty = organization.pointer()
    real = organization.call

    def call(made: Any, client: Any, name: str, parameters: Any) -> Any:
        if name == "GetQueryExecution":
            return {"QueryExecution": {"Status": {"State": "FAILED", "StateChangeReason": "value 'secret-name'"}}}
        return real(made, client, name, parameters)

    organization.call = call  # type: ignore[method-assign]
    for number in range(4):
        writer.append(ship(number))
        assert organization.run() == ["0"]
    assert organization.pointer() == empty
    assert organization.record["failed"]["sentence"] == (
        "Athena did not execute the query of the quality gate, for no reason that lies in the data"
    )
    assert organization.record["behind"]
    organization.call = real  # type: ignore[method-assign]
    organization.published()
    assert organization.pointer() == writer.pointer()
    assert (organization.record["failed"], organization.record["behind"]) == (None, None)


def test_a_product_whose_draft_is_published_fails_without_being_behind(organization: Harbour, writer: Writer) -> None:
    organization.published()
    failing(organization, denied, "ListObjectsV2")
    writer.append(ship(1))
    organization.run()
    well(organization)
    organization.published()
    failing(organization, denied, "PutEvents")
    pointer = writer.append(ship(2))
    assert organization.run() == ["0"]
    assert organization.pointer() == pointer
    assert organization.record["failed"]
    assert organization.record["behind"] is None


def test_the_same_fault_is_written_once(organization: Harbour, writer: Writer) -> None:
    organization.published()
    writer.append(ship(1))
    failing(organization, denied, "GetTable")
    for _ in range(3):
        organization.run()
    assert "s3:PutObject" not in organization.calls


def test_a_record_that_cannot_be_written_fails_nothing_further(organization: Harbour, writer: Writer) -> None:
    folder = organization.folder / "contracts" / "harbour"
    other = {**organization.contract, "product": "aaa", "account_id": "444444444444", "draft": "harbour__aaa__draft"}
    (folder / "aaa.json").write_text(json.dumps(other))

    def failed(number: int, name: str) -> None:
        if number in (1, 2):  # what it looks at, then the record
            raise denied(name)

    organization.before_call = failed
    assert organization.run(SWEEP) == ["0"]
    assert organization.pointer() is not None


def test_a_refusal_stays_when_a_look_fails_after_it(organization: Harbour, writer: Writer) -> None:
    organization.published()
    writer.point("ships", "s3://elsewhere/1.metadata.json")
    organization.published()
    before = organization.record
    failing(organization, late, "GetTable")
    organization.run()
    assert organization.record["refused"] == before["refused"]
    well(organization)
    organization.published()
    assert organization.record == before


def test_a_run_that_was_overtaken_says_nothing_of_the_other(organization: Harbour, writer: Writer) -> None:
    organization.published()
    pointer = writer.append(ship(1))

    def second(_: int, name: str) -> None:
        if name == "UpdateTable" and organization.depth == 1:
            well(organization)
            assert organization.run(SWEEP) == []
            raise denied(name)

    organization.before_call = second
    assert organization.run(SWEEP) == ["0"]
    assert organization.pointer() == pointer
    assert organization.record["failed"] is None


def test_a_database_that_is_gone_is_no_crossing_of_two_runs(organization: Harbour, writer: Writer) -> None:
    organization.hub_glue.delete_database(Name=organization.contract["database"])
    assert organization.run() == ["0"]
    assert "EntityNotFoundException to CreateTable" in organization.record["failed"]["sentence"]
