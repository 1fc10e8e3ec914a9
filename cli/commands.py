"""Commands and groups of the command line: what is mistyped is answered with what comes near, help ends in examples."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from cli import mesh_folder
from cli.console import fitted
from cli.examples import EXAMPLES
from mesh.findings import nearest

_CHOICE: Final = re.compile(r"'(.*)' is not one of (.*)\.")
_EXTRA: Final = re.compile(r"Got unexpected extra argument\(s\) \((.*)\)")
_HYPHEN: Final = "\u2011"
_Formatter: Final[Any] = typer.Context.formatter_class
HELP: Final[Mapping[str, Any]] = {"help_option_names": ["-h", "--help"]}
"""Settings of the outermost context, which the others inherit."""


class _WholeWords(_Formatter):
    """A formatter that breaks lines at blanks, and in no word with a hyphen, such as a name of a mesh."""

    def write_text(self, text: str) -> None:
        formatter: Any = super()
        formatter.write_text(text.replace("-", _HYPHEN))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        kept = [(first, second.replace("-", _HYPHEN)) for first, second in rows]
        formatter: Any = super()
        formatter.write_dl(kept, col_max, col_spacing)

    def getvalue(self) -> str:
        formatter: Any = super()
        return str(formatter.getvalue()).replace(_HYPHEN, "-")


class _InWholeWords:
    """Help of a command: words and sentences are whole, arguments stand as they are typed, examples at the end."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Writes the help, in whole words."""
        whole: Any = _WholeWords(width=formatter.width)
        super().format_help(ctx, whole)  # type: ignore[misc]
        formatter.write(whole.getvalue())

    def get_short_help_str(self, limit: int = 0) -> str:
        """The first sentence, whole where it takes two lines, too."""
        return super().get_short_help_str(max(limit, 1000))  # type: ignore[misc]

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The words of the usage, without the braces that typer has around what is required."""
        return [re.sub(r"^\{(.*)\}$", r"\1", piece) for piece in super().collect_usage_pieces(ctx)]  # type: ignore[misc]

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The examples, each on a line."""
        _write_examples(ctx, formatter)


class MeshCommand(_InWholeWords, TyperCommand):
    """A command: `-C DIR` names the mesh folder also where an argument does, help ends in examples."""

    def __init__(self, name: str | None, **attributes: Any) -> None:
        super().__init__(name, **attributes)
        if any(isinstance(each, TyperArgument) and each.name == "directory" for each in self.params):
            self.params.append(_also_folder())

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parses as ever, and says what comes near to a name that there is not."""
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            _add_near(error, self, ctx)
            raise


class MeshGroup(_InWholeWords, TyperGroup):
    """A group of commands, with the same manners; they stand in the order in which they were added."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parses as ever, and says what comes near to a name that there is not."""
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            _add_near(error, self, ctx)
            raise

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of a command line; an error of usage that leaves it breaks at words in a terminal."""
        ctx = super().make_context(info_name, args, parent, **extra)
        if parent is None:
            ctx.with_resource(_broken_at_words())
        return ctx

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of that name; raises with the one that comes near."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            known = self.list_commands(ctx)
            close = nearest(args[0], known)
            ctx.fail(f"there is no command '{args[0]}'{close or '; commands: ' + ', '.join(known)}")
        return super().resolve_command(ctx, args)


@contextmanager
def _broken_at_words() -> Generator[None]:
    try:
        yield
    except typer.TyperException as error:
        told = fitted(f"Error: {error.format_message()}", sys.stderr).removeprefix("Error: ")
        error.__dict__["format_message"] = lambda: told
        raise


def _also_folder() -> TyperOption:
    return TyperOption(
        param_decls=["--dir", "-C"],
        type=str,
        metavar="DIR",
        help="The mesh folder, in place of the argument.",
        expose_value=False,
        is_eager=True,
        callback=mesh_folder.also_by_option,
    )


def _write_examples(ctx: Any, formatter: Any) -> None:
    names: list[str] = []
    while ctx.parent is not None:
        names.insert(0, str(ctx.info_name))
        ctx = ctx.parent
    path = " ".join(names)
    if lines := EXAMPLES.get(path, ()):
        formatter.write("\nExamples:\n" + "".join(f"  {line}\n" for line in lines))


def _add_near(error: typer.TyperException, command: TyperCommand | TyperGroup, ctx: Any) -> None:
    """Puts the nearest option, choice or way to write it into the message of an error of usage."""
    if (name := getattr(error, "option_name", None)) and hasattr(error, "possibilities"):
        options = [each for parameter in command.get_params(ctx) for each in _spellings(parameter)]
        after = ctx.parent is None and name in ("-C", "--dir", "--json", "--stack", "--as-of")
        near = "; options stand after the command" if after else _near_option(name, options)
        error.message = f"there is no option {name}{near}"
        error.possibilities = None  # pyright: ignore[reportAttributeAccessIssue] (they go by case, and are said above)
    elif choice := _CHOICE.fullmatch(error.message):
        choices = re.findall(r"'([^']*)'", choice[2])
        error.message = f"'{choice[1]}' is not one of {', '.join(choices)}{nearest(choice[1], choices)}"
    elif (extra := _EXTRA.fullmatch(error.message)) and any("-C" in _spellings(each) for each in command.params):
        folder = next((word for word in extra[1].split() if os.path.isdir(word)), "")
        error.message += f": the mesh folder is given with -C {folder}" if folder else ""


def _near_option(name: str, options: Sequence[str]) -> str:
    dashes = {each.lstrip("-"): each for each in options if each.startswith("--")}
    found = nearest(name.lstrip("-"), dashes)
    return re.sub(r"'(.*)'", lambda match: f"'{dashes[match[1]]}'", found) or "; --help lists those that there are"


def _spellings(parameter: Any) -> list[str]:
    return [*parameter.opts, *parameter.secondary_opts]
