"""The permissions boundary (I17): every role that a team makes carries it, and nobody else changes the mesh's roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.aws.allowed_actions import actions_that
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.invariants.continuous_integration import OF_THE_PLATFORM
from mesh.proof.subject import Actor, Subject

OF_THEIR_OWN: Final = frozenset({"iam:CreateServiceLinkedRole", "iam:PassRole"})
"""Actions on a role that have claims of their own: which service's role is made (I25), to whom one is passed."""

GIVE: Final = ("Attach", "Create", "Put")
"""Beginnings of the names of actions that give a role its boundary, or permissions; the others take or change."""


def changing(resource_type: str) -> tuple[str, ...]:
    """Allowed actions of IAM that do harm on a role or a policy; a tag on a policy decides nothing (I15)."""
    actions = (action for action in actions_that("changes who reads", "shares", "runs code") if action[:4] == "iam:")
    return tuple(
        action
        for action in actions
        if resource_type in facts.resource_types("iam", action[4:])
        and action not in OF_THEIR_OWN
        and (resource_type == "role" or not facts.tags("iam", action[4:]))
    )


def giving() -> tuple[str, ...]:
    """The actions on a role that give it its boundary, or permissions."""
    return tuple(action for action in changing("role") if action[4:].startswith(GIVE))


