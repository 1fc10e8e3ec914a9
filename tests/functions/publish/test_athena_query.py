"""Queries of the gate: however many tables ask, all of them together end before the function does."""

from __future__ import annotations

from typing import Any

import athena_query
import pytest
import reading_limits
from handler import ENOUGH
from product_publication import TOO_MUCH
from reading_limits import RUN, SECONDS, WAIT, share

from mesh.plan.nodes.publication import HIDDEN_SECONDS
from mesh.plan.nodes.publication import SECONDS as OF_THE_PLAN
from tests.functions.publish.organization import Harbour, contract, table
from tests.functions.publish.writers import Writer, ship


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_gate_that_does_not_answer_is_stopped_and_the_owner_is_told(
    organization: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tables with a primary key wait no longer than one."""
    clock, real = Clock(), organization._athena
    monkeypatch.setattr(athena_query, "time", clock)
    stopped: list[str] = []

    def silent(name: str, parameters: Any) -> Any:
        if name == "GetQueryExecution":
            return {"QueryExecution": {"Status": {"State": "RUNNING"}}}
        if name == "StopQueryExecution":
            stopped.append(parameters["QueryExecutionId"])
            return {"stopped": True}
        return real(name, parameters)

    monkeypatch.setattr(organization, "_athena", silent)
    organization.configure(contract(table("ships", key=["ship"]), table("docks", key=["ship"])))
    writer = Writer(organization)
    for name in ("ships", "docks"):
        writer.append(ship(1), name=name)
    organization.published()
    assert clock.now < WAIT + 10
    assert stopped == ["q"]
    assert organization.record["refused"]["drafts"] == TOO_MUCH
    assert organization.sentences[0].startswith(f"Athena did not answer within {WAIT:.0f} seconds")


def test_files_and_queries_of_a_product_fit_what_is_left_when_it_begins_and_that_fits_a_run() -> None:
    assert SECONDS + WAIT <= ENOUGH / 1000 - 60
    assert ENOUGH / 1000 < RUN == OF_THE_PLAN <= HIDDEN_SECONDS


@pytest.mark.parametrize("left", [900.0, 600.0, 300.0, 61.0, 5.0])
def test_a_share_leaves_a_minute_for_the_end_of_the_run(left: float) -> None:
    limits = share(left)
    assert limits.seconds + limits.wait <= max(left - 60, 0)
    assert limits.memory == reading_limits.MEMORY
