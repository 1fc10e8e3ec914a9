"""Executions of Athena: each runs behind the call that started it, and writes its result.

Athena User Guide, "Work with query results and recent queries": a query's result is `<id>.csv` in the output location,
any other statement's `<id>.txt`, and `<id>-manifest.csv` has the files of an UNLOAD; who starts the query needs the
right to write there. What the workgroup says about results holds, whatever the client asks for, where the workgroup
enforces it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.athena.query_errors import INTERNAL, OF_THE_QUERY, OF_THE_SYSTEM, QueryError
from sandbox.athena.query_words import QueryAnswer
from sandbox.emulator.asked_actions import AnsweringGate
from sandbox.emulator.athena_queries import CANCELLED, Outcome, begun, ended, queued, stopped
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.clients import Clients
from sandbox.emulator.request_origin import forwarded_by
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.catalog_answers import CATALOG
from sandbox.enforcement.live_world import LiveWorld
from sandbox.enforcement.query_catalog import ATHENA, CallersCatalog
from sandbox.enforcement.refusals import of_the_emulator

_ABSENT_ENGINE: Final = "the emulator executes no queries: its engine is in the extra `data`, which is not installed"
PATIENCE: Final = 20.0
"""Seconds for which the answer of StartQueryExecution waits for the query: SDKs wait for a minute."""

_EXTRA: Final = ("duckdb", "pyarrow", "pyiceberg")
_NO_PLACE: Final = "No output location provided. You did not provide an output location for your query results"


_OF_OURS: Final = f"{INTERNAL}: the emulator failed"


@dataclass(frozen=True, slots=True)
class _Started:
    """An execution (moto's) that was started, in an account, with an access key."""

    execution: Any
    account: str
    key: str


class QueryRuns:
    """Executions of an organisation; nothing runs but by `run_waiting`."""

    def __init__(self, world: LiveWorld, gate: AnsweringGate) -> None:
        self._world, self._gate = world, gate
        self._clients = Clients()
        self._waiting: deque[_Started] = deque()
        self._under_way: dict[str, _Started] = {}
        self._stops: dict[str, Callable[[], None]] = {}

    def follow(self, call: AwsCall, account: str, execution: str) -> None:
        """Note an execution that was started, by its id."""
        from moto.athena.models import athena_backends

        stored = athena_backends[account][call.region].executions[execution]
        queued(stored)
        self._under_way[execution] = started = _Started(stored, account, call.key)
        self._waiting.append(started)

    def under_way(self, key: str) -> list[str]:
        """Ids of executions that were started with an access key and have not ended."""
        return [name for name, started in [*self._under_way.items()] if started.key == key]

    def stop(self, execution: str) -> None:
        """End an execution that is under way; nothing happens to one that has ended (StopQueryExecution)."""
        started = self._under_way.get(execution)
        if started is None:
            return
        stopped(started.execution)
        if started.execution.outcome.state == CANCELLED:
            self._stops.get(execution, _nothing)()

    def catalog(self, account: str, key: str) -> CallersCatalog:
        """The catalog of an account as Athena sees it for who has an access key."""
        return CallersCatalog(self._world, self._gate, self._clients, account, key)

    def run_waiting(self) -> None:
        """Run what waits, each in a thread of its own, and wait for it a while: others have their turn meanwhile.

        One that ends soon has ended when its caller has its id; one that takes longer goes on, and can be stopped.
        """
        while self._waiting:
            try:
                started = self._waiting.popleft()
            except IndexError:
                return
            running = threading.Thread(target=self._execute, args=(started,), daemon=True)
            running.start()
            running.join(PATIENCE)

    def _execute(self, started: _Started) -> None:
        name = started.execution.id
        try:
            if begun(started.execution):
                ended(started.execution, self._run(started))
        except BaseException:
            why = f"{_OF_OURS}; the process that serves it says how"
            ended(started.execution, Outcome("FAILED", why, OF_THE_SYSTEM))
            raise
        finally:
            self._under_way.pop(name, None)
            self._stops.pop(name, None)

    def _run(self, started: _Started) -> Outcome:
        began, execution = time.perf_counter(), started.execution
        place, catalog = _place(execution), self.catalog(started.account, started.key)
        told: dict[str, Any] = {"encryption": place.encryption, "location": f"{place.folder}{execution.id}.csv"}
        try:
            answer = self._answer(execution, place, catalog)
            told |= _described(answer, f"{place.folder}{execution.id}.{'csv' if answer.statement == 'DML' else 'txt'}")
            self._write(catalog, place, told["location"], answer)
            if answer.unloaded:
                told["manifest"] = f"{place.folder}{execution.id}-manifest.csv"
                self._put(catalog, place, told["manifest"], "".join(f"{file}\n" for file in answer.unloaded).encode())
        except QueryError as error:
            return Outcome("FAILED", error.reason, error.category, milliseconds=_since(began), **told)
        except AwsError as error:
            said = " ".join(str(error).split())
            failed = (f"{_OF_OURS} ({said})", OF_THE_SYSTEM) if of_the_emulator(error) else (said, OF_THE_QUERY)
            return Outcome("FAILED", *failed, milliseconds=_since(began), **told)
        return Outcome("SUCCEEDED", scanned=answer.scanned(), milliseconds=_since(began), **told)

    def _answer(self, execution: Any, place: _Place, catalog: CallersCatalog) -> QueryAnswer:
        """The answer, whose rows are yet to come. Raises QueryError and AwsError."""
        try:
            from sandbox.athena import query_engine
        except ModuleNotFoundError as error:
            if error.name not in _EXTRA:
                raise
            raise QueryError(_ABSENT_ENGINE, OF_THE_SYSTEM) from None
        if not place.folder:
            raise QueryError(_NO_PLACE)
        context: Mapping[str, str] = execution.context or {}
        named = context.get("Catalog") or CATALOG
        if named.lower() != CATALOG.lower():
            raise QueryError(f"CATALOG_NOT_FOUND: line 1:1: Catalog '{named}' not found")
        return query_engine.run(
            execution.query,
            _database(execution),
            execution.execution_parameters or (),
            catalog,
            self._world.now,
            lambda stop: self._stops.__setitem__(execution.id, stop),
        )

    def _write(self, catalog: CallersCatalog, place: _Place, location: str, answer: QueryAnswer) -> None:
        """Write the rows of an answer as the caller. Raises AwsError for who may not, and QueryError."""
        with answer.file() as body:
            self._put(catalog, place, location, body)

    def _put(self, catalog: CallersCatalog, place: _Place, location: str, body: Any) -> None:
        bucket, _, key = location.removeprefix("s3://").partition("/")
        with forwarded_by(ATHENA):
            catalog.session.call(
                "s3", self._world.region, "put_object", {"Bucket": bucket, "Key": key, "Body": body, **place.headers}
            )


def _nothing() -> None:
    """A query that runs no engine yet has nothing to stop."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder for results, that ends with `/`, and what they are encrypted with."""

    folder: str
    encryption: Mapping[str, str] | None

    @property
    def headers(self) -> dict[str, str]:
        """Parameters of PutObject."""
        match (self.encryption or {}).get("EncryptionOption"):
            case "SSE_KMS":
                return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": (self.encryption or {})["KmsKey"]}
            case "SSE_S3":
                return {"ServerSideEncryption": "AES256"}
            case _:
                return {}


def _place(execution: Any) -> _Place:
    group: Mapping[str, Any] = execution.workgroup.configuration if execution.workgroup else {}
    by_group: Mapping[str, Any] = group.get("ResultConfiguration") or {}
    by_client: Mapping[str, Any] = execution.config or {}
    enforced = group.get("EnforceWorkGroupConfiguration") and by_group.get("OutputLocation")
    chosen = by_group if enforced or not by_client.get("OutputLocation") else by_client
    folder = str(chosen.get("OutputLocation") or "").removesuffix(f"{execution.id}.csv")
    folder = f"{folder.rstrip('/')}/" if folder else ""
    return _Place(folder, chosen.get("EncryptionConfiguration"))


def _database(execution: Any) -> str:
    context: Mapping[str, str] = execution.context or {}
    return context.get("Database") or "default"


def _described(answer: QueryAnswer, location: str) -> dict[str, Any]:
    return {
        "statement": answer.statement,
        "substatement": answer.substatement,
        "columns": answer.columns,
        "location": location,
        "update_count": answer.update_count,
    }


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
