"""Labels: words that the mesh does not know, and what looks like a label and is none."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.contracts import elements, labels, remarks
from mesh.contracts.labels import LabelWords, look
from mesh.model import Contract

WORDS = LabelWords(frozenset({"financial", "pii"}), frozenset({"public"}))


def contract(**column: Any) -> Contract:
    return elements.read({"schema": [{"name": "t", "properties": [{"name": "c", "logicalType": "string", **column}]}]})


@pytest.mark.parametrize(
    "text", ["pii and financial", "pii; financial", "pii\nfinancial", "pii/financial", "pii financial"]
)
def test_words_without_a_comma_between_them_are_told_whole(text: str) -> None:
    ((_, message),) = labels.mistakes(contract(classification=text), WORDS)
    assert "separated by commas: write 'pii, financial'" in message
    assert "did you mean" not in message


@pytest.mark.parametrize("word", ["PII", "рii", "ＰＩＩ"])
def test_words_that_look_alike_look_the_same(word: str) -> None:
    assert look(word) == "pii"
    assert look("pie") != "pii"


@pytest.mark.parametrize(
    "extra",
    [
        *({"tags": [tag]} for tag in ("pii", "PII:true", "pii=true", "contains_pii", "sensitivity:pii")),
        *(
            {"customProperties": [{"property": name, "value": value}]}
            for name, value in (
                ("pii", True),
                ("isPII", True),
                ("contains_pii", "yes"),
                ("privacy_level", "PII"),
                ("meta", {"contains_pii": True}),
            )
        ),
    ],
    ids=str,
)
def test_what_is_named_like_a_label_is_told_unless_the_column_has_it(extra: dict[str, Any]) -> None:
    (told,) = remarks.remarks(contract(**extra), WORDS)
    assert (told.severity, "is no label" in told.message) == ("warning", True)
    assert list(remarks.remarks(contract(**extra, classification="pii"), WORDS)) == []


@pytest.mark.parametrize(
    "extra",
    [
        {"tags": ["viewing", "level", "financially-relevant-planning"]},
        {"customProperties": [{"property": "pii", "value": False}, {"property": "level", "value": "high"}]},
    ],
    ids=str,
)
def test_other_tags_and_properties_are_left_alone(extra: dict[str, Any]) -> None:
    assert list(remarks.remarks(contract(**extra), WORDS)) == []
