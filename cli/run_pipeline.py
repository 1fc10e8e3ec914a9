"""`mesh run`: a product's pipeline, run for real in the organisation that is kept, as its role."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import answer_as_it_is, counted, say
from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, read
from mesh.findings import NotPossibleError

if TYPE_CHECKING:
    from sandbox.jobs.job_order import Stream


def run_pipeline(
    product: Annotated[str, typer.Argument(help="The product that the pipeline writes.", metavar="DOMAIN.PRODUCT")],
    directory: FolderOption = DEFAULT_FOLDER,
    window: Annotated[
        str, typer.Option("--window", help="A past window of the pipeline's 'windows', by its name.", metavar="NAME")
    ] = "",
    arguments: Annotated[
        list[str] | None,
        typer.Option(
            "--argument",
            help="An argument of a job of Glue that its windows have another value of; may be repeated.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    event: Annotated[
        Path | None,
        typer.Option("--event", help="JSON that a function is given, in place of what its rule says.", metavar="FILE"),
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Run a product's pipeline.

    Runs the job that is deployed in the organisation that `mesh up --serve` keeps, as the role of the pipeline, with
    the arguments, network and time that AWS would give it; what it prints is printed, and goes to its log.

    Exit code 1 when the run fails.
    """
    from sandbox.jobs.pipeline_runs import Start, run_job, runnable_pipeline
    from sandbox.runs.served_organization import require

    plan = read(directory, as_of).plan
    runnable_pipeline(plan, product)
    start = Start(window, dict(_pair(each) for each in arguments or ()), _event(event) if event else None)
    served = require(say)
    served.require_fit(plan, None)
    end = run_job(plan, served.jobs, product, _told, start)
    if end.sentence:
        say(end.sentence)
    say(f"{product}: {end.state}, {end.seconds:.1f} s, {counted(end.lines, 'line')}")
    if end.state != "SUCCEEDED":
        raise typer.Exit(FINDINGS)


def _told(stream: Stream, line: str) -> None:
    """A line of the job, on the stream on which it was printed."""
    if stream == "output":
        answer_as_it_is(line)
    else:
        say(line)


def _pair(argument: str) -> tuple[str, str]:
    name, equals, value = argument.partition("=")
    name = name.removeprefix("--")
    if not (name and equals):
        raise NotPossibleError(f"--argument '{argument}' is no NAME=VALUE")
    return name, value


def _event(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise NotPossibleError(f"--event {file} cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise NotPossibleError(f"--event {file} is no JSON: {error}") from None
