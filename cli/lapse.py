"""`mesh lapse`: reviews, deliveries and exceptions whose day is past, and what of them is open; a schedule runs it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.console import answer, answer_json, answer_utf8, counted, say
from cli.exit_codes import FINDINGS
from cli.finding_formats import FindingFormat, FormatOption, ShownFinding, written
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, day
from cli.progress import Progress
from mesh.findings import Finding, listed
from mesh.folder import PlannedMesh, plan_folder
from mesh.lapses import EndedRead, ended_assignments, ended_reads, past

if TYPE_CHECKING:
    from mesh.plan.nodes import Assignment
    from sandbox.runs.served_organization import ServedOrganization

ORGANIZATION: Final = "organization"
"""The stack that closes what a review of people has left open."""


def lapse(
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    close: Annotated[
        bool, typer.Option("--close", help="Deploy the stacks of the kept organisation that close what is open.")
    ] = False,
    form: FormatOption = "text",
    as_json: JsonOption = False,
) -> None:
    """List reviews, agreements and exceptions that are past.

    An agreement closes by the date in its policies, and an exception by its own. What a past review has left are
    assignments in IAM Identity Center, which the next deployment of the stack 'organization' removes, and what a
    pipeline reads, which that of 'access-<domain>' does. Where `mesh up --serve` keeps an organisation, it says
    what is still there, and its clock which day it is; otherwise all is taken to be. Exit code 1 when something is
    past and open.
    """
    from sandbox.runs import served_organization

    served = served_organization.find(say)
    if close and served is None:
        raise typer.BadParameter(served_organization.NONE_SERVED, param_hint="--close")
    today = _today(served) if served and not as_of else day(as_of)
    planned = plan_folder(directory, today)
    if served:
        served.require_fit(planned.plan, None)
    lapsed = past(directory, today)
    left = _open(planned, served)
    if close and served and left.stacks:
        _close(planned, served, left.stacks)
        left = _open(planned, served)
    if as_json or form == "json":
        answer_json(_document(today, lapsed, left, served))
    else:
        _show(lapsed, left, served, form)
        say(_summary(today, lapsed, left, served))
    if left.stacks:
        raise typer.Exit(FINDINGS)


@dataclass(frozen=True, slots=True)
class Open:
    """Assignments of people, and pipelines that read, that past reviews have left open."""

    assignments: tuple[Assignment, ...]
    reads: tuple[EndedRead, ...]

    @property
    def stacks(self) -> list[str]:
        """The stacks whose deployment closes it."""
        return [*([ORGANIZATION] if self.assignments else []), *dict.fromkeys(read.stack for read in self.reads)]


def _open(planned: PlannedMesh, served: ServedOrganization | None) -> Open:
    """Assignments and reads that the served organisation still has; all that have ended, where none is served."""
    ended = tuple(ended_reads(planned.mesh, planned.as_of))
    there = served.reading(read.role for read in ended) if served else None
    return Open(
        still_open(planned, ended_assignments(planned.mesh, planned.as_of), served),
        tuple(read for read in ended if there is None or read.role in there),
    )


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


def _close(planned: PlannedMesh, served: ServedOrganization, stacks: list[str]) -> None:
    """Deploys stacks, as `mesh up --stack` does."""
    from cli.stack_runs import exit_unless_done
    from sandbox.runs.workspace import open_workspace

    with open_workspace(planned, served.engine, served, asks=True, told=say) as (workspace, _):
        with Progress("closing", len(stacks)) as progress:
            runs = workspace.up(planned, stacks, progress.step)
        for run in runs:
            for failure in run.result.failures:
                say(f"{failure.urn}: {failure.message}" if failure.urn else failure.message)
        exit_unless_done(workspace, runs)


def _document(
    today: datetime.date, lapsed: list[Finding], left: Open, served: ServedOrganization | None
) -> dict[str, object]:
    return {
        "day": today.isoformat(),
        "compared_with": "identity center" if served else "plan",
        "past": [
            {"file": each.file, "line": each.line, "column": each.column, "message": each.message} for each in lapsed
        ],
        "open": [
            {"group": each.group, "permission_set": each.permission_set, "account": each.account}
            for each in left.assignments
        ],
        "reading": [{"pipeline": each.product, "clearance": each.clearance, "role": each.role} for each in left.reads],
    }


def _show(lapsed: list[Finding], left: Open, served: ServedOrganization | None, form: FindingFormat) -> None:
    """Shows what is past and what is open of it; what is open has no place in a file, and is no finding."""
    if form in ("text", "json"):
        for finding in lapsed:
            answer(f"{finding.file}:{finding.line}:{finding.column}: {finding.message}")
    else:
        answer_utf8(written([ShownFinding(each, counts=bool(left.stacks)) for each in lapsed], form, "mesh lapse"))
    tell = answer if form == "text" else say
    for each in left.assignments:
        where = "still assigned" if served else "assigned, if nobody has deployed since"
        tell(f"open: group '{each.group}' is {where}: permission set '{each.permission_set}' in '{each.account}'")
    for each in left.reads:
        still = "still reads" if served else "reads, if nobody has deployed since,"
        tell(f"open: the pipeline of '{each.product}' {still} with clearance '{each.clearance}'")


def _summary(today: datetime.date, lapsed: list[Finding], left: Open, served: ServedOrganization | None) -> str:
    if not lapsed:
        return f"on {today} no review, no agreement and no exception is past"
    if not left.stacks:
        return f"{len(lapsed)} lapsed by {today}, and nothing is open"
    counts = (counted(len(left.assignments), "assignment"), counted(len(left.reads), "pipeline"))
    some = " and ".join(count for count in counts if not count.startswith("0 "))
    return f"{len(lapsed)} lapsed by {today}, {some} open; {remedy(left.stacks, served)}"


def remedy(stacks: list[str], served: ServedOrganization | None) -> str:
    """The command that closes them, as the end of a sentence."""
    if served:
        return "`mesh lapse --close` closes them here"
    ups = listed(f"`pulumi up -s {stack}`" for stack in stacks)
    return f"no organisation is kept here to compare with: {ups} closes them"
