"""Scripts of pipelines are read beside the mesh folder, or in it, and a link that leads out is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from mesh.pipeline_scripts import LARGEST, read_scripts


def write(file: Path, data: str | bytes = "print()\n") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data.encode() if isinstance(data, str) else data)


def test_scripts_stand_beside_the_mesh_folder(tmp_path: Path) -> None:
    write(tmp_path / "pipelines/ads/a.py", "beside\n")
    (tmp_path / "stacks").mkdir()
    scripts = read_scripts(tmp_path / "stacks")
    assert {key: script.text for key, script in scripts.files.items()} == {"ads/a.py": "beside\n"}
    assert scripts.file("ads", "a.py") == "../pipelines/ads/a.py"
    assert scripts.shown("ads", "a.py") == "pipelines/ads/a.py"


def test_a_mesh_folder_that_has_them_itself_takes_no_others(tmp_path: Path) -> None:
    write(tmp_path / "pipelines/ads/a.py")
    write(tmp_path / "stacks/pipelines/ads/b.py")
    scripts = read_scripts(tmp_path / "stacks")
    assert list(scripts.files) == ["ads/b.py"]
    assert scripts.file("ads", "b.py") == "pipelines/ads/b.py"


def test_where_there_are_none_there_are_none(tmp_path: Path) -> None:
    assert read_scripts(tmp_path).files == {}


def test_a_mesh_that_stands_alone_without_them_is_told_of_each(
    tiny: Path, findings: Callable[[Path], list[str]]
) -> None:
    shutil.rmtree(tiny / "pipelines")
    assert findings(tiny) == [
        f"domains/{place}: there is no script pipelines/{script}; write it, or correct the name"
        for place, script in (
            ("orders.yaml:5:67", "orders/customers.asl.json"),
            ("orders.yaml:6:72", "orders/parcels.py"),
            ("shop.yaml:5:77", "shop/clicks.py"),
        )
    ]


def test_other_files_and_folders_are_no_scripts(tmp_path: Path) -> None:
    for name in ("README.md", ".hidden.py", "__pycache__/a.py", "deep/er/a.py"):
        write(tmp_path / "pipelines/ads" / name)
    assert read_scripts(tmp_path).files == {}


def test_a_link_that_leads_out_of_the_domains_folder_has_a_fault_and_no_text(tmp_path: Path) -> None:
    write(tmp_path / "secret.py", "password\n")
    write(tmp_path / "pipelines/ads/mine.py")
    write(tmp_path / "pipelines/shop/a.py")
    (tmp_path / "pipelines/ads/out.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "pipelines/ads/other.py").symlink_to(tmp_path / "pipelines/shop/a.py")
    (tmp_path / "pipelines/linked").symlink_to(tmp_path / "pipelines/shop")
    scripts = read_scripts(tmp_path).files
    assert [key for key, script in scripts.items() if script.fault] == ["ads/other.py", "ads/out.py", "linked/a.py"]
    assert "password" not in "".join(script.text for script in scripts.values())


def test_what_is_broken_missing_or_too_large_has_a_fault(tmp_path: Path) -> None:
    write(tmp_path / "pipelines/ads/large.py", "#" * (LARGEST + 1))
    write(tmp_path / "pipelines/ads/blank.py", " \n")
    write(tmp_path / "pipelines/ads/latin.py", b"\xfc")
    (tmp_path / "pipelines/ads/broken.py").symlink_to("nowhere.py")
    faults = {key: script.fault for key, script in read_scripts(tmp_path).files.items()}
    assert sorted(faults) == ["ads/blank.py", "ads/broken.py", "ads/large.py", "ads/latin.py"]
    assert all(faults.values())
