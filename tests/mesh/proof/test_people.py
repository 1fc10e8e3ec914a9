"""I26 and I27: what the plan assigns, against the files as they are written; and the attacks that they are for.

Each attack is refused by `mesh validate`; planned all the same, it breaks an invariant that says why.
"""

from __future__ import annotations

import dataclasses
import datetime
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh import names
from mesh.load import load
from mesh.model import Mesh
from mesh.plan import Plan, build, problems
from mesh.plan.nodes import Assignment, PermissionSet, PermissionSetsArgs
from mesh.proof import written_labels
from mesh.proof.invariants import INVARIANTS
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels
from tests.mesh_copies import copied

DAY = datetime.date(2027, 1, 1)
STACKS, TINY = Path(__file__).parents[3] / "stacks", Path(__file__).parents[1] / "tiny"
BY_ID = {invariant.id: invariant for invariant in INVARIANTS}
Edit = Callable[[PermissionSetsArgs], PermissionSetsArgs]


def witnesses(subject: Subject, *invariants: str) -> list[str]:
    """Witnesses against the invariants, each after its id."""
    return [
        f"{name}: {witness.text}"
        for name in invariants or ("I26", "I27")
        for claim in BY_ID[name].claims(subject)
        if (witness := claim.check(subject))
    ]


def planned(root: Path) -> tuple[Mesh, Subject]:
    """A folder, planned whatever the rules say of it."""
    mesh = load(root).mesh
    assert mesh is not None
    return mesh, Subject(build(mesh, DAY), written_labels.read(root, mesh))


def refusals(root: Path) -> list[str]:
    """Errors of the files and of the rules, with file and sentence."""
    loaded = load(root)
    assert loaded.mesh is not None
    found = [*loaded.findings, *loaded.place(problems(loaded.mesh, DAY))]
    return [f"{Path(one.file).relative_to(root)}: {one.message}" for one in found if one.severity == "error"]


def put(file: Path, old: str, new: str) -> None:
    """One text of a file for another, which is there once."""
    text = file.read_text()
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new))


@pytest.fixture
def stacks(tmp_path: Path) -> Path:
    """A copy of the sample mesh, to attack."""
    return copied(STACKS, tmp_path / "stacks")


def member(root: Path, group: str, approved_by: str, review: str, clearance: str = "restricted") -> None:
    """One line more in the file of a clearance."""
    line = f"  - {{group: {group}, domain: ads, use: x, approved-by: {approved_by}, review: {review}}}\n"
    with (root / f"clearances/{clearance}.yaml").open("a") as stream:
        stream.write(line)


# ---- the attacks y2, y3, y7 and y8 of the adversary's review


def test_the_sample_is_as_it_should_be(plan: Plan, written: WrittenLabels) -> None:
    assert witnesses(Subject(plan, written)) == []
    assert len(list(BY_ID["I26"].claims(Subject(plan, written)))) == 36
    assert len(list(BY_ID["I27"].claims(Subject(plan, written)))) == 5


def test_y2_the_people_of_a_partner_as_members(stacks: Path) -> None:
    member(stacks, "ad-measurement-analysts", "anybody@example.com", "9999-12-31")
    told = " ".join(refusals(stacks))
    assert "'anybody@example.com' does not decide who holds 'restricted'" in told
    assert "'ad-measurement-analysts' are people of partner 'ad-measurement'" in told
    assert "is due on 9999-12-31, more than 400 days ahead" in told
    _, subject = planned(stacks)
    first, second = witnesses(subject)
    assert first.startswith("I26: ad-measurement-analysts (3a7704ec-9b38-ec45-b1c0-bdb63bfdc725) has restricted in")
    assert first.endswith("anybody@example.com is no approver of restricted")
    assert second.startswith("I27: ")
    assert "signs in as of partner-ad-measurement and of the mesh" in second


@pytest.mark.parametrize("diff", ["ad-measurement-analysts", "sales-planning"], ids=["y2", "y8"])
def test_y2_and_y8_as_they_were_are_told_to_migrate(diff: str, stacks: Path) -> None:
    with (stacks / "domains/ads.yaml").open("a") as stream:
        stream.write(f"members:\n  - {{group: {diff}, clearance: restricted, use: x, ")
        stream.write("approved-by: anybody@example.com, review: 9999-12-31}\n")
    (told,) = refusals(stacks)
    assert told.startswith("domains/ads.yaml: members stand in the files of their clearances")
    mesh, subject = planned(stacks)
    assert "anybody@example.com" not in str(mesh.clearances)
    assert witnesses(subject) == []


