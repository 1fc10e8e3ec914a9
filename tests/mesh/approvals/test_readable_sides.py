"""A mistake in a file is no wish: whatever is broken, no report asks for it, and none shows what stands in for it."""

from __future__ import annotations

import copy
import datetime
import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import pytest
import yaml

from mesh.approvals.given_approvals import Reviewers, approvals
from mesh.approvals.needs import ChangeRequest, Need
from mesh.changes.assembled import report_of_files
from mesh.changes.refused_changes import refused_changes
from mesh.changes.widenings import widenings
from mesh.load import load
from mesh.model import Mesh

TINY: Final = Path(__file__).parents[1] / "tiny"
DAY: Final = datetime.date(2026, 12, 1)
STAND_INS: Final = ("unknown.invalid", "9999-12-31", "o-unknown", "r-unknown", "'unknown'", "000000000000", "None")
"""Texts that stand in for what cannot be read (`mesh/usable.py`), as reports would show them."""

FILES: Final = tuple(sorted(str(path.relative_to(TINY)) for path in TINY.rglob("*.yaml") if "lock" not in path.name))


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a document below its root."""
    steps: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        steps = list(cast("dict[Any, Any]", value).items())
    elif isinstance(value, list):
        steps = list(enumerate(cast("list[Any]", value)))
    for step, inner in steps:
        yield (*path, step)
        yield from _places(inner, (*path, step))


def _broken(document: Any) -> Iterator[tuple[str, Any]]:
    """The document with one mistake each: a value of another type, an empty one, a key that is missing or odd."""
    for path in _places(document):
        for kind in ("type", "empty", "missing", "misspelled"):
            made = copy.deepcopy(document)
            here: Any = made
            for step in path[:-1]:
                here = here[step]
            if kind in ("missing", "misspelled") and not isinstance(here, dict):
                continue
            if kind == "type":
                here[path[-1]] = {"!": 1}
            elif kind == "empty":
                here[path[-1]] = ""
            elif kind == "missing":
                del here[path[-1]]
            else:
                here[f"{path[-1]}x"] = here[path[-1]]
                del here[path[-1]]
            yield f"{kind} {'.'.join(map(str, path))}", made


@cache
def _tiny() -> Mesh:
    return load(TINY).usable()


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, Mesh]]]:
    """Meshes with one mistake, by the file that has it; those in which it is none are left out."""
    folder = tmp_path_factory.mktemp("broken") / "stacks"
    shutil.copytree(TINY, folder)
    found: dict[str, list[tuple[str, Mesh]]] = {}
    for file in FILES:
        text = (folder / file).read_text()
        for what, made in _broken(yaml.safe_load(text)):
            (folder / file).write_text(yaml.safe_dump(made, sort_keys=False, allow_unicode=True))
            loaded = load(folder)
            if loaded.mesh is not None and (file in loaded.mesh.partial or file in loaded.mesh.unread):
                found.setdefault(file, []).append((what, loaded.mesh))
        (folder / file).write_text(text)
    return found


def _needs(before: Mesh, after: Mesh) -> list[Need]:
    told = approvals(ChangeRequest(before, after, FILES), Reviewers())
    return [approval.need for approval in told.needed]


def _said(before: Mesh, after: Mesh) -> str:
    """All that reports say of two sides, one of which has mistakes."""
    told = approvals(ChangeRequest(before, after, FILES), Reviewers())
    texts: list[Any] = [str(each) for each in (*told.needed, *told.told)]
    texts += [each.as_json() for each in (*told.needed, *told.told)]
    texts += [each.as_json() for each in widenings(before, after, DAY)]
    texts += [problem.message for problem in refused_changes(before, after, DAY)]
    texts += [report_of_files(before, after, ("main", "stacks"), ["stacks"]).as_json()]
    return json.dumps(texts, default=str, ensure_ascii=False)


def _stand_ins(text: str) -> list[str]:
    return [each for each in STAND_INS if each in text]


@pytest.mark.parametrize("file", FILES)
def test_no_report_shows_a_stand_in(file: str, broken: dict[str, list[tuple[str, Mesh]]]) -> None:
    """'unknown@unknown.invalid comes to own the domain', where an owner's address was mistyped."""
    for what, mesh in broken[file]:
        sides = {"after": (_tiny(), mesh), "before": (mesh, _tiny()), "both": (mesh, mesh)}
        shown = {side: _stand_ins(_said(*pair)) for side, pair in sides.items()}
        assert not any(shown.values()), (what, shown)


@pytest.mark.parametrize("file", FILES)
def test_a_mistake_asks_for_nothing_besides_its_file(file: str, broken: dict[str, list[tuple[str, Mesh]]]) -> None:
    """Of a setting of mesh.yaml that cannot be read it is said that nobody knows what it loosens."""
    for what, mesh in broken[file]:
        asked = [need.why for need in _needs(_tiny(), mesh) if need.kind != "file" and "cannot be read" not in need.why]
        assert not asked, (what, asked)
