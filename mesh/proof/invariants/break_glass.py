"""I22: the glass is broken by few, under a name, and heard; it opens the deployment's door and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, cast

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.decide import Request
from mesh.iam.break_glass import SECOND_FACTOR_SECONDS
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, OUTSIDE_BUCKET, Subject

STEP_IN: Final = ("sts:AssumeRole", "sts:SetSourceIdentity")
FACTOR: Final = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": SECOND_FACTOR_SECONDS}
SHOWN: Final[dict[str, Any]] = {**FACTOR, "sts:SourceIdentity": "somebody", "aws:SourceIdentity": "somebody"}


def break_glass_is_narrow(subject: Subject) -> Iterator[AnyClaim]:
    """I22: the glass is broken by a user made for it, with a fresh second factor, under a name; and it is heard."""
    yield from _who_breaks_it(subject)
    yield from _what_it_is_good_for(subject)
    yield from _who_is_told(subject)
    for account_id, unit, where in subject.accounts:
        for caller in (*subject.of_account(account_id, unit, where), *subject.of_management):
            for action in STEP_IN:
                for door in (names.deploy_role(account_id), names.preview_role(account_id)):
                    request = Request(caller.name, action, door, SHOWN)
                    yield Claim(f"{caller.who}, with a second factor", request, allowed=False)


# ---- who


def _who_breaks_it(subject: Subject) -> Iterator[AnyClaim]:
    management, glass = subject.perimeter.management_id, names.break_glass_role(subject.hub)
    user = names.break_glass_user(management, from_plan.KEEPER)
    shown = {**FACTOR, "sts:SourceIdentity": from_plan.KEEPER}
    for action in STEP_IN:
        yield Claim("a keeper", Request(user, action, glass, shown), allowed=True)
        for what, less in _without(shown):
            yield Claim(f"a keeper {what}", Request(user, action, glass, less), allowed=False)
        for who, other in _not_keepers(subject):
            own = {**FACTOR, "sts:SourceIdentity": other.rpartition("/")[2]}
            for context in (shown, own):
                yield Claim(who, Request(other, action, glass, context), allowed=False)
    for arn, who in ((glass, "who has broken the glass"), (user, "a keeper")):
        for action, resource in _at_work(subject):
            yield Claim(who, Request(arn, action, resource, SHOWN), allowed=False, granted=False)
    for role in _roles_of_the_mesh(subject):
        if role != glass:
            yield Claim("a keeper", Request(user, "sts:AssumeRole", role, shown), allowed=False, granted=False)


def _without(shown: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All that is asked for but one thing."""

    def less(*keys: str) -> dict[str, Any]:
        return {key: value for key, value in shown.items() if key not in keys}

    yield "without a second factor", less(*FACTOR)
    yield "whose second factor nobody vouches for", less("aws:MultiFactorAuthPresent")
    yield "with long-lived keys", {**shown, "aws:MultiFactorAuthPresent": "false"}
    yield "whose second factor is old", {**shown, "aws:MultiFactorAuthAge": SECOND_FACTOR_SECONDS + 1}
    yield "without a name", less("sts:SourceIdentity")
    yield "under another's name", {**shown, "sts:SourceIdentity": "somebody-else"}
    yield "at an endpoint where no alarm listens", {**shown, "aws:RequestedRegion": "us-east-1"}


def _not_keepers(subject: Subject) -> Iterator[tuple[str, str]]:
    management = subject.perimeter.management_id
    yield "another user of the management account", f"arn:aws:iam::{management}:user/somebody"
    yield "a user named like a keeper", f"arn:aws:iam::{management}:user/{from_plan.KEEPER}"
    yield "a user of a path like the keepers'", f"arn:aws:iam::{management}:user/x{names.BREAK_GLASS_PATH}somebody"
    yield "a role of a path like the keepers'", f"arn:aws:iam::{management}:role{names.BREAK_GLASS_PATH}somebody"
    for account_id in (OTHER_ORGANIZATION, NO_ORGANIZATION, subject.hub):
        yield f"a user of account {account_id}", names.break_glass_user(account_id, from_plan.KEEPER)
    for caller in (*subject.of_governance, *subject.of_management):
        yield caller.who, caller.name
    for domain in subject.domains[:1]:
        for caller in subject.of_domain(domain):
            yield caller.who, caller.name
    for partner in subject.partners[:1]:
        for caller in subject.of_partner(partner):
            yield caller.who, caller.name


