"""Files that are no YAML file of a mesh at all: too large, not text, links, folders, pipes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mesh.findings import BadInputError
from mesh.load import load

SAMPLES = Path(__file__).parent / "samples"
Findings = Callable[[Path], list[str]]
ORDERS = "domains/orders.yaml"


def test_a_file_of_50_megabytes_is_refused_unread(tiny: Path, findings: Findings) -> None:
    with (tiny / ORDERS).open("wb") as stream:
        stream.truncate(50_000_000)
    message = "the file has 50,000,000 bytes; a mesh file has at most 1,000,000: is this the right file?"
    assert findings(tiny) == [f"{ORDERS}:1:1: {message}"]


def test_a_directory_in_place_of_a_file_is_told(tiny: Path, findings: Findings) -> None:
    (tiny / ORDERS).unlink()
    (tiny / ORDERS).mkdir()
    assert findings(tiny) == [f"{ORDERS}:1:1: this is a directory; a YAML file is expected here"]


def test_a_directory_in_place_of_a_contract_is_told(tiny: Path, findings: Findings) -> None:
    file = "contracts/orders/parcels.odcs.yaml"
    (tiny / file).unlink()
    (tiny / file).mkdir()
    assert findings(tiny) == [f"{file}:1:1: this is a directory; a YAML file is expected here"]


def test_a_file_in_place_of_a_folder_is_told(tiny: Path, findings: Findings) -> None:
    shutil.rmtree(tiny / "partners")
    (tiny / "partners").write_text("courier")
    assert findings(tiny) == ["partners:1:1: a folder of YAML files is expected here (Not a directory)"]


def test_a_broken_link_is_told(tiny: Path, findings: Findings) -> None:
    (tiny / ORDERS).unlink()
    (tiny / ORDERS).symlink_to("nowhere.yaml")
    message = "broken link to nowhere.yaml; point it to a file inside the mesh folder or remove it"
    assert findings(tiny) == [f"{ORDERS}:1:1: {message}"]


def test_a_link_in_a_circle_is_told(tiny: Path, findings: Findings) -> None:
    (tiny / ORDERS).unlink()
    (tiny / ORDERS).symlink_to("orders.yaml")
    message = "broken link to orders.yaml; point it to a file inside the mesh folder or remove it"
    assert findings(tiny) == [f"{ORDERS}:1:1: {message}"]


@pytest.mark.parametrize("file", [ORDERS, "mesh.yaml", "accounts.yaml", "contracts/orders/parcels.odcs.yaml"])
def test_a_link_that_leaves_the_mesh_is_refused(tiny: Path, findings: Findings, file: str) -> None:
    outside = shutil.move(tiny / file, tiny.parent / "elsewhere.yaml")
    (tiny / file).symlink_to(outside)
    message = "this is a link that leads out of the mesh folder; everything that a mesh is made of stands inside it"
    assert findings(tiny) == [f"{file}:1:1: {message}"]


@pytest.mark.parametrize("folder", ["domains", "contracts/orders"])
def test_a_linked_folder_that_leaves_the_mesh_is_refused(tiny: Path, findings: Findings, folder: str) -> None:
    outside = shutil.move(tiny / folder, tiny.parent / "elsewhere")
    (tiny / folder).symlink_to(outside)
    lines = findings(tiny)
    assert lines
    assert all(
        line.endswith("leads out of the mesh folder; everything that a mesh is made of stands inside it")
        for line in lines
    )


def test_a_link_inside_the_mesh_is_followed(tiny: Path, findings: Findings) -> None:
    (tiny / "shared").mkdir()
    shutil.move(tiny / ORDERS, tiny / "shared/orders.yaml")
    (tiny / ORDERS).symlink_to("../shared/orders.yaml")
    assert findings(tiny) == []


def test_a_pipe_is_not_waited_for(tiny: Path, findings: Findings) -> None:
    (tiny / ORDERS).unlink()
    os.mkfifo(tiny / ORDERS)
    message = "this is not a file but a device or a pipe; a YAML file is expected here"
    assert findings(tiny) == [f"{ORDERS}:1:1: {message}"]


def test_bytes_that_are_not_utf8_are_placed(tiny: Path, findings: Findings) -> None:
    text = (tiny / ORDERS).read_bytes().replace(b"parcels.", b"parc\xe9ls.")
    (tiny / ORDERS).write_bytes(text)
    assert findings(tiny) == [f"{ORDERS}:2:35: byte 0xe9 is not UTF-8; save the file as UTF-8 text"]


def test_utf16_is_refused(tiny: Path, findings: Findings) -> None:
    (tiny / ORDERS).write_text((tiny / ORDERS).read_text(), encoding="utf-16-le")
    message = "the control character U+0000; a mesh file is plain text"
    assert findings(tiny) == [f"{ORDERS}:1:2: {message}"]
    (tiny / ORDERS).write_bytes(b"\xff\xfe" + (tiny / ORDERS).read_bytes())
    assert findings(tiny) == [f"{ORDERS}:1:1: byte 0xff is not UTF-8; save the file as UTF-8 text"]


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tiny: Path, findings: Findings) -> None:
    text = (tiny / ORDERS).read_bytes()
    (tiny / ORDERS).write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    assert findings(tiny) == []


@pytest.mark.parametrize("start", ["[", "{a: ", "- ", "? "])
def test_a_hundred_thousand_levels_end_in_a_finding_and_not_the_process(
    tiny: Path, findings: Findings, start: str
) -> None:
    (tiny / ORDERS).write_text("a: 1\na: 2\nb:\n  " + start * 100_000)
    (line,) = findings(tiny)
    assert line.startswith(f"{ORDERS}:")
    (tiny / ORDERS).write_text(start * 100_000)
    (line,) = findings(tiny)
    assert "nested more than 128 levels deep" in line


def test_an_unreadable_accounts_file_with_many_levels_is_placed(tiny: Path, findings: Findings) -> None:
    (tiny / "accounts.yaml").write_text("[" * 100_000)
    (line,) = findings(tiny)
    assert line.startswith("accounts.yaml:1:129: nested more than 128 levels deep")


def test_a_folder_that_is_no_mesh_is_one_finding(tmp_path: Path) -> None:
    (tmp_path / "notes.yaml").write_text("a: 1")
    message = "there is no mesh in this folder; give the folder that holds mesh.yaml"
    assert [str(finding) for finding in load(tmp_path).findings] == [f"{tmp_path}:1:1: {message}"]


def test_a_folder_that_does_not_exist_is_one_finding(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    message = "there is no such folder; give the folder that holds mesh.yaml"
    assert [str(finding) for finding in load(missing).findings] == [f"{missing}:1:1: {message}"]
    with pytest.raises(BadInputError, match="there is no such folder"):
        load(missing).usable()


def test_a_mesh_without_mesh_yaml_says_so_and_reads_the_rest(tiny: Path, findings: Findings) -> None:
    (tiny / "mesh.yaml").unlink()
    (tiny / ORDERS).write_text("")
    assert findings(tiny) == [
        f"{ORDERS}:1:1: the file is empty; write it, copy another one, or remove it",
        "mesh.yaml:1:1: the file does not exist; write it, or restore it from version control",
    ]


def test_a_mesh_without_accounts_is_told_that_ids_are_assumed(tiny: Path, findings: Findings) -> None:
    (tiny / "accounts.yaml").unlink()
    message = "there is no accounts.yaml: every id is assumed; `pulumi up -s organization`, then `mesh accounts`"
    assert findings(tiny) == [f"accounts.yaml:1:1: warning: {message}"]


def test_a_mesh_with_no_domain_at_all_is_valid(tiny: Path, findings: Findings) -> None:
    for folder in ("domains", "partners", "contracts"):
        shutil.rmtree(tiny / folder)
    (tiny / "clearances/pii.yaml").unlink()
    assert all("warning" in line for line in findings(tiny))


def test_a_mesh_without_a_clearance_is_none(tiny: Path, findings: Findings) -> None:
    shutil.rmtree(tiny / "clearances")
    message = "there is no clearance, and nobody reads anything; write clearances/general.yaml with 'reads: []'"
    assert findings(tiny) == [f"mesh.yaml:1:1: {message}"]


def test_a_mesh_of_an_earlier_form_is_not_told_that_it_has_no_clearance(tiny: Path, findings: Findings) -> None:
    shutil.copytree(SAMPLES / "mesh-of-an-earlier-form", tiny, dirs_exist_ok=True)
    shutil.rmtree(tiny / "clearances")
    assert [line.rpartition(": ")[2] for line in findings(tiny)] == ["run `mesh migrate`"] * 2
