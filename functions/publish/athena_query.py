"""One query of Athena: started, waited for, and its single row of numbers read."""

from __future__ import annotations

import time
from typing import Any, Final

from json_values import mapping
from reading_limits import WAIT, ReadingLimits, TooMuchError

OF_THE_DATA: Final = 2
"""The category of an error that the query or what it reads is the cause of (Athena API, AthenaError: "User")."""


class QueryFailedError(Exception):
    """Athena did not answer, for no reason that lies in the data; a later wake-up asks again."""


def ask(athena: Any, workgroup: str, database: str, sql: str, limits: ReadingLimits) -> list[int] | str:
    """The numbers of the one row of the answer, or the reason why the data cannot be read.

    Raises TooMuchError when queries of the product have taken all the time that they may.
    """
    started = athena.start_query_execution(
        QueryString=sql, WorkGroup=workgroup, QueryExecutionContext={"Database": database}
    )
    number = started["QueryExecutionId"]
    status = _ended(athena, number, database, limits)
    if status["State"] != "SUCCEEDED":
        reason = str(status.get("StateChangeReason") or status["State"])
        if mapping(status.get("AthenaError")).get("ErrorCategory") == OF_THE_DATA:
            return reason
        raise QueryFailedError(f"query {number}: {reason}")
    _, row = athena.get_query_results(QueryExecutionId=number)["ResultSet"]["Rows"]
    return [int(each["VarCharValue"]) for each in row["Data"]]


def _ended(athena: Any, number: str, database: str, limits: ReadingLimits) -> Any:
    began, pause = time.monotonic(), 0.2
    while True:
        status = athena.get_query_execution(QueryExecutionId=number)["QueryExecution"]["Status"]
        waited = time.monotonic() - began
        if status["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
            limits.wait -= waited
            return status
        if waited > limits.wait:
            limits.wait = 0.0
            athena.stop_query_execution(QueryExecutionId=number)
            raise TooMuchError(
                f"Athena did not answer within {WAIT:.0f} seconds, asked for rows and primary keys of the drafts in "
                f"{database}: make its tables smaller, or take the primary key out of the contract; it is looked at "
                "again in an hour, or after a retry"
            )
        time.sleep(pause)
        pause = min(pause * 1.5, 5.0)
