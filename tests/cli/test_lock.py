"""`mesh lock`: what it writes, what it leaves, and what it refuses."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from cli import exit_codes, main
from mesh.contracts import lock_text
from mesh.folder import plan_folder
from mesh.load import load
from mesh.model.names_lock import names_lock_text

TINY = Path(__file__).resolve().parents[1] / "mesh" / "tiny"
DAY = ("--as-of", "2027-01-01")
ASKED = "ask for an entry under 'widenings' platform@tiny.example in clearances/general.yaml, and "
CUSTOMERS = "contracts/orders/customers"
CLICKS = "contracts/shop/clicks.odcs.yaml"
ACCOUNTS = {
    "governance": "governance",
    "domain-orders": "orders",
    "domain-shop": "shop",
    "partner-courier": "partner-courier",
}
HEAD = """\
apiVersion: v3.2.0
kind: DataContract
id: berths
version: 1.0.0
status: active
description: {purpose: Which ship lies at which berth.}
schema:
- name: berths
  logicalType: object
  properties:
"""


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    """A copy of the tiny mesh."""
    return Path(shutil.copytree(TINY, tmp_path / "mesh"))


@pytest.fixture
def new(mesh: Path) -> Path:
    """A copy of the tiny mesh that has no locks yet."""
    for file in locks(mesh):
        (mesh / file).unlink()
    return mesh


def locks(mesh: Path) -> dict[str, str]:
    """Texts of the locks, by file."""
    return {str(file.relative_to(mesh)): file.read_text("utf-8") for file in sorted(mesh.rglob("*.lock.yaml"))}


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def leave_nothing_behind(contract: Path) -> None:
    """Takes from a contract what its product says that it leaves behind."""
    contract.write_text(contract.read_text("utf-8").partition("customProperties:")[0], "utf-8")


def lines(capsys: pytest.CaptureFixture[str], mesh: Path) -> tuple[list[str], list[str]]:
    """Lines of standard output and standard error, places relative to the mesh."""
    shown = capsys.readouterr()
    out, err = (text.replace(f"{mesh}/", "").splitlines() for text in (shown.out, shown.err))
    return out, err


def test_the_first_run_writes_a_lock_for_each_product_and_the_second_nothing(
    new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["validate", str(new), *DAY]) == exit_codes.BAD_INPUT
    assert "run 'mesh lock'" in capsys.readouterr().out
    assert main.run(["lock", str(new)]) == exit_codes.FINE
    assert lines(capsys, new) == (
        [
            "names.lock.yaml is new: no bucket has a name from before",
            "contracts/orders/customers.lock.yaml: table 'customers' is new",
            "contracts/orders/parcels.lock.yaml: table 'parcels' is new",
            "contracts/shop/clicks.lock.yaml: table 'clicks' is new",
            "3 locks written, 0 as before",
        ],
        [],
    )
    assert locks(new) == {**locks(TINY), "names.lock.yaml": names_lock_text({})}
    before = {file: (new / file).stat().st_mtime_ns for file in locks(new)}
    assert main.run(["lock", str(new)]) == exit_codes.FINE
    assert lines(capsys, new) == (["0 locks written, 3 as before"], [])
    assert {file: (new / file).stat().st_mtime_ns for file in locks(new)} == before
    assert main.run(["validate", str(new), *DAY]) == exit_codes.FINE


def test_one_product_is_locked_alone(new: Path) -> None:
    assert main.run(["lock", str(new), "--product", "orders.parcels"]) == exit_codes.FINE
    assert list(locks(new)) == ["contracts/orders/parcels.lock.yaml", "names.lock.yaml"]


def test_a_mesh_that_is_older_than_the_names_keeps_them_all(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = mesh / "names.lock.yaml"
    file.unlink()
    assert main.run(["validate", str(mesh), *DAY]) == exit_codes.BAD_INPUT
    assert "run 'mesh lock --older'" in capsys.readouterr().out
    assert main.run(["lock", str(mesh), "--older"]) == exit_codes.FINE
    assert lines(capsys, mesh)[0] == [
        "names.lock.yaml is new: the names of 13 buckets stay",
        "0 locks written, 3 as before",
    ]
    kept = load(mesh).usable().names_lock
    assert kept is not None
    assert kept.buckets.entries == {
        ("audit",): "tiny-audit",
        ("products", "orders.customers"): "tiny-orders--customers",
        ("products", "orders.parcels"): "tiny-orders--parcels",
        ("products", "shop.clicks"): "tiny-shop--clicks",
        ("inboxes", "courier"): "tiny-partner-courier--inbox",
        **{("logs", account): f"tiny-{owner}-logs" for account, owner in ACCOUNTS.items()},
        **{("results", account): f"tiny-{owner}-results" for account, owner in ACCOUNTS.items()},
    }
    assert main.run(["validate", str(mesh), *DAY]) == exit_codes.FINE
    before = file.read_text("utf-8")
    assert main.run(["lock", str(mesh)]) == exit_codes.FINE
    assert file.read_text("utf-8") == before


LOST = (
    "mesh.yaml:1:1: nothing says which buckets have a name already: names.lock.yaml does not exist; restore it from "
    "version control, for a bucket of another name is a new one; in a mesh from before buckets had their account in "
    "their names run 'mesh lock --older', which writes the names of all"
)


def test_a_mesh_that_lost_the_names_is_told_what_to_do_and_gets_no_other_names(
    mesh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bucket names of a new mesh, which has no line in the file, would all become those of an older one."""
    planned = plan_folder(mesh, datetime.date(2027, 1, 1)).plan
    text = (mesh / "names.lock.yaml").read_text("utf-8")
    (mesh / "names.lock.yaml").unlink()
    change(mesh / f"{CUSTOMERS}.odcs.yaml", "name: id,", "name: number,")
    before = locks(mesh)
    for options in ((), ("--product", "orders.parcels"), ("--widen",)):
        assert main.run(["lock", str(mesh), *options]) == exit_codes.BAD_INPUT
        assert lines(capsys, mesh) == ([], [LOST])
    assert locks(mesh) == before
    assert main.run(["validate", str(mesh), *DAY]) == exit_codes.BAD_INPUT
    assert LOST in lines(capsys, mesh)[0]
    (mesh / "names.lock.yaml").write_text(text, "utf-8")
    assert main.run(["lock", str(mesh)]) == exit_codes.FINE
    kept = plan_folder(mesh, datetime.date(2027, 1, 1)).plan
    assert [product.bucket for domain in kept.domains.values() for product in domain.products.values()] == [
        product.bucket for domain in planned.domains.values() for product in domain.products.values()
    ]


