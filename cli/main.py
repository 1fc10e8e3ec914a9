"""The `mesh` command: parses, runs, and turns every outcome into an exit code.

`cli/exit_codes.py` has the codes. `--json` goes to stdout
alone, everything else to stderr.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import NoReturn

import typer

from cli import (
    access,
    accounts,
    adopt,
    assume,
    bootstrap,
    clock,
    codeowners,
    decide,
    destroy,
    example,
    lapse,
    lock,
    migrate,
    offboard,
    plan,
    prove,
    publish,
    refresh,
    run_pipeline,
    schemas,
    up,
    validate,
)
from cli.console import say
from cli.exit_codes import BAD_INPUT, FAULT, FINE, SIGNALLED
from mesh.findings import BadInputError, NotPossibleError

app = typer.Typer(
    name="mesh",
    help="A data mesh over many AWS accounts: short YAML in, one Pulumi program, access that can be proven.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("validate")(validate.validate)
app.command("lock")(lock.lock)
app.command("migrate")(migrate.migrate)
app.command("codeowners")(codeowners.codeowners)
app.command("schemas")(schemas.schemas)
app.command("plan")(plan.plan)
app.command("up")(up.up)
app.command("as")(assume.assume)
app.command("clock")(clock.clock)
app.command("lapse")(lapse.lapse)
app.command("offboard")(offboard.offboard)
app.command("run")(run_pipeline.run_pipeline)
app.command("publish")(publish.publish)
app.command("refresh")(refresh.refresh)
app.command("destroy")(destroy.destroy)
app.add_typer(access.commands, name="access")
app.command("decide")(decide.decide)
app.command("prove")(prove.prove)
app.command("accounts")(accounts.accounts)
app.command("adopt")(adopt.adopt)
app.command("bootstrap")(bootstrap.bootstrap)
app.command("example")(example.example)


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the console script; always exits."""
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
    if "--help" not in words and (lost := _lost_folder()):
        say(lost)
        return BAD_INPUT
    try:
        app(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FINE
    except BadInputError as error:
        for finding in error.findings:
            say(str(finding))
        return BAD_INPUT
    except NotPossibleError as error:
        say(str(error))
        return BAD_INPUT
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
