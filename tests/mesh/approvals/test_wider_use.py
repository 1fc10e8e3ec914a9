"""Wider use: agreements, pipelines that read more, labels that are left behind; and who is told of a consumer."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from mesh.approvals.wider_use import agreement_needs, derivation_needs, pipeline_needs, use_notices
from mesh.model import Agreement, Mesh
from mesh.model.domain import Consumption
from tests.mesh.approvals.changed_meshes import (
    request,
    whys,
    with_contract,
    with_domain,
    with_partner,
    with_product,
)


def agreement(**values: Any) -> Agreement:
    written: dict[str, Any] = {
        "product": "identity.profiles",
        "purpose": "Mail",
        "classifications": ("pii",),
        "expires": datetime.date(2027, 6, 1),
    }
    return Agreement.model_construct(**{**written, **values})


def with_agreements(mesh: Mesh, *agreements: Agreement) -> Mesh:
    return with_partner(mesh, "subtitling", agreements=agreements)


def test_a_new_agreement_asks_the_owner_of_the_product_and_who_guards_what_it_gives(sample: Mesh) -> None:
    before = with_agreements(sample)
    assert whys(agreement_needs(request(before, with_agreements(sample, agreement())))) == [
        "@aurora/identity-platform: the partner 'subtitling' comes to get identity.profiles, for 'Mail', until "
        "2027-06-01",
        "@aurora/privacy-office: the partner 'subtitling' comes to get 'pii' with identity.profiles: the approvers of "
        "pii guard 'pii'",
    ]
    assert whys(agreement_needs(request(with_agreements(sample, agreement()), before))) == []


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, []),
        ({"expires": datetime.date(2026, 6, 1), "classifications": ()}, []),
        (
            {"expires": datetime.date(2028, 6, 1)},
            ["the partner 'subtitling' gets identity.profiles until 2028-06-01 instead of 2027-06-01"],
        ),
        (
            {"purpose": "Advertising"},
            ["the partner 'subtitling' may use identity.profiles for 'Advertising', and no more for 'Mail'"],
        ),
        (
            {"classifications": ("financial", "pii")},
            [
                "the partner 'subtitling' comes to get 'financial' with identity.profiles: the approvers of financial "
                "guard 'financial'"
            ],
        ),
    ],
)
def test_an_agreement_that_gives_more_is_asked_for(sample: Mesh, values: dict[str, Any], told: list[str]) -> None:
    meshes = with_agreements(sample, agreement()), with_agreements(sample, agreement(**values))
    assert [need.why for need in agreement_needs(request(*meshes))] == told


def test_one_more_group_of_a_partner_reads_what_the_partner_gets(sample: Mesh) -> None:
    after = with_partner(sample, "ad-measurement", principals=("ad-measurement-analysts", "others"))
    assert whys(agreement_needs(request(sample, after))) == [
        "@aurora/ads-platform: others of the partner 'ad-measurement' comes to read ads.impressions"
    ]
    assert whys(agreement_needs(request(after, sample))) == []


def test_a_pipeline_that_reads_more_asks_the_approvers_of_its_clearance(sample: Mesh) -> None:
    product = sample.domains["identity"].products["device-graph"]
    assert product.pipeline
    more = product.pipeline.model_copy(update={"reads": (*product.pipeline.reads, "subscriptions.payments")})
    after = with_product(sample, "identity.device-graph", pipeline=more)
    assert whys(pipeline_needs(request(sample, after))) == [
        "@aurora/privacy-office: the pipeline of identity.device-graph comes to read subscriptions.payments with the "
        "clearance 'pii'"
    ]
    assert whys(pipeline_needs(request(after, sample))) == []
    other = product.pipeline.model_copy(update={"clearance": "restricted"})
    (told,) = whys(pipeline_needs(request(sample, with_product(sample, "identity.device-graph", pipeline=other))))
    assert told.startswith("@aurora/finance-control or @aurora/privacy-office: ")


def test_a_label_that_is_left_behind_asks_who_guards_it(sample: Mesh) -> None:
    def without(data: dict[str, Any]) -> None:
        data["customProperties"] = [each for each in data["customProperties"] if each["property"] != "derivesWithout"]

    before = with_contract(sample, "playback.viewing-hours", without)
    (told,) = whys(derivation_needs(request(before, sample)))
    assert told.startswith("@aurora/privacy-office: playback.viewing-hours leaves 'pii' behind, because 'Hours")
    assert whys(derivation_needs(request(sample, before))) == []
    assert whys(derivation_needs(request(sample, sample))) == []


@pytest.mark.parametrize(
    ("values", "is_asked"),
    [({}, False), ({"reason": "Nobody asked."}, True), ({"approved-by": "mallory@aurora.example"}, True)],
    ids=["the same", "another reason", "another approver"],
)
def test_a_label_that_is_left_behind_otherwise_asks_again(sample: Mesh, values: dict[str, str], is_asked: bool) -> None:
    def otherwise(data: dict[str, Any]) -> None:
        (custom,) = [each for each in data["customProperties"] if each["property"] == "derivesWithout"]
        custom["value"] = [{**entry, **values} for entry in custom["value"]]

    after = with_contract(sample, "playback.viewing-hours", otherwise)
    asked = [need.by for need in derivation_needs(request(sample, after))]
    assert asked == ([("@aurora/privacy-office",)] if is_asked else [])


def test_the_owner_of_a_product_is_told_of_a_consumer(sample: Mesh) -> None:
    used = Consumption(product="ads.impressions")
    after = with_domain(sample, "identity", consumption=(*sample.domains["identity"].consumption, used))
    assert list(use_notices(request(sample, after))) == [
        (("@aurora/ads-platform",), "domain 'identity' comes to use ads.impressions")
    ]
    assert list(use_notices(request(after, sample))) == []
    column = Consumption(product="ads.impressions", columns=("country",))
    less = with_domain(sample, "identity", consumption=(*sample.domains["identity"].consumption, column))
    assert list(use_notices(request(less, after))) == []
