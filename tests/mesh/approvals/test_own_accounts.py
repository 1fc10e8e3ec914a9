"""Own accounts: root e-mails, budgets and people, which a domain's owner wrote without being asked."""

from __future__ import annotations

import dataclasses

import pytest

from mesh.approvals.given_approvals import Reviewers, approvals
from mesh.approvals.own_accounts import own_account_needs
from mesh.approvals.wider_use import pipeline_needs
from mesh.model import Mesh
from tests.mesh.approvals.changed_meshes import request, whys, with_domain, with_partner, with_product

ME = "me@aurora.example"


def settings(mesh: Mesh, kind: str, **values: object) -> Mesh:
    if kind == "domain":
        return with_domain(mesh, "ads", account=mesh.domains["ads"].account.model_copy(update=values))
    known = mesh.partners["subtitling"].account
    return with_partner(mesh, "subtitling", account=known.model_copy(update=values))


@pytest.mark.parametrize(("kind", "account"), [("domain", "domain-ads"), ("partner", "partner-subtitling")])
def test_another_root_e_mail_asks_the_platform_team(sample: Mesh, kind: str, account: str) -> None:
    after = settings(sample, kind, email=ME)
    usual = sample.file.account_email.replace("{account}", account)
    told = f"the root e-mail of {account} is {ME} instead of {usual}: who reads it has the account"
    assert whys(own_account_needs(request(sample, after))) == [f"@aurora/data-platform: {told}"]
    (back,) = own_account_needs(request(after, sample))
    assert not back.author_counts
    assert list(own_account_needs(request(after, after))) == []


@pytest.mark.parametrize("kind", ["domain", "partner"])
def test_a_budget_that_is_raised_asks_the_platform_team(sample: Mesh, kind: str) -> None:
    low, high = settings(sample, kind, budget=10), settings(sample, kind, budget=90_000)
    (told,) = whys(own_account_needs(request(low, high)))
    assert told.startswith("@aurora/data-platform: the owner of ")
    assert told.endswith("is told of costs at 90000 US dollars instead of 10")
    assert list(own_account_needs(request(high, low))) == []


@pytest.mark.parametrize("role", ["engineers", "owners"])
def test_a_group_that_comes_to_look_after_a_domain_asks_its_owner(sample: Mesh, role: str) -> None:
    after = with_domain(sample, "ads", **{role: (*getattr(sample.domains["ads"], role), "ads-finance")})
    said = f"ads-finance comes to look after the domain 'ads', as its {role}"
    assert whys(own_account_needs(request(sample, after))) == [f"@aurora/ads-platform: {said}"]
    assert list(own_account_needs(request(after, sample))) == []
    missing = approvals(request(sample, after), Reviewers(author="@aurora/ads-platform")).missing
    assert [each.need.why for each in missing] == [said]


def test_a_domain_that_is_new_asks_the_platform_team(sample: Mesh) -> None:
    before = dataclasses.replace(sample, domains={n: d for n, d in sample.domains.items() if n != "ads"})
    needs = list(own_account_needs(request(before, settings(sample, "domain", email=ME, budget=90_000))))
    assert {need.by for need in needs} == {("@aurora/data-platform",)}
    assert {need.kind for need in needs} == {"account", "guardrail", "member"}


def test_a_pipeline_that_comes_to_run_elsewhere_asks_who_approves_its_clearance(sample: Mesh) -> None:
    pipeline = sample.domains["identity"].products["device-graph"].pipeline
    assert pipeline
    other = pipeline.model_copy(update={"runtime": "external", "script": None})
    after = with_product(sample, "identity.device-graph", pipeline=other)
    (need,) = pipeline_needs(request(sample, after))
    assert need.by == tuple(each.github for each in sample.clearances["pii"].approvers)
    assert "stands outside of the mesh from now on" in need.why
    assert list(pipeline_needs(request(after, sample))) == []
