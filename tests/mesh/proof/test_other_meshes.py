"""Every invariant of meshes that lack something: partners, or an agreement that runs; the tiny one has no CI."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from mesh import example
from mesh.load import load
from mesh.model.names_lock import NAMES_LOCK_FILE, names_lock_text
from mesh.plan import Plan, build
from mesh.proof import written_labels
from mesh.proof.invariants import INVARIANTS
from mesh.proof.prove import prove
from mesh.proof.subject import Subject
from tests.mesh_copies import copied

TINY = Path(__file__).parents[1] / "tiny"


STACKS = Path(__file__).parents[3] / "stacks"
ROOM = 37
"""Characters of a bucket's name before its account and `eu-west-1`."""


def plan_of(folder: Path, day: datetime.date) -> Plan:
    return build(load(folder).usable(), day)


def broken(folder: Path, day: datetime.date) -> list[str]:
    """Invariants that do not hold, each with a witness or what it lacks."""
    mesh = load(folder).usable()
    results = prove(build(mesh, day), written_labels.read(folder, mesh))
    return [f"{each.invariant.id}: {each.witnesses[:1] or 'no claim'}" for each in results if not each.holds]


@pytest.mark.parametrize("partners", [0, 1])
def test_every_invariant_claims_something_of_a_mesh_of_one_product(tmp_path: Path, partners: int) -> None:
    day = datetime.date(2026, 12, 1)
    example.write(tmp_path / "mesh", domains=1, products=1, partners=partners, as_of=day)
    mesh = load(tmp_path / "mesh").usable()
    subject = Subject(build(mesh, day), written_labels.read(tmp_path / "mesh", mesh))
    assert [each.id for each in INVARIANTS if next(each.claims(subject), None) is None] == []


@pytest.mark.long
def test_a_mesh_without_partners_is_proven(tmp_path: Path) -> None:
    day = datetime.date(2026, 12, 1)
    example.write(tmp_path / "mesh", domains=2, products=1, partners=0, as_of=day)
    assert broken(tmp_path / "mesh", day) == []


@pytest.mark.long
def test_a_new_mesh_is_proven_whose_buckets_are_all_of_their_accounts_namespaces(tmp_path: Path) -> None:
    day = datetime.date(2026, 12, 1)
    example.write(tmp_path / "mesh", domains=2, products=2, partners=1, as_of=day)
    buckets = [
        product.bucket for d in plan_of(tmp_path / "mesh", day).domains.values() for product in d.products.values()
    ]
    assert all(bucket.endswith("-eu-west-1-an") for bucket in buckets)
    assert len(buckets) == 4
    assert broken(tmp_path / "mesh", day) == []


@pytest.mark.long
def test_the_sample_mesh_is_proven_when_it_keeps_the_names_alone_that_would_be_too_long(tmp_path: Path) -> None:
    day, folder = datetime.date(2026, 12, 1), copied(STACKS, tmp_path / "stacks")
    lock = folder / NAMES_LOCK_FILE
    kept = load(folder).usable().names_lock
    assert kept is not None
    long = {keys: name for keys, name in kept.buckets.entries.items() if len(name) > ROOM}
    lock.write_text(names_lock_text(long), "utf-8")
    buckets = {each.bucket for domain in plan_of(folder, day).domains.values() for each in domain.products.values()}
    assert {bucket for bucket in buckets if not bucket.endswith("-an")} == set(long.values())
    assert 0 < len(long) < len(buckets)
    assert broken(folder, day) == []


@pytest.mark.long
def test_a_mesh_whose_agreements_and_reviews_are_all_past_is_proven() -> None:
    assert broken(TINY, datetime.date(2029, 1, 1)) == []
