"""Lines about stacks: one for each, with what is replaced, refused and lost below it."""

from __future__ import annotations

from mesh.changes.affected_stacks import AffectedStack
from mesh.changes.changed_stacks import ChangedStack
from mesh.changes.resource_changes import ResourceChange
from mesh.changes.stack_lines import stack_section


def test_no_stack_is_no_change() -> None:
    section = stack_section([])
    assert (section.is_change, section.summary, section.data) == (False, "every plan is as it was", [])


def test_a_stack_stands_above_what_changes_in_it() -> None:
    gone = ResourceChange(
        verb="remove", urn="urn:x::a", type="aws:s3/bucket:Bucket", name="a", lost="its objects and their old versions"
    )
    added = ResourceChange(verb="add", urn="urn:x::b", type="aws:s3/bucket:Bucket", name="b")
    section = stack_section([ChangedStack(AffectedStack("domain-ads", "update"), (gone, added))])
    assert section.summary == "1 stack changes, 2 resources in all: 1 removed, 1 losing data"
    assert [(line.text, line.depth) for line in section.lines] == [
        ("domain-ads: 1 added, 1 removed, data lost in 1", 0),
        ("removed Bucket a; data is lost: its objects and their old versions", 1),
    ]
