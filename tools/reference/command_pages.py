"""Page of the commands: each with its usage, its whole help, its arguments and its options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from cli.main import application
from tools.reference.markdown_text import GENERATED, code, paragraphs, plain, table

HIDDEN = ("install_completion", "show_completion")
"""Options that typer adds to every application."""


def commands_page() -> str:
    """The page, in the order of the help."""
    group: Any = typer.main.get_command(application())
    lines = ["# Commands", "", GENERATED, "", *paragraphs(group.help or "")]
    every = list(_every(group, "mesh"))
    rows = [(f"[`{name}`](#{name.replace(' ', '-')})", plain(_summary(command))) for name, command in every]
    lines += table(("command", "does"), rows)
    for name, command in every:
        lines += _section(name, command)
    return "\n".join(lines).rstrip() + "\n"


def _every(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The commands of a group by their whole names, each before those below it."""
    for word in group.list_commands(None):
        command = group.commands[word]
        yield f"{name} {word}", command
        if hasattr(command, "commands"):
            yield from _every(command, f"{name} {word}")


def _summary(command: Any) -> str:
    return (command.help or "").strip().partition("\n\n")[0]


def _section(name: str, command: Any) -> list[str]:
    shown = [each for each in command.params if not getattr(each, "hidden", False) and each.name not in HIDDEN]
    arguments = [each for each in shown if each.param_type_name == "argument"]
    options = [each for each in shown if each.param_type_name == "option"]
    below = list(getattr(command, "commands", {}))
    usage = [name, *(["[OPTIONS]"] if options else []), *(_placed(each) for each in arguments)]
    usage += [f"[{'|'.join(below)}]"] if below else []
    lines = [f"## {name}", "", "```text", " ".join(usage), "```", "", *paragraphs(command.help or "")]
    lines += paragraphs(command.epilog or "")
    lines += table(("argument", "default", "meaning"), (_row(each, code(_placed(each))) for each in arguments))
    lines += table(("option", "default", "meaning"), (_row(each, _flags(each)) for each in options))
    return lines


def _placed(argument: Any) -> str:
    """An argument as the usage has it, in brackets when it may be left out."""
    word = (argument.metavar or argument.name or "").strip("[]").upper()
    return word if argument.required else f"[{word}]"


def _flags(option: Any) -> str:
    value = "" if option.is_flag else f" {_value(option)}"
    both = [*option.opts, *option.secondary_opts]
    return ", ".join(code(flag + (value if flag.startswith("--") else "")) for flag in both)


def _value(option: Any) -> str:
    choices = getattr(option.type, "choices", None)
    if choices:
        return "|".join(str(getattr(choice, "value", choice)) for choice in choices)
    kind = str(option.type.name)
    return option.metavar or {"integer": "N", "float": "N"}.get(kind, kind.upper())


def _row(parameter: Any, first: str) -> tuple[str, str, str]:
    default = parameter.default
    told = default not in (None, False, (), []) and not callable(default) and not parameter.required
    shown = "required" if parameter.required else code(str(getattr(default, "value", default))) if told else ""
    return first, shown, plain(parameter.help or "")
