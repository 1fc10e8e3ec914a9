"""The table of completion, `table.json`: commands, options, and the kind of each value; `--check` compares it.

Written by `python -m cli.completions.table` out of the command line as typer has it, which takes a second to load.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, Final, cast

import typer

from cli.completions.complete import TABLE
from cli.console import say
from cli.exit_codes import BAD_INPUT, FINE

BY_OPTION: Final = {
    "--clearance": "clearance",
    "--home": "domain",
    "--domain": "domain",
    "--group": "group",
    "--partner": "partner",
    "--product": "product",
    "--stack": "stack",
}
BY_METAVAR: Final = {
    "DIR": "folder",
    "FILE": "file",
    "PATH": "file",
    "F.sql": "file",
    "PARTNER": "partner",
    "DOMAIN": "domain",
    "PRODUCT": "product",
    "CLEARANCE": "clearance",
    "GROUP": "group",
    "STACK": "stack",
    "WHO": "who",
    "ROLE": "role",
    "REV": "revision",
    "OLD": "revision",
    "NEW": "revision",
}
"""Kinds of values by how the help calls them."""


def kind_of(parameter: Any) -> str | list[str]:
    """The kind of a parameter's values, the values themselves where they are few, or empty for anything else."""
    if choices := getattr(parameter.type, "choices", ()):
        return [str(choice) for choice in choices]
    names = [str(name) for name in parameter.opts]
    if "--invariant" in names:
        from mesh.proof.invariants import INVARIANTS

        return [each.id for each in INVARIANTS]
    if parameter.metavar == "NAME":  # of what is made, or of nothing that a mesh has
        return ""
    if parameter.metavar == "[RULE]":
        from mesh.guardrail_rules import guardrails

        return [name for name, rule in guardrails().items() if rule.accepts_exceptions]
    if found := next((BY_OPTION[name] for name in names if name in BY_OPTION), ""):
        return found
    metavar = re.sub(r"\[\.COLUMN\]|[\[\]…]", "", parameter.metavar or ("WHO" if parameter.name == "who" else ""))
    if metavar == "DOMAIN.PRODUCT":
        return "product"
    if not metavar and type(parameter.type).__name__ == "TyperPath":
        return "file"
    return BY_METAVAR.get(metavar, "")


def table(root: Any) -> dict[str, Any]:
    """The table of a command line, by the path of a command."""
    found: dict[str, Any] = {}
    _add(found, root, "")
    return found


def _add(found: dict[str, Any], command: Any, path: str) -> None:
    commands = cast("dict[str, Any]", getattr(command, "commands", {}))
    options: dict[str, Any] = {"--help": {"help": "Show this message and exit."}}
    arguments: list[Any] = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            arguments.append({"kind": kind_of(parameter), **({"many": True} if parameter.nargs == -1 else {})})
            continue
        for name in [*parameter.opts, *parameter.secondary_opts]:
            options[name] = {"help": _first(parameter.help)}
            if not parameter.is_flag:
                options[name]["kind"] = kind_of(parameter)
            if parameter.multiple:
                options[name]["many"] = True
    found[path] = {
        "commands": {name: _first(each.get_short_help_str(200)) for name, each in commands.items()},
        "options": options,
        "arguments": arguments,
    }
    for name, each in commands.items():
        _add(found, each, f"{path} {name}".strip())


def _first(text: str | None) -> str:
    return re.split(r"(?<=[.;:]) ", text or "")[0].rstrip(";:")


def text() -> str:
    """The text of table.json."""
    from cli.main import application

    return json.dumps(table(typer.main.get_command(application())), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Writes the table, or compares it."""
    file = Path(__file__).with_name(TABLE)
    if "--check" not in sys.argv[1:]:
        file.write_text(text(), "utf-8")
        return FINE
    if not file.exists() or file.read_text("utf-8") != text():
        say(f"{file.name} is not that of the commands; write it with `python -m cli.completions.table`")
        return BAD_INPUT
    return FINE


if __name__ == "__main__":
    sys.exit(main())
