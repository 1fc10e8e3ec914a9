"""Queries in the emulator, which executes none: whoever asks is told so, and takes nothing for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.emulator.athena_queries import UNANSWERED, Outcome, begun, ended, queued, unanswered
from sandbox.emulator.emulated_organization import EmulatedOrganization
from tests.sandbox.emulator.provider_harness import DOMAIN, IDS, REGION


@pytest.fixture
def athena() -> Iterator[Any]:
    with EmulatedOrganization(IDS, REGION) as organization:
        organization.ensure_account("playback")
        yield organization.client("athena", DOMAIN)


def start(athena: Any) -> str:
    return str(athena.start_query_execution(QueryString="SELECT count(*) FROM t")["QueryExecutionId"])


def test_a_query_that_nobody_answers_has_failed_for_no_reason_that_lies_in_its_data(athena: Any) -> None:
    query = start(athena)
    status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
    assert (status["State"], status["StateChangeReason"]) == ("FAILED", UNANSWERED)
    assert status["AthenaError"]["ErrorCategory"] == 1
    with pytest.raises(athena.exceptions.InvalidRequestException, match="Final query state: FAILED"):
        athena.get_query_results(QueryExecutionId=query)
    assert unanswered() == 1


def test_an_answer_that_was_put_there_is_given(athena: Any) -> None:
    from moto.athena.models import QueryResults, athena_backends

    row = {"Data": [{"VarCharValue": "3"}]}
    athena_backends[DOMAIN][REGION].query_results_queue.append(QueryResults(rows=[row], column_info=[]))
    query = start(athena)
    states = [athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"] for _ in range(3)]
    assert states[-1] == "SUCCEEDED"
    assert athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"] == [row]
    assert unanswered() == 0


def test_what_runs_is_neither_failed_nor_ended_and_stays_cancelled_when_it_is_stopped(athena: Any) -> None:
    from moto.athena.models import athena_backends

    running, other = start(athena), start(athena)
    stored = athena_backends[DOMAIN][REGION].executions
    for query in (running, other):
        queued(stored[query])
        assert begun(stored[query])
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        assert status["State"] == "RUNNING"
        assert "CompletionDateTime" not in status
        with pytest.raises(athena.exceptions.InvalidRequestException, match="not yet finished"):
            athena.get_query_results(QueryExecutionId=query)
    athena.stop_query_execution(QueryExecutionId=running)
    for query in (running, other):
        ended(stored[query], Outcome("SUCCEEDED"))
        athena.stop_query_execution(QueryExecutionId=query)
    found = athena.batch_get_query_execution(QueryExecutionIds=[running, other])["QueryExecutions"]
    assert [each["Status"]["State"] for each in found] == ["CANCELLED", "SUCCEEDED"]
    assert "AthenaError" not in found[0]["Status"]
    assert found[0]["Status"]["StateChangeReason"] == "Query cancelled by user"
