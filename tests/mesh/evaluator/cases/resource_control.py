"""Resource control policies: which resources they bind, against whom, and the perimeter."""

from __future__ import annotations

from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    EVERYTHING,
    FOREIGN,
    FULL,
    GUEST,
    HOME,
    LONER,
    MANAGEMENT,
    OTHER,
    Case,
    Expect,
    Page,
    Statements,
    allow,
    allowed,
    denied,
    deny,
    or_refused,
)
from tests.mesh.evaluator.pages import (
    KEY_RCPS,
    RCP_EVALUATION,
    RCP_EXAMPLES,
    RCP_SYNTAX,
    RCPS,
)

_OBJECTS = f"{BUCKET}/*"
_READ, _STOP, _RCP_STOP = (allow("s3:GetObject"),), (deny("s3:GetObject"),), (deny("s3:GetObject", to="*"),)
_TO_ALL = (allow("s3:GetObject", _OBJECTS, to="*"),)
_LINKED = (
    f"arn:aws:iam::{HOME}:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"
)
_ADMIN = f"arn:aws:iam::{MANAGEMENT}:role/Admin"


def _rcp(name: str, expect: Expect, rule: str, *, page: Page = RCPS, **more: Any) -> Case:
    return Case(name=name, expect=expect, rule=rule, page=page, **{"rcp": _RCP_STOP, "identity": EVERYTHING} | more)


