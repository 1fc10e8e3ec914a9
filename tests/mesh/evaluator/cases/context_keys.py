"""Condition keys that AWS fills in: what they are for each kind of caller and resource, and when they are absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    EVERYTHING,
    FOREIGN,
    GUEST,
    HOME,
    LONER,
    MANAGEMENT,
    OBJECT,
    ORGANIZATION,
    OTHER,
    PARTNER,
    READER,
    SESSION,
    USER,
    Case,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import KEYS, PRINCIPAL, ROLE_TAGS, VARIABLES

_OBJECTS = f"{BUCKET}/*"
_ROOT = f"arn:aws:iam::{HOME}:root"
_SERVICE = "athena.amazonaws.com"
_ABROAD, _STRANGER = f"arn:aws:iam::{FOREIGN}:role/Guest", f"arn:aws:iam::{LONER}:role/Guest"
_FRIEND = f"arn:aws:iam::{PARTNER}:role/Guest"
_LINKED = (
    f"arn:aws:iam::{HOME}:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"
)
_DOMAINS, _PARTNERS = f"{ORGANIZATION}/r-ab12/ou-ab12-domains1/", f"{ORGANIZATION}/r-ab12/ou-ab12-partners/"


def _stops(name: str, by: str, when: Mapping[str, object], rule: str, *, stopped: bool, **more: Any) -> Case:
    """Everything allows; a Deny of the bucket policy has the condition."""
    stop = deny("s3:*", [BUCKET, _OBJECTS], to="*", when=when)
    granted = allow("s3:GetObject", _OBJECTS, to={"Service": _SERVICE} if by == _SERVICE else "*")
    expect = denied("resource", "Stop") if stopped else allowed()
    return Case(
        name=name,
        expect=expect,
        rule=rule,
        by=by,
        **{"policy": (granted, stop), "identity": EVERYTHING, "page": KEYS} | more,
    )


def _equal(name: str, by: str, key: str, value: str, rule: str, *, same: bool = True, **more: Any) -> Case:
    return _stops(name, by, {"StringEquals": {key: value}}, rule, stopped=same, **more)


def _absent(name: str, by: str, key: str, rule: str, *, absent: bool = True) -> Case:
    return _stops(name, by, {"Null": {key: "true"}}, rule, stopped=absent)


_ORG = "aws:PrincipalOrgID is the organisation of the caller's account; it is absent for callers of none."
_PATHS = (
    "aws:PrincipalOrgPaths is the caller's place in the organisation, organisation, root and units, ended by a slash."
)
_ACCOUNT = "aws:PrincipalAccount is the account of the caller, the word anonymous for the anonymous; always there."
_ARN = "aws:PrincipalArn is the caller's ARN, for a session that of its role; the anonymous have none."
_SERVICES = "aws:PrincipalIsAWSService is true for a service that calls by itself, else false; the anonymous lack it."
_NAME = "aws:PrincipalServiceName is the name of the service principal that calls; absent for others."
_TYPE = "aws:PrincipalType tells root user (Account), User, AssumedRole and Anonymous apart."
_TAG = "aws:PrincipalTag/key is the tag of the user or role; absent without that tag."
_OWNER = "aws:ResourceAccount, ResourceOrgID and ResourceOrgPaths tell where the resource is."
_PRINCIPALS = (
    _equal("the organisation of a role", READER, "aws:PrincipalOrgID", ORGANIZATION, _ORG),
    _equal("the organisation of a role of another account", GUEST, "aws:PrincipalOrgID", ORGANIZATION, _ORG),
    _equal(
        "the organisation of the management account",
        f"arn:aws:iam::{MANAGEMENT}:role/Admin",
        "aws:PrincipalOrgID",
        ORGANIZATION,
        _ORG,
    ),
    _equal("the organisation of a partner", _FRIEND, "aws:PrincipalOrgID", ORGANIZATION, _ORG),
    _equal("the organisation of the root user", _ROOT, "aws:PrincipalOrgID", ORGANIZATION, _ORG),
    _equal("the organisation of another organisation's role", _ABROAD, "aws:PrincipalOrgID", "o-foreign1234", _ORG),
    _absent("no organisation of a role outside", _STRANGER, "aws:PrincipalOrgID", _ORG),
    _absent("no organisation of the anonymous", "anonymous", "aws:PrincipalOrgID", _ORG),
    _absent("no organisation of a service", _SERVICE, "aws:PrincipalOrgID", _ORG),
    _absent("a role has an organisation", READER, "aws:PrincipalOrgID", _ORG, absent=False),
    _equal("the account of a role", READER, "aws:PrincipalAccount", HOME, _ACCOUNT),
    _equal("the account of a session", SESSION, "aws:PrincipalAccount", HOME, _ACCOUNT),
    _equal("the account of a role of another account", GUEST, "aws:PrincipalAccount", OTHER, _ACCOUNT),
    _equal("the account of a role is not another", GUEST, "aws:PrincipalAccount", HOME, _ACCOUNT, same=False),
    _equal("the account of the anonymous", "anonymous", "aws:PrincipalAccount", "anonymous", _ACCOUNT),
    _absent("the anonymous have an account", "anonymous", "aws:PrincipalAccount", _ACCOUNT, absent=False),
    _equal("the ARN of a role", READER, "aws:PrincipalArn", READER, _ARN),
    _equal("the ARN of a session is its role's", SESSION, "aws:PrincipalArn", READER, _ARN),
    _equal("the ARN of a session is not its own", SESSION, "aws:PrincipalArn", SESSION, _ARN, same=False),
    _equal("the ARN of a user", USER, "aws:PrincipalArn", USER, _ARN),
    _equal("the ARN of the root user", _ROOT, "aws:PrincipalArn", _ROOT, _ARN),
    _absent("no ARN of the anonymous", "anonymous", "aws:PrincipalArn", _ARN),
    _stops(
        "a service calls by itself", _SERVICE, {"Bool": {"aws:PrincipalIsAWSService": "true"}}, _SERVICES, stopped=True
    ),
    _stops("a role is no service", READER, {"Bool": {"aws:PrincipalIsAWSService": "false"}}, _SERVICES, stopped=True),
    _stops(
        "a role is no service, asked the other way",
        READER,
        {"Bool": {"aws:PrincipalIsAWSService": "true"}},
        _SERVICES,
        stopped=False,
    ),
    _stops(
        "a service-linked role is no service",
        _LINKED,
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
        _SERVICES,
        stopped=True,
        service_linked=True,
    ),
    _stops(
        "the anonymous are neither service nor not",
        "anonymous",
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
        _SERVICES,
        stopped=False,
    ),
    _stops(
        "the anonymous are caught by IfExists",
        "anonymous",
        {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
        _SERVICES,
        stopped=True,
    ),
    _equal("the name of a service", _SERVICE, "aws:PrincipalServiceName", _SERVICE, _NAME),
    _absent("no service name of a role", READER, "aws:PrincipalServiceName", _NAME),
    _equal(
        "the type of a role is that of a session", READER, "aws:PrincipalType", "AssumedRole", _TYPE, page=VARIABLES
    ),
    _equal("the type of a session", SESSION, "aws:PrincipalType", "AssumedRole", _TYPE, page=VARIABLES),
    _equal("the type of a user", USER, "aws:PrincipalType", "User", _TYPE, page=VARIABLES),
    _equal("the type of the root user", _ROOT, "aws:PrincipalType", "Account", _TYPE, page=VARIABLES),
    _equal("the type of the anonymous", "anonymous", "aws:PrincipalType", "Anonymous", _TYPE, page=VARIABLES),
    _equal("the tag of a role", READER, "aws:PrincipalTag/team", "sales", _TAG, tags={"team": "sales"}),
    _equal("the tag of a session's role", SESSION, "aws:PrincipalTag/team", "sales", _TAG, tags={"team": "sales"}),
    _equal("another value of the tag", READER, "aws:PrincipalTag/team", "hr", _TAG, same=False, tags={"team": "sales"}),
    _absent("no tag of a role without", READER, "aws:PrincipalTag/team", _TAG),
    _equal(
        "a session tag passed in the request beats the role's",
        SESSION,
        "aws:PrincipalTag/team",
        "hr",
        "A session tag overrides the role's tag of that key.",
        page=ROLE_TAGS,
        tags={"team": "sales"},
        context={"aws:PrincipalTag/team": "hr"},
    ),
    _equal(
        "the name of a user",
        USER,
        "aws:username",
        "Bob",
        "aws:username is the friendly name of the user.",
        page=VARIABLES,
    ),
    _absent("no user name of a session", SESSION, "aws:username", "aws:username is absent for sessions of roles."),
)


def _path(
    name: str, by: str, pattern: str, *, stopped: bool, operator: str = "ForAnyValue:StringLike", rule: str = _PATHS
) -> Case:
    return _stops(name, by, {operator: {"aws:PrincipalOrgPaths": pattern}}, rule, stopped=stopped)


_ALL_NOT = "ForAllValues:StringNotLike"
_UNIT = "A pattern that ends in a star covers the unit and the units below it."
_PATH_CASES = (
    _path("the path of a role", READER, _DOMAINS, stopped=True, operator="ForAnyValue:StringEquals"),
    _path(
        "the path of a role without the last slash",
        READER,
        _DOMAINS[:-1],
        stopped=False,
        operator="ForAnyValue:StringEquals",
    ),
    _path("the unit's pattern covers its accounts", READER, f"{_DOMAINS}*", stopped=True, rule=_UNIT),
    _path(
        "the root's pattern covers its units' accounts", READER, f"{ORGANIZATION}/r-ab12/*", stopped=True, rule=_UNIT
    ),
    _path(
        "the organisation's pattern covers its units' accounts", READER, f"{ORGANIZATION}/*", stopped=True, rule=_UNIT
    ),
    _path("another unit's pattern does not cover it", READER, f"{_PARTNERS}*", stopped=False, rule=_UNIT),
    _path("the path of a partner", _FRIEND, f"{_PARTNERS}*", stopped=True, rule=_UNIT),
    _path("a partner is not in the domains", _FRIEND, f"{_DOMAINS}*", stopped=False, rule=_UNIT),
    _path(
        "the path of an account at the root",
        f"arn:aws:iam::{MANAGEMENT}:role/Admin",
        f"{ORGANIZATION}/r-ab12/",
        stopped=True,
        operator="ForAnyValue:StringEquals",
    ),
    _path(
        "an account at the root is in no unit",
        f"arn:aws:iam::{MANAGEMENT}:role/Admin",
        f"{ORGANIZATION}/r-ab12/ou-*",
        stopped=False,
    ),
    _path("not in the domains: a domain", READER, f"{_DOMAINS}*", stopped=False, operator=_ALL_NOT),
    _path("not in the domains: a partner", _FRIEND, f"{_DOMAINS}*", stopped=True, operator=_ALL_NOT),
    _path("not in the domains: another organisation", _ABROAD, f"{_DOMAINS}*", stopped=True, operator=_ALL_NOT),
    _path(
        "not in the domains: an account of none, without the key",
        _STRANGER,
        f"{_DOMAINS}*",
        stopped=True,
        operator=_ALL_NOT,
    ),
    _path(
        "not in the domains: the anonymous, without the key",
        "anonymous",
        f"{_DOMAINS}*",
        stopped=True,
        operator=_ALL_NOT,
    ),
    _path("not in the domains: a service, without the key", _SERVICE, f"{_DOMAINS}*", stopped=True, operator=_ALL_NOT),
    _path(
        "ForAnyValue misses the anonymous, who have no path",
        "anonymous",
        f"{_DOMAINS}*",
        stopped=False,
        operator="ForAnyValue:StringNotLike",
    ),
    _path("ForAnyValue catches a partner", _FRIEND, f"{_DOMAINS}*", stopped=True, operator="ForAnyValue:StringNotLike"),
)


def _resource(
    name: str, key: str, value: str, *, same: bool = True, operator: str = "StringEquals", **more: Any
) -> Case:
    """An SCP denies by a key of the resource; everything else allows."""
    scp = (deny("s3:*", when={operator: {key: value}}),)
    expect = denied("scp", "Stop") if same else allowed()
    granted = (allow("s3:GetObject", _OBJECTS, to="*"),)
    return Case(
        name=name, expect=expect, rule=_OWNER, page=KEYS, scp=scp, identity=EVERYTHING, **{"policy": granted} | more
    )


_RESOURCES = (
    _resource("the account of an own bucket", "aws:ResourceAccount", HOME),
    _resource("the account of another's bucket", "aws:ResourceAccount", OTHER, owner=OTHER),
    _resource("another's bucket is not the own account's", "aws:ResourceAccount", HOME, same=False, owner=OTHER),
    _resource(
        "a Deny outside the own account stops a bucket elsewhere",
        "aws:ResourceAccount",
        HOME,
        operator="StringNotEquals",
        owner=LONER,
    ),
    _resource(
        "a Deny outside the own account spares an own bucket",
        "aws:ResourceAccount",
        HOME,
        same=False,
        operator="StringNotEquals",
    ),
    _resource("the organisation of an own bucket", "aws:ResourceOrgID", ORGANIZATION),
    _resource("the organisation of another organisation's bucket", "aws:ResourceOrgID", "o-foreign1234", owner=FOREIGN),
    _resource(
        "a bucket outside every organisation has none", "aws:ResourceOrgID", "true", operator="Null", owner=LONER
    ),
    _resource(
        "a Deny outside the organisation stops a bucket elsewhere",
        "aws:ResourceOrgID",
        ORGANIZATION,
        operator="StringNotEqualsIfExists",
        owner=FOREIGN,
    ),
    _resource(
        "a Deny outside the organisation stops a bucket of none",
        "aws:ResourceOrgID",
        ORGANIZATION,
        operator="StringNotEqualsIfExists",
        owner=LONER,
    ),
    _resource(
        "a Deny outside the organisation spares a partner's bucket",
        "aws:ResourceOrgID",
        ORGANIZATION,
        same=False,
        operator="StringNotEqualsIfExists",
        owner=PARTNER,
    ),
    _resource(
        "the path of a bucket's account", "aws:ResourceOrgPaths", f"{_DOMAINS}*", operator="ForAnyValue:StringLike"
    ),
    _resource(
        "the path of a partner's bucket",
        "aws:ResourceOrgPaths",
        f"{_DOMAINS}*",
        same=False,
        operator="ForAnyValue:StringLike",
        owner=PARTNER,
    ),
)
_LITERAL = Case(
    name="a star is everyone even with a condition on the session's own account",
    expect=allowed("resource"),
    rule="A star with a condition on the account lets in that account's principals without another permission.",
    page=PRINCIPAL,
    on=OBJECT,
    policy=(allow("s3:GetObject", _OBJECTS, to="*", when={"StringEquals": {"aws:PrincipalAccount": HOME}}),),
)

CASES: tuple[Case, ...] = (
    *_PRINCIPALS,
    *_PATH_CASES,
    *_RESOURCES,
    _LITERAL,
)
