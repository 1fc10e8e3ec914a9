"""Endpoint policies: a request through a VPC endpoint needs its Allow as well, whoever makes it."""

from __future__ import annotations

from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    DOOR,
    EVERYTHING,
    FOREIGN,
    GUEST,
    HOME,
    LONER,
    MANAGEMENT,
    OTHER,
    PARTNER,
    READER,
    REFUSED,
    SESSION,
    USER,
    Case,
    Expect,
    Page,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import ENDPOINTS, KEYS, PRINCIPAL, STS_ENDPOINTS

_OBJECTS = f"{BUCKET}/*"
_READ = (allow("s3:GetObject"),)
_TO_ALL = (allow("s3:*", to="*"),)
_BOTH = "An endpoint policy does not override identity or resource policies: a request through it needs all of them."
_BOUNDARY = "Endpoint policies grant nothing; endpoint policy and the caller's policies must both allow."
_ORG = "o-mesh123456"


def _in(name: str, expect: Expect, rule: str = _BOTH, *, page: Page = ENDPOINTS, **more: Any) -> Case:
    """A read through the endpoint, which everything else allows."""
    context = {"aws:SourceVpce": DOOR, **more.pop("context", {})}
    return Case(name=name, expect=expect, rule=rule, page=page, context=context, **{"identity": _READ, **more})


def _when(**block: Any) -> tuple[dict[str, object], ...]:
    return (allow("s3:*", to="*", when=block),)


_LACKING = denied("endpoint")
_LAYERS = (
    _in("endpoint and identity policy allow", allowed("identity"), endpoint=_TO_ALL),
    _in("the endpoint policy allows another action only", _LACKING, endpoint=(allow("s3:PutObject", to="*"),)),
    _in(
        "the endpoint policy allows another bucket only",
        _LACKING,
        endpoint=(allow("s3:*", "arn:aws:s3:::x/*", to="*"),),
    ),
    _in("the endpoint policy allows another service only", _LACKING, endpoint=(allow("kms:*", to="*"),)),
    _in("the endpoint policy has no statement that takes the request", _LACKING, endpoint=(deny("sqs:*", to="*"),)),
    _in(
        "the endpoint policy denies explicitly",
        denied("endpoint", "Stop"),
        endpoint=(*_TO_ALL, deny("s3:GetObject", to="*")),
    ),
    _in("the endpoint policy alone grants nothing", denied("identity"), _BOUNDARY, endpoint=_TO_ALL, identity=None),
    _in(
        "the endpoint policy allows and the identity policy denies",
        denied("identity", "Stop"),
        _BOUNDARY,
        endpoint=_TO_ALL,
        identity=(*EVERYTHING, deny("s3:GetObject")),
    ),
    _in(
        "the bucket policy admits the session and the endpoint policy does not",
        _LACKING,
        by=SESSION,
        identity=None,
        policy=(allow("s3:GetObject", _OBJECTS, to={"AWS": SESSION}),),
        endpoint=(allow("s3:GetObject", "arn:aws:s3:::other/*", to="*"),),
    ),
    _in(
        "an SCP denies what the endpoint policy allows",
        denied("scp", "Stop"),
        endpoint=_TO_ALL,
        scp=(deny("s3:GetObject"),),
    ),
    _in(
        "an RCP denies what the endpoint policy allows",
        denied("rcp", "Stop"),
        endpoint=_TO_ALL,
        rcp=(deny("s3:GetObject", to="*"),),
    ),
)

_OUTSIDE = "A request that does not come through the endpoint is none of its policy's."
_NOT_THROUGH = (
    Case(
        name="a request through no endpoint",
        expect=allowed("identity"),
        rule=_OUTSIDE,
        page=ENDPOINTS,
        identity=_READ,
        endpoint=(deny("s3:*", to="*"),),
    ),
    _in(
        "a request through another endpoint",
        allowed("identity"),
        _OUTSIDE,
        context={"aws:SourceVpce": "vpce-other"},
        endpoint=(deny("s3:*", to="*"),),
    ),
    Case(
        name="the caller's call that a service makes for it comes through no endpoint",
        expect=allowed("identity"),
        rule="aws:SourceVpce is in the request of the caller, not in those that a service makes for the caller.",
        page=KEYS,
        context={"aws:ViaAWSService": True},
        identity=_READ,
        endpoint=(deny("s3:*", to="*"),),
    ),
)

