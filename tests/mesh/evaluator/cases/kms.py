"""KMS keys: the key policy decides first, and hands over to IAM only where it says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.mesh.evaluator.judge import (
    GUEST,
    GUEST_SESSION,
    HOME,
    LONER,
    OTHER,
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
    DEFAULT_KEY_POLICY,
    KEY_IAM,
    KEY_OTHER_ACCOUNTS,
    KEY_POLICIES,
    WITHIN,
)

_KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_OTHER_KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/9999abcd-12ab-34cd-56ef-1234567890ab"
_ROOT = f"arn:aws:iam::{HOME}:root"
_DECRYPT = (allow("kms:Decrypt", _KEY),)
_DELEGATES = (allow("kms:*", to={"AWS": _ROOT}, sid="EnableIAM"),)


def _to(principal: object, when: object = None, action: object = "kms:Decrypt") -> tuple[dict[str, object], ...]:
    return (allow(action, to=principal, when=when),)


def key(
    name: str,
    policy: Statements,
    expect: Expect,
    rule: str,
    *,
    page: Page = KEY_POLICIES,
    identity: Statements | None = None,
    action: str = "kms:Decrypt",
    by: str = READER,
    context: Mapping[str, Values] | None = None,
    **more: Any,
) -> Case:
    return Case(
        name=name,
        expect=expect,
        rule=rule,
        page=page,
        by=by,
        action=action,
        on=_KEY,
        policy=policy,
        identity=identity,
        context=context or {},
        **more,
    )


_FIRST = "Nobody may use a key unless its key policy allows, by itself or by handing over to IAM."
_HANDS = "The statement for the account's root hands over to the account's IAM policies."
_ALONE = "A key policy that names a role or user of its account is enough."
_ACCOUNT = (
    key(
        "a key policy that hands over, and an identity policy",
        _DELEGATES,
        allowed(),
        _HANDS,
        page=DEFAULT_KEY_POLICY,
        identity=_DECRYPT,
    ),
    key("a key policy that hands over alone", _DELEGATES, denied("identity"), _HANDS, page=DEFAULT_KEY_POLICY),
    key(
        "a key policy that hands over by the account's number",
        _to({"AWS": HOME}),
        allowed(),
        _HANDS,
        page=DEFAULT_KEY_POLICY,
        identity=_DECRYPT,
    ),
    key(
        "a key policy that hands over to a user",
        _DELEGATES,
        allowed(),
        _HANDS,
        page=DEFAULT_KEY_POLICY,
        identity=_DECRYPT,
        by=USER,
    ),
    key("an identity policy alone", _to({"AWS": USER}), denied("resource"), _FIRST, page=KEY_IAM, identity=_DECRYPT),
    key(
        "an administrator's identity policy alone",
        _to({"AWS": USER}),
        denied("resource"),
        _FIRST,
        page=KEY_IAM,
        identity=(allow(),),
    ),
    key(
        "the root user that the key policy does not name",
        _to({"AWS": READER}),
        denied("resource"),
        "Not even the root user may use a key unless allowed.",
        by=_ROOT,
    ),
    key(
        "the root user that the key policy names",
        _DELEGATES,
        allowed(),
        "The root statement covers the root user.",
        page=DEFAULT_KEY_POLICY,
        by=_ROOT,
    ),
    key("a key policy that names the role", _to({"AWS": READER}), allowed("resource"), _ALONE),
    key("a key policy that names the session's role", _to({"AWS": READER}), allowed("resource"), _ALONE, by=SESSION),
    key("a key policy that names the session", _to({"AWS": SESSION}), allowed("resource"), _ALONE, by=SESSION),
    key("a key policy that names the user", _to({"AWS": USER}), allowed("resource"), _ALONE, by=USER),
    key("a key policy for everyone lets in the account's role", _to("*"), allowed("resource"), _ALONE),
    key(
        "a key policy that names the role for another action",
        _to({"AWS": READER}, action="kms:Encrypt"),
        denied("resource"),
        _FIRST,
        identity=_DECRYPT,
    ),
    key(
        "a key policy that hands over another action",
        _to({"AWS": _ROOT}, action="kms:Describe*"),
        denied("resource"),
        _FIRST,
        identity=_DECRYPT,
    ),
    key(
        "an identity policy for another key",
        _DELEGATES,
        denied("identity"),
        _HANDS,
        page=KEY_IAM,
        identity=(allow("kms:Decrypt", _OTHER_KEY),),
    ),
    key(
        "a key policy that denies",
        (*_DELEGATES, deny("kms:Decrypt", to={"AWS": READER})),
        denied("resource", "Stop"),
        "An explicit deny overrides.",
        identity=_DECRYPT,
    ),
    key(
        "a key policy that denies everyone but one",
        (
            *_DELEGATES,
            deny("kms:Decrypt", to="*", when={"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/Key*"}}),
        ),
        denied("resource", "Stop"),
        "An explicit deny overrides.",
        identity=_DECRYPT,
    ),
    key(
        "an identity policy that denies",
        _to({"AWS": READER}),
        denied("identity", "Stop"),
        "An explicit deny overrides.",
        identity=(deny("kms:Decrypt"),),
    ),
    key(
        "a boundary cuts what a key policy grants to the role",
        _to({"AWS": READER}),
        denied("boundary"),
        "A grant to a role's ARN is limited by an implicit deny of the boundary.",
        page=WITHIN,
        boundary=(allow("s3:*"),),
    ),
    key(
        "a boundary that allows the action",
        _to({"AWS": READER}),
        allowed("resource"),
        "A grant to a role's ARN is limited by the boundary.",
        page=WITHIN,
        boundary=_DECRYPT,
    ),
    key(
        "a key policy of another prefix of actions",
        _to({"AWS": READER}, action="kms:Dec*"),
        allowed("resource"),
        _ALONE,
    ),
    key(
        "a service that the key policy names",
        _to({"Service": "logs.eu-west-1.amazonaws.com"}),
        allowed("resource"),
        "A key policy may name a service.",
        by="logs.eu-west-1.amazonaws.com",
    ),
    key(
        "a service that the key policy does not name",
        _DELEGATES,
        denied("resource"),
        _FIRST,
        by="logs.eu-west-1.amazonaws.com",
    ),
)
_BOTH = "Another account needs the key policy and its own identity policy."
_EXTERNAL = (
    key(
        "another account's role with both",
        _to({"AWS": GUEST}),
        allowed(),
        _BOTH,
        page=KEY_OTHER_ACCOUNTS,
        by=GUEST,
        identity=_DECRYPT,
    ),
    key(
        "another account's role with the account named",
        _to({"AWS": OTHER}),
        allowed(),
        _BOTH,
        page=KEY_OTHER_ACCOUNTS,
        by=GUEST,
        identity=_DECRYPT,
    ),
    key(
        "another account's session with both",
        _to({"AWS": OTHER}),
        allowed(),
        _BOTH,
        page=KEY_OTHER_ACCOUNTS,
        by=GUEST_SESSION,
        identity=_DECRYPT,
    ),
    key(
        "another account's role with the key policy alone",
        _to({"AWS": GUEST}),
        denied("identity"),
        _BOTH,
        page=KEY_OTHER_ACCOUNTS,
        by=GUEST,
    ),
    key(
        "another account's role with the account named alone",
        _to({"AWS": OTHER}),
        denied("identity"),
        _BOTH,
        page=KEY_OTHER_ACCOUNTS,
        by=GUEST,
    ),
    key(
        "another account's role with its identity policy alone",
        _DELEGATES,
        denied("resource"),
        _BOTH,
        page=KEY_OTHER_ACCOUNTS,
        by=GUEST,
        identity=_DECRYPT,
    ),
    key(
        "another account's role that may use other keys",
        _to({"AWS": GUEST}),
        denied("identity"),
        _BOTH,
        page=KEY_OTHER_ACCOUNTS,
        by=GUEST,
        identity=(allow("kms:Decrypt", _OTHER_KEY),),
    ),
    key(
        "a role of an account outside the organisation with both",
        _to({"AWS": LONER}),
        allowed(),
        _BOTH,
        page=KEY_OTHER_ACCOUNTS,
        by=f"arn:aws:iam::{LONER}:role/Guest",
        identity=_DECRYPT,
    ),
)

CASES: tuple[Case, ...] = (
    *_ACCOUNT,
    *_EXTERNAL,
)
