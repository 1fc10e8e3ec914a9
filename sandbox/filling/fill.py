"""A sample in a deployed mesh: rows of every product by its pipeline, then what the mesh made of them.

filled = fill(organization, mesh, jobs, Sample(rows=200))
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false
# PyArrow has no types to report.

from __future__ import annotations

import datetime
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import pyarrow as pa

from mesh.findings import NotPossibleError, listed, unknown
from mesh.folder import PlannedMesh
from mesh.load import load
from mesh.plan.nodes import PipelineArgs
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.clients import Clients
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.enforcement.refusals import of_the_emulator
from sandbox.filling.arrow_rows import arrow_table
from sandbox.filling.bad_batch import bad_batch
from sandbox.filling.filled import Filled, FilledTable, RefusedBatch, Sample
from sandbox.filling.pipelines_at_work import PipelinesAtWork
from sandbox.filling.product_writes import ProductWrites
from sandbox.filling.publication_records import PublicationRecordsSeen
from sandbox.filling.read_checks import ReadChecks, TableKey, WrittenFile
from sandbox.filling.refusals_heard import listening_to_refusals
from sandbox.filling.writing_order import references_first
from sandbox.jobs.job_order import Jobs
from sandbox.sample_rows.mesh_rows import derived, sample_rows


def require_products(mesh: PlannedMesh, products: Iterable[str]) -> None:
    """Raises NotPossibleError for a product that the mesh does not have."""
    known = [*mesh.mesh.products()]
    for product in products:
        if product not in known:
            raise NotPossibleError(unknown("product", product, known))


def fill(organization: EnforcedOrganization, mesh: PlannedMesh, jobs: Jobs, sample: Sample) -> Filled:
    """Write a sample into a deployed mesh, and read it as people and partners do.

    Raises BadInputError for contracts whose rules contradict each other, NotPossibleError for an unknown product.
    """
    began = time.perf_counter()
    require_products(mesh, sample.products)
    filling = _Filling(organization, mesh, jobs, sample)
    filling.write()
    filling.publications()
    if sample.bad_batch:
        filling.refusal()
    filling.reads()
    filling.filled.seconds = time.perf_counter() - began
    return filling.filled


class _Filling:
    """One sample under way; `tables` are the rows that readers are to find."""

    def __init__(self, organization: EnforcedOrganization, mesh: PlannedMesh, jobs: Jobs, sample: Sample) -> None:
        self.filled: Final = Filled()
        self.tables: Final[dict[TableKey, pa.Table]] = {}
        self._organization, self._mesh, self._sample = organization, mesh, sample
        self._clients = Clients()
        self._pipelines = PipelinesAtWork(organization, mesh.plan, jobs)
        self._records = PublicationRecordsSeen(organization, mesh.plan)
        now = organization.gate.world.now or datetime.datetime.now(datetime.UTC)
        self._rows = sample_rows(load(mesh.directory), sample.rows, sample.seed, now).products
        self._partitions: dict[TableKey, tuple[str, ...]] = {}
        self._files: dict[TableKey, WrittenFile] = {}

    def write(self) -> None:
        """Write the rows of every product, those that others refer to or are made of first."""
        wanted = self._sample.products or tuple(self._rows)
        for product in references_first(self._mesh.mesh):
            if product in wanted and product in self._rows:
                self._product(product)

    def _product(self, product: str) -> None:
        rows = {name: arrow_table(table) for name, table in self._rows[product].items()}
        for name, table in self._rows[product].items():
            self._partitions[product, name] = tuple(table.partitioned_by)
        writes = ProductWrites(self._organization, self._mesh.plan, self._clients, product)
        pipeline = self._runnable(product)
        why, runtime = pipeline if isinstance(pipeline, str) else "", ""
        if not isinstance(pipeline, str):
            reads = derived(self._mesh.mesh).get(product, ())
            if reads:
                why = self._pipelines.derive(pipeline, self._inputs(reads))
            else:
                tables = {name: (table, self._partitions[product, name]) for name, table in rows.items()}
                why = self._pipelines.take_in(pipeline, writes, tables)
            why = why or self._records.unpublished(product) or _lost(writes, rows, exact=not reads)
            runtime = "" if why else pipeline.runtime
            if why:
                self.filled.differences.append(f"{product}: its rows are generated, for {why}")
            if runtime and reads:
                rows = {name: writes.drafted(name) for name in rows if writes.draft(name) == "iceberg"}
        for name, table in rows.items():
            if not runtime:
                writes.table(name, table, self._partitions[product, name])
                if key := writes.file(name):
                    self._files[product, name] = WrittenFile(writes.bucket, key, table)
            writes.deliver(name, table)
            self.filled.tables.append(FilledTable(product, name, table.num_rows, runtime, why))
            if writes.draft(name):
                self.tables[product, name] = table

    def _runnable(self, product: str) -> PipelineArgs | str:
        """The pipeline of a product, or why none runs here, or not yet; empty for one without a job."""
        pipeline = self._pipelines.runnable(product)
        waits = [each for each in derived(self._mesh.mesh).get(product, ()) if not self._records.is_published(each)]
        if waits and not isinstance(pipeline, str):
            return f"nothing is published of {listed(waits)}, which its pipeline reads"
        return pipeline

    def _inputs(self, products: Iterable[str]) -> Mapping[str, pa.Table]:
        """The rows of products, by table: those that were written, or would be by the same sample."""
        return {
            f"{product}/{name}": self.tables.get((product, name)) or arrow_table(table)
            for product in products
            for name, table in self._rows[product].items()
        }

    def publications(self) -> None:
        """Note which products are published as they were written, and what is not."""
        for product in dict.fromkeys(each.product for each in self.filled.tables):
            if not any(key[0] == product for key in self.tables):
                continue
            if why := self._records.unpublished(product):
                self.filled.differences.append(f"{product} was written and is not published: {why}")
            else:
                self.filled.published.append(product)

    def refusal(self) -> None:
        """Commit rows that break a contract, and see that they are refused, and who hears of it."""
        contracts = self._mesh.mesh.contracts
        batch = bad_batch(contracts, self.tables, self._partitions)
        if batch is None:
            return
        writes = ProductWrites(self._organization, self._mesh.plan, self._clients, batch.product)
        with listening_to_refusals(self._mesh.plan) as heard:
            writes.more(batch.table, batch.rows, self._partitions[batch.product, batch.table])
            told = heard.taken()
        sentences = self._records.refusal(batch.product)
        if not sentences:
            self.filled.differences.append(f"{batch.product}: a batch in which {batch.mistake} was not refused")
        domain = batch.product.partition(".")[0]
        if tuple(told) != (domain,):
            self.filled.differences.append(f"{batch.product}: a refusal was told to {', '.join(told) or 'nobody'}")
        self.filled.refused.append(
            RefusedBatch(batch.product, batch.table, batch.mistake, tuple(sentences), tuple(told))
        )

    def reads(self) -> None:
        """Have people and partners read what was published."""
        checks = ReadChecks(self._organization, self._mesh, self.filled)
        published = {key: table for key, table in self.tables.items() if key[0] in self.filled.published}
        try:
            checks.people(published)
            checks.files(self._files)
            checks.partners(published, self._files)
        except AwsError as error:
            if of_the_emulator(error):
                raise
            self.filled.differences.append(f"a reader was refused what it asks first: {error}")


def _lost(writes: ProductWrites, rows: Mapping[str, pa.Table], exact: bool) -> str:
    """Rows that a pipeline which ran did not write to its Iceberg drafts: some rows or, where `exact`, these."""
    for name, table in rows.items():
        if writes.draft(name) == "iceberg":
            drafted = writes.drafted(name)
            if exact and _counted(drafted.select(table.column_names)) != _counted(table):
                return f"its pipeline ran, and did not leave in {name} the rows that had come in"
            if drafted.num_rows == 0:
                return f"its pipeline ran, and left no rows in {name}"
    return ""


def _counted(table: pa.Table) -> Counter[str]:
    return Counter(repr(row) for row in table.to_pylist())
