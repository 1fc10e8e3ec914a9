"""Messages on a contract that its schema refuses: one a fault, with what was found, what is allowed, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
import ryaml

from mesh.contracts import standard, standard_messages, versions
from mesh.findings import Problem

EXAMPLES = Path(__file__).parent / "examples"
LEAST = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "x", "version": "1.0.0"}
ABOUT: Final = {"$schema", "$defs", "$ref", "title", "description", "examples", "default", "deprecated", "format"}
"""Keywords that judge nothing; the validator takes `format` as a remark, as JSON Schema has it since 2019."""

Told = tuple[tuple[str, str], ...]


def read(file: Path) -> Any:
    return ryaml.loads(file.read_text("utf-8"))  # pyright: ignore[reportPrivateImportUsage] (ryaml exports without __all__)


CASES: Final[Any] = read(Path(__file__).parent / "messages.yaml")
EVERY_KEY: Final[Any] = read(EXAMPLES / "every-key.odcs.yaml")


def column(**keys: Any) -> dict[str, Any]:
    return {"schema": [{"name": "t", "properties": [{"name": "a", **keys}]}]}


def quality(**keys: Any) -> dict[str, Any]:
    return {"schema": [{"name": "t", "quality": [keys]}]}


def told(changes: dict[str, Any]) -> Told:
    """Place and message of each problem of the least contract with some changes."""
    problems = standard.problems("x.yaml", {**LEAST, **changes})
    return tuple((".".join(map(str, problem.path)), problem.message) for problem in problems)


def keywords(node: Any, names_are_free: bool = False) -> Iterator[str]:
    """The keywords of a schema; names of properties and definitions are none."""
    if isinstance(node, dict):
        for key, value in node.items():
            if not names_are_free:
                yield key
            # `ServerSource` holds definitions one level down.
            yield from keywords(value, not names_are_free and key in ("properties", "$defs"))
    elif isinstance(node, list):
        for entry in node:
            yield from keywords(entry)


def test_every_keyword_of_the_schemas_has_a_case() -> None:
    every = {keyword for version in versions.PATCHES for keyword in keywords(versions.schema(version))}
    servers = set(versions.schema(versions.LATEST)["$defs"]["ServerSource"])
    assert every - servers - ABOUT == set(CASES["keywords"])


@pytest.mark.parametrize("case", CASES["keywords"].values(), ids=CASES["keywords"])
def test_a_fault_is_told_once_and_in_words(case: dict[str, Any]) -> None:
    assert told(case["contract"]) == tuple(case["told"].items())


@pytest.mark.parametrize("case", CASES["mistakes"], ids=lambda case: str(case["contract"]))
def test_a_mistake_that_people_make_is_one_sentence(case: dict[str, Any]) -> None:
    assert told(case["contract"]) == tuple(case["told"].items())


def test_every_pattern_is_described() -> None:
    patterns = {pattern for version in versions.PATCHES for pattern in patterns_of(versions.schema(version))}
    undescribed = patterns - set(standard_messages.PATTERNS)
    assert all("ya?ml" in pattern or "yaml" in pattern for pattern in undescribed)
    assert len(undescribed) == 2


def patterns_of(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for value in node.values():
            yield from patterns_of(value)
    elif isinstance(node, list):
        for entry in node:
            yield from patterns_of(entry)


OF_LATER_VERSIONS: Final[tuple[tuple[str, dict[str, Any], str], ...]] = (
    ("v3.0.2", column(logicalType="timestamp"), "'timestamp' came with v3.1.0: raise 'apiVersion'"),
    ("v3.1.0", column(semanticType="measure"), "'semanticType' came with v3.2.0, and this contract says v3.1.0: raise"),
    ("v3.0.2", column(id="a"), "'id' came with v3.1.0, and this contract says v3.0.2: raise 'apiVersion'"),
    ("v3.0.2", {"team": {"name": "x"}}, "'team' is a group of keys; version v3.1.0 takes that: raise 'apiVersion'"),
    ("v3.0.2", quality(type="library", metric="rowCount"), "'metric' came with v3.1.0: raise 'apiVersion'"),
    (
        "v3.1.0",
        quality(type="library", rule="nullCheck", mustBe=0),
        "'rule' of version 3.0 is called 'metric' since 3.1",
    ),
)


@pytest.mark.parametrize(("version", "changes", "expected"), OF_LATER_VERSIONS, ids=lambda value: str(value)[:40])
def test_what_another_version_has_is_told_with_it(version: str, changes: dict[str, Any], expected: str) -> None:
    ((_, message),) = told({"apiVersion": version, "status": "active", **changes})
    assert expected in message


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value below one."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, entry in entries:
        yield (*path, step)
        yield from paths(entry, (*path, step))


def put(data: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """The data with another value at a path."""
    if not path:
        return value
    if isinstance(data, dict):
        return {key: put(entry, path[1:], value) if key == path[0] else entry for key, entry in data.items()}
    return [put(entry, path[1:], value) if number == path[0] else entry for number, entry in enumerate(data)]


@pytest.mark.parametrize("value", [None, 7, "text", ["text"], {"strange": 1}], ids=str)
def test_one_wrong_value_anywhere_is_told_at_its_place_and_nowhere_else(value: Any) -> None:
    refused = 0
    validator = jsonschema_rs.validator_for(dict(versions.schema(versions.LATEST)))
    for path in paths(EVERY_KEY):
        data = put(EVERY_KEY, path, value)
        problems = standard.problems("x.yaml", data)
        refused += bool(problems)
        if data.get("apiVersion") == versions.LATEST:
            assert bool(problems) != validator.is_valid(data), path
        assert all(is_about(problem, path) for problem in problems), (path, problems)
        assert isinstance(value, dict | list) or len(problems) < 2, (path, problems)
    assert refused > 150


def is_about(problem: Problem, path: tuple[str | int, ...]) -> bool:
    """Whether a problem stands at a path or below, or is a neighbour that the value at the path decides about."""
    here = problem.path[: len(path)] == path
    decided = path[-1] in ("type", "logicalType", "metric") and problem.path[: len(path) - 1] == path[:-1]
    # The two ends of a relationship are of one kind.
    between = path[-1] in ("from", "to") and problem.path == path[:-1]
    return here or decided or between


def test_one_key_too_many_anywhere_is_told_once() -> None:
    free = ("value", "arguments", "implementation", "valueExt")
    for path in ((), *paths(EVERY_KEY)):
        here: Any = EVERY_KEY
        for step in path:
            here = here[step]
        if isinstance(here, dict) and not set(free) & set(path) and path != ("description",):
            problems = standard.problems("x.yaml", put(EVERY_KEY, path, {**here, "zzz": 1}))
            assert [problem.path for problem in problems] == [(*path, "zzz")], path


def test_no_suggestion_is_the_name_itself() -> None:
    for path in paths(EVERY_KEY):
        for value in (None, 3, "text"):
            for problem in standard.problems("x.yaml", put(EVERY_KEY, path, value)):
                name = problem.message.partition("unknown key '")[2].partition("'")[0]
                assert not name or f"did you mean '{name}'" not in problem.message


def test_a_fault_far_below_is_told_alone_and_in_time() -> None:
    entry: dict[str, Any] = {"name": "a", "description": None}
    for _ in range(50):
        entry = {"name": "a", "logicalType": "object", "properties": [entry]}
    problems = told({"schema": [{"name": "t", "properties": [entry]}]})
    assert [message for _, message in problems] == ["'description' has no value; expected a text: write one"]


def test_a_contract_with_warnings_only_is_told_apart_from_one_with_errors() -> None:
    (warning,) = standard.problems("x.yaml", {**LEAST, **quality(query="select 1", mustBe=0)})
    assert warning.severity == "warning"
    (error,) = standard.problems("x.yaml", {**LEAST, **quality(query=["select 1"], mustBe=0)})
    assert error.severity == "error"
    both = {**LEAST, **quality(query="select 1", mustBe=0), "version": 3}
    assert [problem.severity for problem in standard.problems("x.yaml", both)] == ["error", "warning"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"oneOf": [{}, {}]}, "this entry is not as the Open Data Contract Standard has it"),
        ({"not": {}}, "this entry is not as the Open Data Contract Standard has it"),
        (
            {"properties": {"id": {"maxLength": 0}}},
            "'id' is the text 'x'; expected a value that the Open Data Contract Standard takes here: write one",
        ),
        (
            {"properties": {"id": {"anyOf": [{"maxLength": 0}, {"multipleOf": 2, "minLength": 5}]}}},
            "'id' is the text 'x'; expected another value: write one",
        ),
    ],
    ids=str,
)
def test_a_rule_that_a_later_version_may_bring_is_told_too(schema: dict[str, Any], expected: str) -> None:
    errors = jsonschema_rs.validator_for(schema).iter_errors(LEAST)
    (problem,) = standard_messages.problems("x.yaml", versions.LATEST, LEAST, errors)
    assert problem.message == expected


def test_a_key_with_a_space_beside_it_is_told_as_that() -> None:
    ((_, message),) = told(column(**{"logicalType": "string", "classification ": "pii"}))
    assert message == "the key 'classification' has a space before or behind it; remove the space"
