"""Checks of a Parquet table: its new runs, and those that readers see already where the contract is another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from json_values import mapping
from manifests import DATA, DataFile
from parquet_footer import footer_findings, read_footer, uncounted
from parquet_runs import ParquetRun, left_behind, published_runs, run_findings, runs_state, standing
from publish_settings import PromisedProduct, PromisedTable
from quality_gate import GateSubject, no_null_where_required
from sql_text import begins_with, quoted
from table_files import TableFiles, UnreadableFileError

MOST: Final = 20
"""Findings of a table that are told: a writer makes the same mistake in every file."""


@dataclass
class RunChecks:
    """The checks of one look at a table; `counted` are the files that were checked, with their counts."""

    product: PromisedProduct
    table: PromisedTable
    files: TableFiles
    counted: list[DataFile] = field(default_factory=list[DataFile])

    def draft(self, runs: Sequence[ParquetRun], published: Mapping[str, Any]) -> tuple[list[str], GateSubject | None]:
        """Findings of what readers would see, and what the gate is asked about where there are none."""
        new = standing(self.table, runs)
        found = self._most(sentence for run in new for sentence in self._run(run))
        if found:
            return found, None
        state = runs_state(self.table, published, runs) if runs else published
        is_new = {run.id for run in runs}
        anew = bool(published) and published.get("promise") != self.table.promise
        old = [run for run in published_runs(self.files, self.table, state) if run.id not in is_new] if anew else []
        found = self._opened(published) if old else []
        found += self._most(sentence for run in old for sentence in self._published(run))
        if found or not (runs or old):
            return found, None
        return [], self._subject(state)

    def rollback(self, state: Mapping[str, Any]) -> list[str]:
        """Findings against going back to a state: its runs have to fit the contract of today."""
        left = left_behind(self.files, self.table)
        if left or state.get("promise") == self.table.promise:
            return [left] if left else []
        runs = published_runs(self.files, self.table, state)
        found = self._opened(state) + self._most(sentence for run in runs for sentence in self._published(run))
        nulls = no_null_where_required(GateSubject(self.product, self.table, None, self.counted, True, None))
        return found or [each for each in nulls if isinstance(each, str) and each]

    def _subject(self, state: Mapping[str, Any]) -> GateSubject:
        # A run of a partitioned table is a part of it: Athena finds it in no table, and its rows are not all rows.
        if self.table.partition_keys:
            return GateSubject(self.product, self.table, None, self.counted, counts=True, source=None)
        rows = sum(file.rows for file in self.counted)
        place = f"{quoted(self.product.draft)}.{quoted(self.table.name)}"
        source = f"{place} WHERE {begins_with('$path', str(state['pointer']))}"
        return GateSubject(self.product, self.table, rows, self.counted, counts=True, source=source)

    def _most(self, findings: Iterator[str]) -> list[str]:
        found = list(islice(findings, MOST))
        return [*found, "and there is more of the kind"] if len(found) == MOST else found

    def _run(self, run: ParquetRun) -> Iterator[str]:
        found = list(run_findings(self.table, run))
        yield from found or self._footers(run, is_published=False)

    def _published(self, run: ParquetRun) -> Iterator[str]:
        said = f"run {run.id}, which was published, does not fit version {self.product.version}, write it anew"
        try:
            found = list(run_findings(self.table, run))
            for sentence in found or self._footers(run, is_published=True):
                yield f"{said}: {sentence}"
        except UnreadableFileError as error:
            yield f"{said}: {error}"

    def _opened(self, state: Mapping[str, Any]) -> list[str]:
        """Findings of columns that had a label and have it no more: a name may have gone over to another column."""
        now = {column.name: column.labels for column in self.table.columns}
        return [
            f"column '{name}' had the label {', '.join(sorted(lost))} in runs that were published, and a new column "
            "may have taken its name: write those runs anew, or take the label away in a version that changes nothing "
            "else"
            for name, labels in mapping(state.get("labels")).items()
            if (lost := {*labels} - now.get(name, {*labels}))
        ]

    def _footers(self, run: ParquetRun, is_published: bool) -> Iterator[str]:
        for path in run.files:
            footer = read_footer(self.files, path)
            self.counted.append(DataFile(path, DATA, footer.rows, footer.nulls))
            yield from footer_findings(self.table, path, footer, standing=is_published)
            if self.table.partition_keys:
                yield from uncounted(self.table, path, footer)
