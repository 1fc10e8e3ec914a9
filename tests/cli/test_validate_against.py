"""`mesh validate --against`: breaks without notice and labels without a yes are errors, at their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import exit_codes
from tests.cli.test_diff import change, folder, git, typed

__all__ = ["folder"]
CUSTOMERS = "contracts/orders/customers.odcs.yaml"


EMAIL = "      - {name: email, logicalType: string, physicalType: string, classification: pii}\n"


def nothing_is_left_behind(folder: Path) -> None:
    """Clicks derive without a label that nothing has any more."""
    clicks = folder / "contracts/shop/clicks.odcs.yaml"
    clicks.write_text(clicks.read_text("utf-8").partition("customProperties:")[0], "utf-8")


def test_a_break_without_a_version_an_end_and_a_notice_is_refused_with_each(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder / CUSTOMERS, EMAIL, "")
    nothing_is_left_behind(folder)
    typed(capsys, "lock", "--widen")
    typed(capsys, "validate")
    said, _ = typed(capsys, "validate", "--against", "HEAD", code=exit_codes.BAD_INPUT)
    for sentence in (
        "4:10: a break demands a major version, and 1.0.0 to 1.0.0 makes no step: write 2.0.0",
        "column-removed: 'customers.email' was not deprecated before; write 'deprecated: true' at 'customers.email'",
        "column-removed: no end of 'customers.email' was announced; write a service level 'endOfSupport' with its day",
    ):
        assert sentence in said
    git(folder.parent, "commit", "-qam", "two")
    typed(capsys, "validate", "--against", "HEAD")


def test_a_label_that_goes_needs_an_entry_whatever_the_lock_says(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder / CUSTOMERS, ", classification: pii", "")
    nothing_is_left_behind(folder)
    typed(capsys, "lock", "--widen")
    typed(capsys, "validate")
    said, _ = typed(capsys, "validate", "--against", "HEAD", code=exit_codes.BAD_INPUT)
    assert "'customers.email' loses the label pii, and who holds 'general' reads it then: ask " in said


def test_a_side_that_is_not_valid_is_said_beside_the_findings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = (folder / "domains" / "shop.yaml").read_text("utf-8")
    change(folder / "domains" / "shop.yaml", "description:", "descriptoin:")
    git(folder.parent, "commit", "-qam", "two")
    (folder / "domains" / "shop.yaml").write_text(good, "utf-8")
    said, more = typed(capsys, "validate", "--against", "HEAD", code=exit_codes.BAD_INPUT)
    assert "HEAD:stacks is not valid, so what changed since cannot be told" in said
    assert "HEAD:stacks/domains/shop.yaml:2:1: " in more
    _, refused = typed(capsys, "validate", "--against", "nowhere", code=exit_codes.BAD_INPUT)
    assert "has no revision 'nowhere'" in refused


@pytest.mark.parametrize(
    ("file", "good", "bad"),
    [
        ("domains/orders.yaml", "description:", 'description: "\\e" #'),
        ("domains/orders.yaml", "products:", "productz:"),
        ("mesh.yaml", "description:", 'description: "\\e" #'),
        ("mesh.yaml", "defaults:", "classification-aliases: {secret: pii}\ndefaults:"),
        ("mesh.yaml", "9999 days", "9999 dayz"),
        ("mesh.yaml", " 9 days", " 9 dayz"),
        (CUSTOMERS, "version: ", "version: 3 # "),
        (CUSTOMERS, "purpose: ", 'purpose: "\\e", usage: '),
    ],
)
def test_a_mistake_in_a_file_is_not_taken_for_a_break(
    folder: Path, capsys: pytest.CaptureFixture[str], file: str, good: str, bad: str
) -> None:
    with (folder / "mesh.yaml").open("a", encoding="utf-8") as stream:
        stream.write("defaults: {retention: 9999 days, break-notice: 9 days}\n")
    git(folder.parent, "commit", "-qam", "two")
    change(folder / file, good, bad)
    alone, _ = typed(capsys, "validate", code=exit_codes.BAD_INPUT)
    said, _ = typed(capsys, "validate", "--against", "HEAD", code=exit_codes.BAD_INPUT)
    assert said == alone
