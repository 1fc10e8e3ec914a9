"""Breaks of whole meshes: which products, what is refused, and whom it hits, in lines and as data."""

from __future__ import annotations

import datetime
import json
import shutil
from pathlib import Path

import pytest

from mesh.changes.broken_promises import break_lines, broken_promises
from tests.mesh_copies import edit, mesh_of

ROOT = Path(__file__).parents[3]
DAY = datetime.date(2026, 12, 1)
PROFILES = "contracts/identity/profiles.odcs.yaml"
AVATAR = """      - name: avatar
        logicalType: string
        physicalType: string
        description: Key of the chosen picture; pictures uploaded by members are not offered.
        required: true
"""
LIMITATIONS = "limitations: >-\n    People share profiles; a profile is not a person."


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample mesh, where ads says which columns of the profiles it uses."""
    shutil.copytree(ROOT / "pipelines", tmp_path / "pipelines")
    folder = Path(shutil.copytree(ROOT / "stacks", tmp_path / "stacks"))
    used = "{product: identity.profiles, columns: [profile_id, profiles.is_kids]}, playback.sessions"
    edit(folder / "domains/ads.yaml", ("identity.profiles, playback.sessions", used))
    return folder


def test_the_same_mesh_breaks_nothing(sample: Path) -> None:
    assert broken_promises(mesh_of(sample), mesh_of(sample), DAY) == ()


def test_a_column_that_goes_in_silence_names_who_is_hit_and_what_is_missing(sample: Path) -> None:
    before = mesh_of(sample)
    edit(sample / PROFILES, (AVATAR, ""))
    (one,) = broken_promises(before, mesh_of(sample), DAY)
    assert list(break_lines(one)) == [
        ("identity.profiles 2.4.1: 1 breaking", 0),
        ("breaking: column 'profiles.avatar' is gone: a query that names it fails (column-removed)", 1),
        ("refused: a break demands a major version, and 2.4.1 to 2.4.1 makes no step: write 3.0.0", 1),
        (
            "refused: column-removed: 'profiles.avatar' was not deprecated before; write 'deprecated: true' at "
            "'profiles.avatar', or 'status: deprecated' in a change that comes first",
            1,
        ),
        (
            "refused: column-removed: no end of 'profiles.avatar' was announced; write a service level 'endOfSupport' "
            "with its day",
            1,
        ),
        ("hits domain recommendations, in profiles.avatar", 1),
    ]
    assert [(problem.file, problem.path) for problem in one.problems()] == [
        (PROFILES, ("version",)),
        (PROFILES, ()),
        (PROFILES, ("slaProperties",)),
    ]


def test_a_column_that_a_domain_lists_hits_it(sample: Path) -> None:
    before = mesh_of(sample)
    edit(sample / PROFILES, ("      - name: is_kids\n", "      - name: for_kids\n"))
    (one,) = broken_promises(before, mesh_of(sample), DAY)
    assert ("domain", "ads", ("profiles.is_kids",)) in [(*hit.reader[:2], hit.columns) for hit in one.hit]


def test_a_product_that_goes_hits_everybody_who_reads_it(sample: Path) -> None:
    before = mesh_of(sample)
    edit(sample / "domains/identity.yaml", ("  profiles:", "  viewers:"))
    shutil.copy(sample / PROFILES, sample / "contracts/identity/viewers.odcs.yaml")
    edit(sample / "contracts/identity/viewers.odcs.yaml", ("id: identity.profiles", "id: identity.viewers"))
    found = broken_promises(before, mesh_of(sample), DAY)
    assert [(one.product, one.changes[0].rule) for one in found] == [
        ("identity.profiles", "product-removed"),
        ("identity.viewers", "product-added"),
    ]
    assert {hit.reader.name for hit in found[0].hit} >= {"ads", "recommendations"}
    assert [one.missing for one in found[0].refused] == ["deprecation", "end"]


def test_a_product_that_has_another_name_is_known_by_the_id_of_its_contract(sample: Path) -> None:
    before = mesh_of(sample)
    edit(sample / "domains/identity.yaml", ("  profiles:", "  viewers:"))
    shutil.move(sample / PROFILES, sample / "contracts/identity/viewers.odcs.yaml")
    (one,) = broken_promises(before, mesh_of(sample), DAY)
    assert [change.rule for change in one.changes] == ["product-renamed"]
    assert one.file == "contracts/identity/viewers.odcs.yaml"


def test_a_shorter_retention_of_the_whole_mesh_breaks_each_product_that_has_none_of_its_own(sample: Path) -> None:
    before = mesh_of(sample)
    edit(sample / "mesh.yaml", ("retention: 730 days", "retention: 90 days"))
    found = broken_promises(before, mesh_of(sample), DAY)
    assert len(found) > 10
    assert {change.rule for one in found for change in one.changes} == {"retention-shortened"}
    assert all(one.refused for one in found)


@pytest.mark.parametrize("days", [(90, 1), (1, 90)])
def test_a_notice_that_one_side_has_longer_is_held(sample: Path, days: tuple[int, int]) -> None:
    notices = [f"defaults:\n  break-notice: {each} days\n" for each in days]
    edit(sample / "mesh.yaml", ("defaults:\n", notices[0]))
    before = mesh_of(sample)
    edit(sample / "mesh.yaml", (notices[0], notices[1]))
    end = "slaProperties:\n  - {property: endOfSupport, value: '2026-12-05', description: Ask us.}\n"
    edit(sample / PROFILES, ("slaProperties:\n", end))
    (one,) = broken_promises(before, mesh_of(sample), DAY)
    assert [refusal.sentence for refusal in one.refused] == [
        "the end of the contract, 2026-12-05, is 4 days ahead, and consumers have 90 days to move: "
        "write 2027-03-01 or later"
    ]


def test_the_data_of_a_break_is_json_and_the_same_each_time(sample: Path) -> None:
    before = mesh_of(sample)
    edit(
        sample / PROFILES,
        (AVATAR, ""),
        (LIMITATIONS, "limitations: >-\n    None."),
        ("version: 2.4.1", "version: 2.5.0"),
    )
    after = mesh_of(sample)
    first, second = (json.dumps([one.as_json() for one in broken_promises(before, after, DAY)]) for _ in range(2))
    assert first == second
    (data,) = json.loads(first)
    assert data["step"] == {"made": "minor", "demanded": "major"}
    assert [change["verdict"] for change in data["changes"]] == ["breaking", "risky", "safe"]
    assert data["consumers"][0] == {
        "kind": "domain",
        "name": "recommendations",
        "columns": ["profiles.avatar"],
        "rules": ["column-removed"],
    }
