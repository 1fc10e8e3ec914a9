"""What Lake Formation lets a caller see of an answer of Glue's catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mesh.access.lake import Lakes
from mesh.evaluator import UnknownError
from mesh.evaluator.world import World
from sandbox.enforcement import glue
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.callers import SignedCaller
from sandbox.enforcement.live_lake import administers, columns_of, governed, live_lakes

_READS_TABLES: Final = frozenset({"GetTable", "GetTables", "SearchTables", "GetTableVersion", "GetTableVersions"})
_READS_DATABASES: Final = frozenset({"GetDatabase", "GetDatabases"})
_READS_PARTITIONS: Final = frozenset({"GetPartition", "GetPartitions", "BatchGetPartition", "GetPartitionIndexes"})


class Catalogs:
    """The catalogs of the organisation through Lake Formation; remembers who created a database."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._creators: dict[tuple[str, str], str] = {}

    def created(self, catalog: str, database: str, creator: str) -> None:
        """Note who created a database."""
        self._creators[catalog, database] = creator

    def lakes(self, *accounts: str) -> Lakes:
        """Lake Formation of these accounts as it is now."""
        return live_lakes(self._world.region, accounts, self._creators)

    def filters(self, call: AwsCall, catalog: str, caller: SignedCaller) -> bool:
        """Whether Lake Formation has a say in what this caller sees."""
        if call.operation not in _READS_TABLES | _READS_DATABASES | _READS_PARTITIONS:
            return False
        region = self._world.region
        if administers(region, catalog, caller.identity):
            return caller.account != catalog
        return governed(region, catalog)

    def seen(self, call: AwsCall, catalog: str, caller: SignedCaller, answer: dict[str, Any]) -> dict[str, Any] | None:
        """The answer without what the caller may not see; None when nothing of what it asked for is left."""
        view = _View(self.lakes(catalog, caller.account), self._world, catalog, caller)
        match call.operation:
            case "GetDatabase":
                return answer if view.database(answer["Database"]["Name"]) else None
            case "GetDatabases":
                return {**answer, "DatabaseList": [d for d in answer["DatabaseList"] if view.database(d["Name"])]}
            case "GetTable":
                table = view.table(answer["Table"])
                return {**answer, "Table": table} if table else None
            case "GetTables" | "SearchTables":
                return {**answer, "TableList": view.tables(answer["TableList"])}
            case "GetTableVersions":
                versions = [v for v in answer["TableVersions"] if view.table(v["Table"])]
                shown = [{**v, "Table": view.table(v["Table"])} for v in versions]
                return {**answer, "TableVersions": shown} if shown else None
            case operation if operation in _READS_PARTITIONS:
                # Values of partitions are data: whoever sees the whole table sees them.
                return answer if view.whole(glue.database(call), glue.table(call)) else None
            case operation:
                raise UnknownError(f"glue:{operation}: its answer through Lake Formation is not known")


class _View:
    def __init__(self, lakes: Lakes, world: World, catalog: str, caller: SignedCaller) -> None:
        self._lakes, self._catalog, self._role = lakes, catalog, caller.identity
        self._account = world.account(caller.account)

    def database(self, name: str) -> bool:
        return bool(self._lakes.visible(self._role, self._account, self._catalog, name))

    def readable(self, database: str, table: str) -> Mapping[str, Any]:
        return self._lakes.readable(self._role, self._account, self._catalog, database, table)

    def whole(self, database: str, table: str) -> bool:
        found = self._lakes.table(self._catalog, database, table)
        return found is not None and set(found[1].columns) <= set(self.readable(database, table))

    def table(self, table: dict[str, Any]) -> dict[str, Any] | None:
        columns = columns_of(table)
        readable = self.readable(table["DatabaseName"], table["Name"])
        if columns and not readable:
            return None
        storage: dict[str, Any] = table.get("StorageDescriptor") or {}
        return {
            **table,
            "StorageDescriptor": {**storage, "Columns": _those(storage.get("Columns"), readable)},
            "PartitionKeys": _those(table.get("PartitionKeys"), readable),
        }

    def tables(self, tables: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [shown for table in tables if (shown := self.table(table))]


def _those(columns: Iterable[dict[str, Any]] | None, readable: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [column for column in columns or () if column["Name"] in readable]
