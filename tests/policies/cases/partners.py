"""Cases of the rules on partners, and on tags, which both ask for the stack that a resource is in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from mesh_guardrails.themes.partners import GRANT

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, made, passes, reports, waits
from tests.policies.cases.written_policies import AWAY, HOME, ORGANISATION, UNITS, account, allow, document, role, trust

FUNCTION: Final = "aws:lambda/function:Function"
QUEUE: Final = "aws:sqs/queue:Queue"
BUCKET: Final = "aws:s3/bucket:Bucket"
BUDGET: Final = "aws:budgets/budget:Budget"
KEY: Final = "aws:kms/key:Key"
UNIT: Final = "arn:aws:organizations::100000000001:ou/o-exampleorg1/ou-ab12-"


@dataclass(frozen=True)
class MadeInStack(Made):
    """A resource of a case in a stack with a name."""

    stack: str = ""

    @property
    def urn(self) -> str:
        """Its URN, with the stack's name."""
        return f"urn:pulumi:{self.stack}::mesh::{self.type}::{self.name}"


def of(stack: str, resource: Made) -> MadeInStack:
    """The resource in a stack."""
    return MadeInStack(
        resource.type,
        resource.name,
        resource.props,
        resource.provider,
        resource.protect,
        resource.parent,
        resource.made_from,
        stack=stack,
    )


def partners(resource: Made) -> MadeInStack:
    """The resource in the stack of a partner."""
    return of("partner-acme", resource)


def policy(condition: Any) -> Made:
    """A policy of a queue that lets everyone in on a condition."""
    return made(QUEUE, policy=document(allow("sqs:SendMessage", "*", Principal="*", Condition=condition)))


def provider(**tags: str) -> Made:
    """A provider with default tags."""
    return account(defaultTags=json.dumps({"tags": {name.replace("_", ":"): value for name, value in tags.items()}}))


def notified(**subscribers: Any) -> Made:
    """A budget with two notifications, the first of which reaches somebody."""
    reached = {"subscriberEmailAddresses": ["platform@example.org"], "threshold": 80}
    return made(BUDGET, name="mesh", notifications=[reached, {"threshold": 100, **subscribers}])


