"""LF-tags of a product: every column says what it is, for every classification, and what closes comes first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mesh.contracts.catalog import CatalogColumn, CatalogTable
from mesh.contracts.types import ColumnType
from mesh.plan.nodes import lf_tags
from mesh.plan.nodes.lf_tags import TagAssignment

KEYS = ("financial", "health", "pii")
LABELS = st.frozensets(st.sampled_from(KEYS)).map(lambda labels: tuple(sorted(labels)))
COLUMNS = st.lists(LABELS, min_size=1, max_size=5)


def table(name: str, *labels: tuple[str, ...]) -> CatalogTable:
    columns = tuple(CatalogColumn(f"c{n}", ColumnType("string"), labels=each) for n, each in enumerate(labels))
    return CatalogTable(name, "iceberg", "", columns)


def test_a_database_is_closed_for_every_classification() -> None:
    assert list(lf_tags.of_database(("financial", "pii"))) == [
        TagAssignment("financial", "true"),
        TagAssignment("pii", "true"),
    ]


def test_columns_of_one_table_and_classification_are_one_assignment_a_value() -> None:
    assert list(lf_tags.of_columns([table("t", (), ("pii",), ())], ("pii",))) == [
        TagAssignment("pii", "true", "t", ("c1",)),
        TagAssignment("pii", "false", "t", ("c0", "c2")),
    ]


def test_a_column_with_a_label_that_the_mesh_does_not_know_is_closed_whole() -> None:
    assert {tag.value for tag in lf_tags.of_columns([table("t", ("secret",))], KEYS)} == {"true"}


@given(st.lists(COLUMNS, min_size=1, max_size=3))
def test_each_column_has_one_value_of_each_classification_and_no_assignment_that_opens_comes_before_one_that_closes(
    tables: list[list[tuple[str, ...]]],
) -> None:
    whole = [table(f"t{n}", *columns) for n, columns in enumerate(tables)]
    tags = list(lf_tags.of_columns(whole, KEYS))
    said = [(tag.table, column, tag.key, tag.value) for tag in tags for column in tag.columns]
    assert sorted(said) == sorted(
        (each.name, column.name, key, "true" if key in column.labels else "false")
        for each in whole
        for column in each.columns
        for key in KEYS
    )
    assert [tag.value for tag in tags] == sorted((tag.value for tag in tags), reverse=True)
