"""Loosened settings: every setting is decided, each in one direction, and ids that become others."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

import pytest

from mesh.approvals.loosened_settings import NEUTRAL, SETTINGS, account_needs, setting_needs
from mesh.model import ContinuousIntegration, Defaults, Mesh, MeshFile
from tests.mesh.approvals.changed_meshes import request, whys, with_file


def test_every_setting_of_the_mesh_is_decided_once() -> None:
    every = {name for name in MeshFile.model_fields if name != "defaults"}
    every |= {f"defaults.{name}" for name in Defaults.model_fields}
    told = [".".join(setting.keys) for setting in SETTINGS]
    assert len(told) == len(set(told))
    assert {*told, *NEUTRAL} == every
    assert not {*told} & NEUTRAL.keys()


def test_of_a_file_that_cannot_be_read_no_stand_in_is_told(sample: Mesh) -> None:
    """Of a mesh.yaml that is not there, `unknown@unknown.invalid` was told of break-glass use."""
    unread = dataclasses.replace(
        at(sample, "security_contact", "unknown@unknown.invalid"), unread=frozenset(("mesh.yaml",))
    )
    (told,) = whys(setting_needs(request(sample, unread)))
    assert told.startswith(
        "@aurora/data-platform: mesh.yaml cannot be read, and what it loosens not be told: account-email, auditors,"
    )


TIGHT: Final[dict[str, tuple[Any, Any]]] = {
    "region": ("eu-west-1", "eu-central-1"),
    "security_contact": ("security@aurora.example", "me@aurora.example"),
    "account_email": ("aws+{account}@aurora.example", "me+{account}@aurora.example"),
    "people_addresses": (("198.51.100.0/24",), ()),
    "auditors": (("internal-audit",), ("internal-audit", "others")),
    "granted_by": ("hub", "domains"),
    "review_horizon": (400, 800),
    "no_label": (("public",), ("public", "internal")),
    "classification_aliases": ({"personal": ("pii",)}, {}),
    "classifications": ({"pii": "a", "financial": "b"}, {"financial": "b"}),
    "defaults.budget": (600, 6000),
    "defaults.deletion_protection": (True, False),
    "defaults.log_retention": (400, 30),
    "defaults.audit_retention": (2557, 30),
    "defaults.results_retention": (14, 400),
    "defaults.publication_lag": (14, 60),
    "defaults.snapshots": (30, 3),
    "defaults.agreement_notice": (14, 1),
    "defaults.break_notice": (30, 1),
}
"""A tight and a loose value of each setting."""


def at(mesh: Mesh, name: str, value: Any) -> Mesh:
    key = name.removeprefix("defaults.")
    return with_file(mesh, **({"defaults": {key: value}} if key != name else {key: value}))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: each.name)
def test_a_setting_is_told_when_it_is_loosened_and_not_when_it_is_tightened(sample: Mesh, setting: Any) -> None:
    name = ".".join(setting.keys)
    tight, loose = (at(sample, name, value) for value in TIGHT[name])
    (told,) = whys(setting_needs(request(tight, loose)))
    assert told.startswith(f"@aurora/data-platform: '{setting.name}' is loosened: ")
    both_ways = name in ("region", "security_contact", "account_email")
    assert " 1 days" not in told
    assert len(whys(setting_needs(request(loose, tight)))) == both_ways
    assert whys(setting_needs(request(tight, tight))) == []


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        ((), ("198.51.100.0/24",), False),
        (("198.51.100.0/24",), ("198.51.100.0/25",), False),
        (("198.51.100.0/25", "198.51.100.128/25"), ("198.51.100.0/24",), False),
        (("198.51.100.0/25",), ("198.51.100.0/24",), True),
        (("198.51.100.0/24",), ("198.51.100.0/24", "2001:db8:a0::/48"), True),
    ],
)
def test_addresses_are_compared_as_ranges(
    sample: Mesh, before: tuple[str, ...], after: tuple[str, ...], is_told: bool
) -> None:
    meshes = with_file(sample, people_addresses=before), with_file(sample, people_addresses=after)
    assert bool(whys(setting_needs(request(*meshes)))) == is_told


def test_another_place_that_deploys_is_told_and_one_that_deploys_no_more_is_not(sample: Mesh) -> None:
    assert sample.file.ci
    other: ContinuousIntegration = sample.file.ci.model_copy(update={"environments": {"domain-ads": "mine"}})
    assert whys(setting_needs(request(sample, with_file(sample, ci=other)))) == [
        "@aurora/data-platform: 'ci' is loosened: another place of continuous integration may deploy domain-ads"
    ]
    assert whys(setting_needs(request(sample, with_file(sample, ci=None)))) == []
    assert len(whys(setting_needs(request(with_file(sample, ci=None), sample)))) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"issuer": "gitlab.example"},
        {"audience": "sts.example"},
        {"repository": "mallory/mesh"},
        {"environments": {"organization": "mine"}},
        {"repositories": {"organization": "mallory/mesh"}},
    ],
    ids=lambda values: next(iter(values)),
)
def test_every_part_of_the_token_that_deploys_counts(sample: Mesh, values: dict[str, Any]) -> None:
    assert sample.file.ci
    other: ContinuousIntegration = sample.file.ci.model_copy(update=values)
    (told,) = whys(setting_needs(request(sample, with_file(sample, ci=other))))
    assert "another place of continuous integration may deploy " in told
    assert "organization" in told


def test_a_domain_that_is_new_is_deployed_from_a_new_place_which_is_none_that_is_loosened(sample: Mesh) -> None:
    before = dataclasses.replace(sample, domains={n: d for n, d in sample.domains.items() if n != "ads"})
    assert whys(setting_needs(request(before, sample))) == []
    assert sample.file.ci
    own = sample.file.ci.model_copy(update={"environments": {"domain-ads": "mine"}})
    assert whys(setting_needs(request(before, with_file(sample, ci=own)))) == []


def with_accounts(mesh: Mesh, **values: Any) -> Mesh:
    assert mesh.accounts
    return dataclasses.replace(mesh, accounts=mesh.accounts.model_copy(update=values))


def test_an_id_that_becomes_another_is_told_and_a_new_one_is_not(sample: Mesh) -> None:
    assert sample.accounts
    known = sample.accounts.domains
    other = with_accounts(sample, domains={**known, "ads": "999999999999"})
    assert whys(account_needs(request(sample, other))) == [
        "@aurora/data-platform: domains.ads is not what AWS gave any more, or not there: the mesh would trust, or "
        "reach, another"
    ]
    more = with_accounts(sample, domains={**known, "legal": "999999999999"})
    assert whys(account_needs(request(sample, more))) == [
        "@aurora/data-platform: domains.legal is set where nothing was, and the mesh trusts, or reaches, what it "
        "names: did AWS give that?"
    ]
    assert len(whys(account_needs(request(more, sample)))) == 1


def test_every_first_id_asks_whoever_it_is_of(sample: Mesh) -> None:
    """A first account of a domain or a partner asked the owner of the file alone, who says yes to himself."""
    assert sample.accounts
    for values in (
        {"partners": {**sample.accounts.partners, "press": "888888888888"}},
        {"inbox_keys": {**sample.accounts.inbox_keys, "press": "1234abcd-12ab-34cd-56ef-1234567890ab"}},
    ):
        (need,) = account_needs(request(sample, with_accounts(sample, **values)))
        assert (need.by, need.author_counts) == (("@aurora/data-platform",), False)
        assert ".press is set where nothing was" in need.why
    (need,) = account_needs(request(dataclasses.replace(sample, accounts=None), sample))
    assert "organization.id" in need.why
    assert "domains.ads" in need.why
    assert "governance" in need.why


def test_trusted_access_of_one_more_service_is_told(sample: Mesh) -> None:
    assert sample.accounts
    organization = sample.accounts.organization.model_copy(update={"services": ("config.amazonaws.com",)})
    other = with_accounts(sample, organization=organization)
    assert whys(account_needs(request(sample, other))) == [
        "@aurora/data-platform: services get trusted access to the organisation: config.amazonaws.com"
    ]
    assert whys(account_needs(request(other, sample))) == []