def test_y3_a_partner_that_names_members_and_the_people_of_another(stacks: Path) -> None:
    old = "principals: [ad-measurement-analysts]"
    new = "principals: [ad-measurement-analysts, subtitling-translators, fraud-investigations]"
    put(stacks / "partners/ad-measurement.yaml", old, new)
    told = " ".join(refusals(stacks))
    assert "'fraud-investigations' are people of partner 'ad-measurement'" in told
    assert "'subtitling-translators' are people of partner 'ad-measurement' already" in told
    _, subject = planned(stacks)
    (found,) = witnesses(subject)
    assert found.startswith("I27: ")
    assert "signs in as of" in found


@pytest.mark.parametrize(
    ("one", "other", "sides"),
    [
        ("fraud-investigations", "ad-measurement-analysts", "of partner-ad-measurement and of the mesh"),
        ("subtitling-translators", "ad-measurement-analysts", "of partner-ad-measurement and of partner-subtitling"),
    ],
)
def test_y7_one_id_under_two_names(one: str, other: str, sides: str, stacks: Path) -> None:
    accounts = yaml.safe_load((stacks / "accounts.yaml").read_text())
    ids = accounts["identity-center"]["groups"]
    put(stacks / "accounts.yaml", ids[one], ids[other])
    (told,) = refusals(stacks)
    assert told.startswith("accounts.yaml: the id of '")
    _, subject = planned(stacks)
    found = witnesses(subject, "I27")
    assert any(sides in text for text in found), found
    assert any("is the id of" in text for text in found)


def test_y8_a_domain_that_approves_itself(stacks: Path) -> None:
    member(stacks, "sales-planning", "sales-planning@evil.example", "9999-12-31")
    told = " ".join(refusals(stacks))
    assert "'sales-planning@evil.example' does not decide who holds 'restricted'" in told
    _, subject = planned(stacks)
    (found,) = witnesses(subject)
    assert found.startswith("I26: sales-planning (8aeaaf1d-53a6-14f5-c23b-873e817910ff) has restricted in domain-ads")
    assert found.endswith("sales-planning@evil.example is no approver of restricted")


# ---- each thing that can be wrong with one line


def test_a_review_beyond_the_horizon_is_a_witness(stacks: Path) -> None:
    member(stacks, "sales-planning", "privacy-office@aurora.example", "2028-02-06")
    assert "more than 400 days ahead" in " ".join(refusals(stacks))
    (found,) = witnesses(planned(stacks)[1])
    assert found.endswith("its review is due on 2028-02-06, more than 400 days ahead")


def test_the_horizon_is_that_of_the_mesh(stacks: Path) -> None:
    with (stacks / "mesh.yaml").open("a") as stream:
        stream.write("review-horizon: 300 days\n")
    late = [one for one in refusals(stacks) if "more than 300 days ahead" in one]
    assert len(late) == len(witnesses(planned(stacks)[1])) == 9


def test_a_review_that_is_past_gives_nothing(tiny: Path) -> None:
    mesh = load(tiny).usable()
    subject = Subject(build(mesh, datetime.date(2027, 12, 1)), written_labels.read(tiny, mesh))
    assert subject.plan.organization.people
    assignments = subject.plan.organization.people.assignments
    assert [one.group for one in assignments if one.permission_set.removeprefix("mesh-") not in names.STAFF] == [
        "couriers"
    ]
    assert witnesses(subject) == []


def _assigned(root: Path, edit: Edit) -> Subject:
    """A folder, planned with other assignments than its files account for."""
    mesh, subject = planned(root)
    people = subject.plan.organization.people
    assert people is not None
    organization = dataclasses.replace(subject.plan.organization, people=edit(people))
    return Subject(dataclasses.replace(subject.plan, organization=organization), written_labels.read(root, mesh))


def _with(**changes: str) -> Edit:
    """One more assignment: that of the shop's analysts, but for what is changed."""

    def edit(people: PermissionSetsArgs) -> PermissionSetsArgs:
        like = next(one for one in people.assignments if one.group == "shop-analysts")
        return dataclasses.replace(people, assignments=(*people.assignments, dataclasses.replace(like, **changes)))

    return edit