def roles_carry_the_boundary(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I17: on making roles, changing roles and policies of the mesh, passing roles, and root users."""
    for administrator, deployment in subject.administrators:
        account_id = administrator.account or ""
        stack_set = f"arn:aws:iam::{account_id}:role/stacksets-exec-0123"
        role_of_theirs, other = f"arn:aws:iam::{account_id}:role/somebody", f"arn:aws:iam::{account_id}:policy/other"
        bounded = {"iam:PermissionsBoundary": names.boundary(account_id)}
        # The path of a policy may hold a colon (IAM API, CreatePolicy), so this ends as the boundary's ARN does.
        disguised = f"arn:aws:iam::{account_id}:policy/x:policy/mesh/boundary"
        bootstrap = Actor("the bootstrap of an account", stack_set, administrator.unit, account_id, "bootstrap")
        for action in changing("role"):
            for role in (names.deploy_role(account_id), names.clearance_role(account_id, "pii"), stack_set):
                forged = Request(administrator.name, action, role, bounded)
                yield Claim(administrator.who, forged, allowed=False, denied=("scp",))
            for caller in _makers(administrator, deployment, bootstrap, action):
                made = Request(caller.name, action, names.clearance_role(account_id, "pii"), bounded)
                yield Claim(caller.who, made, free=("scp",))
        for action in changing("policy"):
            request = Request(administrator.name, action, names.boundary(account_id))
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
        for action in giving():
            for named in ({}, {"iam:PermissionsBoundary": other}, {"iam:PermissionsBoundary": disguised}):
                unbounded = Request(administrator.name, action, role_of_theirs, named)
                yield Claim(f"{administrator.who}, without the boundary", unbounded, allowed=False, denied=("scp",))
            yield Claim(administrator.who, Request(administrator.name, action, role_of_theirs, bounded), free=("scp",))
            for caller in (deployment, bootstrap):
                yield Claim(caller.who, Request(caller.name, action, role_of_theirs), free=("scp",))
        yield from _first_roles(subject, deployment, bootstrap)
        yield from _unchangeable(administrator, deployment, bootstrap)
    yield from _passed_roles(subject)
    yield from _root_users(subject)


def _first_roles(subject: Subject, deployment: Actor, bootstrap: Actor) -> Iterator[AnyClaim]:
    """Claims on the roles through which deployments are entered: a deployment changes none, its own neither."""
    account_id = deployment.account or ""
    bounded = {"iam:PermissionsBoundary": names.boundary(account_id)}
    first = [names.deploy_role(account_id), names.preview_role(account_id), bootstrap.name]
    callers = [deployment]
    if deployment.unit == "domains":
        first.append(names.deploy_access_role(account_id))
        callers.append(deployment._replace(who="the deployment of who reads", name=first[-1], kind="deploy-access"))
    if account_id == subject.hub:
        first.append(names.break_glass_role(account_id))
        first += [names.ci_role(account_id, stack) for stack in OF_THE_PLATFORM]
    for role in first:
        for action in changing("role"):
            for caller in callers:
                request = Request(caller.name, action, role, bounded)
                yield Claim(caller.who, request, allowed=False, denied=("scp",))
            if role != bootstrap.name:
                yield Claim(bootstrap.who, Request(bootstrap.name, action, role, bounded), free=("scp",))


def _makers(administrator: Actor, deployment: Actor, bootstrap: Actor, action: str) -> tuple[Actor, ...]:
    """Whoever changes roles of the mesh in an account: in a domain the deployment of who reads, boundaries apart."""
    if administrator.unit != "domains":
        return deployment, bootstrap
    if action == "iam:DeleteRolePermissionsBoundary":
        return (bootstrap,)
    deciding = names.deploy_access_role(administrator.account or "")
    return bootstrap, deployment._replace(who="the deployment of who reads", name=deciding, kind="deploy-access")


def _unchangeable(administrator: Actor, deployment: Actor, bootstrap: Actor) -> Iterator[AnyClaim]:
    """Claims on boundaries that are taken off, and on forged roles of Identity Center and Organizations."""
    account_id = administrator.account or ""
    bounded = {"iam:PermissionsBoundary": names.boundary(account_id)}
    team_role = f"arn:aws:iam::{account_id}:role/somebody"
    lost = Request(administrator.name, "iam:DeleteRolePermissionsBoundary", team_role, bounded)
    yield Claim(f"{administrator.who}, of its boundary", lost, allowed=False, denied=("scp",))
    for caller in (deployment, bootstrap):
        yield Claim(caller.who, Request(caller.name, "iam:DeleteRolePermissionsBoundary", team_role), free=("scp",))
    for role in (f"aws-reserved/sso.amazonaws.com/AWSReservedSSO_pii_{'0' * 16}", "OrganizationAccountAccessRole"):
        for action in ("iam:CreateRole", "iam:UpdateAssumeRolePolicy"):
            forged = Request(administrator.name, action, f"arn:aws:iam::{account_id}:role/{role}", bounded)
            yield Claim(administrator.who, forged, allowed=False, denied=("scp",))


def _passed_roles(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on PassRole: a role of the mesh is not handed to a service by whoever likes (IAM User Guide, PassRole)."""
    for administrator, deployment in subject.administrators:
        account_id = administrator.account or ""
        roles = (names.pipeline_role(account_id, "x"), names.clearance_role(account_id, "x"))
        for role in (*roles, names.deploy_role(account_id)):
            request = Request(administrator.name, "iam:PassRole", role)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            if deployment.unit != "domains":  # M16 asks those of domains
                yield Claim(deployment.who, Request(deployment.name, "iam:PassRole", role), free=("scp",))
        passes = Request(administrator.name, "iam:PassRole", f"arn:aws:iam::{account_id}:role/somebody")
        yield Claim(administrator.who, passes, free=("scp",))
    for domain in subject.domains:
        publisher = names.publisher_role(subject.hub, domain.name)
        location = names.location_role(subject.hub, domain.name)
        passes = Request(publisher, "iam:PassRole", location)
        yield Claim(f"the publisher of {domain.name}", passes, allowed=False, denied=("scp",))


def _root_users(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on root users of member accounts: they do nothing, except in a central root session of AWS's."""
    for account_id, _, where in subject.accounts_asked:
        root, role = f"arn:aws:iam::{account_id}:root", f"arn:aws:iam::{account_id}:role/somebody"
        for action, resource in (("iam:PassRole", role), ("iam:ListRoles", "*"), ("ec2:RunInstances", "*")):
            request = Request(root, action, resource)
            yield Claim(f"the root user of {where}", request, allowed=False, denied=("scp",))
        central = Request(root, "iam:ListRoles", "*", {"aws:AssumedRoot": "true"})
        yield Claim(f"the central root session of {where}", central, free=("scp",))
