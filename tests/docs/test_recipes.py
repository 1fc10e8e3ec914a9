"""What a recipe of CONTRIBUTING.md asks for, and no other test would miss."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

import components
from cli.main import application
from mesh.findings import Problem
from mesh.plan import nodes, rules
from mesh.plan.rules.context import RuleContext
from sandbox.emulator import aws
from tests.docs.names import PLACEHOLDER
from tests.docs.pages import ROOT, Page
from tests.program.sample import Planned, mesh, previewed, resources

COMPONENTS = [getattr(components, name) for name in components.__all__]
COMMANDS = sorted(typer.main.get_command(application()).commands)  # type: ignore[attr-defined]


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """The modules of a package, imported."""
    for _, name, _ in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{name}")


# ---- a component


@pytest.mark.long
def test_every_component_is_part_of_a_stack(planned_tiny: Planned) -> None:
    of_ci = previewed(mesh(), ("governance",))  # the tiny mesh is deployed by nobody
    registered = {resource["type"] for each in (planned_tiny, of_ci) for resource in resources(each.document)}
    assert [made.__name__ for made in COMPONENTS if f"mesh:aws:{made.__name__}" not in registered] == []


def test_arguments_in_the_plan_are_those_of_a_component() -> None:
    taken = {
        str(inspect.signature(made.__init__).parameters["args"].annotation).rpartition(".")[2] for made in COMPONENTS
    }
    in_plan = {
        name for name in nodes.__all__ if name.endswith("Args") and dataclasses.is_dataclass(getattr(nodes, name))
    }
    assert in_plan - taken == set()


# ---- a resource type of the emulator


def test_every_service_of_the_emulator_is_listed() -> None:
    written = {kind.token for module in modules(aws) for kind in getattr(module, "RESOURCES", ())}
    assert written
    assert written - set(aws.RESOURCES) == set()


# ---- a validation rule


def test_every_rule_is_asked() -> None:
    written = {function.__name__ for module in modules(rules) for function in _rules(module)}
    assert len(written) > 20
    assert written == {rule.__name__ for rule in rules.RULES}


def _rules(module: ModuleType) -> Iterator[Any]:
    """The public functions of a module that are a rule by what they take and give."""
    for name, function in inspect.getmembers(module, inspect.isfunction):
        signature = inspect.signature(function, eval_str=True)
        kinds = [parameter.annotation for parameter in signature.parameters.values()]
        is_rule = kinds == [RuleContext] and signature.return_annotation == Iterator[Problem]
        if is_rule and not name.startswith("_") and function.__module__ == module.__name__:
            yield function


# ---- a command


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_has_a_row_for_every_command(command: str) -> None:
    assert re.search(rf"^\| `mesh {command}\b", Page(ROOT / "README.md").text, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_run_by_a_test(command: str) -> None:
    runs = re.compile(rf"(?:run\(\[|MESH, |type\()\"{command}\"")
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if path.parent != Path(__file__).parent]
    assert [path.name for path in tests if runs.search(path.read_text("utf-8"))]


def test_every_module_of_a_command_is_offered() -> None:
    named = {
        found[1]
        for path in (ROOT / "cli").glob("*.py")
        if (found := re.match(r'"""`mesh ([a-z]+)`:', path.read_text("utf-8")))
    }
    assert len(named) > 10
    assert named <= set(COMMANDS)


# ---- the recipes themselves

STEP = re.compile(r"^\| \d+ \| (?P<files>[^|]+) \| (?P<what>[^|]+) \|[^|]*\|$", re.MULTILINE)
STEPS = [found for found in STEP.finditer(Page(ROOT / "CONTRIBUTING.md").text) if "`" in found["files"]]


RECIPES = re.findall(r"^## (Add .+)$", Page(ROOT / "CONTRIBUTING.md").text, re.MULTILINE)
NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()


def test_every_recipe_has_steps() -> None:
    assert len(STEPS) > 25


def test_pages_count_the_recipes_and_offer_each() -> None:
    pages = {name: Page(ROOT / name).text for name in ("CONTRIBUTING.md", "docs/README.md")}
    said = {name: re.findall(rf"\b({'|'.join(NUMBERS)}) recipes", text) for name, text in pages.items()}
    assert said == {name: [NUMBERS[len(RECIPES)]] for name in pages}
    for recipe in RECIPES:
        assert f"(#{recipe.lower().replace(',', '').replace(' ', '-')})" in pages["CONTRIBUTING.md"]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["files"])
def test_what_a_step_names_stands_in_its_file(step: re.Match[str]) -> None:
    """In one of those that the step's file is a pattern of; names that are still to be made have a placeholder."""
    patterns = [PLACEHOLDER.sub("*", code) for code in re.findall(r"`([^`]+)`", step["files"])]
    texts = [
        path.read_text("utf-8") for pattern in patterns for path in ROOT.glob(pattern.rstrip("/")) if path.is_file()
    ]
    names = [name for name in re.findall(r"`@?(\w+)(?:\(\.\.\.\)|\([^`]*\)|=[^`]*)?`", step["what"]) if len(name) > 2]
    assert [name for name in names if texts and not any(name in text for text in texts)] == []
