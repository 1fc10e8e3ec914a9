"""Role trust: external id, MFA, session names and tags, and what SCPs and RCPs do to it."""

from __future__ import annotations

from tests.mesh.evaluator.cases.trust import assume
from tests.mesh.evaluator.judge import (
    FOREIGN,
    GUEST,
    HOME,
    MANAGEMENT,
    ORGANIZATION,
    OTHER,
    READER,
    USER,
    Case,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import (
    EXTERNAL_ID,
    MFA,
    RCP_EXAMPLES,
    RCPS,
    SCPS,
    SESSION_TAGS,
    STS_KEYS,
)

_ROLE = f"arn:aws:iam::{HOME}:role/Steward"
_MAY = (allow("sts:AssumeRole", _ROLE),)


def _to(principal: object, when: object = None, action: object = "sts:AssumeRole") -> tuple[dict[str, object], ...]:
    return (allow(action, None, to=principal, when=when),)


_EXTERNAL = {"StringEquals": {"sts:ExternalId": "unique-to-us"}}
_MFA_NOW = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
_MFA_AGE = {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
_NAME = {"StringEquals": {"sts:RoleSessionName": ["alice", "bob"]}}
_SOURCE = {"StringLike": {"sts:SourceIdentity": "*@example.com"}}
_TAGS = {"ForAllValues:StringEquals": {"aws:TagKeys": ["project"]}}
_TAGGED = {"StringEquals": {"aws:RequestTag/project": "atlas"}}
_THIRD = "A role for a third party asks for the external id agreed with it."
_FACTOR = "A role may ask for MFA; a condition with Bool fails without the key."
_CONDITIONS = (
    assume(
        "with the external id",
        _to({"AWS": GUEST}, _EXTERNAL),
        allowed(),
        _THIRD,
        page=EXTERNAL_ID,
        by=GUEST,
        identity=_MAY,
        context={"sts:ExternalId": "unique-to-us"},
    ),
    assume(
        "with another external id",
        _to({"AWS": GUEST}, _EXTERNAL),
        denied("resource"),
        _THIRD,
        page=EXTERNAL_ID,
        by=GUEST,
        identity=_MAY,
        context={"sts:ExternalId": "other"},
    ),
    assume(
        "without an external id",
        _to({"AWS": GUEST}, _EXTERNAL),
        denied("resource"),
        _THIRD,
        page=EXTERNAL_ID,
        by=GUEST,
        identity=_MAY,
    ),
    assume(
        "with MFA",
        _to({"AWS": USER}, _MFA_NOW),
        allowed("resource"),
        _FACTOR,
        page=MFA,
        by=USER,
        context={"aws:MultiFactorAuthPresent": "true"},
    ),
    assume(
        "without MFA in a temporary session",
        _to({"AWS": USER}, _MFA_NOW),
        denied("resource"),
        _FACTOR,
        page=MFA,
        by=USER,
        context={"aws:MultiFactorAuthPresent": "false"},
    ),
    assume(
        "without MFA with a long-lived key",
        _to({"AWS": USER}, _MFA_NOW),
        denied("resource"),
        _FACTOR,
        page=MFA,
        by=USER,
    ),
    assume(
        "BoolIfExists lets a long-lived key pass without MFA",
        _to({"AWS": USER}, {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}),
        allowed("resource"),
        "IfExists forgives the absent key.",
        page=MFA,
        by=USER,
    ),
    assume(
        "with fresh MFA",
        _to({"AWS": USER}, _MFA_AGE),
        allowed("resource"),
        "aws:MultiFactorAuthAge is the age in seconds.",
        page=MFA,
        by=USER,
        context={"aws:MultiFactorAuthAge": 1200},
    ),
    assume(
        "with stale MFA",
        _to({"AWS": USER}, _MFA_AGE),
        denied("resource"),
        "aws:MultiFactorAuthAge is the age in seconds.",
        page=MFA,
        by=USER,
        context={"aws:MultiFactorAuthAge": 7200},
    ),
    assume(
        "with no MFA age",
        _to({"AWS": USER}, _MFA_AGE),
        denied("resource"),
        "aws:MultiFactorAuthAge is absent without MFA.",
        page=MFA,
        by=USER,
    ),
    assume(
        "with one of the session names",
        _to({"AWS": READER}, _NAME),
        allowed("resource"),
        "sts:RoleSessionName is the name chosen for the session.",
        page=STS_KEYS,
        context={"sts:RoleSessionName": "bob"},
    ),
    assume(
        "with another session name",
        _to({"AWS": READER}, _NAME),
        denied("resource"),
        "sts:RoleSessionName is the name chosen for the session.",
        page=STS_KEYS,
        context={"sts:RoleSessionName": "eve"},
    ),
    assume(
        "with a source identity",
        _to({"AWS": READER}, _SOURCE),
        allowed("resource"),
        "sts:SourceIdentity is the source identity passed.",
        page=STS_KEYS,
        context={"sts:SourceIdentity": "alice@example.com"},
    ),
    assume(
        "without a source identity",
        _to({"AWS": READER}, _SOURCE),
        denied("resource"),
        "sts:SourceIdentity is absent when none is passed.",
        page=STS_KEYS,
    ),
    assume(
        "session tags that the trust policy allows",
        _to({"AWS": READER}, _TAGS, "sts:TagSession"),
        allowed("resource"),
        "Passing tags needs sts:TagSession in the trust policy.",
        page=SESSION_TAGS,
        action="sts:TagSession",
        context={"aws:TagKeys": ("project",)},
    ),
    assume(
        "session tags that the trust policy does not list",
        _to({"AWS": READER}, _TAGS, "sts:TagSession"),
        denied("resource"),
        "Passing tags needs sts:TagSession in the trust policy.",
        page=SESSION_TAGS,
        action="sts:TagSession",
        context={"aws:TagKeys": ("project", "clearance")},
    ),
    assume(
        "session tags where the trust policy lets only assume",
        _to({"AWS": READER}),
        denied("resource"),
        "Passing tags needs sts:TagSession in the trust policy.",
        page=SESSION_TAGS,
        action="sts:TagSession",
        context={"aws:TagKeys": ("project",)},
    ),
    assume(
        "a session tag of the value allowed",
        _to({"AWS": READER}, _TAGGED, "sts:TagSession"),
        allowed("resource"),
        "aws:RequestTag is a tag that the caller passes.",
        page=SESSION_TAGS,
        action="sts:TagSession",
        context={"aws:RequestTag/project": "atlas"},
    ),
    assume(
        "a session tag of another value",
        _to({"AWS": READER}, _TAGGED, "sts:TagSession"),
        denied("resource"),
        "aws:RequestTag is a tag that the caller passes.",
        page=SESSION_TAGS,
        action="sts:TagSession",
        context={"aws:RequestTag/project": "other"},
    ),
    assume(
        "a source identity where the trust policy lets only assume",
        _to({"AWS": READER}),
        denied("resource"),
        "Setting a source identity needs sts:SetSourceIdentity in the trust policy.",
        page=STS_KEYS,
        action="sts:SetSourceIdentity",
        context={"sts:SourceIdentity": "alice"},
    ),
    assume(
        "a source identity that the trust policy allows",
        _to({"AWS": READER}, action=["sts:AssumeRole", "sts:SetSourceIdentity"]),
        allowed("resource"),
        "Setting a source identity needs sts:SetSourceIdentity in the trust policy.",
        page=STS_KEYS,
        action="sts:SetSourceIdentity",
        context={"sts:SourceIdentity": "alice"},
    ),
)
_RCP = (
    deny(
        "sts:AssumeRole",
        to="*",
        when={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    ),
)
_STS = "STS is among the services of RCPs: they bind who may assume the account's roles."
_CONTROLS = (
    assume(
        "an RCP stops a stranger that the role trusts",
        _to("*"),
        denied("rcp", "Stop"),
        _STS,
        page=RCP_EXAMPLES,
        by=f"arn:aws:iam::{FOREIGN}:role/Guest",
        identity=_MAY,
        rcp=_RCP,
    ),
    assume(
        "an RCP spares the organisation",
        _to({"AWS": OTHER}),
        allowed(),
        _STS,
        page=RCP_EXAMPLES,
        by=GUEST,
        identity=_MAY,
        rcp=_RCP,
    ),
    assume(
        "an RCP spares a service that the role trusts",
        _to({"Service": "glue.amazonaws.com"}),
        allowed("resource"),
        _STS,
        page=RCP_EXAMPLES,
        by="glue.amazonaws.com",
        rcp=_RCP,
    ),
    assume(
        "an RCP of the caller's account does not bind another account's role",
        _to({"AWS": OTHER}),
        allowed(),
        _STS,
        page=RCPS,
        by=GUEST,
        identity=_MAY,
        rcp=(deny("sts:AssumeRole", to="*"),),
        rcp_at=OTHER,
    ),
    assume(
        "an SCP of the caller's account binds assuming elsewhere",
        _to({"AWS": OTHER}),
        denied("scp", "Stop"),
        "SCPs bind the caller.",
        page=SCPS,
        by=GUEST,
        identity=_MAY,
        scp=(deny("sts:AssumeRole"),),
    ),
    assume(
        "an SCP of the role's account does not bind the caller",
        _to({"AWS": OTHER}),
        allowed(),
        "SCPs bind the caller.",
        page=SCPS,
        by=GUEST,
        identity=_MAY,
        scp=(deny("sts:AssumeRole"),),
        scp_at=HOME,
    ),
    assume(
        "a caller of the management account is bound by no SCP",
        _to({"AWS": MANAGEMENT}),
        allowed(),
        "SCPs do not bind the management account.",
        page=SCPS,
        by=f"arn:aws:iam::{MANAGEMENT}:role/Admin",
        identity=_MAY,
        scp=(deny("sts:AssumeRole"),),
    ),
)

CASES: tuple[Case, ...] = (
    *_CONDITIONS,
    *_CONTROLS,
)
