"""Break-glass (I22): few take the role, by name and with a fresh second factor; it is reported, and deploys only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, cast

from mesh import names
from mesh.access import from_plan
from mesh.aws.allowed_actions import is_allowed
from mesh.evaluator.decide import Request
from mesh.iam.break_glass import SECOND_FACTOR_SECONDS
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, OUTSIDE_BUCKET, Subject

ASSUMING: Final = ("sts:AssumeRole", "sts:SetSourceIdentity")
SECOND_FACTOR: Final = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": SECOND_FACTOR_SECONDS}
EVERY_KEY: Final[dict[str, Any]] = {**SECOND_FACTOR, "sts:SourceIdentity": "somebody", "aws:SourceIdentity": "somebody"}
"""Context keys of a request that has all that the trust policy asks for."""


def break_glass_is_narrow(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I22: on who assumes the role, what the role may do, and who is told of it."""
    yield from _assuming(subject)
    yield from _assumed(subject)
    yield from _reported(subject)
    for account_id, unit, where in subject.accounts:
        for caller in (*subject.of_account(account_id, unit, where), *subject.of_management):
            for action in ASSUMING:
                for role in _of_stacks(account_id, unit):
                    request = Request(caller.name, action, role, EVERY_KEY)
                    yield Claim(f"{caller.who}, with a second factor", request, allowed=False)


# ---- who assumes the role


def _assuming(subject: Subject) -> Iterator[AnyClaim]:
    role = names.break_glass_role(subject.hub)
    user = names.break_glass_user(subject.perimeter.management_id, from_plan.BREAK_GLASS_USER)
    context = {**SECOND_FACTOR, "sts:SourceIdentity": from_plan.BREAK_GLASS_USER}
    for action in ASSUMING:
        yield Claim("a keeper", Request(user, action, role, context), allowed=True)
        for lack, reduced in _lacking(context):
            yield Claim(f"a keeper {lack}", Request(user, action, role, reduced), allowed=False)
        for who, other in _other_callers(subject):
            under_own_name = {**SECOND_FACTOR, "sts:SourceIdentity": other.rpartition("/")[2]}
            for keys in (context, under_own_name):
                yield Claim(who, Request(other, action, role, keys), allowed=False)
    for arn, who in ((role, "who has broken the glass"), (user, "a keeper")):
        for action, resource in _data_and_controls(subject):
            yield Claim(who, Request(arn, action, resource, EVERY_KEY), allowed=False, granted=False)
    for other in (*_roles_of_the_mesh(subject), names.role(subject.hub, f"{names.BREAK_GLASS}/somebody")):
        if other != role:
            yield Claim("a keeper", Request(user, "sts:AssumeRole", other, context), allowed=False, granted=False)


def _of_stacks(account_id: str, unit: str) -> Iterator[str]:
    """The roles of stacks and previews in an account."""
    yield from (names.deploy_role(account_id), names.preview_role(account_id))
    if unit == "domains":
        yield names.deploy_access_role(account_id)


