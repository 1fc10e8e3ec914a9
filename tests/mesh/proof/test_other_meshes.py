"""Every invariant of meshes that lack something: partners, or an agreement that runs; the tiny one has no CI."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from mesh import example
from mesh.load import load
from mesh.plan import build
from mesh.proof import written_labels
from mesh.proof.prove import prove

TINY = Path(__file__).parents[1] / "tiny"


def broken(folder: Path, day: datetime.date) -> list[str]:
    """Invariants that do not hold, each with a witness or what it lacks."""
    mesh = load(folder).usable()
    results = prove(build(mesh, day), written_labels.read(folder, mesh))
    return [f"{each.invariant.id}: {each.witnesses[:1] or 'no claim'}" for each in results if not each.holds]


@pytest.mark.long
def test_a_mesh_without_partners_is_proven(tmp_path: Path) -> None:
    day = datetime.date(2026, 12, 1)
    example.write(tmp_path / "mesh", domains=2, products=1, partners=0, as_of=day)
    assert broken(tmp_path / "mesh", day) == []


@pytest.mark.long
def test_a_mesh_whose_agreements_and_reviews_are_all_past_is_proven() -> None:
    assert broken(TINY, datetime.date(2029, 1, 1)) == []
