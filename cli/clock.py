"""`mesh clock`: the time in the organisation that `mesh up --serve` keeps, which can be moved."""

from __future__ import annotations

import datetime
from typing import Annotated, Final

import typer

from cli.console import answer, say
from mesh.evaluator.moments import midday

FORMS: Final = "a day such as 2029-01-01, for its midday, or a moment such as 2029-01-01T00:00:00Z"


def clock(
    to: Annotated[str, typer.Option("--to", help=f"Move the clock: {FORMS}.", metavar="WHEN")] = "",
) -> None:
    """Say the time in the kept organisation, or move its clock.

    It starts at midday of the day that `mesh up --serve` was given (--as-of), and stands still. Policies with a date
    see it at the next call, with no deployment; moved back, it opens again what had ended.
    """
    moment = _moment(to) if to else None
    from sandbox.runs import served_organization

    answer(served_organization.require(say).clock(moment))


def _moment(text: str) -> datetime.datetime:
    try:
        if len(text) == len("2029-01-01"):
            return midday(datetime.date.fromisoformat(text))
        moment = datetime.datetime.fromisoformat(text)
        moment = moment.astimezone(datetime.UTC) if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"'{text}' is no time; {FORMS}", param_hint="--to") from None
    return moment
