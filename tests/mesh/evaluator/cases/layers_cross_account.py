"""A principal of one account, a resource of another: both accounts have to allow."""

from __future__ import annotations

from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    EVERYTHING,
    FOREIGN,
    GUEST,
    GUEST_SESSION,
    HOME,
    LONER,
    MANAGEMENT,
    OTHER,
    PARTNER,
    Case,
    Expect,
    Statements,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import CROSS_ACCOUNT, PRINCIPAL, RCPS, ROLES_AND_POLICIES, SCPS

_OBJECTS = f"{BUCKET}/*"
_ROOT = f"arn:aws:iam::{OTHER}:root"
_READ, _WRITE, _STOP = (allow("s3:GetObject"),), (allow("s3:PutObject"),), (deny("s3:GetObject"),)


def _to(principal: object) -> tuple[dict[str, object], ...]:
    return (allow("s3:GetObject", _OBJECTS, to=principal),)


_BOTH = "Across accounts the identity policy of the caller's account and the resource policy both have to allow."
# resource policies and identity policies, and what comes of each pair
_POLICIES: dict[str, Statements | None] = {
    "the role": _to({"AWS": GUEST}),
    "the role's account": _to({"AWS": OTHER}),
    "everyone": _to("*"),
    "another role": _to({"AWS": f"arn:aws:iam::{OTHER}:role/Other"}),
    "its own account": _to({"AWS": HOME}),
    "nobody": None,
}
_IDENTITIES: dict[str, Statements | None] = {
    "allows": _READ,
    "is silent": _WRITE,
    "is absent": None,
    "denies": (allow(), *_STOP),
}
_COVERED = ("the role", "the role's account", "everyone")


def _pair(policy: str, identity: str) -> Expect:
    if identity == "denies":
        return denied("identity", "Stop")
    if policy not in _COVERED:
        return denied("resource")
    return allowed() if identity == "allows" else denied("identity")


_MATRIX = tuple(
    Case(
        name=f"the resource policy grants to {policy} and the identity policy {identity}",
        expect=_pair(policy, identity),
        rule=_BOTH,
        page=CROSS_ACCOUNT,
        by=GUEST,
        identity=identities,
        policy=policies,
    )
    for policy, policies in _POLICIES.items()
    for identity, identities in _IDENTITIES.items()
)

