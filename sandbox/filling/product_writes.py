"""Writes of a product's rows as its pipeline role: commits to its draft, runs, files, and the copies of partners."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false
# PyArrow has no types to report.

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import pyarrow as pa

from mesh import names
from mesh.plan import Plan
from mesh.plan.nodes import InboxTablesArgs
from sandbox.athena.iceberg_writes import GivenCatalog, write_to
from sandbox.emulator.clients import Clients, RoleSession
from sandbox.emulator.request_origin import coming_from
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.enforcement.object_access import ObjectAccess
from sandbox.filling.arrow_rows import for_a_partner, parquet_file, partitioned
from sandbox.rehearsal.credentials import GLUE_ISSUES, session_credentials

SESSION: Final = "sample-rows"
PART: Final = "part-0.parquet"

DraftFormat = Literal["iceberg", "parquet"]


@dataclass(frozen=True, slots=True)
class InTheNetwork(RoleSession):
    """A session whose calls come from the mesh's network, whichever thread of a client's makes them."""

    @classmethod
    def of(cls, session: RoleSession) -> Self:
        """The same session there."""
        return cls(session.clients, session.records, session.account_id, session.credentials, session.gate)

    def call(
        self, service: str, region: str, operation: str, parameters: dict[str, Any], *, presigned: bool = False
    ) -> dict[str, Any]:
        """Call AWS from there."""
        with coming_from("network"):
            return RoleSession.call(self, service, region, operation, parameters, presigned=presigned)


class ProductWrites:
    """Writes of one product, `<domain>.<product>`, in the mesh's network; the gate decides each call."""

    def __init__(self, organization: EnforcedOrganization, plan: Plan, clients: Clients, reference: str) -> None:
        self.reference: Final = reference
        self._plan, self._region = plan, plan.perimeter.region
        domain, _, product = reference.partition(".")
        self._product, self._domain = product, plan.domains[domain]
        keys = session_credentials(self._domain.pipelines[product].arn, self._region, SESSION, GLUE_ISSUES)
        session = InTheNetwork.of(organization.acting(self._domain.access.account_id, keys))
        self._glue: Final = clients.own("glue", self._region, keys)
        self._files: Final = ObjectAccess(session, self._region, None)

    @property
    def bucket(self) -> str:
        """The bucket of the product."""
        return self._domain.products[self._product].bucket

    def draft(self, table: str) -> DraftFormat | None:
        """The format of a draft; None for a table that no catalog has, whose rows are files."""
        drafts = self._domain.drafts.get(self._product)
        return next((each.format for each in drafts.tables if each.name == table), None) if drafts else None

    def file(self, name: str) -> str:
        """The key of a table's file below `files/`; empty where the product has no such port."""
        return f"files/{name}/{PART}" if "files" in self._domain.products[self._product].ports else ""

    def table(self, name: str, rows: pa.Table, partitions: tuple[str, ...]) -> None:
        """Write the rows of a table: to its draft, and as a file where the product has that port."""
        with coming_from("network"):
            match self.draft(name):
                case "iceberg":
                    self._commit(name, rows)
                case "parquet":
                    self._run(name, rows, partitions)
                case None:
                    pass
            if key := self.file(name):
                self._files.put(f"s3://{self.bucket}/{key}", parquet_file(rows))

    def more(self, name: str, rows: pa.Table, partitions: tuple[str, ...]) -> None:
        """Write rows beside those that a draft has: one commit more, or a run of these alone."""
        with coming_from("network"):
            if self.draft(name) == "iceberg":
                write_to(self._draft_table(name), rows, "append")
            else:
                self._run(name, rows, partitions)

    def drafted(self, name: str) -> pa.Table:
        """The rows of an Iceberg draft, as pyiceberg reads them for the pipeline."""
        with coming_from("network"):
            return self._draft_table(name).scan().to_arrow()

    def deliver(self, table: str, rows: pa.Table) -> None:
        """Write the copy of a table for each partner with an agreement on it that is open."""
        for partner, given in self._given():
            for each in given.tables:
                if each.name != table:
                    continue
                key = f"{names.outbound(partner, given.domain, given.product)}/{table}/{PART}"
                columns = {column.name: str(column.type) for column in each.columns}
                with coming_from("network"):
                    self._files.put(f"s3://{self.bucket}/{key}", parquet_file(for_a_partner(rows, columns)))

    def put(self, key: str, body: bytes, **metadata: str) -> None:
        """Write an object of the product, with metadata of its writer."""
        with coming_from("network"):
            self._files.put(f"s3://{self.bucket}/{key}", body, metadata)

    # ---- drafts

    @property
    def _names(self) -> tuple[str, str]:
        return self._domain.name, self._product

    def _draft_table(self, name: str) -> Any:
        catalog = GivenCatalog(self._glue, self._files)
        return catalog.load_table(f"{names.draft_database(*self._names)}.{name}")

    def _commit(self, name: str, rows: pa.Table) -> None:
        """One commit, after which the draft has these rows and no others."""
        draft = self._draft_table(name)
        write_to(draft, rows, "overwrite" if draft.current_snapshot() else "append")

    def _run(self, name: str, rows: pa.Table, partitions: tuple[str, ...]) -> None:
        run = f"s3://{self.bucket}/tables/{name}/run={uuid.uuid4()}"
        for folder, part in partitioned(rows, partitions):
            self._files.put(f"{run}/{folder}{PART}", parquet_file(part))
        self._files.put(f"{run}/_SUCCESS", b"")

    def _given(self) -> Iterator[tuple[str, InboxTablesArgs]]:
        for partner, deployed in self._plan.partners.items():
            given = deployed.tables.get(self.reference)
            delivery = self._domain.deliveries.get(self._product)
            if given and delivery and partner in {each.partner for each in delivery.deliveries}:
                yield partner, given
