"""From contract to catalog: labels, columns, partitions, comments."""

from __future__ import annotations

from typing import Any

from mesh.acceptance.property_values import wrong
from mesh.aws.property_shapes import shapes
from mesh.aws.text_length import longest_count
from mesh.contracts import catalog, elements
from mesh.contracts.catalog import CatalogColumn
from mesh.contracts.labels import LabelWords, label_words, product_labels
from mesh.contracts.remarks import remarks
from mesh.contracts.types import ColumnType
from mesh.model import Contract, Mesh

DAY = {"name": "day", "physicalType": "date", "partitioned": True, "partitionKeyPosition": 2}
HOUR = {"name": "hour", "physicalType": "int", "partitioned": True, "partitionKeyPosition": 1}
EMAIL = {"name": "email", "physicalName": "e_mail", "physicalType": "STRING", "classification": "pii , financial"}
AMOUNT = {"name": "amount", "logicalType": "number", "required": True, "description": "In\n  euro."}
WORDS = LabelWords(frozenset({"financial", "pii"}))


def contract(*columns: dict[str, Any], table_format: str = "") -> Contract:
    extras = [{"property": "tableFormat", "value": table_format}] if table_format else []
    return elements.read(
        {
            "id": "x",
            "version": "1.0.0",
            "status": "active",
            "description": {"purpose": "For tests."},
            "schema": [{"name": "t", "properties": list(columns), "customProperties": extras}],
        }
    )


def test_a_column_takes_its_physical_name_and_type_and_its_labels_sorted() -> None:
    (table,) = catalog.tables(contract(EMAIL, AMOUNT), WORDS, None)
    assert table.columns == (
        CatalogColumn("e_mail", ColumnType("string"), "", ("financial", "pii"), False),
        CatalogColumn("amount", ColumnType("double"), "In euro.", (), True),
    )
    assert table.every_column == table.columns


def test_the_labels_of_a_product_are_the_union_of_its_columns() -> None:
    assert product_labels(contract(EMAIL, AMOUNT), WORDS) == {"pii", "financial"}
    assert product_labels(contract(AMOUNT), WORDS) == frozenset()


def test_iceberg_keeps_partition_columns_among_its_columns_and_parquet_does_not() -> None:
    (iceberg,) = catalog.tables(contract(DAY, AMOUNT, HOUR), WORDS, None)
    assert [column.name for column in iceberg.columns] == ["day", "amount", "hour"]
    assert [column.name for column in iceberg.partitions] == ["hour", "day"]
    (parquet,) = catalog.tables(contract(DAY, AMOUNT, HOUR, table_format="parquet"), WORDS, None)
    assert [column.name for column in parquet.columns] == ["amount"]
    assert [column.name for column in parquet.partitions] == ["hour", "day"]


def test_a_partition_column_is_among_every_column_once() -> None:
    (table,) = catalog.tables(contract({**DAY, "classification": "pii"}, AMOUNT), WORDS, None)
    assert [column.name for column in table.every_column] == ["day", "amount"]
    (parquet,) = catalog.tables(contract(DAY, AMOUNT, table_format="parquet"), WORDS, None)
    assert [column.name for column in parquet.every_column] == ["amount", "day"]


def test_a_comment_is_cut_with_an_ellipsis_at_what_glue_takes() -> None:
    (table,) = catalog.tables(contract({**AMOUNT, "description": "x" * 300}), WORDS, None)
    assert longest_count(table.columns[0].comment) == catalog.LONGEST_COMMENT
    assert table.columns[0].comment.endswith("…")


def test_a_comment_of_emojis_is_cut_to_the_bytes_that_glue_takes_and_the_cut_is_told() -> None:
    told = contract({"name": "mood", "physicalType": "string", "description": "\U0001f600" * 64})
    (table,) = catalog.tables(told, WORDS, None)
    assert table.columns[0].comment == "\U0001f600" * 63 + "…"
    shape = shapes().types["aws:glue/catalogTable:CatalogTable"].properties["storageDescriptor.columns.comment"]
    assert list(wrong(shape, table.columns[0].comment)) == []
    assert [each.message for each in remarks(told, WORDS)] == [
        "the description of 'mood' has 256 bytes in UTF-8, and Glue takes 255: the catalog shows its beginning"
    ]


def test_the_sample_contracts_hold_no_mistake(sample: Mesh) -> None:
    known = label_words(sample.file)
    assert [mistake for one in sample.contracts.values() for mistake in catalog.mistakes(one, known)] == []


def test_an_empty_label_is_an_unknown_one() -> None:
    found = list(catalog.mistakes(contract({**EMAIL, "classification": "pii,"}), LabelWords(frozenset({"pii"}))))
    assert [mistake.path for mistake in found] == [("schema", 0, "properties", 0, "classification")]
