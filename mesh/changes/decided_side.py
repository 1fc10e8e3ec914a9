"""One side of a comparison, with the reads that are asked of it: the columns that somebody reads through a port."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from mesh.access.chains import PORTS, DecidedReads, Reader, ReadPort, labels_by_column
from mesh.access.matrix import every_product
from mesh.changes.alike_homes import AlikeHomes
from mesh.folder import PlannedMesh
from mesh.plan.nodes import DataProductArgs
from mesh.proof.forms import WHOLE_UP_TO

WHOLE: Final = "*"
"""The one column of a files port: files are read as a whole, or not."""

ReadColumns = frozenset[str]
"""Columns of a table as `table.column`, or `WHOLE` of files; empty of what is not read."""

NOTHING: Final[ReadColumns] = frozenset()


class DecidedSide:
    """A planned mesh whose reads are decided when they are first asked for.

    Of more than `whole_up_to` homes that are alike one is asked for all.
    """

    def __init__(self, planned: PlannedMesh, whole_up_to: int = WHOLE_UP_TO) -> None:
        self.planned, self.plan = planned, planned.plan
        self.access = DecidedReads(planned.plan)
        self._homes = AlikeHomes(self.access, whole_up_to)
        self._read: dict[tuple[str, str, ReadPort], ReadColumns] = {}

    @cached_property
    def products(self) -> Mapping[str, DataProductArgs]:
        """Products by reference, `<domain>.<product>`."""
        return {f"{product.domain}.{product.name}": product for product in every_product(self.plan)}

    @cached_property
    def readers(self) -> Mapping[str, Reader]:
        """Clearances in their homes, by name: `pii@ads`."""
        return {reader.name: reader for reader in self.access.readers}

    @cached_property
    def machines(self) -> Mapping[str, Reader]:
        """Pipelines that read, by the product that each writes."""
        return {f"{reader.home}.{reader.product}": reader for reader in self.access.machines}

    def ports(self, product: str) -> tuple[ReadPort, ...]:
        """The ports through which a product can be read; none of one that is not there."""
        node = self.products.get(product)
        return tuple(port for port in PORTS if node and port in node.ports)

    def columns(self, reader: Reader | None, product: str, port: ReadPort) -> ReadColumns:
        """Columns that a reader reads; nothing where the reader, the product or its port is not there."""
        if reader is None or port not in self.ports(product):
            return NOTHING
        asked = self._homes.stand_in(reader, self.products[product])
        key = (asked.arn, product, port)
        if key not in self._read:
            chain = self.access.read(asked, self.products[product], port)
            read = frozenset(chain.columns) if port == "table" else frozenset((WHOLE,))
            self._read[key] = NOTHING if chain.broken else read
        return self._read[key]

    def labels(self, product: str, columns: ReadColumns) -> frozenset[str]:
        """Labels of columns of a product, as the plan has them; of files those of the product."""
        node = self.products.get(product)
        if node is None:
            return frozenset()
        if WHOLE in columns:
            return node.labels
        known = labels_by_column(self.plan, node.domain, node.name)
        return frozenset(label for column in columns for label in known.get(column, frozenset()))

    def every_column(self, product: str, port: ReadPort) -> ReadColumns:
        """All that can be read of a product through a port."""
        if port not in self.ports(product):
            return NOTHING
        node = self.products[product]
        return (
            frozenset((WHOLE,)) if port == "files" else frozenset(labels_by_column(self.plan, node.domain, node.name))
        )
