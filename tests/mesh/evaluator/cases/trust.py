"""Role trust: who may assume a role, in the account, from another, as a service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.mesh.evaluator.judge import (
    FOREIGN,
    GUEST,
    GUEST_SESSION,
    HOME,
    LONER,
    ORGANIZATION,
    OTHER,
    PARTNER,
    READER,
    SESSION,
    USER,
    Case,
    Expect,
    Page,
    Statements,
    Values,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import (
    ASSUME_ROLE,
    CONFUSED_DEPUTY,
    CROSS_ACCOUNT,
    PRINCIPAL,
    WITHIN,
)

_ROLE = f"arn:aws:iam::{HOME}:role/Steward"
_ROOT, _OTHER_ROOT = f"arn:aws:iam::{HOME}:root", f"arn:aws:iam::{OTHER}:root"
_MAY = (allow("sts:AssumeRole", _ROLE),)


def _to(principal: object, when: object = None, action: object = "sts:AssumeRole") -> tuple[dict[str, object], ...]:
    return (allow(action, None, to=principal, when=when),)


def assume(
    name: str,
    trust: Statements,
    expect: Expect,
    rule: str,
    *,
    page: Page = ASSUME_ROLE,
    by: str = READER,
    identity: Statements | None = None,
    context: Mapping[str, Values] | None = None,
    action: str = "sts:AssumeRole",
    **more: Any,
) -> Case:
    return Case(
        name=name,
        expect=expect,
        rule=rule,
        page=page,
        by=by,
        action=action,
        on=_ROLE,
        trust=trust,
        identity=identity,
        context=context or {},
        **more,
    )


_NAMED = "In the account, a caller that the trust policy names needs no other permission."
_HANDED = "In the account, a trust policy for the account needs an identity policy beside it."
_ONLY = "A trust policy has to allow; an identity policy alone is not enough."
_SAME = (
    assume("a role that the trust policy names", _to({"AWS": READER}), allowed("resource"), _NAMED),
    assume("a user that the trust policy names", _to({"AWS": USER}), allowed("resource"), _NAMED, by=USER),
    assume("a session that the trust policy names", _to({"AWS": SESSION}), allowed("resource"), _NAMED, by=SESSION),
    assume(
        "a session of a role that the trust policy names", _to({"AWS": READER}), allowed("resource"), _NAMED, by=SESSION
    ),
    assume("a role of an account that the trust policy names", _to({"AWS": _ROOT}), denied("identity"), _HANDED),
    assume(
        "a role of a trusted account with an identity policy", _to({"AWS": _ROOT}), allowed(), _HANDED, identity=_MAY
    ),
    assume(
        "a user of a trusted account with an identity policy",
        _to({"AWS": HOME}),
        allowed(),
        _HANDED,
        identity=_MAY,
        by=USER,
    ),
    assume(
        "an identity policy alone does not assume a role",
        _to({"AWS": USER}),
        denied("resource"),
        _ONLY,
        page=WITHIN,
        identity=_MAY,
    ),
    assume(
        "an administrator does not assume a role that trusts others",
        _to({"AWS": USER}),
        denied("resource"),
        _ONLY,
        page=WITHIN,
        identity=(allow(),),
    ),
    assume(
        "an administrator does not assume a service's role",
        _to({"Service": "glue.amazonaws.com"}),
        denied("resource"),
        _ONLY,
        page=WITHIN,
        identity=(allow(),),
    ),
    assume(
        "a role does not assume itself unless it trusts itself",
        _to({"Service": "glue.amazonaws.com"}),
        denied("resource"),
        _ONLY,
        page=WITHIN,
        identity=(allow(),),
        by=_ROLE,
    ),
    assume("a role assumes itself if it trusts itself", _to({"AWS": _ROLE}), allowed("resource"), _NAMED, by=_ROLE),
    assume(
        "a trust policy for everyone in the account",
        _to("*"),
        allowed("resource"),
        "A star is everyone; in the account no other permission is needed.",
        page=PRINCIPAL,
    ),
    assume(
        "a trust policy that denies",
        (*_to({"AWS": _ROOT}), deny("sts:AssumeRole", None, to={"AWS": READER})),
        denied("resource", "Stop"),
        "An explicit deny overrides.",
        page=WITHIN,
        identity=_MAY,
    ),
    assume(
        "an identity policy that denies to assume",
        _to({"AWS": READER}),
        denied("identity", "Stop"),
        "An explicit deny overrides.",
        page=WITHIN,
        identity=(deny("sts:AssumeRole"),),
    ),
    assume(
        "an identity policy for another role",
        _to({"AWS": _ROOT}),
        denied("identity"),
        _HANDED,
        identity=(allow("sts:AssumeRole", f"{_ROLE}2"),),
    ),
    assume(
        "an identity policy with a pattern of roles",
        _to({"AWS": _ROOT}),
        allowed(),
        _HANDED,
        identity=(allow("sts:AssumeRole", f"arn:aws:iam::{HOME}:role/Stew*"),),
    ),
    assume(
        "a boundary cuts the trust in a role",
        _to({"AWS": READER}),
        denied("boundary"),
        "A grant to a role's ARN is limited by the boundary.",
        page=WITHIN,
        boundary=(allow("s3:*"),),
    ),
    assume(
        "a trust policy for another of the STS actions",
        _to({"AWS": READER}, action="sts:AssumeRoleWithSAML"),
        denied("resource"),
        _ONLY,
        page=WITHIN,
        identity=_MAY,
    ),
)
_BOTH = "From another account the trust policy and the caller's identity policy both have to allow."
_CROSS = (
    assume(
        "another account's role assumes with both",
        _to({"AWS": GUEST}),
        allowed(),
        _BOTH,
        page=CROSS_ACCOUNT,
        by=GUEST,
        identity=_MAY,
    ),
    assume(
        "another account's role, the account trusted",
        _to({"AWS": _OTHER_ROOT}),
        allowed(),
        _BOTH,
        page=CROSS_ACCOUNT,
        by=GUEST,
        identity=_MAY,
    ),
    assume(
        "another account's session assumes with both",
        _to({"AWS": GUEST}),
        allowed(),
        _BOTH,
        page=CROSS_ACCOUNT,
        by=GUEST_SESSION,
        identity=_MAY,
    ),
    assume(
        "another account's role that is trusted alone",
        _to({"AWS": GUEST}),
        denied("identity"),
        _BOTH,
        page=CROSS_ACCOUNT,
        by=GUEST,
    ),
    assume(
        "another account's role assumes with its identity policy alone",
        _to({"AWS": _ROOT}),
        denied("resource"),
        _BOTH,
        page=CROSS_ACCOUNT,
        by=GUEST,
        identity=_MAY,
    ),
    assume(
        "a third account's role",
        _to({"AWS": OTHER}),
        denied("resource"),
        _BOTH,
        page=CROSS_ACCOUNT,
        by=f"arn:aws:iam::{PARTNER}:role/Guest",
        identity=_MAY,
    ),
    assume(
        "a trust policy for everyone, another account's role",
        _to("*"),
        denied("identity"),
        _BOTH,
        page=PRINCIPAL,
        by=GUEST,
    ),
    assume(
        "a trust policy for everyone, a stranger with an identity policy",
        _to("*"),
        allowed(),
        _BOTH,
        page=PRINCIPAL,
        by=f"arn:aws:iam::{LONER}:role/Guest",
        identity=_MAY,
    ),
    assume(
        "a trust policy for the organisation lets in its account",
        _to("*", {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}),
        allowed(),
        _BOTH,
        page=PRINCIPAL,
        by=GUEST,
        identity=_MAY,
    ),
    assume(
        "a trust policy for the organisation leaves strangers out",
        _to("*", {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}),
        denied("resource"),
        _BOTH,
        page=PRINCIPAL,
        by=f"arn:aws:iam::{FOREIGN}:role/Guest",
        identity=_MAY,
    ),
    assume(
        "a trust policy for a pattern of callers",
        _to({"AWS": OTHER}, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/Gu*"}}),
        allowed(),
        _BOTH,
        page=PRINCIPAL,
        by=GUEST,
        identity=_MAY,
    ),
    assume(
        "a trust policy for another pattern of callers",
        _to({"AWS": OTHER}, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/Ad*"}}),
        denied("resource"),
        _BOTH,
        page=PRINCIPAL,
        by=GUEST,
        identity=_MAY,
    ),
)
_SERVICE = "A service assumes a role that trusts the service's principal."
_DEPUTY = "aws:SourceAccount and aws:SourceArn tie a service to the resource it acts for."
_TIED = {
    "StringEquals": {"aws:SourceAccount": HOME},
    "ArnLike": {"aws:SourceArn": f"arn:aws:scheduler:*:{HOME}:schedule/*"},
}
_MINE = {"aws:SourceAccount": HOME, "aws:SourceArn": f"arn:aws:scheduler:eu-west-1:{HOME}:schedule/default/daily"}
_SCHEDULER = "scheduler.amazonaws.com"
_SERVICES = (
    assume(
        "a service that is trusted",
        _to({"Service": "glue.amazonaws.com"}),
        allowed("resource"),
        _SERVICE,
        page=PRINCIPAL,
        by="glue.amazonaws.com",
    ),
    assume(
        "another service than the one trusted",
        _to({"Service": "glue.amazonaws.com"}),
        denied("resource"),
        _SERVICE,
        page=PRINCIPAL,
        by="lambda.amazonaws.com",
    ),
    assume(
        "a service where an account is trusted",
        _to({"AWS": _ROOT}),
        denied("resource"),
        _SERVICE,
        page=PRINCIPAL,
        by="glue.amazonaws.com",
    ),
    assume(
        "a service for the resource it is tied to",
        _to({"Service": _SCHEDULER}, _TIED),
        allowed("resource"),
        _DEPUTY,
        page=CONFUSED_DEPUTY,
        by=_SCHEDULER,
        context=_MINE,
    ),
    assume(
        "a service for another account",
        _to({"Service": _SCHEDULER}, _TIED),
        denied("resource"),
        _DEPUTY,
        page=CONFUSED_DEPUTY,
        by=_SCHEDULER,
        context={**_MINE, "aws:SourceAccount": LONER},
    ),
    assume(
        "a service for another resource",
        _to({"Service": _SCHEDULER}, _TIED),
        denied("resource"),
        _DEPUTY,
        page=CONFUSED_DEPUTY,
        by=_SCHEDULER,
        context={**_MINE, "aws:SourceArn": f"arn:aws:events:eu-west-1:{HOME}:rule/daily"},
    ),
    assume(
        "a service that names no source",
        _to({"Service": _SCHEDULER}, _TIED),
        denied("resource"),
        _DEPUTY,
        page=CONFUSED_DEPUTY,
        by=_SCHEDULER,
    ),
)

CASES: tuple[Case, ...] = (
    *_SAME,
    *_CROSS,
    *_SERVICES,
)