PARTNERS: Final[list[Case]] = [
    passes("partner-stack-is-an-inbox", partners(made(BUCKET, bucket=UNKNOWN))),
    passes("partner-stack-is-an-inbox", partners(made("mesh:aws:PartnerAccount", provider=""))),
    passes("partner-stack-is-an-inbox", of("domain-ads", made(FUNCTION))),
    passes("partner-stack-is-an-inbox", partners(made(FUNCTION)), configured={"types": ["aws:lambda/*"]}),
    reports("partner-stack-is-an-inbox", "no part of a partner's inbox", partners(made(FUNCTION))),
    reports("partner-stack-is-an-inbox", "of the stack 'partner-acme'", partners(made("aws:ec2/vpc:Vpc"))),
    reports("partner-stack-is-an-inbox", "inbox", partners(made(GRANT, principal=UNKNOWN))),
    reports("partner-stack-is-an-inbox", "inbox", partners(made("aws:sfn/stateMachine:StateMachine"))),
    passes("partner-role-stays-at-home", partners(role()), account()),
    passes("partner-role-stays-at-home", of("domain-ads", role(assumeRolePolicy=trust({"AWS": AWAY}))), account()),
    reports(
        "partner-role-stays-at-home",
        f"may be taken on by {AWAY}",
        partners(role(assumeRolePolicy=trust({"AWS": AWAY}, UNITS))),
        account(),
    ),
    reports(
        "partner-role-stays-at-home",
        "may be taken on by glue.amazonaws.com",
        partners(role(assumeRolePolicy=trust({"Service": "glue.amazonaws.com", "AWS": HOME}))),
        account(),
    ),
    waits("partner-role-stays-at-home", partners(role(assumeRolePolicy=UNKNOWN)), account()),
    passes("organisation-is-not-partners", policy(UNITS)),
    passes(
        "organisation-is-not-partners",
        policy({**ORGANISATION, "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:*"}}),
    ),
    passes("organisation-is-not-partners", role(assumeRolePolicy=trust({"AWS": HOME}, ORGANISATION))),
    reports(
        "organisation-is-not-partners", "partners' accounts too (statement 'ReadTheExample')", policy(ORGANISATION)
    ),
    reports(
        "organisation-is-not-partners",
        "partners' accounts too",
        policy({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/r-ab12/*"}}),
    ),
    reports("organisation-is-not-partners", "partners", role(assumeRolePolicy=trust("*", ORGANISATION))),
    waits("organisation-is-not-partners", made(QUEUE, policy=UNKNOWN)),
    passes("no-grant-to-partners", made(GRANT, principal=f"{UNIT}domains1")),
    passes("no-grant-to-partners", made(GRANT, principal=f"arn:aws:iam::{HOME}:role/mesh/clearance/pii")),
    reports(
        "no-grant-to-partners",
        "grants to the whole organisation",
        made(GRANT, principal="arn:aws:organizations::100000000001:organization/o-exampleorg1"),
    ),
    reports("no-grant-to-partners", "the unit of the partners", made(GRANT, principal=f"{UNIT}partner1")),
    waits("no-grant-to-partners", made(GRANT, principal=UNKNOWN)),
]

TAGS: Final[list[Case]] = [
    passes("provider-tags-what-it-makes", provider(mesh="aurora", mesh_stack="domain-ads", mesh_owner="ads")),
    passes("provider-tags-what-it-makes", provider(team="ads"), configured={"tags": ["team"]}),
    reports("provider-tags-what-it-makes", "does not set mesh, mesh:stack, mesh:owner", account()),
    reports(
        "provider-tags-what-it-makes",
        "'account' does not set mesh:owner on",
        provider(mesh="aurora", mesh_stack="domain-ads", mesh_owner=" "),
    ),
    waits("provider-tags-what-it-makes", account(defaultTags=UNKNOWN)),
    passes("no-emptied-tag", made(QUEUE, tags={"mesh:product": "ads.impressions"})),
    passes("no-emptied-tag", made(QUEUE, name=UNKNOWN)),
    reports("no-emptied-tag", "has an empty tag mesh:owner", made(QUEUE, tags={"mesh:owner": ""})),
    waits("no-emptied-tag", made(QUEUE, tags=UNKNOWN)),
    passes("product-tag-is-of-the-domain", of("domain-ads", made(QUEUE, tags={"mesh:product": "ads.impressions"}))),
    passes("product-tag-is-of-the-domain", of("domain-ads", made(QUEUE, name=UNKNOWN))),
    passes("product-tag-is-of-the-domain", of("governance", made(QUEUE, tags={"mesh:product": "ads.impressions"}))),
    reports(
        "product-tag-is-of-the-domain",
        "name a product of the domain, as 'ads.<product>'",
        of("domain-ads", made(QUEUE, tags={"mesh:product": "content.titles"})),
    ),
    reports("product-tag-is-of-the-domain", "'ads.'", of("domain-ads", made(QUEUE, tags={"mesh:product": "ads."}))),
    waits("product-tag-is-of-the-domain", of("domain-ads", made(QUEUE, tags={"mesh:product": UNKNOWN}))),
    passes("budget-tells-somebody", notified(subscriberSnsTopicArns=[f"arn:aws:sns:eu-west-1:{HOME}:x"])),
    reports("budget-tells-somebody", "tells nobody", notified(subscriberEmailAddresses=[])),
    reports("budget-tells-somebody", "the budget 'budget' tells nobody", made(BUDGET, name="mesh")),
    waits("budget-tells-somebody", notified(subscriberSnsTopicArns=UNKNOWN)),
    passes("resource-says-its-purpose", role()),
    passes("resource-says-its-purpose", made(KEY, description="Keys of an example", policy=UNKNOWN)),
    reports("resource-says-its-purpose", "does not say what it is for", made(FUNCTION, name="x")),
    reports("resource-says-its-purpose", "give it a description", made(KEY, description="  ")),
]

CASES: Final[list[Case]] = [*PARTNERS, *TAGS]
