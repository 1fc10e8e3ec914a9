"""Lake Formation grants as values: made by the components, read by the proofs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Expression = tuple[tuple[str, tuple[str, ...]], ...]
"""LF-tag key and values: the keys are ANDed, the values of a key are alternatives."""

EVERYONE_IAM_ALLOWS: Final = "IAM_ALLOWED_PRINCIPALS"
"""Principal of a grant to all whom IAM admits, with which Lake Formation decides nothing."""

LABEL_VALUES = ("false", "true")
"""Values of every LF-tag. There is a key for each classification, since a resource has one value for a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The databases or tables of a catalog that an LF-tag expression covers."""

    catalog: str
    kind: Literal["DATABASE", "TABLE"]
    expression: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeCatalog:
    """A whole catalog, in which the principal may create databases."""

    catalog: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """An LF-tag, which the principal may put on resources."""

    catalog: str
    key: str
    values: tuple[str, ...] = LABEL_VALUES


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedResource:
    """One database, or one table of it, by name; the mesh grants on links, drafts and to publishers so, on no data."""

    catalog: str
    database: str
    table: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Permissions of a principal on a resource.

    The principal is the ARN of a role or a unit, an account's `<id>:IAMPrincipals`, or `EVERYONE_IAM_ALLOWS`.
    """

    name: str
    principal: str
    permissions: tuple[str, ...]
    on: Covered | WholeCatalog | Label | NamedResource
    grantable: bool = False


def on_databases(
    name: str, principal: str, catalog: str, classifications: Iterable[str], grantable: bool = False
) -> Grant:
    """A grant to see every database of the mesh, whatever its labels: it has one of each classification.

    It shows no table and no column: what is in a database inherits labels, not this grant.
    """
    expression = tuple((key, LABEL_VALUES) for key in classifications)
    return Grant(
        name=f"{name}-database",
        principal=principal,
        permissions=("DESCRIBE",),
        on=Covered(catalog=catalog, kind="DATABASE", expression=expression),
        grantable=grantable,
    )


def on_tables(name: str, principal: str, catalog: str, expression: Expression, grantable: bool = False) -> Grant:
    """A grant to read the columns that an expression covers, whatever table they are in."""
    return Grant(
        name=f"{name}-table",
        principal=principal,
        permissions=("DESCRIBE", "SELECT"),
        on=Covered(catalog=catalog, kind="TABLE", expression=expression),
        grantable=grantable,
    )
