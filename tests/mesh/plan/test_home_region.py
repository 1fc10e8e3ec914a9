"""Home region: whatever stands there is taken, or refused with all that is allowed; an editor says the same."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh import schemas
from mesh.aws.aws_regions import region_table
from mesh.load import load
from mesh.model import Mesh
from mesh.plan.rules import RuleContext
from mesh.plan.rules.home_region import the_region_is_one_that_the_mesh_takes, zones_are_of_the_region

TINY = load(Path(__file__).parents[1] / "tiny").usable()
DAY = datetime.date(2027, 1, 1)
TAKEN = region_table().taken
REGIONS = st.one_of(
    st.sampled_from([*region_table().regions, "us-gov-east-1", "eusc-de-east-1", "us-isob-west-1", "cn-north-9"]),
    st.from_regex(r"[a-z]{2}-(north|west|central)-[0-9]", fullmatch=True),
)


def context(region: str, *zones: str) -> RuleContext:
    file = TINY.file.model_copy(update={"region": region, "zones": zones or None})
    mesh = Mesh(file, None, TINY.domains, TINY.partners, TINY.clearances, TINY.contracts, TINY.locks, TINY.names_lock)
    return RuleContext(mesh, DAY)


@given(REGIONS)
def test_a_region_is_taken_or_refused_with_all_that_is_allowed(region: str) -> None:
    problems = list(the_region_is_one_that_the_mesh_takes(context(region)))
    assert (problems == []) == (region in TAKEN)
    for problem in problems:
        assert region in problem.message
        assert all(f"{other}," in f"{problem.message}," for other in TAKEN)


@given(st.sampled_from(TAKEN), st.lists(st.sampled_from("abcdefz"), min_size=1, max_size=9))
def test_zones_are_refused_when_one_stands_twice_or_alone(region: str, letters: list[str]) -> None:
    whole = [f"{region}{letter}" if number % 2 else letter for number, letter in enumerate(letters)]
    problems = [each for each in zones_are_of_the_region(context(region, *whole)) if each.severity == "error"]
    assert (problems == []) == (len(set(letters)) == len(letters) >= 2)


@pytest.mark.parametrize("region", TAKEN)
def test_a_mesh_that_names_no_zone_has_two_or_is_told_to(region: str) -> None:
    default = region_table().regions[region].default_zones
    assert bool(list(zones_are_of_the_region(context(region)))) == (len(default) < 2)


def test_an_editor_takes_the_regions_that_are_taken() -> None:
    schema = json.loads(schemas.schemas(TINY)["mesh.schema.json"])
    assert schema["properties"]["region"]["enum"] == list(TAKEN)
