"""Lines about access: read changes folded, so that one change is one line, however many homes and clearances it has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from mesh.access.chains import PORTS
from mesh.changes.decided_side import WHOLE, DecidedSide, ReadColumns
from mesh.changes.moved_columns import moved_columns
from mesh.changes.read_changes import ReadChange
from mesh.changes.report import ReportLine, ReportSection
from mesh.changes.sentences import enumerated, labelled, number_of

GAINS: Final = "gains"
LOSES: Final = "loses"
_PLURAL: Final = {GAINS: "gain", LOSES: "lose"}


class ReadPart(NamedTuple):
    """Columns of one product through one port, which somebody gains or loses."""

    product: str
    port: str
    columns: ReadColumns


class AlikeReads(NamedTuple):
    """A gain or a loss that some clearances have in some homes alike."""

    verb: str
    clearances: tuple[str, ...]
    homes: tuple[str, ...]
    parts: tuple[ReadPart, ...]


def access_section(before: DecidedSide, after: DecidedSide, changes: Sequence[ReadChange]) -> ReportSection:
    """The section on who reads what more and less, of people's clearances."""
    people = [change for change in changes if not change.pipeline]
    words = _Words(before, after)
    moved = [
        ReportLine(f"{product}: {column} has the data that {former} had: who reads it reads that from now on")
        for product, column, former in moved_columns(before.planned.mesh, after.planned.mesh)
    ]
    texts = [*moved, *_of_homes(words, people), *_of_the_rest(words, people)]
    return ReportSection(
        key="access",
        title="Access",
        summary="; ".join([*_moved(len(moved)), *_summary(people)]) or "no clearance reads more or less than before",
        lines=tuple(texts),
        data=[change.as_json() for change in people],
    )


def _moved(count: int) -> list[str]:
    return [f"{number_of(count, 'column')} with the data of another"] if count else []


def _summary(changes: Sequence[ReadChange]) -> list[str]:
    verbs = {GAINS: [c for c in changes if c.gained], LOSES: [c for c in changes if c.lost]}
    texts: list[str] = []
    for verb, found in verbs.items():
        if found:
            who = number_of(len({change.clearance for change in found}), "clearance")
            what = number_of(len({change.product for change in found}), "product")
            one = len({change.clearance for change in found}) == 1
            texts.append(f"{who} {verb if one else _PLURAL[verb]} columns or files of {what}")
    return texts


class _Words:
    """Both sides, as far as words about them go."""

    def __init__(self, before: DecidedSide, after: DecidedSide) -> None:
        self.before, self.after = before, after
        self.new_homes = _only(after, before, lambda side: side.plan.domains)
        self.gone_homes = _only(before, after, lambda side: side.plan.domains)
        self.clearances = tuple(
            dict.fromkeys(
                clearance.name for side in (before, after) for clearance in side.plan.governance.catalog.clearances
            )
        )
        self.kept_homes = tuple(home for home in before.plan.domains if home in after.plan.domains)

    def side(self, verb: str) -> DecidedSide:
        return self.after if verb == GAINS else self.before

    def part(self, part: ReadPart, verb: str) -> str:
        """`profile_name and birth_year (table)`, with the labels that they have, or had where they lost some."""
        side = self.side(verb)
        every = side.every_column(part.product, "table" if part.port == "table" else "files")
        labels = side.labels(part.product, part.columns)
        had = self.before.labels(part.product, part.columns) - labels if verb == GAINS else frozenset[str]()
        shown = f"{labelled(labels)}{f', {enumerated(sorted(had))} before' if had else ''}"
        if WHOLE in part.columns:
            return f"all files{shown}"
        if len(every) == len(part.columns) > 1:
            return f"all {len(every)} columns of the table{shown}"
        return f"{enumerated(self.short(part.product, part.columns, side))}{shown}"

    @staticmethod
    def short(product: str, columns: ReadColumns, side: DecidedSide) -> list[str]:
        """Columns without their table, where the product has one alone."""
        every = side.every_column(product, "table") | columns
        alone = len({name.partition(".")[0] for name in every}) == 1
        return sorted(name.partition(".")[2] if alone else name for name in columns)

    def clearances_of(self, names: Sequence[str]) -> str:
        if len(names) == len(self.clearances) > 1:
            return "every clearance"
        return enumerated(names)

    def homes_of(self, names: Sequence[str]) -> str:
        kept = set(self.kept_homes)
        if len(kept) > 1 and set(names) >= kept:
            return ", in every home,"
        left = [home for home in self.kept_homes if home not in names]
        if len(kept) > 3 and 0 < len(left) <= 2 and set(names) <= kept:
            return f", in every home but {enumerated(left)},"
        return f" in {enumerated(names)}"

    def parts_of(self, parts: Iterable[ReadPart], verb: str) -> str:
        return "; ".join(self.part(part, verb) for part in parts)


