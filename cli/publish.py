"""`mesh publish`: what is published of each product, what was refused and why; going back, and trying again."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli.console import answer_json, counted, say, screen
from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read
from mesh.findings import NotPossibleError, listed, unknown
from mesh.plan import Plan

if TYPE_CHECKING:
    from sandbox.runs.publication_desk import PublicationDesk

ANSWERS_WITHIN: Final = 60.0
"""Seconds that a request is waited for; the function is woken within a few."""
SENTENCES: Final = 3
"""Sentences of a refusal that the list of all products shows of each."""


@dataclass(frozen=True, slots=True)
class PublicationStatus:
    """One product: its record, None when it was never published, and how many days its draft may wait."""

    product: str
    record: Mapping[str, Any] | None
    lag_days: int
    now: datetime.datetime

    @property
    def published(self) -> Mapping[str, Any] | None:
        """The publication that readers see: `id`, `at`, `tables`."""
        return self._get("published")

    @property
    def refused(self) -> Mapping[str, Any] | None:
        """The last refusal: `at`, `sentences`, `tables`."""
        return self._get("refused")

    @property
    def failed(self) -> Mapping[str, Any] | None:
        """The looks that fail for a reason that does not lie in the draft: `since`, `sentence`."""
        return self._get("failed")

    @property
    def unwritten(self) -> list[str]:
        """The tables that nobody has written to."""
        return list(self._get("unwritten") or ())

    @property
    def days_behind(self) -> float | None:
        """Days since when a draft waits; None when all of it is published."""
        behind = self._get("behind")
        if not behind:
            return None
        return round((self.now - datetime.datetime.fromisoformat(behind)).total_seconds() / 86400, 2)

    @property
    def late(self) -> bool:
        """Whether a draft waits longer than `defaults.publication-lag` of mesh.yaml."""
        return (self.days_behind or 0) >= self.lag_days

    @property
    def earlier(self) -> list[Mapping[str, Any]]:
        """Publications that it can go back to, the last first."""
        return list(self._get("history") or ())

    @property
    def words(self) -> str:
        """Its state in words."""
        return "; ".join(self._words()) or self._calm_words

    @property
    def _calm_words(self) -> str:
        if self.published:
            return f"published; nothing written yet to {listed(self.unwritten)}" if self.unwritten else "published"
        return "nothing written yet" if self.unwritten else "not published yet"

    def _words(self) -> Iterator[str]:
        if self.failed:
            yield "failing"
        if self._get("intent"):
            yield "a publication is under way"
        if self.refused:
            yield "refused"
        if self._get("pinned"):
            yield "pinned"
        if self.late:
            yield f"late: behind for {self.lag_days} days or more"

    def _get(self, key: str) -> Any:
        return (self.record or {}).get(key)

    def to_json(self) -> dict[str, Any]:
        """The status as JSON."""
        return {
            "product": self.product,
            "published": self.published and _brief(self.published, ("id", "at", "tables")),
            "earlier": [_brief(each, ("id", "at")) for each in self.earlier],
            "under_way": self._get("intent") and _brief(self._get("intent"), ("id", "at")),
            "refused": self.refused and _brief(self.refused, ("at", "sentences", "tables")),
            "failed": self.failed and _brief(self.failed, ("since", "sentence")),
            "unwritten": self.unwritten,
            "pinned": self._get("pinned"),
            "days_behind": self.days_behind,
            "late": self.late,
        }


def publish(
    product: Annotated[
        str | None, typer.Argument(help="One product; without it, all of the domain.", metavar="[DOMAIN.PRODUCT]")
    ] = None,
    status: Annotated[bool, typer.Option("--status", help="Show what is published; what happens anyway.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Go back to an earlier publication, and stay.")] = False,
    to: Annotated[
        str | None, typer.Option("--to", help="The publication to go back to; the one before, without.", metavar="ID")
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Check the drafts again, and publish what passes.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit code 1 when one is refused, failing or late.")] = False,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is published of products, go back, or try again.

    Of the organisation that `mesh up --serve` keeps; where none is kept, on AWS, with the credentials of the shell:
    a domain's owner or engineer sees, its owner asks. Until a --retry a product that went back publishes nothing new.
    """
    if rollback + retry + status > 1:
        raise typer.BadParameter("one of --status, --rollback and --retry at a time", param_hint="--rollback")
    if to is not None and not rollback:
        raise typer.BadParameter("it says where --rollback goes to", param_hint="--to")
    if (rollback or retry) and product is None:
        raise typer.BadParameter("--rollback and --retry need DOMAIN.PRODUCT", param_hint="DOMAIN.PRODUCT")
    plan, lag = _planned(directory, as_of)
    known = _products(plan)
    if product is not None:
        _require(plan, product, known)
    from sandbox.runs.publication_desk import desk

    asked = desk(plan, say)
    names = [product] if product else [name for name in known if name.partition(".")[0] in asked.domains]
    if rollback or retry:
        _request(asked, names[0], "rollback" if rollback else "retry", to, lag)
    found = [_status(asked, name, lag) for name in names]
    if as_json:
        answer_json([each.to_json() for each in found])
    else:
        _show(found, whole=product is not None)
    asked_in_vain = (rollback or retry) and found[0].failed
    if asked_in_vain:
        say(f"{product}: the {'rollback' if rollback else 'retry'} came to nothing yet, for the look failed")
    if asked_in_vain or (check and any(each.refused or each.failed or each.late for each in found)):
        raise typer.Exit(FINDINGS)


