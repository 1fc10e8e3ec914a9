"""Queries as somebody of the organisation: started, followed and fetched in that name, as any tool would.

What is handed to another process is where the rows are, and a signed request for them: S3 is asked by the caller's own
key, and rows do not pass through a message.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from mesh import names
from mesh.findings import NotPossibleError, OurFaultError
from mesh.folder import PlannedMesh
from mesh.plan import Plan
from sandbox.athena.query_errors import INTERNAL
from sandbox.emulator.athena_queries import QUEUED, RUNNING
from sandbox.emulator.aws.records import Records
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.clients import Clients, Credentials, RoleSession
from sandbox.emulator.request_origin import coming_from
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.enforcement.refusals import of_the_emulator
from sandbox.rehearsal.credentials import credentials, named
from sandbox.rehearsal.personas import Persona, provision
from sandbox.runs.withheld_columns import withheld_columns

SESSION: Final = "query-by-hand"
"""Name of the session of who queries."""

PAUSE: Final = 0.05
"""Seconds between two looks at a query that has not ended."""

DEFAULT: Final = "default"
_NO_WORKGROUP: Final = (
    "{} has no workgroup to query in: clearances have one (pii@<domain>), pipelines (pipeline:<domain>.<product>), "
    "partners (partner:<partner>) and the check of drafts (check:<domain>)"
)


def workgroup(persona: Persona) -> str:
    """The workgroup in which somebody queries. Raises NotPossibleError for who has none."""
    match persona.kind:
        case "clearance":
            return names.workgroup(persona.clearance)
        case "pipeline":
            return names.pipeline_workgroup(persona.product)
        case "check":
            return names.workgroup(names.CHECK)
        case "partner":
            return names.WORKGROUP
        case _:
            raise NotPossibleError(_NO_WORKGROUP.format(persona.who))


class PersonaQueries:
    """Queries as anybody of an organisation, and the end of one that is under way.

    `read` gives the mesh as its folder stands: who queries may have been deployed since the organisation began.
    """

    def __init__(self, read: Callable[[], PlannedMesh], organization: EnforcedOrganization) -> None:
        self._read, self._organization = read, organization
        self._mesh = read()
        self._clients = Clients()
        self._asked: dict[str, tuple[Persona, RoleSession]] = {}

    def answer(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """`{"who", "sql", "database", "parameters", "mark"}` -> the answer, or `{"error": …}`; raises for a fault of
        ours.

        An answer has the `columns` as `[name, type]`, whether the rows are `csv`, the request for them (`url` and
        `headers`), the bytes `scanned`, the `milliseconds` that it took, and what is `withheld` of which table.
        """
        mark = str(question["mark"])
        self._mesh = self._read()
        try:
            persona = named(self._plan, str(question["who"]))
            group = workgroup(persona)
            self._asked[mark] = (persona, self._session(persona))
            with coming_from(persona.origin):
                return self._answer(*self._asked[mark], group, question)
        except NotPossibleError as error:
            return {"error": str(error)}
        except AwsError as error:
            if of_the_emulator(error):
                raise
            return {"error": " ".join(str(error).split())}
        finally:
            self._asked.pop(mark, None)

    def stop(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """`{"mark": …}` -> `{"stopped": [id, …]}`: the query with that mark is stopped, by its own caller."""
        persona, session = self._asked.get(str(question["mark"]), (None, None))
        if persona is None or session is None:
            return {"stopped": []}
        running = self._organization.gate.queries.under_way(session.credentials.access_key)
        with coming_from(persona.origin):
            for execution in running:
                session.call("athena", self._region, "stop_query_execution", {"QueryExecutionId": execution})
        return {"stopped": running}

    @property
    def _plan(self) -> Plan:
        return self._mesh.plan

    @property
    def _region(self) -> str:
        return self._plan.perimeter.region

    def _session(self, persona: Persona) -> RoleSession:
        provision(self._plan, persona)
        return RoleSession(self._clients, Records(), persona.account, credentials(persona, self._region, SESSION))

    def _answer(
        self, persona: Persona, session: RoleSession, group: str, question: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        sql, parameters = str(question["sql"]), [str(each) for each in question["parameters"]]
        database = str(question["database"]) or self._database(persona, sql, parameters)
        execution = self._execution(session, group, sql, database, parameters)
        state, statistics = execution["Status"], execution["Statistics"]
        if state["State"] != "SUCCEEDED":
            reason = " ".join(str(state.get("StateChangeReason") or state["State"]).split())
            raise (OurFaultError if reason.startswith(INTERNAL) else NotPossibleError)(reason)
        first = {"QueryExecutionId": execution["QueryExecutionId"], "MaxResults": 1}
        results = session.call("athena", self._region, "get_query_results", first)["ResultSet"]
        return {
            "columns": [[each["Name"], _type(each)] for each in results["ResultSetMetadata"]["ColumnInfo"]],
            "csv": execution["StatementType"] == "DML",
            **self._request(persona, session.credentials, execution["ResultConfiguration"]["OutputLocation"]),
            "scanned": statistics["DataScannedInBytes"],
            "milliseconds": statistics["TotalExecutionTimeInMillis"],
            "withheld": withheld_columns(
                self._mesh, self._organization.gate, persona, session, _tables(sql, database, parameters)
            ),
        }

    def _execution(
        self, session: RoleSession, group: str, sql: str, database: str, parameters: Sequence[str]
    ) -> Mapping[str, Any]:
        """An execution that has ended. Raises NotPossibleError for what Athena takes no execution of."""
        _require_lengths({"queryString": [sql], "executionParameters": parameters})
        start: dict[str, Any] = {
            "WorkGroup": group,
            "QueryString": sql,
            "QueryExecutionContext": {"Database": database},
            **({"ExecutionParameters": list(parameters)} if parameters else {}),
        }
        execution = session.call("athena", self._region, "start_query_execution", start)["QueryExecutionId"]
        while True:
            told = session.call("athena", self._region, "get_query_execution", {"QueryExecutionId": execution})
            if told["QueryExecution"]["Status"]["State"] not in (QUEUED, RUNNING):
                return told["QueryExecution"]
            time.sleep(PAUSE)

    def _database(self, persona: Persona, sql: str, parameters: Sequence[str]) -> str:
        """The database of names without one: a partner's own, that of a pipeline's drafts, or the only one named."""
        if persona.home in self._plan.partners:
            return names.snake(persona.home)
        if persona.kind == "pipeline" and persona.product in self._plan.domains[persona.home].drafts:
            return names.draft_database(persona.home, persona.product)
        named_ones = {table.database for table in _tables(sql, DEFAULT, parameters)} - {DEFAULT}
        return named_ones.pop() if len(named_ones) == 1 else DEFAULT

    def _request(self, persona: Persona, keys: Credentials, location: str) -> dict[str, Any]:
        """The signed request for an object: in headers, for a URL that carries its signature is refused by the mesh."""
        from botocore import auth, awsrequest
        from botocore import credentials as of_botocore

        url = f"{self._organization.endpoint_from(persona.origin)}/{location.removeprefix('s3://')}"
        request = awsrequest.AWSRequest("GET", url)
        signs = of_botocore.Credentials(keys.access_key, keys.secret_key, keys.token)
        auth.S3SigV4Auth(signs, "s3", self._region).add_auth(request)
        return {"url": url, "headers": {name: str(value) for name, value in request.headers.items()}}


_LONGEST: Final = {"queryString": 262144, "executionParameters": 1024}
"""Characters of a statement, and of a parameter (Athena API Reference, "StartQueryExecution"); the least is one."""


def _require_lengths(given: Mapping[str, Sequence[str]]) -> None:
    for member, values in given.items():
        for value in values:
            if not value or len(value) > _LONGEST[member]:
                bound = f"less than or equal to {_LONGEST[member]}" if value else "greater than or equal to 1"
                raise NotPossibleError(
                    f"InvalidRequestException: 1 validation error detected: Value '{value[:80]}' at '{member}' failed "
                    f"to satisfy constraint: Member must have length {bound}"
                )


def _tables(sql: str, database: str, parameters: Sequence[str]) -> Sequence[Any]:
    """Tables that a statement reads; none of one that is wrong, of which Athena tells what is."""
    from sandbox.athena.query_errors import QueryError
    from sandbox.athena.statements import parse

    try:
        return parse(sql, database, parameters).tables
    except QueryError:
        return ()


def _type(column: Mapping[str, Any]) -> str:
    return f"decimal({column['Precision']},{column['Scale']})" if column["Type"] == "decimal" else str(column["Type"])
