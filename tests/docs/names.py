"""What a page or a comment names: files, modules, targets of make, commands with their options; and whether it exists.

A name with a placeholder (`<domain>`, `…`, `*`, `{a,b}`) is a pattern: something has to match it. So a page that tells
how to make a file writes it with a placeholder, `components/<entity>.py`, and points at its like.
"""

from __future__ import annotations

import datetime
import fnmatch
import importlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import typer

from cli.main import application
from mesh import names
from mesh.access import from_plan
from mesh.load import load
from mesh.plan import build
from tests.docs.pages import ROOT, SKIPPED, Page, files

FOLDERS: Final = frozenset(path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in SKIPPED)
PACKAGES: Final = ("benchmarks", "cli", "components", "mesh", "mesh_guardrails", "program", "sandbox", "tests")
ENDINGS: Final = "go|json|lock|md|mod|py|sh|sum|svg|toml|txt|yaml|yml"
FILE: Final = re.compile(rf"[\w.<>*…{{}},-]*[\w>*…}}]\.(?:{ENDINGS})")
PATH: Final = re.compile(r"(?P<first>[\w.-]+)/[\w.<>*…{},@/-]*")
DOTTED: Final = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+")
PLACEHOLDER: Final = re.compile(r"<[^>]*>|…|\*+")
PIECE: Final = re.compile(r"\$\(|[|;&>()\"]+")
TARGET: Final = re.compile(r"^([a-z0-9-]+):(?!=)", re.MULTILINE)
GENERATED: Final = {
    "stacks/Pulumi.*.yaml": "`pulumi stack init` writes it",
    "Pulumi.*.yaml": "its name alone",
    "stacks/exceptions.yaml": "`mesh new exception` writes it",
    ".github/teams.yaml": "whoever sets the workflows up writes it",
}
"""What a page may name though the repository does not hold it, and who makes it."""


def words(text: str) -> Iterator[str]:
    """The words of a text, without the punctuation around them and without a line number behind them."""
    for word in text.split():
        plain = word.strip("`'\"()[],;:").removesuffix(".").removesuffix("'s")
        yield re.sub(r"(:\d+)+$", "", plain)


def missing_files(text: str, made: Iterable[str] = ()) -> list[str]:
    """The files and folders of the repository that a text names and that do not exist; `made` are a page's own."""
    return [word for word in words(text) if _is_path(word) and not _exists(word) and word not in set(made)]


def _is_path(word: str) -> bool:
    name = word.partition("::")[0].removeprefix("./")
    if found := PATH.fullmatch(name):
        return found["first"] in FOLDERS and name not in iam_names()
    return bool(FILE.fullmatch(name))


def _exists(word: str) -> bool:
    name, _, test = word.removeprefix("./").partition("::")
    pattern = PLACEHOLDER.sub("*", name)
    if any(fnmatch.fnmatchcase(pattern, generated) for generated in GENERATED):
        return True
    found = [path for one in _alternatives(pattern) for path in _matches(one)]
    if not test:
        return bool(found)
    return any(
        re.search(rf"^\s*(?:def|class) {re.escape(test)}\b", path.read_text("utf-8"), re.MULTILINE) for path in found
    )


def _alternatives(pattern: str) -> list[str]:
    """`a/{b,c}.py` as `a/b.py` and `a/c.py`."""
    found = re.search(r"\{([^{}]*)\}", pattern)
    if not found:
        return [pattern]
    return [one for part in found[1].split(",") for one in _alternatives(pattern.replace(found[0], part.strip(), 1))]


def _matches(pattern: str) -> list[Path]:
    if "/" in pattern.rstrip("/"):
        return [path for path in ROOT.glob(pattern.rstrip("/")) if SKIPPED.isdisjoint(path.parts)]
    if pattern.endswith("/"):
        return [path for path in [ROOT / pattern] if path.is_dir()]
    return files(pattern)


@cache
def iam_names() -> frozenset[str]:
    """`mesh/deploy`, `functions/publication`, …: names of roles and policies, which look like paths."""
    plan = build(load(ROOT / "stacks").usable(), datetime.date(2026, 12, 1))
    arns = [role.arn for role in from_plan.roles(plan)]
    arns += [names.boundary("")]
    below = [arn.partition("/mesh/")[2] for arn in arns if "/mesh/" in arn]
    return frozenset((*below, *(f"mesh/{name}" for name in below)))


def missing_modules(text: str) -> list[str]:
    """The modules, functions and classes of the project that a text names by their dotted names, and that are none."""
    dotted = [word.partition("(")[0] for word in words(text)]
    return [name for name in dotted if DOTTED.fullmatch(name) and not FILE.fullmatch(name) and not _resolves(name)]


def _resolves(name: str) -> bool:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            found = getattr(found, attribute, None)
        return found is not None
    return False


def wrong_commands(text: str) -> list[str]:
    """What is wrong with the commands `mesh`, `make` and `python -m` in a line of a shell, or in inline code."""
    wrong: list[str] = []
    for piece in PIECE.split(PLACEHOLDER.sub("…", text).replace("\\|", " ")):
        command = [word.strip("[]'`,") for word in piece.split()]
        while command and re.fullmatch(r"[A-Z_]+=.*", command[0]):
            command = command[1:]
        program, arguments = (command[0].rpartition("/")[2], command[1:]) if command else ("", [])
        if program == "make":
            wrong += _wrong_target(arguments)
        elif program == "mesh":
            wrong += _wrong_mesh(arguments)
        elif program.startswith("python") and arguments[:1] == ["-m"]:
            module = arguments[1]
            wrong += [f"python -m {module}"] if module.startswith(PACKAGES) and not _resolves(module) else []
    return wrong


def _wrong_target(arguments: list[str]) -> list[str]:
    targets = {found[1] for found in TARGET.finditer((ROOT / "Makefile").read_text("utf-8"))}
    named = [word for word in arguments if "=" not in word and not PLACEHOLDER.search(word)]
    return [f"make {word}" for word in named if word not in targets]


@cache
def _mesh() -> Any:
    return typer.main.get_command(application())


def _wrong_mesh(arguments: list[str]) -> list[str]:
    command, name = _mesh(), "mesh"
    for word in arguments:
        if word.startswith("-"):
            options = {
                option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
            }
            if word.partition("=")[0] not in {*options, "--help"}:
                return [f"{name} {word}"]
        elif (commands := getattr(command, "commands", None)) and word in commands:
            command, name = commands[word], f"{name} {word}"
        elif commands and name == "mesh":
            return [] if PLACEHOLDER.search(word) else [f"mesh {word}"]
    return []


def made_by(page: Page) -> set[str]:
    """The reader's own files: those that a page shows as new, and that stand as arguments in its commands."""
    typed = [*page.commands, *(code for code in page.code if code.startswith(("aws ", "mesh ", "pulumi ")))]
    shown = re.findall(r"^`([^`\n]+)`, a new file:$", page.text, re.MULTILINE)
    return {*shown, *(word for command in typed for word in words(command) if FILE.fullmatch(word))}
