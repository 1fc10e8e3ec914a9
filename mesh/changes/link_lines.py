"""Lines about links: products of others that people find in the catalog of their own account, to query them there.

A link gives nobody a column, for that is what clearances do: without it a query in the account names no such database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from mesh.changes.decided_side import DecidedSide
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import number_of
from mesh.names import database


class LinkChange(NamedTuple):
    """Products of others, on both sides, to which a domain's account gets a link, or has none any more."""

    domain: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The change as `mesh diff --json` prints it."""
        return {"domain": self.domain, "gained": list(self.gained), "lost": list(self.lost)}


def link_changes(before: DecidedSide, after: DecidedSide) -> tuple[LinkChange, ...]:
    """Links that domains of both sides gain and lose, to products that both sides have."""
    found: list[LinkChange] = []
    for name in sorted(before.plan.domains.keys() & after.plan.domains.keys()):
        had, has = (
            {each for each in side.plan.domains[name].links if each.partition(".")[0] != name}
            for side in (before, after)
        )
        gained, lost = (
            tuple(sorted(each for each in more if each in before.products and each in after.products))
            for more in (has - had, had - has)
        )
        if gained or lost:
            found.append(LinkChange(name, gained, lost))
    return tuple(found)


def link_section(changes: Sequence[LinkChange]) -> ReportSection:
    """The section on what is queried from whose account."""
    number = sum(len(each.gained) + len(each.lost) for each in changes)
    return ReportSection(
        key="links",
        title="Links",
        summary=f"{number_of(number, 'link')} more or less, which nobody reads more or less by"
        if number
        else "every account has the links that it had",
        lines=tuple(_lines(changes)),
        data=[each.as_json() for each in changes],
    )


def link_remark(changes: Sequence[LinkChange]) -> tuple[str, tuple[str, ...]]:
    """Sentences on links for the head of a report, with `{}` for each of the names that stand beside them."""
    gained = [(each.domain, product) for each in changes for product in each.gained]
    lost = [(each.domain, product) for each in changes for product in each.lost]
    told = ((gained, "can query", ", as far as their clearances read it"), (lost, "query", " no more"))
    sentences: list[str] = []
    names: list[str] = []
    for pairs, verb, rest in told:
        if len(pairs) == 1:
            sentences.append(f"People of {{}} {verb} {{}} from their own account{rest}.")
            names += pairs[0]
        elif pairs:
            domains = number_of(len({domain for domain, _ in pairs}), "domain")
            products = number_of(len({product for _, product in pairs}), "product")
            sentences.append(f"People of {domains} {verb} {products} from their own account{rest}.")
    return " ".join(sentences), tuple(names)


def _lines(changes: Sequence[LinkChange]) -> Iterator[ReportLine]:
    for each in changes:
        for product in each.gained:
            name = database(*product.split("."))
            yield ReportLine(f"{product} stands in the catalog of {each.domain}, as {name}, and can be queried there")
        for product in each.lost:
            yield ReportLine(f"{product} stands in the catalog of {each.domain} no more, and is not queried there")
