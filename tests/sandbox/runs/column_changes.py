"""Changes of a contract's tables that a deployment has to carry out with nothing open that should not be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Column = dict[str, Any]
Change = Callable[[dict[str, Any]], None]


def column(name: str, labels: str = "", **more: Any) -> Column:
    found: Column = {"name": name, "logicalType": "string", "physicalType": "string", **more}
    return {**found, "classification": labels} if labels else found


def labelled(columns: list[Column], **labels: str) -> None:
    """Gives columns other labels."""
    for found in columns:
        if found["name"] in labels:
            found.pop("classification", None)
            found |= {"classification": labels[found["name"]]} if labels[found["name"]] else {}


def renamed(columns: list[Column], **new_names: str) -> None:
    for found in columns:
        if old := next((old for old in new_names if old == found["name"]), None):
            found["name"] = new_names[old]
            found["customProperties"] = [{"property": "renamedFrom", "value": old}]


def one_column_more(schema: dict[str, Any]) -> None:
    schema["customers"] += [column("nick"), column("phone", "pii")]


def one_table_more(schema: dict[str, Any]) -> None:
    schema["refunds"] = [column("id"), column("card", "financial, pii")]


def one_label_more(schema: dict[str, Any]) -> None:
    labelled(schema["customers"], city="pii", wage="financial, pii")


def one_label_less(schema: dict[str, Any]) -> None:
    labelled(schema["customers"], email="", notes="financial")


def another_label(schema: dict[str, Any]) -> None:
    labelled(schema["customers"], email="financial", wage="pii")


def other_names(schema: dict[str, Any]) -> None:
    renamed(schema["customers"], email="mail", city="town")


def one_column_less(schema: dict[str, Any]) -> None:
    schema["customers"] = [found for found in schema["customers"] if found["name"] not in ("city", "notes")]


def all_at_once(schema: dict[str, Any]) -> None:
    one_column_more(schema)
    one_table_more(schema)
    labelled(schema["customers"], wage="pii", notes="")
    other_names(schema)


CHANGES: Sequence[Change] = (
    one_column_more,
    one_table_more,
    one_label_more,
    one_label_less,
    another_label,
    other_names,
    one_column_less,
    all_at_once,
)
