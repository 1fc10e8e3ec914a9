"""Audience of a data product: the roles that touch its bucket and its key."""

from __future__ import annotations

from dataclasses import dataclass

from mesh import names
from mesh.iam.perimeter import Perimeter


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Roles that touch a product: ARNs, and patterns of ARNs.

    `pipeline` writes; `location` reads for Lake Formation (None without a table port); `clearances` are patterns of
    the clearance roles whose clearance covers every label (empty without a files port), `machines` those of pipelines
    that read with such a clearance, each of which its own policy holds to its `reads`; `delivery` copies to partners;
    `check` reads drafts before they are published; `starter`, the deployment of the domain, starts tables: Glue writes
    an Iceberg table's first metadata file as whoever creates the table; `retention` deletes what no snapshot of a draft
    names. All three are None without a table port. `logs` is the pattern of the log groups of its pipeline's job.
    """

    account_id: str
    pipeline: str
    location: str | None = None
    clearances: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    delivery: str | None = None
    check: str | None = None
    starter: str | None = None
    retention: str | None = None
    logs: str | None = None

    @property
    def writers(self) -> tuple[str, ...]:
        """Roles that may write objects: the pipeline; of tables retention, of their heads who starts them."""
        return (self.pipeline, *(arn for arn in (self.starter, self.retention) if arn))

    @property
    def workers(self) -> tuple[str, ...]:
        """Roles that use the key, for work on what no port shows: all of it, tables, their heads, or deliveries."""
        some = (self.pipeline, self.location, self.delivery, self.check, self.retention, self.starter)
        return tuple(arn for arn in some if arn)

    @property
    def readers(self) -> tuple[str, ...]:
        """Roles that may read objects, all of them or those of tables; who starts tables lists none."""
        return (*(arn for arn in self.workers if arn != self.starter), *self.cleared)

    @property
    def cleared(self) -> tuple[str, ...]:
        """Roles of the port `files`: of people with a clearance, and of pipelines that read with it."""
        return (*self.clearances, *self.machines)

    @property
    def users(self) -> tuple[str, ...]:
        """Roles that may use the key: workers, and whom the port `files` is for."""
        return (*self.workers, *self.cleared)

    def units(self, perimeter: Perimeter) -> tuple[str, ...]:
        """Organisation paths of those who touch the product: domains, and governance where it reads it."""
        central = (perimeter.governance,) if self.location else ()
        return (perimeter.domains, *central)

    @property
    def deploy(self) -> str:
        """Role that may change how the bucket and the key are set up."""
        return names.deploy_role(self.account_id)
