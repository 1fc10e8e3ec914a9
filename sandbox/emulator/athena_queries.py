"""Queries of Athena in the emulator: the state of an execution, and rows out of the file that it has written.

moto says of every query that it succeeded, with no rows, which a caller would take for an answer. Here one that nobody
has executed has failed, and says so. Athena API Reference, "GetQueryExecution" and "GetQueryResults".
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

QUEUED: Final = "QUEUED"
RUNNING: Final = "RUNNING"
CANCELLED: Final = "CANCELLED"
UNANSWERED: Final = "the emulator executes no queries"
_OF_THE_SYSTEM: Final = 1
"""The category of an error that neither the query nor its data are the cause of (Athena API, AthenaError)."""
_PAGE: Final = 1000
"""Rows of a page at most (GetQueryResults, MaxResults)."""

_PRECISION: Final[Mapping[str, tuple[int, int]]] = {
    "bigint": (19, 0),
    "boolean": (0, 0),
    "date": (0, 0),
    "double": (17, 0),
    "float": (17, 0),
    "integer": (10, 0),
    "smallint": (5, 0),
    "timestamp": (3, 0),
    "timestamp with time zone": (3, 0),
    "tinyint": (3, 0),
    "varchar": (2147483647, 0),
    "varbinary": (1073741824, 0),
}
"""Precision and scale by which Athena describes a column of a type; (0, 0) for any other."""

_OTHERWISE: Final = {"real": "float"}
"""Types that results have by another name than queries."""

_DECIMAL: Final = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_CELL: Final = re.compile(r'"((?:[^"]|"")*)"|([^,\n]*)')


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of an execution: `reason` says why it failed, and `category` whose fault it is.

    `location` is the object with its rows: of a query CSV with a first row of names, of any other statement lines;
    `manifest` is one with the files that it has written.
    """

    state: str
    reason: str = ""
    category: int = 0
    statement: str = "DML"
    substatement: str = ""
    columns: Sequence[tuple[str, str]] = ()
    location: str = ""
    encryption: Mapping[str, str] | None = None
    scanned: int = 0
    milliseconds: int = 0
    update_count: int | None = None
    manifest: str = ""


_MOVING: Final = threading.Lock()
"""Held while the state of an execution moves: it ends once, as whoever comes first says."""


def queued(execution: Any) -> None:
    """Keep that an execution (moto's) waits for somebody who executes it."""
    execution.outcome = Outcome(QUEUED)


def begun(execution: Any) -> bool:
    """Keep that an execution is under way; False for one that has ended before, which nobody is to execute."""
    with _MOVING:
        if execution.outcome.state != QUEUED:
            return False
        execution.outcome = Outcome(RUNNING)
        return True


def ended(execution: Any, outcome: Outcome) -> bool:
    """Keep the outcome of an execution; False for one that has ended before, and keeps the outcome that it has."""
    with _MOVING:
        if _outcome(execution).state not in (QUEUED, RUNNING):
            return False
        execution.outcome, execution.end_time = outcome, time.time()
        return True


def stopped(execution: Any) -> bool:
    """End an execution as one that its caller has stopped (StopQueryExecution); False for one that has ended before."""
    return ended(execution, Outcome(CANCELLED, "Query cancelled by user"))


