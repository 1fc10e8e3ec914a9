"""Principal and NotPrincipal in a Deny, and aws:PrincipalArn, which AWS recommends instead."""

from __future__ import annotations

from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    EVERYTHING,
    GUEST,
    GUEST_SESSION,
    HOME,
    OTHER,
    READER,
    SESSION,
    USER,
    Case,
    Expect,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import BOUNDARIES, KEYS, NOT_PRINCIPAL, PRINCIPAL

_OBJECTS = f"{BUCKET}/*"
_ROOT = f"arn:aws:iam::{HOME}:root"
_OTHER_ROOT = f"arn:aws:iam::{OTHER}:root"
_OWNER = f"arn:aws:sts::{HOME}:assumed-role/Reader/bob"
_GIVEN, _NOT_GIVEN, _STOPPED = allowed("resource"), denied("identity"), denied("resource", "Stop")
_SESSION_RULE = "A session named as principal is that one session."
_ROLE_RULE = "A role named as principal is every session of that role."


def _stopped(name: str, to: object, by: str, expect: Expect, rule: str, **more: Any) -> Case:
    """The bucket policy denies; everything else allows."""
    granted = allow("s3:GetObject", _OBJECTS, to="*")
    return Case(
        name=name,
        expect=expect,
        rule=rule,
        page=PRINCIPAL,
        by=by,
        policy=(granted, deny("s3:*", [BUCKET, _OBJECTS], to=to)),
        **{"identity": EVERYTHING} | more,
    )


_DENIES = (
    _stopped("a Deny for a role stops the role", {"AWS": READER}, READER, _STOPPED, _ROLE_RULE),
    _stopped("a Deny for a role stops its sessions", {"AWS": READER}, SESSION, _STOPPED, _ROLE_RULE),
    _stopped(
        "a Deny for another role spares the role",
        {"AWS": f"arn:aws:iam::{HOME}:role/Writer"},
        READER,
        allowed(),
        _ROLE_RULE,
    ),
    _stopped("a Deny for a session stops that session", {"AWS": SESSION}, SESSION, _STOPPED, _SESSION_RULE),
    _stopped("a Deny for a session spares another", {"AWS": SESSION}, _OWNER, allowed(), _SESSION_RULE),
    _stopped("a Deny for a user stops the user", {"AWS": USER}, USER, _STOPPED, "A user named is denied."),
    _stopped(
        "a Deny for an account stops its roles",
        {"AWS": _ROOT},
        READER,
        _STOPPED,
        "An account as principal is every principal of it.",
    ),
    _stopped(
        "a Deny for an account's number stops its users",
        {"AWS": HOME},
        USER,
        _STOPPED,
        "An account as principal is every principal of it.",
    ),
    _stopped(
        "a Deny for another account stops its roles",
        {"AWS": OTHER},
        GUEST,
        _STOPPED,
        "An account as principal is every principal of it.",
    ),
    _stopped(
        "a Deny for another account spares the own roles",
        {"AWS": OTHER},
        READER,
        allowed(),
        "An account covers its own principals.",
    ),
    _stopped("a Deny for everyone stops a role", "*", READER, _STOPPED, "A star is everyone."),
    _stopped("a Deny for everyone stops the anonymous", "*", "anonymous", _STOPPED, "A star is everyone."),
    _stopped(
        "a Deny for everyone stops a service",
        "*",
        "athena.amazonaws.com",
        _STOPPED,
        "A star is everyone, services included.",
    ),
    _stopped(
        "a Deny for a service stops the service",
        {"Service": "athena.amazonaws.com"},
        "athena.amazonaws.com",
        _STOPPED,
        "A service named is denied.",
    ),
    _stopped(
        "a Deny for a service spares a role",
        {"Service": "athena.amazonaws.com"},
        READER,
        allowed(),
        "A service is not a role.",
    ),
    _stopped(
        "a Deny for the anonymous's everyone stops a role of another account",
        {"AWS": "*"},
        GUEST,
        _STOPPED,
        "A star under AWS is every AWS principal.",
    ),
)


def _but(
    name: str, principal: object, by: str, expect: Expect, rule: str, page: object = NOT_PRINCIPAL, **more: Any
) -> Case:
    """The bucket policy denies everyone but some; everything else allows."""
    granted = allow("s3:GetObject", _OBJECTS, to="*")
    stop = deny("s3:*", [BUCKET, _OBJECTS], NotPrincipal=principal)
    return Case(
        name=name, expect=expect, rule=rule, page=page, by=by, policy=(granted, stop), **{"identity": EVERYTHING} | more
    )


