"""Queries as somebody: what is refused is told to who asked, and a fault of ours is none of theirs."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mesh.findings import OurFaultError
from mesh.folder import plan_folder
from sandbox.emulator.aws.resource import AwsError
from sandbox.enforcement.refusals import UNDECIDED
from sandbox.runs.persona_queries import PersonaQueries

MESH = plan_folder(Path(__file__).parents[2] / "mesh" / "tiny", datetime.date(2027, 1, 1))
QUESTION = {"who": "general@shop", "sql": "select 1", "database": "", "parameters": [], "mark": "m"}


class EndingQueries(PersonaQueries):
    """Queries that all end in one way: with an error of AWS, or failed for a reason."""

    def __init__(self, end: AwsError | str) -> None:
        super().__init__(lambda: MESH, cast("Any", SimpleNamespace()))
        self._end = end

    def _session(self, persona: Any) -> Any:
        return None

    def _execution(self, *_: Any) -> Mapping[str, Any]:
        if isinstance(self._end, AwsError):
            raise self._end
        return {"Status": {"State": "FAILED", "StateChangeReason": self._end}, "Statistics": {}}


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (AwsError("AccessDeniedException", "not yours"), "AccessDeniedException: not yours"),
        ("TABLE_NOT_FOUND: line 1:1: Table 't' does not exist", "TABLE_NOT_FOUND: line 1:1: Table 't' does not exist"),
    ],
    ids=str,
)
def test_what_is_refused_or_wrong_is_told_to_who_asked(end: AwsError | str, told: str) -> None:
    assert EndingQueries(end).answer(QUESTION) == {"error": told}


@pytest.mark.parametrize(
    "end",
    [
        AwsError("InternalFailure", "moto failed with KeyError: 1"),
        AwsError("AccessDenied", f"athena:StartQueryExecution is {UNDECIDED}: why"),
        "GENERIC_INTERNAL_ERROR: the query cannot be run (InternalException)",
    ],
    ids=str,
)
def test_a_fault_of_ours_is_raised(end: AwsError | str) -> None:
    with pytest.raises(AwsError if isinstance(end, AwsError) else OurFaultError):
        EndingQueries(end).answer(QUESTION)
