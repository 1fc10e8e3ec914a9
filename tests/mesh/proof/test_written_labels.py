"""I13 from the contract as it is written: a label that the model loses on any way is a witness, at every depth."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mesh.access.chains import DecidedReads
from mesh.contracts import elements, labels, standard
from mesh.load import load
from mesh.model import Contract, Element
from mesh.plan import build, problems
from mesh.proof import written_labels
from mesh.proof.invariants import INVARIANTS
from mesh.proof.subject import Subject
from tests.mesh.new_locks import agree
from tests.mesh_copies import copied

DAY = datetime.date(2027, 1, 1)
STACKS, TINY = Path(__file__).parents[3] / "stacks", Path(__file__).parents[1] / "tiny"
CONTRACT = "contracts/orders/parcels.odcs.yaml"
(EXACT,) = (invariant for invariant in INVARIANTS if invariant.id == "I13")
PII: Mapping[str, Any] = {"name": "x", "logicalType": "string", "physicalType": "string", "classification": "pii"}
ITEM: Mapping[str, Any] = {key: value for key, value in PII.items() if key != "name"}
PLAIN: Mapping[str, Any] = {key: value for key, value in ITEM.items() if key != "classification"}

NESTED: Mapping[str, Mapping[str, Any]] = {
    "the column": {**PII, "name": "c"},
    "a field": {"logicalType": "object", "physicalType": "struct<x:string>", "properties": [PII]},
    "items": {"logicalType": "array", "physicalType": "array<string>", "items": ITEM},
    "a key": {"logicalType": "map", "physicalType": "map<string,string>", "map": {"key": ITEM, "value": PLAIN}},
    "a value": {"logicalType": "map", "physicalType": "map<string,string>", "map": {"key": PLAIN, "value": ITEM}},
    "a field of items": {
        "logicalType": "array",
        "physicalType": "array<struct<x:string>>",
        "items": {"logicalType": "object", "physicalType": "struct<x:string>", "properties": [PII]},
    },
    "items of a field of a value": {
        "logicalType": "map",
        "physicalType": "map<string,struct<f:array<string>>>",
        "map": {
            "key": PLAIN,
            "value": {
                "logicalType": "object",
                "physicalType": "struct<f:array<string>>",
                "properties": [{"name": "f", "logicalType": "array", "physicalType": "array<string>", "items": ITEM}],
            },
        },
    },
}
"""Columns with a label, by the place where it stands."""


def lay(root: Path, column: Mapping[str, Any], classification: str = "pii") -> None:
    """Gives the contract of the tiny mesh one table with a plain column and this one, and no other label."""
    file = root / CONTRACT
    said = yaml.safe_load(file.read_text())
    plain = {"name": "plain", "logicalType": "string", "physicalType": "string"}
    columns = yaml.safe_load(yaml.safe_dump([plain, {"name": "c", **column}]).replace(": pii", f": {classification}"))
    said["schema"] = [{"name": "t", "logicalType": "object", "properties": columns}]
    file.write_text(yaml.safe_dump(said, sort_keys=False))
    (agreement,) = (root / "partners").iterdir()
    agreement.write_text(agreement.read_text().replace("classifications: []", "classifications: [pii]"))
    agree(root, "orders.parcels")


def witnesses(root: Path) -> Iterator[str]:
    """Witnesses against I13, of the mesh in a folder."""
    mesh = load(root).usable()
    subject = Subject(build(mesh, DAY), written_labels.read(root, mesh))
    return (found.text for claim in EXACT.claims(subject) if (found := claim.check(subject)))


def first_level(self: labels.LabelWords, element: Element) -> tuple[str, ...]:
    return self.labels(element.data.get("classification"))


def of_first_levels(contract: Contract, known: labels.LabelWords) -> frozenset[str]:
    return frozenset(
        label
        for table in contract.tables
        for column in table.columns
        for label in known.labels(column.data.get("classification"))
    )


def without(place: tuple[str, ...]) -> Callable[[], Mapping[str, Any]]:
    """The places of the standard without one."""
    known = {name: {p: to for p, to in below.items() if p != place} for name, below in standard.places().items()}
    return lambda: known


@pytest.mark.parametrize("column", NESTED.values(), ids=NESTED.keys())
def test_a_label_at_any_place_is_carried(column: Mapping[str, Any], tiny: Path) -> None:
    lay(tiny, column)
    assert list(witnesses(tiny)) == []
    mesh = load(tiny).usable()
    (table,) = build(mesh, DAY).domains["orders"].catalog["parcels"].tables
    assert {found.name: found.labels for found in table.columns} == {"plain": (), "c": ("pii",)}


@pytest.mark.parametrize("column", list(NESTED.values())[1:], ids=list(NESTED)[1:])
def test_a_column_that_carries_its_own_label_only_is_a_witness(
    column: Mapping[str, Any], tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tiny, column)
    monkeypatch.setattr(labels.LabelWords, "of_element", first_level)
    assert "reads c by" in next(witnesses(tiny))


@pytest.mark.parametrize("column", list(NESTED.values())[1:], ids=list(NESTED)[1:])
def test_a_product_that_carries_labels_of_the_first_level_only_is_a_witness(
    column: Mapping[str, Any], tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tiny, column)
    monkeypatch.setattr("mesh.plan.inputs.product_labels", of_first_levels)
    assert "s3:GetObject" in " ".join(witnesses(tiny))


@pytest.mark.parametrize(
    ("place", "column"),
    [
        (("properties",), "a field"),
        (("items",), "items"),
        (("map", "key"), "a key"),
        (("map", "value"), "a value"),
        (("items",), "a field of items"),
        (("properties",), "items of a field of a value"),
        (("items",), "items of a field of a value"),
    ],
)
def test_a_walk_that_forgets_a_place_is_a_witness_or_makes_no_type(
    place: tuple[str, ...], column: str, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tiny, NESTED[column])
    kept = without(place)()
    whole = standard.places()
    monkeypatch.setattr(standard, "places", lambda: {**kept, "SchemaObject": whole["SchemaObject"]})
    monkeypatch.setattr(elements, "astray", lambda *_: [])
    agree(tiny, "orders.parcels")  # else the lock notices first that a label is lost
    refused = [problem.message for problem in problems(load(tiny).usable(), DAY) if problem.severity == "error"]
    assert refused or "reads c by" in next(witnesses(tiny))
    assert bool(refused) == ("map" in place)


def test_such_a_walk_is_an_error_of_the_file_before_any_proof(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tiny, NESTED["items"])
    kept = without(("items",))()
    monkeypatch.setattr(standard, "places", lambda: kept)
    assert [finding.message for finding in load(tiny).findings] == [elements.ASTRAY]


def test_an_alias_that_loses_its_meaning_is_a_witness(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tiny, NESTED["a field"], "secret")
    file = tiny / "mesh.yaml"
    file.write_text(f"{file.read_text()}\nclassification-aliases: {{secret: [pii]}}\n")
    assert list(witnesses(tiny)) == []
    monkeypatch.setattr(labels.LabelWords, "labels", lambda *_: ())
    assert "reads c by" in " ".join(witnesses(tiny))


def test_a_table_that_no_contract_has_is_a_witness(tiny: Path) -> None:
    lay(tiny, NESTED["the column"])
    mesh = load(tiny).usable()
    plan = build(mesh, DAY)
    entry = plan.domains["orders"].catalog["parcels"]
    (table,) = entry.tables
    bare = tuple(column._replace(labels=()) for column in table.columns)
    more = dataclasses.replace(entry, tables=(table, dataclasses.replace(table, name="copy", columns=bare)))
    domain = dataclasses.replace(plan.domains["orders"], catalog={**plan.domains["orders"].catalog, "parcels": more})
    plan = dataclasses.replace(plan, domains={**plan.domains, "orders": domain})
    subject = Subject(plan, written_labels.read(tiny, mesh))
    found = [witness.text for claim in EXACT.claims(subject) if (witness := claim.check(subject))]
    assert any("orders__parcels.copy it reads c" in text for text in found)


def test_a_word_for_no_label_is_none(tiny: Path) -> None:
    lay(tiny, NESTED["a field"], "public")
    file = tiny / "mesh.yaml"
    file.write_text(f"{file.read_text()}\nno-label: [public]\n")
    assert list(witnesses(tiny)) == []
    (written,) = (
        found for name, found in written_labels.read(tiny, load(tiny).usable()).contracts.items() if "parcels" in name
    )
    assert written.labels == frozenset()


@pytest.mark.parametrize("astray", [{"value": {"classification": "pii"}}, {"value": [{"classification": "pii"}]}])
def test_a_classification_in_no_column_is_an_error(astray: Mapping[str, Any], tiny: Path) -> None:
    lay(tiny, NESTED["the column"])
    file = tiny / CONTRACT
    said = yaml.safe_load(file.read_text())
    said["customProperties"] = [{"property": "x", **astray}]
    file.write_text(yaml.safe_dump(said, sort_keys=False))
    assert [finding.message for finding in load(tiny).findings] == [elements.ASTRAY]


def test_a_key_that_is_written_with_an_escape_hides_no_classification_in_no_column(tiny: Path) -> None:
    lay(tiny, NESTED["the column"])
    file = tiny / CONTRACT
    said = yaml.safe_load(file.read_text())
    said["customProperties"] = [{"property": "x", "value": {"classification": "pii"}}]
    text = yaml.safe_dump(said, sort_keys=False)
    before, _, after = text.rpartition("classification:")
    file.write_text(f'{before}"classificatio\\u006E":{after}')
    assert yaml.safe_load(file.read_text()) == said
    assert [finding.message for finding in load(tiny).findings] == [elements.ASTRAY]


LEAVES = st.sampled_from(["string", "integer", "boolean", "date"]).map(lambda logical: {"logicalType": logical})


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    fields = st.lists(inner, min_size=1, max_size=3).map(
        lambda each: [{"name": f"f{number}", **one} for number, one in enumerate(each)]
    )
    return (
        fields.map(lambda properties: {"logicalType": "object", "properties": properties})
        | inner.map(lambda items: {"logicalType": "array", "items": items})
        | st.tuples(LEAVES, inner).map(lambda two: {"logicalType": "map", "map": {"key": two[0], "value": two[1]}})
    )


def _elements(here: Any) -> Iterator[dict[str, Any]]:
    """Every element of a column, found without the standard's schema."""
    if isinstance(here, dict):
        if "logicalType" in here:
            yield here
        for value in here.values():
            yield from _elements(value)
    elif isinstance(here, list):
        for value in here:
            yield from _elements(value)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(column=st.recursive(LEAVES, _nested, max_leaves=8), place=st.integers(0, 100))
