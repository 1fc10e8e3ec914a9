"""Effect, Statement, Sid, Id and Version, and what is no policy at all or none of its layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.mesh.evaluator.judge import (
    BUCKET,
    EVERYTHING,
    HOME,
    REFUSED,
    Case,
    Document,
    Page,
    Statements,
    allow,
    allowed,
    denied,
    deny,
    or_refused,
)
from tests.mesh.evaluator.pages import (
    ACTION,
    EFFECT,
    GRAMMAR,
    ID,
    INTERPLAY,
    NOT_PRINCIPAL,
    PRINCIPAL,
    RCP_SYNTAX,
    RESOURCE,
    SCP_SYNTAX,
    SID,
    STATEMENT,
    VERSION,
)

_YES, _NO = allowed("identity"), denied("identity")
_READ = allow("s3:GetObject")
_STATEMENTS = (
    Case(
        name="without a policy nothing is allowed",
        expect=_NO,
        rule="By default every request is denied.",
        page=INTERPLAY,
    ),
    Case(
        name="a Deny beats an Allow of the same policy",
        expect=denied("identity", "Stop"),
        rule="An explicit deny beats an allow.",
        page=INTERPLAY,
        identity=(_READ, deny("s3:GetObject")),
    ),
    Case(
        name="a Deny that stands first beats an Allow too",
        expect=denied("identity", "Stop"),
        rule="An explicit deny beats an allow.",
        page=INTERPLAY,
        identity=(deny("s3:GetObject"), _READ),
    ),
    Case(
        name="a Deny of one action leaves another allowed",
        expect=_YES,
        rule="A Deny covers its own actions.",
        page=INTERPLAY,
        identity=(_READ, deny("s3:PutObject")),
    ),
    Case(
        name="a Deny alone is an explicit deny",
        expect=denied("identity", "Stop"),
        rule="A Deny that applies denies.",
        page=INTERPLAY,
        identity=(deny("s3:GetObject"),),
    ),
    Case(
        name="a Deny of something else leaves an implicit deny",
        expect=_NO,
        rule="No Allow is an implicit deny.",
        page=INTERPLAY,
        identity=(deny("s3:PutObject"),),
    ),
    Case(
        name="one Allow of several is enough",
        expect=_YES,
        rule="Statements of a policy are joined with OR.",
        page=STATEMENT,
        identity=(allow("sqs:*"), _READ),
    ),
    Case(
        name="the second Allow counts where the first one's resource fails",
        expect=_YES,
        rule="Statements of a policy are joined with OR.",
        page=STATEMENT,
        identity=(allow("s3:GetObject", f"{BUCKET}/2025/*"), _READ),
    ),
    Case(
        name="the second Allow counts where the first one's condition fails",
        expect=_YES,
        rule="Statements of a policy are joined with OR.",
        page=STATEMENT,
        identity=(allow("s3:GetObject", when={"Bool": {"aws:SecureTransport": "false"}}), _READ),
    ),
    Case(
        name="the second Deny counts where the first one's condition fails",
        expect=denied("identity", "Second"),
        rule="Statements of a policy are joined with OR.",
        page=STATEMENT,
        identity=(
            _READ,
            deny("s3:GetObject", when={"Bool": {"aws:SecureTransport": "false"}}),
            deny("s3:GetObject", sid="Second"),
        ),
    ),
    Case(
        name="a single statement need not be in an array",
        expect=_YES,
        rule="Statement is one statement or an array.",
        page=STATEMENT,
        identity={"Version": "2012-10-17", "Statement": _READ},
    ),
    Case(
        name="a single Deny need not be in an array",
        expect=denied("scp", "Stop"),
        rule="Statement is one statement or an array.",
        page=STATEMENT,
        identity=EVERYTHING,
        scp={"Version": "2012-10-17", "Statement": deny("s3:GetObject")},
    ),
    Case(
        name="an Id changes nothing",
        expect=_YES,
        rule="Id is an optional name of the policy.",
        page=ID,
        identity={"Version": "2012-10-17", "Id": "readers", "Statement": [_READ]},
    ),
    Case(
        name="a Sid changes nothing",
        expect=allowed("identity", "ReadOrders"),
        rule="Sid is an optional name of the statement.",
        page=SID,
        identity=(allow("s3:GetObject", sid="ReadOrders"),),
    ),
    Case(
        name="a policy of the year 2008 works the same",
        expect=or_refused(_YES),
        rule="2008-10-17 is an earlier version of the language.",
        page=VERSION,
        identity={"Version": "2008-10-17", "Statement": [_READ]},
    ),
    Case(
        name="a policy without a version counts as one of 2008",
        expect=or_refused(_YES),
        rule="Version is optional; its default is 2008-10-17.",
        page=VERSION,
        identity={"Statement": [_READ]},
    ),
)


def _refused(
    name: str, written: object, rule: str, page: Page, *, whole: bool = False, action: str = "s3:GetObject"
) -> Case:
    """A statement, or a `whole` document, that is none."""
    policy: Statements | Mapping[str, object] | Document = (
        written if whole else {"Version": "2012-10-17", "Statement": [written]}
    )
    return Case(name=f"refused: {name}", expect=REFUSED, rule=rule, page=page, identity=policy, action=action)


_REFUSED = (
    _refused(
        "an effect in small letters",
        {"Effect": "allow", "Action": "s3:*", "Resource": "*"},
        "Effect is Allow or Deny and minds case.",
        EFFECT,
    ),
    _refused("a statement without an effect", {"Action": "s3:*", "Resource": "*"}, "Effect is required.", EFFECT),
    _refused(
        "a statement without an action",
        {"Effect": "Allow", "Resource": "*"},
        "Action or NotAction is required.",
        ACTION,
    ),
    _refused(
        "Action and NotAction together",
        {"Effect": "Allow", "Action": "s3:*", "NotAction": "s3:Get*", "Resource": "*"},
        "The grammar has one of the two.",
        GRAMMAR,
    ),
    _refused(
        "Resource and NotResource together",
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "NotResource": BUCKET},
        "The grammar has one of the two.",
        GRAMMAR,
    ),
    _refused(
        "Principal and NotPrincipal together",
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*", "NotPrincipal": {"AWS": HOME}},
        "The grammar has one of the two.",
        GRAMMAR,
    ),
    _refused(
        "an element that there is not",
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Conditions": {}},
        "The grammar lists the elements.",
        GRAMMAR,
    ),
    _refused(
        "a document's element that there is not",
        {"Version": "2012-10-17", "Statements": []},
        "The grammar lists the elements.",
        GRAMMAR,
        whole=True,
    ),
    _refused(
        "a version that there is not",
        {"Version": "2020-01-01", "Statement": [_READ]},
        "There are two versions.",
        VERSION,
        whole=True,
    ),
    _refused(
        "a principal in an identity policy",
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*"},
        "An identity policy has no Principal.",
        PRINCIPAL,
    ),
    _refused("an action of no service", allow("GetObject"), "An action is named with its service's prefix.", ACTION),
    _refused(
        "a resource that is no ARN", allow("s3:*", "sales/orders.csv"), "A resource is an ARN or a star.", RESOURCE
    ),
    _refused(
        "a request for an action that there is not",
        _READ,
        "Each service defines its actions.",
        ACTION,
        action="s3:FetchObject",
    ),
    _refused(
        "a request for a service that there is not",
        _READ,
        "Each service defines its prefix.",
        ACTION,
        action="s4:GetObject",
    ),
)


def _misplaced(name: str, rule: str, page: Page, **layers: Any) -> Case:
    """A document that is well-formed but not of its layer."""
    return Case(name=f"refused: {name}", expect=REFUSED, rule=rule, page=page, **{"identity": EVERYTHING} | layers)


_STEWARD = f"arn:aws:iam::{HOME}:role/Steward"
_MISPLACED = (
    _misplaced(
        "a bucket policy without a principal",
        "A resource policy needs a Principal.",
        PRINCIPAL,
        policy=(allow("s3:GetObject", f"{BUCKET}/*"),),
    ),
    _misplaced(
        "a bucket policy's Deny without a principal",
        "A resource policy needs a Principal.",
        PRINCIPAL,
        policy=(deny("s3:GetObject", f"{BUCKET}/*"),),
    ),
    _misplaced(
        "a trust policy without a principal",
        "A resource policy needs a Principal.",
        PRINCIPAL,
        trust=(allow("sts:AssumeRole", None),),
        action="sts:AssumeRole",
        on=_STEWARD,
    ),
    _misplaced(
        "NotPrincipal in a trust policy",
        "A trust policy cannot use NotPrincipal.",
        NOT_PRINCIPAL,
        trust=(
            allow("sts:AssumeRole", None, to={"AWS": HOME}),
            deny("sts:AssumeRole", None, NotPrincipal={"AWS": HOME}),
        ),
        action="sts:AssumeRole",
        on=_STEWARD,
    ),
    _misplaced(
        "NotPrincipal in an identity policy",
        "An identity policy cannot use NotPrincipal.",
        NOT_PRINCIPAL,
        identity=(allow(), deny("s3:*", NotPrincipal={"AWS": HOME})),
    ),
    _misplaced(
        "a boundary with a principal", "An identity policy has no Principal.", PRINCIPAL, boundary=(allow(to="*"),)
    ),
    _misplaced("an SCP with a principal", "SCPs have no Principal.", SCP_SYNTAX, scp=(deny("s3:*", to="*"),)),
    _misplaced(
        "an RCP that names a principal",
        "The Principal of an RCP is a star.",
        RCP_SYNTAX,
        rcp=(deny("s3:*", to={"AWS": HOME}),),
    ),
    _misplaced("an RCP that allows", "The Effect of an RCP is Deny.", RCP_SYNTAX, rcp=(allow("s3:*", to="*"),)),
    _misplaced(
        "an RCP with NotAction", "RCPs have no NotAction.", RCP_SYNTAX, rcp=(deny(None, to="*", NotAction="s3:*"),)
    ),
    _misplaced(
        "an RCP over every action", "The Action of an RCP is not a star alone.", RCP_SYNTAX, rcp=(deny("*", to="*"),)
    ),
    _misplaced(
        "an RCP with NotPrincipal",
        "RCPs have no NotPrincipal.",
        RCP_SYNTAX,
        rcp=(deny("s3:*", NotPrincipal={"AWS": HOME}),),
    ),
)

CASES: tuple[Case, ...] = (
    *_STATEMENTS,
    *_REFUSED,
    *_MISPLACED,
)
