"""The roles with which an account begins, and the role through which the operator comes into each."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mesh.iam import bootstrap
from mesh.plan import Plan
from sandbox.emulator import backends
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.enforcement.seeding import entry_role
from sandbox.runs.fresh_organization import enforced, organization_ids

ADS, AD_MEASUREMENT, GOVERNANCE, MANAGEMENT = "310000000013", "410000000072", "200000000002", "100000000001"


@pytest.fixture(scope="module")
def organization(plan: Plan) -> Iterator[EnforcedOrganization]:
    with enforced(plan) as opened:
        yield opened


def ci(stack: str) -> str:
    return f"arn:aws:iam::{GOVERNANCE}:role/mesh/ci/{stack}"


def roles_of(account: str) -> set[str]:
    paths = {role.arn.partition(":role/")[2] for role in backends.iam(account).roles.values()}
    return {path for path in paths if path.startswith("mesh/")}


def test_governance_begins_with_the_first_ci_roles_and_the_provider_and_no_other_account_does(
    organization: EnforcedOrganization,
) -> None:
    organization.ensure_account("governance")
    organization.ensure_account("domain-ads")
    first = {"mesh/deploy", "mesh/preview"}
    stacks = ("organization", "governance", "access", "partners", "previews")
    of_governance = {"mesh/break-glass/emergencies", *(f"mesh/ci/{stack}" for stack in stacks)}
    assert roles_of(GOVERNANCE) == first | of_governance
    assert roles_of(ADS) == first | {"mesh/deploy-access"}
    providers = backends.iam(GOVERNANCE).open_id_providers
    assert list(providers) == [f"arn:aws:iam::{GOVERNANCE}:oidc-provider/token.actions.githubusercontent.com"]
    assert not backends.iam(ADS).open_id_providers


def test_the_trust_of_an_account_names_its_own_id(organization: EnforcedOrganization, plan: Plan) -> None:
    organization.ensure_account("domain-ads")
    deploy = next(role for role in backends.iam(ADS).roles.values() if role.name == "deploy")
    assert json.loads(deploy.assume_role_policy_document) == plan.organization.args.deploy_trust(ADS).as_json()
    assert bootstrap.ITS_OWN_ID not in deploy.assume_role_policy_document


@pytest.mark.parametrize(
    ("account", "role", "stack"),
    [
        (ADS, "deploy", f"domain-{ADS}"),
        (ADS, "deploy-access", "access"),
        (ADS, "preview", "previews"),
        (AD_MEASUREMENT, "deploy", "partners"),
        (GOVERNANCE, "deploy", "governance"),
        (GOVERNANCE, "preview", "previews"),
    ],
)
def test_the_operator_comes_by_the_ci_of_the_stack(plan: Plan, account: str, role: str, stack: str) -> None:
    arn = f"arn:aws:iam::{account}:role/mesh/{role}"
    assert entry_role(arn, organization_ids(plan), by_ci=True) == ci(stack)
    assert not entry_role(arn, organization_ids(plan), by_ci=False)


def test_an_administrator_comes_into_the_management_account_until_ci_is_there(
    organization: EnforcedOrganization, plan: Plan
) -> None:
    ids, deploy = organization_ids(plan), f"arn:aws:iam::{MANAGEMENT}:role/mesh/deploy"
    backends.iam(GOVERNANCE).roles.clear()
    assert not entry_role(deploy, ids, by_ci=True)
    backends.iam(GOVERNANCE).create_role("organization", "{}", "/mesh/ci/", None, "", [], "3600")
    assert entry_role(deploy, ids, by_ci=True) == ci("organization")
    assert not entry_role(ci("organization"), ids, by_ci=True)
