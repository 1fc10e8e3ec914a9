"""Nobody is said to read what he read where a name stands for other people, or for another account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh.changes.assembled import NO_ACCESS, report
from mesh.changes.report import ChangeReport
from mesh.folder import PlannedMesh, plan_folder
from mesh.plan import build
from tests.conftest import DAY

TINY: Final = plan_folder(Path(__file__).parents[1] / "tiny", DAY)
GROUPS: Final = ("shop-analysts", "couriers", "internal-audit", "orders-owners", "shop-engineers")


def with_accounts(update: Mapping[str, Any], of: PlannedMesh = TINY) -> PlannedMesh:
    """The tiny mesh with other ids in `accounts.yaml`."""
    assert of.mesh.accounts is not None
    mesh = replace(of.mesh, accounts=of.mesh.accounts.model_copy(update=dict(update)))
    return replace(of, mesh=mesh, plan=build(mesh, DAY))


def with_groups(groups: Mapping[str, str]) -> PlannedMesh:
    assert TINY.mesh.accounts is not None
    assert TINY.mesh.accounts.identity_center is not None
    return with_accounts({"identity_center": TINY.mesh.accounts.identity_center.model_copy(update={"groups": groups})})


def ids() -> dict[str, str]:
    assert TINY.mesh.accounts is not None
    assert TINY.mesh.accounts.identity_center is not None
    return dict(TINY.mesh.accounts.identity_center.groups)


def lines(made: ChangeReport, key: str) -> list[str]:
    return [line.text for section in made.sections if section.key == key for line in section.lines]


def test_groups_whose_ids_are_swapped_are_other_people_with_what_they_read() -> None:
    one, other = ids()["shop-analysts"], ids()["couriers"]
    made = report(TINY, with_groups(ids() | {"shop-analysts": other, "couriers": one}), ("a", "b"))
    assert NO_ACCESS not in made.remark
    assert (
        f"group shop-analysts is another one (id {one} → {other}), which reads 4 columns of 2 products and the files "
        "of 2 products (pii), and signs in as pii in domain-shop"
    ) in lines(made, "people")
    (people,) = (section for section in made.sections if section.key == "people")
    assert people.summary == "2 groups are other people"
    assert people.data[0] == {"group": "shop-analysts", "id": {"before": one, "after": other}}
    said = f"copies of orders.parcels are read by couriers ({one}) from now on, and by couriers ({other}) no more"
    assert f"partner courier: {said}" in lines(made, "partners")


@settings(deadline=None, max_examples=15)
@given(order=st.permutations(GROUPS))
def test_access_is_called_the_same_just_where_every_group_is_the_same_people(order: Sequence[str]) -> None:
    known = ids()
    made = report(
        TINY, with_groups({name: known[other] for name, other in zip(GROUPS, order, strict=True)}), ("a", "b")
    )
    other = sum(one != another for one, another in zip(GROUPS, order, strict=True))
    assert (NO_ACCESS in made.remark or not made.is_change) == (not other)
    assert sum(" is another one (id " in line for line in lines(made, "people")) == other


def test_a_group_that_signs_in_nowhere_is_nobody() -> None:
    before = with_groups(ids() | {"spare": "66666666-6666-4666-8666-666666666666"})
    made = report(before, with_groups(ids() | {"spare": "77777777-7777-4777-8777-777777777777"}), ("a", "b"))
    assert NO_ACCESS in made.remark


def test_domains_whose_accounts_are_swapped_are_others() -> None:
    made = report(TINY, with_accounts({"domains": {"orders": "320000000021", "shop": "310000000013"}}), ("a", "b"))
    assert NO_ACCESS not in made.remark
    (_, shop) = lines(made, "people")
    assert shop.startswith("domain shop is in another account (320000000021 → 310000000013): its data, and the roles")


@pytest.mark.parametrize(
    ("update", "said"),
    [
        ({"governance": "200000000003"}, "the governance account is another one (200000000002 → 200000000003)"),
        (
            {"partners": {"courier": "410000000073"}},
            "partner courier is in another account (410000000072 → ",
        ),
    ],
)
def test_another_account_is_told(update: Mapping[str, Any], said: str) -> None:
    made = report(TINY, with_accounts(update), ("a", "b"))
    assert NO_ACCESS not in made.remark
    assert [line for line in (*lines(made, "people"), *lines(made, "partners")) if line.startswith(said)] != []


SPARE = "66666666-6666-4666-8666-666666666666"
INSTANCE = "arn:aws:sso:::instance/ssoins-00000000000000ff"


def changed_ids() -> Iterator[tuple[PlannedMesh, str, str]]:
    """Meshes in which one id is another, each with that id and the section that tells of it."""
    assert TINY.mesh.accounts is not None
    of = TINY.mesh.accounts.organization
    center = TINY.mesh.accounts.identity_center
    assert center is not None
    yield with_groups(ids() | {"shop-analysts": SPARE}), SPARE, "people"
    yield with_groups(ids() | {"couriers": SPARE}), SPARE, "partners"
    yield with_accounts({"domains": {**TINY.mesh.accounts.domains, "shop": "310000000099"}}), "310000000099", "people"
    yield with_accounts({"partners": {"courier": "410000000073"}}), "410000000073", "partners"
    yield with_accounts({"governance": "200000000003"}), "200000000003", "people"
    yield (
        with_accounts({"organization": of.model_copy(update={"management": "100000000009"})}),
        "100000000009",
        "people",
    )
    yield with_accounts({"organization": of.model_copy(update={"id": "o-other00000"})}), "o-other00000", "people"
    yield with_accounts({"identity_center": center.model_copy(update={"instance": INSTANCE})}), INSTANCE, "people"


@pytest.mark.parametrize("number", range(8))
def test_an_id_that_changed_is_told_once(number: int) -> None:
    after, said, section = list(changed_ids())[number]
    made = report(TINY, after, ("a", "b"))
    assert sum(said in line for line in lines(made, section)) == 1
    assert [line for line in lines(made, "other") if said in line] == []


def test_an_id_that_nobody_else_tells_of_is_written_besides() -> None:
    made = report(TINY, with_groups(ids() | {"spare": SPARE}), ("a", "b"))
    assert any(SPARE in line for line in lines(made, "other"))


def test_a_principal_of_a_partner_that_changes_reads_its_copies() -> None:
    new = ids() | {"drivers": "66666666-6666-4666-8666-666666666666"}
    before = with_groups(new)
    courier = before.mesh.partners["courier"].model_copy(update={"principals": ("drivers",)})
    mesh = replace(before.mesh, partners={"courier": courier})
    made = report(before, replace(before, mesh=mesh, plan=build(mesh, DAY)), ("a", "b"))
    assert NO_ACCESS not in made.remark
    assert lines(made, "partners") == [
        f"partner courier: copies of orders.parcels are read by drivers ({new['drivers']}) from now on, "
        f"and by couriers ({new['couriers']}) no more"
    ]