def _other_role(people: PermissionSetsArgs) -> PermissionSetsArgs:
    """The permission set `pii` leads to the role of the people of partners, and to all of its accounts."""
    sets = tuple(dataclasses.replace(one, role="*") if one.name == "pii" else one for one in people.permission_sets)
    return dataclasses.replace(people, permission_sets=sets)


def _nobody(people: PermissionSetsArgs) -> PermissionSetsArgs:
    return dataclasses.replace(people, assignments=())


OTHER_ID = "99999999-9999-4999-8999-999999999999"
EDITS: dict[str, tuple[Edit, str, str]] = {
    "in another domain": (_with(account="domain-orders"), "I26", "no file gives that group"),
    "of another clearance": (_with(permission_set="general"), "I26", "clearance/general there"),
    "of another group": (_with(group_id=OTHER_ID), "I26", "no file gives that group"),
    "in the governance account": (_with(account="governance"), "I26", "no file gives that group"),
    "of no permission set": (_with(permission_set="all"), "I26", "such a permission set"),
    "of a role of everything": (_other_role, "I26", "no file gives that group * there"),
    "of nobody": (_nobody, "I26", "shop-analysts does not hold pii in shop"),
    "of staff that no file names": (_with(permission_set="mesh-auditor"), "I26", "role/mesh/auditor there"),
    "of staff of another domain": (
        _with(permission_set="mesh-engineer", account="domain-orders", group_id="55555555-5555-4555-8555-555555555555"),
        "I26",
        "role/mesh/engineer there",
    ),
    "of no staff": (_nobody, "I26", "orders-owners is no owner of orders"),
    "as a partner's": (_with(account="partner-courier"), "I27", "which is not that of a partner's people"),
    "as a partner's people": (
        _with(account="partner-courier", permission_set="mesh-partner"),
        "I27",
        "the file names no such group",
    ),
    "on two sides by name": (
        _with(account="partner-courier", permission_set="mesh-partner", group_id=OTHER_ID),
        "I27",
        "signs in as of the mesh and of partner-courier",
    ),
    "of a partner's people in a domain": (
        _with(permission_set="mesh-partner", group="couriers", group_id="22222222-2222-4222-8222-222222222222"),
        "I27",
        "signs in as of partner-courier and of the mesh",
    ),
}


@pytest.mark.parametrize("edit", EDITS, ids=lambda name: name.replace(" ", "-"))
def test_an_assignment_that_no_file_accounts_for_is_a_witness(edit: str, tiny: Path) -> None:
    change, invariant, says = EDITS[edit]
    found = witnesses(_assigned(tiny, change), invariant)
    assert any(says in text for text in found), found


def test_a_permission_set_that_leads_nowhere_is_no_clearance(tiny: Path) -> None:
    more = PermissionSet(name="pii-too", description="x", role="arn:aws:iam::*:role/mesh/clearance/pii*")

    def edit(people: PermissionSetsArgs) -> PermissionSetsArgs:
        like = people.assignments[-1]
        one = Assignment(group=like.group, group_id=like.group_id, permission_set="pii-too", account=like.account)
        return dataclasses.replace(
            people, permission_sets=(*people.permission_sets, more), assignments=(*people.assignments, one)
        )

    assert any("clearance/pii* there" in text for text in witnesses(_assigned(tiny, edit), "I26"))


# ---- pipelines


def test_a_domain_that_writes_its_pipeline_into_a_clearance_reads_nothing(stacks: Path) -> None:
    old, new = "reads: [playback.sessions], clearance: pii", "reads: [playback.sessions], clearance: restricted"
    put(stacks / "domains/identity.yaml", old, new)
    told = " ".join(refusals(stacks))
    assert "clearances/restricted.yaml has no line for the pipeline of 'identity.device-graph'" in told
    assert "reads with clearance 'restricted', and not with 'pii'" in told
    _, subject = planned(stacks)
    role = subject.plan.domains["identity"].pipelines["device-graph"]
    assert (role.reads, role.grants) == ((), ())
    assert witnesses(subject, "I26", "I31") == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("shop.clicks, use", "orders.parcels, use", "no line of pii is for it"),
        ("customers, approved-by: privacy", "customers, approved-by: shop", "shop@tiny.example is no approver of pii"),
        ("2027-11-30}\npipelines", "2027-11-30}\nleft-out", "no line of pii is for it"),
        ("review: 2027-12-31}\n", "review: 2026-12-31}\n", "its review was due on 2026-12-31"),
        ("review: 2027-12-31}\n", "review: 2029-12-31}\n", "more than 400 days ahead"),
    ],
)
def test_a_pipeline_that_reads_all_the_same_is_a_witness(old: str, new: str, says: str, tiny: Path) -> None:
    file = tiny / "clearances/pii.yaml"
    mesh = load(tiny).usable()
    plan = build(mesh, DAY)
    head, _, line = file.read_text().rpartition(old)
    assert head
    file.write_text(head + new + line)
    found = witnesses(Subject(plan, written_labels.read(tiny, mesh)), "I26", "I31")
    assert found[0].startswith("I26: the pipeline of shop.clicks by a line of a file")
    assert says in found[0]
    assert any(one.startswith("I31: ") and "lakeformation:GetDataAccess" in one for one in found)


