"""Schemas of each version against those that `datacontract-cli` ships: the same rules, and the same verdicts."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
import ryaml

from mesh.contracts import versions

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.yaml"))
PUBLISHED = {"v3.2.0": "3.2.0", "v3.1.0": "3.1.0", "v3.0.2": "3.0.2"}
ABOUT: Final = {"description", "examples", "title", "default", "deprecated", "$comment", "$schema", "$id", "$defs"}
"""Keywords that judge nothing."""


def published(version: str) -> Any:
    """The schema of a version as `datacontract-cli` ships it."""
    name = f"odcs-{PUBLISHED[version]}.schema.json"
    return json.loads(files("datacontract").joinpath("schemas", name).read_text("utf-8"))


class Comparison:
    """Differences between two schemas, whatever their definitions are called."""

    def __init__(self, ours: Any, theirs: Any) -> None:
        self.ours, self.theirs = ours, theirs
        self.seen: set[tuple[int, int]] = set()
        self.differences = list(self.between(ours, theirs, ""))

    def between(self, ours: Any, theirs: Any, path: str) -> Iterator[str]:
        ours, theirs = self.resolved(self.ours, ours), self.resolved(self.theirs, theirs)
        if (id(ours), id(theirs)) in self.seen:
            return
        self.seen.add((id(ours), id(theirs)))
        if isinstance(ours, dict) and isinstance(theirs, dict):
            yield from self.between_rules(ours, theirs, path)
        elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
            for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
                yield from self.between(one, other, f"{path}/{number}")
        elif ours != theirs:
            yield f"{path}: {ours} and {theirs}"

    def between_rules(self, ours: Any, theirs: Any, path: str) -> Iterator[str]:
        keywords, others = set(ours) - ABOUT, set(theirs) - ABOUT
        yield from (f"{path}/{keyword} in one only" for keyword in sorted(keywords ^ others))
        for keyword in sorted(keywords & others):
            here = f"{path}/{keyword}"
            if keyword == "properties":
                one, other = ours[keyword], theirs[keyword]
                yield from (f"{here}/{key} in one only" for key in sorted(set(one) ^ set(other)))
                for key in sorted(set(one) & set(other)):
                    yield from self.between(one[key], other[key], f"{here}/{key}")
            elif keyword == "$ref":
                yield from self.between({"$ref": ours[keyword]}, {"$ref": theirs[keyword]}, here)
            elif keyword in ("enum", "required"):
                if different := set(ours[keyword]) ^ set(theirs[keyword]):
                    yield f"{here}: {sorted(different)}"
            else:
                yield from self.between(ours[keyword], theirs[keyword], here)

    @staticmethod
    def resolved(whole: Any, here: Any) -> Any:
        while isinstance(here, dict) and set(here) - ABOUT == {"$ref"}:
            reference, here = here["$ref"], whole
            for step in reference.removeprefix("#/").split("/"):
                here = here[step]
        return here


@pytest.mark.parametrize("version", PUBLISHED)
def test_a_version_has_the_rules_that_were_published(version: str) -> None:
    assert Comparison(versions.schema(version), published(version)).differences == []


def leaves(patch: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of the single changes of a patch."""
    if isinstance(patch, Mapping) and patch:
        for key, value in patch.items():
            yield from leaves(value, (*path, key))
    else:
        yield path


def without(patch: Any, path: tuple[str | int, ...]) -> Any:
    """A patch without one of its changes."""
    if len(path) == 1:
        return {key: value for key, value in patch.items() if key != path[0]}
    return {key: without(value, path[1:]) if key == path[0] else value for key, value in patch.items()}


def single_changes() -> Iterator[tuple[str, int, tuple[str | int, ...]]]:
    for version in PUBLISHED:
        number = len(versions.PATCHES[version]) - 1
        for path in leaves(versions.PATCHES[version][number]):
            yield version, number, path


CHANGES = list(single_changes())