def test_a_mesh_from_before_there_were_locks_keeps_its_names_too(new: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["lock", str(new), "--older"]) == exit_codes.FINE
    assert lines(capsys, new)[0][0] == "names.lock.yaml is new: the names of 13 buckets stay"
    assert main.run(["validate", str(new), *DAY]) == exit_codes.FINE


def test_names_that_are_there_are_not_written_over(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = locks(mesh)
    assert main.run(["lock", str(mesh), "--older"]) == exit_codes.BAD_INPUT
    said = "names.lock.yaml is there: --older writes it in a mesh that never had it"
    assert lines(capsys, mesh) == ([], [said])
    assert locks(mesh) == before


def test_a_product_that_comes_later_has_its_account_and_region_in_its_name(mesh: Path) -> None:
    (mesh / "names.lock.yaml").unlink()
    assert main.run(["lock", str(mesh), "--older", "--product", "orders.parcels"]) == exit_codes.FINE
    assert main.run(["lock", str(mesh), "--product", "orders.parcels"]) == exit_codes.FINE
    shutil.copy(mesh / "contracts/shop/clicks.odcs.yaml", mesh / "contracts/shop/taps.odcs.yaml")
    change(mesh / "contracts/shop/taps.odcs.yaml", "shop.clicks", "shop.taps")
    leave_nothing_behind(mesh / "contracts/shop/taps.odcs.yaml")
    change(mesh / "domains/shop.yaml", "products:\n", "products:\n  taps: {kind: ml, ports: [files]}\n")
    assert main.run(["lock", str(mesh)]) == exit_codes.FINE
    products = plan_folder(mesh, datetime.date(2027, 1, 1)).plan.domains["shop"].products
    assert products["clicks"].bucket == "tiny-shop--clicks"
    assert products["taps"].bucket == "tiny-shop--taps-320000000021-eu-west-1-an"


def test_names_are_not_kept_while_a_domain_cannot_be_read(mesh: Path) -> None:
    (mesh / "names.lock.yaml").unlink()
    change(mesh / "domains/shop.yaml", "products:", "product:")
    assert main.run(["lock", str(mesh), "--older"]) == exit_codes.BAD_INPUT
    assert not (mesh / "names.lock.yaml").exists()


def test_a_product_that_does_not_exist_is_told(new: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["lock", str(new), "-p", "orders.parcel"]) == exit_codes.BAD_INPUT
    assert "did you mean 'orders.parcels'?" in " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert locks(new) == {}


@pytest.mark.parametrize(
    ("old", "new_text", "finding"),
    [
        ("physicalType: string, classification", "physicalType: strnig, classification", "type 'strnig' of column"),
        ("status: active", "stauts: active", "unknown key 'stauts'"),
        ("schema:", "schema: [", "not YAML"),
    ],
)
def test_a_contract_with_an_error_is_not_locked_and_the_others_are(
    new: Path, capsys: pytest.CaptureFixture[str], old: str, new_text: str, finding: str
) -> None:
    change(new / f"{CUSTOMERS}.odcs.yaml", old, new_text)
    assert main.run(["lock", str(new)]) == exit_codes.BAD_INPUT
    out, err = lines(capsys, new)
    assert out[-1] == "2 locks written, 0 as before"
    assert any(line.startswith(f"{CUSTOMERS}.odcs.yaml:") and finding in line for line in err)
    assert sorted(locks(new)) == [
        "contracts/orders/parcels.lock.yaml",
        "contracts/shop/clicks.lock.yaml",
        "names.lock.yaml",
    ]


def test_a_contract_with_an_error_is_told_wherever_it_stands(new: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(new / "domains" / "orders.yaml", "customers: {", "customers: {contract: specs/customers.yaml, ")
    (new / "specs").mkdir()
    (new / f"{CUSTOMERS}.odcs.yaml").rename(new / "specs" / "customers.yaml")
    change(new / "specs" / "customers.yaml", "status: active", "stauts: active")
    assert main.run(["lock", str(new)]) == exit_codes.BAD_INPUT
    _, err = lines(capsys, new)
    assert any(line.startswith("specs/customers.yaml:") and "unknown key 'stauts'" in line for line in err)


def test_a_product_of_which_nobody_knows_the_contract_is_not_locked(
    new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(new / "domains" / "orders.yaml", "customers: {", "customers: {contrct: specs/customers.yaml, ")
    assert main.run(["lock", str(new)]) == exit_codes.BAD_INPUT
    assert "unknown key 'contrct'" in " ".join(lines(capsys, new)[1])
    assert sorted(locks(new)) == [
        "contracts/orders/parcels.lock.yaml",
        "contracts/shop/clicks.lock.yaml",
        "names.lock.yaml",
    ]


def test_a_lock_that_is_wrong_is_not_written_over(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(mesh / f"{CUSTOMERS}.lock.yaml", "{id: 2,", "{id: 1,")
    wrong = locks(mesh)
    assert main.run(["lock", str(mesh)]) == exit_codes.BAD_INPUT
    _, err = lines(capsys, mesh)
    assert err[0].startswith(f"{CUSTOMERS}.lock.yaml:7:19: 'email' has the id 1 of 'id'; restore the lock")
    assert locks(mesh) == wrong


def test_a_label_is_lost_only_on_purpose(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(mesh / f"{CUSTOMERS}.odcs.yaml", ", classification: pii", "")
    before = locks(mesh)
    assert main.run(["lock", str(mesh)]) == exit_codes.BAD_INPUT
    _, err = lines(capsys, mesh)
    place, why = f"{CUSTOMERS}.odcs.yaml:12:9:", "a widening of access: 'customers.email' loses the label pii"
    assert err[0] == f"{place} {why}; put it back, or {ASKED}write it with --widen"
    assert locks(mesh) == before
    for command in (["validate", str(mesh), *DAY], ["plan", "-C", str(mesh), *DAY], ["up", "-C", str(mesh), *DAY]):
        assert main.run(command) == exit_codes.BAD_INPUT
        assert why in "".join(capsys.readouterr())
    assert main.run(["lock", str(mesh), "--widen"]) == exit_codes.FINE
    out, _ = lines(capsys, mesh)
    assert out[0] == f"{CUSTOMERS}.lock.yaml: the labels of 'customers.email' are none instead of pii"
    assert main.run(["validate", str(mesh), *DAY]) == exit_codes.BAD_INPUT
    assert "nothing that the pipeline of 'shop.clicks' reads holds 'pii'; remove it" in capsys.readouterr().out
    leave_nothing_behind(mesh / CLICKS)
    assert main.run(["validate", str(mesh), *DAY]) == exit_codes.FINE


def test_a_plan_is_refused_until_the_contract_is_locked(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(mesh / f"{CUSTOMERS}.odcs.yaml", "name: id,", "name: number,")
    for command in (["validate", str(mesh), *DAY], ["plan", "-C", str(mesh), *DAY], ["up", "-C", str(mesh), *DAY]):
        assert main.run(command) == exit_codes.BAD_INPUT
        assert "'customers.number' is new, 'customers.id' is gone; run 'mesh lock'" in "".join(capsys.readouterr())
    assert main.run(["lock", str(mesh)]) == exit_codes.FINE
    assert main.run(["validate", str(mesh), *DAY]) == exit_codes.FINE


def test_a_lock_follows_its_product_when_the_contract_stands_elsewhere(mesh: Path) -> None:
    (mesh / "shared").mkdir()
    (mesh / f"{CUSTOMERS}.odcs.yaml").rename(mesh / "shared" / "people.odcs.yaml")
    ports = "customers: {kind: analytics, ports: [table]"
    change(mesh / "domains/orders.yaml", ports, f"{ports}, contract: shared/people.odcs.yaml")
    assert main.run(["validate", str(mesh), *DAY]) == exit_codes.FINE
    assert main.run(["lock", str(mesh)]) == exit_codes.FINE
    assert locks(mesh) == locks(TINY)


def test_nothing_is_written_outside_of_the_mesh(new: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = new.parent / "outside"
    (new / "shared").mkdir()
    (new / "contracts/shop/clicks.odcs.yaml").rename(new / "shared/clicks.odcs.yaml")
    (new / "contracts/shop").rmdir()
    outside.mkdir()
    (new / "contracts/shop").symlink_to(outside)
    change(new / "domains/shop.yaml", "ports: [files]", "ports: [files], contract: shared/clicks.odcs.yaml")
    assert main.run(["lock", str(new)]) == exit_codes.BAD_INPUT
    assert "clicks.lock.yaml would stand outside of the mesh folder: remove the link" in capsys.readouterr().err
    assert list(outside.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(new: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (new / f"{CUSTOMERS}.lock.yaml.part").mkdir()
    assert main.run(["lock", str(new)]) == exit_codes.BAD_INPUT
    assert "customers.lock.yaml cannot be written: Is a directory" in capsys.readouterr().err


B01 = ("{name: berth_id, physicalType: string, required: true}", "{name: quay, physicalType: string}")
AGENT = "{name: agent, physicalType: string, classification: pii}"
DEPTH = "{name: depth, physicalType: string}"
STRUCT = "{name: draught, physicalType: 'struct<fore:int,aft:int>'}"
MOORED = "{name: day, physicalType: date, partitioned: true, partitionKeyPosition: %d}"
PIER = "{name: pier, physicalType: string, partitioned: true, partitionKeyPosition: %d}"


@pytest.mark.parametrize(
    ("before", "after", "ids", "partitions"),
    [
        ((*B01, AGENT), (B01[0], DEPTH, B01[1], AGENT), {"berth_id": 1, "quay": 2, "agent": 3, "depth": 4}, {}),
        (
            (B01[0], STRUCT),
            (B01[0], STRUCT, DEPTH),
            {"berth_id": 1, "draught": 2, "draught.fore": 3, "draught.aft": 4, "depth": 5},
            {},
        ),
        ((*B01, AGENT), (B01[0], AGENT), {"berth_id": 1, "agent": 3}, {}),
        (
            (B01[0], MOORED % 1, PIER % 2),
            (B01[0], MOORED % 2, PIER % 1),
            {"berth_id": 1, "day": 2, "pier": 3},
            {"identity(pier)": 1001, "identity(day)": 1000},
        ),
    ],
    ids=["a column inserted", "a column after a struct", "a column removed", "partition keys in another order"],
)
def test_ids_stay_with_what_has_them(
    mesh: Path, before: tuple[str, ...], after: tuple[str, ...], ids: dict[str, int], partitions: dict[str, int]
) -> None:
    if AGENT not in before:
        leave_nothing_behind(mesh / CLICKS)
    for columns in (before, after):
        (mesh / f"{CUSTOMERS}.odcs.yaml").write_text(HEAD + "".join(f"  - {one}\n" for one in columns), "utf-8")
        if columns is before:
            (mesh / f"{CUSTOMERS}.lock.yaml").unlink()
        assert main.run(["lock", str(mesh)]) == exit_codes.FINE
        assert main.run(["validate", str(mesh), *DAY]) == exit_codes.FINE
    lock = lock_text.read((mesh / f"{CUSTOMERS}.lock.yaml").read_text("utf-8"))
    assert lock is not None
    berths = lock.tables["berths"]
    assert {path: field.id for path, field in berths.fields.items()} == ids
    assert list(berths.partitions.items()) == list(partitions.items())
    assert berths.spec_id == (1 if partitions else 0)
