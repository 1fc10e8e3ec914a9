"""Harm (I7, I8, I16, I19, M10): every allowed action that can do harm, asked in the form in which it does it.

Which actions these are is read from `mesh/aws/actions`, not from a policy: an action that is allowed tomorrow is asked
tomorrow. It has to be refused to an administrator on what is the administrator's own, unless a form is written here in
which it does harm, or the invariant that asks it where its harm is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from mesh import names
from mesh.aws.allowed_actions import HARMLESS, Power, actions_that, is_allowed, listed_services, of_action
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import NO_ORGANIZATION, Actor, Subject


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a request that does harm: resource (with `{account}` and its like to fill in) and context."""

    resource: str = ""
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])


_MESH_ROLE: Final = Form("arn:aws:iam::{account}:role/mesh/clearance/x")
_MESH_POLICY: Final = Form("arn:aws:iam::{account}:policy/mesh/boundary")
_HUB_TABLE: Final = Form("arn:aws:glue:{region}:{hub}:table/x__y/y")
_HUB_DATABASE: Final = Form("arn:aws:glue:{region}:{hub}:database/x__y")
_MESH_BUS: Final = Form("arn:aws:events:{region}:{hub}:event-bus/mesh")
_ALARM: Final = Form("arn:aws:events:{region}:{hub}:rule/mesh-break-glass")
_LOG: Final = Form("arn:aws:logs:{region}:{account}:log-group:/mesh/x")
_ALIAS: Final = Form("arn:aws:kms:{region}:{account}:alias/mesh/product/x")
_OBJECT: Final = Form("{bucket}/tables/x")
_QUERY: Final = Form("arn:aws:athena:{region}:{account}:workgroup/mesh-general")

FORMS: Final[Mapping[str, Form]] = {
    "athena:StartQueryExecution": _QUERY,
    "cloudwatch:PutCompositeAlarm": Form("", {"cloudwatch:AlarmActions": ["arn:aws:sns:{region}:{stranger}:x"]}),
    "cloudwatch:PutMetricAlarm": Form("", {"cloudwatch:AlarmActions": ["arn:aws:sns:{region}:{stranger}:x"]}),
    "events:DeleteEventBus": _MESH_BUS,
    "events:DeleteRule": _ALARM,
    "events:DisableRule": _ALARM,
    "events:RemovePermission": _MESH_BUS,
    "events:RemoveTargets": _ALARM,
    **{f"glue:{name}Partition": _HUB_TABLE for name in ("BatchCreate", "BatchDelete", "BatchUpdate", "Create")},
    **{f"glue:{name}Partition": _HUB_TABLE for name in ("Delete", "Update")},
    **{f"glue:{name}Table": _HUB_TABLE for name in ("Create", "Delete", "Update")},
    **{f"glue:{name}Database": _HUB_DATABASE for name in ("Create", "Delete", "Update")},
    "iam:CreatePolicy": _MESH_POLICY,
    "iam:CreatePolicyVersion": _MESH_POLICY,
    "iam:DeletePolicy": _MESH_POLICY,
    "iam:DeletePolicyVersion": _MESH_POLICY,
    "iam:SetDefaultPolicyVersion": _MESH_POLICY,
    "iam:DeleteRole": _MESH_ROLE,
    "iam:DeleteRolePolicy": _MESH_ROLE,
    "iam:DetachRolePolicy": _MESH_ROLE,
    "iam:PassRole": _MESH_ROLE,
    "iam:TagRole": _MESH_ROLE,
    "iam:UntagRole": _MESH_ROLE,
    "iam:UpdateAssumeRolePolicy": _MESH_ROLE,
    "iam:UpdateRole": _MESH_ROLE,
    "kms:CreateAlias": _ALIAS,
    "kms:DeleteAlias": _ALIAS,
    "kms:UpdateAlias": _ALIAS,
    **{f"logs:{name}": _LOG for name in ("AssociateKmsKey", "DeleteLogGroup", "DeleteMetricFilter")},
    **{f"logs:{name}": _LOG for name in ("DisassociateKmsKey", "PutMetricFilter", "PutRetentionPolicy")},
    "logs:DeleteLogStream": Form(f"{_LOG.resource}:log-stream:x"),
    "s3:DeleteObject": _OBJECT,
    "s3:DeleteObjectVersion": _OBJECT,
    "s3:PutObject": _OBJECT,
    "sns:DeleteTopic": Form("arn:aws:sns:{region}:{hub}:mesh-break-glass"),
    "sts:TagSession": Form("arn:aws:iam::{account}:role/x", {"aws:TagKeys": ["mesh:clearance"]}),
}
"""Forms in which an action does harm that on one's own resources does none."""

