"""Places of data that may be read with a tool: a database and a table, or a folder of a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cli.connections.data_users import DataUser
from mesh import names
from mesh.access.chains import DecidedReads, ReadPort
from mesh.findings import NotPossibleError, nearest_reference
from mesh.plan import Plan
from mesh.plan.nodes import DataProductArgs

ReadingWay = Literal["athena", "files", "iceberg"]
"""How a tool reads: by queries of Athena, objects of S3, or Iceberg's metadata in Glue with its files in S3."""


@dataclass(frozen=True, slots=True)
class ReadablePlace:
    """Data of a product, which is `<domain>.<product>`: by queries and Iceberg a table, by files a folder."""

    way: ReadingWay
    product: str
    bucket: str
    database: str = ""
    table: str = ""
    folder: str = ""


class ReadablePlaces:
    """Places that a user reads, in the order in which one is offered: the own domain's first.

    Raises NotPossibleError for a product that there is not.
    """

    def __init__(self, plan: Plan, user: DataUser, product: str = "") -> None:
        self._plan = plan
        self._user = user
        self._products = {f"{d.name}.{name}": args for d in plan.domains.values() for name, args in d.products.items()}
        self._product = product
        if product and product not in self._products:
            raise NotPossibleError(f"there is no product '{product}'{nearest_reference(product, self._products)}")

    def first(self, way: ReadingWay) -> ReadablePlace | None:
        """The first place that is read in this way; None where there is none."""
        kinds = {"clearance": self._of_clearance, "pipeline": self._of_pipeline, "partner": self._of_partner}
        return next((each for each in kinds[self._user.kind](way) if self._product in ("", each.product)), None)

    def _of_clearance(self, way: ReadingWay) -> Iterator[ReadablePlace]:
        home = self._plan.domains[self._user.home]
        reads = DecidedReads(self._plan)
        reader = reads.reader(self._user.name, home.name)
        port: ReadPort = "files" if way == "files" else "table"
        here = [f"{home.name}.{name}" for name in home.products]
        linked = list(dict.fromkeys([*here, *home.links]))
        known = linked if port == "table" else list(dict.fromkeys([*linked, *self._products]))
        for name in known if way != "iceberg" else ():
            product = self._products[name]
            if port not in product.ports or (self._product and name != self._product):
                continue
            if reads.read(reader, product, port).broken is None:
                yield from self._table(product, way) if port == "table" else self._folder(product)

    def _of_pipeline(self, way: ReadingWay) -> Iterator[ReadablePlace]:
        home = self._plan.domains[self._user.home]
        product = home.products[self._user.name]
        if way == "files":
            if "files" in product.ports:
                yield from self._folder(product)
        elif "table" in product.ports and (way == "iceberg" or product.name in home.jobs):  # a job has a workgroup
            yield from self._table(product, way, names.draft_database(product.domain, product.name))

    def _of_partner(self, way: ReadingWay) -> Iterator[ReadablePlace]:
        for name, delivered in self._plan.partners[self._user.home].tables.items() if way != "iceberg" else ():
            for table in delivered.tables:
                bucket, _, folder = delivered.location(table).removeprefix("s3://").partition("/")
                yield ReadablePlace(way, name, bucket, delivered.database, delivered.name(table), folder)

    def _table(self, product: DataProductArgs, way: ReadingWay, database: str = "") -> Iterator[ReadablePlace]:
        entry = self._plan.domains[product.domain].catalog[product.name]
        for table in entry.tables:
            if way != "iceberg" or table.format == "iceberg":
                reference = f"{product.domain}.{product.name}"
                yield ReadablePlace(way, reference, product.bucket, database or entry.database, table.name)

    def _folder(self, product: DataProductArgs) -> Iterator[ReadablePlace]:
        yield ReadablePlace("files", f"{product.domain}.{product.name}", product.bucket, folder="files/")
