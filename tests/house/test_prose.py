"""The first noun of a docstring is the thing: none begins with a word that stands for one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from tests.house.tree import Module, modules

NO_THING = re.compile(r"(From|How|Of|What|When|Where|Which|Who|Whom|Whose|Why)\b")
"""`Whether` is left out: it is how a Boolean is told, and the thing follows."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def nameless(every: Iterable[Module]) -> Iterator[str]:
    """Docstrings whose first word names no thing, with their place."""
    for module in every:
        for node in ast.walk(module.tree):
            if isinstance(node, Documented) and NO_THING.match(text := ast.get_docstring(node) or ""):
                yield f"{module.path}:{getattr(node, 'lineno', 1)} {text.partition(chr(10))[0]}"


def test_every_docstring_names_its_thing_first() -> None:
    assert list(nameless(modules())) == []


def test_every_module_has_a_first_line() -> None:
    assert [module.path for module in modules() if not module.first_line.endswith((".", "!"))] == []


def test_a_docstring_without_a_thing_is_noticed() -> None:
    text = '"""Policies."""\ndef f() -> None:\n    """What is refused."""\n'
    assert list(nameless([Module("mesh/a.py", text)])) == ["mesh/a.py:2 What is refused."]