_SPARED = "NotPrincipal in a Deny denies everyone except the principals listed, with their account."
_NOT_PRINCIPALS = (
    _but("NotPrincipal spares the user listed with the account", {"AWS": [USER, _ROOT]}, USER, allowed(), _SPARED),
    _but("NotPrincipal stops the role that is not listed", {"AWS": [GUEST, _OTHER_ROOT]}, READER, _STOPPED, _SPARED),
    _but("NotPrincipal stops the user that is not listed", {"AWS": [GUEST, _OTHER_ROOT]}, USER, _STOPPED, _SPARED),
    _but(
        "NotPrincipal spares the session listed with role and account",
        {"AWS": [SESSION, READER, _ROOT]},
        SESSION,
        allowed(),
        _SPARED,
    ),
    _but(
        "NotPrincipal spares another account's session listed with role and account",
        {"AWS": [GUEST_SESSION, GUEST, _OTHER_ROOT]},
        GUEST_SESSION,
        allowed(),
        _SPARED,
    ),
    _but("NotPrincipal stops the anonymous", {"AWS": [READER, _ROOT]}, "anonymous", _STOPPED, _SPARED),
    _but("NotPrincipal stops a role of another account", {"AWS": [READER, _ROOT]}, GUEST, _STOPPED, _SPARED),
    _but(
        "NotPrincipal stops a listed user that has a permissions boundary",
        {"AWS": [USER, _ROOT]},
        USER,
        _STOPPED,
        "NotPrincipal with Deny always denies a principal that has a permissions boundary.",
        page=BOUNDARIES,
        boundary=EVERYTHING,
    ),
    _but(
        "NotPrincipal stops a listed session whose role has a permissions boundary",
        {"AWS": [SESSION, READER, _ROOT]},
        SESSION,
        _STOPPED,
        "NotPrincipal with Deny always denies a principal that has a permissions boundary.",
        page=BOUNDARIES,
        boundary=EVERYTHING,
    ),
)
_SPARE = [READER, f"arn:aws:iam::{HOME}:role/Deploy*"]


def _instead(name: str, by: str, expect: Expect, operator: str = "ArnNotLike") -> Case:
    """The form that AWS recommends instead of NotPrincipal."""
    stop = deny("s3:*", [BUCKET, _OBJECTS], to="*", when={operator: {"aws:PrincipalArn": _SPARE}})
    return Case(
        name=name,
        expect=expect,
        rule="A Deny for everyone with a negated aws:PrincipalArn spares the roles listed and their sessions.",
        page=PRINCIPAL,
        by=by,
        identity=EVERYTHING,
        policy=(allow("s3:GetObject", _OBJECTS, to="*"), stop),
    )


_INSTEAD = (
    _instead("aws:PrincipalArn spares the role listed", READER, allowed()),
    _instead("aws:PrincipalArn spares a session of the role listed", SESSION, allowed()),
    _instead(
        "aws:PrincipalArn spares a role that the pattern covers", f"arn:aws:iam::{HOME}:role/DeployData", allowed()
    ),
    _instead(
        "aws:PrincipalArn with ArnNotEquals spares what the pattern covers",
        f"arn:aws:iam::{HOME}:role/DeployMesh",
        allowed(),
        "ArnNotEquals",
    ),
    _instead("aws:PrincipalArn stops a role that is not listed", f"arn:aws:iam::{HOME}:role/Writer", _STOPPED),
    _instead(
        "aws:PrincipalArn stops a role of the same name in another account",
        f"arn:aws:iam::{OTHER}:role/Reader",
        _STOPPED,
    ),
    _instead("aws:PrincipalArn stops the anonymous, who has none", "anonymous", _STOPPED),
    _instead("aws:PrincipalArn stops the account's root user", _ROOT, _STOPPED),
    Case(
        name="aws:PrincipalArn of a session is the role with its path",
        expect=allowed("resource"),
        rule="For a session aws:PrincipalArn is the ARN of the role that was assumed.",
        page=KEYS,
        by=SESSION,
        role=f"arn:aws:iam::{HOME}:role/data/Reader",
        policy=(
            allow(
                "s3:GetObject",
                _OBJECTS,
                to="*",
                when={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/data/*"}},
            ),
        ),
    ),
    Case(
        name="the ARN of a session is not its aws:PrincipalArn",
        expect=denied("identity"),
        rule="For a session aws:PrincipalArn is the ARN of the role that was assumed.",
        page=KEYS,
        by=SESSION,
        policy=(allow("s3:GetObject", _OBJECTS, to="*", when={"ArnLike": {"aws:PrincipalArn": SESSION}}),),
    ),
    Case(
        name="an Allow to everyone with aws:PrincipalArn is not cut by a boundary's silence",
        expect=allowed("resource"),
        rule="A boundary or session policy does not limit what a star with aws:PrincipalArn grants, unless it denies.",
        page=PRINCIPAL,
        by=SESSION,
        boundary=(allow("sqs:*"),),
        policy=(allow("s3:GetObject", _OBJECTS, to="*", when={"ArnEquals": {"aws:PrincipalArn": READER}}),),
    ),
    Case(
        name="an Allow to everyone with aws:PrincipalArn is cut by a boundary's Deny",
        expect=denied("boundary", "Stop"),
        rule="A boundary or session policy does not limit what a star with aws:PrincipalArn grants, unless it denies.",
        page=PRINCIPAL,
        by=SESSION,
        boundary=(allow("sqs:*"), deny("s3:GetObject")),
        policy=(allow("s3:GetObject", _OBJECTS, to="*", when={"ArnEquals": {"aws:PrincipalArn": READER}}),),
    ),
)

CASES: tuple[Case, ...] = (
    *_DENIES,
    *_NOT_PRINCIPALS,
    *_INSTEAD,
)
