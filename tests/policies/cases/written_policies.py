"""Policy documents for the cases of rules, written shortly."""

from __future__ import annotations

import json
from typing import Any, Final

from mesh_guardrails.policy_properties import ROLE

from tests.policies.cases.case import Made, made

ORGANISATION: Final = {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}
UNITS: Final = {
    **ORGANISATION,
    "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/r-ab12/ou-ab12-domains1/*"},
}
HOME: Final = "111122223333"
AWAY: Final = "999988887777"
TRUST: Final = {"AWS": f"arn:aws:iam::{HOME}:root"}


def document(*statements: dict[str, Any]) -> str:
    """A policy of some statements, as JSON."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any = "s3:GetObject", resource: Any = "arn:aws:s3:::example/*", **more: Any) -> dict[str, Any]:
    """A statement that allows something."""
    return {"Sid": "ReadTheExample", "Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: Any, condition: Any = None, action: str = "sts:AssumeRole") -> str:
    """A policy of trust."""
    statement = {"Sid": "WhoMay", "Effect": "Allow", "Principal": principal, "Action": action}
    return document({**statement, **({"Condition": condition} if condition else {})})


def role(name: str = "role", /, **props: Any) -> Made:
    """A role of the mesh, bounded."""
    given = {"name": f"example-{name}", "permissionsBoundary": f"arn:aws:iam::{HOME}:policy/mesh/boundary"}
    return made(ROLE, name, **{**given, "assumeRolePolicy": trust(TRUST), "description": "An example", **props})


def account(name: str = "account", /, of: str = HOME, **props: Any) -> Made:
    """A provider of an account."""
    given = {"allowedAccountIds": json.dumps([of]), "region": "eu-west-1"}
    return made("pulumi:providers:aws", name, provider="", **{**given, **props})
