"""Changed files between two sides: both places of one that moved, and nothing that git is told to pass over."""

from __future__ import annotations

from pathlib import Path

from cli.changed_files import changed_files
from cli.revisions import opened_side, working_side
from tests.cli import test_revisions as plain

repository = plain.repository
STACKS = Path("stacks")


def test_a_file_that_moved_counts_where_it_was_as_well(repository: Path) -> None:
    """Its owner before is asked, too."""
    plain.git(repository, "mv", "stacks/domains/shop.yaml", "stacks/domains/market.yaml")
    plain.committed(repository, "moved")
    plain.git(repository, "config", "diff.renames", "true")
    with opened_side("HEAD~1", STACKS) as before, opened_side("HEAD", STACKS) as after:
        found = changed_files(before, after, STACKS)
    assert found.files == ("stacks/domains/market.yaml", "stacks/domains/shop.yaml")


def test_files_that_nobody_committed_count_but_for_those_that_are_ignored(repository: Path) -> None:
    (repository / ".gitignore").write_text("*.log\n")
    plain.committed(repository, "ignored")
    for name in ("new.txt", "a.log"):
        (repository / name).write_text("x")
    with opened_side("HEAD", STACKS) as before:
        assert changed_files(before, working_side(STACKS), STACKS).files == ("new.txt",)
