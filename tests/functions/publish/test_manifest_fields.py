"""Fields of manifests and manifest lists: readers find them by their ids, whatever they are called."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest

from tests.functions.publish.organization import BUCKET
from tests.functions.publish.stored_drafts import HERE, PLACE, StoredDraft, field, seen

ELSEWHERE = "s3://elsewhere/secret.parquet"
LIST = "manifest_path partition_spec_id content sequence_number added_rows_count existing_rows_count added_files_count"
ENTRY = "status snapshot_id sequence_number file_sequence_number data_file"
FILE = (
    "file_path file_format partition record_count file_size_in_bytes content null_value_counts lower_bounds "
    "upper_bounds value_counts split_offsets sort_order_id"
)
PLACES = [
    *(("list", name) for name in LIST.split()),
    *(("entry", name) for name in ENTRY.split()),
    *(("entry", "data_file", name) for name in FILE.split()),
    *(
        ("entry", "data_file", name, part)
        for name in ("null_value_counts", "upper_bounds")
        for part in ("key", "value")
    ),
    ("list", "partitions", "lower_bound"),
]


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> StoredDraft:
    folder: Path = tmp_path_factory.mktemp("draft")
    return StoredDraft(folder)


@pytest.fixture(autouse=True)
def reset(draft: StoredDraft) -> None:
    draft.reset()


def fields_around(schema: Any, names: tuple[str, ...]) -> list[Any]:
    """The fields of the record that a field stands in."""
    if len(names) == 1:
        return schema["fields"]
    kind = field(schema, *names[:-1])["type"]
    kind = kind[-1] if isinstance(kind, list) else kind
    return (kind["items"] if kind["type"] == "array" else kind)["fields"]


def another_id(schema: Any, names: tuple[str, ...]) -> None:
    field(schema, *names)["field-id"] = 9100


def no_id(schema: Any, names: tuple[str, ...]) -> None:
    del field(schema, *names)["field-id"]


def id_as_text(schema: Any, names: tuple[str, ...]) -> None:
    field(schema, *names)["field-id"] = str(field(schema, *names)["field-id"])


def id_as_fraction(schema: Any, names: tuple[str, ...]) -> None:
    field(schema, *names)["field-id"] = float(field(schema, *names)["field-id"])


def id_of_another(schema: Any, names: tuple[str, ...]) -> None:
    """The id of the field before it, or of the one behind it."""
    fields = fields_around(schema, names)
    mine = field(schema, *names)
    mine["field-id"] = next(each["field-id"] for each in fields if each is not mine) if len(fields) > 1 else True


CHANGES = [another_id, no_id, id_as_text, id_as_fraction, id_of_another]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("names", PLACES, ids=lambda names: "-".join(names))
def test_a_field_whose_id_is_not_that_of_its_name(
    draft: StoredDraft, names: tuple[str, ...], change: Callable[[Any, tuple[str, ...]], None]
) -> None:
    path = draft.manifest_list if names[0] == "list" else draft.manifest
    findings = draft.rewrite(path, lambda schema: change(schema, names[1:]))
    assert findings
    assert findings[0].startswith(
        f"'{path}' is no manifest{' list' if names[0] == 'list' else ''} of an Iceberg table: "
    )


@pytest.mark.parametrize("change", [no_id, id_as_text, id_as_fraction])
def test_a_partition_whose_id_is_no_number(draft: StoredDraft, change: Callable[[Any, tuple[str, ...]], None]) -> None:
    (found,) = draft.rewrite(draft.manifest, lambda schema: change(schema, ("data_file", "partition", "country")))
    assert "data_file.partition has a field 'country' with the field-id" in found


def test_a_partition_of_other_fields_than_its_spec_has(draft: StoredDraft) -> None:
    """Readers take the values of an identity partition out of it, and null where its id is none of the spec's."""

    def other(schema: Any) -> None:
        field(schema, "data_file", "partition", "country")["field-id"] = 1001

    (found,) = draft.rewrite(draft.manifest, other)
    assert "partition is [1001], allowed is the field-ids of its spec: [1000]: " in f"{found}: "

    def gone(schema: Any) -> None:
        field(schema, "data_file", "partition")["type"]["fields"] = []

    (found,) = draft.rewrite(draft.manifest, gone)
    assert "partition is [], allowed is the field-ids of its spec: [1000]" in found