_GUEST_USER = f"arn:aws:iam::{OTHER}:user/Carol"
_LIMITED = "The evaluation in the caller's account counts its boundary and session policy too."
_OTHERS = (
    Case(
        name="the resource policy denies what both allow",
        expect=denied("resource", "Stop"),
        rule="An explicit deny overrides.",
        page=CROSS_ACCOUNT,
        by=GUEST,
        identity=_READ,
        policy=(*_to("*"), deny("s3:*", _OBJECTS, to={"AWS": GUEST})),
    ),
    Case(
        name="a grant to the session needs the identity policy across accounts",
        expect=denied("identity"),
        rule=_BOTH,
        page=CROSS_ACCOUNT,
        by=GUEST_SESSION,
        policy=_to({"AWS": GUEST_SESSION}),
    ),
    Case(
        name="a grant to the user needs the identity policy across accounts",
        expect=denied("identity"),
        rule=_BOTH,
        page=CROSS_ACCOUNT,
        by=_GUEST_USER,
        policy=_to({"AWS": _GUEST_USER}),
    ),
    Case(
        name="a grant to the user and its identity policy will do",
        expect=allowed(),
        rule=_BOTH,
        page=CROSS_ACCOUNT,
        by=_GUEST_USER,
        identity=_READ,
        policy=_to({"AWS": _GUEST_USER}),
    ),
    Case(
        name="the boundary of the caller lacks the action across accounts",
        expect=denied("boundary"),
        rule=_LIMITED,
        page=CROSS_ACCOUNT,
        by=GUEST,
        identity=_READ,
        boundary=_WRITE,
        policy=_to({"AWS": GUEST}),
    ),
    Case(
        name="the boundary of the caller allows across accounts",
        expect=allowed(),
        rule=_LIMITED,
        page=CROSS_ACCOUNT,
        by=GUEST,
        identity=_READ,
        boundary=_READ,
        policy=_to({"AWS": GUEST}),
    ),
    Case(
        name="the boundary cuts a grant to the session across accounts",
        expect=denied("boundary"),
        rule=_LIMITED,
        page=CROSS_ACCOUNT,
        by=GUEST_SESSION,
        identity=_READ,
        boundary=_WRITE,
        policy=_to({"AWS": GUEST_SESSION}),
    ),
    Case(
        name="the session policy lacks the action across accounts",
        expect=denied("session"),
        rule=_LIMITED,
        page=CROSS_ACCOUNT,
        by=GUEST_SESSION,
        identity=_READ,
        session=_WRITE,
        policy=_to({"AWS": GUEST}),
    ),
    Case(
        name="the session policy cuts a grant to the session across accounts",
        expect=denied("session"),
        rule=_LIMITED,
        page=CROSS_ACCOUNT,
        by=GUEST_SESSION,
        identity=_READ,
        session=_WRITE,
        policy=_to({"AWS": GUEST_SESSION}),
    ),
    Case(
        name="the identity policy has to cover the resource of the other account",
        expect=denied("identity"),
        rule="The identity policy names the resource of the other account.",
        page=ROLES_AND_POLICIES,
        by=GUEST,
        identity=(allow("s3:GetObject", "arn:aws:s3:::own/*"),),
        policy=_to({"AWS": GUEST}),
    ),
    Case(
        name="the identity policy covers the resource of the other account",
        expect=allowed(),
        rule="The identity policy names the resource of the other account.",
        page=ROLES_AND_POLICIES,
        by=GUEST,
        identity=(allow("s3:GetObject", _OBJECTS),),
        policy=_to({"AWS": GUEST}),
    ),
    Case(
        name="the condition of the resource policy fails across accounts",
        expect=denied("resource"),
        rule=_BOTH,
        page=CROSS_ACCOUNT,
        by=GUEST,
        identity=_READ,
        policy=(
            allow("s3:GetObject", _OBJECTS, to="*", when={"StringEquals": {"aws:PrincipalOrgID": "o-foreign1234"}}),
        ),
    ),
    Case(
        name="the condition of the identity policy fails across accounts",
        expect=denied("identity"),
        rule=_BOTH,
        page=CROSS_ACCOUNT,
        by=GUEST,
        identity=(allow("s3:GetObject", when={"StringEquals": {"aws:ResourceAccount": OTHER}}),),
        policy=_to("*"),
    ),
    Case(
        name="the condition of the identity policy holds across accounts",
        expect=allowed(),
        rule=_BOTH,
        page=CROSS_ACCOUNT,
        by=GUEST,
        identity=(allow("s3:GetObject", when={"StringEquals": {"aws:ResourceAccount": HOME}}),),
        policy=_to("*"),
    ),
    Case(
        name="the root user of another account is granted",
        expect=allowed(),
        rule="A root user has full access in its account; the resource policy has to allow its account.",
        page=CROSS_ACCOUNT,
        by=_ROOT,
        policy=_to({"AWS": OTHER}),
    ),
    Case(
        name="the root user of another account is not granted",
        expect=denied("resource"),
        rule=_BOTH,
        page=CROSS_ACCOUNT,
        by=_ROOT,
        policy=_to({"AWS": PARTNER}),
    ),
    Case(
        name="the root user of another account finds no resource policy",
        expect=denied("resource"),
        rule=_BOTH,
        page=CROSS_ACCOUNT,
        by=_ROOT,
    ),
    Case(
        name="everyone with the organisation's id lets in another account of it",
        expect=allowed(),
        rule="aws:PrincipalOrgID limits everyone to the organisation's accounts.",
        page=PRINCIPAL,
        by=GUEST,
        identity=_READ,
        policy=(
            allow("s3:GetObject", _OBJECTS, to="*", when={"StringEquals": {"aws:PrincipalOrgID": "o-mesh123456"}}),
        ),
    ),
    Case(
        name="everyone with the organisation's id lets in no other organisation",
        expect=denied("resource"),
        rule="aws:PrincipalOrgID limits everyone to the organisation's accounts.",
        page=PRINCIPAL,
        by=f"arn:aws:iam::{FOREIGN}:role/Guest",
        identity=_READ,
        policy=(
            allow("s3:GetObject", _OBJECTS, to="*", when={"StringEquals": {"aws:PrincipalOrgID": "o-mesh123456"}}),
        ),
    ),
    Case(
        name="everyone with the organisation's id lets in no account outside organisations",
        expect=denied("resource"),
        rule="aws:PrincipalOrgID is absent outside an organisation.",
        page=PRINCIPAL,
        by=f"arn:aws:iam::{LONER}:role/Guest",
        identity=_READ,
        policy=(
            allow("s3:GetObject", _OBJECTS, to="*", when={"StringEquals": {"aws:PrincipalOrgID": "o-mesh123456"}}),
        ),
    ),
    Case(
        name="everyone with the organisation's id lets in no anonymous",
        expect=denied("resource"),
        rule="aws:PrincipalOrgID is absent without authentication.",
        page=PRINCIPAL,
        by="anonymous",
        policy=(
            allow("s3:GetObject", _OBJECTS, to="*", when={"StringEquals": {"aws:PrincipalOrgID": "o-mesh123456"}}),
        ),
    ),
)


