"""Whatever becomes of a file, reading the mesh ends in findings or in a plan, never in another exception."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh.load import load
from mesh.plan import Plan, build, problems
from tests.mesh_copies import copied

STACKS = Path(__file__).parents[3] / "stacks"
DAY = datetime.date(2027, 1, 1)
FILES = sorted(str(file.relative_to(STACKS)) for file in STACKS.rglob("*.yaml"))
VALUES = (
    *(
        "",
        "~",
        "null",
        "true",
        "1",
        "-1",
        "1.5",
        ".nan",
        ".inf",
        "99999999999999999999",
        "0x1f",
        "2027-01-01",
        "a" * 70,
    ),
    *("''", '"\\x00"', "[]", "{}", "[[]]", "{a: b}", "*x", "&x y", "!!str a", "<<", "?", "-", ": ", "# x", "'", '"'),
    *("[", "{", "|", ">", "%", "@", "`", "\t", "é", "\ufeff", "\u2028", "../x", "pii, pii"),
    *("decimal(99,9)", "struct<a:int,a:int>", "map<map<int,int>,int>", "array<>"),
)


def flipped(data: bytes, draw: st.DrawFn) -> bytes:
    """One to three bytes replaced."""
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
    return bytes(changed)


def cut(data: bytes, draw: st.DrawFn) -> bytes:
    """The file ends early."""
    return data[: draw(st.integers(0, len(data)))]


def without_a_line(data: bytes, draw: st.DrawFn) -> bytes:
    """A line is missing."""
    lines = data.splitlines(keepends=True)
    del lines[draw(st.integers(0, len(lines) - 1))]
    return b"".join(lines)


def with_a_line_twice(data: bytes, draw: st.DrawFn) -> bytes:
    """A line stands somewhere else once more."""
    lines = data.splitlines(keepends=True)
    lines.insert(draw(st.integers(0, len(lines))), lines[draw(st.integers(0, len(lines) - 1))])
    return b"".join(lines)


def with_another_value(data: bytes, draw: st.DrawFn) -> bytes:
    """What follows a colon is something else."""
    colons = [position for position, byte in enumerate(data) if byte == ord(":")]
    start = draw(st.sampled_from(colons)) + 1
    ends = [end for mark in (b",", b"\n", b"}", b"]") if (end := data.find(mark, start)) >= 0]
    value = draw(st.sampled_from(VALUES)).encode()
    return data[:start] + b" " + value + data[min(ends, default=len(data)) :]


def with_another_key(data: bytes, draw: st.DrawFn) -> bytes:
    """What stands before a colon is something else."""
    colons = [position for position, byte in enumerate(data) if byte == ord(":")]
    end = draw(st.sampled_from(colons))
    start = max(data.rfind(mark, 0, end) for mark in (b" ", b"\n", b"{")) + 1
    return data[:start] + draw(st.sampled_from(VALUES)).encode() + data[end:]


MUTATIONS = (flipped, cut, without_a_line, with_a_line_twice, with_another_value, with_another_key)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(STACKS, tmp_path_factory.mktemp("mutated") / "stacks")


def read(root: Path) -> Plan | None:
    """A plan, or None when there are findings that stop it; every finding has a place and a message."""
    loaded = load(root)
    findings = list(loaded.findings)
    if loaded.mesh is not None:
        findings += loaded.place(problems(loaded.mesh, DAY))
    assert all(finding.line >= 1 and finding.column >= 1 and finding.message.strip() for finding in findings)
    assert not any("None" in finding.message.replace("'None", "") for finding in findings), findings
    if loaded.mesh is None or any(finding.severity == "error" for finding in findings):
        assert findings
        return None
    return build(loaded.mesh, DAY)


@pytest.mark.long
@settings(max_examples=120, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_mutation_of_a_file_ends_in_another_exception(folder: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    original = (STACKS / name).read_bytes()
    changed = original
    for mutate in data.draw(st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=2)):
        if changed.count(b":") and changed.strip():
            changed = mutate(changed, data.draw)
    (folder / name).write_bytes(changed)
    try:
        read(folder)
    finally:
        (folder / name).write_bytes(original)


def test_the_sample_mesh_itself_is_planned(folder: Path) -> None:
    assert read(folder) is not None
