"""The first lock of the sample and of the tiny mesh has the ids that were deployed before there were locks.

`released_ids.json` is what commit 9406e52 planned for the sample; the tiny mesh was recorded when it was deployed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mesh.contracts.labels import label_words
from mesh.contracts.lock import following
from mesh.contracts.lock_shape import shapes
from mesh.contracts.renumbering import deployed_ids, renumbered
from mesh.load import load
from mesh.model import Lock, Mesh
from tests.e2e import recording
from tests.e2e.ground import TINY

RELEASED: dict[str, Any] = json.loads((Path(__file__).parent / "released_ids.json").read_text("utf-8"))


def released_fields(table: str) -> list[dict[str, Any]]:
    return [{"id": number, "name": name, "type": kind} for number, name, kind in RELEASED[table]["fields"]]


@pytest.fixture(scope="module")
def first_locks(sample: Mesh) -> dict[str, Lock]:
    """Locks as a first run of `mesh lock` writes them."""
    words = label_words(sample.file)
    return {name: following(None, shapes(contract, words)).lock for name, contract in sample.contracts.items()}


@pytest.mark.parametrize("table", sorted(RELEASED))
def test_a_first_run_writes_the_ids_that_are_deployed(table: str, first_locks: dict[str, Lock]) -> None:
    domain, product, name = table.split(".")
    locked = first_locks[f"{domain}.{product}"].tables[name]
    ids = {path: field.id for path, field in locked.fields.items()}
    assert ids == deployed_ids(released_fields(table))
    partitions = [[number, ids[text[9:-1]], text[9:-1]] for text, number in locked.partitions.items()]
    assert partitions == RELEASED[table]["partitions"]
    assert (locked.schema_id, locked.spec_id, locked.removed) == (0, 0, ())


@pytest.mark.parametrize("table", sorted(RELEASED))
def test_the_locks_of_the_sample_read_no_released_column_under_another_name(table: str, sample: Mesh) -> None:
    domain, product, name = table.split(".")
    locked = sample.locks[f"{domain}.{product}"].tables[name]
    assert renumbered(deployed_ids(released_fields(table)), locked) == []


def test_the_tiny_mesh_has_the_ids_with_which_it_was_recorded() -> None:
    locks = load(TINY).usable().locks
    tables = 0
    for stack in ("domain-orders", "domain-shop"):
        for resource in json.loads(recording.text("embedded", stack))["resources"]:
            if resource["type"].endswith(":CatalogTable"):
                tables += 1
                inputs = resource["inputs"]
                product = inputs["databaseName"].replace("__", ".")
                fields = inputs["openTableFormatInput"]["icebergInput"]["icebergTableInput"]["schema"]["fields"]
                locked = locks[product].tables[inputs["name"]]
                assert {path: field.id for path, field in locked.fields.items()} == deployed_ids(fields)
    assert tables >= 2


def test_another_numbering_would_be_noticed(sample: Mesh) -> None:
    locked = sample.locks["identity.profiles"].tables["profiles"]
    ids = deployed_ids(released_fields("identity.profiles.profiles"))
    swapped = {**ids, "avatar": ids["birth_year"], "birth_year": ids["avatar"]}
    assert renumbered(swapped, locked) == [
        "'birth_year' has the id 5, by which data files know 'avatar'",
        "'avatar' has the id 4, by which data files know 'birth_year'",
    ]
    forgotten = {**ids, "nickname": 99}
    assert renumbered(forgotten, locked) == ["the lock has forgotten the id 99, by which data files know 'nickname'"]
