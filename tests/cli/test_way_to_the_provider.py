"""How far it is from `mesh up` to the provider: the files that somebody opens who follows one call."""

from __future__ import annotations

import sys
import threading
from itertools import groupby
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from cli.main import run
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.engine import Engine
from sandbox.engine.grpc_calls import RefusedError
from sandbox.runs.workspace import EmbeddedEngine, Workspace

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cli", "sandbox", "program", "components", "mesh")
TINY = ROOT / "tests" / "mesh" / "tiny"
MOST = 8
CALLS = ("CheckConfig", "Check", "Create")
"""The provider's first call, a resource's first, and the first that reaches AWS."""

MADE = (Workspace, EmbeddedEngine, Engine)
"""Objects that the call goes through: where they are made has to be on the way, too."""


def files(frame: FrameType | None) -> list[str]:
    """The project's files on a stack, the outermost first, each as often as it is come back to."""
    found: list[str] = []
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in PACKAGES:
            found.append(str(path.relative_to(ROOT)))
        frame = frame.f_back
    return [file for file, _ in groupby(reversed(found))]


def way() -> list[str]:
    """From the command to the caller, in the command's thread, as a preview is, or in another for which it waits."""
    main = threading.main_thread()
    waits = [] if threading.current_thread() is main else files(sys._current_frames()[main.ident or 0])
    return waits + files(sys._getframe(2))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """By call of the provider, or by class, the files that lead there; it ends with the first resource."""
    ways: dict[str, list[str]] = {}

    def watched(name: str, method: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            ways.setdefault(name, way())
            if name == "Create":
                raise RefusedError("seen enough")
            return method(*arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("nothing-served"))
        for name in CALLS:
            patch.setattr(AwsProvider, name, watched(name, getattr(AwsProvider, name)))
        for made in MADE:
            patch.setattr(made, "__init__", watched(made.__name__, made.__init__))
        assert run(["up", "--dir", str(TINY), "--as-of", "2027-01-01"]) == 1
    return ways


@pytest.mark.parametrize("call", CALLS)
def test_eight_files_lead_from_the_command_to_the_provider_and_none_is_come_back_to(
    call: str, seen: dict[str, list[str]]
) -> None:
    assert seen[call][:2] == ["cli/main.py", "cli/up.py"]
    assert len(seen[call]) <= MOST, seen[call]
    assert len(seen[call]) == len(set(seen[call])), seen[call]


def test_what_the_call_goes_through_is_made_in_these_files(seen: dict[str, list[str]]) -> None:
    for made in MADE:
        assert seen[made.__name__][-1] in seen["Create"], made
