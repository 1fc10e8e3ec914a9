"""The catalog as Athena sees it for somebody: tables by GetTable in that name, and by whom their data are read.

Lake Formation Developer Guide, "How Athena accesses data registered with Lake Formation": Athena asks Glue for the
table, then Lake Formation for credentials, both in the caller's name; Lake Formation gives those of the location's
role. Where no location is registered it reads with the caller's own permissions.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from mesh.aws.plugin_types import AskedAction
from sandbox.athena.catalog_rows import is_past
from sandbox.athena.query_errors import OF_THE_QUERY, OF_THE_SYSTEM, QueryError
from sandbox.athena.seen_tables import Files, SeenColumn, SeenTable, TableName
from sandbox.emulator import backends
from sandbox.emulator.asked_actions import AnsweringGate
from sandbox.emulator.aws.records import Records
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.clients import Clients, Credentials, RoleSession
from sandbox.emulator.request_origin import forwarded_by
from sandbox.enforcement import resource_links
from sandbox.enforcement.functions import execution_session
from sandbox.enforcement.live_world import LiveWorld
from sandbox.enforcement.object_access import ObjectAccess
from sandbox.enforcement.refusals import UNDECIDED, is_refusal
from sandbox.enforcement.service_requests import assumption, first_refusal

ATHENA: Final = "athena.amazonaws.com"
_LAKE: Final = "lakeformation.amazonaws.com"
_ABSENT: Final = "EntityNotFoundException"


class WithheldColumns(NamedTuple):
    """Columns of a table that the caller does not see, by catalog, database and table behind a link; `of` all."""

    catalog: str
    database: str
    table: str
    columns: tuple[str, ...]
    of: int


class CallersCatalog:
    """The catalog of an account for one caller, whose calls are made with its access key, by Athena."""

    def __init__(self, world: LiveWorld, gate: AnsweringGate, clients: Clients, account: str, key: str) -> None:
        self._world, self._gate, self._clients = world, gate, clients
        self._account = account
        self.session: Final = RoleSession(clients, Records(), account, Credentials(key, "-", None))
        self._readers: dict[str, Files] = {}

    def table(self, name: TableName) -> SeenTable | None:
        """A table with the columns that the caller may read; None for what is not there, or is not for it to see."""
        told = self.described(name.database, name.table)
        return self._seen(name, told) if told else None

    def withheld(self, name: TableName) -> WithheldColumns | None:
        """The columns of a table that the caller does not see; None where it sees all, or nothing of the table."""
        seen = self.table(name)
        if seen is None or seen.whole:
            return None
        target = self._target(name)
        every, shown = self._every_column(*target), {column.name for column in seen.columns}
        columns = tuple(column.name for column in every if column.name not in shown)
        return WithheldColumns(*target, columns, len(every))

    def described(self, database: str, table: str) -> Mapping[str, Any] | None:
        """A table as Glue describes it to the caller; None for what is not there, and for what it may not see."""
        told = self._told("get_table", DatabaseName=database, Name=table)
        return told["Table"] if told else None

    def databases(self) -> list[Mapping[str, Any]]:
        """Databases that the caller sees, as Glue describes them."""
        return list(self._pages("get_databases", "DatabaseList"))

    def tables(self, database: str) -> list[Mapping[str, Any]]:
        """Tables of a database that the caller sees, as Glue describes them, with the columns that it sees."""
        return list(self._pages("get_tables", "TableList", DatabaseName=database))

    def files(self, table: SeenTable) -> Files:
        """The objects of a table, as they are read for the caller. Raises QueryError for who gets no credentials."""
        catalog = self._target(table.name)[0]
        role = self._location_role(catalog, table.location)
        if role not in self._readers:
            self._readers[role] = self._as_location(catalog, role) if role else self._as_caller()
        return self._readers[role]

    # ---- writes

    def governed(self, table: SeenTable) -> bool:
        """Whether Lake Formation has the place of a table, so that its grants decide."""
        return bool(self._location_role(self._target(table.name)[0], table.location))

    def append(self, table: SeenTable, rows: Any) -> None:
        """Append rows to an Iceberg table as the caller, in one commit. Raises QueryError."""
        from sandbox.athena.iceberg_writes import write

        with self._committing() as client:
            write(client, self._as_caller(), table.name.database, table.name.table, rows, "append")

    def replace(self, table: SeenTable, rows: Any) -> None:
        """Rows in place of those that an Iceberg table had when it was seen, as the caller. Raises QueryError."""
        from sandbox.athena.iceberg_writes import MovedError, replace

        try:
            with self._committing() as client:
                replace(client, self._as_caller(), table.name.database, table.name.table, rows, table.metadata)
        except MovedError:
            raise QueryError(f"ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: {table.name}") from None

    @contextmanager
    def _committing(self) -> Generator[Any]:
        """A client of Glue that is the caller's, by Athena. Raises QueryError for what a commit fails of."""
        from botocore.exceptions import ClientError

        try:
            with forwarded_by(ATHENA):
                yield self._clients.own("glue", self._world.region, self.session.credentials)
        except (ClientError, PermissionError) as error:
            raise _insufficient(error) from None
        except (ValueError, TypeError) as error:
            raise QueryError(f"TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: {error}") from None

    def unload(self, place: str, name: str, body: bytes) -> str:
        """Write an object into a folder without any, as the caller: its path. Raises QueryError."""
        files = self._as_caller()
        try:
            if files.below(place):
                raise QueryError(f"HIVE_PATH_ALREADY_EXISTS: Target directory for UNLOAD already exists: {place}")
            files.put(f"{place}{name}", body)
        except (FileNotFoundError, PermissionError) as error:
            raise QueryError(f"PERMISSION_DENIED: {error}") from None
        return f"{place}{name}"

    def refusal(self, action: str, name: TableName) -> str:
        """The refusal of an action of Glue on a table, or on a database; empty where the caller may."""
        catalog, database, table = self._target(name)
        prefix = f"arn:aws:glue:{self._world.region}:{catalog}"
        asked = [f"{prefix}:catalog", f"{prefix}:database/{database}"]
        asked += [f"{prefix}:table/{database}/{table}"] if table else []
        with forwarded_by(ATHENA):
            answers = self._gate.refusals(
                self.session.credentials.access_key,
                self._world.region,
                [AskedAction(action, resource, {}) for resource in asked],
            )
        return next(filter(None, answers), "")

    # ---- what Glue tells

    def _told(self, operation: str, **parameters: Any) -> dict[str, Any] | None:
        try:
            with forwarded_by(ATHENA):
                return self.session.call("glue", self._world.region, operation, parameters)
        except AwsError as error:
            if error.code == _ABSENT or is_refusal(error):
                return None
            raise

    def _pages(self, operation: str, member: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        token: dict[str, str] = {}
        while (told := self._told(operation, **parameters, **token)) is not None:
            yield from told[member]
            if not told.get("NextToken"):
                return
            token = {"NextToken": told["NextToken"]}

    def _seen(self, name: TableName, told: Mapping[str, Any]) -> SeenTable:
        parameters: Mapping[str, str] = told.get("Parameters") or {}
        keys = _columns(told.get("PartitionKeys"))
        target = self._target(name)
        stored = self._stored(*target)
        full: Mapping[str, Any] = stored.as_dict()
        columns = (*_columns(_storage(told).get("Columns")), *keys)
        is_iceberg = parameters.get("table_type", "").upper() == "ICEBERG"
        return SeenTable(
            name=name,
            columns=columns,
            format="iceberg" if is_iceberg else "parquet",
            location=str(_storage(full).get("Location") or ""),
            metadata=parameters.get("metadata_location", "") if is_iceberg else "",
            partition_keys=tuple(column.name for column in _columns(full.get("PartitionKeys"))),
            partitions={} if is_iceberg else _partitions(stored),
            whole=columns == self._every_column(*target),
        )

    def _stored(self, catalog: str, database: str, table: str) -> Any:
        return backends.databases(catalog, self._world.region)[database].tables[table]

    def _every_column(self, catalog: str, database: str, table: str) -> tuple[SeenColumn, ...]:
        full: Mapping[str, Any] = self._stored(catalog, database, table).as_dict()
        return (*_columns(_storage(full).get("Columns")), *_columns(full.get("PartitionKeys")))

    def _target(self, name: TableName) -> tuple[str, str, str]:
        """Catalog, database and name of a table, behind the link that leads to it."""
        region = self._world.region
        found = resource_links.database_target(region, self._account, name.database)
        if found:
            return found.catalog, found.database, name.table
        table = resource_links.table_target(region, self._account, name.database, name.table)
        return (table.catalog, table.database, table.table) if table else (self._account, name.database, name.table)

    # ---- who reads the data

    def _location_role(self, catalog: str, location: str) -> str:
        """The role of the registered location that a place lies in; empty without one."""
        from moto.lakeformation.models import lakeformation_backends

        at = f"arn:aws:s3:::{location.removeprefix('s3://').rstrip('/')}/"
        resources: Mapping[str, Any] = lakeformation_backends[catalog][self._world.region].resources
        found = (each.role_arn or "" for arn, each in resources.items() if at.startswith(f"{arn.rstrip('/')}/"))
        return next(found, "")

    def _as_caller(self) -> ObjectAccess:
        return ObjectAccess(self.session, self._world.region, ATHENA)

    def _as_location(self, catalog: str, role: str) -> Files:
        key, asked = self.session.credentials.access_key, AskedAction("lakeformation:GetDataAccess", "*", {})
        with forwarded_by(ATHENA):
            [refused] = self._gate.refusals(key, self._world.region, [asked])
        source = {"aws:SourceAccount": catalog, "aws:SourceOrgID": self._world.organization}
        refused = refused or first_refusal(self._world, [assumption(_LAKE, role, source)])
        if refused:
            raise _insufficient(refused)
        session = RoleSession(
            self._clients, Records(), role.split(":")[4], execution_session(role, self._world.region, "AWSLF-00-AT")
        )
        return ObjectAccess(session, self._world.region)


def _insufficient(refused: object) -> QueryError:
    category = OF_THE_SYSTEM if UNDECIDED in str(refused) else OF_THE_QUERY
    return QueryError(f"Insufficient permissions to execute the query. {refused}", category)


def _columns(described: Sequence[Mapping[str, Any]] | None) -> tuple[SeenColumn, ...]:
    return tuple(SeenColumn(str(each["Name"]), str(each["Type"])) for each in described or () if not is_past(each))


def _storage(table: Mapping[str, Any]) -> Mapping[str, Any]:
    storage: Mapping[str, Any] | None = table.get("StorageDescriptor")
    return storage or {}


def _partitions(stored: Any) -> dict[tuple[str, ...], str]:
    """Registered partitions (moto's) by their values, each with its location."""
    described = ((each.values, each.as_dict()) for each in [*stored.partitions.values()])
    return {tuple(values): str(told["StorageDescriptor"]["Location"]) for values, told in described}