def athena_queries() -> Iterator[tuple[Any, str, Any]]:
    """Replacements in moto: a query without an outcome has failed, and has no results."""
    from moto.athena.responses import AthenaResponse

    execution, results = AthenaResponse.get_query_execution, AthenaResponse.get_query_results

    def get_query_execution(response: Any) -> str:
        stored = _stored(response)
        told = json.loads(execution(response))
        if _queued(response.athena_backend, stored):
            return json.dumps(told)
        return json.dumps({"QueryExecution": _described(told["QueryExecution"], stored)})

    def batch_get_query_execution(response: Any) -> str:
        found, missing = list[Any](), list[Any]()
        for name in response._get_param("QueryExecutionIds") or ():
            response.body = json.dumps({"QueryExecutionId": name})
            if name in response.athena_backend.executions:
                found.append(json.loads(get_query_execution(response))["QueryExecution"])
            else:
                why = {"ErrorCode": "INVALID_INPUT", "ErrorMessage": f"QueryExecution {name} was not found"}
                missing.append({"QueryExecutionId": name, **why})
        return json.dumps({"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing})

    def get_query_results(response: Any) -> str:
        stored = _stored(response)
        if _queued(response.athena_backend, stored):
            return str(results(response))
        return json.dumps(_results(_finished(stored), response))

    yield AthenaResponse, "stop_query_execution", _stopped
    yield AthenaResponse, "get_query_execution", get_query_execution
    yield AthenaResponse, "batch_get_query_execution", batch_get_query_execution
    yield AthenaResponse, "get_query_results", get_query_results
    yield AthenaResponse, "get_query_runtime_statistics", _statistics


def _stopped(response: Any) -> str:
    """The answer to StopQueryExecution: what has ended stays as it ended."""
    stopped(_stored(response))
    return json.dumps({})


def _statistics(response: Any) -> str:
    outcome = _outcome(_stored(response))
    timeline = {"TotalExecutionTimeInMillis": outcome.milliseconds}
    rows = {"InputBytes": outcome.scanned}
    return json.dumps({"QueryRuntimeStatistics": {"Timeline": timeline, "Rows": rows}})


def _stored(response: Any) -> Any:
    name = response._get_param("QueryExecutionId")
    stored = response.athena_backend.executions.get(name)
    if stored is None:
        raise _invalid(f"QueryExecution {name} was not found")
    return stored


def _invalid(message: str) -> Exception:
    from moto.core.exceptions import JsonRESTError

    return JsonRESTError("InvalidRequestException", message)


def _queued(backend: Any, execution: Any) -> bool:
    """Whether somebody has put an answer into moto's queue for it."""
    return execution.id in backend.query_results or bool(backend.query_results_queue)


def _outcome(execution: Any) -> Outcome:
    found: Outcome | None = getattr(execution, "outcome", None)
    return found or Outcome("FAILED", UNANSWERED, _OF_THE_SYSTEM)


def _finished(execution: Any) -> Outcome:
    outcome = _outcome(execution)
    if outcome.state != "SUCCEEDED":
        if outcome.state == "RUNNING":
            raise _invalid("Query has not yet finished. Current state: RUNNING")
        raise _invalid(f"Query did not finish successfully. Final query state: {outcome.state}")
    return outcome


def _described(told: dict[str, Any], execution: Any) -> dict[str, Any]:
    """moto's description of an execution with what became of it."""
    outcome = _outcome(execution)
    status: dict[str, Any] = {**told["Status"], "State": outcome.state, "CompletionDateTime": execution.end_time}
    if outcome.state in (QUEUED, RUNNING):
        del status["CompletionDateTime"]
    if outcome.reason:
        status["StateChangeReason"] = outcome.reason
    if outcome.state == "FAILED":
        error = {"ErrorCategory": outcome.category, "Retryable": False, "ErrorMessage": outcome.reason}
        status["AthenaError"] = error
    statistics = {
        **told["Statistics"],
        "EngineExecutionTimeInMillis": outcome.milliseconds,
        "TotalExecutionTimeInMillis": outcome.milliseconds,
        "DataScannedInBytes": outcome.scanned,
    }
    if outcome.manifest:
        statistics["DataManifestLocation"] = outcome.manifest
    of_results: dict[str, Any] = dict(told["ResultConfiguration"] or {})
    if outcome.location:
        of_results |= {"OutputLocation": outcome.location}
    if outcome.encryption:
        of_results |= {"EncryptionConfiguration": dict(outcome.encryption)}
    engine = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
    return {
        **told,
        "Status": status,
        "Statistics": statistics,
        "StatementType": outcome.statement,
        "SubstatementType": outcome.substatement,
        "ResultConfiguration": of_results,
        "WorkGroup": told["WorkGroup"] or "primary",
        "EngineVersion": engine,
    }


# ---- rows of a result


def _results(outcome: Outcome, response: Any) -> dict[str, Any]:
    """A page of the rows of an outcome; its token is a place in the file."""
    size = int(response._get_param("MaxResults") or _PAGE)
    if not 1 <= size <= _PAGE:
        raise _invalid(f"MaxResults is more than maximum allowed length {_PAGE}.")
    text = _file(outcome.location)
    at = _place(response._get_param("NextToken"), len(text))
    rows, at = _rows(text, at, size, len(outcome.columns)) if outcome.statement == "DML" else _lines(text, at, size)
    columns = [_column(name, kind) for name, kind in outcome.columns]
    told: dict[str, Any] = {"ResultSet": {"Rows": rows, "ResultSetMetadata": {"ColumnInfo": columns}}}
    if outcome.update_count is not None:
        told["UpdateCount"] = outcome.update_count
    return {**told, "NextToken": str(at)} if at < len(text) else told


def _place(token: str | None, end: int) -> int:
    if not token:
        return 0
    if not token.isascii() or not token.isdigit() or int(token) > end:
        raise _invalid("Unable to parse NextToken")
    return int(token)


def _file(location: str) -> str:
    from sandbox.emulator import backends

    bucket, _, key = location.removeprefix("s3://").partition("/")
    stored = backends.bucket(bucket)
    found = stored.keys.get(key) if stored else None
    if found is None:
        raise _invalid(f"Could not find results: {location}")
    try:
        return _decoded(found)
    except UnicodeDecodeError:
        raise _invalid(f"Unable to read results, which are no text: {location}") from None


@lru_cache(maxsize=2)
def _decoded(stored: Any) -> str:
    """The text of an object, which pages of one result have in common."""
    return str(stored.value.decode())


def _rows(text: str, at: int, most: int, width: int) -> tuple[list[dict[str, Any]], int]:
    rows: list[dict[str, Any]] = []
    while at < len(text) and len(rows) < most:
        cells: list[dict[str, str]] = []
        for _ in range(width):
            match = _CELL.match(text, at)
            assert match is not None
            at = match.end() + 1
            quoted = match.group(1)
            cells.append({} if quoted is None else {"VarCharValue": quoted.replace('""', '"')})
        rows.append({"Data": cells})
    return rows, at


def _lines(text: str, at: int, most: int) -> tuple[list[dict[str, Any]], int]:
    rows: list[dict[str, Any]] = []
    while at < len(text) and len(rows) < most:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        rows.append({"Data": [{"VarCharValue": text[at:end]}]})
        at = end + 1
    return rows, at


def _column(name: str, kind: str) -> dict[str, Any]:
    decimal = _DECIMAL.fullmatch(kind)
    plain = "decimal" if decimal else _OTHERWISE.get(kind) or re.split(r"[(<]", kind)[0]
    precision, scale = map(int, decimal.groups()) if decimal else _PRECISION.get(plain, (0, 0))
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": plain,
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": plain == "varchar",
    }


def unanswered() -> int:
    """Number of queries that were started and that nobody has answered."""
    loaded: Any = sys.modules.get("moto.athena.models")
    backends = (
        [backend for regions in [*loaded.athena_backends.values()] for backend in [*regions.values()]] if loaded else []
    )
    return sum(
        1
        for backend in backends
        for each in [*backend.executions.values()]
        if not hasattr(each, "outcome") and not _queued(backend, each)
    )
