"""The parts of an Open Data Contract Standard file that the plan is made of.

The file as a whole is validated with the standard's own JSON schema; what is read here is a view of it.
Source: Bitol, Open Data Contract Standard v3 (bitol.io), fields Schema, Properties, Service-level agreement.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class CustomProperty(_View):
    """An extra of ours; nothing else of a contract is ours."""

    property: str
    value: Any = None


class Description(_View):
    """Why the data exists and what it must not be used for."""

    purpose: str | None = None
    limitations: str | None = None
    usage: str | None = None


class Column(_View):
    """A column; `classification` holds the mesh's classifications, several separated by commas."""

    name: str
    logical_type: str | None = None
    physical_name: str | None = None
    physical_type: str | None = None
    description: str | None = None
    required: bool = False
    primary_key: bool = False
    partitioned: bool = False
    partition_key_position: int | None = None
    classification: str | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The classifications of the column, in the order written."""
        if not self.classification:
            return ()
        return tuple(label.strip() for label in self.classification.split(","))


class Table(_View):
    """One object of the contract's schema: a table."""

    name: str
    physical_name: str | None = None
    description: str | None = None
    properties: Annotated[tuple[Column, ...], Field(strict=False)] = ()
    custom_properties: Annotated[tuple[CustomProperty, ...], Field(strict=False)] = ()


class Contract(_View):
    """A data contract."""

    id: str
    name: str | None = None
    version: str
    status: str
    domain: str | None = None
    data_product: str | None = None
    description: Description = Field(default_factory=Description)
    tables: Annotated[tuple[Table, ...], Field(strict=False, alias="schema")] = ()
