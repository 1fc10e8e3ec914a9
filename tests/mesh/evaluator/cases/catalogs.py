"""The Glue Data Catalog, and the administration of roles and functions."""

from __future__ import annotations

from typing import Any

from tests.mesh.evaluator.judge import (
    EVERYTHING,
    GUEST,
    HOME,
    ORGANIZATION,
    OTHER,
    PARTNER,
    Case,
    Expect,
    Page,
    Statements,
    allow,
    allowed,
    denied,
    deny,
)
from tests.mesh.evaluator.pages import (
    BOUNDARIES,
    GLUE,
    GLUE_ARNS,
    LAMBDA,
    STS_KEYS,
)

_STOPPED = denied("resource", "Stop")


def _at(
    name: str, page: Page, action: str, on: str, policy: Statements | None, expect: Expect, rule: str, **more: Any
) -> Case:
    return Case(name=name, expect=expect, rule=rule, page=page, action=action, on=on, policy=policy, **more)


_GLUE = f"arn:aws:glue:eu-west-1:{HOME}"
_CATALOG, _DATABASE, _TABLE = f"{_GLUE}:catalog", f"{_GLUE}:database/sales", f"{_GLUE}:table/sales/orders"
_GET, _GET_DATABASE = "glue:GetTable", "glue:GetDatabase"
_CHAIN = "A table is reached through its catalog and database; each of the three has to be granted."
_LENT = (allow([_GET, _GET_DATABASE], [_CATALOG, _DATABASE, f"{_GLUE}:table/sales/*"], to={"AWS": OTHER}),)
_CLOSED = (
    *_LENT,
    deny(
        "glue:*",
        [_CATALOG, f"{_GLUE}:database/*", f"{_GLUE}:table/*/*"],
        to="*",
        when={"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/r-ab12/ou-ab12-domains1/*"}},
    ),
)
_PARTNER_ROLE = f"arn:aws:iam::{PARTNER}:role/Guest"
_CATALOGS = (
    _at("a table granted to an account", GLUE, _GET, _TABLE, _LENT, allowed(), _CHAIN, by=GUEST, identity=EVERYTHING),
    _at(
        "the database of a granted table",
        GLUE,
        _GET,
        _DATABASE,
        _LENT,
        allowed(),
        _CHAIN,
        by=GUEST,
        identity=EVERYTHING,
    ),
    _at(
        "the catalog of a granted table", GLUE, _GET, _CATALOG, _LENT, allowed(), _CHAIN, by=GUEST, identity=EVERYTHING
    ),
    _at(
        "a granted table without an identity policy",
        GLUE,
        _GET,
        _TABLE,
        _LENT,
        denied("identity"),
        "The grantee's identity policy has to allow too.",
        by=GUEST,
    ),
    _at(
        "a table of another database",
        GLUE,
        _GET,
        f"{_GLUE}:table/hr/people",
        _LENT,
        denied("resource"),
        _CHAIN,
        by=GUEST,
        identity=EVERYTHING,
    ),
    _at(
        "a granted table, another action",
        GLUE,
        "glue:DeleteTable",
        _TABLE,
        _LENT,
        denied("resource"),
        "An Allow covers its own actions.",
        by=GUEST,
        identity=EVERYTHING,
    ),
    _at(
        "a table granted to another account",
        GLUE,
        _GET,
        _TABLE,
        _LENT,
        denied("resource"),
        _CHAIN,
        by=_PARTNER_ROLE,
        identity=EVERYTHING,
    ),
    _at(
        "the own role reads its catalog by identity policy",
        GLUE,
        _GET,
        _TABLE,
        _LENT,
        allowed("identity"),
        "In the account an identity policy is enough.",
        identity=(allow("glue:Get*", [_CATALOG, _DATABASE, _TABLE]),),
    ),
    _at(
        "the own role names tables by pattern",
        GLUE_ARNS,
        _GET,
        _TABLE,
        None,
        allowed("identity"),
        "A table's ARN is table/database/table.",
        identity=(allow(_GET, f"{_GLUE}:table/sales/*"),),
    ),
    _at(
        "a pattern of one database's tables leaves out another's",
        GLUE_ARNS,
        _GET,
        f"{_GLUE}:table/hr/people",
        None,
        denied("identity"),
        "A table's ARN is table/database/table.",
        identity=(allow(_GET, f"{_GLUE}:table/sales/*"),),
    ),
    _at(
        "a table does not stand for its database",
        GLUE_ARNS,
        _GET,
        _DATABASE,
        None,
        denied("identity"),
        "A table's ARN is table/database/table.",
        identity=(allow(_GET, f"{_GLUE}:table/*/*"),),
    ),
    _at(
        "a closed catalog lets in a domain",
        GLUE,
        _GET,
        _TABLE,
        _CLOSED,
        allowed(),
        "A catalog's policy may deny outside a unit.",
        by=GUEST,
        identity=EVERYTHING,
    ),
    _at(
        "a closed catalog stops a partner",
        GLUE,
        _GET,
        _TABLE,
        _CLOSED,
        _STOPPED,
        "A catalog's policy may deny outside a unit.",
        by=_PARTNER_ROLE,
        identity=EVERYTHING,
    ),
    _at(
        "a closed catalog stops a service without a path",
        GLUE,
        _GET,
        _TABLE,
        _CLOSED,
        _STOPPED,
        "An absent key meets a negated ForAllValues.",
        by="athena.amazonaws.com",
    ),
)
_BOUND = f"arn:aws:iam::{HOME}:policy/Boundary"
_NEW_ROLE = f"arn:aws:iam::{HOME}:role/mesh/New"
_BOUNDED = (deny("iam:CreateRole", when={"StringNotEquals": {"iam:PermissionsBoundary": _BOUND}}),)
_PASS = (allow("iam:PassRole", _NEW_ROLE, when={"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}}),)
_IN_VPC = (
    deny(["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"], when={"Null": {"lambda:VpcIds": "true"}}),
)
_FUNCTION = f"arn:aws:lambda:eu-west-1:{HOME}:function:report"
_WITH_BOUNDARY = "iam:PermissionsBoundary is the boundary of the role that is made; absent without one."
_PASSED = "iam:PassedToService is the service that gets the role."
_VPC = "lambda:VpcIds is the VPC of the function; absent without one."
_ADMINISTRATION = (
    _at(
        "a role made with the boundary",
        BOUNDARIES,
        "iam:CreateRole",
        _NEW_ROLE,
        None,
        allowed("identity"),
        _WITH_BOUNDARY,
        identity=EVERYTHING,
        scp=_BOUNDED,
        context={"iam:PermissionsBoundary": _BOUND},
    ),
    _at(
        "a role made with another boundary",
        BOUNDARIES,
        "iam:CreateRole",
        _NEW_ROLE,
        None,
        denied("scp", "Stop"),
        _WITH_BOUNDARY,
        identity=EVERYTHING,
        scp=_BOUNDED,
        context={"iam:PermissionsBoundary": f"{_BOUND}2"},
    ),
    _at(
        "a role made without a boundary",
        BOUNDARIES,
        "iam:CreateRole",
        _NEW_ROLE,
        None,
        denied("scp", "Stop"),
        _WITH_BOUNDARY,
        identity=EVERYTHING,
        scp=_BOUNDED,
    ),
    _at(
        "a role passed to the service named",
        STS_KEYS,
        "iam:PassRole",
        _NEW_ROLE,
        None,
        allowed("identity"),
        _PASSED,
        identity=_PASS,
        context={"iam:PassedToService": "glue.amazonaws.com"},
    ),
    _at(
        "a role passed to another service",
        STS_KEYS,
        "iam:PassRole",
        _NEW_ROLE,
        None,
        denied("identity"),
        _PASSED,
        identity=_PASS,
        context={"iam:PassedToService": "lambda.amazonaws.com"},
    ),
    _at(
        "a function outside a VPC",
        LAMBDA,
        "lambda:CreateFunction",
        _FUNCTION,
        None,
        denied("scp", "Stop"),
        _VPC,
        identity=EVERYTHING,
        scp=_IN_VPC,
    ),
    _at(
        "a function in a VPC",
        LAMBDA,
        "lambda:CreateFunction",
        _FUNCTION,
        None,
        allowed("identity"),
        _VPC,
        identity=EVERYTHING,
        scp=_IN_VPC,
        context={"lambda:VpcIds": ("vpc-1a2b3c4d",)},
    ),
)

CASES: tuple[Case, ...] = (
    *_CATALOGS,
    *_ADMINISTRATION,
)
