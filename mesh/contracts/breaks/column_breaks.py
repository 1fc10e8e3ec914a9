"""Breaks of tables, columns and nested fields: what came, what went, and what has another name."""

from __future__ import annotations

from typing import Final

from mesh.contracts.breaks.break_rule import BreakRule
from mesh.contracts.breaks.paired_documents import ContractDifference


def _is(difference: ContractDifference, place: str, key: str) -> bool:
    return difference.place == place and difference.key == key


def _table_gone(one: ContractDifference) -> str:
    return f"{one.subject} is gone" if _is(one, "schema", "") and one.is_gone else ""


def _table_new(one: ContractDifference) -> str:
    return f"{one.subject} is new" if _is(one, "schema", "") and one.is_new else ""


def _table_renamed(one: ContractDifference) -> str:
    if not _is(one, "schema", "catalog name"):
        return ""
    return f"{one.subject} is called '{one.after}' now, and queries name it as before"


def _table_format(one: ContractDifference) -> str:
    if one.place != "customProperties" or one.key != "tableformat":
        return ""
    old, new = (value or "iceberg" for value in (one.before, one.after))
    return f"{one.subject} is {new} now, and was {old}: files are found and read in another way" if old != new else ""


def _table_kind(one: ContractDifference) -> str:
    if one.place != "schema" or one.key not in ("physicalType", "logicalType"):
        return ""
    return f"{one.subject} is a {one.after or 'table'} now, and was a {one.before or 'table'}"


def _column_gone(one: ContractDifference) -> str:
    if not (_is(one, "properties", "") and one.is_gone):
        return ""
    return f"{one.subject} is gone: a query that names it fails"


def _column_new(one: ContractDifference) -> str:
    return f"{one.subject} is new, {one.after}" if _is(one, "properties", "") and one.is_new else ""


def _column_renamed(one: ContractDifference) -> str:
    if not _is(one, "properties", "catalog name"):
        return ""
    return f"{one.subject} is called '{one.after}' now: its data goes on, and a query that names it fails"


def _logical_name(one: ContractDifference) -> str:
    if one.place not in ("schema", "properties") or one.key not in ("name", "physicalName", "said physicalName"):
        return ""
    return f"{one.subject} has another name in the contract, and the same in the catalog"


RULES: Final = (
    BreakRule("table-removed", "columns", "breaking", "major", "A table is gone.", _table_gone),
    BreakRule("table-added", "columns", "safe", "minor", "A table is new.", _table_new),
    BreakRule(
        "table-renamed",
        "columns",
        "breaking",
        "major",
        "A table has another name in the catalog: it went, and one with just its columns came.",
        _table_renamed,
    ),
    BreakRule("table-format-changed", "columns", "breaking", "major", "`tableFormat` is another.", _table_format),
    BreakRule(
        "table-kind-changed",
        "columns",
        "risky",
        "minor",
        "The `physicalType` or `logicalType` of a table is another.",
        _table_kind,
    ),
    BreakRule(
        "column-removed",
        "columns",
        "breaking",
        "major",
        "A column or nested field is gone; what is renamed without `renamedFrom` counts as gone, too.",
        _column_gone,
    ),
    BreakRule("column-added", "columns", "safe", "minor", "A column or nested field is new.", _column_new),
    BreakRule(
        "column-renamed",
        "columns",
        "breaking",
        "major",
        "A column or nested field has another name, with `renamedFrom`.",
        _column_renamed,
    ),
    BreakRule(
        "name-in-contract-changed",
        "columns",
        "safe",
        "patch",
        "`name` or `physicalName` changed, and the name in the catalog did not.",
        _logical_name,
    ),
)
