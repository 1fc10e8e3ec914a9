"""A link says what is queried from whose account, and that nobody reads anything else by it."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from mesh.changes.assembled import NO_ACCESS, report
from mesh.changes.report import ChangeReport
from mesh.folder import PlannedMesh
from mesh.load import load
from mesh.model import Domain, Mesh
from mesh.plan import build

TINY: Final = Path(__file__).parents[1] / "tiny"
DAY: Final = datetime.date(2027, 1, 1)


def _planned(mesh: Mesh) -> PlannedMesh:
    return PlannedMesh(TINY, mesh, build(mesh, DAY), DAY)


def _with(mesh: Mesh, name: str, **values: Any) -> Mesh:
    written: Mapping[str, Any] = mesh.domains[name].model_dump(by_alias=True, exclude_unset=True)
    consumption = Domain.model_validate({**_bare(written), "consumes": values["consumes"]}).consumption
    domain = mesh.domains[name].model_copy(update={"consumption": consumption})
    return dataclasses.replace(mesh, domains={**mesh.domains, name: domain})


def _bare(written: Mapping[str, Any]) -> dict[str, Any]:
    return {key: written[key] for key in ("owner", "description")}


def _told(before: Mesh, after: Mesh) -> tuple[ChangeReport, list[str]]:
    made = report(_planned(before), _planned(after), ("before", "after"))
    (section,) = (each for each in made.sections if each.key == "links")
    return made, [line.text for line in section.lines]


@pytest.fixture(scope="module")
def meshes() -> tuple[Mesh, Mesh]:
    """The tiny mesh, in which the shop consumes nothing, and as it is."""
    tiny = load(TINY).usable()
    return _with(tiny, "shop", consumes=[]), tiny


def test_a_product_that_is_consumed_can_be_queried(meshes: tuple[Mesh, Mesh]) -> None:
    made, lines = _told(*meshes)
    assert lines == ["orders.customers stands in the catalog of shop, as orders__customers, and can be queried there"]
    linked = "People of shop can query orders.customers from their own account, as far as their clearances read it."
    assert made.said(str) == f"1 file says something else. {NO_ACCESS} {linked}"


def test_a_product_that_is_consumed_no_more_is_not_queried(meshes: tuple[Mesh, Mesh]) -> None:
    made, lines = _told(*reversed(meshes))
    assert lines == ["orders.customers stands in the catalog of shop no more, and is not queried there"]
    linked = "People of shop query orders.customers from their own account no more."
    assert made.said(str) == f"1 file says something else. {NO_ACCESS} {linked}"


def test_of_many_links_the_head_has_their_number(meshes: tuple[Mesh, Mesh]) -> None:
    before, after = meshes
    made, lines = _told(before, _with(after, "shop", consumes=["orders.customers", "orders.parcels"]))
    assert len(lines) == 2
    assert "People of 1 domain can query 2 products from their own account" in made.said(str)
