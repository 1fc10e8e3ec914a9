"""Whatever is written otherwise is a difference, and has a line; what says the same is none."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from mesh.changes.assembled import report
from mesh.changes.fact_lines import facts
from mesh.changes.written_changes import written_changes
from mesh.folder import PlannedMesh
from mesh.load import load
from mesh.plan import build
from tests.mesh.changes.random_edits import edited

TINY = Path(__file__).resolve().parents[1] / "tiny"
DAY = datetime.date(2027, 1, 1)


def lines(folder: Path) -> list[str]:
    """Lines on all that a folder says otherwise than the tiny mesh."""
    before, after = load(TINY).usable(), load(folder).mesh
    assert after is not None
    return [fact.line.text for fact in facts(written_changes(before, after), before, after)]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("mesh.yaml", "has everything.", "has it all.", "mesh.yaml: description 'The smallest mesh that has "
         "everything.' → 'The smallest mesh that has it all.'"),
        ("mesh.yaml", "region: eu", "defaults: {snapshots: 40 days}\nregion: eu",
         "mesh.yaml: defaults snapshots 30 → 40"),
        ("domains/orders.yaml", "[orders-owners]", "[]", "domain orders: owners orders-owners removed"),
        ("domains/orders.yaml", "rate(1 hour)", "rate(2 hours)",
         "orders.customers: pipeline schedule 'rate(1 hour)' → 'rate(2 hours)'"),
        ("domains/shop.yaml", "day: yesterday", "day: today", "shop.clicks: pipeline.arguments day yesterday → today"),
        ("clearances/pii.yaml", "Repeat customers", "Others", "clearance pii: members.shop-analysts@shop use 'Repeat "
         "customers' → Others"),
        ("partners/courier.yaml", "Brings", "Carries",
         "partner courier: description 'Brings parcels.' → 'Carries parcels.'"),
        ("accounts.yaml", "320000000021", "320000000022", "accounts.yaml: domains shop 320000000021 → 320000000022"),
        ("contracts/orders/parcels.odcs.yaml", "version: 1.0.0", "version: 1.1.0",
         "orders.parcels: version 1.0.0 → 1.1.0"),
        ("contracts/orders/parcels.odcs.yaml", "logicalType: number", "logicalType: number, tags: [kg]",
         "orders.parcels: column parcels.weight tags ([kg]) added"),
        ("pipelines/shop/clicks.py", "\n", "\n\n", None),
    ],
)  # fmt: skip
def test_a_fact_is_a_line_with_what_was_and_what_is(
    tiny: Path, file: str, old: str, new: str, said: str | None
) -> None:
    path = tiny / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    if said is None:
        assert [line.partition(":")[0] for line in lines(tiny)] == ["script pipelines/shop/clicks.py"]
    else:
        assert lines(tiny) == [said]


def test_comments_order_of_keys_and_spelled_out_defaults_say_nothing_else(tiny: Path) -> None:
    domain = tiny / "domains" / "orders.yaml"
    first, *others = domain.read_text("utf-8").splitlines()
    domain.write_text("\n".join(["# a comment", *others, first, "consumes: []"]) + "\n", "utf-8")
    assert lines(tiny) == []


@pytest.mark.parametrize("seed", range(20))
def test_every_edit_that_says_something_else_has_a_line_in_the_report(seed: int) -> None:
    mesh = load(TINY).usable()
    changed, names = edited(mesh, seed + 5000, most=1)
    written = written_changes(mesh, changed)
    if not written:
        return
    before, after = (PlannedMesh(TINY, each, build(each, DAY), DAY) for each in (mesh, changed))
    made = report(before, after, ("before", "after"))
    assert made.is_change, names
    told = {section.key: section for section in made.sections}
    for key in ("access", "people", "partners", "pipelines", "statements", "blast"):
        assert bool(told[key].lines) >= bool(told[key].data), (key, names)
    assert bool(told["products"].lines) >= any(told["products"].data.values()), names
