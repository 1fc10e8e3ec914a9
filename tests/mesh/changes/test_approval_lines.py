"""Lines about approvals: what is missing first, then what is given, then who is told."""

from __future__ import annotations

from mesh.approvals.given_approvals import Approval, Approvals
from mesh.approvals.needs import Need, Notice
from mesh.changes.approval_lines import approval_section


def test_what_is_missing_comes_first() -> None:
    needed = Need("file", "a", ("@a",), "a is theirs"), Need("label", "b", ("@b",), "b loses it")
    found = Approvals((Approval(needed[0], "@ann"), Approval(needed[1])), (Notice(("@c",), "d is used"),))
    section = approval_section(found)
    assert section.summary == "1 of 2 approvals missing"
    assert [line.text for line in section.lines] == [
        "missing, of @b: b loses it",
        "given by @ann: a is theirs",
        "told, @c: d is used",
    ]
    assert [each["given_by"] for each in section.data["needed"]] == ["@ann", None]


def test_nothing_needs_nobody() -> None:
    assert approval_section(Approvals((), ())).summary == "nobody has to approve"
