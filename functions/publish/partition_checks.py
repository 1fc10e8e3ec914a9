"""Checks of a draft's partition specs and sort orders: those of the contract, and none by a labelled column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from publish_settings import PromisedTable
from schema_checks import promised_fields


def partition_findings(table: PromisedTable, document: Mapping[str, Any]) -> Iterator[str]:
    """Labelled columns in any spec or sort order of a draft, and a current spec that is not the contract's."""
    labels = {column.name for column in table.columns if column.labels}
    labelled = {field.id: field.name for field in promised_fields(table) if field.path[0] in labels}
    yield from _labelled(document, labelled)
    stored = [
        (each["transform"], each["source-id"], each["field-id"])
        for spec in document["partition-specs"]
        if spec["spec-id"] == document["default-spec-id"]
        for each in spec["fields"]
        if each["transform"] != "void"
    ]
    promised = [(each.transform, each.source_id, each.field_id) for each in table.partitions]
    if stored != promised and not any(source in labelled for _, source, _ in stored):
        yield (
            f"the draft is partitioned by {_written(stored)}, the contract says {_written(promised)} (transform, "
            "source id, field id): set the spec back, or change the contract and run `mesh lock`"
        )


def _labelled(document: Mapping[str, Any], labelled: Mapping[int, str]) -> Iterator[str]:
    """Labelled columns, and fields nested in one, in all specs and orders: files of an old one are there still."""
    for spec in document["partition-specs"]:
        for each in spec["fields"]:
            if each["source-id"] in labelled:
                yield (
                    f"the draft is partitioned by {each['transform']} of the labelled column "
                    f"'{labelled[each['source-id']]}', whose values would stand in keys: no labelled column is allowed "
                    "in a partition spec; replace the field"
                )
    for order in document["sort-orders"]:
        for each in order["fields"]:
            if each["source-id"] in labelled:
                yield (
                    f"the draft is sorted by {each['transform']} of the labelled column "
                    f"'{labelled[each['source-id']]}', whose values would bound each file: no labelled column is "
                    "allowed in a sort order; replace the order"
                )


def _written(spec: Any) -> str:
    return ", ".join(f"{transform}({source}) as {number}" for transform, source, number in spec) or "nothing"