@pytest.mark.parametrize(
    ("name", "number", "value"), [("file_path", 100, ELSEWHERE), ("record_count", 103, 0), ("content", 134, 1)]
)
def test_a_second_field_that_readers_take(draft: StoredDraft, name: str, number: int, value: Any) -> None:
    def fields(schema: Any) -> None:
        own = field(schema, "data_file", name)
        around = fields_around(schema, ("data_file", name))
        around.append({"name": "really", "type": own["type"], "field-id": number})
        own["field-id"] = 9100

    findings = draft.rewrite(draft.manifest, fields, lambda entry: entry["data_file"].update(really=value))
    assert f"data_file has a field '{name}' with the field-id 9100, in the specification" in findings[0]


def test_a_field_without_its_name_that_readers_take(draft: StoredDraft) -> None:
    def fields(schema: Any) -> None:
        field(schema, "data_file", "file_path")["name"] = "really"

    def record(entry: Any) -> None:
        entry["data_file"]["really"] = ELSEWHERE

    (sentence,) = draft.rewrite(draft.manifest, fields, record)
    assert "data_file has a field 'really' with the field-id 100, in the specification 'file_path' has 100" in sentence


def test_a_key_of_a_field_that_stands_twice(draft: StoredDraft) -> None:
    """What one reader takes for the id another one does not."""
    content = draft.files[draft.manifest]
    opened = fastavro.reader(BytesIO(content))
    records = list(opened)
    said = opened.metadata["avro.schema"]
    target = BytesIO()
    fastavro.writer(target, fastavro.parse_schema(json.loads(said)), records, codec="null")
    written = json.dumps(json.loads(said))
    schema = json.dumps(fastavro.reader(BytesIO(target.getvalue())).writer_schema)
    twice = schema.replace('"field-id": 100,', '"field-id": 9, "field-id": 100,', 1)
    assert twice != schema != written
    head = {"avro.schema": twice.encode(), "avro.codec": b"null"}
    HERE[draft.manifest] = _with_header(target.getvalue(), head)
    (sentence,) = draft.findings()
    assert "a key stands twice" in sentence


def _with_header(content: bytes, head: dict[str, bytes]) -> bytes:
    blocks = content.split(content[-16:], 1)[1]
    text = b"".join(_number(len(part)) + part for key, value in head.items() for part in (key.encode(), value))
    return b"Obj\x01" + _number(len(head)) + text + b"\x00" + content[-16:] + blocks


def _number(value: int) -> bytes:
    zigzag, out = value << 1, b""
    while zigzag > 127:
        out += bytes([zigzag & 127 | 128])
        zigzag >>= 7
    return out + bytes([zigzag])


@pytest.mark.parametrize("name", ["added", "existing", "deleted"])
def test_the_names_of_icebergs_java(draft: StoredDraft, name: str) -> None:
    """Spark, Athena and Glue's optimizers write `added_data_files_count`, pyiceberg `added_files_count`."""

    def fields(schema: Any) -> None:
        field(schema, f"{name}_files_count")["name"] = f"{name}_data_files_count"

    def record(line: Any) -> None:
        line[f"{name}_data_files_count"] = line[f"{name}_files_count"]

    assert draft.rewrite(draft.manifest_list, fields, record) == []
    assert len(seen()["rows"]) == 2


def test_fields_that_nobody_knows_are_left_alone(draft: StoredDraft) -> None:
    def fields(schema: Any) -> None:
        schema["fields"].append({"name": "news", "type": ["null", "string"], "default": None, "field-id": 9100})

    assert draft.rewrite(draft.manifest_list, fields) == []
    assert draft.rewrite(draft.manifest, fields) == []


