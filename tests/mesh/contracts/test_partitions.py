"""Partitions: order, transforms, and what a table cannot be partitioned by."""

from __future__ import annotations

from typing import Any

import pytest

from components.draft_tables import iceberg
from mesh.contracts import catalog, elements, partitions
from mesh.contracts.catalog import CatalogTable
from mesh.contracts.labels import LabelWords
from mesh.contracts.lock import following
from mesh.contracts.lock_shape import shapes
from mesh.contracts.mistakes import ContractMistake
from mesh.contracts.partitions import UnknownTransformError, field_name
from mesh.model import Contract, Element

WORDS = LabelWords(frozenset({"pii"}), frozenset({"public"}))
SHIP = {"name": "ship", "physicalType": "string"}
KEYED = {"partitioned": True}


def column(name: str, physical: str, transform: str = "", **more: Any) -> dict[str, Any]:
    extras = {"customProperties": [{"property": "partitionTransform", "value": transform}]} if transform else {}
    return {"name": name, "physicalType": physical, **extras, **more}


def contract(*columns: dict[str, Any], table_format: str = "iceberg") -> Contract:
    extras = [{"property": "tableFormat", "value": table_format}]
    table = {"name": "t", "properties": [SHIP, *columns], "customProperties": extras}
    return elements.read({"version": "1.0.0", "description": {"purpose": "For tests."}, "schema": [table]})


def mistakes(*columns: dict[str, Any], table_format: str = "iceberg") -> list[ContractMistake]:
    return list(catalog.mistakes(contract(*columns, table_format=table_format), WORDS))


def table(*columns: dict[str, Any]) -> CatalogTable:
    assert not [mistake for mistake in mistakes(*columns) if mistake.severity == "error"]
    of = contract(*columns)
    return catalog.tables(of, WORDS, following(None, shapes(of, WORDS)).lock)[0]


# ---- transforms


@pytest.mark.parametrize(
    ("written", "transform"),
    [
        # As Iceberg's spec writes them.
        ("day", "day"),
        ("identity", "identity"),
        ("bucket[16]", "bucket[16]"),
        ("truncate[4]", "truncate[4]"),
        # As Athena and Hive write them: "Creating Iceberg tables" of the Athena User Guide.
        ("day(ts)", "day"),
        ("bucket(16, ts)", "bucket[16]"),
        ("truncate(4, `ts`)", "truncate[4]"),
        # As Spark and Trino write them.
        ("days(ts)", "day"),
        ("hours", "hour"),
        ("YEARS", "year"),
        ("bucket(ts, 16)", "bucket[16]"),
        ("date", "day"),
    ],
)
def test_a_transform_is_read_in_the_notations_of_several_tools(written: str, transform: str) -> None:
    (element,) = contract(column("ts", "timestamp", written)).tables[0].columns[1:]
    assert partitions.transform(element) == transform


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("weekly", "'weekly' is no transform; allowed: year, month, day, hour, bucket[16]"),
        ("", "'' is no transform"),
        ("bucket", "needs one number, 1 or more: write bucket[16]"),
        ("bucket[0]", "needs one number, 1 or more: write bucket[16]"),
        ("truncate[-2]", "needs one number, 1 or more: write truncate[16]"),
        ("day(other)", "names 'other', but stands at 'ts': write day"),
        ("day[3]", "takes no number: write day"),
        ("bucket[1, 2]", "needs one number"),
        ("day(ts", "is no transform"),
        ("day(ts) day(ts)", "is no transform"),
    ],
)
def test_a_text_that_is_no_transform_is_refused(written: str, message: str) -> None:
    extras = [{"property": "partitionTransform", "value": written}]
    (mistake,) = mistakes(column("ts", "timestamp", customProperties=extras, **KEYED))
    assert message in mistake.message
    assert mistake.path == ("schema", 0, "properties", 1, "customProperties")


FITS = {
    # Iceberg table spec, "Partition Transforms": rows are transforms, and these their source types.
    "identity": "boolean int bigint float double decimal(9,2) date timestamp timestamptz string binary",
    "bucket[8]": "int bigint decimal(9,2) date timestamp timestamptz string binary",
    "truncate[8]": "int bigint decimal(9,2) string binary",
    "year": "date timestamp timestamptz",
    "month": "date timestamp timestamptz",
    "day": "date timestamp timestamptz",
    "hour": "timestamp timestamptz",
}


@pytest.mark.parametrize("transform", FITS)
@pytest.mark.parametrize("physical", FITS["identity"].split())
def test_a_transform_has_the_types_that_icebergs_spec_gives_it(transform: str, physical: str) -> None:
    found = mistakes(column("x", physical, transform, **KEYED))
    if physical in FITS[transform].split():
        assert not found
    else:
        (mistake,) = found
        assert f"has no transform '{transform.partition('[')[0]}'" in mistake.message


def test_a_parquet_table_has_no_transforms() -> None:
    (mistake,) = mistakes(column("ts", "timestamp", "day", **KEYED), table_format="parquet")
    assert "which a parquet table cannot have: remove it, or write 'tableFormat: iceberg'" in mistake.message
    assert not mistakes(column("d", "date", "identity", **KEYED), table_format="parquet")


