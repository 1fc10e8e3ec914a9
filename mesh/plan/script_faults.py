"""Faults of scripts that a run would die of: Python that does not compile, a function without its handler.

Nothing of a script is run. The mesh's own Python reads it, and Lambda's and Glue's are other releases (3.13 and 3.11, a
Python shell 3.9): what is refused here is a fault in each, but for syntax that is newer than the Python of the mesh.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from mesh.plan import state_machines

HANDLER: Final = "handler"
"""Name of the function that Lambda calls in a script."""
GIVEN: Final = 2
"""Arguments that Lambda hands to it: the event and the context."""
PYTHON_SHELL: Final = (3, 9)
"""Python of Glue's Python shell (Glue Developer Guide, "Configuring job properties for Python shell jobs")."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def fault(runtime: str, name: str, text: str) -> str:
    """The sentence on a script that its runtime could not run; empty for one without a fault."""
    if runtime == "step-functions":
        return state_machines.fault(name, text)
    if told := _python_fault(text, runtime == "glue-python"):
        return told
    return _lambda_fault(name, text) if runtime == "lambda" else ""


@lru_cache(maxsize=256)
def words(text: str) -> frozenset[str] | None:
    """Words in the texts of a Python script, with '_' for '-'; None where it cannot be read."""
    if _python_fault(text, of_shell=False):
        return None
    values = (node.value for node in ast.walk(_tree(text)) if isinstance(node, ast.Constant))
    texts = (value for value in values if isinstance(value, str))
    return frozenset(word.strip("-").replace("-", "_") for each in texts for word in re.findall(r"[\w-]+", each))


@lru_cache(maxsize=256)
def _python_fault(text: str, of_shell: bool) -> str:
    # As bytes, as AWS's Python reads the file: with a byte order mark, and with an encoding in its first lines.
    data, what = text.encode("utf-8"), "it is no Python"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(data, "script", "exec", dont_inherit=True)
            if of_shell:
                what = f"it is no Python {'.'.join(map(str, PYTHON_SHELL))}, which a Python shell runs"
                ast.parse(data, feature_version=PYTHON_SHELL)
    except SyntaxError as error:
        told = f"line {error.lineno}: {error.msg}" if error.lineno else error.msg
        return f"{what} ({told.rstrip('.')})"
    except (ValueError, RecursionError, MemoryError):
        return f"{what} that can be read: it has a zero byte, or its brackets are too deep"
    return ""


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text.encode("utf-8"))


@lru_cache(maxsize=256)
def _lambda_fault(name: str, text: str) -> str:
    stem = name.removesuffix(".py")
    if "." in stem:
        return f"Lambda takes what is before a '.' for a folder; name it {stem.replace('.', '_')}.py"
    found = list(_bound(_tree(text).body))
    if not found:
        return f"it has no function '{HANDLER}', which Lambda calls; write 'def {HANDLER}(event, context):'"
    function = found[-1]
    if not isinstance(function, _Function) or function.decorator_list:
        return ""  # what a value or a decorator makes of it, only a run knows
    if isinstance(function, ast.AsyncFunctionDef):
        return f"line {function.lineno}: '{HANDLER}' is async, and Lambda does not wait for it; write 'def' alone"
    if not _takes_two(function.args):
        return (
            f"line {function.lineno}: '{HANDLER}' takes other arguments than Lambda gives, which are event and context"
        )
    return ""


def _takes_two(arguments: ast.arguments) -> bool:
    by_place = len(arguments.posonlyargs) + len(arguments.args)
    needed = by_place - len(arguments.defaults)
    by_name = any(default is None for default in arguments.kw_defaults)
    return needed <= GIVEN and (by_place >= GIVEN or arguments.vararg is not None) and not by_name


def _bound(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """Nodes that give the handler's name a value as a script is loaded, also below `if`, `try`, `with` and loops."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if statement.name == HANDLER:
                yield statement
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                if (alias.asname or alias.name.partition(".")[0]) in (HANDLER, "*"):
                    yield alias
            continue
        is_declared = isinstance(statement, ast.AnnAssign) and statement.value is None
        names = () if is_declared else _names(ast.iter_child_nodes(statement))
        yield from (each for each in names if each.id == HANDLER)
        parts = ("body", "orelse", "finalbody")
        yield from _bound(each for part in parts for each in getattr(statement, part, ()))
        for part in ("handlers", "cases"):  # of `try` and of `match`
            yield from _bound(each for branch in getattr(statement, part, ()) for each in branch.body)


def _names(nodes: Iterable[ast.AST]) -> Iterator[ast.Name]:
    """Names that get a value in expressions, and not in statements below."""
    for node in nodes:
        if isinstance(node, ast.Name):
            yield from [node] if isinstance(node.ctx, ast.Store) else []
        elif not isinstance(node, ast.stmt | ast.excepthandler | ast.match_case | ast.Lambda | ast.comprehension):
            yield from _names(ast.iter_child_nodes(node))
