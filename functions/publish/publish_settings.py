"""Settings of the function, and what contracts promise: the JSON documents that the plan puts beside the source."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from json_values import mapping

HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class PublishSettings:
    """The mesh as the function sees it; `domains` has the name of each domain by its account.

    `lag_days` are the days that a draft may wait before the alarm rings, and before its optimizers are stopped;
    `snapshot_days` those that optimizers keep a snapshot.
    """

    mesh: str
    region: str
    hub: str
    bus: str
    publications_bucket: str
    classifications: tuple[str, ...]
    domains: Mapping[str, str]
    rollbacks: int
    workgroup: str
    lag_days: int
    snapshot_days: int

    @property
    def partition(self) -> str:
        """The partition of AWS, as ARNs name it: `aws`."""
        return self.bus.split(":")[1]


@dataclass(frozen=True)
class PromisedColumn:
    """A column of a contract: `type` as Glue writes it, `iceberg_type` as Iceberg does, with the ids of nested fields.

    `id` and `iceberg_type` are None for plain Parquet, which knows columns by their names; `required_parts` has the
    paths of what takes no null in a column of it, such as `address.city` or `tags.element`.
    """

    id: int | None
    name: str
    type: str
    iceberg_type: Any
    required: bool
    comment: str
    labels: frozenset[str]
    required_parts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PromisedPartition:
    """A partition field of a contract; of plain Parquet only `name` counts, which is a column's."""

    name: str
    transform: str
    source_id: int | None
    field_id: int | None


@dataclass(frozen=True)
class PromisedTable:
    """A table of a contract; `columns` has the partition columns too, `at_least` is the fewest rows, or None."""

    name: str
    format: str
    location: str
    description: str
    columns: tuple[PromisedColumn, ...]
    partitions: tuple[PromisedPartition, ...]
    key: tuple[str, ...]
    at_least: int | None

    @property
    def data_columns(self) -> tuple[PromisedColumn, ...]:
        """The columns that are in data files: all of an Iceberg table's."""
        keys = {each.name for each in self.partitions} if self.format == "parquet" else set[str]()
        return tuple(column for column in self.columns if column.name not in keys)

    @property
    def partition_keys(self) -> tuple[PromisedColumn, ...]:
        """The columns of a Parquet table that stand in the names of folders, in their order; none of Iceberg's."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[each.name] for each in self.partitions) if self.format == "parquet" else ()

    @cached_property
    def promise(self) -> str:
        """A digest of what files of the table have to keep: what was checked against another one is not checked."""
        columns = [(each.name, each.type, each.required, sorted(each.required_parts)) for each in self.columns]
        said = [columns, [each.name for each in self.partitions], self.key, self.at_least]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class PromisedProduct:
    """A product and its contract (`contracts/<domain>/<product>.json`).

    `digest` is that of the document without its owner: whom to tell changes nothing of what is checked and published.
    """

    domain: str
    product: str
    account_id: str
    bucket: str
    database: str
    draft: str
    owner: Mapping[str, str]
    version: str
    tables: tuple[PromisedTable, ...]
    digest: str

    @property
    def name(self) -> str:
        """`identity.profiles`."""
        return f"{self.domain}.{self.product}"

    @cached_property
    def evolving(self) -> str:
        """The commands that bring the drafts to the contract, for a sentence."""
        stack = f"domain-{self.domain}"
        return f"`mesh up --stack {stack}` (on AWS `pulumi up -s {stack}`)"


class PublishDocuments:
    """Documents in a folder, or in an archive: one about the mesh, and a contract a product."""

    def __init__(self, root: Path = HERE) -> None:
        self._root = root if root.is_dir() else zipfile.Path(root)

    @cached_property
    def settings(self) -> PublishSettings:
        """The document about the mesh."""
        document: dict[str, Any] = json.loads((self._root / "mesh.json").read_text("utf-8"))
        classifications = tuple(document.pop("classifications"))
        return PublishSettings(**document, classifications=classifications)

    @cached_property
    def products(self) -> Mapping[str, PromisedProduct]:
        """Every product by its name, `identity.profiles`, in the order of names."""
        return {each.name: each for each in sorted(self._read(), key=lambda each: each.name)}

    def _read(self) -> Iterator[PromisedProduct]:
        for domain in (self._root / "contracts").iterdir():
            for file in domain.iterdir():
                yield product(file.read_text("utf-8"))


def product(text: str) -> PromisedProduct:
    """The product that a document describes."""
    document: dict[str, Any] = json.loads(text)
    promised = {key: value for key, value in document.items() if key != "owner"}
    digest = hashlib.sha256(json.dumps(promised, sort_keys=True).encode()).hexdigest()[:16]
    tables = tuple(_table(table) for table in document.pop("tables"))
    return PromisedProduct(**document, tables=tables, digest=digest)


def _table(document: Mapping[str, Any]) -> PromisedTable:
    return PromisedTable(
        name=document["name"],
        format=document["format"],
        location=document["location"],
        description=document["description"],
        columns=tuple(_column(column) for column in document["columns"]),
        partitions=tuple(
            PromisedPartition(each["name"], each["transform"], each.get("source_id"), each.get("field_id"))
            for each in document["partitions"]
        ),
        key=tuple(document["key"]),
        at_least=mapping(document.get("rows")).get("at_least"),
    )


def _column(document: Mapping[str, Any]) -> PromisedColumn:
    return PromisedColumn(
        id=document.get("id"),
        name=document["name"],
        type=document["type"],
        iceberg_type=document.get("iceberg_type"),
        required=document["required"],
        comment=document["comment"],
        labels=frozenset(document["labels"]),
        required_parts=frozenset(document.get("required_parts", ())),
    )
