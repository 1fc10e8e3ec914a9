"""The text of a lock: the same for the same lock, read fast as YAML reads it, and wrong only with a finding."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mesh import yamlfile
from mesh.contracts import lock_text
from mesh.contracts.lock import following
from mesh.model import Lock, LockedField, LockedTable, LockFile
from mesh.model.lock import RemovedField, RemovedPartition
from tests.mesh.contracts.lock_cases import column, renamed, shaped, step, table

WORDS = st.sampled_from(
    ("a", "b", "a.b", "e_mail", "x9", "null", "true", "no", "on", "y", "id", "Ünder wörld", "a: b", "x, y", "{", "#")
)
LABELS = st.lists(st.sampled_from(("pii", "on", "für alle")), max_size=2, unique=True).map(tuple)
IDS = st.integers(1, 4)
TYPES = st.sampled_from(("string", "long", "struct", "decimal(18,2)"))
FIELDS = st.builds(LockedField, IDS, TYPES, st.booleans(), LABELS, LABELS)
PARQUET_FIELDS = st.builds(LockedField, st.just(0), st.just(""), st.just(False), LABELS, LABELS)
PARTITIONS = st.sampled_from(("identity(day)", "bucket[16](id)", "day(seen)"))


def _tables(kind: str, fields: st.SearchStrategy[LockedField]) -> st.SearchStrategy[LockedTable]:
    return st.builds(
        LockedTable,
        st.just(kind),
        st.dictionaries(WORDS, fields, max_size=3),
        st.dictionaries(PARTITIONS, st.integers(1000, 1002), max_size=2),
        LABELS,
        st.lists(st.builds(RemovedField, WORDS, st.integers(0, 4), LABELS), max_size=2).map(tuple),
        st.lists(st.builds(RemovedPartition, PARTITIONS, IDS, st.integers(1000, 1002)), max_size=2).map(tuple),
        st.integers(0, 9),
        st.integers(0, 9),
    )


SOME = settings(max_examples=150, deadline=None)
LOCKS = st.builds(
    Lock, st.dictionaries(WORDS, _tables("iceberg", FIELDS) | _tables("parquet", PARQUET_FIELDS), max_size=2)
)


def by_yaml(text: str) -> Lock:
    return lock_text.from_file(LockFile.model_validate(yamlfile.parse(yamlfile.Source("x", text))))


def in_order(lock: Lock) -> Lock:
    """A lock in the order in which it is written."""
    return Lock(
        {
            name: one._replace(
                removed=tuple(sorted(one.removed, key=lambda gone: (gone.id, gone.path))),
                removed_partitions=tuple(sorted(one.removed_partitions, key=lambda gone: gone.id)),
            )
            for name, one in lock.tables.items()
        }
    )


@SOME
@given(LOCKS)
def test_a_lock_reads_as_it_was_written_fast_and_as_yaml(lock: Lock) -> None:
    text = lock_text.write(lock)
    fast = lock_text.read(text)
    assert by_yaml(text) == in_order(lock)
    assert fast == (in_order(lock) if lock.tables else None)
    assert lock_text.write(by_yaml(text)) == text


SAMPLE = lock_text.write(
    step(
        step(None, table(column("id", required=True), column("day", "date", partitioned=True), column("gone"))).lock,
        table(column("key", required=True, **renamed("id")), column("n", "struct<a:int>", classification="pii")),
    ).lock
)


@SOME
@given(st.integers(0, len(SAMPLE) - 1), st.sampled_from('abc01 \n\t"{}[]:,-#_(') | st.just(""))
def test_a_text_with_one_other_character_is_read_as_yaml_reads_it_or_left_to_yaml(place: int, other: str) -> None:
    text = SAMPLE[:place] + other + SAMPLE[place + 1 :]
    fast = lock_text.read(text)
    if fast is not None:
        assert fast == by_yaml(text)


def test_the_sample_has_every_kind_of_line() -> None:
    assert re.findall(r"(?m)^    ([a-z-]+):", SAMPLE) == ["schema-id", "spec-id", "columns", "removed"]
    assert "was: [id]" in SAMPLE
    assert "{partition: " in SAMPLE
    assert lock_text.read(SAMPLE) is not None


@SOME
@given(LOCKS)
def test_a_lock_is_sound_if_and_only_if_there_is_nothing_to_tell(lock: Lock) -> None:
    text = lock_text.write(lock)
    try:
        file = LockFile.model_validate(yamlfile.parse(yamlfile.Source("x", text)))
    except ValidationError:
        return
    if lock_text.is_sound(by_yaml(text)):
        assert list(lock_text.mistakes(file)) == []
    else:
        assert list(lock_text.mistakes(file))


def test_a_sound_lock_is_common() -> None:
    assert lock_text.is_sound(by_yaml(SAMPLE))
    assert not lock_text.is_sound(by_yaml(SAMPLE.replace("id: 1,", "id: 9,")))


@pytest.mark.parametrize("line", ["# a note\n", "extra: 1\n", "\n", "  berths:\n    schema-id: 0\n"])
def test_a_line_by_hand_is_left_to_yaml(line: str) -> None:
    assert lock_text.read(SAMPLE + line) is None


def test_the_text_does_not_depend_on_the_order_of_the_contract() -> None:
    one, two = table(column("b"), column("a")), table(column("x"), name="attics")
    first = following(None, shaped(one, two)).lock
    assert lock_text.write(following(first, shaped(two, one)).lock) == lock_text.write(first)
    lines = lock_text.write(first).splitlines()
    added = lock_text.write(
        following(first, shaped(table(column("c"), column("b"), column("a")), two)).lock
    ).splitlines()
    assert [line for line in added if line not in lines] == ["    schema-id: 1", "      c: {id: 3, type: string}"]
    assert len(added) == len(lines) + 1
