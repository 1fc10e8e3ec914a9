"""Former columns: what a column after goes on with, of tables that are read by ids and of those read by names."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.contracts import elements
from mesh.contracts.breaks import ContractSide
from mesh.contracts.breaks.former_columns import former_columns
from tests.sandbox.sample_rows.sample_contracts import WORDS, column, contract, table

PARQUET = [{"property": "tableFormat", "value": "parquet"}]


def renamed(name: str, former: str) -> dict[str, Any]:
    return column(name, "string", customProperties=[{"property": "renamedFrom", "value": former}])


def side(*columns: dict[str, Any], **more: Any) -> ContractSide:
    return ContractSide(elements.read(contract(table("t", *columns, **more))), WORDS)


A, B = column("a", "string"), column("b", "string")


@pytest.mark.parametrize(
    ("after", "formers"),
    [
        ((A, B), {"t.a": ("t.a",), "t.b": ("t.b",)}),
        ((A,), {"t.a": ("t.a",)}),
        ((A, B, column("c", "string")), {"t.a": ("t.a",), "t.b": ("t.b",), "t.c": ()}),
        ((A, renamed("c", "b")), {"t.a": ("t.a",), "t.c": ("t.b",)}),
        ((renamed("a", "b"), renamed("b", "a")), {"t.a": ("t.b",), "t.b": ("t.a",)}),
        ((renamed("a", "b"),), {"t.a": ("t.b",)}),
    ],
    ids=["the same", "one less", "one more", "a new name", "swapped", "onto the name of another"],
)
def test_a_column_of_an_iceberg_table_is_what_it_was_renamed_from(
    after: tuple[dict[str, Any], ...], formers: dict[str, tuple[str, ...]]
) -> None:
    assert former_columns(side(A, B), side(*after)) == formers


@pytest.mark.parametrize("is_parquet_before", [True, False])
def test_files_of_parquet_have_what_their_names_say_besides(is_parquet_before: bool) -> None:
    """A file that is there is read by the name that is in it, whatever the contract says of a rename."""
    before = side(A, B, **({"customProperties": PARQUET} if is_parquet_before else {}))
    after = side(renamed("a", "b"), renamed("b", "a"), customProperties=PARQUET)
    assert former_columns(before, after) == {"t.a": ("t.a", "t.b"), "t.b": ("t.a", "t.b")}
