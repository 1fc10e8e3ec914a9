"""A pack in a process of its own: it starts, says why where it does not, and ends with who began it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mesh.findings import NotPossibleError
from sandbox.runs import policy_host
from sandbox.runs.policy_host import PACK
from sandbox.runs.policy_process import PolicyProcess

Pack = Callable[[str], Path]


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """A pack of one program."""

    def of(program: str) -> Path:
        (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python\n", "utf-8")
        (tmp_path / "__main__.py").write_text(program, "utf-8")
        return tmp_path

    return of


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("raise ValueError('a rule is broken')", "ValueError: a rule is broken"),
        ("import sys\nsys.exit('two sentences.\\nAnd another.')", "did not start: two sentences.\nAnd another."),
        ("", "it ended, and said nothing"),
        ("print('hello', flush=True)\nimport time\ntime.sleep(60)", "it said 'hello' where the number of its port is"),
    ],
)
def test_a_pack_that_does_not_start_is_a_sentence(pack: Pack, program: str, why: str) -> None:
    with PolicyProcess(pack(program)) as process, pytest.raises(NotPossibleError) as error:
        process.address()
    assert why in str(error.value)
    assert "Traceback" not in str(error.value)


def test_a_folder_that_is_no_pack_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotPossibleError, match=r"is no policy pack: it holds no PulumiPolicy\.yaml; give the folder"):
        PolicyProcess(tmp_path)


def test_without_the_sdk_of_packs_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_host.importlib.util, "find_spec", dict[str, None]().get)
    with pytest.raises(NotPossibleError, match="pulumi-policy"):
        PolicyProcess(PACK)


def test_it_gets_its_variables_and_runs_in_its_folder(pack: Pack) -> None:
    said = "import os, sys\nsys.exit(f\"{os.environ['MESH_EXCEPTIONS']} {os.getcwd()}\")"
    folder = pack(said)
    with PolicyProcess(folder, {"MESH_EXCEPTIONS": "a file"}) as process, pytest.raises(NotPossibleError) as error:
        process.address()
    assert str(error.value).endswith(f"a file {folder}")


_BEGINS_AND_DIES = """
import os, sys
from pathlib import Path
from sandbox.runs.policy_process import PolicyProcess

process = PolicyProcess(Path(sys.argv[1])).__enter__()
print(process._process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_it_ends_when_who_began_it_is_killed(pack: Pack) -> None:
    folder = pack("import time\ntime.sleep(600)")
    command = [sys.executable, "-c", _BEGINS_AND_DIES, str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    number = int(ended.stdout)
    until = time.monotonic() + 20
    while _runs(number):
        assert time.monotonic() < until
        time.sleep(0.05)


def _runs(number: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_nothing_is_left_of_it(pack: Pack) -> None:
    process: Any = PolicyProcess(pack("import time\ntime.sleep(600)"))
    with process:
        number, folder = process._process.pid, process._folder
        assert folder.is_dir()
        os.kill(number, 0)
    assert not folder.parent.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
