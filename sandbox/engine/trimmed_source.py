"""Modules of a generated SDK, compiled so that a preview makes of them only what it uses.

Pulumi's generator writes each package alike: `__init__.py` imports every name of every module, the modules of inputs
and of outputs have all nested types of a service, and each resource imports all inputs. Of a service with 300 modules a
program uses five. A module that is not of that form is compiled as it is.

Annotations stay text and docstrings are left out; both are looked up, if ever, where Pulumi does: by
`typing.get_type_hints`.
"""

from __future__ import annotations
import __future__

import ast
import marshal
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, NamedTuple, TypeGuard

NESTED_TYPES: Final = ("_inputs.py", "outputs.py")
"""Modules of which each class is made when it is asked for."""
_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_ALL: Final = re.compile(r"^__all__ *= *(\[[^\]]*\])", re.MULTILINE)

Read = Callable[[str], str | None]
"""The text of a file of the same folder, or None where there is none."""


class LaterClass(NamedTuple):
    """A class that is made when it is asked for: its code, and the classes that its annotations name."""

    code: bytes
    """Marshalled; most are never read."""
    needs: tuple[str, ...]


class TrimmedModule(NamedTuple):
    """A compiled module: what runs when it is imported, and the names that are made later."""

    code: bytes
    """Marshalled."""
    classes: dict[str, LaterClass]
    exports: dict[str, str]
    """The names of other modules that a package has, each with its module, without the dot."""
    modules: tuple[str, ...]
    """The modules of a package that it would import."""
    read: tuple[str, ...]
    """The other files of the folder that this depends on."""


def trimmed(text: str, path: str, name: str, read: Read) -> TrimmedModule:
    """The module in a file of this name, of its text; `path` is what its code objects say.

    Raises:
        SyntaxError: It is not Python.
    """
    tree = ast.parse(text, path)
    if name == "__init__.py":
        return _package(tree, path, read)
    if name in NESTED_TYPES:
        return _nested_types(tree, path, exported(text))
    return _resource(tree, path, read)


def exported(text: str | None) -> tuple[str, ...] | None:
    """The names in the `__all__` of a module; None where it has none, or is not one list of strings."""
    found = _ALL.findall(text or "")
    if len(found) != 1 or (text or "").count("__all__") != 1:
        return None
    try:
        names = ast.literal_eval(found[0])
    except (SyntaxError, ValueError):
        return None
    return tuple(names) if all(isinstance(each, str) for each in names) else None


def _package(tree: ast.Module, path: str, read: Read) -> TrimmedModule:
    """A package: its names are imported from their modules when they are asked for."""
    stars = [node for node in tree.body if _is_star(node)]
    modules = [node.module for node in stars if node.module]
    names = {module: exported(read(f"{module}.py")) for module in modules}
    others = [node for node in tree.body if not _is_star(node) and not _is_outputs(node)]
    exports = {each: module for module in modules for each in names[module] or ()}
    is_plain = all(isinstance(node, ast.Import | ast.ImportFrom) for node in others)
    if not modules or None in names.values() or not is_plain or not exports.keys().isdisjoint(_bound(others)):
        return _whole(tree, path)
    files = tuple(f"{module}.py" for module in modules)
    if len(others) + len(stars) < len(tree.body):
        modules.append("outputs")
    code = _compiled(others, path)
    return TrimmedModule(code, {}, exports, tuple(modules), files)


def _nested_types(tree: ast.Module, path: str, names: Collection[str] | None) -> TrimmedModule:
    """A module of classes, of which each is made when it is asked for."""
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    others = [node for node in tree.body if not isinstance(node, ast.ClassDef)]
    used = {word for node in others if not _is_all(node) for word in _words(node)}
    is_plain = len(classes) + len(others) == len(tree.body) and used.isdisjoint(classes)
    if names is None or not is_plain or not classes.keys() <= set(names):
        return _whole(tree, path)
    later = {name: _later(node, path, classes) for name, node in classes.items()}
    return TrimmedModule(_compiled(others, path), later, {}, (), ())


def _later(node: ast.ClassDef, path: str, classes: Mapping[str, ast.ClassDef]) -> LaterClass:
    needs = sorted(word for word in set(_words(node)) if word in classes and word != node.name)
    return LaterClass(_compiled([node], path), tuple(needs))


def _resource(tree: ast.Module, path: str, read: Read) -> TrimmedModule:
    """Any other module: of the inputs of its package it imports those that it names."""
    stars = [node for node in tree.body if _is_star(node) and node.module == "_inputs"]
    names = exported(read("_inputs.py")) if len(stars) == 1 else None
    if names is None:
        return _whole(tree, path)
    used = set(names).intersection(word for node in tree.body for word in _words(node))
    star = stars[0]
    aliases = [ast.copy_location(ast.alias(name), star) for name in sorted(used)]
    imported = [ast.copy_location(ast.ImportFrom("_inputs", aliases, 1), star)] if aliases else []
    body = [each for node in tree.body for each in (imported if node is star else [node])]
    return TrimmedModule(_compiled(body, path), {}, {}, (), ("_inputs.py",))


def _whole(tree: ast.Module, path: str) -> TrimmedModule:
    return TrimmedModule(_compiled(tree.body, path), {}, {}, (), ())


def _compiled(body: list[ast.stmt], path: str) -> bytes:
    """The statements' code, marshalled, without docstrings, with annotations as text."""
    module, as_text = ast.Module(body, []), __future__.annotations.compiler_flag
    return marshal.dumps(compile(module, path, "exec", flags=as_text, dont_inherit=True, optimize=2))


def _is_star(node: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and node.level == 1 and [each.name for each in node.names] == ["*"]


def _is_outputs(node: ast.stmt) -> bool:
    """`from . import outputs`."""
    return isinstance(node, ast.ImportFrom) and ast.unparse(node) == "from . import outputs"


def _is_all(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and [ast.unparse(each) for each in node.targets] == ["__all__"]


def _bound(nodes: list[ast.stmt]) -> set[str]:
    """The names that import statements bind."""
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    return {(each.asname or each.name).partition(".")[0] for node in imports for each in node.names}


def _words(node: ast.AST) -> Iterator[str]:
    """Every name that the code has, those in annotations that are text too; not those of docstrings."""
    docstrings = {id(each.value) for each in ast.walk(node) if isinstance(each, ast.Expr)}
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in docstrings:
            yield from _WORD.findall(each.value)
