"""All checks of a product's drafts, and the state of each table that they would be published as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_sessions import AwsSessions
from catalog_tables import CatalogTables
from drafts import Draft, read_draft
from gate import GateSubject, gate_findings, quoted
from iceberg_metadata import TableMetadata, read_metadata
from metadata_checks import Counted, iceberg_findings
from parquet_runs import run_findings, runs_state, standing
from publish_settings import PromisedProduct, PromisedTable, PublishSettings
from schema_checks import schema_findings
from table_files import TableFiles, UnreadableFileError

State = Mapping[str, Any]
"""A published table, as the record has it: `pointer`, `version` and `contract`, and the runs of a Parquet table."""


@dataclass(frozen=True)
class Drafts:
    """The drafts of a product, read as the check role of its domain."""

    product: PromisedProduct
    settings: PublishSettings
    sessions: AwsSessions

    def read(self, published: Mapping[str, State]) -> tuple[Draft, ...]:
        """Where each draft points now."""
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
        found = False
        for run in standing(draft.table, draft.runs):
            for sentence in run_findings(draft.table, run):
                found = True
                yield sentence
        if not found and draft.runs and not draft.table.partition_keys:
            path = f"\"$path\" LIKE '{draft.pointer}%'"
            source = f"{quoted(self.product.draft)}.{quoted(draft.table.name)} WHERE {path}"
            yield from self._gate(GateSubject(self.product, draft.table, None, (), counts=False, source=source))

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
