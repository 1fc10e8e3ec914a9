"""Service control policies: levels, whom they bind and whom not."""

from __future__ import annotations

from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    EVERYTHING,
    FOREIGN,
    FULL,
    HOME,
    LONER,
    MANAGEMENT,
    SESSION,
    USER,
    Case,
    Expect,
    Page,
    Statements,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import (
    SCP_EVALUATION,
    SCP_EXAMPLES,
    SCP_SYNTAX,
    SCPS,
)

_OBJECTS = f"{BUCKET}/*"
_READ, _STOP, _RCP_STOP = (allow("s3:GetObject"),), (deny("s3:GetObject"),), (deny("s3:GetObject", to="*"),)
_TO_ALL = (allow("s3:GetObject", _OBJECTS, to="*"),)
_LINKED = (
    f"arn:aws:iam::{HOME}:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"
)
_ROOT = f"arn:aws:iam::{HOME}:root"
_ADMIN = f"arn:aws:iam::{MANAGEMENT}:role/Admin"
_Level = tuple[Statements, ...]


def _levels(name: str, expect: Expect, rule: str, root: _Level, unit: _Level, account: _Level, **more: Any) -> Case:
    levels = {"root": root, "unit": unit, "account": account}
    return Case(name=name, expect=expect, rule=rule, page=SCP_EVALUATION, identity=EVERYTHING, levels=levels, **more)


_EVERY = "An action needs an Allow at every level from the root to the account."
_FOUND, _LACKING = allowed("identity"), denied("scp")
_S3: _Level = ((allow("s3:*"),),)
_SQS: _Level = ((allow("sqs:*"),),)
_LEVELS = (
    _levels("an SCP allows at every level", _FOUND, _EVERY, _S3, _S3, _S3),
    _levels("the root has no SCP that allows", _LACKING, _EVERY, _SQS, FULL, FULL),
    _levels("the unit has no SCP that allows", _LACKING, _EVERY, FULL, _SQS, FULL),
    _levels("the account has no SCP that allows", _LACKING, _EVERY, FULL, FULL, _SQS),
    _levels("the root has no SCP at all", _LACKING, _EVERY, (), FULL, FULL),
    _levels("the unit has no SCP at all", _LACKING, _EVERY, FULL, (), FULL),
    _levels("the account has no SCP at all", _LACKING, _EVERY, FULL, FULL, ()),
    _levels("one of two SCPs of a level allows", _FOUND, _EVERY, FULL, (*_SQS, *_S3), FULL),
    _levels("different patterns allow at each level", _FOUND, _EVERY, FULL, _S3, (_READ,)),
    _levels("levels that share no action allow nothing", _LACKING, _EVERY, FULL, ((allow("s3:Put*"),),), _S3),
    _levels("an Allow below does not make up for the level above", _LACKING, _EVERY, _SQS, _S3, _S3),
    _levels("a Deny at the root", denied("scp", "Stop"), "A Deny at any level denies.", (*FULL, _STOP), FULL, FULL),
    _levels("a Deny at the unit", denied("scp", "Stop"), "A Deny at any level denies.", FULL, (*FULL, _STOP), FULL),
    _levels("a Deny at the account", denied("scp", "Stop"), "A Deny at any level denies.", FULL, FULL, (*FULL, _STOP)),
    _levels(
        "a Deny of another action",
        _FOUND,
        "A Deny covers its own actions.",
        FULL,
        ((allow(), deny("s3:PutObject")),),
        FULL,
    ),
    _levels(
        "a Deny above beats an Allow below",
        denied("scp", "Stop"),
        "A Deny at any level denies.",
        ((allow(), *_STOP),),
        _S3,
        _S3,
    ),
    _levels(
        "a list of everything but one service",
        _FOUND,
        "SCPs may allow with NotAction.",
        FULL,
        ((allow(None, NotAction="sqs:*"),),),
        FULL,
    ),
    _levels(
        "a list of everything but this service",
        _LACKING,
        "SCPs may allow with NotAction.",
        FULL,
        ((allow(None, NotAction="s3:*"),),),
        FULL,
    ),
    _levels(
        "an Allow of an SCP with a condition that holds",
        _FOUND,
        "SCPs may allow with conditions.",
        FULL,
        ((allow("s3:*", when={"Bool": {"aws:SecureTransport": "true"}}),),),
        FULL,
    ),
    _levels(
        "an Allow of an SCP with a condition that fails",
        _LACKING,
        "SCPs may allow with conditions.",
        FULL,
        ((allow("s3:*", when={"Bool": {"aws:SecureTransport": "false"}}),),),
        FULL,
    ),
    _levels(
        "an Allow of an SCP for this resource",
        _FOUND,
        "SCPs may allow by resource.",
        FULL,
        ((allow("s3:*", _OBJECTS),),),
        FULL,
    ),
    _levels(
        "an Allow of an SCP for another resource",
        _LACKING,
        "SCPs may allow by resource.",
        FULL,
        ((allow("s3:*", "arn:aws:s3:::hr/*"),),),
        FULL,
    ),
    _levels(
        "the root user lacks an Allow of the SCPs",
        _LACKING,
        "SCPs bind the root users of member accounts.",
        FULL,
        _SQS,
        FULL,
        by=_ROOT,
    ),
    _levels("a session lacks an Allow of the SCPs", _LACKING, _EVERY, FULL, _SQS, FULL, by=SESSION),
    _levels("a user lacks an Allow of the SCPs", _LACKING, _EVERY, FULL, _SQS, FULL, by=USER),
)


