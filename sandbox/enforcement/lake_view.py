"""Lake Formation's view of Glue's catalog: answers cut to the databases, tables and columns of a role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from mesh.access.lake import Lakes
from mesh.evaluator import UnknownError
from mesh.evaluator.world import World
from sandbox.enforcement import glue
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.callers import SignedCaller
from sandbox.enforcement.live_lake import administers, columns_of, governed, live_lakes

_READS_PARTITIONS: Final = frozenset({"GetPartition", "GetPartitions", "BatchGetPartition", "GetPartitionIndexes"})

_GlueAnswer = dict[str, Any]


class Catalogs:
    """The catalogs of the organisation, as Lake Formation lets a caller see them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._creators: dict[tuple[str, ...], str] = {}

    def created(self, creator: str, catalog: str, *named: str) -> None:
        """Note the creator of a database, or of a table by both names: moto does not keep it."""
        self._creators[catalog, *named] = creator

    def lakes(self, *accounts: str) -> Lakes:
        """Lake Formation of these accounts as it is now."""
        return live_lakes(self._world.region, accounts, self._creators)

    def filters(self, call: AwsCall, catalog: str, caller: SignedCaller) -> bool:
        """True when Lake Formation decides what the caller sees of the answer."""
        if call.operation not in _READS_PARTITIONS and call.operation not in _READS:
            return False
        region = self._world.region
        if administers(region, catalog, caller.identity):
            # An administrator of the lake sees everything from inside its account only.
            return caller.account != catalog
        return governed(region, catalog)

    def shows(self, call: AwsCall, catalog: str, caller: SignedCaller, database: str, table: str = "") -> bool:
        """True when Lake Formation shows a caller a database, or something of a table."""
        asked = replace(call, operation="GetTable" if table else "GetDatabase")
        if not self.filters(asked, catalog, caller):
            return True
        view = _View(self.lakes(catalog, caller.account), self._world, catalog, caller)
        return bool(view.readable(database, table)) if table else view.database(database)

    def seen(self, call: AwsCall, catalog: str, caller: SignedCaller, answer: _GlueAnswer) -> _GlueAnswer | None:
        """The part of the answer that the caller may see; None when it may see nothing of what it asked for."""
        view = _View(self.lakes(catalog, caller.account), self._world, catalog, caller)
        if call.operation in _READS_PARTITIONS:
            # Values of partitions are data: whoever sees the whole table sees them.
            return answer if view.whole(glue.database(call), glue.table(call)) else None
        visible = _READS[call.operation]
        if visible is None:
            raise UnknownError(f"glue:{call.operation}: its answer through Lake Formation is not known")
        return visible(view, answer)


class _View:
    """The databases, tables and columns of one catalog that a role may see."""

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
            "StorageDescriptor": {**storage, "Columns": _columns_in(readable, storage.get("Columns"))},
            "PartitionKeys": _columns_in(readable, table.get("PartitionKeys")),
        }


def _columns_in(readable: Mapping[str, Any], columns: Iterable[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [column for column in columns or () if column["Name"] in readable]


# ---- answers of Glue, cut to a view


def _database(view: _View, answer: _GlueAnswer) -> _GlueAnswer | None:
    return answer if view.database(answer["Database"]["Name"]) else None


def _databases(view: _View, answer: _GlueAnswer) -> _GlueAnswer:
    return {**answer, "DatabaseList": [d for d in answer["DatabaseList"] if view.database(d["Name"])]}


def _table(view: _View, answer: _GlueAnswer) -> _GlueAnswer | None:
    table = view.table(answer["Table"])
    return {**answer, "Table": table} if table else None


def _tables(view: _View, answer: _GlueAnswer) -> _GlueAnswer:
    return {**answer, "TableList": [table for full in answer["TableList"] if (table := view.table(full))]}


def _table_versions(view: _View, answer: _GlueAnswer) -> _GlueAnswer | None:
    versions = [
        {**version, "Table": table} for version in answer["TableVersions"] if (table := view.table(version["Table"]))
    ]
    return {**answer, "TableVersions": versions} if versions else None


_READS: Final[Mapping[str, Callable[[_View, _GlueAnswer], _GlueAnswer | None] | None]] = {
    "GetDatabase": _database,
    "GetDatabases": _databases,
    "GetTable": _table,
    "GetTables": _tables,
    "SearchTables": _tables,
    "GetTableVersions": _table_versions,
    "GetTableVersion": None,
}
"""Operations that read databases and tables, and the cut of their answers; None where it is not known."""
