"""`mesh up`: the whole mesh, deployed by the real program into an emulated AWS organisation."""

from __future__ import annotations

import signal
import socket
import threading
import time
from contextlib import nullcontext
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli import filled_lines, plugin_call_counts, policy_lines
from cli.console import answer_json, counted, say, say_as_it_is
from cli.live_checks import say_differences
from cli.options import DEFAULT_FOLDER, AsOf, EngineOption, FolderOption, JsonOption, StackOption, chosen, read
from cli.progress import Progress
from cli.stack_runs import exit_unless_done
from cli.summary import show
from mesh.findings import BadInputError

if TYPE_CHECKING:
    from mesh.folder import PlannedMesh
    from mesh.plan import Plan
    from sandbox.filling.filled import Filled, Sample
    from sandbox.rehearsal.check import Report
    from sandbox.runs.fresh_organization import FreshOrganization
    from sandbox.runs.served_organization import ServedOrganization
    from sandbox.runs.stack_run import StackEngine, StackRun
    from sandbox.runs.workspace import Workspace

LOOPBACK: Final = "127.0.0.1"
NO_EXTRA: Final = "no rows are written: they take the extra `data` (pip install -e '.[data]')"
CONTRADICTIONS: Final = "no rows are written: the rules above contradict each other"
NOT_CHECKED: Final = (
    "no live checks were made: the process that keeps the organisation did not answer; "
    "what was deployed stays, and `mesh up` again makes them, or a new `mesh up --serve`"
)


