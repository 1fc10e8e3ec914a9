"""What has to go together in a metadata document: labelled columns, names, ids, and the files that it names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.functions.publish.stored_drafts import COLUMNS, PLACE, POINTER, StoredDraft

Change = Callable[[dict[str, Any]], Any]
NONE = f"'{POINTER}' is no metadata of an Iceberg table: "
MAPPING = "schema.name-mapping.default"


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> StoredDraft:
    folder: Path = tmp_path_factory.mktemp("draft")
    return StoredDraft(folder)


@pytest.fixture(autouse=True)
def reset(draft: StoredDraft) -> None:
    draft.reset()


def spec(source: Any, **more: Any) -> Change:
    """A partition spec besides the one of today."""
    each = {"name": "p", "transform": "identity", "source-id": source, "field-id": 1000, **more}
    return lambda document: document["partition-specs"].append({"spec-id": 1, "fields": [each]})


def order(source: Any, **more: Any) -> Change:
    each = {"transform": "identity", "source-id": source, "direction": "asc", "null-order": "nulls-last", **more}
    return lambda document: document["sort-orders"].append({"order-id": 2, "fields": [each]})


@pytest.mark.parametrize(("number", "name"), [(2, "captain"), (5, "mail"), (6, "mail.email")])
def test_labelled_columns_in_a_spec_or_order_of_once(draft: StoredDraft, number: int, name: str) -> None:
    (found,) = draft.changed(spec(number))
    assert found.startswith(f"the draft is partitioned by identity of the labelled column '{name}', whose values would")
    (found,) = draft.changed(order(number))
    assert found.startswith(f"the draft is sorted by identity of the labelled column '{name}', whose values would")


@pytest.mark.parametrize("part", [spec, order])
@pytest.mark.parametrize("source", ["2", 2.0, True, None, [2], 2**31])
def test_a_source_that_is_no_whole_number(draft: StoredDraft, part: Callable[[Any], Change], source: Any) -> None:
    (found,) = draft.changed(part(source))
    assert found.startswith(NONE)
    assert ".source-id is " in found


@pytest.mark.parametrize("part", [spec, order])
@pytest.mark.parametrize("sources", [[2], [3, 2], ["3"], 3, []])
def test_sources_besides_the_one(draft: StoredDraft, part: Callable[..., Change], sources: Any) -> None:
    """A transform of several columns (format version 3) names them in `source-ids`."""
    (found,) = draft.changed(part(3, **{"source-ids": sources}))
    assert found.startswith(NONE)
    assert "source-ids" in found
    assert draft.changed(part(3, **{"source-ids": [3]})) == []


@pytest.mark.parametrize("transform", ["identity ", "IDENTITY", "bucket", "bucket[0]", "bucket[x]", "zorder", "years"])
def test_a_transform_that_is_none(draft: StoredDraft, transform: str) -> None:
    (found,) = draft.changed(spec(3, transform=transform))
    assert f"transform is '{transform}', allowed is a transform, like identity or bucket[16]" in found


def names(*entries: Any) -> Change:
    return lambda document: document["properties"].update({MAPPING: json.dumps(list(entries))})


def entry(number: Any, *said: Any, **more: Any) -> dict[str, Any]:
    return {"field-id": number, "names": list(said), **more}


@pytest.mark.parametrize(
    "mapping",
    [
        names(entry("3", "country", "captain")),
        names(entry(3.0, "country")),
        names(entry(True, "ship")),
        names(entry(3, 3)),
        names(entry(3, "")),
        names({"field-id": 3}),
        names({"field-id": 3, "names": "captain"}),
        names({"field_id": 3, "names": ["captain"]}),
        names({"field-id": 3, "names": ["country"], "Names": ["captain"]}),
        names([entry(3, "captain")]),
        names(entry(5, "mail", fields={})),
        lambda document: document["properties"].update({MAPPING: ""}),
        lambda document: document["properties"].update({MAPPING: "{}"}),
        lambda document: document["properties"].update({MAPPING: "[" * 100_000}),
        lambda document: document["properties"].update({MAPPING: '[{"field-id": NaN, "names": []}]'}),
        lambda document: document["properties"].update(
            {MAPPING: '[{"field-id": 2, "field-id": 3, "names": ["captain"]}]'}
        ),
    ],
)
def test_a_name_mapping_that_is_none(draft: StoredDraft, mapping: Change) -> None:
    (found,) = draft.changed(mapping)
    assert found.startswith(f"the property {MAPPING} is no name mapping (")
    assert found.endswith("): set it anew, or remove it")
    assert len(found) < 500


@pytest.mark.parametrize(
    ("mapping", "name", "column", "number"),
    [
        (names(entry(3, "country", "captain")), "captain", "country", 3),
        (names(entry(3, "CAPTAIN")), "CAPTAIN", "country", 3),
        (names(entry(3, "mail.email")), "mail.email", "country", 3),
        (names({"names": ["country"], "fields": [entry(3, "captain")]}), "captain", "country", 3),
        (names(entry(3, "country", fields=[entry(6, "email")])), "email", "mail.email", 6),
        (names(entry(6, "country")), "country", "mail.email", 6),
        (names(entry(77, "captain")), "captain", "field 77", 77),
        (names(entry(2, "country")), "country", "captain", 2),
    ],
)
def test_a_name_that_is_another_columns(
    draft: StoredDraft, mapping: Change, name: str, column: str, number: int
) -> None:
    assert draft.changed(mapping) == [
        f"the property {MAPPING} reads values of '{name}' as '{column}': remove '{name}' from the names of field "
        f"{number}"
    ]


def test_a_name_or_an_id_that_a_mapping_has_twice(draft: StoredDraft) -> None:
    assert draft.changed(names(entry(3, "country"), entry(3, "country"))) == [
        f"the property {MAPPING} has the field-id 3 twice: take one of the entries out",
        f"the property {MAPPING} has the name 'country' twice: take one of them out",
    ]


def test_the_name_of_before_a_rename_may_stand_in_a_mapping(draft: StoredDraft) -> None:
    def renamed(document: dict[str, Any]) -> None:
        fields = [{**each, "name": "land"} if each["id"] == 3 else each for each in document["schemas"][0]["fields"]]
        document["schemas"].append({"type": "struct", "schema-id": 1, "fields": fields})
        names(entry(3, "country", "land"))(document)

    assert draft.changed(renamed) == []


def test_a_nested_labelled_field_as_a_column_with_a_dot_in_its_name(draft: StoredDraft) -> None:
    def moved(document: dict[str, Any]) -> None:
        fields = document["schemas"][0]["fields"]
        fields[4]["type"]["fields"] = []
        fields.append({"id": 6, "name": "mail.email", "required": False, "type": "string"})
        document["properties"].pop(MAPPING)

    found = draft.changed(moved)
    assert found[0].startswith(
        "column '\"mail.email\"' has the id 6, which is 'mail.email' in the contract: readers would see values of"
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda m: m["schemas"][0]["fields"].append(m["schemas"][0]["fields"][2]), "schemas[0] has the id 3 twice"),
        (
            lambda m: m["schemas"].append({**m["schemas"][0], "schema-id": 1, "fields": [*COLUMNS_TWICE]}),
            "schemas[1] has the name 'ship' twice",
        ),
        (
            lambda m: m["schemas"][0]["fields"][2].update({"initial-default": "JACK"}),
            "schemas[0].fields[2].initial-default is 'JACK', allowed is nothing: remove it",
        ),
        (
            lambda m: m["schemas"][0]["fields"][4]["type"]["fields"][0].update({"write-default": "JACK"}),
            "schemas[0].fields[4].type.fields[0].write-default is 'JACK', allowed is nothing: remove it",
        ),
        (
            lambda m: m["schemas"][0]["fields"][2].update(initial_default="JACK"),
            "schemas[0].fields[2] has 'initial_default', allowed is 'initial-default'",
        ),
        (
            lambda m: m.update(current_snapshot_id=m.pop("current-snapshot-id"), refs={}),
            "has 'current_snapshot_id', allowed is 'current-snapshot-id'",
        ),
        (lambda m: m["schemas"][0]["fields"][1].update(type="str ing"), "type is 'str ing', allowed is a type of"),
        (lambda m: m["schemas"][0]["fields"][1].update(type="variant"), "type is 'variant', allowed is a type of"),
        (
            lambda m: m.update({"last-column-id": 2}),
            "schemas[0] has an id that is more than last-column-id, which is 2",
        ),
        (lambda m: m.update({"last-partition-id": 2}), "has a field-id that is more than last-partition-id"),
        (lambda m: m.update({"last-sequence-number": 0}), "allowed is up to last-sequence-number, which is 0"),
        (lambda m: m.update({"default-spec-id": 7}), "default-spec-id is 7, which none of partition-specs is"),
        (lambda m: m.update({"current-schema-id": 7}), "current-schema-id is 7, which none of schemas is"),
        (lambda m: m.update({"default-sort-order-id": 7}), "default-sort-order-id is 7, which none of sort-orders is"),
        (
            lambda m: m["refs"].update(x={"snapshot-id": 9, "type": "tag"}),
            "refs['x'].snapshot-id is 9, allowed is one of",
        ),
        (lambda m: m["refs"]["main"].update(type="tag"), "refs['main'].type is 'tag', allowed is 'branch'"),
        (
            lambda m: m["snapshots"][0].update(manifests=[]),
            "snapshots[0].manifests is [], allowed is nothing: remove it",
        ),
        (lambda m: m["properties"].update(a=5), "properties['a'] is 5, allowed is text"),
        (lambda m: m.update({"format-version": 2.0}), "format-version is 2.0, allowed is 2"),
        (lambda m: m.update({"format-version": True}), "format-version is True, allowed is 2"),
        (
            lambda m: m.update({"last-updated-ms": 10**400}),
            "last-updated-ms is 100000000000000000...0000000000",
        ),
        (lambda m: m.update({"location": "\ud800"}), "half a character, '\\\\ud800'"),
    ],
)
def test_what_readers_do_not_take(draft: StoredDraft, change: Change, sentence: str) -> None:
    (found,) = draft.changed(change)
    assert found.startswith(NONE)
    assert sentence in found
    assert len(found) < 600


COLUMNS_TWICE = [
    {"id": number, "name": "ship", "required": number == 1, "type": "long"} for number in range(1, len(COLUMNS))
]


@pytest.mark.parametrize("path", ["s3://elsewhere/x", f"{PLACE}../other/x", f"{PLACE}metadata/a?b", PLACE, ""])
def test_files_that_the_document_names_elsewhere(draft: StoredDraft, path: str) -> None:
    after = f"'{path}' is not below {PLACE}: remove it and commit again"
    assert draft.changed(lambda m: m["statistics"][0].update({"statistics-path": path})) == [
        f"the statistics file {after}"
    ]
    partition = draft.changed(lambda m: m["partition-statistics"][0].update({"statistics-path": path}))
    assert partition == [f"the statistics file {after}"]
    assert draft.changed(lambda m: m["metadata-log"][0].update({"metadata-file": path})) == [
        f"the metadata file '{path}' of metadata-log is not below {PLACE}: take it out of metadata-log and commit again"
    ]
    (found,) = draft.changed(lambda m: m["snapshots"][0].update({"manifest-list": path}))
    assert found.startswith(f"the manifest list '{path}' of snapshot ")


def test_a_draft_without_a_branch_main(draft: StoredDraft) -> None:
    (found,) = draft.changed(lambda m: m["refs"].pop("main"))
    assert found.startswith("there is no branch main among ['first', 'next'], and current-snapshot-id says ")


@pytest.mark.parametrize("version", [0, 1, 3, 4, 10**30])
def test_other_format_versions(draft: StoredDraft, version: int) -> None:
    (found,) = draft.changed(lambda m: m.update({"format-version": version}))
    assert found.startswith(f"the draft has format version {version}, allowed is 2: ")
