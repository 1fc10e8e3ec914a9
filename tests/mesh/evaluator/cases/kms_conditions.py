"""KMS keys: through which service, for which account, with which encryption context, and who may make grants."""

from __future__ import annotations

from tests.mesh.evaluator.cases.kms import key
from tests.mesh.evaluator.judge import (
    GUEST,
    HOME,
    OTHER,
    READER,
    Case,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import (
    KEY_CONDITIONS,
)

_KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_ROOT = f"arn:aws:iam::{HOME}:root"
_DECRYPT = (allow("kms:Decrypt", _KEY),)
_DELEGATES = (allow("kms:*", to={"AWS": _ROOT}, sid="EnableIAM"),)


def _to(principal: object, when: object = None, action: object = "kms:Decrypt") -> tuple[dict[str, object], ...]:
    return (allow(action, to=principal, when=when),)


_VIA = "kms:ViaService is the service through which the key is used; absent in a direct call."
_CALLER = "kms:CallerAccount is the account of the caller."
_CONTEXT = "kms:EncryptionContext:key is a pair of the encryption context."
_GRANTS = "kms:GrantIsForAWSResource is true when a service that is integrated with KMS makes the grant."
_S3, _GLUE = "s3.eu-west-1.amazonaws.com", "glue.eu-west-1.amazonaws.com"
_THROUGH = {"StringEquals": {"kms:ViaService": _S3}}
_OWN, _MANAGED = (
    {"StringEquals": {"kms:CallerAccount": HOME}},
    {"StringEquals": {"kms:CallerAccount": HOME, "kms:ViaService": _S3}},
)
_TEAM = {"StringEquals": {"kms:EncryptionContext:team": "sales"}}
_ONLY_SERVICES = (
    *_to({"AWS": READER}, action="kms:*"),
    deny("kms:CreateGrant", to="*", when={"Bool": {"kms:GrantIsForAWSResource": "false"}}),
)
_CONDITIONS = (
    key(
        "through the service that is asked for",
        _to({"AWS": READER}, _THROUGH),
        allowed("resource"),
        _VIA,
        page=KEY_CONDITIONS,
        context={"kms:ViaService": _S3},
    ),
    key(
        "through another service",
        _to({"AWS": READER}, _THROUGH),
        denied("resource"),
        _VIA,
        page=KEY_CONDITIONS,
        context={"kms:ViaService": _GLUE},
    ),
    key(
        "directly where a service is asked for",
        _to({"AWS": READER}, _THROUGH),
        denied("resource"),
        _VIA,
        page=KEY_CONDITIONS,
    ),
    key(
        "through one of two services",
        _to({"AWS": READER}, {"StringLike": {"kms:ViaService": ["sqs.*.amazonaws.com", "s3.*.amazonaws.com"]}}),
        allowed("resource"),
        _VIA,
        page=KEY_CONDITIONS,
        context={"kms:ViaService": _S3},
    ),
    key(
        "a Deny outside the service stops a direct call",
        (*_to({"AWS": READER}), deny("kms:Decrypt", to="*", when={"StringNotEquals": {"kms:ViaService": _S3}})),
        denied("resource", "Stop"),
        _VIA,
        page=KEY_CONDITIONS,
    ),
    key(
        "a Deny outside the service spares the service",
        (*_to({"AWS": READER}), deny("kms:Decrypt", to="*", when={"StringNotEquals": {"kms:ViaService": _S3}})),
        allowed("resource"),
        _VIA,
        page=KEY_CONDITIONS,
        context={"kms:ViaService": _S3},
    ),
    key("everyone of the account", _to({"AWS": "*"}, _OWN), allowed("resource"), _CALLER, page=KEY_CONDITIONS),
    key(
        "everyone of the account leaves another out",
        _to({"AWS": "*"}, _OWN),
        denied("resource"),
        _CALLER,
        page=KEY_CONDITIONS,
        by=GUEST,
        identity=_DECRYPT,
    ),
    key(
        "everyone of another account with its identity policy",
        _to({"AWS": "*"}, {"StringEquals": {"kms:CallerAccount": OTHER}}),
        allowed(),
        _CALLER,
        page=KEY_CONDITIONS,
        by=GUEST,
        identity=_DECRYPT,
    ),
    key(
        "everyone of the account through a service, as AWS's own keys have it",
        _to({"AWS": "*"}, _MANAGED),
        allowed("resource"),
        _CALLER,
        page=KEY_CONDITIONS,
        context={"kms:ViaService": _S3},
    ),
    key(
        "everyone of the account through a service, called directly",
        _to({"AWS": "*"}, _MANAGED),
        denied("resource"),
        _CALLER,
        page=KEY_CONDITIONS,
    ),
    key(
        "with the encryption context asked for",
        _to({"AWS": READER}, _TEAM),
        allowed("resource"),
        _CONTEXT,
        page=KEY_CONDITIONS,
        context={"kms:EncryptionContext:team": "sales"},
    ),
    key(
        "with another encryption context",
        _to({"AWS": READER}, _TEAM),
        denied("resource"),
        _CONTEXT,
        page=KEY_CONDITIONS,
        context={"kms:EncryptionContext:team": "hr"},
    ),
    key(
        "without the encryption context asked for",
        _to({"AWS": READER}, _TEAM),
        denied("resource"),
        _CONTEXT,
        page=KEY_CONDITIONS,
    ),
    key(
        "a grant made by a service",
        _ONLY_SERVICES,
        allowed("resource"),
        _GRANTS,
        page=KEY_CONDITIONS,
        action="kms:CreateGrant",
        context={"kms:GrantIsForAWSResource": "true"},
    ),
    key(
        "a grant made by hand",
        _ONLY_SERVICES,
        denied("resource", "Stop"),
        _GRANTS,
        page=KEY_CONDITIONS,
        action="kms:CreateGrant",
        context={"kms:GrantIsForAWSResource": False},
    ),
    key(
        "a grant of the operations allowed",
        _to(
            {"AWS": READER},
            {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Encrypt", "Decrypt"]}},
            "kms:CreateGrant",
        ),
        allowed("resource"),
        "kms:GrantOperations are the operations of the grant.",
        page=KEY_CONDITIONS,
        action="kms:CreateGrant",
        context={"kms:GrantOperations": ("Decrypt",)},
    ),
    key(
        "a grant of one operation too many",
        _to(
            {"AWS": READER},
            {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Encrypt", "Decrypt"]}},
            "kms:CreateGrant",
        ),
        denied("resource"),
        "kms:GrantOperations are the operations of the grant.",
        page=KEY_CONDITIONS,
        action="kms:CreateGrant",
        context={"kms:GrantOperations": ("Decrypt", "CreateGrant")},
    ),
    key(
        "by the alias of the key",
        _DELEGATES,
        allowed(),
        "kms:ResourceAliases are the aliases of the key.",
        page=KEY_CONDITIONS,
        identity=(allow("kms:Decrypt", "*", when={"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/sales*"}}),),
        keys={"kms:ResourceAliases": ("alias/sales-data", "alias/old")},
    ),
    key(
        "by the alias of another key",
        _DELEGATES,
        denied("identity"),
        "kms:ResourceAliases are the aliases of the key.",
        page=KEY_CONDITIONS,
        identity=(allow("kms:Decrypt", "*", when={"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/hr*"}}),),
        keys={"kms:ResourceAliases": ("alias/sales-data", "alias/old")},
    ),
)

CASES: tuple[Case, ...] = (*_CONDITIONS,)
