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

_KINDS: Final = {"table": "table", "files": "file"}
_REASONS: Final = {
    ("table", "home"): "that the reader's domain does not consume",
    ("table", "clearance"): "of which the clearance covers no column",
    ("table", "agreement"): "of which the partner has no agreement",
    ("files", "labels"): "of which the clearance does not cover every label",
    ("files", "agreement"): "of which the partner has no agreement",
}


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
    yield _written(filled)
    yield from _pipelines(filled)
    refused = counted(len(filled.refused), "batch", "batches")
    yield f"{counted(len(filled.published), 'product')} published, {refused} refused"
    yield from (_refused(each) for each in filled.refused)
    differ = len(filled.differences)
    verdict = counted(differ, "difference") if differ else "every answer as contracts, clearances and agreements say"
    yield (
        f"{counted(filled.queries, 'query', 'queries')} of Athena by {counted(filled.people, 'person', 'people')} "
        f"returned {counted(filled.rows_read, 'row')} and withheld {counted(filled.withheld_columns, 'column')}, and "
        f"{counted(filled.files_read, 'file')} were read; {verdict}"
    )
    yield from _refused_reads(filled)
    for partner in dict.fromkeys(each.partner for each in filled.received):
        given = [each for each in filled.received if each.partner == partner]
        yield (
            f"{counted(sum(each.rows for each in given), 'row')} in "
            f"{counted(sum(each.files for each in given), 'file')} delivered to {partner}, whose people read them: "
            f"{listed({each.product for each in given})}"
        )


def _written(filled: Filled) -> str:
    """The tables, in whose roles they were written, and by what."""
    pipelines = len({each.product for each in filled.tables})
    ran = sum(1 for each in filled.tables if each.runtime)
    return (
        f"{counted(len(filled.tables), 'table')} written in the {'role' if pipelines == 1 else 'roles'} of "
        f"{counted(pipelines, 'pipeline')}, {ran} by a pipeline's own script and {len(filled.tables) - ran} with rows "
        f"generated from contracts; {counted(filled.rows, 'row')}; {filled.seconds:.1f} s"
    )


def _refused_reads(filled: Filled) -> Iterator[str]:
    """Reads that were refused as they should be, by what is read and why."""
    counts = Counter((each.port, each.reason) for each in filled.refused_reads)
    if counts:
        told = [f"{counted(counts[kind], _KINDS[kind[0]])} {_REASONS[kind]}" for kind in _REASONS if counts[kind]]
        yield f"  {counted(counts.total(), 'read')} refused as they should be: {', '.join(told)}"


def _pipelines(filled: Filled) -> Iterator[str]:
    """Pipelines that ran, and why others did not."""
    ran = {f"{each.product} ({each.runtime})" for each in filled.tables if each.runtime}
    if ran:
        yield f"  the pipeline itself ran for {listed(ran)}"
    instead = Counter((each.product, each.instead) for each in filled.tables if each.instead)
    for product, why in instead:
        yield f"  {product}: rows are generated, for {why}"


def _refused(batch: RefusedBatch) -> str:
    told = f"told {listed(batch.told)}, its owners and engineers" if batch.told else "told nobody"
    return f"  {batch.sentences[0] if batch.sentences else batch.product}; {told}; readers see what they saw"