_MINE = {"StringEquals": {"aws:PrincipalOrgID": _ORG, "aws:ResourceOrgID": _ORG}}
_PERIMETER = _when(**_MINE)
_OWN_CREDENTIALS = (
    "Of a caller with an account's own credentials neither SCP nor RCP of the network's owner binds a thing: the "
    "endpoint policy does."
)
_STRANGER, _OUTSIDER = f"arn:aws:iam::{LONER}:role/Thief", f"arn:aws:iam::{FOREIGN}:role/Thief"


def _thief(name: str, expect: Expect, **more: Any) -> Case:
    return _in(name, expect, _OWN_CREDENTIALS, identity=EVERYTHING, action="s3:PutObject", **more)


_PERIMETERS = (
    _thief("an outsider puts into its own bucket", _LACKING, by=_OUTSIDER, owner=FOREIGN, endpoint=_PERIMETER),
    _thief("one of no organisation puts into its own bucket", _LACKING, by=_STRANGER, owner=LONER, endpoint=_PERIMETER),
    _thief(
        "an outsider puts into its own bucket where AWS's default endpoint policy stands",
        allowed("identity"),
        by=_OUTSIDER,
        owner=FOREIGN,
        endpoint=(allow("*", to="*"),),
    ),
    _thief(
        "an own role puts into an outsider's open bucket", _LACKING, owner=FOREIGN, policy=_TO_ALL, endpoint=_PERIMETER
    ),
    _thief(
        "an own role puts into an open bucket of no organisation, whose requests say none",
        _LACKING,
        owner=LONER,
        policy=_TO_ALL,
        endpoint=_PERIMETER,
    ),
    _thief(
        "an own role puts into an open bucket of no organisation where the policy says IfExists",
        allowed("identity"),
        owner=LONER,
        policy=_TO_ALL,
        endpoint=_when(StringEqualsIfExists={"aws:ResourceOrgID": _ORG}),
    ),
    _thief("an own role puts into an own bucket", allowed("identity"), endpoint=_PERIMETER),
    _in(
        "an account of the organisation, which a policy by organisation does not tell from others",
        allowed("identity"),
        _OWN_CREDENTIALS,
        by=f"arn:aws:iam::{PARTNER}:role/Analyst",
        owner=PARTNER,
        endpoint=_PERIMETER,
    ),
    *(
        _in(
            f"an account {where} where the policy names a unit",
            expect,
            "aws:PrincipalOrgPaths compares the path to the caller's account.",
            page=KEYS,
            by=f"arn:aws:iam::{account}:role/Analyst",
            owner=account,
            endpoint=_when(
                **{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{_ORG}/r-ab12/ou-ab12-domains1/*"}}
            ),
        )
        for where, account, expect in (
            ("of the unit", OTHER, allowed("identity")),
            ("of another unit", PARTNER, _LACKING),
            ("at the root", MANAGEMENT, _LACKING),
            ("of another organisation", FOREIGN, _LACKING),
            ("of no organisation", LONER, _LACKING),
        )
    ),
)

_WHO = "The Principal of an endpoint policy is compared as in other resource-based policies."
_PRINCIPALS = (
    *(
        _in(f"the endpoint policy names {whom} for {by}", expect, _WHO, page=PRINCIPAL, by=arn, endpoint=policy)
        for whom, by, arn, policy, expect in (
            ("the role", "its session", SESSION, (allow("s3:*", to={"AWS": READER}),), allowed("identity")),
            ("the account", "a role of it", READER, (allow("s3:*", to={"AWS": HOME}),), allowed("identity")),
            ("the account", "a user of it", USER, (allow("s3:*", to={"AWS": HOME}),), allowed("identity")),
            ("another role", "a role", READER, (allow("s3:*", to={"AWS": GUEST}),), _LACKING),
            ("another account", "a role", READER, (allow("s3:*", to={"AWS": OTHER}),), _LACKING),
            ("a service", "a role", READER, (allow("s3:*", to={"Service": "glue.amazonaws.com"}),), _LACKING),
        )
    ),
    _in(
        "an anonymous caller where the endpoint policy names an organisation",
        _LACKING,
        "An anonymous request has no keys of a principal.",
        page=KEYS,
        by="anonymous",
        identity=None,
        policy=_TO_ALL,
        endpoint=_PERIMETER,
    ),
    _in(
        "an anonymous caller where the endpoint policy allows everyone",
        allowed("resource"),
        by="anonymous",
        identity=None,
        policy=_TO_ALL,
        endpoint=_TO_ALL,
    ),
    _in("an endpoint policy without a Principal", REFUSED, "It must contain a Principal element.", endpoint=_READ),
)

_SERVICE = (
    "A request that a service principal has signed, as a presigned URL, comes through the endpoint of whoever uses it."
)
_SERVICES = (
    Case(
        name="a service of its own accord comes through no endpoint",
        expect=allowed("resource"),
        rule=_OUTSIDE,
        page=ENDPOINTS,
        by="logging.s3.amazonaws.com",
        policy=_TO_ALL,
        endpoint=_PERIMETER,
    ),
    _in(
        "a service's presigned URL where the endpoint policy names an organisation",
        _LACKING,
        _SERVICE,
        by="cloudformation.amazonaws.com",
        identity=None,
        policy=_TO_ALL,
        endpoint=_PERIMETER,
    ),
    _in(
        "a service's presigned URL where the endpoint policy allows services",
        allowed("resource"),
        _SERVICE,
        by="cloudformation.amazonaws.com",
        identity=None,
        policy=_TO_ALL,
        endpoint=_when(Bool={"aws:PrincipalIsAWSService": "true"}),
    ),
)

_ROLE = f"arn:aws:iam::{OTHER}:role/Target"
_TRUST = (allow("sts:AssumeRole", None, to={"AWS": READER}),)
_STEPS = (
    *(
        Case(
            name=f"a step into a role {where}",
            expect=expect,
            rule="Both the endpoint policy and the caller's applicable policies must allow a request.",
            page=STS_ENDPOINTS,
            action="sts:AssumeRole",
            on=_ROLE,
            context={"aws:SourceVpce": DOOR},
            identity=EVERYTHING,
            trust=_TRUST,
            endpoint=policy,
        )
        for where, policy, expect in (
            ("through an endpoint that allows it", (allow("sts:*", to="*", when=_MINE),), allowed("identity")),
            ("through an endpoint that allows another role", (allow("sts:*", f"{_ROLE}2", to="*"),), _LACKING),
            (
                "through an endpoint that denies it",
                (allow("*", to="*"), deny("sts:*", to="*")),
                denied("endpoint", "Stop"),
            ),
        )
    ),
)

_OWNER = "aws:VpceOrgID, aws:VpceAccount and aws:VpceOrgPaths say whose endpoint a request comes through, for S3."
_OWNERS = (
    *(
        _in(
            f"a Deny by {key} in the identity policy, of an endpoint of {whose}",
            expect,
            _OWNER,
            page=KEYS,
            endpoint=_TO_ALL,
            identity=(*_READ, deny("s3:*", when={operator: {key: value}})),
        )
        for key, operator, value, whose, expect in (
            ("aws:VpceOrgID", "StringEquals", _ORG, "the organisation", denied("identity", "Stop")),
            ("aws:VpceOrgID", "StringNotEquals", _ORG, "the organisation, negated", allowed("identity")),
            ("aws:VpceAccount", "StringEquals", HOME, "the account", denied("identity", "Stop")),
            (
                "aws:VpceOrgPaths",
                "ForAnyValue:StringLike",
                f"{_ORG}/r-ab12/ou-ab12-domains1/*",
                "the unit",
                denied("identity", "Stop"),
            ),
        )
    ),
    _in(
        "what the request says of its endpoint stands",
        allowed("identity"),
        _OWNER,
        page=KEYS,
        context={"aws:VpceOrgID": "o-other"},
        endpoint=_TO_ALL,
        identity=(*_READ, deny("s3:*", when={"StringEquals": {"aws:VpceOrgID": _ORG}})),
    ),
    Case(
        name="a service that does not say whose the endpoint is",
        expect=allowed("identity"),
        rule="The keys are supported by a list of services, of which AWS Secrets Manager is none.",
        page=KEYS,
        action="secretsmanager:GetSecretValue",
        on=f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:x",
        context={"aws:SourceVpce": DOOR},
        endpoint=(allow("*", to="*"),),
        identity=(*EVERYTHING, deny("secretsmanager:*", when={"Null": {"aws:VpceOrgID": "false"}})),
    ),
)

CASES = (*_LAYERS, *_NOT_THROUGH, *_PERIMETERS, *_PRINCIPALS, *_SERVICES, *_STEPS, *_OWNERS)