def _lacking(context: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Contexts that lack one thing that the trust policy asks for, each with what it lacks in words."""

    def without(*keys: str) -> dict[str, Any]:
        return {key: value for key, value in context.items() if key not in keys}

    yield "without a second factor", without(*SECOND_FACTOR)
    yield "whose second factor nobody vouches for", without("aws:MultiFactorAuthPresent")
    yield "with long-lived keys", {**context, "aws:MultiFactorAuthPresent": "false"}
    yield "whose second factor is old", {**context, "aws:MultiFactorAuthAge": SECOND_FACTOR_SECONDS + 1}
    yield "without a name", without("sts:SourceIdentity")
    yield "under another's name", {**context, "sts:SourceIdentity": "somebody-else"}
    # CloudTrail reports a call in the region of the STS endpoint; the alarm listens in the mesh's region only.
    yield "at an endpoint where no alarm listens", {**context, "aws:RequestedRegion": "us-east-1"}


def _other_callers(subject: Subject) -> Iterator[tuple[str, str]]:
    """Callers that are no users of the break-glass group, each in words and by its ARN."""
    management = subject.perimeter.management_id
    yield "another user of the management account", f"arn:aws:iam::{management}:user/somebody"
    yield "a user named like a keeper", f"arn:aws:iam::{management}:user/{from_plan.BREAK_GLASS_USER}"
    yield "a user of a path like the keepers'", f"arn:aws:iam::{management}:user/x{names.BREAK_GLASS_PATH}somebody"
    yield "a role of a path like the keepers'", f"arn:aws:iam::{management}:role{names.BREAK_GLASS_PATH}somebody"
    for account_id in (OTHER_ORGANIZATION, NO_ORGANIZATION, subject.hub):
        yield f"a user of account {account_id}", names.break_glass_user(account_id, from_plan.BREAK_GLASS_USER)
    for caller in (*subject.of_governance, *subject.of_management):
        yield caller.who, caller.name
    for domain in subject.domains[:1]:
        for caller in subject.of_domain(domain):
            yield caller.who, caller.name
    for partner in subject.partners[:1]:
        for caller in subject.of_partner(partner):
            yield caller.who, caller.name


# ---- what the role may do


def _assumed(subject: Subject) -> Iterator[AnyClaim]:
    who, break_glass = "who has broken the glass", names.break_glass_role(subject.hub)
    named = {"aws:SourceIdentity": from_plan.BREAK_GLASS_USER, "sts:SourceIdentity": from_plan.BREAK_GLASS_USER}
    accounts = [*((account_id, unit) for account_id, unit, _ in subject.accounts)]
    accounts.append((subject.perimeter.management_id, "management"))
    entered = {role for account_id, unit in accounts for role in _of_stacks(account_id, unit)}
    for role in sorted(entered):
        for action in ASSUMING:
            yield Claim(who, Request(break_glass, action, role, named), allowed=True)
            yield Claim(f"{who}, without a name", Request(break_glass, action, role), allowed=False)
    for role in _roles_of_the_mesh(subject):
        if role not in entered:
            yield Claim(who, Request(break_glass, "sts:AssumeRole", role, named), allowed=False, granted=False)
    for stranger in (OTHER_ORGANIZATION, NO_ORGANIZATION):
        outside = Request(break_glass, "sts:AssumeRole", names.deploy_role(stranger), named)
        yield Claim(who, outside, allowed=False, denied=("scp",), granted=False)
    for action in ("s3:GetObject", "s3:PutObject"):
        outside = Request(break_glass, action, f"{OUTSIDE_BUCKET}/x", named)
        yield Claim(who, outside, allowed=False, denied=("scp",), granted=False)


def _roles_of_the_mesh(subject: Subject) -> Iterator[str]:
    """ARNs of roles of the mesh, some of each kind."""
    for domain in subject.domains[:2]:
        for caller in (*subject.of_domain(domain), *subject.jobs_of(domain), *subject.publishing(domain.name)):
            if ":role/" in caller.name and caller.kind != "other":
                yield caller.name
    for partner in subject.partners[:2]:
        yield names.role(partner.access.account_id, "access")
    yield names.break_glass_role(subject.hub)


def _data_and_controls(subject: Subject) -> Iterator[tuple[str, str]]:
    """Actions on data and on controls, each with a resource."""
    for product in list(subject.products)[:2]:
        bucket = f"arn:aws:s3:::{product.bucket}"
        yield from (("s3:GetObject", f"{bucket}/x"), ("s3:PutObject", f"{bucket}/x"), ("s3:PutBucketPolicy", bucket))
        yield from (("kms:Decrypt", subject.product_key(product)), ("kms:PutKeyPolicy", subject.product_key(product)))
    yield "glue:GetTables", f"arn:aws:glue:{subject.region}:{subject.hub}:catalog"
    yield "iam:PutRolePolicy", names.break_glass_role(subject.hub)
    yield "lakeformation:GrantPermissions", "*"
    yield "organizations:DetachPolicy", "*"


# ---- who is told

RULE_CHANGES: Final = ("events:DeleteRule", "events:DisableRule", "events:RemoveTargets")
TOPIC_CHANGES: Final = ("sns:DeleteTopic", "sns:RemovePermission", "sns:SetTopicAttributes")
SUBSCRIPTION_CHANGES: Final = ("sns:SetSubscriptionAttributes", "sns:Unsubscribe")


def _reported(subject: Subject) -> Iterator[AnyClaim]:
    region, hub = subject.region, subject.hub
    rule, topic = names.break_glass_rule(region, hub), names.break_glass_topic(region, hub)
    mail = {"sns:Protocol": "email", "sns:Endpoint": subject.perimeter.security_contact}
    administrator = subject.other(hub, "governance", "the governance account")
    deploy, source = (
        names.deploy_role(hub),
        {"aws:SourceAccount": hub, "aws:SourceOrgID": subject.perimeter.organization},
    )
    for action in SUBSCRIPTION_CHANGES:
        # AWS may evaluate these with the topic, with the subscription, or with no resource.
        for resource in (topic, f"{topic}:12345678-abcd", "*"):
            request = Request(administrator.name, action, resource)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            yield Claim("the deployment", Request(deploy, action, resource), free=("scp",))
    for action in (*RULE_CHANGES, *TOPIC_CHANGES, "sns:PutDataProtectionPolicy"):
        resource = rule if action in RULE_CHANGES else topic
        yield Claim(administrator.who, Request(administrator.name, action, resource), allowed=False, denied=("scp",))
        yield Claim("the deployment", Request(deploy, action, resource), allowed=is_allowed(action))
    for action in (*TOPIC_CHANGES, "sns:Subscribe", "sns:AddPermission"):
        request = Request(administrator.name, action, topic, mail if action == "sns:Subscribe" else {})
        yield Claim(administrator.who, request, allowed=False, denied=("scp", "resource"))
    yield Claim("the deployment", Request(deploy, "sns:Subscribe", topic, mail), allowed=True)
    for endpoint in ("mailto:somebody@elsewhere.example", "somebody@elsewhere.example", "https://elsewhere.example/"):
        other = Request(deploy, "sns:Subscribe", topic, {"sns:Endpoint": endpoint})
        yield Claim("the deployment, for somebody else", other, allowed=False, denied=("scp",))
    for domain in subject.domains[:1]:
        topics = f"arn:aws:sns:{region}:{domain.access.account_id}:theirs"
        request = Request(domain.access.deploy_role, "sns:Subscribe", topics, mail)
        yield Claim("the deployment of a domain, mail for the security contact", request, False, denied=("scp",))
    report = Request("events.amazonaws.com", "sns:Publish", topic, {**source, "aws:SourceArn": rule})
    yield Claim("the rule", report, allowed=True)
    other_rule = {**source, "aws:SourceArn": f"{rule}-other"}
    yield Claim("another rule", Request("events.amazonaws.com", "sns:Publish", topic, other_rule), allowed=False)
    for action in ("sns:Publish", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"):
        for outsider in (*subject.outsiders, *(c for c in subject.of_partners if c.kind == "other")):
            yield Claim(outsider.who, Request(outsider.name, action, topic), allowed=False, denied=("resource",))
    for caller in subject.of_governance:
        yield Claim(caller.who, Request(caller.name, "sns:Publish", topic), allowed=False, denied=("resource",))
        looks = Request(caller.name, "sns:GetTopicAttributes", topic)
        yield Claim(caller.who, looks, free=("resource",))
    service = Request("events.amazonaws.com", "sns:SetTopicAttributes", topic, source)
    yield Claim("a service of the mesh", service, free=("resource",))
    yield Fact("the rule hears the role assumed", _unmatched)


def _unmatched(subject: Subject) -> str | None:
    """The field of CloudTrail's event of an AssumeRole that the alarm's pattern does not match, if there is one."""
    # CloudTrail User Guide, "CloudTrail log event reference"; the caller, whom the pattern does not name, is left out.
    event = {
        "source": "aws.sts",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventSource": "sts.amazonaws.com",
            "eventName": "AssumeRole",
            "awsRegion": subject.region,
            "requestParameters": {
                "roleArn": f"arn:aws:iam::{subject.hub}:role/mesh/break-glass/emergencies",
                "sourceIdentity": from_plan.BREAK_GLASS_USER,
            },
        },
    }
    difference = _difference(subject.plan.governance.break_glass.pattern, event)
    return f"its pattern wants {difference}" if difference else None


def _difference(pattern: dict[str, Any], event: dict[str, Any]) -> str | None:
    """The first field of a pattern that an event does not match; None when it matches the whole pattern."""
    # Each field that the pattern names has one of its values (EventBridge User Guide, "Event patterns").
    for key, wanted in pattern.items():
        value = event.get(key)
        if isinstance(wanted, dict):
            inner = cast("dict[str, Any]", value if isinstance(value, dict) else {})
            if difference := _difference(cast("dict[str, Any]", wanted), inner):
                return difference
        elif value not in wanted:
            return f"{key} in {json.dumps(wanted)}"
    return None
