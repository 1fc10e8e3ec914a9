"""Reads as somebody makes them: a whole table by Athena, with its columns and rows, and an object of S3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.clients import RoleSession
from sandbox.emulator.request_origin import Origin, coming_from
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.enforcement.refusals import is_refusal, of_the_emulator
from sandbox.rehearsal.credentials import credentials
from sandbox.rehearsal.personas import Persona

TextRow = tuple[str | None, ...]
"""A row as Athena writes it."""


@dataclass(frozen=True, slots=True)
class WholeTable:
    """The answer to `select *`: columns, and how often each row is in it, as Athena's texts; or why there is none."""

    columns: tuple[str, ...] = ()
    rows: Counter[TextRow] = field(default_factory=Counter[TextRow])
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
            if of_the_emulator(error):
                raise
            return WholeTable(error=str(error))

    def object(self, bucket: str, key: str) -> bytes | None:
        """The bytes of an object; None where reading it is refused."""
        try:
            with coming_from(self._origin):
                answer = self._session.call("s3", self._region, "get_object", {"Bucket": bucket, "Key": key})
        except AwsError as error:
            if is_refusal(error):
                return None
            raise
        return answer["Body"].read()

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Keys of the objects below a prefix."""
        asked = {"Bucket": bucket, "Prefix": prefix}
        with coming_from(self._origin):
            answer = self._session.call("s3", self._region, "list_objects_v2", asked)
        return [each["Key"] for each in answer.get("Contents", ())]

    def _rows(self, number: str) -> WholeTable:
        names: tuple[str, ...] = ()
        rows, token = Counter[TextRow](), dict[str, str]()
        while True:
            page = self._call("get_query_results", QueryExecutionId=number, **token)
            found: Sequence[Mapping[str, Any]] = page["ResultSet"]["Rows"]
            if not token:
                names = tuple(each["Name"] for each in page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"])
                found = found[1:]
            rows.update(tuple(cell.get("VarCharValue") for cell in row["Data"]) for row in found)
            if not page.get("NextToken"):
                return WholeTable(names, rows)
            token = {"NextToken": page["NextToken"]}

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        with coming_from(self._origin):
            return self._session.call("athena", self._region, operation, parameters)
