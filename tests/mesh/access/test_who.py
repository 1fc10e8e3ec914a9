"""Everyone who reads is found, also who was never meant to: back doors are planted and have to be named."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from typing import Any

import pytest

from mesh import names
from mesh.access import from_plan, planned_lakes, references
from mesh.access.chains import DecidedReads
from mesh.access.lake import Lakes
from mesh.access.who import Everyone, who
from mesh.evaluator.policies import Policy, compiled
from mesh.evaluator.world import Role, World
from mesh.model import Mesh
from mesh.plan import Plan
from mesh.plan.nodes.grants import Grant, NamedResource

DAY = datetime.date(2026, 12, 1)
IDENTITY, ADS, HUB = "330000000039", "310000000013", "200000000002"
BUCKET = "arn:aws:s3:::aurora-identity--profiles"
BACK_DOOR = f"arn:aws:iam::{IDENTITY}:role/back-door"
GENERAL = names.clearance_role(ADS, "general")


def everyone(access: DecidedReads, mesh: Mesh, text: str = "identity.profiles.birth_year") -> Everyone:
    return who(access, mesh, references.thing(mesh, access.plan, text), DAY)


def reading(found: Everyone) -> dict[str, tuple[str, ...]]:
    return {each.role.partition("role/")[2] or each.role: each.reads for each in found.roles}


def spared(policy: Policy, *arns: str) -> Policy:
    """The policy, with these ARNs spared by every Deny on callers, and allowed whatever it protects."""
    document: dict[str, Any] = {**policy.document}
    statements: list[dict[str, Any]] = []
    for statement in document["Statement"]:
        condition = dict(statement.get("Condition", {}))
        if "ArnNotLike" in condition:
            named = condition["ArnNotLike"]["aws:PrincipalArn"]
            every = [named] if isinstance(named, str) else named
            condition["ArnNotLike"] = {"aws:PrincipalArn": [*every, *arns]}
        statements.append({**statement, "Condition": condition})
    door = {
        "Sid": "BackDoor", "Effect": "Allow", "Principal": "*",
        "Action": ["s3:GetObject", "kms:Decrypt"], "Resource": "*",
        "Condition": {"ArnLike": {"aws:PrincipalArn": list(arns)}},
    }  # fmt: skip
    return compiled(policy.name, {**document, "Statement": [*statements, door]})


def with_door(plan: Plan, carriers: Iterable[str], *arns: str) -> DecidedReads:
    """The sample mesh with a role of every permission, which the policies of some resources spare."""
    world = from_plan.world(plan)
    wanted = set(carriers)
    resources = [
        dataclasses.replace(r, policy=spared(r.policy, *arns)) if r.arn in wanted and r.policy else r
        for r in world.resources.values()
    ]
    door = Role(BACK_DOOR, (from_plan.ADMINISTRATOR_ACCESS,))
    roles = [*world.roles.values(), door]
    accounts, home = world.accounts.values(), world.home_address
    changed = World(world.organization, world.region, accounts, roles, resources, home_address=home, now=world.now)
    return DecidedReads(plan, changed)


KEY = f"arn:aws:kms:eu-west-1:{IDENTITY}:key/mesh-product-profiles"


def test_nobody_but_the_roles_of_the_product_reads_without_a_clearance(access: DecidedReads, sample: Mesh) -> None:
    assert set(reading(everyone(access, sample))) == {
        "mesh/location/identity", "mesh/check", "mesh/retention", "mesh/pipeline/none/profiles",
    }  # fmt: skip


def test_a_role_that_bucket_and_key_spare_is_found(plan: Plan, sample: Mesh) -> None:
    found = everyone(with_door(plan, (BUCKET, KEY), BACK_DOOR), sample)
    assert reading(found)["back-door"] == ("files", "tables", "metadata of tables", "outbound")
    (door,) = (each for each in found.roles if each.role == BACK_DOOR)
    assert {cause.sid for cause in door.because} == {"BackDoor"}


@pytest.mark.parametrize("carriers", [(BUCKET,), (KEY,)])
def test_bucket_and_key_each_hold_alone(carriers: tuple[str, ...], plan: Plan, sample: Mesh) -> None:
    assert "back-door" not in reading(everyone(with_door(plan, carriers, BACK_DOOR), sample))


def test_an_administrator_of_the_own_account_is_found_when_the_policies_spare_all(plan: Plan, sample: Mesh) -> None:
    found = everyone(with_door(plan, (BUCKET, KEY), f"arn:aws:iam::{IDENTITY}:role/*"), sample)
    assert {"an-administrator", "back-door"} <= set(reading(found))
    assert "mesh/deploy" not in reading(found)  # a refusal of its own holds it to the heads of metadata
    assert "any administrator in the account of identity" not in {each.who for each in found.refused}


def test_a_clearance_that_gets_objects_beside_the_files_port_is_found(plan: Plan, sample: Mesh) -> None:
    found = everyone(with_door(plan, (BUCKET, KEY), GENERAL), sample)
    assert reading(found)["mesh/clearance/general"] == ("files", "tables", "metadata of tables", "outbound")


@pytest.mark.parametrize(
    ("table", "column", "reported"),
    [("profiles", "birth_year", True), ("p*", "avatar", True), ("other", "avatar", False)],
)
def test_a_named_grant_to_a_role_is_found(table: str, column: str, reported: bool, plan: Plan, sample: Mesh) -> None:
    named = NamedResource(catalog=HUB, database="identity__profiles", table=table)
    grant = Grant(name="door", principal=f"arn:aws:iam::{HUB}:role/mesh/deploy", permissions=("SELECT",), on=named)
    lakes = planned_lakes.lakes(plan).lakes.values()
    opened = Lakes(dataclasses.replace(x, grants=(*x.grants, grant)) if x.account == HUB else x for x in lakes)
    reads = reading(everyone(DecidedReads(plan, lakes=opened), sample, f"identity.profiles.{column}"))
    assert (("the table",) in reads.values()) is reported


def test_defaults_of_lake_formation_left_open_are_found(plan: Plan, sample: Mesh) -> None:
    lakes = planned_lakes.lakes(plan).lakes.values()
    opened = Lakes(dataclasses.replace(x, open_by_default=True) if x.account == HUB else x for x in lakes)
    found = everyone(DecidedReads(plan, lakes=opened), sample)
    assert {each.clearance for each in found.clearances} == {"general", "pii", "financial", "restricted"}
    assert "an-administrator" in reading(found)


def test_an_agreement_that_has_expired_is_closed(access: DecidedReads, sample: Mesh) -> None:
    thing = references.thing(sample, access.plan, "content.dialogue-lists")
    (copy,) = who(access, sample, thing, datetime.date(2029, 4, 1)).copies
    assert (copy.partner, copy.open) == ("subtitling", False)
