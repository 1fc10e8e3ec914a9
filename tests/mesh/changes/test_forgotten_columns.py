"""Forgotten columns: what is taken out of a lock by hand is a finding; what `mesh lock` writes never is."""

from __future__ import annotations

import dataclasses

import pytest

from mesh.changes.forgotten_columns import forgotten_columns
from mesh.changes.refused_changes import refused_changes
from mesh.contracts.lock import following
from mesh.contracts.lock_shape import FieldShape, TableShape
from mesh.model import Lock, LockedField, LockedTable, Mesh
from mesh.model.lock import RemovedField
from tests.conftest import DAY

PRODUCT = "identity.profiles"
FIELD = LockedField(1, "string")
GONE = RemovedField("mail", 7, ("pii",))
PUT_BACK = "put the entry back as it was: an id is never given again, and labels are compared when a name returns"


def table(*removed: RemovedField, kind: str = "iceberg", **fields: LockedField) -> LockedTable:
    return LockedTable("parquet" if kind == "parquet" else "iceberg", fields or {"name": FIELD}, {}, removed=removed)


def locked(mesh: Mesh, one: LockedTable | None) -> Mesh:
    return dataclasses.replace(mesh, locks={**mesh.locks, PRODUCT: Lock({"t": one} if one else {})})


def told(mesh: Mesh, old: LockedTable, new: LockedTable | None) -> list[str]:
    return [problem.message for problem in forgotten_columns(locked(mesh, old), locked(mesh, new))]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (table(GONE), table(), "the lock has forgotten 't.mail' (id 7), which is to stand under 'removed'; "),
        (table(GONE), None, "the lock has forgotten 't.mail' (id 7), which is to stand under 'removed'; "),
        (table(GONE), table(RemovedField("mail", 7)), "the lock has forgotten that 't.mail' had pii; "),
        (
            table(GONE),
            table(name=FIELD, plain=LockedField(7, "string")),
            "'t.plain' has the id 7, by which data files know 'mail', which was removed; give it another one, and ",
        ),
        (
            table(name=FIELD, mail=LockedField(7, "string", labels=("pii",))),
            table(),
            "the lock has forgotten 't.mail' (id 7), which is to stand under 'removed'; ",
        ),
        (
            table(name=FIELD, mail=LockedField(7, "string", labels=("pii",))),
            table(RemovedField("mail", 7)),
            "the lock has forgotten that 't.mail' had pii; ",
        ),
        (
            table(RemovedField("mail", 0, ("pii",)), kind="parquet"),
            table(kind="parquet"),
            "the lock has forgotten 't.mail', which is to stand under 'removed'; ",
        ),
    ],
)
def test_what_is_taken_out_by_hand_is_told(sample: Mesh, old: LockedTable, new: LockedTable | None, said: str) -> None:
    assert f"{said}{PUT_BACK}" in told(sample, old, new)


def test_it_is_refused_at_the_lock(sample: Mesh) -> None:
    before, after = locked(sample, table(GONE)), locked(sample, table())
    (problem,) = [each for each in refused_changes(before, after, DAY) if "forgotten" in each.message]
    assert problem.file == "contracts/identity/profiles.lock.yaml"


def shape(kind: str, *names: str, labels: tuple[str, ...] = ()) -> TableShape:
    fields = {
        name: FieldShape("string" if kind == "iceberg" else "", False, labels, None, ("schema",)) for name in names
    }
    return TableShape("t", "parquet" if kind == "parquet" else "iceberg", fields, (), (), (), None, ("schema",))


@pytest.mark.parametrize("kind", ["iceberg", "parquet"])
def test_what_mesh_lock_writes_forgets_nothing(sample: Mesh, kind: str) -> None:
    steps = [("a", "b", "c"), ("a", "c"), ("c",), ("c", "b"), ("b", "d")]
    lock: Lock | None = None
    written: list[Lock] = []
    for names in steps:
        lock = following(lock, [shape(kind, *names, labels=("pii",))]).lock
        written.append(lock)
    for first, old in enumerate(written):
        for new in written[first:]:
            mesh = dataclasses.replace(sample, locks={**sample.locks, PRODUCT: old})
            after = dataclasses.replace(sample, locks={**sample.locks, PRODUCT: new})
            assert list(forgotten_columns(mesh, after)) == []
