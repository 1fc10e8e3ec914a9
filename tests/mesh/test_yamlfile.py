"""YAML that is no YAML: a merge conflict is told as one."""

from __future__ import annotations

import pytest

from mesh.yamlfile import CONFLICT, Source, UnreadableError, parse

TWO_SIDES = "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> main\n"


def findings(text: str) -> list[tuple[int, str]]:
    with pytest.raises(UnreadableError) as caught:
        parse(Source("x.yaml", text))
    return [(finding.line, finding.message) for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (TWO_SIDES, [2]),
        (TWO_SIDES.replace("\n", "\r\n"), [2]),
        (TWO_SIDES + TWO_SIDES, [2, 8]),
        ("a:\n  - 1\n<<<<<<< HEAD\n  - 2\n=======\n  - 3\n>>>>>>> main\n", [3]),
        ("a: 1\nb: 2\n>>>>>>> main\n", [3]),
        ("a: 1\n=======\nb: 3\n", [2]),
    ],
    ids=["two sides", "Windows", "twice", "in a list", "the end left", "the middle left"],
)
def test_a_merge_conflict_is_told_at_each_place(text: str, lines: list[int]) -> None:
    assert findings(text) == [(line, CONFLICT) for line in lines]


def test_signs_of_a_conflict_within_a_text_are_none() -> None:
    assert parse(Source("x.yaml", "a: |\n  <<<<<<< HEAD\n  =======\n")) == {"a": "<<<<<<< HEAD\n=======\n"}
    assert findings("a: |\n  <<<<<<< HEAD\nb: [\n")[0][1] != CONFLICT
