"""Two deployments (M16): that of what a domain owns makes no reader, that of who reads owns nothing.

Who reads is decided by the roles that policies admit, by the grants of Lake Formation, and by the role with which a
place is read. A deployment that could change one of these in its own account would read every domain with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.access.data_locations import may_create_database, may_point
from mesh.access.from_plan import permission_set_role
from mesh.aws.allowed_actions import actions_that
from mesh.evaluator.decide import Request
from mesh.plan.nodes import DomainPlan
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.invariants.boundary import changing
from mesh.proof.invariants.guardrails import REGISTERING
from mesh.proof.subject import Actor, Subject

FOR_SERVICES: Final = ("pipeline", "delivery", "forward", names.RETENTION, names.START)
"""Paths of the roles in a domain's account that a stack gives to services: jobs, replications, rules, optimizers."""

OF_DATA: Final = ("s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:DeleteObject", "s3:PutBucketPolicy")


def deployments_are_apart(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M16: on roles, grants, locations and data, by the two deployments of each domain, and by publishers."""
    yield Fact("no deployment reads a column, or sees a database of the hub", _reads_nothing)
    yield Fact("a publisher makes tables at its own domain's locations alone, and no database", _points_at_its_own)
    for domain in subject.domains:
        deployment = subject.deployment_of(domain)
        yield from _makes_no_reader(subject, domain, deployment)
        yield from _becomes_nobody(subject, domain, deployment)
        for caller in (deployment, subject.deciding(domain), *subject.publishing(domain.name)):
            for action in REGISTERING:
                yield Claim(caller.who, Request(caller.name, action, "*"), allowed=False, denied=("scp",))
        yield from _data_of_others(subject, domain, deployment)
        yield from _publishes_nothing(subject, domain, deployment)
        yield from _owns_nothing(subject, domain)


def _roles(subject: Subject, account_id: str) -> Iterator[str]:
    """Every role of the plan in an account, and roles of the names that some policy admits."""
    yield from (role.arn for role in subject.world.roles.values() if role.account == account_id)
    yield from (names.clearance_role(account_id, "x"), names.pipeline_role(account_id, "x"))
    yield from (names.location_role(account_id, "x"), names.publisher_role(account_id, "x"))
    yield from (names.role(account_id, "access"), f"arn:aws:iam::{account_id}:role/stacksets-exec-0123456789abcdef")
    yield permission_set_role(account_id, subject.region, "x")


def _makes_no_reader(subject: Subject, domain: DomainPlan, deployment: Actor) -> Iterator[AnyClaim]:
    """Claims on every allowed action that changes a role, a policy, a grant or a label, by the deployment."""
    account_id = domain.access.account_id
    bounded = {"iam:PermissionsBoundary": names.boundary(account_id)}
    for role in dict.fromkeys(_roles(subject, account_id)):
        for action in changing("role"):
            yield Claim(deployment.who, Request(deployment.name, action, role, bounded), allowed=False, denied=("scp",))
        if f":role/{names.PATH}/" not in role:
            continue
        passes = Request(deployment.name, "iam:PassRole", role)
        kind = role.partition(f":role/{names.PATH}/")[2].partition("/")[0]
        planned = subject.world.role(role) is not None
        if kind in FOR_SERVICES:
            yield Claim(deployment.who, passes, allowed=True)
        elif planned:
            yield Claim(deployment.who, passes, allowed=False, denied=("scp",))
    for action in changing("policy"):
        for policy in (names.boundary(account_id), names.policy(account_id, "x")):
            yield Claim(deployment.who, Request(deployment.name, action, policy), allowed=False, denied=("scp",))
    for action in actions_that("changes who reads", "shares"):
        if action.startswith("lakeformation:"):
            yield Claim(deployment.who, Request(deployment.name, action, "*"), allowed=False, denied=("scp",))


def _becomes_nobody(subject: Subject, domain: DomainPlan, deployment: Actor) -> Iterator[AnyClaim]:
    """Claims on AssumeRole at every role of the accounts asked: neither deployment becomes anybody else."""
    asked = {account for account, _, _ in subject.accounts_asked}
    deciding = subject.deciding(domain)
    for role in subject.world.roles.values():
        if role.account in asked and role.trust is not None:
            becomes = Request(deployment.name, "sts:AssumeRole", role.arn)
            yield Claim(deployment.who, becomes, allowed=False)
            decides = Request(deciding.name, "sts:AssumeRole", role.arn)
            yield Claim(deciding.who, decides, allowed=False, granted=False)


def _data_of_others(subject: Subject, domain: DomainPlan, deployment: Actor) -> Iterator[AnyClaim]:
    """Claims on a product of each other domain asked: the deployment neither reads nor changes it."""
    for other in subject.others(domain.name):
        for product in list(other.products.values())[:1]:
            bucket = f"arn:aws:s3:::{product.bucket}"
            for action in OF_DATA:
                on = f"{bucket}/x" if action.endswith("Object") else bucket
                yield Claim(deployment.who, Request(deployment.name, action, on), allowed=False)
            key = Request(deployment.name, "kms:Decrypt", subject.product_key(product), subject.through_s3)
            yield Claim(deployment.who, key, allowed=False)


def _publishes_nothing(subject: Subject, domain: DomainPlan, deployment: Actor) -> Iterator[AnyClaim]:
    """Claims on the domain's entries in the mesh catalog: its deployment moves none, nor changes a label of one."""
    hub = f"arn:aws:glue:{subject.region}:{subject.hub}"
    for entry in list(domain.catalog.values())[:1]:
        parts = (f"{hub}:catalog", f"{hub}:database/{entry.database}", f"{hub}:table/{entry.database}/x")
        for action in ("glue:CreateDatabase", "glue:UpdateDatabase", "glue:DeleteDatabase"):
            for part in parts[:2]:
                request = Request(deployment.name, action, part)
                yield Claim(deployment.who, request, allowed=False, denied=("resource",))
        for action in ("glue:CreateTable", "glue:UpdateTable", "glue:DeleteTable", "glue:BatchCreatePartition"):
            for part in parts:
                request = Request(deployment.name, action, part)
                yield Claim(deployment.who, request, allowed=False, denied=("resource",))


def _owns_nothing(subject: Subject, domain: DomainPlan) -> Iterator[AnyClaim]:
    """Claims on what its own domain owns: the deployment of who reads does nothing to data, keys or entries."""
    deciding, hub = subject.deciding(domain), f"arn:aws:glue:{subject.region}:{subject.hub}"
    for product in list(domain.products.values())[:2]:
        bucket, database = f"arn:aws:s3:::{product.bucket}", names.database(domain.name, product.name)
        for action in OF_DATA:
            on = f"{bucket}/x" if action.endswith("Object") else bucket
            yield Claim(deciding.who, Request(deciding.name, action, on), allowed=False, granted=False)
        for action in ("kms:Decrypt", "kms:PutKeyPolicy", "kms:CreateGrant", "kms:ScheduleKeyDeletion"):
            key = Request(deciding.name, action, subject.product_key(product), subject.through_s3)
            yield Claim(deciding.who, key, allowed=False, granted=False)
        for action in ("glue:CreateTable", "glue:UpdateTable", "glue:GetTable"):
            entry = Request(deciding.name, action, f"{hub}:table/{database}/x")
            yield Claim(deciding.who, entry, allowed=False, granted=False)
        for action in ("glue:UpdateDatabase", "glue:DeleteDatabase"):
            entry = Request(deciding.name, action, f"{hub}:database/{database}")
            yield Claim(deciding.who, entry, allowed=False, denied=("resource",))


# ---- Lake Formation


def _reads_nothing(subject: Subject) -> str | None:
    for domain in subject.plan.domains.values():
        account = subject.world.account(domain.access.account_id)
        for role in (domain.access.deploy_role, domain.deciding.deploy_role):
            for name, database in subject.lakes.lakes[subject.hub].databases.items():
                read = [t for t in database.tables if subject.lakes.readable(role, account, subject.hub, name, t)]
                if read or subject.lakes.visible(role, account, subject.hub, name):
                    return f"{role} reads {name}.{read[0]}" if read else f"{role} sees {name}"
    return None


def _points_at_its_own(subject: Subject) -> str | None:
    """A publisher that makes a database, or points a table at another's location; or cannot at its own."""
    lake = subject.lakes.lakes[subject.hub]
    administrator = names.deploy_role(subject.hub)
    for domain in subject.plan.domains:
        publisher = names.publisher_role(subject.hub, domain)
        for each in subject.plan.governance.registered.values():
            for place in (each.arn, f"{each.arn}/x", each.arn.replace("arn:aws:s3:::", "s3://")):
                points = may_point(lake, publisher, place)
                if bool(points) != (each.domain == domain):
                    return f"{publisher} {'points' if points else 'cannot point'} a table at {place}"
                if may_create_database(lake, publisher, place):
                    return f"{publisher} makes a database at {place}"
                if not may_create_database(lake, administrator, place):
                    return f"{administrator} cannot make a database at {place}"
    return None