def up(
    directory: FolderOption = DEFAULT_FOLDER,
    engine: EngineOption = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the organisation, and print how to connect to it.")
    ] = False,
    port: Annotated[
        int,
        typer.Option("--port", metavar="PORT", help="Port of --serve on the loopback interface; 0 takes a free one."),
    ] = 0,
    stack: StackOption = None,
    data: Annotated[
        bool | None,
        typer.Option(
            "--data/--no-data",
            help="Write rows into every product; a new organisation gets them where the extra `data` is installed.",
        ),
    ] = None,
    rows: Annotated[int | None, typer.Option("--rows", metavar="N", help="Rows of a table.", min=1)] = None,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Deploy into an emulated AWS organisation.

    Deploys every stack, on this machine, writes rows into every product, has people and partners read them, and says
    what is there.

    Where `mesh up --serve` keeps an organisation in another terminal, this is an update of it, without rows unless
    they are asked for. Exit code 1 when a resource could not be made, or rows are not read as contracts say.
    """
    if rows is not None and data is False:
        raise typer.BadParameter("--no-data writes no rows", param_hint="--rows")
    planned = read(directory, as_of)
    stacks = chosen(planned, stack)
    from sandbox.runs import served_organization
    from sandbox.runs.fresh_organization import FreshOrganization
    from sandbox.runs.workspace import open_workspace

    served = served_organization.find(say)
    if served:
        served.require_fit(planned.plan, engine)
        engine = served.engine
    _require_fitting_options(served, serve, port, stack)
    engine = engine or "embedded"
    with (
        served_organization.only_one_serves() if serve else nullcontext(),
        open_workspace(planned, engine, served, keep=serve, asks=True, told=say) as (workspace, organization),
    ):
        wanted = _sample(planned, data, rows, fresh=served is None)
        runs, checked, filled = _deploy(planned, workspace, organization, stacks, wanted, as_json)
        if serve and not workspace.interrupted and isinstance(organization, FreshOrganization):
            with organization.served(engine, port):
                _wait(planned.plan, organization, workspace.engine)
        exit_unless_done(workspace, runs, checked, filled)


def _sample(planned: PlannedMesh, data: bool | None, rows: int | None, fresh: bool) -> Sample | None:
    """The sample to write; None for no data, and where rows that nobody asked for cannot be made.

    Raises NotPossibleError where those that are asked for take what is not installed, BadInputError for contracts
    whose rules contradict each other.
    """
    from sandbox.filling.data_extra import missing_packages, require_data_extra
    from sandbox.filling.filled import ROWS, Sample
    from sandbox.filling.sample_files import require_rows

    asked = data or rows is not None
    if asked:
        require_data_extra()
    elif data is False or not fresh:
        return None
    elif missing_packages():
        say(NO_EXTRA)
        return None
    sample = Sample(rows or ROWS)
    try:
        require_rows(planned, sample)
    except BadInputError as error:
        if asked:
            raise
        for finding in error.findings:
            say(str(finding))
        say(CONTRADICTIONS)
        return None
    return sample


def _require_fitting_options(
    served: ServedOrganization | None, serve: bool, port: int, stack: list[str] | None
) -> None:
    """Refuses, before anything is done, to serve a second organisation or on a taken port, and one stack of none."""
    if served:
        if serve:
            raise typer.BadParameter(
                "an organisation is kept already; `mesh up` without --serve updates it", param_hint="--serve"
            )
        return
    if stack:
        raise typer.BadParameter(
            "one stack needs an organisation that is there: run `mesh up --serve` in another terminal",
            param_hint="--stack",
        )
    if serve:
        _require_free(port)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise typer.BadParameter(
                f"port {port} cannot be used ({reason}); 0 takes a free one", param_hint="--port"
            ) from None


def _deploy(
    planned: PlannedMesh,
    workspace: Workspace,
    organization: FreshOrganization | ServedOrganization,
    stacks: list[str],
    wanted: Sample | None,
    as_json: bool,
) -> tuple[list[StackRun], Report | None, Filled | None]:
    from sandbox.runs import run_json
    from sandbox.runs.fresh_organization import FreshOrganization

    fresh = isinstance(organization, FreshOrganization)
    where = "an emulated AWS organisation" if fresh else "the emulated AWS organisation that is kept"
    say(f"{planned.plan.mesh}: {counted(len(stacks), 'stack')} into {where}; nothing leaves this machine")
    started, before = time.perf_counter(), organization.inventory()
    with Progress("deploying", len(stacks)) as progress:
        runs = workspace.up(planned, stacks, progress.step)
    failed = workspace.interrupted or any(run.result.failures for run in runs)
    checked = filled = None
    if not failed and len(runs) == len(planned.plan.stacks):
        if wanted:
            say(f"writing {wanted.rows:,} rows a table, and reading them")
            filled = organization.fill(planned, wanted)
        checked = organization.check(planned)
        if checked is None:
            say(NOT_CHECKED)
    inventory, asked = organization.inventory(), policy_lines.asked(runs)
    calls = plugin_call_counts.of_the_run(before, inventory)
    if as_json:
        data = {"data": filled.to_json()} if filled else {}
        answer_json(
            {
                **run_json.as_json(planned.plan, runs),
                "plugin-calls": plugin_call_counts.as_json(calls),
                "policies": asked.as_json(),
                **data,
            }
        )
    else:
        show(planned.plan, stacks, runs, inventory, time.perf_counter() - started, checked, calls, filled, asked)
    if filled:
        filled_lines.say_differences(filled)
    if checked:
        say_differences(checked)
    return runs, checked, filled


def _wait(plan: Plan, organization: FreshOrganization, engine: StackEngine) -> None:
    """Says how to work on the organisation, and returns at Ctrl-C, SIGTERM or SIGHUP."""
    from sandbox.engine.interruption import heeded, leave_the_terminal

    say_as_it_is(organization.aws.connection_help())
    if engine.exports:
        say("Pulumi's own commands work on it, too, in another terminal and the folder of Pulumi.yaml:\n")
        say_as_it_is("".join(f"  {line}\n" for line in (*engine.exports, engine.typed(plan.stacks[-1]))))
    say("`mesh up`, `mesh refresh` and `mesh destroy` in another terminal, in this directory, work on it.")
    say(f"Its clock stands at midday of {plan.as_of}; `mesh clock --to DAY` moves it, `mesh lapse` says what is past.")
    somebody = next((f"partner:{partner}" for partner in plan.partners), "outsider")
    say(f'Policies are enforced. Be somebody, and try to break out:  eval "$(mesh as {somebody})"')
    say("Ctrl-C ends it, and everything in it.")
    ended = threading.Event()

    def end(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            leave_the_terminal()
        ended.set()

    for number in heeded((signal.SIGTERM, signal.SIGHUP)):
        signal.signal(number, end)
    try:
        ended.wait()
    except KeyboardInterrupt:
        say("ended")
