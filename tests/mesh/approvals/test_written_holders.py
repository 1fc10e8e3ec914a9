"""Holders that are written: groups and pipelines that come to hold a clearance, or hold it longer."""

from __future__ import annotations

import datetime

from mesh.approvals.written_holders import holder_needs
from mesh.model import Mesh
from tests.mesh.approvals.changed_meshes import request, whys, with_clearance


def test_a_member_that_is_raised_asks_the_approvers_of_what_it_comes_to_hold(sample: Mesh) -> None:
    raised = next(each for each in sample.clearances["general"].members if each.group == "player-engineers")
    members = sample.clearances["restricted"].members
    after = with_clearance(sample, "restricted", members=(*members, raised))
    rest = tuple(each for each in sample.clearances["general"].members if each != raised)
    assert whys(holder_needs(request(sample, with_clearance(after, "general", members=rest)))) == [
        "@aurora/finance-control or @aurora/privacy-office: group 'player-engineers' of playback comes to hold the "
        "clearance 'restricted', which an approver of it has to say"
    ]


def test_a_member_that_goes_asks_nobody_and_so_does_an_earlier_review_or_another_use(sample: Mesh) -> None:
    members = sample.clearances["pii"].members
    assert whys(holder_needs(request(sample, with_clearance(sample, "pii", members=members[1:])))) == []
    less = members[0].model_copy(update={"review": datetime.date(2027, 1, 1), "use": "Less"})
    assert whys(holder_needs(request(sample, with_clearance(sample, "pii", members=(less, *members[1:]))))) == []


def test_a_later_review_is_approved_again(sample: Mesh) -> None:
    members = sample.clearances["pii"].members
    longer = members[0].model_copy(update={"review": datetime.date(2028, 1, 1)})
    assert whys(holder_needs(request(sample, with_clearance(sample, "pii", members=(longer, *members[1:]))))) == [
        "@aurora/privacy-office: group 'ads-data-science' of ads holds the clearance 'pii' until 2028-01-01 instead of "
        "2027-10-12, which an approver of it has to say again"
    ]


def test_a_pipeline_comes_to_hold_a_clearance(sample: Mesh) -> None:
    before = with_clearance(sample, "pii", pipelines=sample.clearances["pii"].pipelines[1:])
    assert whys(holder_needs(request(before, sample))) == [
        "@aurora/privacy-office: the pipeline of identity.device-graph comes to hold the clearance 'pii', which an "
        "approver of it has to say"
    ]


def test_approvers_are_those_of_before(sample: Mesh) -> None:
    mine = sample.clearances["general"].approvers
    after = with_clearance(sample, "pii", approvers=mine, members=())
    before = with_clearance(sample, "pii", members=())
    raised = with_clearance(after, "pii", members=sample.clearances["pii"].members[:1])
    (told,) = whys(holder_needs(request(before, raised)))
    assert told.startswith("@aurora/privacy-office: ")
