"""`mesh lapse`: reviews and deliveries whose day is past, and what of them is still open; what a schedule runs."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.console import answer, answer_json, counted, say
from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, day
from cli.progress import Progress
from mesh.findings import Finding
from mesh.folder import PlannedMesh, plan_folder
from mesh.lapses import ended_assignments, past

if TYPE_CHECKING:
    from mesh.plan.nodes import Assignment
    from sandbox.runs.served_organization import ServedOrganization

ORGANIZATION: Final = "organization"
"""The stack that closes what a review has left open."""


def lapse(
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    close: Annotated[
        bool, typer.Option("--close", help=f"Deploy the stack '{ORGANIZATION}' of the kept organisation, which closes.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List reviews and agreements that are past, and close them.

    An agreement closes by the date in its policies; what a past review has left are assignments in IAM Identity
    Center, which the next deployment of the stack 'organization' removes. Where `mesh up --serve` keeps an
    organisation, its Identity Center says which are still there, and its clock which day it is; otherwise all are
    taken to be. Exit code 1 when something is past and open.
    """
    from sandbox.runs import served_organization

    served = served_organization.find(say)
    if close and served is None:
        raise typer.BadParameter(served_organization.NONE_SERVED, param_hint="--close")
    today = _today(served) if served and not as_of else day(as_of)
    planned = plan_folder(directory, today)
    if served:
        served.require_fit(planned.plan, None)
    lapsed, ended = past(directory, today), ended_assignments(planned.mesh, today)
    left = still_open(planned, ended, served)
    if close and served and left:
        _close(planned, served)
        left = still_open(planned, ended, served)
    if as_json:
        answer_json(_document(today, lapsed, left, served))
    else:
        _show(today, lapsed, left, served)
    if left:
        raise typer.Exit(FINDINGS)


def _today(served: ServedOrganization) -> datetime.date:
    return datetime.datetime.fromisoformat(served.clock()).date()


def still_open(
    planned: PlannedMesh, ended: tuple[Assignment, ...], served: ServedOrganization | None
) -> tuple[Assignment, ...]:
    """Those of the ended assignments that the served organisation still has; all, where none is served."""
    if served is None:
        return ended
    accounts, there = planned.plan.access, served.assignments()
    return tuple(
        each for each in ended if (each.group_id, each.permission_set, accounts[each.account].account_id) in there
    )


def _close(planned: PlannedMesh, served: ServedOrganization) -> None:
    """Deploys the stack of the organisation, as `mesh up --stack organization` does."""
    from cli.stack_runs import exit_unless_done
    from sandbox.runs.workspace import open_workspace

    with open_workspace(planned, served.engine, served, told=say) as (workspace, _):
        with Progress("closing", 1) as progress:
            runs = workspace.up(planned, [ORGANIZATION], progress.step)
        for run in runs:
            for failure in run.result.failures:
                say(f"{failure.urn}: {failure.message}" if failure.urn else failure.message)
        exit_unless_done(workspace, runs)


def _document(
    today: datetime.date, lapsed: list[Finding], left: tuple[Assignment, ...], served: ServedOrganization | None
) -> dict[str, object]:
    return {
        "day": today.isoformat(),
        "compared_with": "identity center" if served else "plan",
        "past": [
            {"file": each.file, "line": each.line, "column": each.column, "message": each.message} for each in lapsed
        ],
        "open": [
            {"group": each.group, "permission_set": each.permission_set, "account": each.account} for each in left
        ],
    }


def _show(
    today: datetime.date, lapsed: list[Finding], left: tuple[Assignment, ...], served: ServedOrganization | None
) -> None:
    for finding in lapsed:
        answer(f"{finding.file}:{finding.line}:{finding.column}: {finding.message}")
    for each in left:
        where = "still assigned" if served else "assigned, if nobody has deployed since"
        answer(f"open: group '{each.group}' is {where}: permission set '{each.permission_set}' in '{each.account}'")
    if not lapsed:
        say(f"on {today} no review and no agreement is past")
    elif not left:
        say(f"{len(lapsed)} lapsed by {today}, and nothing is open")
    else:
        say(f"{len(lapsed)} lapsed by {today}, {counted(len(left), 'assignment')} open; {remedy(served)}")


def remedy(served: ServedOrganization | None) -> str:
    """The command that closes them, as the end of a sentence."""
    if served:
        return "`mesh lapse --close` closes them here"
    return "no organisation is kept here to compare with: `pulumi up -s organization` closes them"