def _planned(directory: Any, as_of: datetime.datetime | None) -> tuple[Plan, int]:
    mesh = read(directory, as_of)
    return mesh.plan, mesh.plan.governance.publication.lag_days


def _products(plan: Plan) -> list[str]:
    """Products that are published: those with a table."""
    return [f"{name}.{product}" for name, domain in plan.domains.items() for product in domain.catalog]


def _require(plan: Plan, product: str, known: list[str]) -> None:
    """Raises NotPossibleError for a product that there is not, or that has no table."""
    if product in known:
        return
    domain, _, name = product.partition(".")
    if domain in plan.domains and name in plan.domains[domain].products:
        raise NotPossibleError(f"{product} has no table port, so nothing of it is published: its files are read as is")
    every = [f"{each}.{one}" for each, deployed in plan.domains.items() for one in deployed.products]
    raise NotPossibleError(unknown("product", product, every))


def _status(asked: PublicationDesk, product: str, lag: int) -> PublicationStatus:
    domain, _, name = product.partition(".")
    return PublicationStatus(product, asked.record(domain, name), lag, datetime.datetime.now(datetime.UTC))


# ---- requests


def _request(asked: PublicationDesk, product: str, action: str, to: str | None, lag: int) -> None:
    before = _status(asked, product, lag)
    if action == "rollback":
        to = _earlier(before, to)
    domain, _, name = product.partition(".")
    event = asked.ask(domain, name, action, to)
    say(f"{product}: asked for a {action}{f' to {to}' if to else ''}")
    end = time.monotonic() + ANSWERS_WITHIN
    while True:
        record = asked.record(domain, name)
        if record is not None and event in (record.get("answered") or ()):
            return
        if asked.account is None or time.monotonic() > end:
            say(f"{product}: not answered yet; `mesh publish --status {product}` tells when it is")
            return
        time.sleep(2)


def _earlier(status: PublicationStatus, to: str | None) -> str:
    """The publication that a rollback goes to; raises NotPossibleError for one that there is not."""
    ids = [str(each["id"]) for each in status.earlier]
    current = str((status.published or {}).get("id", ""))
    if not current:
        raise NotPossibleError(f"{status.product} was never published, so there is nothing to go back to")
    if to is None:
        if (status.record or {}).get("pinned"):
            raise NotPossibleError(
                f"{status.product} has gone back already, to {current}: say where to with --to; there are {listed(ids)}"
            )
        if not ids:
            raise NotPossibleError(f"{status.product} was published once, so there is nothing to go back to")
        return ids[0]
    if to not in (current, *ids):
        raise NotPossibleError(
            f"{status.product} has no earlier publication '{to}'; there are {listed(ids)}, and {current} is published"
        )
    return to


# ---- what is shown


def _brief(what: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    tables: Mapping[str, Any] = what.get("tables") or {}
    pointers = {name: _pointer(table) for name, table in tables.items()}
    return {key: pointers if key == "tables" else what.get(key) for key in keys}


def _pointer(table: Any) -> str | None:
    """The file that a table points at: in the state of a table that is published, by itself of one that is refused."""
    if isinstance(table, str) or table is None:
        return table
    state: Mapping[str, str | None] = table
    return state.get("pointer")


def _show(found: list[PublicationStatus], *, whole: bool) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("product", "published", "id", "behind", "state"):
        table.add_column(column)
    for each in found:
        published, days = each.published or {}, each.days_behind
        behind = "" if days is None else "today" if days < 1 else counted(int(days), "day")
        table.add_row(each.product, str(published.get("at", "")), str(published.get("id", "")), behind, each.words)
    screen().print(table)
    for each in found:
        _show_more(each, whole=whole)


def _show_more(status: PublicationStatus, *, whole: bool) -> None:
    lines: list[str] = []
    if whole:
        states: Mapping[str, Any] = (status.published or {}).get("tables", {})
        lines += [f"{name} is {_pointer(state)}" for name, state in states.items()]
        lines += [f"earlier: {each['id']} of {each['at']}" for each in status.earlier]
    if status.failed:
        lines.append(
            f"failing since {status.failed['since']}: {status.failed['sentence']}; each quarter of an hour it is "
            "looked at again, and the platform team mends it"
        )
    if status.refused:
        sentences: list[str] = status.refused["sentences"]
        shown = sentences if whole else sentences[:SENTENCES]
        lines += [f"refused {status.refused['at']}: {sentence}" for sentence in shown]
        if len(sentences) > len(shown):
            lines.append(f"and {counted(len(sentences) - len(shown), 'sentence')} more: mesh publish {status.product}")
    for line in lines:
        screen().print(f"  {status.product}: {line}", markup=False, soft_wrap=True)
