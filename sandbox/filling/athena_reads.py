"""Queries of Athena as somebody makes them: a whole table, with its columns and rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.clients import RoleSession
from sandbox.emulator.request_origin import Origin, coming_from
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.rehearsal.credentials import credentials
from sandbox.rehearsal.personas import Persona


@dataclass(frozen=True, slots=True)
class WholeTable:
    """The answer to `select *`: columns, and how often each text of a column is in it; or why there is none."""

    columns: tuple[str, ...] = ()
    rows: int = 0
    values: Mapping[str, Counter[str | None]] | None = None
    error: str = ""


class TableReader:
    """Somebody who queries through one workgroup, from where that persona works."""

    def __init__(self, organization: EnforcedOrganization, region: str, persona: Persona, workgroup: str) -> None:
        self.who: Final = persona.who
        self._session: Final[RoleSession] = organization.acting(persona.account, credentials(persona, region))
        self._region, self._workgroup = region, workgroup
        self._origin: Final[Origin] = persona.origin

    def whole(self, database: str, table: str) -> WholeTable:
        """The rows of a table, all of them."""
        query = f'SELECT * FROM "{database}"."{table}"'  # noqa: S608 (names of the catalog)
        try:
            started = self._call("start_query_execution", QueryString=query, WorkGroup=self._workgroup)
            number = started["QueryExecutionId"]
            status = self._call("get_query_execution", QueryExecutionId=number)["QueryExecution"]["Status"]
            if status["State"] != "SUCCEEDED":
                return WholeTable(error=str(status.get("StateChangeReason") or status["State"]))
            return self._rows(number)
        except AwsError as error:
            return WholeTable(error=str(error))

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Keys of the objects below a prefix."""
        asked = {"Bucket": bucket, "Prefix": prefix}
        with coming_from(self._origin):
            answer = self._session.call("s3", self._region, "list_objects_v2", asked)
        return [each["Key"] for each in answer.get("Contents", ())]

    def _rows(self, number: str) -> WholeTable:
        names: tuple[str, ...] = ()
        values: list[Counter[str | None]] = []
        rows, token = 0, dict[str, str]()
        while True:
            page = self._call("get_query_results", QueryExecutionId=number, **token)
            found: Sequence[Mapping[str, Any]] = page["ResultSet"]["Rows"]
            if not token:
                names = tuple(each["Name"] for each in page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"])
                values = [Counter() for _ in names]
                found = found[1:]
            for row in found:
                for counts, cell in zip(values, row["Data"], strict=True):
                    counts[cell.get("VarCharValue")] += 1
            rows += len(found)
            if not page.get("NextToken"):
                return WholeTable(names, rows, dict(zip(names, values, strict=True)))
            token = {"NextToken": page["NextToken"]}

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        with coming_from(self._origin):
            return self._session.call("athena", self._region, operation, parameters)
