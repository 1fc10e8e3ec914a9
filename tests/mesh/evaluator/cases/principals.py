"""Principal in an Allow: who a resource policy lets in."""

from __future__ import annotations

from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    FOREIGN,
    GUEST,
    GUEST_SESSION,
    HOME,
    LONER,
    OBJECT,
    OTHER,
    READER,
    REFUSED,
    SESSION,
    USER,
    Case,
    Expect,
    allow,
    allowed,
    denied,
)
from tests.mesh.evaluator.pages import BUCKET_POLICIES, NOT_PRINCIPAL, PRINCIPAL, SAME_ACCOUNT

_OBJECTS = f"{BUCKET}/*"
_ROOT = f"arn:aws:iam::{HOME}:root"
_OTHER_ROOT = f"arn:aws:iam::{OTHER}:root"
_OWNER = f"arn:aws:sts::{HOME}:assumed-role/Reader/bob"
_GIVEN, _NOT_GIVEN, _STOPPED = allowed("resource"), denied("identity"), denied("resource", "Stop")


def _granted(name: str, to: object, by: str, expect: Expect, rule: str, **more: Any) -> Case:
    """The bucket policy allows; nothing else does."""
    return Case(
        name=name,
        expect=expect,
        rule=rule,
        page=PRINCIPAL,
        by=by,
        policy=(allow("s3:GetObject", _OBJECTS, to=to),),
        **more,
    )