def test_no_clearance_without_a_label_reads_a_column_that_has_it_at_any_place_of_any_nesting(
    column: dict[str, Any], place: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("labelled") / "mesh"))
    column = copy.deepcopy(column)
    inside = list(_elements(column))
    inside[place % len(inside)]["classification"] = "pii"
    lay(root, column)
    mesh = load(root).usable()
    assert [problem.message for problem in problems(mesh, DAY) if problem.severity == "error"] == []
    plan = build(mesh, DAY)
    (table,) = plan.domains["orders"].catalog["parcels"].tables
    assert {found.name: found.labels for found in table.columns} == {"plain": (), "c": ("pii",)}
    subject = Subject(plan, written_labels.read(root, mesh))
    read = {
        (clearance, column)
        for domain in plan.domains.values()
        for clearance, role in domain.clearances.items()
        for column in subject.lakes.readable(
            role.arn, subject.world.account(role.account_id), subject.hub, "orders__parcels", "t"
        )
    }
    assert ("pii", "c") in read
    assert {clearance for clearance, name in read if name == "c"} == {
        name for name, file in mesh.clearances.items() if "pii" in file.reads
    }


def test_a_clearance_that_the_plan_widens_is_a_witness(tiny: Path) -> None:
    lay(tiny, NESTED["a field"])
    mesh = load(tiny).usable()
    written = written_labels.read(tiny, mesh)
    wider = mesh.clearances["general"].model_copy(update={"reads": ("pii",)})
    mesh = dataclasses.replace(mesh, clearances={**mesh.clearances, "general": wider})
    subject = Subject(build(mesh, DAY), written)
    assert "reads c by" in " ".join(found.text for claim in EXACT.claims(subject) if (found := claim.check(subject)))


