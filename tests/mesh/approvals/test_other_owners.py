"""Other owners: approvers and owners that a request makes others are no choice of its author's alone."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.approvals.given_approvals import Reviewers, approvals
from mesh.approvals.other_owners import owner_needs
from mesh.model import Approver, Mesh
from tests.mesh.approvals.changed_meshes import request, whys, with_clearance, with_domain, with_file, with_partner

SOCK = Approver(email="sock@aurora.example", github="@sock")


def test_an_approver_that_becomes_another_asks_the_others_or_the_platform_team(sample: Mesh) -> None:
    (only,) = sample.clearances["pii"].approvers
    other = only.model_copy(update={"github": "@sock"})
    assert whys(owner_needs(request(sample, with_clearance(sample, "pii", approvers=(other,))))) == [
        f"@aurora/data-platform: @sock ({only.email}) comes to approve who holds the clearance 'pii'"
    ]
    first, second = sample.clearances["restricted"].approvers
    after = with_clearance(sample, "restricted", approvers=(first.model_copy(update={"github": None}), second))
    (told,) = whys(owner_needs(request(sample, after)))
    assert told == f"{second.github}: {first.email} comes to approve who holds the clearance 'restricted'"


def test_one_approver_more_asks_those_who_are_there(sample: Mesh) -> None:
    (only,) = sample.clearances["pii"].approvers
    after = with_clearance(sample, "pii", approvers=(only, SOCK))
    needs = list(owner_needs(request(sample, after)))
    assert [(need.kind, need.by, need.author_counts) for need in needs] == [("owner", (only.github,), False)]
    assert whys(owner_needs(request(after, sample))) == []
    assert whys(owner_needs(request(sample, sample))) == []


@pytest.mark.parametrize("values", [{"github": "@sock"}, {"email": "sock@aurora.example"}, {"github": None}])
def test_an_owner_that_becomes_another_asks_the_platform_team(sample: Mesh, values: dict[str, Any]) -> None:
    was = sample.domains["ads"].owner
    owner = was.model_copy(update=values)
    partner = sample.partners["subtitling"].owner.model_copy(update=values)
    mesh = sample.file.owner.model_copy(update=values)
    for after, thing in (
        (with_domain(sample, "ads", owner=owner), "the domain 'ads'"),
        (with_partner(sample, "subtitling", owner=partner), "the partner 'subtitling'"),
        (with_file(sample, owner=mesh), "the mesh"),
    ):
        (told,) = whys(owner_needs(request(sample, after)))
        assert told.startswith("@aurora/data-platform: ")
        assert f" comes to own {thing} instead of " in told


def test_another_name_of_a_team_is_a_text_and_so_is_the_case_of_a_handle(sample: Mesh) -> None:
    owner = sample.domains["ads"].owner
    same = owner.model_copy(update={"team": "others", "github": "@Aurora/Ads-Platform"})
    assert whys(owner_needs(request(sample, with_domain(sample, "ads", owner=same)))) == []


def test_an_author_who_owns_the_file_does_not_hand_it_to_himself(sample: Mesh) -> None:
    owner = sample.domains["ads"].owner.model_copy(update={"github": "@sock"})
    asked = request(sample, with_domain(sample, "ads", owner=owner), "stacks/domains/ads.yaml")
    teams = {"@aurora/ads-platform": ("@ann",), "@aurora/data-platform": ("@pat",)}
    missing = approvals(asked, Reviewers("@ann", ("@sock",), teams)).missing
    assert [each.need.kind for each in missing] == ["owner"]
    assert approvals(asked, Reviewers("@ann", ("@pat",), teams)).missing == ()