_EACH = "Several principals are joined with OR."
_DIRECT = "A resource policy that names a principal of its own account needs no identity policy beside it."
_DELEGATED = "An account as principal hands the decision to the account's identity policies."
_SESSION_RULE = "A session named as principal is that one session."
_ROLE_RULE = "A role named as principal is every session of that role."
_ANYONE = "A star is everyone, also without authentication; within the account no other permission is needed."
_GRANTS = (
    _granted("a role named as principal may", {"AWS": READER}, READER, _GIVEN, _DIRECT),
    _granted("a session of a role named as principal may", {"AWS": READER}, SESSION, _GIVEN, _ROLE_RULE),
    _granted(
        "another role than the one named may not",
        {"AWS": f"arn:aws:iam::{HOME}:role/Writer"},
        READER,
        _NOT_GIVEN,
        _DIRECT,
    ),
    _granted(
        "a role that begins like the one named may not",
        {"AWS": READER},
        f"{READER}2",
        _NOT_GIVEN,
        "A principal is named in full.",
    ),
    _granted(
        "a role of the same name in another account may not",
        {"AWS": f"arn:aws:iam::{OTHER}:role/Reader"},
        READER,
        _NOT_GIVEN,
        "The account is part of the principal.",
    ),
    _granted(
        "a user of the same name as the role may not",
        {"AWS": f"arn:aws:iam::{HOME}:user/Reader"},
        READER,
        _NOT_GIVEN,
        "A user is not a role.",
    ),
    _granted("a session named as principal may", {"AWS": SESSION}, SESSION, _GIVEN, _SESSION_RULE),
    _granted(
        "another session of the role than the one named may not", {"AWS": SESSION}, _OWNER, _NOT_GIVEN, _SESSION_RULE
    ),
    _granted(
        "a session named in other case may not",
        {"AWS": SESSION.replace("alice", "Alice")},
        SESSION,
        _NOT_GIVEN,
        "Principals mind case.",
    ),
    _granted("a user named as principal may", {"AWS": USER}, USER, _GIVEN, _DIRECT),
    _granted(
        "a user named in other case may not",
        {"AWS": USER.replace("Bob", "bob")},
        USER,
        _NOT_GIVEN,
        "A user's name in a Principal minds case.",
    ),
    _granted(
        "another user than the one named may not", {"AWS": f"arn:aws:iam::{HOME}:user/Eve"}, USER, _NOT_GIVEN, _DIRECT
    ),
    _granted("the second of two principals may", {"AWS": [USER, READER]}, READER, _GIVEN, _EACH),
    _granted(
        "none of two principals may not", {"AWS": [USER, f"arn:aws:iam::{HOME}:role/Writer"]}, READER, _NOT_GIVEN, _EACH
    ),
    _granted(
        "a principal beside a service may", {"AWS": READER, "Service": "athena.amazonaws.com"}, READER, _GIVEN, _EACH
    ),
    _granted("the own account as principal needs an identity policy", {"AWS": _ROOT}, READER, _NOT_GIVEN, _DELEGATED),
    _granted(
        "the own account's number as principal needs an identity policy",
        {"AWS": HOME},
        READER,
        _NOT_GIVEN,
        "An account's number stands for its ARN.",
    ),
    _granted(
        "the own account as principal and an identity policy will do",
        {"AWS": _ROOT},
        READER,
        allowed(),
        _DELEGATED,
        identity=(allow("s3:GetObject"),),
    ),
    _granted("a star lets in a role of the account", "*", READER, _GIVEN, _ANYONE),
    _granted("a star lets in a user of the account", "*", USER, _GIVEN, _ANYONE),
    _granted("a star lets in the anonymous", "*", "anonymous", _GIVEN, _ANYONE),
    _granted(
        "a star under AWS lets in the anonymous",
        {"AWS": "*"},
        "anonymous",
        _GIVEN,
        "Both spellings of everyone are the same to the anonymous.",
    ),
    _granted(
        "a star in a list lets in the anonymous",
        {"AWS": ["*"]},
        "anonymous",
        _GIVEN,
        "One value and an array of one are the same.",
    ),
    _granted(
        "a role as principal leaves the anonymous out",
        {"AWS": READER},
        "anonymous",
        denied("resource"),
        "Without authentication only everyone covers it.",
    ),
    _granted(
        "the account as principal leaves the anonymous out",
        {"AWS": _ROOT},
        "anonymous",
        denied("resource"),
        "An account covers its own principals.",
    ),
    _granted(
        "another account's ARN covers its roles",
        {"AWS": _OTHER_ROOT},
        GUEST,
        allowed(),
        _DELEGATED,
        identity=(allow("s3:GetObject"),),
    ),
    _granted(
        "another account's ARN covers its sessions",
        {"AWS": _OTHER_ROOT},
        GUEST_SESSION,
        allowed(),
        _DELEGATED,
        identity=(allow("s3:GetObject"),),
    ),
    _granted(
        "another account covers no role of a third",
        {"AWS": FOREIGN},
        GUEST,
        denied("resource"),
        "An account covers its own principals.",
        identity=(allow("s3:GetObject"),),
    ),
    _granted(
        "one of two accounts covers its roles",
        {"AWS": [FOREIGN, OTHER]},
        GUEST,
        allowed(),
        _EACH,
        identity=(allow("s3:GetObject"),),
    ),
    _granted(
        "a session of another account named as principal is covered",
        {"AWS": GUEST_SESSION},
        GUEST_SESSION,
        allowed(),
        _SESSION_RULE,
        identity=(allow("s3:GetObject"),),
    ),
    _granted(
        "a service named as principal may",
        {"Service": "athena.amazonaws.com"},
        "athena.amazonaws.com",
        _GIVEN,
        "A service principal is named under Service.",
    ),
    _granted(
        "another service than the one named may not",
        {"Service": "athena.amazonaws.com"},
        "glue.amazonaws.com",
        denied("resource"),
        "A service principal is named under Service.",
    ),
    _granted(
        "the second of two services may",
        {"Service": ["glue.amazonaws.com", "athena.amazonaws.com"]},
        "athena.amazonaws.com",
        _GIVEN,
        "Several services are listed in an array.",
    ),
    _granted(
        "a service gets nothing from an account as principal",
        {"AWS": _ROOT},
        "athena.amazonaws.com",
        denied("resource"),
        "A service principal belongs to no account.",
    ),
    _granted(
        "a role gets nothing from a service as principal",
        {"Service": "athena.amazonaws.com"},
        READER,
        _NOT_GIVEN,
        "A service is not a role.",
    ),
)


