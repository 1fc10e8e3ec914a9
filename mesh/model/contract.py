"""Data contract: the parts of an Open Data Contract Standard file that the Plan is made of.

The file as a whole is validated with the standard's own JSON schema; these models are a view of it.
Source: Bitol, Open Data Contract Standard v3 (bitol.io), fields Schema, Properties, Service-level agreement.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class CustomProperty(_View):
    """A property that the standard does not have; all extras of ours are such properties."""

    property: str
    value: Any = None


class Description(_View):
    """Description of a contract: the purpose of the data."""

    purpose: str | None = None


class Column(_View):
    """A column; `classification` holds the mesh's classifications, several separated by commas."""

    name: str
    logical_type: str | None = None
    physical_name: str | None = None
    physical_type: str | None = None
    description: str | None = None
    required: bool = False
    partitioned: bool = False
    partition_key_position: int | None = None
    classification: str | None = None


class Table(_View):
    """A table, which is one object of the contract's schema."""

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
    description: Description = Field(default_factory=Description)
    tables: Annotated[tuple[Table, ...], Field(strict=False, alias="schema")] = ()