# ---- what for


def _what_it_is_good_for(subject: Subject) -> Iterator[AnyClaim]:
    who, glass = "who has broken the glass", names.break_glass_role(subject.hub)
    named = {"aws:SourceIdentity": from_plan.KEEPER, "sts:SourceIdentity": from_plan.KEEPER}
    accounts = [account_id for account_id, _, _ in subject.accounts] + [subject.perimeter.management_id]
    doors = {role(account_id) for account_id in accounts for role in (names.deploy_role, names.preview_role)}
    for door in sorted(doors):
        for action in STEP_IN:
            yield Claim(who, Request(glass, action, door, named), allowed=True)
            yield Claim(f"{who}, without a name", Request(glass, action, door), allowed=False)
    for role in _roles_of_the_mesh(subject):
        if role not in doors:
            yield Claim(who, Request(glass, "sts:AssumeRole", role, named), allowed=False, granted=False)
    for stranger in (OTHER_ORGANIZATION, NO_ORGANIZATION):
        outside = Request(glass, "sts:AssumeRole", names.deploy_role(stranger), named)
        yield Claim(who, outside, allowed=False, denied=("scp", "boundary"), granted=False)
    for action in ("s3:GetObject", "s3:PutObject"):
        exempt = Request(glass, action, f"{OUTSIDE_BUCKET}/x", named)
        yield Claim(who, exempt, allowed=False, denied=("scp", "boundary"), granted=False)


def _roles_of_the_mesh(subject: Subject) -> Iterator[str]:
    """Of each kind some."""
    for domain in subject.domains[:2]:
        for caller in (*subject.of_domain(domain), *subject.jobs_of(domain), *subject.publishing(domain.name)):
            if ":role/" in caller.name and caller.kind != "other":
                yield caller.name
    for partner in subject.partners[:2]:
        yield names.role(partner.access.account_id, "access")
    yield names.break_glass_role(subject.hub)


def _at_work(subject: Subject) -> Iterator[tuple[str, str]]:
    """Reading, writing, and changing what protects."""
    for product in list(subject.products)[:2]:
        bucket = f"arn:aws:s3:::{product.bucket}"
        yield from (("s3:GetObject", f"{bucket}/x"), ("s3:PutObject", f"{bucket}/x"), ("s3:PutBucketPolicy", bucket))
        yield from (("kms:Decrypt", subject.product_key(product)), ("kms:PutKeyPolicy", subject.product_key(product)))
    yield "glue:GetTables", f"arn:aws:glue:{subject.region}:{subject.hub}:catalog"
    yield "iam:PutRolePolicy", names.break_glass_role(subject.hub)
    yield "lakeformation:GrantPermissions", "*"
    yield "organizations:DetachPolicy", "*"


# ---- who is told

SILENCING: Final = ("events:DeleteRule", "events:DisableRule", "events:RemoveTargets")
OF_THE_TOPIC: Final = ("sns:DeleteTopic", "sns:RemovePermission", "sns:SetTopicAttributes")
ENDING: Final = ("sns:SetSubscriptionAttributes", "sns:Unsubscribe")


