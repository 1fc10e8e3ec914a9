"""`domains/<domain>.yaml`: products and consumption of a domain, which the file is named after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from mesh.model.base import (
    EXPECTED,
    PRODUCT_PATTERN,
    Closed,
    ColumnRef,
    Days,
    Email,
    Given,
    Name,
    Names,
    Owner,
    ProductRef,
    Text,
    once,
)
from mesh.model.mesh_file import Budget
from mesh.model.pipeline import ProductPipeline

ProductKind = Literal["analytics", "ml", "internal"]
OutputPort = Annotated[
    Literal["table", "files", "stream"], WithJsonSchema({"type": "string", "enum": ["table", "files"]})
]
"""A port; `stream` is read, and not carried yet: a rule says so, and nothing offers it."""

NEEDED_PORTS: Final[Mapping[str, tuple[OutputPort, str]]] = {
    "analytics": ("table", "reporting reads it with SQL"),
    "ml": ("files", "training reads files"),
}
"""The port that a kind of products needs, and why."""


def _inside(value: Any) -> Any:
    """A path in the mesh folder, normalised: each file has one spelling."""
    if not isinstance(value, str) or not value.strip():
        raise PydanticCustomError("path", "expected the path of a file, such as contracts/identity/profiles.odcs.yaml")
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts:
        raise PydanticCustomError("path", "it leads out of the mesh folder; a contract stands inside it")
    if str(path) != value:
        raise PydanticCustomError("path", "write it as '{plain}'", {"plain": str(path)})
    return value


ContractPath = Annotated[str, BeforeValidator(_inside), WithJsonSchema({"type": "string", "minLength": 1})]


class Product(Closed):
    """One data product; description, columns, labels, terms and quality stand in its contract, nowhere else."""

    kind: ProductKind = Field(
        description="analytics (reporting), ml (models and serving) or internal (no other domain consumes it, no "
        "agreement delivers it; who reads it follows from its labels, as always)."
    )
    ports: Annotated[tuple[OutputPort, ...], Field(strict=False, min_length=1)] = Field(
        description="How it is read: as a table through the catalog, as files in S3."
    )
    contract: Annotated[ContractPath | None, Given] = Field(
        default=None,
        description="Path of the contract in the mesh folder; contracts/<domain>/<product>.odcs.yaml if left out.",
    )
    retention: Annotated[Days | None, Given] = Field(
        default=None, description="How long old data is kept; the mesh's default if left out."
    )
    deletion_protection: Annotated[bool | None, Given] = Field(
        default=None, description="Whether the data survives removal from this file; the domain's setting if left out."
    )
    pipeline: Annotated[ProductPipeline | None, Given] = Field(
        default=None, description="The job that writes it; without one the product has the role of a job alone."
    )


class AccountSettings(Closed):
    """Settings of an account: its budget and its root e-mail."""

    budget: Annotated[Budget | None, Given] = Field(
        default=None, description="US dollars a month; the mesh's default if left out."
    )
    email: Annotated[Email | None, Given] = Field(
        default=None, description="Root e-mail of the account; mesh.yaml's pattern if left out."
    )


class Consumption(Closed):
    """One product that a domain uses, and which of its columns."""

    product: ProductRef = Field(description="<domain>.<product>.")
    columns: Annotated[tuple[ColumnRef, ...], Field(strict=False, min_length=1), AfterValidator(once)] | None = Field(
        default=None,
        description="The columns that are used, <column> or <table>.<column>; all if left out. A break of another "
        "column does not hit the domain.",
    )


def _consumption(value: Any) -> Any:
    """A consumption that is written as a product alone."""
    if isinstance(value, str) and " - " in value:
        raise PydanticCustomError(
            "two_entries", "it is two entries in one; write each '-' below the one before it, on its level"
        )
    if isinstance(value, str) and not re.fullmatch(PRODUCT_PATTERN, value):
        raise PydanticCustomError("product", "expected {what}", {"what": EXPECTED[PRODUCT_PATTERN]})
    return {"product": value} if isinstance(value, str) else value


class Domain(Closed):
    """A domain: its owner, its products, and what it reads."""

    owner: Owner = Field(description="The team that answers for the domain.")
    description: Text = Field(description="What the domain is about, in a sentence.")
    account: AccountSettings = Field(default=AccountSettings(), description="Particulars of the domain's account.")
    deletion_protection: Annotated[bool | None, Given] = Field(
        default=None,
        description="Whether the domain's account and data survive its removal; the mesh's default if left out.",
    )
    engineers: Names = Field(
        default=(),
        description="Groups in IAM Identity Center that run the domain's jobs: they start triggers and stop runs, and "
        "read no data by it.",
    )
    owners: Names = Field(
        default=(),
        description="Groups in IAM Identity Center that look after the products: their settings, alarms and budget, "
        "and no data.",
    )
    products: dict[Name, Product] = Field(default_factory=dict, description="The domain's data products by name.")
    consumption: Annotated[tuple[Annotated[Consumption, BeforeValidator(_consumption)], ...], Field(strict=False)] = (
        Field(
            default=(),
            alias="consumes",
            description="Products of other domains that this one uses, alone or with the columns that it uses; gives "
            "lineage and links, never permission.",
        )
    )

    @property
    def consumes(self) -> tuple[str, ...]:
        """The products that the domain uses."""
        return tuple(one.product for one in self.consumption)
