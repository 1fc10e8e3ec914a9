"""Lines on a sample of data: tables written, publications, who read what, files at partners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from cli.console import counted, say, screen
from mesh.findings import listed

if TYPE_CHECKING:
    from sandbox.filling.filled import Filled, RefusedBatch

MOST: Final = 20
"""Differences that are listed."""


def show(filled: Filled) -> None:
    """Prints the lines of a sample."""
    screen().print("\n" + "\n".join(_lines(filled)), markup=False, soft_wrap=True)


def say_differences(filled: Filled) -> None:
    """Says what is not as contracts, clearances and agreements have it."""
    for difference in filled.differences[:MOST]:
        say(f"not as it was written: {difference}")
    if len(filled.differences) > MOST:
        say(f"and {len(filled.differences) - MOST} more")


def _lines(filled: Filled) -> Iterator[str]:
    products = {each.product for each in filled.tables}
    yield (
        f"{counted(len(filled.tables), 'table')} written by {counted(len(products), 'pipeline')}, "
        f"{counted(filled.rows, 'row')}; {filled.seconds:.1f} s"
    )
    yield from _pipelines(filled)
    refused = counted(len(filled.refused), "batch", "batches")
    yield f"{counted(len(filled.published), 'product')} published, {refused} refused"
    yield from (_refused(each) for each in filled.refused)
    differ = len(filled.differences)
    verdict = counted(differ, "difference") if differ else "every answer as contracts, clearances and agreements say"
    yield (
        f"{counted(filled.queries, 'query', 'queries')} of Athena by {counted(filled.people, 'person', 'people')} "
        f"returned {counted(filled.rows_read, 'row')} and withheld {counted(filled.withheld_columns, 'column')} and "
        f"{counted(filled.withheld_tables, 'table')}; {verdict}"
    )
    for partner in dict.fromkeys(each.partner for each in filled.received):
        given = [each for each in filled.received if each.partner == partner]
        yield (
            f"{counted(sum(each.rows for each in given), 'row')} in "
            f"{counted(sum(each.files for each in given), 'file')} delivered to {partner}, whose people read them: "
            f"{listed({each.product for each in given})}"
        )


def _pipelines(filled: Filled) -> Iterator[str]:
    """Pipelines that ran, and why others did not."""
    ran = {f"{each.product} ({each.runtime})" for each in filled.tables if each.runtime}
    if ran:
        yield f"  the pipeline itself ran for {listed(ran)}; other rows are generated from their contracts"
    instead = Counter((each.product, each.instead) for each in filled.tables if each.instead)
    for product, why in instead:
        yield f"  {product}: rows are generated, for {why}"


def _refused(batch: RefusedBatch) -> str:
    told = f"told {listed(batch.told)}, its owners and engineers" if batch.told else "told nobody"
    return f"  {batch.sentences[0] if batch.sentences else batch.product}; {told}; readers see what they saw"
