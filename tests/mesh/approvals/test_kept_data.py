"""Kept data: shorter retention, lifted protection and products that go, with their owners and who is told."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from mesh.approvals.kept_data import data_needs, data_notices
from mesh.model import Mesh
from mesh.model.partial import PartialFile
from tests.mesh.approvals.changed_meshes import (
    request,
    whys,
    with_contract,
    with_domain,
    with_file,
    with_partner,
    with_product,
)

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


REFUSED = (
    "the data are protected, so the deployment is refused until 'deletion-protection: false' was deployed, and then "
    "deletes them"
)
LEFT = "another bucket, in another account or region; the data stay in the old one, which no stack knows any more"


def without_names(mesh: Mesh, **kinds: str) -> Mesh:
    """A mesh in whose `names.lock.yaml` a bucket of each kind has no line any more."""
    assert mesh.names_lock
    buckets = mesh.names_lock.buckets
    left = {kind: {key: each for key, each in getattr(buckets, kind).items() if key != kinds[kind]} for kind in kinds}
    lock = mesh.names_lock.model_copy(update={"buckets": buckets.model_copy(update=left)})
    return dataclasses.replace(mesh, names_lock=lock)


@pytest.mark.parametrize(
    ("kind", "key", "by", "what"),
    [
        ("products", "ads.impressions", "@aurora/ads-platform", "ads.impressions"),
        ("logs", "domain-ads", "@aurora/ads-platform", "access logs of domain-ads"),
        ("results", "governance", "@aurora/data-platform", "results of queries in governance"),
        ("inboxes", "subtitling", "@aurora/content-operations", "the inbox of partner-subtitling"),
    ],
)
def test_a_bucket_that_loses_its_name_asks_who_owns_what_it_holds(
    sample: Mesh, kind: str, key: str, by: str, what: str
) -> None:
    after = without_names(sample, **{kind: key})
    # No stack protects the bucket of results (`components/account_baseline.py`).
    lost = "the data, which nothing protects, go with the old one" if kind == "results" else REFUSED
    assert whys(data_needs(request(sample, after))) == [
        f"{by}: {what}: another bucket, for it gets another name; {lost}"
    ]
    (need,) = data_needs(request(sample, after))
    assert (need.about, need.author_counts) == (f"stacks/names.lock.yaml: {what}", False)


def test_a_product_whose_bucket_loses_its_name_tells_consumers_and_partners(sample: Mesh) -> None:
    told = list(data_notices(request(sample, without_names(sample, products="ads.impressions"))))
    assert any("which the partner 'ad-measurement' gets, loses data" in each.what for each in told)
    free = with_product(sample, "ads.impressions", deletion_protection=False)
    (why,) = whys(data_needs(request(free, without_names(free, products="ads.impressions"))))
    assert why.endswith("another name; the data, which nothing protects, go with the old one")


def test_another_region_or_name_of_the_mesh_asks_every_owner(sample: Mesh) -> None:
    every = {(d.owner.github,) for d in sample.domains.values()} | {(p.owner.github,) for p in sample.partners.values()}
    for values in ({"region": "eu-central-1"}, {"name": "borealis"}):
        needs = list(data_needs(request(sample, with_file(sample, **values))))
        assert every <= {need.by for need in needs}
        assert all(need.about.startswith("stacks/mesh.yaml: ") for need in needs)


def test_another_account_of_a_domain_asks_its_owner_and_a_first_one_does_not(sample: Mesh) -> None:
    assert sample.accounts
    known = sample.accounts.domains
    other, none = (
        dataclasses.replace(sample, accounts=sample.accounts.model_copy(update={"domains": ids}))
        for ids in ({**known, "ads": "999999999999"}, {name: own for name, own in known.items() if name != "ads"})
    )
    for after in (other, none):
        (need,) = data_needs(request(sample, after))
        assert need.by == ("@aurora/ads-platform",)
        assert "ads.impressions" in need.about
        assert need.why.endswith(f": {LEFT}")
    assert list(data_needs(request(none, sample))) == []
    assert list(data_needs(request(dataclasses.replace(sample, accounts=None), sample))) == []


def test_a_table_that_goes_asks_the_owner(sample: Mesh) -> None:
    def renamed(data: dict[str, Any]) -> None:
        data["schema"][0]["physicalName"] = "views"

    lost = "which files are current goes with a table, and its snapshots; the files stay in S3"
    files_only = with_product(sample, "ads.impressions", ports=("files",))
    for after in (with_contract(sample, "ads.impressions", renamed), files_only):
        assert whys(data_needs(request(sample, after))) == [
            f"@aurora/ads-platform: ads.impressions: without impressions: {lost}"
        ]
    assert whys(data_needs(request(files_only, sample))) == []


@pytest.mark.parametrize(
    ("setting", "some"),
    [
        ("snapshots", "ads.impressions"),
        ("log_retention", "access logs of domain-ads"),
        ("results_retention", "results of queries in domain-ads"),
    ],
)
def test_fewer_days_of_a_setting_ask_the_owners_of_what_is_deleted(sample: Mesh, setting: str, some: str) -> None:
    shorter = with_file(sample, defaults={setting: 2})
    needs = {need.by: need for need in data_needs(request(sample, shorter))}
    assert some in needs["@aurora/ads-platform",].about
    assert needs["@aurora/ads-platform",].why.endswith(DELETED)
    assert list(data_needs(request(shorter, sample))) == []


def test_fewer_snapshots_lose_nothing_of_a_product_that_has_no_table(sample: Mesh) -> None:
    files_only = with_product(sample, "ads.impressions", ports=("files",))
    needs = [need.about for need in data_needs(request(files_only, with_file(files_only, defaults={"snapshots": 2})))]
    assert needs != []
    assert [about for about in needs if "ads.impressions" in about] == []


def test_a_partner_that_goes_or_is_protected_no_more_asks_its_owner(sample: Mesh) -> None:
    after = dataclasses.replace(sample, partners={n: p for n, p in sample.partners.items() if n != "subtitling"})
    needs = list(data_needs(request(sample, after)))
    assert {need.by for need in needs} == {("@aurora/content-operations",)}
    assert "the inbox of partner-subtitling" in needs[0].about
    # Results of queries are not protected, so no deployment is refused for them.
    assert [need.why for need in needs if "results of queries" in need.why] == [
        "results of queries in partner-subtitling: there no more; the data, which nothing protects, go as well"
    ]
    free = with_partner(sample, "subtitling", deletion_protection=False)
    (told,) = whys(data_needs(request(sample, free)))
    assert told.endswith(": data no longer survive their removal from the YAML")
    assert "the inbox of partner-subtitling" in told
    assert "access logs of partner-subtitling" in told


@pytest.mark.parametrize("file", ["partners/subtitling.yaml", "partners", "domains/ads.yaml", "names.lock.yaml"])
def test_a_file_that_cannot_be_read_loses_nothing(sample: Mesh, file: str) -> None:
    kept = {name: each for name, each in sample.domains.items() if not file.startswith("domains") or name != "ads"}
    partners = {name: each for name, each in sample.partners.items() if not file.startswith("partners")}
    lock = None if file == "names.lock.yaml" else sample.names_lock
    after = dataclasses.replace(sample, domains=kept, partners=partners, names_lock=lock)
    assert whys(data_needs(request(sample, after))) != []
    needs = data_needs(request(sample, dataclasses.replace(after, unread=frozenset({file}))))
    assert [need for need in needs if "subtitling" in need.about or "ads." in need.about or lock is None] == []


def test_a_product_that_cannot_be_read_loses_nothing(sample: Mesh) -> None:
    after = with_product(sample, "ads.impressions", retention=30)
    uncertain = PartialFile(frozenset({("products", "impressions")}))
    unread = dataclasses.replace(after, partial={"domains/ads.yaml": uncertain})
    assert whys(data_needs(request(sample, unread))) == []
