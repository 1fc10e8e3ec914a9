"""Deliveries to partners in the plan: tables over the inbox, and an alarm that ends with the agreement."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from mesh.contracts.catalog import CatalogColumn, CatalogTable, delivered
from mesh.contracts.types import parse, read
from mesh.folder import plan_folder
from mesh.plan import Plan

TINY = Path(__file__).parents[1] / "tiny"
LAST = datetime.date(2028, 6, 30)


def plan(day: datetime.date) -> Plan:
    return plan_folder(TINY, day).plan


def counted(expression: str, failed: int, moment: datetime.datetime) -> int | None:
    """The value of `IF(EPOCH(failed) < N, failed)` for a value at a moment, as CloudWatch has it."""
    (ends,) = re.fullmatch(r"IF\(EPOCH\(failed\) < (\d+), failed\)", expression).groups()  # type: ignore[union-attr]
    return failed if moment.timestamp() < int(ends) else None


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def test_a_failed_copy_alarms_to_the_last_second_of_the_agreement_and_never_after() -> None:
    (delivery,) = plan(datetime.date(2027, 1, 1)).domains["orders"].deliveries["parcels"].deliveries
    assert delivery.end == LAST
    assert counted(delivery.failures, 3, at("2028-06-30T23:59:59+00:00")) == 3
    assert counted(delivery.failures, 3, at("2028-07-01T00:00:00+00:00")) is None


@pytest.mark.parametrize("day", [LAST, LAST + datetime.timedelta(days=1)])
def test_the_tables_of_an_agreement_stay_when_it_has_ended(day: datetime.date) -> None:
    (tables,) = plan(day).partners["courier"].tables.values()
    (table,) = tables.tables
    assert tables.name(table) == "orders__parcels__parcels"
    assert tables.location(table) == "s3://tiny-partner-courier--inbox/outbound/courier/orders__parcels/parcels/"
    assert [column.name for column in table.columns] == ["id", "weight"]


def table(labels: tuple[str, ...] = (), **columns: str) -> CatalogTable:
    """An Iceberg table, partitioned by its last column; `labels` are those of a column `email`."""
    made = tuple(
        CatalogColumn(name, parse(said), "", labels if name == "email" else ()) for name, said in columns.items()
    )
    return CatalogTable("t", "iceberg", "", made, made[-1:], ("day",))


def test_a_delivered_table_has_every_covered_column_in_its_files_and_no_partition() -> None:
    made = delivered(table(("pii",), a="string", email="string", at="timestamptz"), frozenset())
    assert made is not None
    assert [(column.name, str(column.type)) for column in made.columns] == [("a", "string"), ("at", "timestamp")]
    assert (made.format, made.partitions, made.transforms) == ("parquet", (), ())
    covered = delivered(table(("pii",), a="string", email="string"), frozenset({"pii"}))
    assert covered is not None
    assert [column.name for column in covered.columns] == ["a", "email"]


@pytest.mark.parametrize(
    ("iceberg", "parquet"),
    [
        ("struct<at:timestamptz,of:array<timestamptz>>", "struct<at:timestamp,of:array<timestamp>>"),
        ("map<string,timestamptz>", "map<string,timestamp>"),
        ("decimal(18,2)", "decimal(18,2)"),
    ],
)
def test_time_zones_are_left_out_at_every_depth(iceberg: str, parquet: str) -> None:
    made = delivered(table(a=iceberg), frozenset())
    assert made is not None
    assert str(made.columns[0].type) == parquet


def test_a_column_that_no_parquet_table_can_have_is_left_out_and_a_table_of_nothing_else_too() -> None:
    nested = "array<map<struct<a:int>,string>>"
    assert read(nested).depth > 1
    made = delivered(table(bad=nested, good="int"), frozenset())
    assert made is not None
    assert [column.name for column in made.columns] == ["good"]
    assert delivered(table(bad=nested), frozenset()) is None
