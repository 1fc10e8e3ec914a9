"""Lines about people: which group holds which clearance before and after, and the columns that it gains by that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mesh.access.chains import PORTS, ReadPort
from mesh.access.people import Group, groups
from mesh.changes.decided_side import NOTHING, WHOLE, DecidedSide, ReadColumns
from mesh.changes.read_changes import ReadChange
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import became, enumerated, labelled, number_of

ProductPort = tuple[str, ReadPort]
"""A product and a port of it."""


class Holder(NamedTuple):
    """A group in a home: the domain in whose account it signs in."""

    group: str
    home: str

    @property
    def name(self) -> str:
        """Reference to the holder: `sales-planning@ads`."""
        return f"{self.group}@{self.home}"


@dataclass(frozen=True, slots=True)
class HolderChange:
    """A group with its clearances before and after, and the columns that it gains and loses by that."""

    holder: Holder
    before: tuple[str, ...]
    after: tuple[str, ...]
    gained: Mapping[ProductPort, ReadColumns]
    lost: Mapping[ProductPort, ReadColumns]
    labels: tuple[str, ...]
    """Labels of what it gains."""

    def as_json(self) -> dict[str, Any]:
        """The change as `mesh diff --json` prints it."""
        return {
            "group": self.holder.group,
            "home": self.holder.home,
            "before": list(self.before),
            "after": list(self.after),
            "gained": _as_json(self.gained),
            "lost": _as_json(self.lost),
        }


def _as_json(cells: Mapping[ProductPort, ReadColumns]) -> list[dict[str, Any]]:
    return [{"product": product, "port": port, "columns": sorted(found)} for (product, port), found in cells.items()]


def people_section(before: DecidedSide, after: DecidedSide, changes: Sequence[ReadChange]) -> ReportSection:
    """The section on groups: members that were added, removed and raised, and groups whose clearance changed."""
    found = holder_changes(before, after, changes)
    lines = [*_of_members(found, list(_of_terms(before, after))), *_of_clearances(found)]
    return ReportSection(
        key="people",
        title="People",
        summary=_summary(found, lines),
        lines=tuple(lines),
        data=[change.as_json() for change in found],
    )


def _summary(found: Sequence[HolderChange], lines: Sequence[ReportLine]) -> str:
    gaining, losing = sum(bool(each.gained) for each in found), sum(bool(each.lost) for each in found)
    texts = [
        *([f"{number_of(gaining, 'group gains', 'groups gain')} columns or files"] if gaining else []),
        *([f"{number_of(losing, 'group loses', 'groups lose')} some"] if losing else []),
    ]
    unread = "nobody gains or loses a column" if lines else "every group holds what it held"
    return "; ".join(texts) or unread


def holder_changes(before: DecidedSide, after: DecidedSide, changes: Sequence[ReadChange]) -> tuple[HolderChange, ...]:
    """Groups that hold something else than before, or read something else with what they hold."""
    one, other = _held(before), _held(after)
    touched: dict[tuple[str, str], set[str]] = {}
    for change in changes:
        if not change.pipeline:
            touched.setdefault((change.clearance, change.home), set()).add(change.product)
    found: list[HolderChange] = []
    for holder in sorted(one.keys() | other.keys()):
        had, has = one.get(holder, ()), other.get(holder, ())
        products = {product for name in (*had, *has) for product in touched.get((name, holder.home), ())}
        if had != has:
            products = {*before.products, *after.products}
        if products:
            made = _of_holder(before, after, holder, (had, has), sorted(products))
            if had != has or made.gained or made.lost:
                found.append(made)
    return tuple(found)


def _held(side: DecidedSide) -> dict[Holder, tuple[str, ...]]:
    """Clearances that each group holds, in the order of the plan; of a group that holds none there is nothing."""
    held: dict[Holder, tuple[str, ...]] = {}
    for each in _groups(side):
        if each.holds:
            holder = Holder(each.group, each.home)
            held[holder] = (*held.get(holder, ()), each.clearance)
    return held


def _groups(side: DecidedSide) -> Iterator[Group]:
    planned = side.planned
    held = ((reader.clearance, reader.home) for reader in side.access.readers)
    return groups(side.plan, planned.mesh, held, planned.as_of)


def _of_holder(
    before: DecidedSide,
    after: DecidedSide,
    holder: Holder,
    held: tuple[tuple[str, ...], tuple[str, ...]],
    products: Sequence[str],
) -> HolderChange:
    gained: dict[ProductPort, ReadColumns] = {}
    lost: dict[ProductPort, ReadColumns] = {}
    labels: set[str] = set()
    for product in products:
        for port in PORTS:
            had, has = (
                _reads(side, names, holder.home, product, port)
                for side, names in zip((before, after), held, strict=True)
            )
            if has - had:
                gained[product, port] = has - had
                labels |= after.labels(product, has - had)
            if had - has:
                lost[product, port] = had - has
    return HolderChange(holder, *held, gained, lost, tuple(sorted(labels)))


def _reads(side: DecidedSide, clearances: Iterable[str], home: str, product: str, port: ReadPort) -> ReadColumns:
    """Columns that a group reads with all that it holds."""
    read = (side.columns(side.readers.get(f"{name}@{home}"), product, port) for name in clearances)
    return NOTHING.union(*read)


def amount(cells: Mapping[ProductPort, ReadColumns]) -> str:
    """`37 columns of 12 products and the files of 2`."""
    tables = {product: columns for (product, port), columns in cells.items() if port == "table"}
    files = [product for (product, _), columns in cells.items() if WHOLE in columns]
    texts = [
        *([f"{number_of(sum(map(len, tables.values())), 'column')} of {_products(list(tables))}"] if tables else []),
        *([f"the files of {_products(files)}"] if files else []),
    ]
    return " and ".join(texts) or "nothing"


def _products(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else number_of(len(names), "product")


def _of_members(found: Iterable[HolderChange], terms: Sequence[tuple[Holder, ReportLine]]) -> Iterator[ReportLine]:
    """A line for each group that holds other clearances than before, and below it by which line of a file."""
    told: set[Holder] = set()
    for change in found:
        if change.before != change.after:
            told.add(change.holder)
            held = f"{_clearances(change.before)} → {_clearances(change.after)}"
            yield ReportLine(f"{change.holder.name}: {held}; {_effect(change)}")
            yield from (line._replace(depth=1) for holder, line in terms if holder == change.holder)
    yield from (line for holder, line in terms if holder not in told)


def _clearances(names: Sequence[str]) -> str:
    return enumerated(names) if names else "no clearance"


def _effect(change: HolderChange) -> str:
    texts = [
        *([f"gains {amount(change.gained)}{labelled(change.labels)}"] if change.gained else []),
        *([f"loses {amount(change.lost)}"] if change.lost else []),
    ]
    return " and ".join(texts) or "no column more or less than before"


def _of_clearances(found: Iterable[HolderChange]) -> Iterator[ReportLine]:
    """Lines for groups that hold what they held and read something else with it, those alike together."""
    alike: dict[str, list[str]] = {}
    for change in found:
        if change.before == change.after:
            alike.setdefault(_effect(change), []).append(change.holder.name)
    for effect, names in alike.items():
        verb = effect if len(names) == 1 else effect.replace("gains", "gain").replace("loses", "lose")
        yield ReportLine(f"{enumerated(names)} {verb}, with what {'it holds' if len(names) == 1 else 'they hold'}")


def _of_terms(before: DecidedSide, after: DecidedSide) -> Iterator[tuple[Holder, ReportLine]]:
    """Lines on members by holder: use, approver and review of those that are new or changed; and what holds nothing."""
    one, other = ({(each.clearance, each.group, each.home): each for each in _groups(side)} for side in (before, after))
    for key, now in other.items():
        then = one.get(key)
        name, holder = f"{now.group}@{now.home} as {now.clearance}", Holder(now.group, now.home)
        if now.unless and (then is None or then.unless != now.unless):
            yield holder, ReportLine(f"{name} holds nothing: {now.unless}")
        if then is None:
            yield holder, ReportLine(f"{name}: {now.use}; approved by {now.approved_by}, review {now.review}")
            continue
        for word, had, has in (
            ("use", then.use, now.use),
            ("approved by", then.approved_by, now.approved_by),
            ("review", then.review, now.review),
        ):
            if had != has:
                yield holder, ReportLine(f"{name}: {word} {became(had, has)}")
    for key, then in one.items():
        if key not in other and then.unless:
            text = f"{then.group}@{then.home} as {then.clearance}, which held nothing, has no line any more"
            yield Holder(then.group, then.home), ReportLine(text)
