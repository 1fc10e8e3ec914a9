"""Tests of the trimmed SDK: it has what the ordinary one has, and is made anew when a file changes."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sandbox.engine.trimmed_sdk import TAG, TrimmedPackage, trimmed_sdk

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = "some_sdk"
NAMES = """
import json, sys, contextlib, importlib
from types import ModuleType
from pulumi import _types
from sandbox.engine.trimmed_sdk import TrimmedPackage, trimmed_sdk
services, used = json.loads(sys.argv[2])

def nested(hint, seen):
    if isinstance(hint, type) and (_types.is_input_type(hint) or _types.is_output_type(hint)):
        described(hint, seen)
    for each in getattr(hint, "__args__", ()):
        nested(each, seen)

def described(found, seen):
    name = f"{found.__module__}.{found.__qualname__}"
    if name in seen:
        return
    seen[name] = []
    if _types.is_input_type(found):
        names, hints = _types.input_type_py_to_pulumi_names(found), _types.input_type_types(found)
    elif _types.is_output_type(found):
        names, hints = _types.output_type_types(found), _types.output_type_types(found)
    else:
        names, hints = {}, _types.resource_types(found)
    seen[name] = [repr(names), repr(hints)]
    for hint in hints.values():
        nested(hint, seen)

def what(found):
    if isinstance(found, ModuleType):
        return found.__name__
    return f"{type(found).__name__} {getattr(found, '__module__', '')}.{getattr(found, '__qualname__', '')}"

with trimmed_sdk() if sys.argv[1] == "trimmed" else contextlib.nullcontext():
    aws = importlib.import_module("pulumi_aws")
    seen, has = {}, {}
    for service in services:
        package = getattr(aws, service)
        getattr(package, "outputs", None)  # which imports it
        assert isinstance(package, TrimmedPackage) is (sys.argv[1] == "trimmed"), service
        has[service] = [(name, what(getattr(package, name))) for name in dir(package) if name != "__loader__"]
    for service, name in used:
        found = getattr(getattr(aws, service), name)
        if isinstance(found, type) and not name.endswith("ArgsDict"):
            described(found, seen)
        arguments = getattr(getattr(aws, service), name + "Args", None)
        if arguments:
            described(arguments, seen)
