"""Each value of a good metadata document in the place of something else: refused, or readers see what they saw."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.functions.publish.stored_drafts import HERE, POINTER, StoredDraft, seen

WRONG: list[Any] = [None, "x", "", "0", 5, -1, 2**63, 1.5, True, [], {}, [None], float("inf"), float("nan")]
"""Values of every kind, of which most are wrong in most places."""

Place = tuple[Any, ...]


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> StoredDraft:
    folder: Path = tmp_path_factory.mktemp("draft")
    return StoredDraft(folder)


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """The places of all values in a document; of the counts in a summary, which nobody reads, one is enough."""
    if at:
        yield at
    if isinstance(value, dict):
        for key, each in value.items():
            if "summary" not in at or key in ("operation", "added-records"):
                yield from places(each, (*at, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from places(each, (*at, number))


def around(document: Any, place: Place) -> Any:
    for key in place[:-1]:
        document = document[key]
    return document


def mutants(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Changed documents, each with what was changed."""
    for place in places(document):
        for wrong in WRONG:
            changed = copy.deepcopy(document)
            around(changed, place)[place[-1]] = wrong
            yield f"{place} is {wrong!r}", changed
        changed = copy.deepcopy(document)
        parent = around(changed, place)
        value = parent.pop(place[-1])
        yield f"{place} is gone", changed
        if isinstance(place[-1], str):
            twin = copy.deepcopy(changed)
            around(twin, place)[place[-1].replace("-", "_") + ("" if "-" in place[-1] else "_")] = value
            yield f"{place} is written otherwise", twin
        else:
            parent.extend([value, value])
            yield f"{place} stands twice", changed


def test_a_good_draft_has_no_findings(draft: StoredDraft) -> None:
    draft.reset()
    assert draft.findings() == []
    assert len(seen()["rows"]) == 2


def test_whatever_stands_in_a_document_is_refused_or_readers_see_what_they_saw(draft: StoredDraft) -> None:
    draft.reset()
    before = seen()
    refused = taken = 0
    for what, document in mutants(draft.document):
        draft.put(document)
        findings = draft.findings()
        if findings:
            assert all(len(sentence) > 30 for sentence in findings), what
            refused += 1
            continue
        taken += 1
        assert seen() == before, what
    assert refused > 2000, refused
    assert taken > 100, taken


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "null",
        "5",
        '"x"',
        "[]",
        "{}",
        "\ufeff{}",
        '{"format-version": 1e400}',
        '{"format-version": 2, "x": NaN}',
    ],
)
def test_a_document_that_is_none(draft: StoredDraft, text: str) -> None:
    draft.put(text)
    (sentence,) = draft.findings()
    assert " is no metadata of an Iceberg table: " in sentence
    assert len(sentence) < 600


def test_a_document_in_another_encoding(draft: StoredDraft) -> None:
    """Python's reader takes it, and no other."""
    HERE[POINTER] = json.dumps(draft.document).encode("utf-16")
    (sentence,) = draft.findings()
    assert "no UTF-8 from byte 0 on" in sentence