@pytest.mark.parametrize("granted_by", ["domains", "hub"])
def test_a_review_of_a_pipeline_that_is_past_ends_what_it_reads(granted_by: str, tiny: Path) -> None:
    with (tiny / "mesh.yaml").open("a") as stream:
        stream.write(f"granted-by: {granted_by}\n")
    mesh = load(tiny).usable()
    before, after = (build(mesh, day) for day in (datetime.date(2027, 12, 31), datetime.date(2028, 1, 1)))
    roles = [plan.domains["shop"].pipelines["clicks"] for plan in (before, after)]
    assert [role.reads for role in roles] == [("orders.customers",), ()]
    assert [bool(plan.governance.catalog.machines) for plan in (before, after)] == [granted_by == "hub", False]
    assert [bool(role.grants) for role in roles] == [granted_by == "domains", False]
    assert roles[0].arn == roles[1].arn
    assert before.domains["shop"].jobs == after.domains["shop"].jobs
    subject = Subject(after, written_labels.read(tiny, mesh))
    assert witnesses(subject, "I26", "I31", "I32", "U2", "M5") == []


# ---- what the rules let through


GROUPS = ("a", "b", "c", "d")
# Most of what is drawn is right, so that a mesh is often right as a whole, and often wrong in one thing.
_DAYS = st.sampled_from((-1, 0, 1, 200, 300, 399, 400, 401, 9999)).map(
    lambda days: (DAY + datetime.timedelta(days)).isoformat()
)
_MEMBER = st.fixed_dictionaries(
    {
        "group": st.sampled_from("aaaabbbbc"),
        "domain": st.sampled_from(("orders", "shop")),
        "use": st.just("x"),
        "approved-by": st.sampled_from("aaabbbc").map(lambda name: f"{name}@tiny.example"),
        "review": _DAYS,
    }
)
_APPROVER = st.sampled_from(("a@tiny.example", {"email": "b@tiny.example", "github": "@tiny/b"}))
_IDS = st.fixed_dictionaries({}, optional={name: st.integers(10, 99) for name in GROUPS})


_FILE = st.tuples(st.lists(_APPROVER, min_size=1, max_size=2), st.lists(_MEMBER, max_size=3))


def _principals(groups: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(groups), min_size=1, max_size=2, unique=True)


def put_keys(file: Path, **values: Any) -> None:
    """Keys of a file with other values."""
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), **values}))


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(general=_FILE, pii=_FILE, courier=_principals("ccccca"), walker=_principals("dddddcb"), numbers=_IDS)
def test_what_the_rules_let_through_breaks_no_invariant(
    general: tuple[list[Any], list[Any]],
    pii: tuple[list[Any], list[Any]],
    courier: list[str],
    walker: list[str],
    numbers: dict[str, int],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(shutil.copytree(TINY, Path(folder) / "mesh"))
        for name, (approvers, members) in (("general", general), ("pii", pii)):
            put_keys(root / f"clearances/{name}.yaml", approvers=approvers, members=members)
        shutil.copy(root / "partners/courier.yaml", root / "partners/walker.yaml")
        put_keys(root / "partners/courier.yaml", principals=courier)
        put_keys(root / "partners/walker.yaml", principals=walker, agreements=[])
        accounts = yaml.safe_load((root / "accounts.yaml").read_text())
        ids = {name: f"{number}000000-0000-4000-8000-000000000000" for name, number in numbers.items()}
        center = {**accounts["identity-center"], "groups": ids}
        partners = {**accounts["partners"], "walker": "430000000072"}
        put_keys(root / "accounts.yaml", **{"identity-center": center, "partners": partners})
        _, subject = planned(root)
        assert witnesses(subject) == [] or refusals(root) != []
