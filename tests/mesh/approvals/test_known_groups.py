"""Known groups: ids that come, change and go, in one request and in two, and whom that asks."""

from __future__ import annotations

import dataclasses

import pytest

from mesh.approvals.known_groups import group_needs
from mesh.model import Mesh
from tests.mesh.approvals.changed_meshes import request, whys, with_clearance

OTHER = "00000000-0000-0000-0000-000000000000"
ASKED = [
    ("ads-finance", "@aurora/finance-control or @aurora/privacy-office", "hold the clearance 'restricted'"),
    ("ad-measurement-analysts", "@aurora/ads-platform", "read ads.impressions, as those of 'ad-measurement'"),
    ("ads-owners", "@aurora/ads-platform", "look after the domain 'ads'"),
    ("ads-engineers", "@aurora/ads-platform", "look after the domain 'ads'"),
    ("internal-audit", "@aurora/data-platform", "see policies, settings and the trail of every domain"),
]


def with_id(mesh: Mesh, group: str, own: str | None) -> Mesh:
    """A mesh in which a group has another id, or none."""
    assert mesh.accounts
    center = mesh.accounts.identity_center
    assert center
    groups = {name: each for name, each in {**center.groups, group: own}.items() if each is not None}
    other = center.model_copy(update={"groups": groups})
    return dataclasses.replace(mesh, accounts=mesh.accounts.model_copy(update={"identity_center": other}))


@pytest.mark.parametrize(("group", "by", "use"), ASKED)
def test_another_id_of_a_group_is_other_people(sample: Mesh, group: str, by: str, use: str) -> None:
    assert whys(group_needs(request(sample, with_id(sample, group, OTHER)))) == [
        f"{by}: '{group}' is another group of IAM Identity Center, whose people {use}"
    ]


@pytest.mark.parametrize(("group", "by", "use"), ASKED)
def test_an_id_that_went_in_one_request_and_comes_in_the_next_is_asked_for(
    sample: Mesh, group: str, by: str, use: str
) -> None:
    without = with_id(sample, group, None)
    assert whys(group_needs(request(sample, without))) == []
    needs = list(group_needs(request(without, with_id(sample, group, OTHER))))
    assert whys(needs) == [f"{by}: '{group}' comes to be a group of IAM Identity Center, whose people {use}"]
    assert not any(need.author_counts for need in needs)


def test_a_file_of_accounts_that_comes_asks_for_every_group_that_holds_something(sample: Mesh) -> None:
    needs = list(group_needs(request(dataclasses.replace(sample, accounts=None), sample)))
    holders = {member.group for file in sample.clearances.values() for member in file.members}
    assert holders <= {need.why.split("'")[1] for need in needs}


def test_what_a_group_comes_to_hold_in_the_same_request_is_asked_by_the_holder(sample: Mesh) -> None:
    members = sample.clearances["restricted"].members
    before = with_clearance(sample, "restricted", members=[each for each in members if each.group != "ads-finance"])
    # The approver lets a name in; which group that is, the platform team says.
    assert whys(group_needs(request(with_id(before, "ads-finance", None), sample))) == [
        "@aurora/data-platform: 'ads-finance' comes to be a group of IAM Identity Center, whose people get what it is "
        "for"
    ]


def test_another_group_that_holds_nothing_asks_the_platform_team(sample: Mesh) -> None:
    (told,) = whys(group_needs(request(with_id(sample, "idle", "1" + OTHER[1:]), with_id(sample, "idle", OTHER))))
    assert told == (
        "@aurora/data-platform: 'idle' is another group of IAM Identity Center, whose people get what it is for"
    )
    assert whys(group_needs(request(sample, with_id(sample, "idle", OTHER)))) == [
        "@aurora/data-platform: 'idle' comes to be a group of IAM Identity Center, whose people get what it is for"
    ]