_QUEUE, _TOPIC = f"arn:aws:sqs:eu-west-1:{HOME}:orders", f"arn:aws:sns:eu-west-1:{HOME}:orders"
_PERIMETER = (
    deny(
        "s3:*",
        to="*",
        when={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-mesh123456"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    ),
)
_FENCE = "The identity perimeter denies callers whose organisation is another or absent, services excepted."
_ANY_LEVEL = "A Deny of an RCP at any level from the root to the account denies."


def _at(level: str) -> dict[str, tuple[Statements, ...]]:
    return {node: (*FULL, _RCP_STOP) if node == level else FULL for node in ("root", "unit", "account")}


_RCPS = (
    _rcp(
        "an RCP binds the resource for its own account's role",
        denied("rcp", "Stop"),
        "RCPs bind every principal.",
        page=RCPS,
    ),
    _rcp(
        "an RCP binds the resource for a service",
        denied("rcp", "Stop"),
        "RCPs bind every principal.",
        by="athena.amazonaws.com",
        identity=None,
        policy=(allow("s3:GetObject", _OBJECTS, to={"Service": "athena.amazonaws.com"}),),
    ),
    _rcp(
        "an RCP that does not deny grants nothing",
        denied("identity"),
        "RCPs grant nothing.",
        rcp=(deny("s3:PutObject", to="*"),),
        identity=None,
    ),
    _rcp(
        "an RCP does not bind a bucket of the management account",
        allowed("identity"),
        "RCPs do not bind resources of the management account.",
        by=_ADMIN,
        owner=MANAGEMENT,
    ),
    _rcp(
        "an RCP does not bind a management account's bucket for others",
        allowed(),
        "RCPs do not bind resources of the management account.",
        by=GUEST,
        owner=MANAGEMENT,
        policy=_TO_ALL,
    ),
    _rcp(
        "an RCP does not bind a service-linked role",
        allowed("identity"),
        "RCPs do not bind the calls of service-linked roles.",
        by=_LINKED,
        service_linked=True,
    ),
    _rcp(
        "an RCP denies at the root",
        denied("rcp", "Stop"),
        _ANY_LEVEL,
        page=RCP_EVALUATION,
        rcp=None,
        rcp_levels=_at("root"),
    ),
    _rcp(
        "an RCP denies at the unit",
        denied("rcp", "Stop"),
        _ANY_LEVEL,
        page=RCP_EVALUATION,
        rcp=None,
        rcp_levels=_at("unit"),
    ),
    _rcp(
        "an RCP denies at the account",
        denied("rcp", "Stop"),
        _ANY_LEVEL,
        page=RCP_EVALUATION,
        rcp=None,
        rcp_levels=_at("account"),
    ),
    _rcp(
        "an RCP of another account spares this one's bucket",
        allowed("identity"),
        "An RCP binds the resources below the node it is attached to.",
        rcp_at=OTHER,
    ),
    _rcp(
        "an RCP of one service spares another's resources",
        allowed("identity"),
        "An RCP covers its own actions.",
        page=RCP_SYNTAX,
        action="sqs:SendMessage",
        on=_QUEUE,
    ),
    _rcp(
        "an RCP binds queues",
        denied("rcp", "Stop"),
        "SQS is among the services of RCPs.",
        rcp=(deny("sqs:*", to="*"),),
        action="sqs:SendMessage",
        on=_QUEUE,
    ),
    _rcp(
        "an RCP binds keys",
        denied("rcp", "Stop"),
        "KMS is among the services of RCPs.",
        rcp=(deny("kms:*", to="*"),),
        action="kms:Decrypt",
        on=f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        policy=(allow("kms:*", to={"AWS": HOME}),),
    ),
    _rcp(
        "an RCP binds secrets",
        denied("rcp", "Stop"),
        "Secrets Manager is among the services of RCPs.",
        rcp=(deny("secretsmanager:*", to="*"),),
        action="secretsmanager:GetSecretValue",
        on=f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:token-AbCdEf",
    ),
    _rcp(
        "an RCP does not restrict retiring a grant",
        allowed(),
        "kms:RetireGrant has no effect in an RCP, even where its Action is a star.",
        page=KEY_RCPS,
        rcp=(deny("kms:*", to="*"),),
        action="kms:RetireGrant",
        on=f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        policy=(allow("kms:*", to={"AWS": HOME}),),
    ),
    _rcp(
        "an RCP does not reach topics",
        or_refused(allowed("identity")),
        "RCPs apply to the services that AWS lists; SNS is not among them.",
        rcp=(deny("sns:*", to="*"),),
        action="sns:Publish",
        on=f"arn:aws:sns:eu-west-1:{HOME}:orders",
    ),
    _rcp(
        "an RCP does not reach the data catalog",
        or_refused(allowed("identity")),
        "RCPs apply to the services that AWS lists; Glue is not among them.",
        rcp=(deny("glue:*", to="*"),),
        action="glue:GetTable",
        on=f"arn:aws:glue:eu-west-1:{HOME}:table/sales/orders",
    ),
    _rcp(
        "an RCP for a resource spares another",
        allowed("identity"),
        "RCPs may name resources.",
        page=RCP_SYNTAX,
        rcp=(deny("s3:*", "arn:aws:s3:::hr/*", to="*"),),
    ),
    _rcp(
        "an RCP for a resource stops that one",
        denied("rcp", "Stop"),
        "RCPs may name resources.",
        page=RCP_SYNTAX,
        rcp=(deny("s3:*", f"{BUCKET}/2026/*", to="*"),),
    ),
    _rcp(
        "an RCP with NotResource spares what it lists",
        allowed("identity"),
        "RCPs may use NotResource.",
        page=RCP_SYNTAX,
        rcp=(deny("s3:*", None, to="*", NotResource=_OBJECTS),),
    ),
    _rcp(
        "an RCP with NotResource stops the rest",
        denied("rcp", "Stop"),
        "RCPs may use NotResource.",
        page=RCP_SYNTAX,
        rcp=(deny("s3:*", None, to="*", NotResource="arn:aws:s3:::hr/*"),),
    ),
    _rcp("the perimeter spares the own organisation", allowed("identity"), _FENCE, page=RCP_EXAMPLES, rcp=_PERIMETER),
    _rcp(
        "the perimeter spares another account of the organisation",
        allowed(),
        _FENCE,
        page=RCP_EXAMPLES,
        rcp=_PERIMETER,
        by=GUEST,
        policy=_TO_ALL,
    ),
    _rcp(
        "the perimeter stops another organisation",
        denied("rcp", "Stop"),
        _FENCE,
        page=RCP_EXAMPLES,
        rcp=_PERIMETER,
        by=f"arn:aws:iam::{FOREIGN}:role/Guest",
        policy=_TO_ALL,
    ),
    _rcp(
        "the perimeter stops an account outside organisations",
        denied("rcp", "Stop"),
        _FENCE,
        page=RCP_EXAMPLES,
        rcp=_PERIMETER,
        by=f"arn:aws:iam::{LONER}:role/Guest",
        policy=_TO_ALL,
    ),
    _rcp(
        "the perimeter stops the anonymous",
        denied("rcp", "Stop"),
        _FENCE,
        page=RCP_EXAMPLES,
        rcp=_PERIMETER,
        by="anonymous",
        identity=None,
        policy=_TO_ALL,
    ),
    _rcp(
        "the perimeter spares services",
        allowed("resource"),
        _FENCE,
        page=RCP_EXAMPLES,
        rcp=_PERIMETER,
        by="athena.amazonaws.com",
        identity=None,
        policy=(allow("s3:GetObject", _OBJECTS, to={"Service": "athena.amazonaws.com"}),),
    ),
    _rcp(
        "an RCP against plain text stops it",
        denied("rcp", "Stop"),
        "RCPs may require TLS.",
        page=RCP_EXAMPLES,
        rcp=(deny("s3:*", to="*", when={"BoolIfExists": {"aws:SecureTransport": "false"}}),),
        context={"aws:SecureTransport": "false"},
    ),
    _rcp(
        "an RCP against plain text spares TLS",
        allowed("identity"),
        "RCPs may require TLS.",
        page=RCP_EXAMPLES,
        rcp=(deny("s3:*", to="*", when={"BoolIfExists": {"aws:SecureTransport": "false"}}),),
    ),
)
_DEPUTY = (
    deny(
        "s3:*",
        to="*",
        when={
            "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-mesh123456"},
            "Null": {"aws:SourceAccount": "false"},
            "Bool": {"aws:PrincipalIsAWSService": "true"},
        },
    ),
)
_ACTING = "The confused-deputy policy denies services that act for a source outside the organisation."


def _deputy(name: str, expect: Expect, context: dict[str, str], by: str = "sns.amazonaws.com") -> Case:
    granted = (allow("s3:GetObject", _OBJECTS, to={"Service": "sns.amazonaws.com", "AWS": HOME}),)
    return Case(
        name=name,
        expect=expect,
        rule=_ACTING,
        page=RCP_EXAMPLES,
        by=by,
        context=context,
        policy=granted,
        rcp=_DEPUTY,
        identity=EVERYTHING,
    )


_DEPUTIES = (
    _deputy(
        "a service that acts for the organisation passes",
        allowed("resource"),
        {"aws:SourceAccount": HOME, "aws:SourceOrgID": "o-mesh123456"},
    ),
    _deputy(
        "a service that acts for another organisation is stopped",
        denied("rcp", "Stop"),
        {"aws:SourceAccount": FOREIGN, "aws:SourceOrgID": "o-foreign1234"},
    ),
    _deputy(
        "a service that acts for an account of no organisation is stopped",
        denied("rcp", "Stop"),
        {"aws:SourceAccount": LONER},
    ),
    _deputy("a service that acts for no account passes", allowed("resource"), {}),
    _deputy("a role is none of the services", allowed(), {}, by=f"arn:aws:iam::{HOME}:role/Reader"),
)

CASES: tuple[Case, ...] = (
    *_RCPS,
    *_DEPUTIES,
)