WHERE_IT_WRITES: Final = "I6"
MADE_WITH_A_ROLE: Final = "iam:PassRole"
WHO_READS_IT: Final = "kms:Decrypt"
WHO_RECEIVES_IT: Final = "sqs:ReceiveMessage"

ELSEWHERE: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        "dynamodb:BatchWriteItem dynamodb:PutItem dynamodb:TagResource dynamodb:UpdateItem dynamodb:UpdateTimeToLive "
        "ecr:TagResource events:PutEvents glue:TagResource kms:Decrypt kms:Encrypt kms:GenerateDataKey "
        "kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo lambda:InvokeFunction "
        "lambda:TagResource logs:PutLogEvents s3:ObjectOwnerOverrideToBucketOwner s3:PutObjectTagging "
        "s3:ReplicateObject s3:ReplicateTags s3:TagResource secretsmanager:CreateSecret secretsmanager:PutSecretValue "
        "secretsmanager:UpdateSecret sns:Publish sqs:SendMessage sqs:StartMessageMoveTask "
        "cloudwatch:PutDashboard".split(),
        WHERE_IT_WRITES,
    ),
    **dict.fromkeys("glue:CreateCrawler glue:StartCrawler states:CreateStateMachine".split(), MADE_WITH_A_ROLE),
    "ecr:GetDownloadUrlForLayer": "I1",
    "kms:CreateKey": WHO_READS_IT,
    **dict.fromkeys(("sqs:CreateQueue", "sqs:SetQueueAttributes"), WHO_RECEIVES_IT),
    "lambda:GetFunction": "lambda:AddPermission",
    "sns:ConfirmSubscription": "sns:Subscribe",
    "sts:AssumeRole": "M12",
    "sts:SetSourceIdentity": "sts:AssumeRole",
    "ec2:CreateNetworkInterface": "I8",
    "glue:StartTrigger": "glue:CreateTrigger",
    **dict.fromkeys(("kms:CancelKeyDeletion", "kms:EnableKey"), "I12"),
}
"""Actions whose harm another invariant asks, or that need another action for it, which is in their bounds: at a
stranger's resource (I6), of those who read what was made (I1), with the role that is passed.
"""

_TAGS: Final = "I15"
"""The invariant that no decision rests on a tag; it asks every action that AWS says does nothing but tag."""


def asked_by(action: str) -> str | None:
    """The invariant or the action, by which what an action does is bounded elsewhere; None when harm is asked here."""
    if action in ELSEWHERE or action in FORMS:
        return ELSEWHERE.get(action)
    said = of_action(action)
    return _TAGS if said.can == ("changes who reads",) and _TAGS in said.bound else None


SEEN_BY_PREVIEWS: Final = frozenset(
    {
        "cloudwatch:DescribeAlarms",
        "events:ListTargetsByRule",
        "glue:GetConnection",
        "glue:GetTable",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions",
    }
)
"""Actions that may return data, with which a preview compares alarms, tables, buckets and targets with the program."""


