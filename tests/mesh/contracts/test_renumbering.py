"""What a lock explains of a deployed table, and what it does not."""

from __future__ import annotations

import pytest

from mesh.contracts.renumbering import deployed_ids, renumbered
from tests.mesh.contracts.lock_cases import Column, column, ids, locked, renamed

FIRST: tuple[Column, ...] = (column("a"), column("b"), column("c", "struct<x:int,y:array<int>>"))
PARTS = [column("z", "int", **renamed("x")), column("y", "array<int>")]


@pytest.mark.parametrize(
    "following",
    [
        FIRST[::-1],
        (FIRST[0], FIRST[2]),
        (column("new"), *FIRST),
        (column("b", **renamed("a")), column("a", **renamed("b")), FIRST[2]),
        (*FIRST[:2], column("d", "struct<z:int,y:array<int>>", **renamed("c"), properties=PARTS)),
    ],
)
def test_a_lock_explains_every_step_that_it_made(following: tuple[Column, ...]) -> None:
    deployed = ids(locked(FIRST))
    assert renumbered(deployed, locked(FIRST, following)) == []
    assert renumbered(deployed, locked(FIRST, following, (column("other"),))) == []


def test_a_lock_that_was_written_anew_is_noticed() -> None:
    deployed = ids(locked(FIRST))
    assert renumbered(deployed, locked((FIRST[1], FIRST[0], FIRST[2])))[0] == (
        "'b' has the id 1, by which data files know 'a'"
    )
    assert renumbered(deployed, locked((FIRST[0],)))[0] == (
        "the lock has forgotten the id 2, by which data files know 'b'"
    )


def test_ids_are_read_at_every_depth() -> None:
    kind = (
        '{"type":"map","key-id":2,"key":"string","value-id":3,"value":{"type":"list","element-id":4,"element":'
        '{"type":"struct","fields":[{"id":5,"name":"x","required":false,"type":"int"}]}}}'
    )
    assert deployed_ids([{"id": 1, "name": "m", "type": kind}]) == {
        "m": 1,
        "m.key": 2,
        "m.value": 3,
        "m.value.element": 4,
        "m.value.element.x": 5,
    }