json.dump([has, seen], sys.stdout)
"""


def _used() -> set[tuple[str, str]]:
    """What components and programs name of pulumi_aws."""
    files = [*ROOT.glob("components/**/*.py"), *ROOT.glob("program/**/*.py")]
    found = {each for file in files for each in re.findall(r"\baws\.([a-z]\w+)\.([A-Z]\w+)", file.read_text())}
    assert len(found) > 90
    return found


def _names(loader: str) -> Any:
    used = sorted(_used())
    asked = json.dumps([sorted({service for service, _ in used}), used])
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", NAMES, loader, asked],
        check=False,
        capture_output=True,
        text=True,
        env=environment | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.long
def test_every_service_has_the_same_names_and_every_used_type_the_same_properties() -> None:
    ordinary, trimmed = _names("ordinary"), _names("trimmed")
    assert trimmed[0] == ordinary[0]
    assert trimmed[1] == ordinary[1]
    assert len(ordinary[1]) > 700


@pytest.fixture
def sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small package as Pulumi's generator writes it."""
    folder = tmp_path / PACKAGE
    folder.mkdir()
    _write(folder, "__init__", "import typing\nfrom .get_key import *\nfrom .key import *\nfrom ._inputs import *\n")
    (folder / "__init__.py").write_text((folder / "__init__.py").read_text() + "from . import outputs\n")
    _write(folder, "get_key", "__all__ = ['get_key']\ndef get_key():\n    return 'one'\n")
    _write(folder, "key", "from ._inputs import *\n__all__ = ['Key']\nclass Key:\n    rule: 'OuterArgs'\n")
    inputs = "__all__ = ['InnerArgs', 'OuterArgs']\nclass InnerArgs:\n    'It says OuterArgs.'\n"
    _write(folder, "_inputs", inputs + "class OuterArgs:\n    inner: 'InnerArgs'\n")
    _write(folder, "outputs", "__all__ = ['Rule']\nclass Rule:\n    pass\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    yield folder
    _forget()


def _write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.py").write_text(text)


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    importlib.invalidate_caches()


def _imported() -> Any:
    _forget()
    with trimmed_sdk(PACKAGE):
        return importlib.import_module(PACKAGE)


def test_a_module_is_imported_when_something_of_it_is_asked_for(sdk: Path) -> None:
    module = _imported()
    assert isinstance(module, TrimmedPackage)
    assert f"{PACKAGE}.key" not in sys.modules
    with trimmed_sdk(PACKAGE):
        assert module.Key.__module__ == f"{PACKAGE}.key"
    assert f"{PACKAGE}.get_key" not in sys.modules


def test_a_class_is_made_with_those_that_it_names(sdk: Path) -> None:
    module = _imported()
    with trimmed_sdk(PACKAGE):
        inputs: ModuleType = module._inputs
        assert "OuterArgs" not in vars(inputs)
        assert module.OuterArgs is inputs.OuterArgs
    assert "InnerArgs" in vars(inputs)


def test_a_name_in_a_docstring_makes_no_class(sdk: Path) -> None:
    module = _imported()
    with trimmed_sdk(PACKAGE):
        assert module.InnerArgs
        assert "OuterArgs" not in vars(module._inputs)


def test_a_resource_imports_the_inputs_that_it_names(sdk: Path) -> None:
    _write(sdk, "key", "from ._inputs import *\n__all__ = ['Key']\nclass Key:\n    rule: 'InnerArgs'\n")
    module = _imported()
    with trimmed_sdk(PACKAGE):
        assert module.Key.__annotations__ == {"rule": "'InnerArgs'"}
        assert "OuterArgs" not in vars(sys.modules[f"{PACKAGE}.key"])


def test_a_function_is_not_hidden_by_its_module(sdk: Path) -> None:
    _imported()
    with trimmed_sdk(PACKAGE):
        importlib.import_module(f"{PACKAGE}.get_key")
        assert sys.modules[PACKAGE].get_key() == "one"


def test_names_and_stars_are_those_of_the_ordinary_package(sdk: Path) -> None:
    def public(module: ModuleType) -> tuple[list[str], list[str]]:
        got: dict[str, Any] = {}
        exec(f"from {PACKAGE} import *", got)
        return dir(module), sorted(name for name in got if name != "__builtins__")

    ordinary = public(importlib.import_module(PACKAGE))
    trimmed = _imported()
    with trimmed_sdk(PACKAGE):
        assert public(trimmed) == ordinary


def test_an_unknown_name_is_none(sdk: Path) -> None:
    with pytest.raises(AttributeError, match="module 'some_sdk' has no attribute 'Other'"):
        _ = _imported().Other


@pytest.mark.parametrize("again", [1, 2])
def test_a_changed_file_is_read_again(sdk: Path, again: int) -> None:
    for _ in range(again):
        with trimmed_sdk(PACKAGE):
            assert _imported().get_key() == "one"
    _write(sdk, "get_key", "__all__ = ['get_key', 'more']\ndef get_key():\n    return 'two'\nmore = 3\n")
    module = _imported()
    with trimmed_sdk(PACKAGE):
        assert (module.get_key(), module.more) == ("two", 3)


def test_what_is_stored_is_used_and_what_is_broken_is_made_anew(sdk: Path) -> None:
    with trimmed_sdk(PACKAGE):
        assert _imported().get_key() == "one"
        stored = Path(cache_from_source(str(sdk / "get_key.py"), optimization=TAG))
        whole = stored.read_bytes()
        stored.write_bytes(whole.replace(b"one", b"six"))
        assert _imported().get_key() == "six"
        for broken in (b"", whole[:20], b"\0\0\0\0" + whole[4:]):
            stored.write_bytes(broken)
            assert _imported().get_key() == "one"
            assert stored.read_bytes() == whole


def test_where_nothing_is_stored_pythons_own_loader_loads(sdk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    module = _imported()
    assert not isinstance(module, TrimmedPackage)
    assert f"{PACKAGE}.key" in sys.modules


def test_outside_the_ordinary_package_is_imported(sdk: Path) -> None:
    _imported()
    _forget()
    assert not isinstance(importlib.import_module(PACKAGE), TrimmedPackage)


def test_a_mistake_in_a_file_is_pythons_to_say(sdk: Path) -> None:
    _write(sdk, "key", "__all__ = ['Key']\nclass Key(:\n")
    module = _imported()
    with trimmed_sdk(PACKAGE), pytest.raises(SyntaxError, match="invalid syntax"):
        _ = module.Key
