"""Contracts of `cases/`, each with its fate: accepted with types and labels, refused at a place, or told something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import yaml

from cli.main import run
from mesh.findings import Finding
from mesh.folder import findings_of
from tests.mesh.contracts.case_table import CASES, EDITS, Case, Edit, Said
from tests.mesh.contracts.small_mesh import CONTRACT, DAY, LOCK, findings, small_mesh, tables

FOLDER: Final = Path(__file__).parent / "cases"
WIDENING: Final = "B14-lose-a-label"
LONG: Final = "F10-long-description"


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    return small_mesh(tmp_path)


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.odcs.yaml").read_text("utf-8")


def fits(said: Said, finding: Finding, lines: Sequence[str]) -> bool:
    """Whether a finding is the one that is expected: on the line, in these words, of this severity."""
    line = lines[finding.line - 1] if finding.line <= len(lines) else ""
    return said.line in line and said.words in finding.message and said.weight in ("any", finding.severity)


def unmet(case: Case, found: Sequence[Finding], text: str) -> Iterator[str]:
    """What is not as the case wants it, in words."""
    lines = text.splitlines()
    rest = [finding for finding in found if finding.severity != "note"]
    for said in case.said:
        match = next((finding for finding in rest if fits(said, finding, lines)), None)
        if match is None:
            yield f"nobody says {said.words!r} ({said.weight}) about the line of {said.line!r}"
        else:
            rest.remove(match)
    yield from (f"nobody wanted: {finding}" for finding in rest if not case.more)
    notes = [finding.message for finding in found if finding.severity == "note"]
    yield from (f"no note says {words!r}" for words in case.notes if not any(words in note for note in notes))


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_told_as_it_should_be(mesh: Path, name: str) -> None:
    text = text_of(name)
    found = findings(mesh, text)
    assert list(unmet(CASES[name], found, text)) == [], "\n".join(str(finding) for finding in found)
    assert all(finding.file.endswith(CONTRACT) for finding in found), found


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.types])
def test_an_accepted_case_has_its_types_and_labels(mesh: Path, name: str) -> None:
    findings(mesh, text_of(name))
    columns = {column.name: column for column in tables(mesh)[0].columns}
    case = CASES[name]
    assert {column: str(columns[column].type) for column in case.types} == dict(case.types)
    assert {column.name: " ".join(column.labels) for column in columns.values() if column.labels} == dict(case.labels)


def test_required_and_described_fields_stay_so(mesh: Path) -> None:
    findings(mesh, text_of("F09-required-and-told-below-a-column"))
    (aim,) = [column for column in tables(mesh)[0].columns if column.name == "aim"]
    assert [(part.name, part.required, part.doc) for part in aim.type.parts] == [
        ("ra", True, "Right ascension."),
        ("dec", False, ""),
    ]


def test_a_long_description_is_kept_or_its_cut_is_told(mesh: Path) -> None:
    found = findings(mesh, text_of(LONG))
    assert not [finding for finding in found if finding.severity == "error"]
    (lens,) = [column for column in tables(mesh)[0].columns if column.name == "lens"]
    whole = " ".join(yaml.safe_load(text_of(LONG))["schema"][0]["properties"][1]["description"].split())
    assert lens.comment == whole or any(finding.severity == "warning" and "255" in finding.message for finding in found)


class Ids(NamedTuple):
    """The lock of a product: ids of columns and nested fields by path, of partition fields by column, and the rest."""

    columns: Mapping[str, int]
    keys: Mapping[str, int]
    gone: frozenset[int]
    spec: int
    identifiers: Sequence[str]


def locked(mesh: Path, name: str) -> Ids:
    """The lock after a contract, which `mesh lock` writes."""
    (mesh / CONTRACT).write_text(text_of(name), "utf-8")
    assert run(["lock", str(mesh)]) == 0
    table = yaml.safe_load((mesh / LOCK).read_text("utf-8"))["tables"]["nights"]
    return Ids(
        {path: column["id"] for path, column in table["columns"].items()},
        {text.partition("(")[2].rstrip(")"): number for text, number in table.get("partitions", {}).items()},
        frozenset(entry["id"] for entry in table.get("removed", ()) if "column" in entry),
        table.get("spec-id", 0),
        table.get("key", ()),
    )


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_moves_no_id_and_gives_none_again(mesh: Path, name: str) -> None:
    edit: Edit = EDITS[name]
    versions = [v for v in ("before", "after", "later") if (FOLDER / f"{name}-{v}.odcs.yaml").exists()]
    ids = [locked(mesh, f"{name}-{version}") for version in versions]
    for element in edit.stay:
        assert len({each.columns[element] for each in ids}) == 1, element
    for key in edit.keys:
        assert len({each.keys[key] for each in ids}) == 1, key
    assert (ids[0].spec < ids[-1].spec) == bool(edit.keys), "a new partition spec has a new number"
    given = {number for each in ids[:-1] for number in each.columns.values()}
    assert not {ids[-1].columns[element] for element in edit.new} & given
    assert given <= {*ids[-1].columns.values(), *ids[-1].gone}, "what was given is known for ever"
    if edit.renamed[0]:
        assert ids[0].columns[edit.renamed[0]] == ids[1].columns[edit.renamed[1]]


def test_the_primary_key_identifies_a_row(mesh: Path) -> None:
    assert list(locked(mesh, "F08-primary-key").identifiers) == ["lens"]


def test_a_label_that_is_gone_is_a_widening_of_access(mesh: Path) -> None:
    locked(mesh, f"{WIDENING}-before")
    text = text_of(f"{WIDENING}-after")
    (mesh / CONTRACT).write_text(text, "utf-8")
    (error,) = [finding for finding in findings_of(mesh, DAY)[1] if finding.severity == "error"]
    assert "name: guest" in text.splitlines()[error.line - 1]
    assert "pii" in error.message
    assert "widening of access" in error.message
    assert run(["lock", str(mesh)]) != 0
    assert run(["lock", str(mesh), "--widen"]) == 0
    assert [finding for finding in findings_of(mesh, DAY)[1] if finding.severity == "error"] == []


def test_every_contract_has_a_row_and_every_row_a_contract() -> None:
    edited = {f"{name}-{version}" for name in (*EDITS, WIDENING) for version in ("before", "after")}
    later = {f"{name}-later" for name in EDITS}
    files = {file.name.removesuffix(".odcs.yaml") for file in FOLDER.iterdir()}
    assert files - later == {*CASES, *edited, LONG}
    assert len(CASES) > 92, "the cases that were there first, and as many again"


def test_a_case_that_is_not_met_is_noticed() -> None:
    text = "a: b\nc: d\n"
    found = [Finding("f", 2, 1, "no such thing")]
    assert list(unmet(Case((Said("c: d", "thing"),)), found, text)) == []
    assert len(list(unmet(Case((Said("a: b", "thing"),)), found, text))) == 2
    assert len(list(unmet(Case(), found, text))) == 1
    assert len(list(unmet(Case(notes=("1 rule",)), [], text))) == 1