def _scp(name: str, expect: Expect, rule: str, *, page: Page = SCPS, **more: Any) -> Case:
    return Case(name=name, expect=expect, rule=rule, page=page, **{"scp": _STOP, "identity": EVERYTHING} | more)


_NOTHING = "SCPs grant nothing."
_MASTER = "SCPs do not bind the management account."
_SLR = "SCPs do not bind service-linked roles."
_SCPS = (
    _scp("an SCP that allows grants nothing", denied("identity"), _NOTHING, scp=_READ, identity=None),
    _scp(
        "full access by SCP grants no user anything",
        denied("identity"),
        _NOTHING,
        scp=EVERYTHING,
        identity=None,
        by=USER,
    ),
    _scp(
        "an SCP cuts what a resource policy grants to a role",
        denied("scp", "Stop"),
        "SCPs bind also what a resource policy grants.",
        identity=None,
        policy=(allow("s3:GetObject", _OBJECTS, to={"AWS": SESSION}),),
        by=SESSION,
    ),
    _scp(
        "the management account's role is not bound by an SCP",
        allowed("identity"),
        _MASTER,
        by=_ADMIN,
        owner=MANAGEMENT,
    ),
    _scp(
        "the management account's root user is not bound by an SCP",
        allowed(),
        _MASTER,
        by=f"arn:aws:iam::{MANAGEMENT}:root",
        owner=MANAGEMENT,
    ),
    _scp("the management account's role is not bound by an SCP abroad", allowed(), _MASTER, by=_ADMIN, policy=_TO_ALL),
    _scp(
        "a service-linked role is not bound by an SCP's Deny",
        allowed("identity"),
        _SLR,
        by=_LINKED,
        service_linked=True,
    ),
    _scp(
        "a service-linked role needs no Allow of an SCP",
        allowed("identity"),
        _SLR,
        by=_LINKED,
        service_linked=True,
        scp=None,
        levels={"root": FULL, "unit": _SQS, "account": FULL},
    ),
    _scp(
        "a role of the same path that is not service-linked is bound",
        denied("scp", "Stop"),
        "SCPs bind the roles of member accounts.",
        by=f"arn:aws:iam::{HOME}:role/lakeformation/Location",
    ),
    _scp(
        "a service is not bound by an SCP",
        allowed("resource"),
        "SCPs bind users and roles of member accounts.",
        by="athena.amazonaws.com",
        scp_at=HOME,
        identity=None,
        policy=(allow("s3:GetObject", _OBJECTS, to={"Service": "athena.amazonaws.com"}),),
    ),
    _scp(
        "a principal outside the organisation is not bound by an SCP",
        allowed(),
        "SCPs do not bind principals of other organisations.",
        by=f"arn:aws:iam::{FOREIGN}:role/Guest",
        scp_at=HOME,
        policy=_TO_ALL,
    ),
    _scp(
        "an account outside every organisation has no SCPs",
        allowed("identity"),
        "SCPs belong to an organisation.",
        by=f"arn:aws:iam::{LONER}:role/Own",
        owner=LONER,
        scp=None,
    ),
    _scp(
        "an SCP of the partners' account spares the domains'",
        allowed("identity"),
        "An SCP binds the accounts below the node it is attached to.",
        scp_at="333333333333",
    ),
    _scp(
        "an SCP spares the role it excepts",
        allowed("identity"),
        "A negated aws:PrincipalArn excepts roles from an SCP.",
        page=SCP_EXAMPLES,
        scp=(deny("s3:*", when={"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/Reader"}}),),
    ),
    _scp(
        "an SCP stops the role it does not except",
        denied("scp", "Stop"),
        "A negated aws:PrincipalArn excepts roles from an SCP.",
        page=SCP_EXAMPLES,
        scp=(deny("s3:*", when={"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/Deploy"}}),),
    ),
    _scp(
        "an SCP stops the root user alone: the root user",
        denied("scp", "Stop"),
        "aws:PrincipalArn of a root user ends in :root.",
        page=SCP_EXAMPLES,
        scp=(deny(when={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}),),
        by=_ROOT,
    ),
    _scp(
        "an SCP stops the root user alone: a role",
        allowed("identity"),
        "aws:PrincipalArn of a root user ends in :root.",
        page=SCP_EXAMPLES,
        scp=(deny(when={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}),),
    ),
    _scp(
        "an SCP denies a region: inside",
        denied("scp", "Stop"),
        "A Deny outside the approved regions uses aws:RequestedRegion.",
        page=SCP_EXAMPLES,
        scp=(
            deny(
                None,
                NotAction=["iam:*", "organizations:*", "sts:*"],
                when={"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}},
            ),
        ),
        action="sqs:SendMessage",
        on=f"arn:aws:sqs:us-east-1:{HOME}:orders",
    ),
    _scp(
        "an SCP denies a region: an approved one",
        allowed("identity"),
        "A Deny outside the approved regions uses aws:RequestedRegion.",
        page=SCP_EXAMPLES,
        scp=(
            deny(
                None,
                NotAction=["iam:*", "organizations:*", "sts:*"],
                when={"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}},
            ),
        ),
        action="sqs:SendMessage",
        on=f"arn:aws:sqs:eu-west-1:{HOME}:orders",
    ),
    _scp(
        "an SCP keeps an account from leaving the organisation",
        denied("scp", "Stop"),
        "organizations:LeaveOrganization may be denied.",
        page=SCP_EXAMPLES,
        scp=(deny("organizations:LeaveOrganization"),),
        action="organizations:LeaveOrganization",
        on="*",
    ),
    _scp(
        "an SCP against leaving spares the rest",
        allowed("identity"),
        "organizations:LeaveOrganization may be denied.",
        page=SCP_EXAMPLES,
        scp=(deny("organizations:LeaveOrganization"),),
        action="organizations:DescribeOrganization",
        on="*",
    ),
    _scp(
        "an SCP with a star in the resource's account part",
        denied("scp", "Stop"),
        "SCPs take patterns of ARNs.",
        page=SCP_SYNTAX,
        scp=(deny("sqs:*", "arn:aws:sqs:*:*:or*"),),
        action="sqs:SendMessage",
        on=f"arn:aws:sqs:eu-west-1:{HOME}:orders",
    ),
)

CASES: tuple[Case, ...] = (
    *_LEVELS,
    *_SCPS,
)
