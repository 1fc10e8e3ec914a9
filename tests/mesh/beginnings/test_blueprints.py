"""Blueprints: each is filled, is among the files that README.md lists, and its page tells the values that it takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.new_run import blueprints
from mesh.beginnings.blueprint import Blueprints
from mesh.beginnings.proposed_labels import HINTS, hints
from mesh.findings import NotPossibleError
from tests.house.tree import ROOT

PAGE = (ROOT / "blueprints" / "README.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE, re.MULTILINE))


@pytest.fixture(scope="module")
def ours() -> Blueprints:
    return blueprints(ROOT / "stacks")


def test_the_page_lists_every_template(ours: Blueprints) -> None:
    listed = {
        name
        for row in ROWS
        for name in (
            [row]
            if "<runtime>" not in row
            else [f"pipeline/{kind}.py.jinja" for kind in ("glue-python", "glue-spark", "lambda")]
        )
    }
    assert listed == set(ours.texts)


def test_templates_name_no_value_that_the_page_does_not_tell(ours: Blueprints) -> None:
    for name, text in ours.texts.items():
        row = ROWS.get(name, ROWS["pipeline/<runtime>.py.jinja"])
        loops = set(re.findall(r"{% for (\w+) in", text))
        used = {
            each
            for written in re.findall(r"{{ (.+?) }}|{% (?:if|for \w+ in) (.+?) %}", text)
            for each in re.findall(r"(?<![.'\w])([a-z_]+)(?![\w'(])", " ".join(written))
        }
        assert used - loops <= {*re.findall(r"`([a-z_]+)`", row)}, name


def test_hints_are_words_by_classification(ours: Blueprints) -> None:
    assert set(hints(ours)) == {"pii", "financial"}
    assert all(re.fullmatch(r"[a-z0-9_]+", word) for words in hints(ours).values() for word in words)
    for text in ("a: [", "- a", "pii: email", "pii: [1]"):
        with pytest.raises(NotPossibleError, match=r"^blueprints/labels\.yaml"):
            hints(Blueprints({HINTS: text}, {HINTS: f"blueprints/{HINTS}"}))


def test_a_value_is_one_scalar_of_yaml_and_no_text_of_a_script() -> None:
    texts = {"a.yaml.jinja": "{a: {{ a }}, b: {{ b }}}", "a.py.jinja": '"""{{ a }}"""'}
    made = Blueprints(texts, {})
    assert made.filled("a.yaml.jinja", {"a": "x, b: 1}", "b": ["y: z", None]}) == '{a: "x, b: 1}", b: ["y: z", null]}'
    assert made.filled("a.py.jinja", {"a": "identity.profiles"}) == '"""identity.profiles"""'
    with pytest.raises(NotPossibleError, match=r"cannot stand in a file of this kind"):
        made.filled("a.py.jinja", {"a": '"""; import os'})


def test_a_template_that_is_missing_is_named() -> None:
    with pytest.raises(NotPossibleError, match=r"^the template blueprints/a\.jinja is missing; there are none$"):
        Blueprints({}, {}).filled("a.jinja", {})


def test_the_folder_of_a_mesh_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "blueprints" / "domain").mkdir(parents=True)
    (tmp_path / "blueprints" / "domain" / "domain.yaml.jinja").write_text("theirs")
    made = blueprints(tmp_path / "stacks")
    assert made.texts["domain/domain.yaml.jinja"] == "theirs"
    assert "product/contract.odcs.yaml.jinja" in made.texts
