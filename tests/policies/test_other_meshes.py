"""The pack says nothing of a mesh that the components made, whatever its files say: in preview, word by word."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from cli import exit_codes, main
from mesh import example
from tests.mesh_copies import copied

ROOT: Final = Path(__file__).parents[2]
DAY: Final = datetime.date(2026, 12, 1)


def of_the_generator(folder: Path) -> None:
    """New buckets stand in the namespace of their account; the sample's are older than that."""
    example.write(folder, 2, 3, 1, DAY)


def tiny(folder: Path) -> None:
    copied(ROOT / "tests" / "mesh" / "tiny", folder)


def unprotected(folder: Path) -> None:
    """Everything may be deleted: products, domains with their accounts, partners."""
    copied(ROOT / "stacks", folder)
    mesh = folder / "mesh.yaml"
    text, number = re.subn(r"(?m)^defaults:$", "defaults:\n  deletion-protection: false", mesh.read_text("utf-8"))
    assert number == 1
    mesh.write_text(text, "utf-8")
    for file in (folder / "domains").glob("*.yaml"):
        file.write_text("deletion-protection: false\n" + file.read_text("utf-8"), "utf-8")


@pytest.mark.long
@pytest.mark.parametrize("written", [of_the_generator, tiny, unprotected], ids=lambda each: each.__name__)
def test_a_mesh_that_the_components_make_keeps_every_rule(
    written: Callable[[Path], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "stacks")
    code = main.run(["policies", "-C", str(tmp_path / "stacks"), "--as-of", DAY.isoformat()])
    said = capsys.readouterr()
    assert code == exit_codes.FINE, said.out + said.err
    assert ": 0 violations" in said.out
