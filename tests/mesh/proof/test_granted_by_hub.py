"""I20 where the hub grants to each role itself: the same clearances, and nothing beside them."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from pathlib import Path

import pytest

from mesh.folder import plan_folder
from mesh.plan.nodes.governance import MeshCatalogArgs
from mesh.plan.nodes.grants import Grant
from mesh.proof import written_labels
from mesh.proof.invariants.mesh_catalog import nothing_is_passed_on
from mesh.proof.subject import Subject

TINY = Path(__file__).parents[1] / "tiny"


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    folder = Path(shutil.copytree(TINY, tmp_path / "mesh"))
    file = folder / "mesh.yaml"
    file.write_text(f"{file.read_text('utf-8')}granted-by: hub\n", "utf-8")
    planned = plan_folder(folder, datetime.date(2027, 1, 1))
    return Subject(planned.plan, written_labels.read(folder, planned.mesh))


def failures(subject: Subject) -> list[str]:
    return [witness.text for claim in nothing_is_passed_on(subject) if (witness := claim.check(subject))]


def test_the_hub_grants_each_role_its_clearance_and_nothing_beside_it(subject: Subject) -> None:
    assert len({g.principal for g in subject.plan.governance.catalog.grants if "/clearance/" in g.principal}) == 4
    assert failures(subject) == []


@pytest.mark.parametrize("wrong", ["another clearance", "grantable", "somebody"])
def test_a_wider_grant_is_a_witness(subject: Subject, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    grants = list(subject.plan.governance.catalog.grants)
    place = next(i for i, grant in enumerate(grants) if grant.name == "shop-general-table")
    pii = next(grant for grant in grants if grant.name == "shop-pii-table")
    changed: dict[str, Grant] = {
        "another clearance": dataclasses.replace(grants[place], on=pii.on),
        "grantable": dataclasses.replace(grants[place], grantable=True),
        "somebody": dataclasses.replace(grants[place], principal=f"{grants[place].principal}-x"),
    }
    grants[place] = changed[wrong]
    monkeypatch.setattr(MeshCatalogArgs, "grants", tuple(grants))
    (failure,) = failures(Subject(subject.plan, subject.as_written))
    assert "the hub grants to other accounts nothing but clearances" in failure