def test_a_type_that_readers_do_not_take(draft: StoredDraft) -> None:
    def status(schema: Any) -> None:
        field(schema, "status")["type"] = "string"

    (sentence,) = draft.rewrite(draft.manifest, status, lambda entry: entry.update(status="2"))
    assert "status is 'string', allowed is the type int" in sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"status": 5}, "status is 5, allowed is a number from 0 to 2"),
        ({"status": -1}, "status is -1, allowed is a number from 0 to 2"),
        ({"sequence_number": -7}, "sequence_number is -7, "),
        ({"content": 7}, "content is 7, allowed is a number from 0 to 2"),
        ({"record_count": -5}, "record_count is -5, "),
        ({"file_format": "TEXT"}, "file_format is 'TEXT', allowed is PARQUET or AVRO or ORC or PUFFIN"),
        ({"null_value_counts": [{"key": 1, "value": 0}] * 2}, "null_value_counts has the nulls of a column twice"),
    ],
)
def test_values_that_readers_do_not_take(draft: StoredDraft, change: dict[str, Any], sentence: str) -> None:
    def record(entry: Any) -> None:
        for key, value in change.items():
            (entry if key in entry else entry["data_file"])[key] = value

    (found,) = draft.rewrite(draft.manifest, record=record)
    assert sentence in found


def test_a_file_of_deletes_that_names_one_elsewhere(draft: StoredDraft) -> None:
    def fields(schema: Any) -> None:
        named = {"name": "referenced_data_file", "type": ["null", "string"], "default": None, "field-id": 143}
        fields_around(schema, ("data_file", "file_path")).append(named)

    def elsewhere(entry: Any) -> None:
        entry["data_file"]["referenced_data_file"] = ELSEWHERE

    (found,) = draft.rewrite(draft.manifest, fields, elsewhere)
    assert found.startswith(f"the file '{ELSEWHERE}' is not below {PLACE}: ")


@pytest.mark.parametrize(
    "path",
    ["a?b.parquet", "a#b.parquet", "", "..", "%2e%2e/x", "a/../../b", "x\ny.parquet", "x" * 1100],
)
def test_a_path_that_some_reader_takes_for_another(draft: StoredDraft, path: str) -> None:
    """Iceberg's Java ends a key of S3 at a `?` or `#`, and others resolve dots."""
    path = f"{PLACE}data/{path}"
    (found,) = draft.rewrite(draft.manifest, record=lambda entry: entry["data_file"].update(file_path=path))
    assert found.startswith(f"the file '{path}' is not below ")


def test_a_manifest_of_a_spec_that_is_none(draft: StoredDraft) -> None:
    found = draft.rewrite(draft.manifest_list, record=lambda line: line.update(partition_spec_id=9))
    assert "is of the partition spec 9, which none of the draft's is: roll the commit back" in found[0]


def test_a_manifest_list_that_counts_other_rows(draft: StoredDraft) -> None:
    found = draft.rewrite(draft.manifest_list, record=lambda line: line.update(added_rows_count=1000))
    assert "has 1 rows, the manifest list says 1,000: roll the commit back and commit again" in found[0]


def test_a_file_of_deletes_among_files_of_rows(draft: StoredDraft) -> None:
    found = draft.rewrite(draft.manifest, record=lambda entry: entry["data_file"].update(content=1))
    assert "has the content 1 in a manifest of content 0: readers would differ in what they see" in found[0]


def test_a_packing_that_readers_do_not_take(draft: StoredDraft) -> None:
    opened = fastavro.reader(BytesIO(draft.files[draft.manifest]))
    target = BytesIO()
    fastavro.writer(target, copy.deepcopy(opened.writer_schema), list(opened), codec="xz")
    HERE[draft.manifest] = target.getvalue()
    (found,) = draft.findings()
    assert "avro.codec is 'xz', allowed is 'null' or 'deflate' or 'snappy'" in found
    assert BUCKET in found
