"""Changes of access: the columns that each clearance in each home, and each pipeline, reads more and less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mesh.access.chains import PORTS, Reader, ReadPort
from mesh.changes.decided_side import DecidedSide, ReadColumns
from mesh.changes.touched_reads import TouchedReads


class ReadChange(NamedTuple):
    """Columns of a product that a reader reads more (`gained`) and less (`lost`) through a port.

    `pipeline` is the product whose pipeline reads, empty for people.
    """

    clearance: str
    home: str
    pipeline: str
    product: str
    port: ReadPort
    gained: ReadColumns
    lost: ReadColumns

    def as_json(self) -> dict[str, Any]:
        """The change as `mesh diff --json` prints it."""
        row: dict[str, Any] = {"clearance": self.clearance, "home": self.home}
        if self.pipeline:
            row["pipeline"] = self.pipeline
        product = {"product": self.product, "port": self.port}
        return {**row, **product, "gained": sorted(self.gained), "lost": sorted(self.lost)}


def read_changes(before: DecidedSide, after: DecidedSide) -> tuple[ReadChange, ...]:
    """Every difference of the two access matrices, of people and of pipelines; none where nothing differs.

    Only reads are decided that the change can touch.
    """
    touched = TouchedReads(before, after)
    return (*_of_people(touched), *_of_machines(touched))


def _of_people(touched: TouchedReads) -> Iterator[ReadChange]:
    before, after = touched.before, touched.after
    products = sorted(before.products.keys() | after.products.keys())
    changed = [name for name in products if name in touched.products]
    for name in _in_order(before.readers, after.readers):
        one, other = before.readers.get(name), after.readers.get(name)
        for product in products if name in touched.readers else changed:
            yield from _of_pair(touched, one, other, product)


def _of_machines(touched: TouchedReads) -> Iterator[ReadChange]:
    before, after = touched.before, touched.after
    for name in _in_order(before.machines, after.machines):
        one, other = before.machines.get(name), after.machines.get(name)
        reads = [_reads(before, one), _reads(after, other)]
        for product in sorted({*reads[0], *reads[1]}):
            if name in touched.machines or product in touched.products:
                asked = (one if product in reads[0] else None, other if product in reads[1] else None)
                yield from _of_pair(touched, *asked, product)


def _reads(side: DecidedSide, reader: Reader | None) -> tuple[str, ...]:
    """Products that a pipeline's YAML names: of all others each is refused (I31)."""
    return side.plan.domains[reader.home].pipelines[reader.product].reads if reader else ()


def _in_order(before: Mapping[str, Reader], after: Mapping[str, Reader]) -> tuple[str, ...]:
    """Names of both sides, in the order of the plan."""
    return tuple({**dict.fromkeys(before), **dict.fromkeys(after)})


def _of_pair(touched: TouchedReads, one: Reader | None, other: Reader | None, product: str) -> Iterator[ReadChange]:
    who = other or one
    if who is None:
        return
    for port in PORTS:
        had, has = touched.before.columns(one, product, port), touched.after.columns(other, product, port)
        if had != has:
            pipeline = f"{who.home}.{who.product}" if who.product else ""
            yield ReadChange(who.clearance, who.home, pipeline, product, port, has - had, had - has)
