"""Held resources are those that the stacks make, by the other listing; no type that holds something is left out."""

from __future__ import annotations

from collections import Counter

from mesh.approvals.held_buckets import held_buckets
from mesh.approvals.held_resources import GOES, held_resources
from mesh.changes.lost_data import HELD
from mesh.model import Mesh
from mesh.plan import build
from mesh.plan.footprint import footprint
from tests.mesh.conftest import DAY

ELSEWHERE = {
    "aws:s3/bucket:Bucket": "held_buckets",
    "aws:glue/catalogTable:CatalogTable": "tables of products, in kept_data",
    "aws:organizations/account:Account": "no stack closes one; its line in accounts.yaml asks when it goes",
}


def test_every_type_that_holds_something_asks() -> None:
    assert {*GOES, *ELSEWHERE} == set(HELD)
    assert {token: HELD[token] for token in GOES} == GOES


def test_they_are_what_the_stacks_make(sample: Mesh) -> None:
    made = [each for each in footprint(build(sample, DAY)) if each.type in GOES]
    held = list(held_resources(sample).values())
    assert len(made) > 60
    assert Counter((each.type, each.access.account_id) for each in made) == Counter(
        (each.type, each.place[0]) for each in held
    )
    named = Counter(
        (each.type, each.access.account_id, each.inputs.get("name")) for each in made if "name" in each.inputs
    )
    assert named == Counter(
        (each.type, each.place[0], each.name) for each in held if each.type in {n[0] for n in named}
    )


def test_held_buckets_are_what_the_stacks_make(sample: Mesh) -> None:
    made = {each.inputs["bucket"] for each in footprint(build(sample, DAY)) if each.type == "aws:s3/bucket:Bucket"}
    scripts = {each for each in made if "-scripts-" in each or each.endswith("-scripts")}
    assert scripts  # objects of these are made again from the files of the mesh
    assert {each.name for each in held_buckets(sample).values()} == made - scripts