def _control(
    name: str, expect: Expect, rule: str, *, page: object = SCPS, owner: str = HOME, by: str = GUEST, **more: Any
) -> Case:
    return Case(
        name=name, expect=expect, rule=rule, page=page, by=by, owner=owner, identity=EVERYTHING, policy=_to("*"), **more
    )


_SCP_RULE = "SCPs bind the principals of the accounts they are attached to, not the resources."
_RCP_RULE = "RCPs bind the resources of the accounts they are attached to, not the principals."
_RCP_STOP = (deny("s3:GetObject", to="*"),)
_CONTROLS = (
    _control("an SCP on the caller's account binds the caller abroad", denied("scp", "Stop"), _SCP_RULE, scp=_STOP),
    _control(
        "an SCP on the resource's account does not bind a caller from elsewhere",
        allowed(),
        _SCP_RULE,
        scp=_STOP,
        scp_at=HOME,
    ),
    _control(
        "an RCP on the resource's account binds a caller from elsewhere",
        denied("rcp", "Stop"),
        _RCP_RULE,
        page=RCPS,
        rcp=_RCP_STOP,
    ),
    _control(
        "an RCP on the caller's account does not bind the caller abroad",
        allowed(),
        _RCP_RULE,
        page=RCPS,
        rcp=_RCP_STOP,
        rcp_at=OTHER,
    ),
    _control(
        "an RCP binds a caller of another organisation",
        denied("rcp", "Stop"),
        "RCPs bind callers outside the organisation too.",
        page=RCPS,
        by=f"arn:aws:iam::{FOREIGN}:role/Guest",
        rcp=_RCP_STOP,
    ),
    _control(
        "an RCP binds a caller outside every organisation",
        denied("rcp", "Stop"),
        "RCPs bind callers outside the organisation too.",
        page=RCPS,
        by=f"arn:aws:iam::{LONER}:role/Guest",
        rcp=_RCP_STOP,
    ),
    _control(
        "an RCP binds a caller of the management account",
        denied("rcp", "Stop"),
        "RCPs bind every principal that reaches a member account's resource.",
        page=RCPS,
        by=f"arn:aws:iam::{MANAGEMENT}:role/Admin",
        rcp=_RCP_STOP,
    ),
    _control(
        "an RCP binds the anonymous",
        denied("rcp", "Stop"),
        "RCPs bind callers outside the organisation too.",
        page=RCPS,
        by="anonymous",
        rcp=_RCP_STOP,
    ),
    _control(
        "the anonymous are not bound by SCPs",
        allowed("resource"),
        "SCPs bind principals of member accounts.",
        by="anonymous",
        scp=_STOP,
        scp_at=HOME,
    ),
    _control(
        "an own SCP binds the caller at a bucket outside every organisation",
        denied("scp", "Stop"),
        _SCP_RULE,
        owner=LONER,
        scp=_STOP,
    ),
    _control(
        "no own RCP covers a bucket outside every organisation",
        allowed(),
        "RCPs bind the resources of the organisation's accounts.",
        page=RCPS,
        owner=LONER,
        rcp=_RCP_STOP,
        rcp_at=OTHER,
    ),
)

CASES: tuple[Case, ...] = (*_MATRIX, *_OTHERS, *_CONTROLS)
