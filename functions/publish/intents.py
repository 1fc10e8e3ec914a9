"""Intents: a publication that was checked and is under way, written down before the first step and then carried out.

Each step may have been done before, by a run that died or is still at it: what is there is looked at first, and an
update names the version that it was looked at. So an intent is carried out once, whoever does it how often. One that
AWS refuses for good is undone in the same way: it has what each table was before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_errors import RefusedForGoodError
from aws_sessions import AwsSessions
from catalog_tables import CatalogTables, OvertakenError, StoredTable, iceberg_input, parquet_input, partition_input
from column_labels import ColumnLabels
from draft_checks import State
from parquet_runs import NOTHING, partition_places
from publication_record import PublicationRecord, PublicationRecords
from publish_settings import PromisedProduct, PromisedTable, PublishSettings


@dataclass(frozen=True)
class Hub:
    """The tables of a product in the mesh catalog, moved and labelled as the publisher of its domain."""

    product: PromisedProduct
    settings: PublishSettings
    sessions: AwsSessions

    @property
    def tables(self) -> CatalogTables:
        """The product's database."""
        glue = self.sessions.publisher(self.product.domain, "glue")
        return CatalogTables(glue, self.settings.hub, self.product.database)

    @property
    def labels(self) -> ColumnLabels:
        """The labels of its columns."""
        client = self.sessions.publisher(self.product.domain, "lakeformation")
        return ColumnLabels(client, self.settings.hub, self.product, self.settings.classifications)

    def close(self) -> None:
        """Set what closes, on every column that readers see: a contract that labels one need not wait for a commit."""
        for table in self.product.tables:
            self.labels.close(table, self.tables.get(table.name))

    def inputs(self, states: Mapping[str, State], ids: Mapping[str, frozenset[int]]) -> dict[str, Any]:
        """The table of the hub that each is to become, with what it is now; `ids` leaves columns out.

        New tables come last: one that was made cannot be taken away, should another one be refused.
        """
        found = {
            table.name: self._input(table, states[table.name], ids.get(table.name))
            for table in self.product.tables
            if table.name in states
        }
        return dict(sorted(found.items(), key=lambda each: each[1]["base"] is None))

    def _input(self, table: PromisedTable, state: State, ids: frozenset[int] | None) -> dict[str, Any]:
        stored = self.tables.get(table.name)
        was = {"base": stored.version if stored else None, "before": stored.input if stored else None}
        if table.format == "parquet":
            return {**was, "input": parquet_input(table, _parquet_place(table, state))}
        columns = [column for column in table.columns if ids is None or column.id in ids]
        before = stored.pointer if stored and stored.is_iceberg else None
        return {**was, "input": iceberg_input(table, state["pointer"], columns, before)}

    def move(self, records: PublicationRecords, record: PublicationRecord) -> PublicationRecord:
        """Move all tables of the record's intent that are not moved yet, each after its labels that close.

        Raises RefusedForGoodError when AWS does not take one of them.
        """
        promised = {table.name: table for table in self.product.tables}
        for name, step in record["intent"]["inputs"].items():
            table = promised.get(name)
            stored = self.tables.get(name)
            if table:
                self.labels.close(table, stored)
            record = self._move(records, record, name, stored, step)
            if table and table.partition_keys:
                self._partitions(table, record["intent"]["tables"][name])
        return record

    def open(self, records: PublicationRecords, record: PublicationRecord) -> list[str]:
        """Set the labels that open, when all tables have moved; sentences of those that AWS refuses for good."""
        self._still_ours(records, record)
        refused: list[str] = []
        for table in self.product.tables:
            if table.name in record["intent"]["inputs"]:
                try:
                    self.labels.open(table, self.tables.get(table.name))
                except RefusedForGoodError as error:
                    refused.append(str(error))
        return refused

    def undo(self, records: PublicationRecords, record: PublicationRecord, published: Mapping[str, State]) -> list[str]:
        """Make each table of the record's intent again what it was before; what AWS refuses for good of that.

        Partitions go back to the runs of `published`. A new table that has no run to point at stays as it is: the role
        deletes nothing, and its columns are closed.
        """
        promised = {table.name: table for table in self.product.tables}
        refused: list[str] = []
        for name, step in record["intent"]["inputs"].items():
            self._still_ours(records, record)
            table, state = promised.get(name), published.get(name) or {}
            try:
                self._back(name, step["before"] if "before" in step else self._known(table, state), table)
                if table and table.partition_keys and self.tables.get(name):
                    self._partitions(table, state)
            except RefusedForGoodError as error:
                refused.append(str(error))
        return refused

    def _back(self, name: str, before: Mapping[str, Any] | None, table: PromisedTable | None) -> None:
        stored = self.tables.get(name)
        if stored is None:
            return
        wanted = before
        if wanted is None and table and table.format == "parquet" and not table.partition_keys:
            wanted = parquet_input(table, f"{table.location}{NOTHING}")
        if wanted is not None and stored.input != wanted:
            self.tables.put(wanted, stored)

    def _known(self, table: PromisedTable | None, state: State) -> Mapping[str, Any] | None:
        """The table of a state, for an intent that was written down before those had what was there."""
        return self._input(table, state, None)["input"] if table and state else None

    def _move(
        self,
        records: PublicationRecords,
        record: PublicationRecord,
        name: str,
        stored: StoredTable | None,
        step: Mapping[str, Any],
    ) -> PublicationRecord:
        if stored and _is_done(stored, step["input"]):
            return record
        if (stored.version if stored else None) != step["base"]:
            # Either another run has gone on, and the record with it, or the table was changed by hand.
            self._still_ours(records, record)
            moved = {**step, "base": stored.version if stored else None}
            intent = {**record["intent"], "inputs": {**record["intent"]["inputs"], name: moved}}
            record = records.write(self.product, record.changed(intent=intent))
        self.tables.put(step["input"], stored)
        return record

    def _still_ours(self, records: PublicationRecords, record: PublicationRecord) -> None:
        if records.read(self.product).etag != record.etag:
            raise OvertakenError(f"{self.product.name}: another run has gone on")

    def _partitions(self, table: PromisedTable, state: State) -> None:
        now, wanted = self.tables.partitions(table.name), partition_places(table, state)
        nothing = {values: f"{table.location}{NOTHING}" for values in now if values not in wanted}
        changed = {values: place for values, place in {**wanted, **nothing}.items() if now.get(values) != place}
        inputs = [partition_input(table, values, place) for values, place in changed.items()]
        new = [each for each in inputs if tuple(each["Values"]) not in now]
        self.tables.put_partitions(table.name, new, [each for each in inputs if tuple(each["Values"]) in now])


def _parquet_place(table: PromisedTable, state: State) -> str:
    return table.location if table.partition_keys else str(state["pointer"])


def _is_done(stored: StoredTable, wanted: Mapping[str, Any]) -> bool:
    """Whether a table is what it is to be: where it points, its columns, its place and descriptions."""
    there = stored.document
    storage: Mapping[str, Any] = there.get("StorageDescriptor") or {}
    parameters = {key: value for key, value in wanted["Parameters"].items() if key != "previous_metadata_location"}
    return (
        parameters.items() <= stored.parameters.items()
        and _plain(storage.get("Columns")) == _plain(wanted["StorageDescriptor"]["Columns"])
        and _plain(stored.keys) == _plain(wanted.get("PartitionKeys"))
        and stored.location == wanted["StorageDescriptor"]["Location"]
        and there.get("Description", "") == wanted["Description"]
    )


def _plain(columns: Any) -> str:
    return json.dumps([(each["Name"], each.get("Type"), each.get("Comment", "")) for each in columns or ()])
