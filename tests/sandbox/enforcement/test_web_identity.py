"""Tokens of an identity provider, shown to the emulated STS: what they say is compared with the trust of the role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mesh.evaluator import UnknownError
from mesh.plan import Plan
from mesh.plan.nodes import CiRoleArgs
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.clients import Credentials
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.enforcement.web_identity import WebIdentity, shown_by
from sandbox.runs.fresh_organization import enforced

GOVERNANCE, ADS = "200000000002", "310000000013"
REPOSITORY = "repo:aurora-streaming/data-mesh"


@pytest.fixture(scope="module")
def organization(plan: Plan) -> Iterator[EnforcedOrganization]:
    with enforced(plan) as opened:
        opened.ensure_account("governance")
        opened.ensure_account("domain-ads")
        yield opened


@pytest.fixture(scope="module")
def role(plan: Plan) -> CiRoleArgs:
    """CI of the stack `governance`."""
    first = plan.organization.args.first_ci
    assert first
    return next(each for each in first.roles if each.stack == "governance")


def sign_in(organization: EnforcedOrganization, role: str, token: str) -> dict[str, Any]:
    """What STS answers to who has nothing but a token."""
    nobody = organization.acting(GOVERNANCE, Credentials("", "", None))
    asked = {"RoleArn": role, "RoleSessionName": "ci", "WebIdentityToken": token}
    return nobody.call("sts", "eu-west-1", "assume_role_with_web_identity", asked)


def shown(role: CiRoleArgs, **claims: str) -> str:
    return WebIdentity(role.issuer, role.audience, role.subject)._replace(**claims).token


def test_a_token_of_the_stacks_environment_is_a_session_of_its_ci_role(
    organization: EnforcedOrganization, role: CiRoleArgs
) -> None:
    made = sign_in(organization, role.arn, shown(role))["Credentials"]
    keys = Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    session = organization.acting(GOVERNANCE, keys)
    who = session.call("sts", "eu-west-1", "get_caller_identity", {})
    assert who["Arn"] == f"arn:aws:sts::{GOVERNANCE}:assumed-role/governance/ci"
    into = {"RoleArn": f"arn:aws:iam::{GOVERNANCE}:role/mesh/deploy", "RoleSessionName": "ci"}
    assert session.call("sts", "eu-west-1", "assume_role", into)["Credentials"]
    elsewhere = {**into, "RoleArn": f"arn:aws:iam::{ADS}:role/mesh/deploy"}
    with pytest.raises(AwsError, match="AccessDenied"):
        session.call("sts", "eu-west-1", "assume_role", elsewhere)


@pytest.mark.parametrize(
    "subject",
    [
        f"{REPOSITORY}:pull_request",
        f"{REPOSITORY}:environment:access",
        f"{REPOSITORY}:environment:governance-2",
        f"{REPOSITORY}:ref:refs/heads/main",
        "repo:somebody/else:environment:governance",
    ],
)
def test_a_token_of_anything_else_is_refused_by_the_trust(
    subject: str, organization: EnforcedOrganization, role: CiRoleArgs
) -> None:
    with pytest.raises(AwsError, match=r"AccessDenied.* is not authorized to perform: sts:AssumeRoleWithWebIdentity"):
        sign_in(organization, role.arn, shown(role, subject=subject))


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"issuer": "token.somebody.example"}, "has no identity provider for token.somebody.example"),
        ({"audience": "somebody"}, "takes no token for the audience somebody"),
    ],
)
def test_a_token_that_the_account_does_not_take_is_refused(
    claims: dict[str, str], told: str, organization: EnforcedOrganization, role: CiRoleArgs
) -> None:
    with pytest.raises(AwsError, match=told):
        sign_in(organization, role.arn, shown(role, **claims))


def test_an_account_without_the_provider_takes_no_token(organization: EnforcedOrganization, role: CiRoleArgs) -> None:
    with pytest.raises(AwsError, match=f"account {ADS} has no identity provider"):
        sign_in(organization, f"arn:aws:iam::{ADS}:role/mesh/deploy", shown(role))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.", "e30.W10.x", "e30.eyJpc3MiOiAxfQ.x"])
def test_what_is_no_token_is_told(token: str) -> None:
    call = AwsCall("sts", "AssumeRoleWithWebIdentity", "eu-west-1", "", {"WebIdentityToken": token})
    with pytest.raises(UnknownError, match="the token "):
        shown_by(call)


def test_a_token_claims_what_it_was_made_of() -> None:
    made = WebIdentity("issuer.example", "audience", "subject")
    call = AwsCall("sts", "AssumeRoleWithWebIdentity", "eu-west-1", "", {"WebIdentityToken": made.token})
    assert shown_by(call) == made
    assert made.keys == {"issuer.example:aud": "audience", "issuer.example:sub": "subject"}
