"""Result of the live checks behind `mesh up`, printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from cli.console import counted, say, screen

if TYPE_CHECKING:
    from sandbox.rehearsal.check import Report

MOST: Final = 20
"""Differences that are listed."""


def show(report: Report) -> None:
    """Prints how many calls were made by how many callers, and whether their answers were as planned."""
    allowed, refused = report.answers[True], report.answers[False]
    differ = len(report.differences)
    verdict = f"{counted(differ, 'answer')} not as planned" if differ else "every answer as planned"
    exempt = sum(report.exempted.values())
    lines = (
        f"{counted(report.deployment, 'call')} of the deployment decided by the policies as they were deployed, "
        f"{exempt} let through:",
        *(f"  {count} x {reason}" for reason, count in report.exempted.items()),
        f"{counted(report.calls, 'live call')} by {counted(report.callers, 'caller')}: {allowed:,} allowed, "
        f"{refused:,} refused, {verdict}; {report.seconds:.1f} s",
        *_unpublished(report),
        *(f"events that got nowhere: {count} x {reason}" for reason, count in report.undelivered.items()),
    )
    screen().print("\n" + "\n".join(lines), markup=False, soft_wrap=True)


def _unpublished(report: Report) -> Iterator[str]:
    if report.stand_ins:
        yield (
            f"{counted(report.stand_ins, 'table')} not published, for want of rows; another stood in while the checks "
            "looked, and is gone"
        )
    if report.unanswered:
        yield (
            f"{counted(report.unanswered, 'query', 'queries')} of Athena not executed, for the emulator executes none; "
            "what rests on them is not published"
        )


def say_differences(report: Report) -> None:
    """Says which answers were not as planned: who called what, what the Plan says, what came."""
    for difference in report.differences[:MOST]:
        say(f"not as planned: {difference}")
    if len(report.differences) > MOST:
        say(f"and {len(report.differences) - MOST} more")
