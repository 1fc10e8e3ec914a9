"""Whatever is written otherwise is a difference, and has a line; what says the same is none."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from mesh.approvals.given_approvals import Reviewers, approvals
from mesh.approvals.needs import ChangeRequest
from mesh.changes.assembled import report, report_of_files
from mesh.changes.fact_lines import facts
from mesh.changes.refused_changes import refused_changes
from mesh.changes.written_changes import written_changes
from mesh.folder import PlannedMesh, findings_of
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


def _of_files(folder: Path) -> str:
    """What `mesh diff` says of the tiny mesh and a folder that has mistakes."""
    after = load(folder).mesh
    assert after is not None
    told = report_of_files(load(TINY).usable(), after, ("main", "stacks"), ["stacks"])
    return "\n".join([told.said(str), *(line.text for section in told.sections for line in section.lines)])


@pytest.mark.parametrize("name", ["Shop.yaml", "shop_.yaml", "my shop.yaml", "-.yaml", "Shop.yml"])
@pytest.mark.parametrize("folder", ["domains/shop", "partners/courier", "clearances/pii"])
def test_nothing_is_removed_with_a_file_whose_name_is_none(tiny: Path, folder: str, name: str) -> None:
    """`domains/Ads.yaml` may be the domain 'ads', whose contracts are there: they were said to be removed."""
    file = tiny / f"{folder}.yaml"
    file.rename(file.with_name(name))
    said = _of_files(tiny)
    assert "removed" not in said
    assert "no product has it" not in said
    assert f"Left out: {file.parent.name}/{Path(name).stem}.yaml." in said
    after = load(tiny).mesh
    assert after is not None
    assert not approvals(ChangeRequest(load(TINY).usable(), after, ()), Reviewers()).needed
    assert not list(refused_changes(load(TINY).usable(), after, DAY))


def test_a_contract_that_is_there_is_not_said_to_be_removed(tiny: Path) -> None:
    """Its domain has another name, and it itself no product; of one whose file went it is said."""
    (tiny / "domains" / "shop.yaml").rename(tiny / "domains" / "store.yaml")
    (tiny / "contracts/shop/clicks.lock.yaml").unlink()
    said = _of_files(tiny)
    assert "shop.clicks: the file contracts/shop/clicks.odcs.yaml stays, and no product has it" in said
    assert "lock of shop.clicks is removed" in said
    assert "'the file'" not in said


def test_whoever_names_a_misnamed_domain_made_no_mistake(tiny: Path) -> None:
    """One finding, and none for each line that names the domain; of other names there still is one."""
    (tiny / "domains" / "orders.yaml").rename(tiny / "domains" / "Orders.yaml")
    path = tiny / "clearances" / "pii.yaml"
    path.write_text(path.read_text("utf-8").replace("domain: shop, use", "domain: shp, use", 1), "utf-8")
    told = [finding.message for finding in findings_of(tiny, DAY)[1] if finding.severity == "error"]
    assert not [each for each in told if "unknown" in each and "'shp'" not in each], told
    assert [each for each in told if "'shp'" in each], told
