"""Labels from a lock to the next: which a column loses, and which a name or an open column gains with what is new.

Lake Formation has labels on whole columns, with all that is nested in them, and by their names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mesh.contracts.lock_shape import TableShape
from mesh.findings import KeyPath, listed
from mesh.model import Lock, LockedField, LockedTable

Sources = Mapping[str, str | None]
"""Path before of each path of a contract; None for what is new."""


class LostLabels(NamedTuple):
    """Labels that a column loses (`profiles.birth_year`), or a product with its last column that had them (`*`).

    `before` and `after` are all its labels; the text says it, and the place is that of the column in the contract.
    """

    place: KeyPath
    text: str
    column: str
    before: frozenset[str]
    after: frozenset[str]


def lost_labels(old: LockedTable, shape: TableShape, sources: Sources) -> Iterator[LostLabels]:
    """Columns that lose labels."""
    has, had = _labels_by_column(shape), defaultdict[str, set[str]](set)
    for path in shape.fields:
        column, source = path.partition(".")[0], sources[path]
        had[column].update(old.fields[source].labels if source is not None else ())
        if shape.format == "parquet":
            had[column].update(_labels_of_name(old, path))
    for column, labels in had.items():
        if lost := labels - has[column]:
            text = f"a widening of access: '{shape.name}.{column}' loses {labels_in_words(lost)}"
            after = frozenset(has[column])
            yield LostLabels(shape.fields[column].place, text, f"{shape.name}.{column}", after | lost, after)


def labels_of_no_column(old: Lock, shapes: Sequence[TableShape], told: set[str]) -> Iterator[LostLabels]:
    """The labels that a whole product loses with its columns, but for those that are told.

    A column that goes takes nothing out of the files that have it, and those are read by the labels of the product.
    """
    had = {label for table in old.tables.values() for one in table.fields.values() for label in one.labels}
    after = frozenset(label for shape in shapes for one in shape.fields.values() for label in one.labels)
    if gone := had - after - told:
        why = f"no column has {labels_in_words(gone)} any more, and files that were written before hold such data"
        yield LostLabels(("schema",), f"a widening of access: {why}", "*", after | gone, after)


def labels_in_words(labels: set[str]) -> str:
    """Words for labels in a sentence: `the label pii`."""
    return f"the {'label' if len(labels) == 1 else 'labels'} {listed(labels)}"


def names_left_open(old: LockedTable, shape: TableShape, sources: Sources) -> Iterator[tuple[str, str]]:
    """Columns under a name that had another one with fewer labels, each with the sentence that refuses it.

    Whether a tag goes with the column that had it is not documented; if it stays, it opens the new one until that has
    its own, a few steps later.
    """
    for column, labels in _labels_by_column(shape).items():
        had = None if sources[column] == column else _labels_of_former(old, column)
        if had is not None and (more := labels - had):
            start = f"'{shape.name}.{column}' has {labels_in_words(more)}"
            why = "and another column had that name without: its tags may be left, and open this one for a while"
            yield column, f"{start}, {why}; give it a name that no column had"


def fields_left_open(old: LockedTable, shape: TableShape, sources: Sources) -> Iterator[tuple[str, str]]:
    """New nested fields with a label that their column, which stays, did not have; each with the sentence that says so.

    A field comes into the catalog with the column's new type, and is as open as the column is, until that has its tag.
    """
    had = defaultdict[str, set[str]](set)
    for path, one in old.fields.items():
        had[path.partition(".")[0]].update(one.labels)
    for path, field in shape.fields.items():
        column = path.partition(".")[0]
        nested = path != column and sources[path] is None and sources[column] == column
        if nested and (more := set(field.labels) - had[column]):
            start = (
                f"'{shape.name}.{path}' has {labels_in_words(more)}, and '{column}', which has been without, is open"
            )
            yield path, f"{start} until its tags are set: label '{column}' first, deploy that, then add the field"


def _labels_by_column(shape: TableShape) -> dict[str, set[str]]:
    labels: defaultdict[str, set[str]] = defaultdict(set)
    for path, field in shape.fields.items():
        labels[path.partition(".")[0]].update(field.labels)
    return labels


def _labels_of_name(old: LockedTable, path: str) -> Iterator[str]:
    yield from old.fields.get(path, LockedField()).labels
    for gone in old.removed:
        if gone.path == path:
            yield from gone.labels


def _labels_of_former(old: LockedTable, column: str) -> set[str] | None:
    """Labels of the last column that had a name, with what was nested in it; None when the lock knows of none.

    What a column that was renamed had under its name before is not known any more: it counts as none.
    """
    every = [(path, one.labels) for path, one in old.fields.items()]
    if column not in old.fields:
        if any(column in one.was for path, one in old.fields.items() if "." not in path):
            return set()
        every = [(gone.path, gone.labels) for gone in old.removed]
        last = max((at for at, (path, _) in enumerate(every) if path == column), default=None)
        if last is None:
            return None
        every = every[last:]
    return {label for path, labels in every if path.partition(".")[0] == column for label in labels}
