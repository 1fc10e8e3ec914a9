"""Each folder of `samples/` is laid over the tiny mesh; `expected.txt` holds every finding, word for word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mesh.bad_input.laying import lay

Findings = Callable[[Path], list[str]]
ODD = ("None", "?.", "??", "..", " ;", ";;", "; ;", "  ", "Input should", "pydantic", "dict", "tuple")
SAMPLES = sorted(folder for folder in (Path(__file__).parent / "samples").iterdir() if folder.is_dir())


def test_the_tiny_mesh_itself_is_valid(tiny: Path, findings: Findings) -> None:
    assert findings(tiny) == []


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_bad_input_is_told_with_place_and_remedy(folder: Path, tiny: Path, findings: Findings) -> None:
    lay(folder, tiny)
    assert findings(tiny) == (folder / "expected.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_a_finding_reads_well(folder: Path) -> None:
    for line in (folder / "expected.txt").read_text("utf-8").splitlines():
        message = line.split(": ", 1)[1]
        for odd in ODD:
            assert odd not in message.replace("../", ""), f"{odd!r} in {line}"
        assert not message.endswith("."), line