def _refused(name: str, principal: object, rule: str, effect: str = "Allow", element: str = "Principal") -> Case:
    written = {"Effect": effect, element: principal, "Action": "s3:GetObject", "Resource": _OBJECTS}
    page = NOT_PRINCIPAL if element == "NotPrincipal" else PRINCIPAL
    return Case(name=f"refused: {name}", expect=REFUSED, rule=rule, page=page, on=OBJECT, policy=(written,))


_NO_WILDCARD = "A wildcard cannot stand for a part of a principal's name or ARN."
_REFUSED = (
    _refused("roles by a star", {"AWS": f"arn:aws:iam::{HOME}:role/*"}, _NO_WILDCARD),
    _refused("roles by a beginning and a star", {"AWS": f"arn:aws:iam::{HOME}:role/Read*"}, _NO_WILDCARD),
    _refused("users by a star", {"AWS": f"arn:aws:iam::{HOME}:user/*"}, _NO_WILDCARD),
    _refused("sessions by a star", {"AWS": f"arn:aws:sts::{HOME}:assumed-role/Reader/*"}, _NO_WILDCARD),
    _refused("accounts by a star", {"AWS": "arn:aws:iam::*:root"}, _NO_WILDCARD),
    _refused("a role in a Deny by a star", {"AWS": f"arn:aws:iam::{HOME}:role/*"}, _NO_WILDCARD, "Deny"),
    _refused(
        "a session of NotPrincipal by a star",
        {"AWS": f"arn:aws:sts::{HOME}:assumed-role/Reader/*"},
        _NO_WILDCARD,
        "Deny",
        "NotPrincipal",
    ),
    _refused("a kind of principal that there is not", {"Account": HOME}, "Principals are of a few kinds."),
    _refused(
        "NotPrincipal with Allow",
        {"AWS": READER},
        "NotPrincipal must be used with Deny; with Allow it is not supported.",
        "Allow",
        "NotPrincipal",
    ),
    _refused("services by a star", {"Service": "*.amazonaws.com"}, _NO_WILDCARD),
    _refused(
        "a variable as principal",
        {"AWS": f"arn:aws:iam::{HOME}:user/${{aws:username}}"},
        "Variables stand in Resource and Condition only.",
    ),
    _refused(
        "a principal that is neither ARN nor account", {"AWS": "Reader"}, "A principal is named by ARN or account."
    ),
)
_PATHED = f"arn:aws:iam::{HOME}:role/data/Reader"
_PATHS = "A role is named with its path; the ARN of its sessions has none."
_WITH_PATH = (
    _granted(
        "a session of a role with a path, named with the path", {"AWS": _PATHED}, SESSION, _GIVEN, _PATHS, role=_PATHED
    ),
    _granted(
        "a session of a role with a path, named without", {"AWS": READER}, SESSION, _NOT_GIVEN, _PATHS, role=_PATHED
    ),
    _granted(
        "a session of a role with a path, named as session", {"AWS": SESSION}, SESSION, _GIVEN, _PATHS, role=_PATHED
    ),
)
_SAME = Case(
    name="a policy for one service principal leaves the account's roles to their identity policies",
    expect=allowed("identity"),
    rule="Within an account an Allow of either policy is enough.",
    page=SAME_ACCOUNT,
    identity=(allow("s3:GetObject"),),
    policy=(allow("s3:GetObject", _OBJECTS, to={"Service": "athena.amazonaws.com"}),),
)
_PUBLIC = Case(
    name="a principal of an account outside every organisation needs both policies",
    expect=allowed(),
    rule="A bucket policy may grant to any account; its identity policy has to allow too.",
    page=BUCKET_POLICIES,
    by=f"arn:aws:iam::{LONER}:role/Stranger",
    identity=(allow("s3:GetObject"),),
    policy=(allow("s3:GetObject", _OBJECTS, to={"AWS": LONER}),),
)

CASES: tuple[Case, ...] = (
    *_GRANTS,
    *_WITH_PATH,
    _SAME,
    _PUBLIC,
    *_REFUSED,
)
