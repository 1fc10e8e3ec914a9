"""A cache that the whole process shares has a bound: what comes in from outside, in any number, cannot fill it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tests.house.tree import Module, modules


def unbounded(every: Iterable[Module]) -> Iterator[str]:
    """Functions with parameters whose results are kept without a bound."""
    for module in every:
        for function in module.functions():
            takes = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            if takes and any(_keeps_everything(decorator) for decorator in function.decorator_list):
                yield f"{module.path}:{function.lineno} {function.name}"


def _keeps_everything(decorator: ast.expr) -> bool:
    call = decorator if isinstance(decorator, ast.Call) else None
    name = ast.unparse(call.func if call else decorator).rpartition(".")[2]
    sizes = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "maxsize")] if call else []
    return name == "cache" or (name == "lru_cache" and [ast.unparse(size) for size in sizes] == ["None"])


def test_every_cache_of_the_process_has_a_bound() -> None:
    assert list(unbounded(modules())) == []


def test_a_cache_without_a_bound_is_noticed_unless_it_holds_one_value() -> None:
    text = "@cache\ndef one(name: str) -> str: ...\n@cache\ndef two() -> str: ...\n"
    text += "@lru_cache(maxsize=None)\ndef three(name: str) -> str: ...\n@lru_cache(maxsize=8)\ndef four(n: str): ...\n"
    text += "@lru_cache(None)\ndef five(name: str) -> str: ...\n"
    assert list(unbounded([Module("mesh/a.py", text)])) == ["mesh/a.py:2 one", "mesh/a.py:6 three", "mesh/a.py:10 five"]
