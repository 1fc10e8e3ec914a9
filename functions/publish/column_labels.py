"""LabelValues of published columns: those that close come before a table moves, those that open after it.

A database says `true` for every classification, so a column without labels is read by who holds all of them. A column
carries a value for each classification; none is ever taken away, another is written over it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from aws_errors import all_taken, taken
from catalog_tables import StoredTable
from publish_settings import PromisedProduct, PromisedTable

CLOSED: Final = "true"
OPEN: Final = "false"

LabelValues = Mapping[str, str]
"""By classification, whether a column has data of it."""


class LabellingError(Exception):
    """Lake Formation did not label columns; a later wake-up tries again."""


class ColumnLabels:
    """LabelValues of the columns of a product in the mesh catalog, set as the domain's publisher."""

    def __init__(self, lakeformation: Any, hub: str, product: PromisedProduct, classifications: Sequence[str]) -> None:
        self._lakeformation = lakeformation
        self._hub = hub
        self._database = product.database
        self._classifications = classifications

    def close(self, table: PromisedTable, stored: StoredTable | None) -> None:
        """Set the labels that close columns which are there; others stay as they are."""
        if stored:
            self._set(table, stored, self._wanted(table, opening=False))

    def open(self, table: PromisedTable, stored: StoredTable | None) -> None:
        """Set every label of every column that is there, those that close first."""
        self.close(table, stored)
        if stored:
            self._set(table, stored, self._wanted(table, opening=True))

    def _wanted(self, table: PromisedTable, opening: bool) -> dict[str, LabelValues]:
        wanted: dict[str, LabelValues] = {
            column.name: {each: CLOSED if each in column.labels else OPEN for each in self._classifications}
            for column in table.columns
        }
        if opening:
            return wanted
        return {
            name: {key: value for key, value in labels.items() if value == CLOSED} for name, labels in wanted.items()
        }

    def _set(self, table: PromisedTable, stored: StoredTable, wanted: Mapping[str, LabelValues]) -> None:
        present = set(stored.columns)
        names = [name for name, labels in wanted.items() if labels and name in present]
        if not names:
            return
        now = self._now(table.name, names)
        groups: dict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
        for name in names:
            if not wanted[name].items() <= now.get(name, {}).items():
                groups[tuple(sorted(wanted[name].items()))].append(name)
        for labels, columns in groups.items():
            self._add(table.name, columns, labels)

    def _now(self, table: str, names: Collection[str]) -> dict[str, dict[str, str]]:
        """The labels that columns have of their own: an inherited one counts for nothing, the table may change."""
        answer = self._lakeformation.get_resource_lf_tags(
            CatalogId=self._hub, Resource=self._columns(table, names), ShowAssignedLFTags=True
        )
        return {each["Name"]: dict(_values(each["LFTags"])) for each in answer.get("LFTagsOnColumns") or ()}

    def _add(self, table: str, columns: Sequence[str], labels: Sequence[tuple[str, str]]) -> None:
        what = f"table {table}, the labels of its columns"
        with taken(what):
            answer = self._lakeformation.add_lf_tags_to_resource(
                CatalogId=self._hub,
                Resource=self._columns(table, columns),
                LFTags=[{"CatalogId": self._hub, "TagKey": key, "TagValues": [value]} for key, value in labels],
            )
        if answer.get("Failures"):
            all_taken(what, [each.get("Error") or {} for each in answer["Failures"]])
            raise LabellingError(f"{self._database}.{table}: {answer['Failures']}")

    def _columns(self, table: str, names: Collection[str]) -> dict[str, Any]:
        place = {"CatalogId": self._hub, "DatabaseName": self._database, "Name": table}
        return {"TableWithColumns": {**place, "ColumnNames": sorted(names)}}


def _values(tags: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    return ((tag["TagKey"], tag["TagValues"][0]) for tag in tags)
