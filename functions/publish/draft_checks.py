"""All checks of a product's drafts, and the state of each table that they would be published as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_sessions import AwsSessions
from catalog_tables import CatalogTables
from draft_pointers import Draft, read_draft
from manifests import DATA, DataFile
from metadata_checks import Counted, iceberg_findings
from parquet_footer import footer_findings, read_footer
from parquet_runs import ParquetRun, run_findings, runs_state, standing
from publish_settings import PromisedProduct, PromisedTable, PublishSettings
from quality_gate import GateSubject, gate_findings, quoted
from schema_checks import schema_findings
from table_files import TableFiles, UnreadableFileError
from table_metadata import TableMetadata, read_metadata

State = Mapping[str, Any]
"""A published table, as the record has it: `pointer`, `version` and `contract`, and the runs of a Parquet table."""


@dataclass(frozen=True)
class Drafts:
    """The drafts of a product, read as the check role of its domain."""

    product: PromisedProduct
    settings: PublishSettings
    sessions: AwsSessions

    def read(self, published: Mapping[str, State]) -> tuple[Draft, ...]:
        """The drafts, and where each points now."""
        account = self.product.account_id
        tables = CatalogTables(self.sessions.check(account, "glue"), account, self.product.draft)
        return tuple(
            read_draft(self.product, table, tables, self.files(table), published.get(table.name) or {})
            for table in self.product.tables
        )

    def files(self, table: PromisedTable) -> TableFiles:
        """The files of a table."""
        return TableFiles(self.sessions.check(self.product.account_id, "s3"), table.location)

    def findings(self, drafts: Sequence[Draft], published: Mapping[str, State]) -> list[str]:
        """Sentences about all drafts; none if they may be published together."""
        return [
            f"{self.product.name}, table {draft.table.name}: {sentence}"
            for draft in drafts
            for sentence in self._of(draft, published.get(draft.table.name) or {})
        ]

    def _of(self, draft: Draft, published: State) -> Iterator[str]:
        yield from draft.findings
        if draft.findings or draft.pointer is None:
            return
        try:
            yield from self._iceberg(draft, published) if draft.table.format == "iceberg" else self._parquet(draft)
        except UnreadableFileError as error:
            yield f"{error}: readers would fail; commit again without it, or write it anew"

    def _iceberg(self, draft: Draft, published: State) -> Iterator[str]:
        table, files = draft.table, self.files(draft.table)
        metadata = read_metadata(files, str(draft.pointer))
        base = self._base(files, published)
        counted = Counted(anew=published.get("contract") != self.product.digest)
        found = False
        for sentence in iceberg_findings(self.product, table, files, metadata, base, counted):
            found = True
            yield sentence
        if not found:
            yield from self._gate(_subject(self.product, table, metadata, counted))

    def _base(self, files: TableFiles, published: State) -> TableMetadata | None:
        """The metadata that readers see now: what it names is not checked again."""
        if not published:
            return None
        try:
            return read_metadata(files, published["pointer"])
        except UnreadableFileError:
            return None

    def _parquet(self, draft: Draft) -> Iterator[str]:
        table, files = draft.table, self.files(draft.table)
        found = False
        counted: list[DataFile] = []
        for run in standing(table, draft.runs):
            for sentence in self._of_run(table, files, run, counted):
                found = True
                yield sentence
        if found or not draft.runs:
            return
        # A run of a partitioned table is a part of it: Athena finds it in no table, and its rows are not all rows.
        rows = source = None
        if not table.partition_keys:
            rows = sum(file.rows for file in counted)
            path = f"\"$path\" LIKE '{draft.pointer}%'"
            source = f"{quoted(self.product.draft)}.{quoted(table.name)} WHERE {path}"
        yield from self._gate(GateSubject(self.product, table, rows, counted, counts=True, source=source))

    def _of_run(
        self, table: PromisedTable, files: TableFiles, run: ParquetRun, counted: list[DataFile]
    ) -> Iterator[str]:
        yield from run_findings(table, run)
        for path in run.files:
            footer = read_footer(files, path)
            counted.append(DataFile(path, DATA, footer.rows, footer.nulls))
            yield from footer_findings(table, path, footer)

    def _gate(self, subject: GateSubject) -> Iterator[str]:
        return gate_findings(subject, self.sessions.check(self.product.account_id, "athena"), self.settings)

    def states(self, drafts: Sequence[Draft], published: Mapping[str, State]) -> dict[str, State]:
        """The state of each table after a publication of these drafts; a Parquet table without a run has none."""
        states: dict[str, State] = {}
        for draft in drafts:
            before = published.get(draft.table.name) or {}
            state: State = {"pointer": draft.pointer} if draft.table.format == "iceberg" else before
            if draft.runs:
                state = runs_state(draft.table, before, draft.runs)
            if state:
                states[draft.table.name] = self._stamped(state)
        return states

    def _stamped(self, state: State) -> State:
        return {**state, "version": self.product.version, "contract": self.product.digest}

    def rollback(self, states: Mapping[str, State]) -> tuple[list[str], dict[str, frozenset[int]]]:
        """Findings against going back to published states, and the ids of columns that each Iceberg table has there.

        Values were checked then; names are held to the contract of today, which may have columns that were not there.
        """
        findings: list[str] = []
        ids: dict[str, frozenset[int]] = {}
        for table in self.product.tables:
            state = states.get(table.name)
            if state is None or table.format != "iceberg":
                continue
            try:
                metadata = read_metadata(self.files(table), state["pointer"])
            except UnreadableFileError as error:
                findings.append(f"table {table.name}: {error}")
                continue
            found = schema_findings(self.product, table, metadata, missing_is_fine=True)
            findings += [f"table {table.name}: {sentence}" for sentence in found]
            ids[table.name] = frozenset(field.id for field in metadata.schema)
        return findings, ids


def _subject(product: PromisedProduct, table: PromisedTable, metadata: TableMetadata, counted: Counted) -> GateSubject:
    source: str | None = None
    if metadata.current:
        place = f"{quoted(product.draft)}.{quoted(table.name)}"
        source = f"{place} FOR VERSION AS OF {int(metadata.current['snapshot-id'])}"
    return GateSubject(product, table, counted.rows, counted.files, counts=not counted.deletes, source=source)
