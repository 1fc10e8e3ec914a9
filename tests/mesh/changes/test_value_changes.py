"""Changes of values: each at the place that has a name, policy documents by their statements."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mesh.changes.value_changes import ValueChange, value_changes


def statement(sid: str, **elements: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Deny", "Action": ["s3:*"], **elements}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["a: 1 → 2"]),
        ({"a": 1}, {}, ["a: 1 removed"]),
        ({}, {"a": {"b": True}}, ['a: {"b": true} added']),
        (
            {"rules": [{"id": "files", "expiration": {"days": 400}}, {"id": "other"}]},
            {"rules": [{"id": "other"}, {"id": "files", "expiration": {"days": 30}}]},
            ["rules[files].expiration.days: 400 → 30"],
        ),
        ({"ports": ["a", "b"]}, {"ports": ["b", "c"]}, ["ports[]: a removed", "ports[]: c added"]),
        ({"ports": ["a", "b"]}, {"ports": ["b", "a"]}, ['ports: ["a", "b"] → ["b", "a"]']),
        ({"x": [{"n": 1}, {"n": 1}]}, {"x": [{"n": 1}, {"n": 2}]}, ["x[1].n: 1 → 2"]),
        (
            {"policy": document(statement("One"), statement("Two"))},
            {"policy": document(statement("Three"), statement("Two", Action=["s3:*", "kms:*"]))},
            [
                'policy.Statement[One]: {"Sid": "One", "Effect": "Deny", "Action": ["s3:*"]} removed',
                "policy.Statement[Two].Action[]: kms:* added",
                'policy.Statement[Three]: {"Sid": "Three", "Effect": "Deny", "Action": ["s3:*…',
            ],
        ),
        ({"policy": document(statement("A"))}, {"policy": document(statement("A")).replace(" ", "")}, []),
        ({"policy": "<unknown>"}, {"policy": "{no JSON"}, ["policy: <unknown> → {no JSON"]),
    ],
)
def test_a_change_is_told_at_its_place(before: Any, after: Any, told: list[str]) -> None:
    found = [str(change) for change in value_changes(before, after)]
    assert len(found) == len(told)
    assert all(one.startswith(other.rstrip("…")) for one, other in zip(found, told, strict=True))


def test_a_document_has_the_whole_values() -> None:
    (change,) = value_changes({"text": "a" * 100}, {"text": "b" * 100})
    assert change == ValueChange("text", "a" * 100, "b" * 100)
    assert change.as_json() == {"path": "text", "before": "a" * 100, "after": "b" * 100}
    assert len(str(change)) < 140
