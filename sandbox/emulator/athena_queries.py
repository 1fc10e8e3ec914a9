"""Queries of Athena in the emulator, which executes none: each fails, and says so, but for one that has an answer.

moto says of every query that it succeeded, with no rows, which a caller would take for an answer. Answers are put there
by who wants some (moto's queue of results).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, Final

UNANSWERED: Final = "the emulator executes no queries"
_OF_THE_SYSTEM: Final = 1
"""The category of an error that neither the query nor its data are the cause of (Athena API, AthenaError)."""


def athena_queries() -> Iterator[tuple[Any, str, Any]]:
    """Replacements in moto: a query without an answer has failed, and has no results."""
    from moto.athena.responses import AthenaResponse
    from moto.core.exceptions import JsonRESTError

    execution, results = AthenaResponse.get_query_execution, AthenaResponse.get_query_results

    def get_query_execution(response: Any) -> str:
        answer: str = execution(response)
        if _answered(response.athena_backend, response._get_param("QueryExecutionId")):
            return answer
        told = json.loads(answer)
        error = {"ErrorCategory": _OF_THE_SYSTEM, "Retryable": False, "ErrorMessage": UNANSWERED}
        told["QueryExecution"]["Status"] |= {"State": "FAILED", "StateChangeReason": UNANSWERED, "AthenaError": error}
        return json.dumps(told)

    def get_query_results(response: Any) -> str:
        if _answered(response.athena_backend, response._get_param("QueryExecutionId")):
            return str(results(response))
        raise JsonRESTError("InvalidRequestException", "Query did not finish successfully. Final query state: FAILED")

    yield AthenaResponse, "get_query_execution", get_query_execution
    yield AthenaResponse, "get_query_results", get_query_results


def _answered(backend: Any, execution: str) -> bool:
    return execution in backend.query_results or bool(backend.query_results_queue)


def unanswered() -> int:
    """Number of queries that were started and that nobody has answered."""
    loaded: Any = sys.modules.get("moto.athena.models")
    backends = (
        [backend for regions in [*loaded.athena_backends.values()] for backend in [*regions.values()]] if loaded else []
    )
    return sum(1 for backend in backends for each in [*backend.executions] if not _answered(backend, each))
