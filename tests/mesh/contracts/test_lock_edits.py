"""Whatever is done to a contract, columns keep their ids, and pyiceberg finds the values that were written to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh.model import Lock
from tests.mesh.contracts.iceberg_table import IcebergTable, Row, entry, schema
from tests.mesh.contracts.lock_cases import Column, column, ids, renamed, step, table

NAMES = ("quay", "depth", "agent", "pier")
WIDER = {"int": "bigint", "float": "double"}


@dataclass(slots=True, eq=False)
class Node:
    """A column or nested field of the contract as people mean it: the same object, whatever it is called."""

    name: str
    kind: str
    fields: list[Node] = field(default_factory=list["Node"])
    before: str = ""
    swapped: bool = False

    def type(self) -> str:
        if self.kind == "struct":
            return f"struct<{','.join(f'{one.name}:{one.type()}' for one in self.fields)}>"
        return f"array<{self.kind[5:]}>" if self.kind.startswith("list ") else self.kind

    def written(self) -> Column:
        """The node as it stands in a contract."""
        more = renamed(self.before) if self.before else {}
        nested = {"properties": [one.written() for one in self.fields]} if self.fields else {}
        return column(self.name, self.type(), **nested, **more)

    def walk(self) -> Iterator[Node]:
        yield self
        for one in self.fields:
            yield from one.walk()

    def value(self, batch: int) -> Any:
        """A value that only this node has in this batch of rows."""
        if self.kind == "struct":
            return {one.name: one.value(batch) for one in self.fields}
        number = id(self) % 1_000_003 + batch
        if self.kind.startswith("list "):
            return [str(number)]
        return (
            float(number % 1000) if self.kind in ("float", "double") else number if "int" in self.kind else str(number)
        )

    def read(self, batch: int, known: set[int]) -> Any:
        """The value that is read from a batch that was written when only `known` nodes were there."""
        if id(self) not in known:
            return None
        if self.kind == "struct":
            return {one.name: one.read(batch, known) for one in self.fields}
        return self.value(batch)


def nodes(draw: st.DrawFn, name: str, deepest: int = 2) -> Node:
    kinds = ["string", "int", "float", "list string", *(["struct"] if deepest else [])]
    kind = draw(st.sampled_from(kinds))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)) if kind == "struct" else []
    return Node(name, kind, [nodes(draw, one, deepest - 1) for one in names])


def levels(root: Node) -> list[Node]:
    return [one for one in root.walk() if one.kind == "struct"]


def edit(root: Node, draw: st.DrawFn) -> None:
    """Inserts, removes, sorts anew, widens, nests, renames, swaps, or takes away what is left of renames."""
    level = draw(st.sampled_from(levels(root)))
    free = [name for name in NAMES if name not in {one.name for one in level.fields}]
    kind = draw(st.sampled_from(("insert", "remove", "sort", "widen", "nest", "rename", "swap", "forget")))
    if kind == "insert" and free:
        level.fields.insert(draw(st.integers(0, len(level.fields))), nodes(draw, draw(st.sampled_from(free)), 1))
    elif kind == "remove" and len(level.fields) > 1:
        level.fields.remove(draw(st.sampled_from(level.fields)))
    elif kind == "sort":
        level.fields[:] = draw(st.permutations(level.fields))
    elif kind == "forget":
        for one in root.walk():
            one.before = ""
    elif kind in CHANGES:
        CHANGES[kind](level, draw(st.sampled_from(level.fields)), free, draw)


def widen(level: Node, some: Node, free: list[str], draw: st.DrawFn) -> None:
    some.kind = WIDER.get(some.kind, some.kind)


def nest(level: Node, some: Node, free: list[str], draw: st.DrawFn) -> None:
    if free:
        level.fields[level.fields.index(some)] = Node(draw(st.sampled_from(free)), "struct", [_copy(some)])


def rename(level: Node, some: Node, free: list[str], draw: st.DrawFn) -> None:
    if free:
        some.before, some.name = some.name, draw(st.sampled_from(free))


def swap(level: Node, some: Node, free: list[str], draw: st.DrawFn) -> None:
    other = draw(st.sampled_from(level.fields))
    # The same swap for the second time would be read as what is left of the first.
    if other is not some and not (some.swapped or other.swapped):
        some.name, other.name, some.before, other.before = other.name, some.name, some.name, other.name
        some.swapped = other.swapped = True


CHANGES = {"widen": widen, "nest": nest, "rename": rename, "swap": swap}


def _copy(node: Node) -> Node:
    return replace(node, before="", fields=[_copy(one) for one in node.fields])


def paths(root: Node, prefix: str = "") -> Iterator[tuple[str, Node]]:
    for one in root.fields:
        yield prefix + one.name, one
        yield from paths(one, f"{prefix}{one.name}.")


@dataclass(slots=True)
class History:
    """A contract that is edited, its lock, and the ids that its columns were given."""

    root: Node
    lock: Lock | None = None
    given: dict[int, int] = field(default_factory=dict[int, int])
    kept: list[Node] = field(default_factory=list[Node])
    """Every node that there was, so that no `id()` is that of another one later."""

    def follow(self) -> Column:
        """Locks the contract as it is now: nobody's id is another one, and none is given to two."""
        self.kept += self.root.walk()
        contract = table(*(one.written() for one in self.root.fields))
        found = step(self.lock, contract)
        assert (found.refused, found.widened) == ([], [])
        self.lock = found.lock
        numbers = ids(found.lock.tables["berths"])
        for path, node in paths(self.root):
            assert self.given.setdefault(id(node), numbers[path]) == numbers[path], path
            if node.kind.startswith("list "):
                assert self.given.setdefault(-id(node), numbers[f"{path}.element"]) == numbers[f"{path}.element"], path
        assert len(set(self.given.values())) == len(self.given), "an id that was given again"
        return contract


