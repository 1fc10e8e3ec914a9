"""Retention of drafts: the role that optimizers act with, and how long they keep what a draft no longer names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from mesh import names
from mesh.contracts.catalog import CatalogTable
from mesh.iam.perimeter import Perimeter
from mesh.iam.roles.retention import retention_permissions, retention_trust
from mesh.iam.statement import Document

Optimizer = Literal["compaction", "orphan_file_deletion", "retention"]
OPTIMIZERS: Final[tuple[Optimizer, ...]] = get_args(Optimizer)
"""Optimizers of Glue, each of which a draft has (Glue API, TableOptimizer)."""

KEPT_SNAPSHOTS: Final = 50
"""Snapshots of a draft that stay whatever their age: more than a pipeline commits between two looks of the function, so
that an old one that is published is there still when the function sees that it has to stop optimizers."""

A_DAY: Final = 24 * 60 * 60 * 1000


def kept(days: int) -> Mapping[str, str]:
    """Properties of an Iceberg table by which clients keep its snapshots and heads as long as optimizers do.

    (Iceberg documentation, "Table behavior properties"; without the last a commit may delete the head that the hub
    names, where its writer may delete.)
    """
    return {
        "history.expire.max-snapshot-age-ms": str(days * A_DAY),
        "history.expire.min-snapshots-to-keep": str(KEPT_SNAPSHOTS),
        "write.metadata.delete-after-commit.enabled": "false",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRoleArgs:
    """The role with which optimizers of Glue keep the drafts of a domain's account small."""

    perimeter: Perimeter
    domain: str
    account_id: str

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return names.retention_role(self.account_id)

    @property
    def trust(self) -> Document:
        """Trust policy of the role: Glue assumes it."""
        return retention_trust(self.account_id)

    @property
    def permissions(self) -> Document:
        """Permissions of the role."""
        return retention_permissions(self.perimeter, self.account_id, self.domain)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptimizersArgs:
    """The optimizers of a product's drafts that are Iceberg tables; `days` is how long snapshots and orphans stay."""

    account_id: str
    database: str
    tables: tuple[str, ...]
    days: int

    @property
    def role(self) -> str:
        """ARN of the role that they act with."""
        return names.retention_role(self.account_id)


def iceberg_tables(tables: tuple[CatalogTable, ...]) -> tuple[str, ...]:
    """Names of the tables that are Iceberg's."""
    return tuple(table.name for table in tables if table.format == "iceberg")