def test_every_single_change_of_the_table_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    # A definition that nothing refers to any more makes a change of it invisible.
    assert len(CHANGES) > 100
    spare: list[str] = []
    for version, number, path in CHANGES:
        patches = list(versions.PATCHES[version])
        patches[number] = without(patches[number], path)
        monkeypatch.setattr(versions, "PATCHES", {version: tuple(patches)})
        if not Comparison(versions.schema.__wrapped__(version), published(version)).differences:
            spare.append(f"{version} {'.'.join(map(str, path))}")
        monkeypatch.undo()
    assert spare == []


def data_of(example: Path) -> Any:
    return ryaml.loads(example.read_text("utf-8"))  # pyright: ignore[reportPrivateImportUsage] (ryaml exports without __all__)


STRANGE: Final = (None, "x", "", 3, -1, 1.5, True, [], ["x"], {}, {"x": 1}, [{}])


def changed(data: Any) -> Iterator[Any]:
    """A value with one thing changed anywhere in it: removed, of another kind, or with one key more."""
    if isinstance(data, dict):
        yield {**data, "strange": 1}
        for key in data:
            yield {other: value for other, value in data.items() if other != key}
            for value in (*STRANGE, *changed(data[key])):
                yield {**data, key: value}
    elif isinstance(data, list):
        for number, entry in enumerate(data):
            yield data[:number] + data[number + 1 :]
            for value in (*STRANGE, *changed(entry)):
                yield [*data[:number], value, *data[number + 1 :]]


@pytest.mark.long
@pytest.mark.parametrize("version", PUBLISHED)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name.removesuffix(".odcs.yaml"))
def test_a_version_judges_as_the_published_schema_whatever_is_changed(version: str, example: Path) -> None:
    ours = jsonschema_rs.validator_for(dict(versions.schema(version)))
    theirs = jsonschema_rs.validator_for(published(version))
    whole = {"status": "active", **data_of(example), "apiVersion": version}
    verdicts: set[bool] = set()
    for data in (whole, *changed(whole)):
        verdict = theirs.is_valid(data)
        verdicts.add(verdict)
        assert ours.is_valid(data) == verdict, data
    assert False in verdicts


def test_a_patch_is_laid_over_as_rfc_7386_has_it() -> None:
    assert versions.merged({"a": "b", "c": {"d": "e", "f": "g"}}, {"a": "z", "c": {"f": None}}) == {
        "a": "z",
        "c": {"d": "e"},
    }
    assert versions.merged({"a": [1, 2]}, {"a": [3]}) == {"a": [3]}
    assert versions.merged("text", {"a": {"b": None}}) == {"a": {}}


def test_a_patch_changes_lists_by_entry_and_by_number() -> None:
    assert versions.merged(["a", "b"], versions.More(("c",))) == ["a", "b", "c"]
    assert versions.merged(["a", "b"], versions.Fewer(("a",))) == ["b"]
    before = [{"x": 1}, {"x": 1}]
    assert versions.merged(copy.deepcopy(before), {1: {"x": 2}}) == [{"x": 1}, {"x": 2}]


@pytest.mark.parametrize("version", ["v3.0.0", "v3.0.1"])
@pytest.mark.parametrize("key", ["stagingDir", "staging_dir"])
def test_the_first_versions_take_the_staging_folder_in_both_spellings(version: str, key: str) -> None:
    server = {"server": "a", "type": "athena", "schema": "s", key: "s3://lake/staging/"}
    data = {
        "apiVersion": version,
        "kind": "DataContract",
        "id": "x",
        "version": "1",
        "status": "a",
        "servers": [server],
    }
    validator = jsonschema_rs.validator_for(dict(versions.schema(version)))
    assert validator.is_valid(data)
    assert not validator.is_valid({**data, "servers": [{k: v for k, v in server.items() if k != key}]})


def test_versions_come_in_order() -> None:
    assert versions.after("v3.0.1") == ["v3.0.2", "v3.1.0", "v3.2.0"]
    assert versions.after(versions.LATEST) == []
