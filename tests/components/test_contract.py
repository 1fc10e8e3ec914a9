"""Every component has the same shape: name, args, ..., options; one type token; outputs registered last."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import pkgutil
import re
import sys
import textwrap
import typing
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

import components
from components.private_bucket import PrivateBucketArgs

EVERY = [getattr(components, name) for name in components.__all__]


def faults(component: type[Any]) -> list[str]:
    """What is wrong with a component's form."""
    return [*_documentation(component), *_signature(component), *_constructor(component)]


def _documentation(component: type[Any]) -> list[str]:
    wrong = [] if component.__doc__ and "Outputs:" in component.__doc__ else ["the docstring does not say its outputs"]
    return wrong if sys.modules[component.__module__].__doc__ else [*wrong, "its module has no docstring"]


def _signature(component: type[Any]) -> list[str]:
    _, name, args, *others = inspect.signature(component.__init__).parameters.values()
    hints = typing.get_type_hints(component.__init__, {**vars(pulumi.output), **component.__init__.__globals__})
    wrong: list[str] = []
    if name.name != "name" or hints.get("name") is not str:
        wrong.append("the first parameter is not `name: str`")
    kind = hints.get(args.name)
    if args.name != "args" or not dataclasses.is_dataclass(kind) or not kind.__dataclass_params__.frozen:
        wrong.append("the second parameter is not `args`, a frozen dataclass")
    if not others or others[-1].name != "opts" or others[-1].default is not None:
        wrong.append("the last parameter is not `opts = None`")
    if hints.get("opts") != pulumi.ResourceOptions | None:
        wrong.append("`opts` is not ResourceOptions")
    return wrong


def _constructor(component: type[Any]) -> list[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(component.__init__))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    wrong: list[str] = []
    begins = (
        rf"super\(\).__init__\('mesh:aws:{component.__name__}', name, None, (opts|formerly\('mesh:aws:\w+', opts\))\)"
    )
    if not re.match(begins, ast.unparse(tree.body[0])):
        wrong.append(f"it does not begin as mesh:aws:{component.__name__}")
    if not ast.unparse(tree.body[-1]).startswith("self.register_outputs({"):
        wrong.append("it does not end with register_outputs")
    children = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and "aws." in ast.unparse(call.func)]
    made = [call for call in children if ast.unparse(call.func).rpartition(".")[2][:1].isupper()]
    for call in made:
        if "Args" not in ast.unparse(call.func) and not any(word.arg == "opts" for word in call.keywords):
            wrong.append(f"{ast.unparse(call.func)} has no options")
    return wrong


@pytest.mark.parametrize("component", EVERY, ids=lambda component: component.__name__)
def test_every_component_has_the_form(component: type[Any]) -> None:
    assert issubclass(component, pulumi.ComponentResource)
    assert faults(component) == []


def test_every_module_of_components_is_offered() -> None:
    """All but what is no resource by itself."""
    modules = {name for _, name, _ in pkgutil.iter_modules(components.__path__)} - {
        "function_archive",
        "given_ids",
        "kept_ids",
        "protection",
        "renamed",
    }
    assert {component.__module__.rpartition(".")[2] for component in EVERY} == modules


class Shapeless(pulumi.ComponentResource):
    def __init__(self, name: str, args: dict[str, str], options: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:Another", name, None, options)


class Undocumented(pulumi.ComponentResource):
    """A component."""

    def __init__(self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:Undocumented", name, None, opts)
        self.register_outputs({})
        self.bucket = aws.s3.Bucket(name, bucket=args.bucket)


def test_a_component_of_another_form_is_noticed() -> None:
    assert faults(Shapeless) == [
        "the docstring does not say its outputs",
        "the second parameter is not `args`, a frozen dataclass",
        "the last parameter is not `opts = None`",
        "`opts` is not ResourceOptions",
        "it does not begin as mesh:aws:Shapeless",
        "it does not end with register_outputs",
    ]
    assert faults(Undocumented) == [
        "the docstring does not say its outputs",
        "it does not end with register_outputs",
        "aws.s3.Bucket has no options",
    ]