def test_a_classification_in_no_column_is_a_witness_too(tiny: Path) -> None:
    lay(tiny, NESTED["a field"])
    mesh = load(tiny).usable()
    file = tiny / CONTRACT
    file.write_text(f"{file.read_text()}\nextra: {{classification: pii}}\n")
    subject = Subject(build(mesh, DAY), written_labels.read(tiny, mesh))
    told = [found.text for claim in EXACT.claims(subject) if (found := claim.check(subject))]
    assert any("carried by no column: extra.classification" in text for text in told)


# ---- the attack y1 of the adversary's review

PROPERTIES = "    properties:\n"
CONTACT = """\
    properties:
      - name: contact
        logicalType: object
        physicalType: struct<email:string,phone:string>
        description: Whom to ask about the title.
        properties:
          - {name: email, logicalType: string, physicalType: string, description: Of a person., classification: pii}
          - {name: phone, logicalType: string, physicalType: string, description: Of a person., classification: pii}
"""


def test_y1_a_label_on_nested_fields_closes_the_column_and_the_files(tmp_path: Path) -> None:
    root = copied(STACKS, tmp_path / "stacks")
    contract = root / "contracts/content/titles.odcs.yaml"
    before, first, after = contract.read_text("utf-8").partition("      - name: title_id\n")
    contract.write_text(f"{before.removesuffix(PROPERTIES)}{CONTACT}{first}{after}", "utf-8")
    mesh = load(root).usable()
    (refused,) = (found.message for found in problems(mesh, DAY) if found.severity == "error")
    assert refused.startswith("the lock is of an earlier contract: 'titles.contact' is new")
    agree(root, "content.titles")
    mesh = load(root).usable()
    assert [found for found in problems(mesh, DAY) if found.severity == "error"] == []
    reads = DecidedReads(build(mesh, DAY))
    titles = reads.plan.domains["content"].products["titles"]
    assert titles.labels == {"pii"}
    assert list(witnesses(root)) == []
    for clearance, covers in {"general": False, "financial": False, "pii": True, "restricted": True}.items():
        reader = reads.reader(clearance, "ads")
        assert ("titles.contact" in reads.read(reader, titles, "table").columns) == covers, clearance
        assert (reads.read(reader, titles, "files").broken is None) == covers, clearance
