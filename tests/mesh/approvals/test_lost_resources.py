"""Lost resources: keys, logs, queues, topics and histories of queries, each with the approval that its loss needs."""

from __future__ import annotations

import dataclasses
from typing import Any

from mesh.approvals.given_approvals import Reviewers, approvals
from mesh.approvals.kept_data import data_needs
from mesh.approvals.lost_resources import resource_needs
from mesh.model import Mesh
from tests.mesh.approvals.changed_meshes import (
    column,
    request,
    whys,
    with_contract,
    with_domain,
    with_file,
    with_product,
)

KEY = "whatever it encrypted, once its 30 days of waiting are over: nothing else decrypts that"
REFUSED = "it is protected, so the deployment is refused until 'deletion-protection: false' was deployed; after that "
ELSEWHERE = "another one, in another account or region; the old one is in no stack any more; not to be had any more is "


def of(before: Mesh, after: Mesh) -> list[str]:
    return whys(resource_needs(request(before, after)))


def test_nothing_that_stays_asks(sample: Mesh) -> None:
    assert of(sample, sample) == []
    assert of(dataclasses.replace(sample, accounts=None), sample) == []


def test_a_pipeline_that_goes_takes_its_logs_along_and_asks_the_owner(sample: Mesh) -> None:
    after = with_product(sample, "identity.device-graph", pipeline=None)
    assert of(sample, after) == [
        "@aurora/identity-platform: the workgroup of the pipeline of identity.device-graph: there no more; lost is the "
        "history of its queries",
        "@aurora/identity-platform: the log (error) of the pipeline of identity.device-graph and the log (output) of "
        "the pipeline of identity.device-graph: there no more; lost is its log events",
    ]
    needed = approvals(request(sample, after), Reviewers(author="@aurora/identity-platform")).missing
    assert sum("log events" in each.need.why for each in needed) == 1


def test_another_runtime_or_label_gives_other_logs(sample: Mesh) -> None:
    pipeline = sample.domains["identity"].products["device-graph"].pipeline
    assert pipeline
    functions = pipeline.model_copy(update={"runtime": "lambda"})
    (told,) = of(sample, with_product(sample, "identity.device-graph", pipeline=functions))
    assert told.endswith(": there no more; lost is its log events")

    def unlabelled(data: dict[str, Any]) -> None:
        for table in data["schema"]:
            table.pop("classification", None)
            for each in table["properties"]:
                column(data, each["name"]).pop("classification", None)

    (told,) = of(sample, with_contract(sample, "identity.device-graph", unlabelled))
    assert told.endswith("another one, for it gets another name; lost with the old one is its log events")


def test_a_product_that_goes_takes_its_key_along(sample: Mesh) -> None:
    products = {name: each for name, each in sample.domains["ads"].products.items() if name != "impressions"}
    after = with_domain(sample, "ads", products=products)
    assert of(sample, after)[0] == (
        f"@aurora/ads-platform: the key of ads.impressions: there no more; {REFUSED}lost is {KEY}"
    )


def test_protection_that_is_lifted_asks_for_keys_and_logs_of_access(sample: Mesh) -> None:
    products = {
        name: each.model_copy(update={"deletion_protection": True})
        for name, each in sample.domains["ads"].products.items()
    }
    before = with_domain(sample, "ads", products=products, deletion_protection=True)
    after = with_domain(sample, "ads", products=products, deletion_protection=False)
    unkept = "nothing keeps it any more when it is removed from the YAML, and with it all that it encrypted"
    assert of(before, after) == [f"@aurora/ads-platform: the key of domain-ads: {unkept}"]
    assert whys(data_needs(request(before, after))) == [
        "@aurora/ads-platform: access logs of domain-ads: data no longer survive their removal from the YAML"
    ]


def test_a_domain_that_goes_asks_its_owner_and_a_clearance_its_approvers(sample: Mesh) -> None:
    gone = dataclasses.replace(sample, domains={n: d for n, d in sample.domains.items() if n != "ads"})
    needs = list(resource_needs(request(sample, gone)))
    assert {need.by for need in needs} == {("@aurora/ads-platform",)}
    assert {need.why.partition("lost is ")[2] for need in needs} >= {KEY, "the history of its queries"}
    less = dataclasses.replace(sample, clearances={n: c for n, c in sample.clearances.items() if n != "pii"})
    (need,) = resource_needs(request(sample, less))
    assert need.by == tuple(each.github for each in sample.clearances["pii"].approvers)
    assert need.about.startswith("stacks/clearances/pii.yaml: the workgroup of 'pii' in domain-ads")
    assert need.why.endswith("there no more; lost is the history of its queries")


def test_another_place_leaves_queues_topics_logs_and_keys_behind(sample: Mesh) -> None:
    assert sample.accounts
    ids = sample.accounts.model_copy(update={"governance": "999999999999"})
    moved = list(resource_needs(request(sample, dataclasses.replace(sample, accounts=ids))))
    assert {need.why.partition(ELSEWHERE)[2].partition(",")[0] for need in moved} == {
        "whatever it encrypted",
        "its log events",
        "messages that nobody has received",
        "the confirmed subscriptions of addresses",
        "the history of its queries",
    }
    assert {need.by for need in moved} == {("@aurora/data-platform",)}
    region = list(resource_needs(request(sample, with_file(sample, region="eu-central-1"))))
    assert {need.about.partition(":")[0] for need in region} == {"stacks/mesh.yaml"}
    none = ids.model_copy(update={"governance": None, "domains": {}})
    left = of(sample, dataclasses.replace(sample, accounts=none))
    assert any(ELSEWHERE in each and "ads.impressions" in each for each in left)
    assert any(ELSEWHERE in each and "topic" in each for each in left)


def test_what_cannot_be_read_is_no_loss(sample: Mesh) -> None:
    for file in ("domains", "domains/ads.yaml", "accounts.yaml"):
        after = dataclasses.replace(
            sample, domains={n: d for n, d in sample.domains.items() if n != "ads"}, unread=frozenset({file})
        )
        assert not any("ads" in each for each in of(sample, after))
    contracts = {name: each for name, each in sample.contracts.items() if name != "identity.device-graph"}
    assert of(sample, dataclasses.replace(sample, contracts=contracts)) == []
