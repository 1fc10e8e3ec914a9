"""`mesh access who`: everyone who can read a product or a column, by which route, and what stops everyone else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import answer, answer_json, counted, screen
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read

if TYPE_CHECKING:
    from mesh.access.references import Thing
    from mesh.access.who import Everyone, Refused
    from mesh.plan import Plan


def who(
    thing: Annotated[str, typer.Argument(metavar="DOMAIN.PRODUCT[.COLUMN]", help="What is read.")],
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Tell everyone who can read a product or a column, by which route, and what stops everyone else.

    Every role of the plan is decided, and one caller of each class that no plan lists.
    """
    planned = read(directory, as_of)
    from mesh.access import references
    from mesh.access.chains import DecidedReads
    from mesh.access.who import who as everyone

    what = references.thing(planned.mesh, planned.plan, thing)
    result = everyone(DecidedReads(planned.plan), planned.mesh, what, planned.as_of)
    if as_json:
        answer_json({"read": what.name, "labels": sorted(what.labels), **result.as_json()})
        return
    labels = f"labelled {', '.join(sorted(what.labels))}" if what.labels else "without a label"
    screen().print(f"[bold]{what.name}[/bold], {labels}\n")
    _show_clearances(result, len(planned.plan.domains), what)
    _show_people(result)
    _show_machines(result, what)
    _show_roles(result, planned.plan)
    _show_copies(result)
    _show_refused(result)


def _table(title: str, *columns: str, rows: list[tuple[str, ...]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    screen().print(f"[bold]{title}[/bold]")
    if not rows:
        answer("  none\n")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        first = column == columns[0]
        table.add_column(f"  {column}" if first else column, overflow="fold", no_wrap=first)
    for first, *rest in rows:
        table.add_row(f"  {escape(first)}", *map(escape, rest))
    screen().print(table)
    answer("")


def _share(what: Thing, readable: int, of: int) -> str:
    return "the column" if what.column else "all columns" if readable == of else f"{readable} of {of} columns"


def _show_clearances(result: Everyone, homes: int, what: Thing) -> None:
    rows = [
        (
            each.clearance,
            "every domain" if len(each.homes) == homes else ", ".join(each.homes),
            ", ".join(each.ports),
            _share(what, len(each.columns), each.of),
            ", ".join(dict.fromkeys(cause.sid for cause in each.because)),
        )
        for each in result.clearances
    ]
    _table("Clearances that read", "clearance", "held in", "port", "reads", "by", rows=rows)


def _show_machines(result: Everyone, what: Thing) -> None:
    rows = [
        (
            each.pipeline,
            each.clearance,
            ", ".join(each.ports),
            _share(what, len(each.columns), each.of),
            ", ".join(dict.fromkeys(cause.sid for cause in each.because)),
        )
        for each in result.machines
    ]
    if rows:
        _table("Pipelines that read", "pipeline of", "with clearance", "port", "reads", "by", rows=rows)


def _show_people(result: Everyone) -> None:
    rows = [
        (
            each.group,
            f"{each.clearance}@{each.home}",
            each.use,
            each.approved_by,
            each.review.isoformat() if each.holds else f"{each.review.isoformat()}; holds nothing: {each.unless}",
        )
        for each in result.people
    ]
    _table("People who hold them", "group", "as", "use", "approved by", "review", rows=rows)


def _show_roles(result: Everyone, plan: Plan) -> None:
    rows = [
        (
            _path(each.role),
            _account(plan, each.role),
            ", ".join(each.reads),
            ", ".join(map(_path, each.assumed_by)),
            ", ".join(dict.fromkeys(cause.sid for cause in each.because)),
        )
        for each in result.roles
    ]
    columns = ("role", "account", "reads of the bucket", "taken by", "by")
    _table("Roles that no clearance is behind", *columns, rows=rows)


def _path(principal: str) -> str:
    """`mesh/pipeline/none/profiles` of a role's ARN."""
    return principal.split(":", 5)[-1].removeprefix("role/")


def _account(plan: Plan, principal: str) -> str:
    """The owner of the account that a role is in."""
    account_id = (principal.split(":", 5) + [""] * 5)[4]
    known = {plan.perimeter.management_id: "management", plan.perimeter.governance_id: "governance"}
    known |= {domain.access.account_id: name for name, domain in plan.domains.items()}
    known |= {partner.access.account_id: f"partner {name}" for name, partner in plan.partners.items()}
    return known.get(account_id, account_id)


def _show_copies(result: Everyone) -> None:
    rows = [
        (
            each.partner,
            ", ".join(each.groups),
            each.purpose,
            ", ".join(each.classifications) or "none",
            each.expires.isoformat() if each.open else f"{each.expires.isoformat()}: closed",
        )
        for each in result.copies
    ]
    if rows:
        _table("Copies to partners, by agreement", "partner", "groups", "purpose", "labels", "expires", rows=rows)


def _show_refused(result: Everyone) -> None:
    rows = [(each.who, *_stops(each)) for each in result.refused]
    columns = ("who", "through the catalog", "at the bucket, at its key")
    _table("Who does not, and what stops them", *columns, rows=rows)
    others = ", ".join(f"{sid} {number}" for sid, number in result.others.items())
    answer(f"{counted(sum(result.others.values()), 'other role')} of the plan may not use the key: {others}")
    answer(f"{counted(result.decided, 'principal')} decided. Why: mesh access explain --as ROLE --read …")


def _stops(refused: Refused) -> tuple[str, str]:
    both = dict.fromkeys((refused.stopped["bucket"], refused.stopped["key"]))
    return refused.stopped.get("table", ""), ", ".join(both)
