"""The difference of access is that of two whole matrices, each decided without a look at the other."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mesh.access.chains import PORTS, DecidedReads
from mesh.access.matrix import Row, every_product, machine_rows, matrix
from mesh.changes.alike_homes import AlikeHomes
from mesh.changes.decided_side import WHOLE, DecidedSide
from mesh.changes.read_changes import ReadChange, read_changes
from mesh.changes.touched_reads import TouchedReads
from mesh.evaluator import policies
from mesh.example import write
from mesh.folder import PlannedMesh
from mesh.load import load
from mesh.model import Mesh
from mesh.plan import build
from tests.mesh.changes.random_edits import edited

DAY = datetime.date(2027, 1, 1)
TINY = Path(__file__).resolve().parents[1] / "tiny"
STACKS = Path(__file__).resolve().parents[3] / "stacks"
Reads = frozenset[tuple[str, str, str, str, str, str]]
"""Clearance, home, pipeline, product, port, column."""


@pytest.fixture(scope="module", autouse=True)
def each_document_is_compiled_once() -> Iterator[None]:
    """Most documents are the same in thousands of meshes here; what is compiled depends on nothing but its text."""
    compile_ = policies._statements

    @lru_cache(maxsize=4096)
    def kept(name: str, text: str, types: frozenset[Any]) -> tuple[Any, ...]:
        return tuple(compile_(name, json.loads(text), types))

    def statements(name: str, document: Mapping[str, Any], types: frozenset[Any]) -> tuple[Any, ...]:
        return kept(name, json.dumps(document), types)

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(policies, "_statements", statements)
        yield


def planned(mesh: Mesh, folder: Path = TINY) -> PlannedMesh:
    return PlannedMesh(folder, mesh, build(mesh, DAY), DAY)


def whole(side: PlannedMesh) -> Reads:
    """Every column that anybody reads, of the whole matrix."""
    access = DecidedReads(side.plan)
    machines = machine_rows(access, access.machines, tuple(every_product(side.plan)), PORTS)
    return frozenset(read for row in (*matrix(access), *machines) if row.allowed for read in of_row(row))


def of_row(row: Row) -> list[tuple[str, str, str, str, str, str]]:
    columns = row.columns if row.port == "table" else (WHOLE,)
    product = f"{row.domain}.{row.product}"
    clearance = "" if row.pipeline else row.clearance
    return [(clearance, row.home, row.pipeline or "", product, row.port, column) for column in columns]


def as_reads(changes: Sequence[ReadChange], verb: str) -> Reads:
    return frozenset(
        (("" if each.pipeline else each.clearance), each.home, each.pipeline, each.product, each.port, column)
        for each in changes
        for column in (each.gained if verb == "gained" else each.lost)
    )


def holds(before: PlannedMesh, after: PlannedMesh, whole_up_to: int = 8) -> None:
    one, other = whole(before), whole(after)
    changes = read_changes(DecidedSide(before, whole_up_to), DecidedSide(after, whole_up_to))
    assert as_reads(changes, "gained") == other - one
    assert as_reads(changes, "lost") == one - other
    assert all(each.gained or each.lost for each in changes)


@pytest.fixture(scope="module")
def tiny_mesh() -> Mesh:
    return load(TINY).usable()


@pytest.mark.parametrize("seed", range(12))
def test_some_random_edits_change_access_by_the_difference_of_two_matrices(seed: int) -> None:
    mesh = load(TINY).usable()
    changed, _ = edited(mesh, seed)
    holds(planned(mesh), planned(changed))


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(max_examples=1000, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(before=st.integers(0, 2**32), after=st.integers(0, 2**32))
def test_a_thousand_random_edits_change_access_by_the_difference_of_two_matrices(
    tiny_mesh: Mesh, before: int, after: int
) -> None:
    begun, _ = edited(tiny_mesh, before, most=2)
    changed, _ = edited(begun, after)
    holds(planned(begun), planned(changed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(25))
def test_random_edits_of_the_sample_change_access_by_the_difference_of_two_matrices(seed: int) -> None:
    mesh = load(STACKS).usable()
    changed, _ = edited(mesh, seed)
    holds(planned(mesh, STACKS), planned(changed, STACKS))


@pytest.fixture(scope="module")
def five_homes(tmp_path_factory: pytest.TempPathFactory) -> Mesh:
    """A mesh of five domains that differ in names alone."""
    folder = tmp_path_factory.mktemp("example") / "stacks"
    write(folder, domains=5, products=3, partners=1, as_of=DAY)
    return load(folder).usable()


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(60))
def test_homes_that_are_alike_read_alike_and_one_is_asked_for_all(seed: int, five_homes: Mesh) -> None:
    changed, _ = edited(five_homes, seed, most=2)
    holds(planned(five_homes), planned(changed), whole_up_to=1)


def test_of_many_homes_one_is_asked_for_those_that_are_alike(five_homes: Mesh) -> None:
    side = planned(five_homes)
    homes, access = AlikeHomes(DecidedReads(side.plan), whole_up_to=1), DecidedReads(side.plan)
    product = next(iter(side.plan.domains["catalogue"].products.values()))
    asked = [homes.stand_in(access.reader("pii", home), product).home for home in side.plan.domains]
    assert set(asked) == {"catalogue", next(home for home in side.plan.domains if home != "catalogue")}
    few = AlikeHomes(access)
    assert [few.stand_in(access.reader("pii", home), product).home for home in side.plan.domains] == [
        *side.plan.domains
    ]


def test_a_change_without_access_decides_no_read() -> None:
    mesh = load(TINY).usable()
    product = mesh.domains["orders"].products["parcels"].model_copy(update={"retention": 7})
    owner = mesh.domains["shop"].owner.model_copy(update={"email": "x@example.com"})
    orders = mesh.domains["orders"].model_copy(
        update={"products": {**mesh.domains["orders"].products, "parcels": product}}
    )
    shop = mesh.domains["shop"].model_copy(update={"owner": owner})
    changed = dataclasses.replace(mesh, domains={"orders": orders, "shop": shop})
    before, after = DecidedSide(planned(mesh)), DecidedSide(planned(changed))
    touched = TouchedReads(before, after)
    assert (touched.everything, touched.products, touched.readers, touched.machines) == (False, set(), set(), set())
