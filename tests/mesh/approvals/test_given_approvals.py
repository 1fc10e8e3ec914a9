"""Given approvals: who counts for whom, and that nobody says yes to himself."""

from __future__ import annotations

import pytest

from mesh.approvals.given_approvals import Reviewers, approvals
from mesh.approvals.needs import Need
from mesh.model import Mesh
from tests.mesh.approvals.changed_meshes import request, with_product

TEAMS = {"@aurora/ads": ("@ann", "@Bob"), "@aurora/privacy": ("@eve",)}
OF_A_FILE = Need("file", "a", ("@aurora/ads",), "it is theirs")
OF_A_LABEL = Need("label", "a", ("@aurora/privacy", "@aurora/ads"), "they guard it")


@pytest.mark.parametrize(
    ("author", "approved_by", "of_a_file", "of_a_label"),
    [
        ("", (), "", ""),
        ("@ann", (), "@ann", ""),
        ("@ann", ("@ann",), "@ann", ""),
        ("@ann", ("@bob",), "@bob", "@bob"),
        ("@ann", ("@eve",), "@ann", "@eve"),
        ("@eve", ("@eve", "@mallory"), "", ""),
        ("@mallory", ("@aurora/privacy",), "", "@aurora/privacy"),
        ("@mallory", ("@AURORA/Ads",), "@AURORA/Ads", "@AURORA/Ads"),
    ],
)
def test_who_counts(author: str, approved_by: tuple[str, ...], of_a_file: str, of_a_label: str) -> None:
    people = Reviewers(author, approved_by, TEAMS)
    assert (people.yes_to(OF_A_FILE), people.yes_to(OF_A_LABEL)) == (of_a_file, of_a_label)


def test_an_edit_that_does_nothing_asks_the_owner_of_the_file_alone(sample: Mesh) -> None:
    found = approvals(request(sample, sample, "stacks/clearances/pii.yaml"), Reviewers())
    assert [each.need.kind for each in found.needed] == ["file"]
    assert found.told == ()
    assert [str(each) for each in found.missing] == [
        "missing, of @aurora/privacy-office: stacks/clearances/pii.yaml belongs to @aurora/privacy-office"
    ]


def test_an_owner_who_deletes_data_asks_another_one(sample: Mesh) -> None:
    after = with_product(sample, "ads.impressions", retention=30)
    asked = request(sample, after, "stacks/domains/ads.yaml")
    teams = {"@aurora/ads-platform": ("@ann", "@bob")}
    alone = approvals(asked, Reviewers("@ann", (), teams))
    assert [(each.need.kind, each.given_by) for each in alone.needed] == [("file", "@ann"), ("data", "")]
    assert not approvals(asked, Reviewers("@ann", ("@bob",), teams)).missing
    assert str(alone.needed[0]) == "given by @ann: stacks/domains/ads.yaml belongs to @aurora/ads-platform"
    assert alone.needed[1].as_json()["given_by"] is None
