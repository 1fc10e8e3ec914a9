"""Roles (M10, M12): each is taken by those whom it is for, and a preview reads no data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mesh import names
from mesh.access import from_plan
from mesh.aws.plugin_table import plugin_reads
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.plan.nodes import DomainPlan
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.invariants.continuous_integration import entered_by_their_own_ci
from mesh.proof.invariants.entering import entered_and_no_more
from mesh.proof.subject import FOR_AN_OUTSIDER, OTHER_ORGANIZATION, Actor, Subject

OF_EVERY_PREVIEW: Final = ("kms:Decrypt", "s3:GetObject", "secretsmanager:GetSecretValue", "sqs:ReceiveMessage")
"""Actions that the preview of every account is asked; that of one account is asked all of AWS's."""


def roles_are_entered_by_their_own(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M12: on AssumeRole of every kind of role, by the callers that it is for and by others."""
    for domain in subject.plan.domains.values():
        yield from _clearance_roles(subject, domain)
        yield from _staff_roles(subject, domain)
        yield from _jobs(subject, domain)
    for account_id, unit, where in subject.accounts:
        yield from _deployments(subject, account_id, unit, where)
    for partner in subject.partners:
        account_id, role = partner.access.account_id, names.role(partner.access.account_id, "access")
        people = from_plan.permission_set_role(account_id, subject.region, names.PARTNER_PERMISSION_SET)
        yield Claim(f"people of partner {partner.name}", Request(people, "sts:AssumeRole", role), allowed=True)
        yield from _not_by(subject.of_account(account_id, "partners", f"partner {partner.name}"), role)
    yield from _publication(subject)
    yield from entered_by_their_own_ci(subject)
    yield from _by_roles_of_any_name(subject)
    yield from entered_and_no_more(subject)


def _clearance_roles(subject: Subject, domain: DomainPlan) -> Iterator[AnyClaim]:
    account_id, where = domain.access.account_id, f"domain {domain.name}"
    for name, clearance in domain.clearances.items():
        people = from_plan.permission_set_role(account_id, subject.region, name)
        for action in ("sts:AssumeRole", "sts:SetSourceIdentity"):
            request = Request(people, action, clearance.arn)
            yield Claim(f"people with permission set {name}", request, allowed=True)
        yield from _not_by(subject.of_account(account_id, "domains", where), clearance.arn)
        for other in domain.clearances:
            if other != name:
                role = from_plan.permission_set_role(account_id, subject.region, other)
                request = Request(role, "sts:AssumeRole", clearance.arn)
                yield Claim(f"people with permission set {other}", request, allowed=False)
        for elsewhere in list(subject.others(domain.name))[:1]:
            role = from_plan.permission_set_role(elsewhere.access.account_id, subject.region, name)
            request = Request(role, "sts:AssumeRole", clearance.arn)
            yield Claim(f"people with permission set {name} of {elsewhere.name}", request, allowed=False)


def _staff_roles(subject: Subject, domain: DomainPlan) -> Iterator[AnyClaim]:
    """Claims on roles of staff, by people with their permission set, with another, and with theirs elsewhere."""
    account_id, where = domain.access.account_id, f"domain {domain.name}"
    for duty, staff in domain.staff.items():
        own = names.staff_permission_set(duty)
        people = from_plan.permission_set_role(account_id, subject.region, own)
        for action in ("sts:AssumeRole", "sts:SetSourceIdentity"):
            yield Claim(f"people with permission set {own}", Request(people, action, staff.arn), allowed=True)
        yield from _not_by(subject.of_account(account_id, "domains", where), staff.arn)
        cleared = list(domain.clearances)[:1]
        for other in (*(names.staff_permission_set(each) for each in names.STAFF if each != duty), *cleared):
            role = from_plan.permission_set_role(account_id, subject.region, other)
            request = Request(role, "sts:AssumeRole", staff.arn)
            yield Claim(f"people with permission set {other}", request, allowed=False)
        for role in domain.clearances.values():
            yield Claim(f"people with permission set {own}", Request(people, "sts:AssumeRole", role.arn), allowed=False)
        for elsewhere in list(subject.others(domain.name))[:1]:
            role = from_plan.permission_set_role(elsewhere.access.account_id, subject.region, own)
            request = Request(role, "sts:AssumeRole", staff.arn)
            yield Claim(f"people with permission set {own} of {elsewhere.name}", request, allowed=False)


def _by_roles_of_any_name(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on every trust policy of the accounts asked: no pipeline and no role of a chance name is admitted."""
    asked = {account_id: where for account_id, _, where in subject.accounts_asked}
    chance = [f"arn:aws:iam::{account_id}:role/somebody-else" for account_id in asked]
    jobs = {d.access.account_id: [job.name for job in subject.jobs_of(d)] for d in subject.domains}
    for role in subject.world.roles.values():
        if role.trust is None or role.account not in asked:
            continue
        paths = ("mesh/x", "mesh/pipeline/none/x", "mesh/clearance/x", "Deploy", "service-role/glue")
        strangers = [f"arn:aws:iam::{role.account}:role/{path}" for path in paths]
        for caller in (*jobs.get(role.account, ())[:2], *chance, *strangers, f"arn:aws:iam::{role.account}:root"):
            request = Request(caller, "sts:AssumeRole", role.arn)
            yield Claim(f"a role of {asked[role.account]}", request, allowed=False, admitted=False)


def _not_by(callers: Iterator[Actor], role: str) -> Iterator[AnyClaim]:
    for caller in callers:
        yield Claim(caller.who, Request(caller.name, "sts:AssumeRole", role), allowed=False)


def _jobs(subject: Subject, domain: DomainPlan) -> Iterator[AnyClaim]:
    account_id, where = domain.access.account_id, f"domain {domain.name}"
    source = {"aws:SourceAccount": account_id, "aws:SourceOrgID": subject.perimeter.organization}
    for pipeline in domain.pipelines.values():
        for service in ("glue", "lambda", "states"):
            request = Request(f"{service}.amazonaws.com", "sts:AssumeRole", pipeline.arn, source)
            yield Claim(f"{service} for {where}", request, allowed=True)
        yield from _not_by_services(pipeline.arn, "glue.amazonaws.com", source)
        yield Claim("EC2", Request("ec2.amazonaws.com", "sts:AssumeRole", pipeline.arn, source), allowed=False)
        yield from _not_by(subject.of_account(account_id, "domains", where), pipeline.arn)
    for name, delivery in domain.deliveries.items():
        role = names.delivery_role(account_id, name)
        bucket = {**source, "aws:SourceArn": f"arn:aws:s3:::{delivery.bucket}"}
        yield Claim("S3 for its bucket", Request("s3.amazonaws.com", "sts:AssumeRole", role, bucket), allowed=True)
        yield from _not_by_services(role, "s3.amazonaws.com", bucket)
        yield Claim("Glue", Request("glue.amazonaws.com", "sts:AssumeRole", role, bucket), allowed=False)
        yield from _not_by(subject.of_account(account_id, "domains", where), role)
    yield from _keeping(subject, domain, source)
    yield from _publishing(subject, domain)


def _keeping(subject: Subject, domain: DomainPlan, source: Mapping[str, Any]) -> Iterator[AnyClaim]:
    """Claims on roles of optimizers and of rules that start pipelines: their service takes them, for the account."""
    account_id, where = domain.access.account_id, f"domain {domain.name}"
    if domain.retention:
        keeps = Request("glue.amazonaws.com", "sts:AssumeRole", domain.retention.arn, source)
        yield Claim(f"optimizers of {where}", keeps, allowed=True)
        yield from _not_by_services(domain.retention.arn, "glue.amazonaws.com", source)
        yield from _not_by(subject.of_account(account_id, "domains", where), domain.retention.arn)
    if domain.start:
        role, rules = domain.start.arn, f"arn:aws:events:{subject.region}:{account_id}:rule"
        own = {**source, "aws:SourceArn": f"{rules}/mesh--x"}
        starts = Request("events.amazonaws.com", "sts:AssumeRole", role, own)
        yield Claim(f"a rule of {where}", starts, allowed=True)
        yield from _not_by_services(role, "events.amazonaws.com", own)
        of_another = f"{rules.replace(account_id, OTHER_ORGANIZATION)}/mesh--x"
        for keys in ({"aws:SourceArn": f"{rules}/another"}, {"aws:SourceArn": of_another}):
            other = Request("events.amazonaws.com", "sts:AssumeRole", role, {**source, **keys})
            yield Claim("another rule", other, allowed=False, admitted=False)
        yield from _on_the_mesh_bus(subject, role, source)
        yield from _not_by(subject.of_account(account_id, "domains", where), role)


def _on_the_mesh_bus(subject: Subject, role: str, source: Mapping[str, Any]) -> Iterator[AnyClaim]:
    """Claims on rules of domains on the mesh bus: whose such a rule is, and in whose ARN, no page of AWS says."""
    ours = (role.split(":")[4], subject.hub)
    for whose in ours:
        keys = {**source, "aws:SourceAccount": whose}
        for account_id in ours:
            rules = f"arn:aws:events:{subject.region}:{account_id}:rule/{names.BUS}"
            own = {**keys, "aws:SourceArn": f"{rules}/mesh--x"}
            takes = Request("events.amazonaws.com", "sts:AssumeRole", role, own)
            yield Claim("a rule of a domain on the mesh bus", takes, allowed=True)
            yield from _not_by_services(role, "events.amazonaws.com", own)
            for arn in (f"{rules}/mesh-wake-ups", f"{rules.replace(account_id, OTHER_ORGANIZATION)}/mesh--x"):
                other = Request("events.amazonaws.com", "sts:AssumeRole", role, {**keys, "aws:SourceArn": arn})
                yield Claim("another rule on a bus", other, allowed=False, admitted=False)


def _publication(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on the role of the publication function: Lambda takes it for governance, and nobody else does."""
    role = names.publication_role(subject.hub)
    takes = Request("lambda.amazonaws.com", "sts:AssumeRole", role, subject.for_the_mesh)
    yield Claim("Lambda, for the governance account", takes, allowed=True)
    yield from _not_by_services(role, "lambda.amazonaws.com", subject.for_the_mesh)
    yield from _not_by(iter(subject.of_governance), role)
    for domain in subject.domains[:1]:
        keys = {**subject.for_the_mesh, "aws:SourceAccount": domain.access.account_id}
        elsewhere = Request("lambda.amazonaws.com", "sts:AssumeRole", role, keys)
        yield Claim(f"Lambda, for domain {domain.name}", elsewhere, allowed=False, admitted=False)


def _not_by_services(role: str, own: str, source: Mapping[str, Any]) -> Iterator[AnyClaim]:
    """Claims that no other service takes a role that one of AWS's takes, and none for an account of a stranger."""
    for service in ("ec2.amazonaws.com", "glue.amazonaws.com"):
        if service != own:
            other = Request(service, "sts:AssumeRole", role, source)
            yield Claim("another service", other, allowed=False, admitted=False)
    for keys in (FOR_AN_OUTSIDER, {"aws:SourceAccount": OTHER_ORGANIZATION}):
        stranger = Request(own, "sts:AssumeRole", role, {**source, **keys})
        yield Claim("the service, for a stranger", stranger, allowed=False, admitted=False)


def _publishing(subject: Subject, domain: DomainPlan) -> Iterator[AnyClaim]:
    location = names.location_role(subject.hub, domain.name)
    lake = Request("lakeformation.amazonaws.com", "sts:AssumeRole", location, subject.for_the_mesh)
    yield Claim("Lake Formation", lake, allowed=True)
    yield from _not_by_services(location, "lakeformation.amazonaws.com", subject.for_the_mesh)
    yield from _not_by(iter(subject.of_governance), location)
    deployments = [subject.deployment_of(each) for each in (domain, *list(subject.others(domain.name))[:2])]
    other = subject.other(domain.access.account_id, "domains", f"domain {domain.name}")
    like_named = subject.other(subject.hub, "governance", "the governance account")._replace(
        who="a function of another name", name=names.role(subject.hub, "functions/another")
    )
    near = (*deployments, subject.deciding(domain), other, like_named)
    for role in (names.publisher_role(subject.hub, domain.name), domain.check.arn):
        function = Request(names.publication_role(subject.hub), "sts:AssumeRole", role)
        yield Claim("the publication function", function, allowed=True)
        yield from _not_by((caller for caller in subject.of_governance if caller.kind != "publication"), role)
        for caller in near:
            yield Claim(caller.who, Request(caller.name, "sts:AssumeRole", role), allowed=False)


def _deployments(subject: Subject, account_id: str, unit: str, where: str) -> Iterator[AnyClaim]:
    deploy, preview = names.deploy_role(account_id), names.preview_role(account_id)
    decides = (names.deploy_access_role(account_id),) if unit == "domains" else ()
    for role in decides:
        yield from _not_by(subject.of_account(account_id, unit, where), role)
    for caller in (subject.other(account_id, unit, where), subject.other(subject.hub, "governance", "governance")):
        for role in (deploy, preview, *decides):
            yield Claim(caller.who, Request(caller.name, "sts:AssumeRole", role), allowed=False)


# ---- previews


def previews_read_no_data(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M10: on previews of every account, by every action that AWS has, and at settings, which they read."""
    for number, (account_id, _, where) in enumerate(subject.accounts_asked):
        # The policy of a preview is one text in all accounts: the first is asked for every action of AWS.
        for action in _no_settings(facts.services()) if number == 0 else OF_EVERY_PREVIEW:
            request = Request(names.preview_role(account_id), action, "*")
            yield Claim(f"the preview of {where}", request, denied=("identity",))
        queue = Request(
            names.preview_role(account_id), "sqs:SendMessage", f"arn:aws:sqs:{subject.region}:{account_id}:x"
        )
        yield Claim(f"the preview of {where}", queue, allowed=False)
        yield from _of_others(subject, account_id, where)
    for product in subject.products:
        preview, bucket = names.preview_role(product.account_id), f"arn:aws:s3:::{product.bucket}"
        for action in ("s3:GetBucketPolicy", "s3:ListBucket", "s3:GetLifecycleConfiguration"):
            yield Claim("the preview", Request(preview, action, bucket), allowed=True)


def _of_others(subject: Subject, account_id: str, where: str) -> Iterator[AnyClaim]:
    """Claims on what a refresh reads of the mesh: objects, jobs, functions and alarms that are not its own."""
    here, preview = f"{subject.region}:{account_id}", names.preview_role(account_id)
    objects = (f"arn:aws:s3:::{subject.plan.mesh}-x--x/tables/a", "arn:aws:s3:::x-scripts-x/a")
    others = {
        **dict.fromkeys(("s3:GetObject", "s3:GetObjectTagging"), objects),
        "cloudwatch:DescribeAlarms": (f"arn:aws:cloudwatch:{here}:alarm:x",),
        "lambda:GetFunction": (f"arn:aws:lambda:{here}:function:x",),
        "glue:GetConnection": (f"arn:aws:glue:{here}:connection/x",),
        "glue:GetJob": (f"arn:aws:glue:{here}:job/x",),
        "glue:GetTrigger": (f"arn:aws:glue:{here}:trigger/x",),
        "glue:GetWorkflow": (f"arn:aws:glue:{here}:workflow/x",),
        "states:DescribeStateMachine": (f"arn:aws:states:{here}:stateMachine:x",),
    }
    for action, arns in others.items():
        for arn in arns:
            yield Claim(f"the preview of {where}", Request(preview, action, arn), denied=("identity",))


def _no_settings(services: Iterable[str]) -> Iterator[str]:
    """Actions of services, but for the reads of a refresh, and for those that no Deny stops."""
    for service in services:
        for name in facts.actions_of(service):
            action = f"{service}:{name}"
            if action not in plugin_reads() and action.lower() not in facts.NEEDS_NO_PERMISSION:
                yield action