def part_words(before: DecidedSide, after: DecidedSide, parts: Iterable[ReadPart], verb: str) -> str:
    """Parts of what is gained or lost, in words."""
    return _Words(before, after).parts_of(parts, verb)


def _only(side: DecidedSide, other: DecidedSide, names: Callable[[DecidedSide], Iterable[str]]) -> tuple[str, ...]:
    there = set(names(other))
    return tuple(name for name in names(side) if name not in there)


def _of_homes(words: _Words, changes: Sequence[ReadChange]) -> Iterator[ReportLine]:
    """A line for each home that is new or gone, with what its clearances read, or read there."""
    for verb, homes in ((GAINS, words.new_homes), (LOSES, words.gone_homes)):
        for home in homes:
            found = [change for change in changes if change.home == home]
            products = {change.product for change in found}
            yield ReportLine(
                f"{home} is {'a new home' if verb == GAINS else 'no home any more'}: its clearances read "
                f"{number_of(len(products), 'product')} there{'' if verb == GAINS else ' until now'}"
                f"{_as_elsewhere(words, verb, home, found)}"
            )


def _as_elsewhere(words: _Words, verb: str, home: str, found: Sequence[ReadChange]) -> str:
    """Whether a clearance reads in a new home what it reads in all the others."""
    side = words.side(verb)
    others = [name for name in words.kept_homes if name != home]
    if not others:
        return ""
    here = {(c.clearance, c.product, c.port): c.gained or c.lost for c in found}
    for clearance in words.clearances:
        reader = side.readers.get(f"{clearance}@{others[0]}")
        for product in side.products:
            for port in PORTS:
                if side.columns(reader, product, port) != here.get((clearance, product, port), frozenset()):
                    return ""
    return f", as in {others[0]}"


def _of_the_rest(words: _Words, changes: Sequence[ReadChange]) -> Iterator[ReportLine]:
    kept = [change for change in changes if change.home in words.kept_homes]
    for alike in folded(kept):
        one = len(alike.clearances) == 1 or len(alike.clearances) == len(words.clearances)
        verb = alike.verb if one else _PLURAL[alike.verb]
        who = f"{words.clearances_of(alike.clearances)}{words.homes_of(alike.homes)} {verb}"
        by_product: dict[str, list[ReadPart]] = {}
        for part in alike.parts:
            by_product.setdefault(part.product, []).append(part)
        if len(by_product) == 1:
            ((product, parts),) = by_product.items()
            yield ReportLine(f"{who} {product}: {words.parts_of(parts, alike.verb)}")
            continue
        columns = sum(len(part.columns) for part in alike.parts if part.port == "table")
        files = sum(part.port == "files" for part in alike.parts)
        numbers = [
            *([number_of(columns, "column")] if columns else []),
            *([f"the files of {number_of(files, 'product')}"] if files else []),
        ]
        yield ReportLine(f"{who} {' and '.join(numbers)}, of {number_of(len(by_product), 'product')}:")
        yield from (
            ReportLine(f"{product}: {words.parts_of(parts, alike.verb)}", 1) for product, parts in by_product.items()
        )


def folded(changes: Iterable[ReadChange]) -> tuple[AlikeReads, ...]:
    """Read changes of people, those together that some clearances have in some homes alike; gains come first."""
    homes: dict[tuple[str, ReadPart], dict[str, list[str]]] = {}
    for change in changes:
        for verb, columns in ((GAINS, change.gained), (LOSES, change.lost)):
            if columns:
                part = ReadPart(change.product, change.port, columns)
                homes.setdefault((verb, part), {}).setdefault(change.clearance, []).append(change.home)
    groups: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[ReadPart]] = {}
    for (verb, part), held in homes.items():
        alike: dict[tuple[str, ...], list[str]] = {}
        for clearance, names in held.items():
            alike.setdefault(tuple(names), []).append(clearance)
        for names, clearances in alike.items():
            groups.setdefault((verb, tuple(clearances), names), []).append(part)
    made = [AlikeReads(*key, tuple(sorted(parts, key=_order))) for key, parts in groups.items()]
    return tuple(sorted(made, key=lambda each: each.verb != GAINS))


def _order(part: ReadPart) -> tuple[str, int]:
    return part.product, PORTS.index("table" if part.port == "table" else "files")