def started(draw: st.DrawFn) -> History:
    return History(Node("", "struct", [nodes(draw, "quay"), nodes(draw, "depth"), nodes(draw, "agent", 0)]))


@pytest.mark.long
@settings(max_examples=400, deadline=None, derandomize=True)
@given(data=st.data())
def test_columns_keep_their_ids_and_none_returns(data: Any) -> None:
    history = started(data.draw)
    history.follow()
    for _ in range(data.draw(st.integers(3, 8))):
        edit(history.root, data.draw)
        history.follow()


@pytest.mark.long
@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data())
def test_columns_keep_their_values_through_any_edits(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    history, written = started(data.draw), None
    batches: list[set[int]] = []
    for batch in range(data.draw(st.integers(2, 6))):
        if batch:
            edit(history.root, data.draw)
        contract = history.follow()
        assert history.lock is not None
        following = schema(entry(contract, history.lock))
        if written is None:
            written = IcebergTable(tmp_path_factory.mktemp("warehouse"), following)
        written.evolve(following)
        written.write([{one.name: one.value(batch) for one in history.root.fields}])
        batches.append({id(node) for node in history.root.walk()})
    assert written is not None
    columns = history.root.fields
    expected = [{one.name: one.read(batch, known) for one in columns} for batch, known in enumerate(batches)]
    assert by_text(written.read()) == by_text(expected)


def by_text(rows: list[Row]) -> list[str]:
    return sorted(str(sorted(row.items())) for row in rows)


BERTH, QUAY = Node("berth_id", "string"), Node("quay", "string")


def rows_after(folder: Path, before: list[Node], after: list[Node], *, by_position: bool = False) -> list[Row]:
    """What is read after a change; `by_position` with ids as they were given before there was a lock."""
    contracts = [table(*(one.written() for one in columns)) for columns in (before, after)]
    first = step(None, contracts[0]).lock
    second = step(None if by_position else first, contracts[1]).lock
    schemas = [schema(entry(*pair)) for pair in zip(contracts, (first, second), strict=True)]
    written = IcebergTable(folder, schemas[0])
    written.write([{one.name: one.name for one in before}])
    written.evolve(schemas[1].model_copy(update={"schema_id": 1}) if by_position else schemas[1])
    return written.read()


@pytest.mark.slow
def test_values_would_be_read_under_other_names_if_ids_were_places(tmp_path: Path) -> None:
    """The check is able to fail: with ids by position the values of two sorted columns change places."""
    lines = [BERTH, QUAY]
    assert rows_after(tmp_path / "lock", lines, lines[::-1]) == [{"berth_id": "berth_id", "quay": "quay"}]
    wrong = rows_after(tmp_path / "place", lines, lines[::-1], by_position=True)
    assert wrong == [{"berth_id": "quay", "quay": "berth_id"}]


@pytest.mark.slow
def test_a_column_whose_name_returns_does_not_show_what_the_first_one_held(tmp_path: Path) -> None:
    versions = [[BERTH, QUAY], [BERTH], [BERTH, Node("quay", "string")]]
    contracts = [table(*(one.written() for one in columns)) for columns in versions]
    lock = step(None, contracts[0]).lock
    written = IcebergTable(tmp_path, schema(entry(contracts[0], lock)))
    written.write([{"berth_id": "1", "quay": "secret"}])
    for contract in contracts[1:]:
        lock = step(lock, contract).lock
        written.evolve(schema(entry(contract, lock)))
    assert written.read() == [{"berth_id": "1", "quay": None}]