def test_a_transform_without_a_partition_is_refused() -> None:
    (mistake,) = mistakes(column("ts", "timestamp", "day"))
    assert "but not 'partitioned: true'" in mistake.message


def test_a_partition_field_has_a_name_that_no_column_has() -> None:
    day = column("ts", "timestamp", "day", **KEYED)
    (mistake,) = mistakes(day, column("ts_day", "date"))
    assert "the partition of column 'ts' is called 'ts_day', as is a column of this table" in mistake.message


def test_the_component_sends_the_transforms_in_the_order_of_positions() -> None:
    planned = table(
        column("ts", "timestamp", "day", partitionKeyPosition=2, **KEYED),
        column("id", "bigint", "bucket[16]", partitionKeyPosition=1, **KEYED),
        column("port", "string", "truncate[3]", partitionKeyPosition=3, **KEYED),
        column("pier", "string", partitionKeyPosition=4, **KEYED),
    )
    assert planned.transforms == ("bucket[16]", "day", "truncate[3]", "identity")
    fields = iceberg(planned, "s3://b/t/")["partition_spec"]["fields"]
    assert [(field["name"], field["source_id"], field["transform"]) for field in fields] == [
        ("id_bucket", 3, "bucket[16]"),
        ("ts_day", 2, "day"),
        ("port_trunc", 4, "truncate[3]"),
        ("pier", 5, "identity"),
    ]


def test_a_name_of_a_transform_is_that_of_icebergs_own_writers() -> None:
    # org.apache.iceberg.PartitionSpec.Builder: sourceName + "_day", "_bucket", "_trunc".
    assert field_name("a", "truncate[3]") == "a_trunc"
    assert field_name("a", "bucket[3]") == "a_bucket"
    assert field_name("a", "identity") == "a"


def test_a_transform_of_a_contract_with_a_mistake_is_an_error() -> None:
    element = Element(("schema", 0, "properties", 0), column("ts", "timestamp", "weekly"))
    with pytest.raises(UnknownTransformError):
        partitions.transform(element)


# ---- what a table is partitioned by


@pytest.mark.parametrize("physical", ["timestamp", "timestamptz"])
def test_a_partition_a_microsecond_is_warned_of(physical: str) -> None:
    (mistake,) = mistakes(column("ts", physical, **KEYED))
    assert mistake.severity == "warning"
    assert "add the custom property 'partitionTransform: day'" in mistake.message


def test_of_a_parquet_table_the_remedy_is_another_column() -> None:
    (mistake,) = mistakes(column("ts", "timestamp", **KEYED), table_format="parquet")
    assert mistake.message.endswith("partition by a column of its date")


@pytest.mark.parametrize("transform", ["", "bucket[16]"])
def test_a_labelled_column_is_no_partition_column(transform: str) -> None:
    (mistake,) = mistakes(column("email", "string", transform, classification="pii", **KEYED))
    assert "column 'email' is labelled pii, and values of a partition column stand in the keys" in mistake.message
    assert mistake.path == ("schema", 0, "properties", 1, "partitioned")
    assert not mistakes(column("email", "string", classification="public", **KEYED))


def test_an_unknown_label_of_a_partition_column_is_one_finding() -> None:
    (mistake,) = mistakes(column("email", "string", classification="secret", **KEYED))
    assert "unknown classification 'secret'" in mistake.message


def test_a_nested_column_is_no_partition_column() -> None:
    (mistake,) = mistakes(column("who", "struct<a:int>", **KEYED))
    assert mistake.message == "column 'who' is nested; a table is partitioned by plain columns"


# ---- positions


@pytest.mark.parametrize(
    ("positions", "message"),
    [
        ((1, 1), "has the partition position 1, as has 'c0': give each its own"),
        ((1, None), "has no 'partitionKeyPosition', and others of this table have one"),
        ((1, -1), "has no 'partitionKeyPosition', and others of this table have one"),
        ((1, 0), "has the partition position 0; they count from 1"),
    ],
)
def test_positions_are_unique_and_all_or_none(positions: tuple[int | None, ...], message: str) -> None:
    (mistake,) = mistakes(*(_at(number, position) for number, position in enumerate(positions)))
    assert mistake.message == f"column 'c1' {message}" or message in mistake.message
    assert mistake.severity == "error"


def _at(number: int, position: int | None) -> dict[str, Any]:
    said = {} if position is None else {"partitionKeyPosition": position}
    return column(f"c{number}", "string", **said, **KEYED)


@pytest.mark.parametrize("positions", [(None, None), (-1, -1), (2, 1), (1, 5)])
def test_positions_that_order_the_columns_are_taken(positions: tuple[int | None, ...]) -> None:
    planned = table(*(_at(number, position) for number, position in enumerate(positions)))
    names = [one.name for one in planned.partitions]
    assert names == (["c1", "c0"] if positions == (2, 1) else ["c0", "c1"])


def test_a_position_of_a_column_that_is_not_partitioned_is_warned_of() -> None:
    (mistake,) = mistakes(column("pier", "string", partitionKeyPosition=1))
    assert mistake.severity == "warning"
    assert not mistakes(column("pier", "string", partitionKeyPosition=-1, partitioned=False))
