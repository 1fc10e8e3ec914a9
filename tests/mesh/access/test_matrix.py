"""Clearance is exact: the matrix, decided over policies and grants, equals the set rule on labels."""

from __future__ import annotations

import dataclasses
import datetime
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh import example
from mesh.access.chains import DecidedReads, labels_by_column
from mesh.access.matrix import Row, matrix
from mesh.load import load
from mesh.model import Mesh
from mesh.plan import Plan, build

DAY = datetime.date(2026, 12, 1)
LABELS = ("financial", "pii")


def by_the_rule(plan: Plan) -> dict[tuple[str, ...], tuple[bool, frozenset[str]]]:
    """What every row has to say: labels within what the clearance covers, whoever's home, whoever's product."""
    expected: dict[tuple[str, ...], tuple[bool, frozenset[str]]] = {}
    for clearance in plan.governance.catalog.clearances:
        for home in plan.domains:
            for domain, owner in plan.domains.items():
                for name, product in owner.products.items():
                    key = (clearance.name, home, domain, name)
                    columns = labels_by_column(plan, domain, name)
                    readable = frozenset(c for c, labels in columns.items() if labels <= clearance.reads)
                    if "table" in product.ports:
                        expected[*key, "table"] = (bool(readable), readable)
                    if "files" in product.ports:
                        expected[*key, "files"] = (product.labels <= clearance.reads, frozenset())
    return expected


def as_decided(rows: tuple[Row, ...]) -> dict[tuple[str, ...], tuple[bool, frozenset[str]]]:
    decided = {
        (row.clearance, row.home, row.domain, row.product, row.port): (row.allowed, frozenset(row.columns))
        for row in rows
    }
    assert len(decided) == len(rows)
    return decided


def test_the_matrix_of_the_sample_mesh_equals_the_set_rule(plan: Plan, rows: tuple[Row, ...]) -> None:
    assert as_decided(rows) == by_the_rule(plan)


def test_the_sample_mesh_has_every_kind_of_answer(rows: tuple[Row, ...]) -> None:
    kinds = {(row.port, row.allowed, bool(row.labels), row.home == row.domain) for row in rows}
    tables = {("table", True, labelled, home) for labelled in (True, False) for home in (True, False)}
    files = {
        ("files", *rest)
        for rest in ((True, True), (True, False), (False, True))
        for rest in ((*rest, True), (*rest, False))
    }
    assert kinds == tables | files


def test_every_home_gives_the_same_answer_the_domain_of_the_product_included(rows: tuple[Row, ...]) -> None:
    answers: dict[tuple[str, ...], set[tuple[bool, tuple[str, ...]]]] = {}
    for row in rows:
        answers.setdefault((row.clearance, row.domain, row.product, row.port), set()).add((row.allowed, row.columns))
    assert {len(each) for each in answers.values()} == {1}


def test_a_refused_row_names_the_link_and_the_statement(rows: tuple[Row, ...]) -> None:
    refused = [row for row in rows if not row.allowed]
    assert refused
    assert {(row.stopped_at, row.because[0].sid) for row in refused} == {("finds the object", "RefuseOtherListers")}


def test_an_allowed_row_names_a_statement_of_every_party(rows: tuple[Row, ...]) -> None:
    (row,) = (r for r in rows if (r.clearance, r.home, r.product, r.port) == ("pii", "ads", "profiles", "table"))
    assert {cause.sid for cause in row.because} >= {
        "QueryInTheOwnWorkgroup", "pii-table", "LakeFormationOfTheMesh", "ReadTheDomainsBuckets",
    }  # fmt: skip


def test_a_part_of_the_matrix_is_the_same_rows(access: DecidedReads, rows: tuple[Row, ...]) -> None:
    readers = tuple(reader for reader in access.readers if reader.home == "ads")
    products = (access.plan.domains["identity"].products["profiles"],)
    part = tuple(matrix(access, readers, products, ("files",)))
    assert part == tuple(r for r in rows if (r.home, r.product, r.port) == ("ads", "profiles", "files"))
    assert part


def test_the_rows_as_json_have_the_documented_form(rows: tuple[Row, ...]) -> None:
    fields = {"clearance", "home", "domain", "product", "port", "labels", "allowed", "columns", "because"}
    for row in rows:
        assert set(row.as_json()) - {"stopped_at"} == fields
        assert ("stopped_at" in row.as_json()) is not row.allowed


# ---- generated meshes

CLEARANCES = st.dictionaries(
    st.sampled_from(["general", "pii", "money", "restricted", "other"]),
    st.frozensets(st.sampled_from(LABELS)),
    min_size=1,
)


def generated(domains: int, products: int) -> Mesh:
    with tempfile.TemporaryDirectory() as name:
        example.write(Path(name), domains, products, 1, DAY)
        return load(Path(name)).usable()


def with_clearances(mesh: Mesh, clearances: dict[str, frozenset[str]]) -> Mesh:
    """The mesh with other clearances, and without the members who would hold ones that are gone."""
    like = mesh.clearances["general"].model_copy(update={"members": ()})
    files = {name: like.model_copy(update={"reads": tuple(sorted(reads))}) for name, reads in clearances.items()}
    return dataclasses.replace(mesh, clearances=files)


@pytest.fixture(scope="module")
def small() -> Mesh:
    """Three domains with five products each: every combination of labels and ports."""
    return generated(3, 5)


@given(CLEARANCES)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_whatever_the_clearances_the_matrix_equals_the_set_rule(
    small: Mesh, clearances: dict[str, frozenset[str]]
) -> None:
    plan = build(with_clearances(small, clearances), DAY)
    assert as_decided(tuple(matrix(DecidedReads(plan)))) == by_the_rule(plan)


@pytest.mark.long
@given(CLEARANCES, st.data())
@settings(max_examples=20, deadline=None, derandomize=True)
def test_adding_a_classification_to_a_clearance_only_adds(
    small: Mesh, clearances: dict[str, frozenset[str]], data: st.DataObject
) -> None:
    grown = data.draw(st.sampled_from(sorted(clearances)))
    more = {**clearances, grown: clearances[grown] | {data.draw(st.sampled_from(LABELS))}}
    before = as_decided(tuple(matrix(DecidedReads(build(with_clearances(small, clearances), DAY)))))
    after = as_decided(tuple(matrix(DecidedReads(build(with_clearances(small, more), DAY)))))
    assert before.keys() == after.keys()
    for key, (allowed, columns) in before.items():
        if key[0] == grown:
            assert (allowed, columns) <= after[key]
            assert columns <= after[key][1]
        else:
            assert after[key] == (allowed, columns)


@pytest.mark.parametrize(("domains", "products"), [(1, 1), (2, 4), (6, 8)])
def test_the_matrix_of_a_generated_mesh_equals_the_set_rule(domains: int, products: int) -> None:
    plan = build(generated(domains, products), DAY)
    assert as_decided(tuple(matrix(DecidedReads(plan)))) == by_the_rule(plan)
