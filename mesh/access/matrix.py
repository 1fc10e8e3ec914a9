"""Access matrix: clearance x home x product x port, down to the column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mesh.access.chains import PORTS, Chain, DecidedReads, Reader, ReadPort
from mesh.evaluator.decide import Cause
from mesh.plan import Plan
from mesh.plan.nodes import DataProductArgs


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cell of the matrix: a clearance held in a home, and a port of a product."""

    clearance: str
    home: str
    domain: str
    product: str
    port: ReadPort
    labels: tuple[str, ...]
    allowed: bool
    columns: tuple[str, ...]
    because: tuple[Cause, ...]
    stopped_at: str | None = None
    pipeline: str | None = None
    """The product whose pipeline reads, as `<domain>.<product>`; None for people."""

    def as_json(self) -> dict[str, Any]:
        """The row as `mesh access --json` prints it; `stopped_at` is the link that refused."""
        row: dict[str, Any] = {
            "clearance": self.clearance,
            "home": self.home,
            "domain": self.domain,
            "product": self.product,
            "port": self.port,
            "labels": list(self.labels),
            "allowed": self.allowed,
            "columns": list(self.columns),
            "because": [cause._asdict() for cause in self.because],
        }
        if self.pipeline is not None:
            row["pipeline"] = self.pipeline
        return row if self.stopped_at is None else {**row, "stopped_at": self.stopped_at}


def matrix(
    access: DecidedReads,
    readers: tuple[Reader, ...] | None = None,
    products: tuple[DataProductArgs, ...] | None = None,
    ports: tuple[ReadPort, ...] = PORTS,
) -> Iterator[Row]:
    """Rows of the matrix, in the order of the plan; of some readers, products and ports only, when they are named."""
    for product in every_product(access.plan) if products is None else products:
        for port in ports:
            if port in product.ports:
                for reader in access.readers if readers is None else readers:
                    yield row(reader, product, port, access.read(reader, product, port))


def machine_rows(
    access: DecidedReads,
    machines: tuple[Reader, ...],
    products: tuple[DataProductArgs, ...],
    ports: tuple[ReadPort, ...],
) -> Iterator[Row]:
    """Rows of pipelines, of the products that their YAML names alone: of all others each is refused (I31)."""
    for reader in machines:
        reads = access.plan.domains[reader.home].pipelines[reader.product].reads
        for product in products:
            for port in ports:
                if port in product.ports and f"{product.domain}.{product.name}" in reads:
                    yield row(reader, product, port, access.read(reader, product, port))


def every_product(plan: Plan) -> Iterator[DataProductArgs]:
    """Products of a plan, in its order."""
    for domain in plan.domains.values():
        yield from domain.products.values()


def row(reader: Reader, product: DataProductArgs, port: ReadPort, chain: Chain) -> Row:
    """The row of a read and its chain."""
    broken = chain.broken
    return Row(
        clearance=reader.clearance,
        home=reader.home,
        domain=product.domain,
        product=product.name,
        port=port,
        labels=tuple(sorted(product.labels)),
        allowed=broken is None,
        columns=chain.columns,
        because=chain.because,
        stopped_at=broken.purpose if broken else None,
        pipeline=f"{reader.home}.{reader.product}" if reader.product else None,
    )