def _who_is_told(subject: Subject) -> Iterator[AnyClaim]:
    region, hub = subject.region, subject.hub
    rule, topic = names.break_glass_rule(region, hub), names.break_glass_topic(region, hub)
    mail = {"sns:Protocol": "email", "sns:Endpoint": subject.perimeter.security_contact}
    administrator = subject.other(hub, "governance", "the governance account")
    deploy, here = names.deploy_role(hub), {"aws:SourceAccount": hub, "aws:SourceOrgID": subject.perimeter.organization}
    for action in ENDING:  # of a subscription AWS may see the topic, the subscription itself, or nothing
        for named in (topic, f"{topic}:12345678-abcd", "*"):
            request = Request(administrator.name, action, named)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            yield Claim("the deployment", Request(deploy, action, named), free=("scp",))
    for action in (*SILENCING, *OF_THE_TOPIC, "sns:PutDataProtectionPolicy"):
        where = rule if action in SILENCING else topic
        yield Claim(administrator.who, Request(administrator.name, action, where), allowed=False, denied=("scp",))
        yield Claim("the deployment", Request(deploy, action, where), allowed=True)
    for action in (*OF_THE_TOPIC, "sns:Subscribe", "sns:AddPermission"):
        request = Request(administrator.name, action, topic, mail if action == "sns:Subscribe" else {})
        yield Claim(administrator.who, request, allowed=False, denied=("scp", "resource"))
    yield Claim("the deployment", Request(deploy, "sns:Subscribe", topic, mail), allowed=True)
    yield Claim("the deployment", Request(deploy, "sns:AddPermission", topic), allowed=True)
    for endpoint in ("mailto:somebody@elsewhere.example", "somebody@elsewhere.example", "https://elsewhere.example/"):
        other = Request(deploy, "sns:Subscribe", topic, {"sns:Endpoint": endpoint})
        yield Claim("the deployment, for somebody else", other, allowed=False, denied=("scp",))
    for domain in subject.domains[:1]:
        topics = f"arn:aws:sns:{region}:{domain.access.account_id}:theirs"
        request = Request(domain.access.deploy_role, "sns:Subscribe", topics, mail)
        yield Claim("the deployment of a domain, mail for the security contact", request, False, denied=("scp",))
    told = Request("events.amazonaws.com", "sns:Publish", topic, {**here, "aws:SourceArn": rule})
    yield Claim("the rule", told, allowed=True)
    other_rule = {**here, "aws:SourceArn": f"{rule}-other"}
    yield Claim("another rule", Request("events.amazonaws.com", "sns:Publish", topic, other_rule), allowed=False)
    for action in ("sns:Publish", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"):
        for outsider in (*subject.outsiders, *(c for c in subject.of_partners if c.kind == "other")):
            yield Claim(outsider.who, Request(outsider.name, action, topic), allowed=False, denied=("resource",))
    for caller in subject.of_governance:
        yield Claim(caller.who, Request(caller.name, "sns:Publish", topic), allowed=False, denied=("resource",))
        looks = Request(caller.name, "sns:GetTopicAttributes", topic)
        yield Claim(caller.who, looks, free=("resource",))
    service = Request("events.amazonaws.com", "sns:SetTopicAttributes", topic, here)
    yield Claim("a service of the mesh", service, free=("resource",))
    yield Fact("the rule hears the role assumed", _unheard)


def _unheard(subject: Subject) -> str | None:
    """What of the event that CloudTrail tells the pattern does not match.

    The event is the documented one (CloudTrail User Guide, "CloudTrail log event reference") but for who called.
    """
    event = {
        "source": "aws.sts",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventSource": "sts.amazonaws.com",
            "eventName": "AssumeRole",
            "awsRegion": subject.region,
            "requestParameters": {
                "roleArn": f"arn:aws:iam::{subject.hub}:role/mesh/break-glass",
                "sourceIdentity": from_plan.KEEPER,
            },
        },
    }
    missed = _missed(subject.plan.governance.break_glass.pattern, event)
    return f"its pattern wants {missed}" if missed else None


def _missed(pattern: dict[str, Any], event: dict[str, Any]) -> str | None:
    """Each field that a pattern names has one of its values (EventBridge User Guide, "Event patterns")."""
    for key, wanted in pattern.items():
        got = event.get(key)
        if isinstance(wanted, dict):
            inner = cast("dict[str, Any]", got if isinstance(got, dict) else {})
            if deeper := _missed(cast("dict[str, Any]", wanted), inner):
                return deeper
        elif got not in wanted:
            return f"{key} in {json.dumps(wanted)}"
    return None
