"""Modules of functions: found in their archive alone, apart from those of other functions and of this process."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from sandbox.enforcement.function_modules import FunctionModules
from tests.sandbox.enforcement.waking_ground import archive

CLIENTS = ModuleType("boto3")
CLIENTS.client = "a client of the role"  # type: ignore[attr-defined]


def modules(folder: Path, **written: str) -> FunctionModules:
    return FunctionModules(archive(**written), folder, {"boto3": CLIENTS})


def test_two_functions_may_have_modules_of_the_same_names(tmp_path: Path) -> None:
    text = "import rules\n\ndef handler(event, context):\n    return rules.NAME\n"
    one = modules(tmp_path / "one", handler=text, rules="NAME = 'one'\n")
    two = modules(tmp_path / "two", handler=text, rules="NAME = 'two'\n")
    assert [each.run("handler.handler", {}, None) for each in (one, two, one)] == ["one", "two", "one"]


def test_nothing_of_a_function_is_left_among_the_modules_of_the_process(tmp_path: Path) -> None:
    before = dict(sys.modules)
    modules(tmp_path, handler="import gate\n\ndef handler(event, context):\n    return 1\n", gate="").run(
        "handler.handler", {}, None
    )
    assert {name for name in sys.modules if name not in before} & {"handler", "gate"} == set()
    assert [finder for finder in sys.meta_path if type(finder).__module__.endswith("function_modules")] == []


def test_modules_stay_loaded_from_one_event_to_the_next(tmp_path: Path) -> None:
    text = "seen = []\n\ndef handler(event, context):\n    seen.append(event)\n    return len(seen)\n"
    function = modules(tmp_path, handler=text)
    assert [function.run("handler.handler", {}, None) for _ in range(3)] == [1, 2, 3]


def test_a_package_of_the_archive_imports_its_parts_late_and_by_dots(tmp_path: Path) -> None:
    written = {
        "handler": "from packed import told\n\ndef handler(event, _):\n    import late\n    return told() + late.W\n",
        "late": "W = '!'\n",
        "packed/__init__": "from .inner import told\n",
        "packed/inner": "from . import words\n\ndef told():\n    from .words import W\n    return W + words.W\n",
        "packed/words": "W = 'so'\n",
    }
    function = modules(tmp_path, **written)
    assert function.run("handler.handler", {}, None) == "soso!"


@pytest.mark.parametrize(
    "line",
    [
        "import boto3",
        "import boto3 as b; boto3 = b",
        "from boto3 import client; boto3 = type('b', (), {'client': client})",
    ],
)
def test_clients_are_those_that_the_function_is_given(tmp_path: Path, line: str) -> None:
    function = modules(tmp_path, handler=f"{line}\n\ndef handler(event, context):\n    return boto3.client\n")
    assert function.run("handler.handler", {}, None) == "a client of the role"


def test_what_the_archive_does_not_bring_is_the_process_s(tmp_path: Path) -> None:
    text = "import json\n\ndef handler(event, context):\n    return json.dumps(event)\n"
    assert modules(tmp_path, handler=text).run("handler.handler", {"a": 1}, None) == '{"a": 1}'
    with pytest.raises(ModuleNotFoundError, match="nothing_like_it"):
        modules(tmp_path / "two", handler="import nothing_like_it\n").run("handler.handler", {}, None)


def test_a_module_of_the_archive_stands_before_one_of_the_process(tmp_path: Path) -> None:
    import html

    text = "import html\n\ndef handler(event, context):\n    return html.MINE\n"
    assert modules(tmp_path, handler=text, html="MINE = 1\n").run("handler.handler", {}, None) == 1
    assert sys.modules["html"] is html


def test_what_a_function_prints_is_kept_for_its_log_and_comes_nowhere_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "import sys\n\ndef handler(event, context):\n    print('one', 2)\n    print('more', file=sys.stderr)\n"
    function = modules(tmp_path, handler=text)
    function.run("handler.handler", {}, None)
    assert function.printed() == ["one 2"]
    assert function.printed() == []
    assert capsys.readouterr() == ("", "more\n")
