"""What somebody else wrote stays: a file that nobody read, a lock that another command made, an edit after a kill."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from cli import exit_codes, new_run, new_transaction
from mesh.findings import NotPossibleError
from tests.cli.test_new import digests, typed
from tests.conftest import TINY
from tests.e2e.journal import DAY

BILLING = (
    "new domain billing --description Bills --product bills --purpose 'What members owe' "
    "--columns 'bill_id string' --unlabelled"
)
REFUNDS = "new product orders.refunds --purpose Refunds --columns 'a string' --unlabelled"


@pytest.fixture
def mesh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MESH_AS_OF", DAY.isoformat())
    return Path(shutil.copytree(TINY, tmp_path / "stacks"))


def test_a_contract_of_a_domain_that_is_gone_is_not_written_over(
    mesh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = mesh / "contracts/billing/bills.odcs.yaml"
    left.parent.mkdir()
    shutil.copy(mesh / "contracts/orders/parcels.odcs.yaml", left)
    before = digests(mesh)
    code, _, said = typed(BILLING, capsys)
    assert (code, digests(mesh)) == (exit_codes.BAD_INPUT, before)
    assert said.endswith(
        "--product: stacks/contracts/billing/bills.odcs.yaml is there already, of no product; move it, or choose "
        "another name\n"
    )


def test_a_lock_that_came_while_the_new_files_were_tried_is_not_written_over(
    mesh: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, tried = mesh / "contracts/orders/parcels.lock.yaml", new_run.tried

    def meanwhile(*arguments: object) -> object:
        trial = tried(*arguments)  # pyright: ignore[reportArgumentType]
        lock.write_text(lock.read_text() + "# another command\n")
        return trial

    monkeypatch.setattr(new_run, "tried", meanwhile)
    code, _, said = typed("new table orders.parcels stops --columns 'a string' --unlabelled", capsys)
    assert code == exit_codes.BAD_INPUT
    assert said.endswith("stacks/contracts/orders/parcels.lock.yaml was changed meanwhile; type the command again\n")
    assert lock.read_text().endswith("# another command\n")


def killed_between(mesh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves what a command leaves that was killed behind its first file."""
    replace = os.replace

    def until_the_second(source: Path, target: Path) -> None:
        if str(target).endswith("orders.yaml"):
            raise KeyboardInterrupt
        replace(source, target)

    files = ("domains/shop.yaml", "domains/orders.yaml")
    before = {file: (mesh / file).read_bytes() for file in files}
    with monkeypatch.context() as patch, new_transaction.alone(mesh):
        patch.setattr(os, "replace", until_the_second)
        with pytest.raises(KeyboardInterrupt):
            new_transaction.write(mesh, dict.fromkeys(files, "new\n"), before)


def test_a_file_that_was_edited_after_a_kill_is_not_written_over(mesh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed_between(mesh, monkeypatch)
    (mesh / "domains/orders.yaml").write_text("edited\n")
    with pytest.raises(NotPossibleError) as told, new_transaction.alone(mesh):
        new_transaction.resumed(mesh)
    assert f"{mesh}/domains/orders.yaml was changed meanwhile" in str(told.value)
    assert (mesh / "domains/orders.yaml").read_text() == "edited\n"
    assert json.loads((mesh / ".new/journal.json").read_text())["files"][1]["target"] == "domains/orders.yaml"


def test_a_file_that_is_as_it_was_before_a_kill_is_completed(mesh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed_between(mesh, monkeypatch)
    with new_transaction.alone(mesh):
        assert new_transaction.resumed(mesh) == ["domains/shop.yaml", "domains/orders.yaml"]
    assert (mesh / "domains/orders.yaml").read_text() == "new\n"


@pytest.mark.parametrize("name", ["blueprints", "offboarded"])
def test_a_domain_may_be_called_as_a_folder_that_the_trial_leaves_out(
    mesh: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code, _, said = typed(BILLING.replace("domain billing", f"domain {name}"), capsys)
    assert code == exit_codes.FINE, said
    code, _, said = typed(REFUNDS.replace("orders", name), capsys)
    assert (code, said) == (exit_codes.FINE, "")
