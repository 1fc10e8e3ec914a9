"""Kept data: shorter retention, lifted protection and products that go, with their owners and who is told."""

from __future__ import annotations

import dataclasses

from mesh.approvals.kept_data import data_needs, data_notices
from mesh.model import Mesh
from tests.mesh.approvals.changed_meshes import request, whys, with_domain, with_file, with_product

DELETED = "what is older is deleted within a day or two of the deployment, and nobody brings it back"


def test_shorter_retention_asks_the_owner_and_tells_those_who_use_the_product(sample: Mesh) -> None:
    after = with_product(sample, "ads.impressions", retention=30)
    asked = request(sample, after)
    assert whys(data_needs(asked)) == [f"@aurora/ads-platform: ads.impressions: kept 30 days instead of 400; {DELETED}"]
    assert [need.about for need in data_needs(asked)] == ["stacks/domains/ads.yaml: ads.impressions"]
    partners = [notice.what for notice in data_notices(asked) if "partner" in notice.what]
    assert partners == ["ads.impressions, which the partner 'ad-measurement' gets, loses data"]
    assert whys(data_needs(request(after, sample))) == []


def test_a_shorter_default_asks_the_owner_of_each_product_that_has_it(sample: Mesh) -> None:
    needs = list(data_needs(request(sample, with_file(sample, defaults={"retention": 90}))))
    assert [need.by for need in needs] == [(domain.owner.github,) for domain in sample.domains.values()]
    assert all(need.about.startswith("stacks/mesh.yaml: ") for need in needs)
    identity = next(need for need in needs if need.by == ("@aurora/identity-platform",))
    assert identity.why == f"identity.accounts and identity.profiles: kept 90 days instead of 730; {DELETED}"


def test_protection_that_is_lifted_asks_the_owner(sample: Mesh) -> None:
    after = with_product(sample, "ads.impressions", deletion_protection=False)
    assert whys(data_needs(request(sample, after))) == [
        "@aurora/ads-platform: ads.impressions: data no longer survive their removal from the YAML"
    ]
    assert list(data_notices(request(sample, after))) == []
    whole = with_domain(sample, "ads", deletion_protection=False)
    assert len(next(data_needs(request(sample, whole))).about.split(",")) > 1


def without(mesh: Mesh, domain: str, product: str) -> Mesh:
    products = {name: each for name, each in mesh.domains[domain].products.items() if name != product}
    return with_domain(mesh, domain, products=products)


def test_a_product_that_goes_says_whether_its_data_go(sample: Mesh) -> None:
    (told,) = whys(data_needs(request(sample, without(sample, "ads", "impressions"))))
    assert told.startswith("@aurora/ads-platform: ads.impressions: there no more; the data are protected, so the ")
    free = with_product(sample, "ads.impressions", deletion_protection=False)
    (told,) = whys(data_needs(request(free, without(free, "ads", "impressions"))))
    assert told == "@aurora/ads-platform: ads.impressions: there no more; the data, which nothing protects, go as well"


def test_a_domain_that_goes_asks_its_owner(sample: Mesh) -> None:
    after = dataclasses.replace(sample, domains={n: d for n, d in sample.domains.items() if n != "ads"})
    needs = list(data_needs(request(sample, after)))
    assert {need.by for need in needs} == {("@aurora/ads-platform",)}
    assert {name for need in needs for name in sample.domains["ads"].products if f"ads.{name}" in need.about} == {
        *sample.domains["ads"].products
    }
