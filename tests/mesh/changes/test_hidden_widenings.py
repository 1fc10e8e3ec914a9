"""Labels that go behind another change: a rename onto a name that is there, ids, another table, another product."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import exit_codes, main
from mesh.approvals.opened_columns import lost_labels_of, opened_columns
from mesh.changes.access_lines import access_section
from mesh.changes.assembled import NO_ACCESS, report
from mesh.changes.broken_promises import broken_promises
from mesh.changes.decided_side import DecidedSide
from mesh.changes.moved_columns import moved_columns
from mesh.changes.widenings import widenings
from mesh.folder import PlannedMesh
from mesh.model import Mesh
from mesh.plan import build
from tests.conftest import TINY
from tests.mesh_copies import edit, mesh_of

DAY = datetime.date(2026, 12, 1)
CUSTOMERS = "contracts/orders/customers.odcs.yaml"
LOCK = "contracts/orders/customers.lock.yaml"
ID = "{name: id, logicalType: string, physicalType: string"
EMAIL = "{name: email, logicalType: string, physicalType: string, classification: pii"
UNLABELLED = EMAIL.removesuffix(", classification: pii")
RENAMED = ", customProperties: [{{property: renamedFrom, value: {}}}]"
Change = Callable[[Path], None]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The smallest mesh, of which `id` of the customers has no label, and `email` is personal."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def locked(folder: Path) -> Mesh:
    assert main.run(["lock", "--widen", str(folder)]) == 0
    return mesh_of(folder)


def swapped(folder: Path) -> None:
    """Each of both columns is renamed from the other; what was `email` is read as `id`, by everybody."""
    edit(folder / CUSTOMERS, (ID, ID + RENAMED.format("email")), (EMAIL, EMAIL + RENAMED.format("id")))


def onto_what_went(folder: Path) -> None:
    """`id` goes, and `email` is renamed to it, without its label."""
    text = (folder / CUSTOMERS).read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in text if ID not in line]
    (folder / CUSTOMERS).write_text("".join(kept), "utf-8")
    edit(folder / CUSTOMERS, (EMAIL, ID + RENAMED.format("email")))


def ids_swapped(folder: Path) -> None:
    """No contract changes: the ids of both columns do, in the lock, by hand."""
    lines = "      id: {id: 1, type: string}\n      email: {id: 2, type: string, labels: [pii]}\n"
    other = "      email: {id: 1, type: string, labels: [pii]}\n      id: {id: 2, type: string}\n"
    edit(folder / LOCK, (lines, other))


def other_table(folder: Path) -> None:
    """The table has another name, and a column of it no label."""
    edit(folder / CUSTOMERS, ("  - name: customers\n", "  - name: people\n"), (EMAIL, UNLABELLED))


def other_table_and_columns(folder: Path) -> None:
    """The table has another name and a column less, and one of its columns no label."""
    other_table(folder)
    edit(folder / CUSTOMERS, (f"      - {ID}}}\n", ""))


def other_product(folder: Path) -> None:
    """The product has another name, its contract the same id, and a column no label."""
    edit(folder / CUSTOMERS, (EMAIL, UNLABELLED))
    for kind in ("odcs", "lock"):
        shutil.move(folder / f"contracts/orders/customers.{kind}.yaml", folder / f"contracts/orders/people.{kind}.yaml")
    for file in folder.rglob("*.yaml"):
        text = file.read_text("utf-8")
        if file.parent.name != "orders":
            text = text.replace("orders.customers", "orders.people").replace(" customers:", " people:")
        file.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (swapped, "customers.id"),
        (onto_what_went, "customers.id"),
        (ids_swapped, "customers.id"),
        (other_table, "people.email"),
        (other_table_and_columns, "people.email"),
        (other_product, "customers.email"),
    ],
)
def test_a_label_that_goes_behind_another_change_is_a_widening_and_needs_its_guards(
    tiny: Path, change: Change, column: str
) -> None:
    before = mesh_of(tiny)
    change(tiny)
    for after in (mesh_of(tiny), locked(tiny)):  # `mesh lock` may run before or after the comparison
        found = widenings(before, after, DAY)
        assert [(one.column, one.labels, [each.name for each in one.missing]) for one in found] == [
            (column, ("pii",), ["general"])
        ]
        assert [f"{place.table}.{place.column}" for place in lost_labels_of(before, after)["pii"]] == [column]
        assert column in [f"{place.table}.{place.column}" for place in opened_columns(before, after)["general"]]


@pytest.mark.parametrize("change", [swapped, ids_swapped])
def test_a_column_that_has_the_data_of_another_breaks_whoever_reads_either(tiny: Path, change: Change) -> None:
    before = mesh_of(tiny)
    change(tiny)
    (one,) = broken_promises(before, locked(tiny), DAY)
    rules = {(found.rule, *found.columns) for found in one.changes if found.verdict == "breaking"}
    assert rules >= {("column-renamed", "customers.id"), ("column-renamed", "customers.email")}
    assert one.refused


def test_a_rename_that_was_followed_before_is_none_again(tiny: Path) -> None:
    edit(tiny / CUSTOMERS, (EMAIL, EMAIL.replace("name: email", "name: mail") + RENAMED.format("email")))
    before = locked(tiny)
    edit(tiny / CUSTOMERS, (f"      - {ID}}}\n", f"      - {ID}}}\n      - {{name: email, physicalType: string}}\n"))
    after = locked(tiny)
    assert widenings(before, after, DAY) == ()
    (one,) = broken_promises(before, after, DAY)
    assert [change.rule for change in one.changes] == ["column-added"]


def test_the_report_says_under_access_that_a_column_has_the_data_of_another(tiny: Path) -> None:
    before = DecidedSide(planned(mesh_of(tiny)))
    swapped(tiny)
    section = access_section(before, DecidedSide(planned(locked(tiny))), ())
    assert section.summary == "2 columns with the data of another"
    assert section.lines[0].text == (
        "orders.customers: customers.id has the data that customers.email had: who reads it reads that from now on"
    )


def test_the_report_does_not_say_that_nobody_reads_anything_else(tiny: Path) -> None:
    """By names alone nobody does: every clearance reads the columns that it read, and other data in two of them."""
    before = planned(mesh_of(tiny))
    swapped(tiny)
    made = report(before, planned(locked(tiny)), ("before", "after"))
    (access,) = (section for section in made.sections if section.key == "access")
    assert access.data == []
    assert NO_ACCESS not in made.remark


def test_a_column_under_a_name_that_none_had_is_no_column_with_the_data_of_another(tiny: Path) -> None:
    before = mesh_of(tiny)
    edit(tiny / CUSTOMERS, (EMAIL, EMAIL.replace("email", "address") + RENAMED.format("email")))
    after = mesh_of(tiny)
    assert list(moved_columns(before, after)) == []
    assert list(moved_columns(after, before)) == []


def planned(mesh: Mesh) -> PlannedMesh:
    return PlannedMesh(TINY, mesh, build(mesh, DAY), DAY)


def test_validate_refuses_the_swap_against_the_revision_before(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = shutil.copytree(tiny, tiny.parent / "old")
    swapped(tiny)
    locked(tiny)
    code = main.run(["validate", str(tiny), "--against", str(old), "--as-of", str(DAY)])
    told = capsys.readouterr()
    assert code == exit_codes.BAD_INPUT
    assert "'customers.id' loses the label pii" in told.out + told.err
