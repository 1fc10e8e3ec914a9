"""Harms that a mistake lets a role do by itself are found, and R1 says which; without the mistake there is none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import cache, partial

import pytest

from mesh import names
from mesh.plan import Plan
from mesh.plan.nodes.grants import on_tables
from mesh.proof.invariants.becoming import nobody_becomes_more
from mesh.proof.reachability.adversaries import Adversaries
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels
from tests.mesh.proof.reachability.seeded_ways import ADS, GUARDRAILS, HUB, IDENTITY, JOBS, SOMEBODY, WaysBench

Opens = Callable[[WaysBench], None]


def protection_can_be_changed(bench: WaysBench) -> None:
    bench.spare(GUARDRAILS, "RefuseChangesToProtection", SOMEBODY)


def a_key_takes_grants(bench: WaysBench) -> None:
    allow = {"Principal": {"AWS": SOMEBODY}, "Action": "kms:CreateGrant", "Resource": "*"}
    bench.add("policy of the key of content.titles*", {"Sid": "Seeded", "Effect": "Allow", **allow})
    bench.drop("policy of the key of content.titles*", "RefuseGrants")
    bench.drop("mesh-identities-stay-inside", "RefuseGrantsToOthers")


def logs_can_be_read(bench: WaysBench) -> None:
    bench.drop(JOBS, "RefuseReadingLogsOfTheMesh")


def results_can_be_read(bench: WaysBench) -> None:
    bench.drop("policy of bucket aurora-content-results", "RefuseOtherReaders")


def locations_can_be_registered(bench: WaysBench) -> None:
    bench.spare(GUARDRAILS, "RefuseRegistrationOfLocations", f"arn:aws:iam::{HUB}:role/somebody")


def providers_can_be_made(bench: WaysBench) -> None:
    bench.drop(GUARDRAILS, "RefuseOtherFederation")


def services_can_make_their_roles(bench: WaysBench) -> None:
    bench.drop(JOBS, "RefuseOtherServiceLinkedRoles")


def a_clearance_is_granted_the_columns_of_another(bench: WaysBench) -> None:
    pii = next(each for each in bench.subject.plan.governance.catalog.clearances if each.name == "pii")
    general = names.clearance_role(ADS, "general")
    bench.grant(ADS, on_tables("seeded", general, HUB, pii.expression))


def a_pipeline_writes_another_product(bench: WaysBench) -> None:
    pipeline, bucket = names.pipeline_role(IDENTITY, "accounts"), "arn:aws:s3:::aurora-identity--profiles/*"
    bench.may(pipeline, "s3:PutObject", bucket)
    bench.may(pipeline, "kms:GenerateDataKey", sid="GivenToo")
    for document, action in (
        ("policy of bucket aurora-identity--profiles", "s3:PutObject"),
        ("policy of the key of identity.profiles*", "kms:GenerateDataKey"),
    ):
        allow = {"Principal": {"AWS": pipeline}, "Action": action, "Resource": bucket if action[:2] == "s3" else "*"}
        bench.add(document, {"Sid": "Seeded", "Effect": "Allow", **allow})
    for sid in ("RefuseOtherWriters", "RefuseOtherReaders"):
        bench.spare("policy of bucket aurora-identity--profiles", sid, pipeline)
    bench.spare("policy of the key of identity.profiles*", "RefuseOtherUsers", pipeline)


HARMS: tuple[tuple[Opens, str, str], ...] = (
    (
        protection_can_be_changed,
        "administrator@content",
        "loosens block of public access of content (s3:PutAccountPublic",
    ),
    (a_key_takes_grants, "administrator@content", "loosens content.titles (kms:CreateGrant: key, by Seeded in"),
    (
        logs_can_be_read,
        "administrator@content",
        "reads content.rights (financial) (logs:FilterLogEvents of",
    ),
    (
        results_can_be_read,
        "administrator@content",
        "reads results of pii (pii) of content (s3:GetObject on aurora-content",
    ),
    (
        locations_can_be_registered,
        "administrator@governance",
        "loosens registered locations of governance (lakeformation",
    ),
    (providers_can_be_made, "administrator@content", "loosens identity providers of content (iam:CreateOpenIDConnect"),
    (services_can_make_their_roles, "administrator@content", "loosens service-linked roles of content (iam:CreateServ"),
    (
        a_clearance_is_granted_the_columns_of_another,
        "clearance/general@ads",
        "reads identity.accounts (pii) (a query, by",
    ),
    (
        a_pipeline_writes_another_product,
        "pipeline/none/accounts@identity",
        "writes identity.profiles (s3:PutObject on files",
    ),
)


@pytest.fixture(scope="module")
def subject(plan: Plan, written: WrittenLabels) -> Subject:
    return Subject(plan, written)


def harms(subject: Subject, adversary: str) -> list[str]:
    adversaries = Adversaries(subject)
    start = next(node for node in adversaries.graph.nodes.values() if node.name == adversary)
    return [str(harm.gain) for harm in adversaries.radius(start).harms]


@pytest.fixture(scope="module")
def before(subject: Subject) -> Callable[[str], list[str]]:
    """`before(adversary)`: its harms in the mesh as it is generated."""
    return cache(partial(harms, subject))


@pytest.mark.long
@pytest.mark.parametrize(("opens", "adversary", "says"), HARMS, ids=lambda each: getattr(each, "__name__", None))
def test_a_harm_that_a_mistake_allows_is_found(
    subject: Subject, before: Callable[[str], list[str]], opens: Opens, adversary: str, says: str
) -> None:
    assert [harm for harm in before(adversary) if harm.startswith(says)] == []
    with ExitStack() as stack:
        opens(WaysBench(subject, stack))
        _forget(subject)
        found = harms(subject, adversary)
        noticed = any(claim.check(subject) for claim in nobody_becomes_more(subject))
    _forget(subject)
    assert [harm for harm in found if harm.startswith(says)], found
    assert noticed, "R1 notices nothing"


def _forget(subject: Subject) -> None:
    for account in subject.world.accounts.values():
        account.selected.clear()
        account.opened.clear()
