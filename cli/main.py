"""The `mesh` command: parses, runs, and turns every outcome into an exit code.

`cli/exit_codes.py` has the codes. `--json` goes to stdout
alone, everything else to stderr.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NoReturn

from cli.console import escape_what_cannot_be_written, say
from cli.exit_codes import BAD_INPUT, FAULT, FINE, SIGNALLED
from mesh.findings import BadInputError, NotPossibleError, OurFaultError

if TYPE_CHECKING:
    import typer

COMMANDS: Final[Mapping[str, str]] = {
    "validate": "validate",
    "new": "new",
    "lock": "lock",
    "migrate": "migrate",
    "codeowners": "codeowners",
    "schemas": "schemas",
    "diff": "diff",
    "plan": "plan",
    "policies": "policies",
    "affected": "affected",
    "review": "review",
    "up": "up",
    "as": "assume",
    "connect": "connect",
    "query": "query",
    "clock": "clock",
    "lapse": "lapse",
    "offboard": "offboard",
    "run": "run_pipeline",
    "data": "data",
    "publish": "publish",
    "refresh": "refresh",
    "destroy": "destroy",
    "access": "access",
    "decide": "decide",
    "prove": "prove",
    "accounts": "accounts",
    "stacks": "stacks",
    "adopt": "adopt",
    "bootstrap": "bootstrap",
    "example": "example",
    "completion": "completion",
}
"""The modules of the commands in the order of the help; each has a function of its name, or a group of commands."""


def application(words: Sequence[str] = ()) -> typer.Typer:
    """The command line with all commands, or with that alone with which the words begin."""
    from cli.application import application as of_modules

    return of_modules(COMMANDS, words)


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the console script; always exits."""
    if shell := os.environ.get("_MESH_COMPLETE"):
        from cli.completions.complete import answer_shell

        sys.exit(answer_shell(shell, sys.argv[1:]))
    signal.signal(signal.SIGTERM, _terminated)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _hung_up)
    sys.exit(run(arguments))


def _terminated(number: int, _frame: object) -> NoReturn:
    """SIGTERM unwinds, as Ctrl-C does: what was opened is closed, and what is temporary removed."""
    raise SystemExit(SIGNALLED + number)


def _hung_up(number: int, frame: object) -> NoReturn:
    """SIGHUP does the same, when the terminal is closed, to which nothing can be said any more."""
    from sandbox.engine.interruption import leave_the_terminal

    leave_the_terminal()
    _terminated(number, frame)


def run(arguments: list[str] | None = None) -> int:
    """Runs one command line and returns its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    escape_what_cannot_be_written()
    if not {"--help", "-h", "--version"} & set(words) and (lost := _lost_folder()):
        say(lost)
        return BAD_INPUT
    try:
        application(words)(arguments, prog_name="mesh")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FINE
    except BadInputError as error:
        for finding in error.findings:
            say(str(finding))
        return BAD_INPUT
    except NotPossibleError as error:
        say(str(error))
        return BAD_INPUT
    except OurFaultError as error:
        say(str(error))
        return FAULT
    except BrokenPipeError:
        sys.stderr.close()
        return FINE
    except Exception:  # noqa: BLE001 (whatever was not foreseen is ours, and is shown whole)
        if lost := _lost_folder():
            say(lost)
            return BAD_INPUT
        say(traceback.format_exc())
        say("This is a fault of ours, not of your input. Please report it with the lines above.")
        return FAULT
    return FINE


def _lost_folder() -> str:
    """The sentence on a working folder that is not there any more, or may not be read; empty where it is there."""
    try:
        os.getcwd()
    except OSError as error:
        return (
            f"the folder that you are in cannot be used ({error.strerror}): it was removed or moved, or may not be "
            "read; change into one that is there (cd), and type the command again"
        )
    return ""


if __name__ == "__main__":
    main()
