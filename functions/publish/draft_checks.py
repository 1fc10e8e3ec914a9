"""All checks of a product's drafts, and the state of each table that they would be published as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_sessions import AwsSessions
from catalog_tables import CatalogTables
from draft_pointers import Draft, read_draft
from metadata_checks import Counted, iceberg_findings
from parquet_runs import runs_state
from publish_settings import PromisedProduct, PromisedTable, PublishSettings
from quality_gate import GateSubject, gate_findings
from reading_limits import ReadingLimits, share
from run_checks import RunChecks
from schema_checks import schema_findings
from seals import read_seal, written_over
from sql_text import quoted
from table_files import TableFiles, UnreadableFileError
from table_metadata import FOREIGN, TableMetadata, read_metadata

State = Mapping[str, Any]
"""A published table, as the record has it: `pointer`, `version` and `contract`; of Parquet runs, promise, labels."""

Checked = tuple[list[str], GateSubject | None]
"""Findings in a draft's files, and what the gate is asked about where nothing was."""


@dataclass(frozen=True)
class Drafts:
    """The drafts of a product, read as the check role of its domain.

    What reads files raises TooMuchError where that takes more than the share of a product.
    """

    product: PromisedProduct
    settings: PublishSettings
    sessions: AwsSessions
    limits: ReadingLimits = field(default_factory=share)
    seen: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    """ETags of all files at this look, by path: what is sealed is what was checked."""
    lists: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    read_now: dict[str, TableMetadata] = field(default_factory=dict[str, TableMetadata])
    """The manifest list of each draft that was checked."""

    def read(self, published: Mapping[str, State]) -> tuple[Draft, ...]:
        """The drafts, and where each points now."""
        account = self.product.account_id
        tables = CatalogTables(self.sessions.check(account, "glue"), account, self.product.draft)
        return tuple(self._read(table, tables, published.get(table.name) or {}) for table in self.product.tables)

    def _read(self, table: PromisedTable, tables: CatalogTables, published: State) -> Draft:
        with self.limits.of(self._whose(table)):
            return read_draft(self.product, table, tables, self.files(table), published)

    def _whose(self, table: PromisedTable) -> str:
        return f"{self.product.name}, table {table.name}"

    def files(self, table: PromisedTable) -> TableFiles:
        """The files of a table."""
        return TableFiles(self.sessions.check(self.product.account_id, "s3"), table.location, self.seen)

    def written_over(self, published: Mapping[str, State]) -> dict[str, str]:
        """A sentence for each published Iceberg table whose files are not those that were checked."""
        found: dict[str, str] = {}
        for table in self.product.tables:
            with self.limits.of(self._whose(table)):
                sentence = written_over(self.files(table), published.get(table.name) or {})
            if sentence:
                found[table.name] = sentence
        return found

    def findings(self, drafts: Sequence[Draft], published: Mapping[str, State], over: Mapping[str, str]) -> list[str]:
        """Sentences about all drafts; none if they may be published together.

        Of tables whose published files were written over (`over`, with a sentence) nothing counts as checked.
        """
        found: list[str] = []
        for draft in drafts:
            name, whose = draft.table.name, self._whose(draft.table)
            state = published.get(name) or {}
            if name in over:
                if draft.pointer == state["pointer"]:
                    found.append(f"{whose}: {over[name]}; commit again, which is checked whole, or roll back")
                    continue
                state = {}
            found += [f"{whose}: {sentence}" for sentence in self._of(draft, state)]
        return found

    def _of(self, draft: Draft, published: State) -> Iterator[str]:
        yield from draft.findings
        if draft.findings or draft.pointer is None:
            return
        try:
            with self.limits.of(self._whose(draft.table)):
                if draft.table.format == "iceberg":
                    found, subject = self._iceberg(draft, published)
                else:
                    found, subject = self._runs(draft.table).draft(draft.runs, published)
        except UnreadableFileError as error:
            found, subject = [f"{error}: readers would fail; commit again without it, or write it anew"], None
        yield from found
        if subject:
            athena = self.sessions.check(self.product.account_id, "athena")
            yield from gate_findings(subject, athena, self.settings, self.limits)

    def _iceberg(self, draft: Draft, published: State) -> Checked:
        table, files = draft.table, self.files(draft.table)
        metadata = read_metadata(files, str(draft.pointer))
        base = self._base(files, published)
        counted = Counted(anew=published.get("contract") != self.product.digest)
        try:
            found = list(iceberg_findings(self.product, table, files, metadata, base, counted))
        except FOREIGN as error:
            found = [f"'{draft.pointer}' is no metadata of an Iceberg table: {error!r}; commit again"]
        self.read_now[table.name] = metadata
        self.lists[table.name] = str(metadata.current["manifest-list"]) if metadata.current and not found else None
        return found, None if found else _subject(self.product, table, metadata, counted)

    def _base(self, files: TableFiles, published: State) -> TableMetadata | None:
        """The metadata that readers see now: what it names is not checked again."""
        if not published:
            return None
        try:
            return read_metadata(files, published["pointer"])
        except UnreadableFileError:
            return None

    def _runs(self, table: PromisedTable) -> RunChecks:
        return RunChecks(self.product, table, self.files(table))

    def states(self, drafts: Sequence[Draft], published: Mapping[str, State]) -> dict[str, State]:
        """The state of each table after a publication of these drafts; a Parquet table without a run has none."""
        states: dict[str, State] = {}
        for draft in drafts:
            before = published.get(draft.table.name) or {}
            state: State = self._sealed(draft) if draft.table.format == "iceberg" else before
            if draft.runs:
                state = runs_state(draft.table, before, draft.runs)
            if state:
                states[draft.table.name] = self._stamped(draft.table, state)
        return states

    def _sealed(self, draft: Draft) -> State:
        listed = self.lists.get(draft.table.name)
        with self.limits.of(self._whose(draft.table)):
            seal = read_seal(self.files(draft.table), str(draft.pointer), listed)
        known = self.read_now.get(draft.table.name)
        commit = {"committed": known.committed, "snapshot": known.snapshot} if known else {}
        return {"pointer": draft.pointer, "list": listed, "seal": seal.digest, **commit}

    def hold(self, published: Mapping[str, State]) -> bool:
        """Whether the drafts, as they were checked, still name what is published of each Iceberg table."""
        states = [(name, state) for name, state in published.items() if "seal" in state]
        return all(name in self.read_now and self.read_now[name].names(state.get("snapshot")) for name, state in states)

    def _stamped(self, table: PromisedTable, state: State) -> State:
        said: State = {**state, "version": self.product.version, "contract": self.product.digest}
        if table.format != "parquet":
            return said
        labels = {column.name: sorted(column.labels) for column in table.columns if column.labels}
        return {**said, "promise": table.promise, "labels": labels}

    def rollback(self, states: Mapping[str, State]) -> tuple[list[str], dict[str, frozenset[int]]]:
        """Findings against going back to published states, and the ids of columns that each Iceberg table has there.

        Values were checked then; names are held to the contract of today, which may have columns that were not there.
        """
        findings: list[str] = []
        ids: dict[str, frozenset[int]] = {}
        for table in self.product.tables:
            state = states.get(table.name)
            if state is None:
                continue
            if table.format != "iceberg":
                with self.limits.of(self._whose(table)):
                    findings += [f"table {table.name}: {each}" for each in self._runs(table).rollback(state)]
                continue
            try:
                with self.limits.of(self._whose(table)):
                    metadata = read_metadata(self.files(table), state["pointer"])
            except UnreadableFileError as error:
                findings.append(f"table {table.name}: {error}")
                continue
            over = self.written_over({table.name: state}).get(table.name)
            found = [*([over] if over else []), *schema_findings(self.product, table, metadata, missing_is_fine=True)]
            findings += [f"table {table.name}: {sentence}" for sentence in found]
            ids[table.name] = frozenset(field.id for field in metadata.schema)
        return findings, ids


def _subject(product: PromisedProduct, table: PromisedTable, metadata: TableMetadata, counted: Counted) -> GateSubject:
    source: str | None = None
    if metadata.current:
        place = f"{quoted(product.draft)}.{quoted(table.name)}"
        source = f"{place} FOR VERSION AS OF {int(metadata.current['snapshot-id'])}"
    return GateSubject(product, table, counted.rows, counted.files, counts=not counted.deletes, source=source)
