"""The command line as typer has it, made of the modules of its commands."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Annotated, Any, Final

import typer

from cli.commands import HELP, MeshCommand, MeshGroup
from cli.console import answer

DISTRIBUTION: Final = "aws-data-mesh"
"""The name in pyproject.toml, which has the version, too."""


def application(commands: Mapping[str, str], words: Sequence[str] = ()) -> typer.Typer:
    """The command line with all commands, or with that alone with which the words begin.

    A module of a command, with what it imports, takes up to seconds to load, and only one command is called.
    """
    app = typer.Typer(
        name="mesh",
        cls=_in_order(commands),
        help="A data mesh over many AWS accounts: short YAML in, one Pulumi program, access that can be proven.",
        callback=_root,
        context_settings=dict(HELP),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for command in _loaded(commands, words):
        module = importlib.import_module(f"cli.{commands[command]}")
        if group := getattr(module, "commands", None):
            for each in group.registered_commands:
                each.cls = MeshCommand
            app.add_typer(group, name=command, cls=MeshGroup)
        else:
            app.command(command, cls=MeshCommand)(getattr(module, commands[command]))
    return app


def _in_order(commands: Mapping[str, str]) -> type[MeshGroup]:
    """A group whose help has its commands in the order in which they are listed; typer has groups last."""

    class Ordered(MeshGroup):
        """The commands of `mesh`."""

        def list_commands(self, ctx: Any) -> list[str]:
            return [name for name in commands if name in super(Ordered, self).list_commands(ctx)]

    return Ordered


def _loaded(commands: Mapping[str, str], words: Sequence[str]) -> Iterable[str]:
    """Commands whose modules are loaded: the one that is called, all for the help, none where none is called."""
    first = words[0] if words else "--help"
    if first in commands:
        return (first,)
    return () if first == "--version" else commands


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        answer(f"mesh {version(DISTRIBUTION)}")
        raise typer.Exit


def _root(
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    """With a callback, typer makes a group also of one command."""
