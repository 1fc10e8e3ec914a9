"""Metadata files as Glue writes them, and the columns that it tells of them."""

from __future__ import annotations

from typing import Any

import pytest
from pyiceberg.table.metadata import TableMetadataUtil

from sandbox.emulator.iceberg_metadata import changed_metadata, described_columns, first_metadata, glue_type

FIELDS = [
    {"Id": 2, "Name": "day", "Required": True, "Type": '"date"', "Doc": "When."},
    {"Id": 5, "Name": "views", "Required": False, "Type": '{"type": "list", "element-id": 8, "element": "long"}'},
]


def table(*more: dict[str, Any], **members: Any) -> dict[str, Any]:
    schema = {"SchemaId": 1, "Fields": [*FIELDS, *more], "IdentifierFieldIds": [2]}
    return {"Location": "s3://b/tables/t/", "Schema": schema, **members}


BY_DAY = {"SpecId": 1, "Fields": [{"Name": "day", "SourceId": 2, "Transform": "identity", "FieldId": 1004}]}


def first(**members: Any) -> dict[str, Any]:
    return first_metadata(table(**members), "8b3e3ac4-7e3e-4e6d-9d4a-2f3f5f1a0c11", 1_000)


def test_a_first_file_is_what_the_client_of_iceberg_reads() -> None:
    read = TableMetadataUtil.parse_obj(first(PartitionSpec=BY_DAY, Properties={"history.expire.max": "3"}))
    assert read.format_version == 2
    assert read.location == "s3://b/tables/t"
    assert (read.last_column_id, read.last_partition_id, read.current_schema_id) == (8, 1004, 1)
    assert read.current_snapshot() is None
    assert read.spec().fields[0].field_id == 1004
    assert read.properties == {"history.expire.max": "3"}


def test_a_change_adds_a_schema_and_keeps_those_that_files_know() -> None:
    added = {"Id": 9, "Name": "region", "Required": False, "Type": '"string"'}
    change = {**table(added), "PartitionSpec": BY_DAY}
    change["Schema"] = {**change["Schema"], "SchemaId": 2}
    after = changed_metadata(first(), change, "s3://b/tables/t/metadata/00000-x.metadata.json", 2_000)
    read = TableMetadataUtil.parse_obj(after)
    assert [schema.schema_id for schema in read.schemas] == [1, 2]
    assert (read.current_schema_id, read.last_column_id, read.last_updated_ms) == (2, 9, 2_000)
    assert [(spec.spec_id, len(spec.fields)) for spec in read.partition_specs] == [(0, 0), (1, 1)]
    assert read.default_spec_id == 1
    assert [each.metadata_file for each in read.metadata_log] == ["s3://b/tables/t/metadata/00000-x.metadata.json"]


def test_a_schema_that_there_was_is_current_again_and_an_id_that_is_taken_goes_to_no_other() -> None:
    one = first()
    same = changed_metadata(one, table(), "s3://b/x", 2_000)
    assert (same["schemas"], same["current-schema-id"]) == (one["schemas"], 1)
    added = {"Id": 9, "Name": "region", "Required": False, "Type": '"string"'}
    other = changed_metadata(one, table(added), "s3://b/x", 2_000)
    assert (other["current-schema-id"], [s["schema-id"] for s in other["schemas"]]) == (2, [1, 2])


@pytest.mark.parametrize(
    ("type_", "told"),
    [
        ("long", "bigint"),
        ("decimal(9, 2)", "decimal(9,2)"),
        ("timestamptz", "timestamp"),
        ("fixed[16]", "binary"),
        ({"type": "map", "key-id": 1, "key": "string", "value-id": 2, "value": "long"}, "map<string,bigint>"),
        (
            {
                "type": "struct",
                "fields": [{"id": 1, "name": "a", "type": {"type": "list", "element-id": 2, "element": "uuid"}}],
            },
            "struct<a:array<string>>",
        ),
    ],
)
def test_types_are_told_as_glue_tells_them(type_: Any, told: str) -> None:
    assert glue_type(type_) == told


def test_columns_have_their_comments_and_ids() -> None:
    day, views = described_columns(first())
    assert (day["Comment"], day["Type"], day["Parameters"]["iceberg.field.id"]) == ("When.", "date", "2")
    assert (views["Type"], views["Parameters"]["iceberg.field.optional"]) == ("array<bigint>", "true")
    assert "Comment" not in views
