"""Page of the components: each with its docstring, its arguments and a whole program that uses it."""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import components
from tools.reference.markdown_text import GENERATED, code, paragraphs, plain, table

ROOT: Final = Path(__file__).resolve().parents[2]
TOKEN: Final = re.compile(r'__init__\(\s*"(mesh:aws:\w+)"')
NOT_OURS: Final = ("self", "name", "opts")
"""Parameters that every component has: those of Pulumi."""


def components_page() -> str:
    """The page, in the order of the alphabet."""
    every = sorted(components.__all__)
    lines = ["# Components", "", GENERATED, ""]
    lines += [
        "Each is a Pulumi `ComponentResource` with the signature `(name, args, …, opts)`, and reads no YAML; `args` is"
        " the plan's own node, and can be built by hand. Every program below runs in the tests.",
        "",
    ]
    rows = [(f"[`{name}`](#{name.lower()})", plain(_summary(getattr(components, name)))) for name in every]
    lines += table(("component", "is"), rows)
    for name in every:
        lines += _section(getattr(components, name))
    return "\n".join(lines).rstrip() + "\n"


def _summary(component: type) -> str:
    return (inspect.getdoc(component) or "").partition("\n\n")[0]


def _section(component: type) -> Iterator[str]:
    source = Path(inspect.getsourcefile(component) or "")
    token = TOKEN.search(source.read_text("utf-8").partition(f"class {component.__name__}(")[2])
    yield from (f"## {component.__name__}", "")
    yield from paragraphs(inspect.getdoc(component) or "")
    place = source.relative_to(ROOT).as_posix()
    yield from (f"Type {code(token[1]) if token else ''}, in [{place}](../../{place}).", "")
    parameters = inspect.signature(component.__init__).parameters.values()
    others = [each for each in parameters if each.name not in (*NOT_OURS, "args")]
    for parameter in parameters:
        if parameter.name == "args":
            yield from _arguments(_resolved(component, str(parameter.annotation)))
    yield from table(
        ("parameter", "type", "default"), ((code(p.name), code(str(p.annotation)), _default(p.default)) for p in others)
    )
    example = ROOT / "examples" / source.name
    if example.exists():
        yield from (f"In use, [examples/{example.name}](../../examples/{example.name}):", "", "```python")
        yield from (example.read_text("utf-8").rstrip(), "```", "")


def _resolved(component: type, annotation: str) -> Any:
    """The class that an annotation names, in the module of the component."""
    found: Any = sys.modules[component.__module__]
    for part in annotation.split("."):
        found = getattr(found, part)
    return found


def _arguments(args: Any) -> Iterator[str]:
    yield from paragraphs(f"`{args.__name__}`: {inspect.getdoc(args) or ''}")
    rows = ((code(each.name), code(str(each.type)), _default(_given(each))) for each in dataclasses.fields(args))
    yield from table(("argument", "type", "default"), rows)


def _given(field: dataclasses.Field[Any]) -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return inspect.Parameter.empty if field.default is dataclasses.MISSING else field.default


def _default(value: object) -> str:
    if value is inspect.Parameter.empty:
        return "required"
    text = repr(value)
    return code(text) if len(text) <= 60 else "of its own"