def carried_out(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I7: on every allowed action that carries something out."""
    return _refused(subject, "carries out")


def opened(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I8: on every allowed action that opens something, or runs code."""
    return _refused(subject, "opens", "runs code")


def changed(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I16: on every allowed action that changes who reads."""
    return _refused(subject, "changes who reads")


def shared(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I19: on every allowed action that shares."""
    return _refused(subject, "shares")


def _refused(subject: Subject, *powers: Power) -> Iterator[AnyClaim]:
    for administrator, _ in subject.administrators:
        for action in actions_that(*powers):
            if asked_by(action) is None:
                request = harmful_request(subject, administrator, action)
                yield Claim(f"{administrator.who}, meaning harm", request, allowed=False)


def looked_at(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M10: on every allowed action that reads data, by the preview of each account, on what is its own."""
    for account_id, unit, where in subject.accounts_asked:
        preview = Actor(f"the preview of {where}", names.preview_role(account_id), unit, account_id, "preview")
        for action in actions_that("reads data"):
            if action not in SEEN_BY_PREVIEWS:
                yield Claim(preview.who, subject.own_request(preview, action), allowed=False)


def from_outside(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I1: on every allowed action of services that take RCPs, by outsiders on what the plan does not list."""
    yield from _reached(subject, subject.outsiders[:2])


def from_other_units(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I3: on the same actions by partners and the management account, on what a domain may have made."""
    partners = tuple(caller for caller in subject.of_partners if caller.kind == "other")[:1]
    yield from _reached(subject, (*partners, *subject.of_management))


def _reached(subject: Subject, callers: tuple[Actor, ...]) -> Iterator[AnyClaim]:
    home = subject.domains[0].access.account_id
    harmless = frozenset(actions_that(*HARMLESS))
    for service in sorted(facts.RESOURCE_CONTROLLED & listed_services().keys() - {"sts"}):
        for action, arn in facts.requests(service, subject.region, home):
            if not is_allowed(action) or action in harmless or (":s3:" not in arn and home not in arn):
                continue
            resource = arn if home in arn else _bucket(subject) + ("/x" if "/" in arn else "")
            for caller in callers:
                yield Claim(caller.who, Request(caller.name, action, resource), allowed=False)


def _bucket(subject: Subject) -> str:
    return f"arn:aws:s3:::{next(iter(subject.products)).bucket}"


def on_keys(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I12: on every allowed action of KMS that does harm, by an administrator on a product's key."""
    product = next(iter(subject.products))
    caller = subject.other(product.account_id, "domains", f"domain {product.domain}")
    for action, _ in facts.requests("kms", subject.region, product.account_id):
        if is_allowed(action) and action not in actions_that(*HARMLESS):
            request = Request(caller.name, action, subject.product_key(product))
            yield Claim(caller.who, request, allowed=False)


def on_the_catalog(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I23: on every allowed action of Glue on a catalog that does harm, by a partner and an outsider."""
    partners = tuple(caller for caller in subject.of_partners if caller.kind == "other")[:1]
    for action, arn in facts.requests("glue", subject.region, subject.hub):
        in_a_catalog = arn.split(":")[5].split("/")[0] in ("catalog", "database", "table")
        if in_a_catalog and is_allowed(action) and action not in actions_that(*HARMLESS):
            for caller in (*partners, *subject.outsiders[:2]):
                yield Claim(caller.who, Request(caller.name, action, arn), allowed=False)


def harmful_request(subject: Subject, caller: Actor, action: str) -> Request:
    """The request that does harm; without a form of its own, the plain one on a resource of the caller's account."""
    form = FORMS.get(action)
    if form is None:
        return subject.own_request(caller, action)
    account_id = caller.account or subject.hub
    places = {
        "account": account_id,
        "hub": subject.hub,
        "region": subject.region,
        "stranger": NO_ORGANIZATION,
        "bucket": _bucket(subject),
    }
    context = {key: _filled(value, places) for key, value in form.context.items()}
    if not form.resource:
        return subject.own_request(caller, action, context)
    return Request(caller.name, action, form.resource.format(**places), context)


def _filled(value: Any, places: Mapping[str, str]) -> Any:
    if not isinstance(value, list):
        return value
    return [each.format(**places) for each in cast("list[str]", value)]
