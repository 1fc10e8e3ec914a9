"""Notice of breaks: whether a break has its major version, was deprecated before, and comes after its announced end.

A break takes two changes of a contract. The first deprecates what will break (`deprecated: true` at the column or the
table, or `status: deprecated` for the whole), and announces its end, some days ahead, as the standard's service level:

    slaProperties:
      - property: endOfSupport
        value: "2027-06-30"
        element: profiles.avatar        # several with commas; left out, it is the end of the whole contract
        description: Use picture_key, which has all that avatar had; told in #identity-data.

The second, on that day or later, breaks it, with the next major version.
Source: Open Data Contract Standard 3.2, "Service-Level Agreement", `endOfSupport`; "Schema", `deprecated`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from mesh.contracts.breaks.break_rule import ContractChange, VersionStep
from mesh.contracts.breaks.contract_versions import ContractVersion, step_between
from mesh.contracts.breaks.judgement import demanded_step
from mesh.contracts.breaks.promise_breaks import LABEL_ADDED, NOT_YET
from mesh.contracts.breaks.service_level_breaks import ENDS, level_name
from mesh.findings import KeyPath, listed
from mesh.model import Contract, Element

AT_ONCE: Final = frozenset({LABEL_ADDED})
"""Breaks that wait for no end: who finds that a column is personal data closes it on the same day."""


class BreakRefusal(NamedTuple):
    """A reason to refuse a change of a contract: what is missing, its place in the contract after, and a sentence."""

    missing: Literal["version", "deprecation", "end", "notice"]
    path: KeyPath
    sentence: str


def version_made(before: Contract, after: Contract) -> VersionStep | None:
    """The step that the version of a contract makes; None where it makes none, or none can be told."""
    old, new = ContractVersion.read(before.version), ContractVersion.read(after.version)
    return step_between(old, new) if old and new else None


def refusals(
    before: Contract, after: Contract | None, changes: Sequence[ContractChange], as_of: datetime.date, notice: int
) -> tuple[BreakRefusal, ...]:
    """Reasons to refuse changes of a contract on a day, or that it goes with its product.

    An end is announced at least `notice` days ahead.
    """
    breaking = [change for change in changes if change.verdict == "breaking"]
    told: list[BreakRefusal] = [*_ends_too_soon(before, after, as_of, notice)] if after else []
    if breaking:
        told += _version(before, after, changes) if after else ()
        if str(before.data.get("status")).casefold() not in NOT_YET:
            told += _unannounced(before, breaking, as_of)
    return tuple(dict.fromkeys(told))


def _version(before: Contract, after: Contract, changes: Sequence[ContractChange]) -> Iterator[BreakRefusal]:
    wanted, made = demanded_step(changes), version_made(before, after)
    old = ContractVersion.read(before.version)
    if made == wanted:
        return
    count = sum(change.verdict == "breaking" for change in changes)
    what = "a break demands a major version" if count == 1 else f"{count} breaks demand a major version"
    if old is None:
        sentence = (
            f"{what}, and no step can be told from '{before.version}': first give the contract a version as 1.4.0"
        )
    else:
        step = f"makes a {made} step" if made else "makes no step"
        sentence = f"{what}, and {before.version} to {after.version} {step}: write {old.major + 1}.0.0"
    yield BreakRefusal("version", ("version",), sentence)


# ---- what was announced before


def announced_end(contract: Contract) -> datetime.date | None:
    """The last day that a contract announces as the end of the whole; None where it announces none."""
    return max((end.day for end in _ends(contract) if not end.of and end.day), default=None)


class _End(NamedTuple):
    """An announced end: the column or table that it is of, empty for the contract; the day, the words, its level."""

    of: str
    day: datetime.date | None
    words: str
    number: int


def _ends(contract: Contract) -> Iterator[_End]:
    levels: list[Mapping[str, Any]] = contract.data.get("slaProperties") or []
    for number, level in enumerate(levels):
        if level_name(level) in ENDS:
            words, day = str(level.get("description") or "").strip(), _day(level.get("value"))
            element = str(level.get("element") or "")
            for one in [part.strip() for part in element.split(",") if part.strip()] if element else [""]:
                yield _End(_in_catalog(contract, one), day, words, number)


def _in_catalog(contract: Contract, element: str) -> str:
    """One of the elements of a service level by its names in the catalog.

    It is named as `mesh validate` takes it: with its table and what stands before that, or alone where the contract
    has one table.
    """
    steps = element.split(".")
    for start, name in enumerate(steps):
        for table in contract.tables:
            if name in (table.name, table.catalog_name):
                inner = ".".join(steps[start + 1 :])
                return f"{table.catalog_name}.{_column_in_catalog(table, inner) or inner}".rstrip(".")
    if len(contract.tables) == 1 and (found := _column_in_catalog(contract.tables[0], element)):
        return f"{contract.tables[0].catalog_name}.{found}"
    return element


def _column_in_catalog(table: Element, name: str) -> str:
    """The name in the catalog of a column, empty where the table has none of that name."""
    return next((one.catalog_name for one in table.columns if name in (one.name, one.catalog_name)), "")


def _day(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.date):
        return value.date() if isinstance(value, datetime.datetime) else value
    try:
        return datetime.datetime.fromisoformat(str(value)).date()
    except ValueError:
        return None


def _ends_too_soon(before: Contract, after: Contract, as_of: datetime.date, notice: int) -> Iterator[BreakRefusal]:
    """Ends that are announced now, and lie less than the notice ahead."""
    known = {(end.of, end.day) for end in _ends(before)}
    for end in _ends(after):
        if (end.of, end.day) in known:
            continue
        place: KeyPath = ("slaProperties", end.number, "value")
        of = f"'{end.of}'" if end.of else "the contract"
        first = as_of + datetime.timedelta(days=notice)
        if end.day is None:
            yield BreakRefusal("end", place, f"the end of {of} is no day; write one as {first}")
        elif end.day < first:
            left = (end.day - as_of).days
            ahead = f"{_days(left)} ahead" if left > 0 else f"{_days(-left)} ago" if left else "today"
            ahead = f"{ahead}, and consumers have {_days(notice)} to move"
            yield BreakRefusal("end", place, f"the end of {of}, {end.day}, is {ahead}: write {first} or later")
        if not end.words:
            why = f"the end of {of} does not say what to use instead, and where consumers were told: add 'description'"
            yield BreakRefusal("notice", ("slaProperties", end.number), why)


def _days(number: int, word: str = "") -> str:
    return f"{number:,} {word}{'day' if number == 1 else 'days'}"


def _unannounced(before: Contract, breaking: Sequence[ContractChange], as_of: datetime.date) -> Iterator[BreakRefusal]:
    """Missing parts of the announcement of each break, told once for each column, table or the contract."""
    ends = list(_ends(before))
    for subject in dict.fromkeys(_subject(one) for one in breaking if one.rule not in AT_ONCE):
        shown = f"'{subject}'" if subject else "the contract"
        rules = sorted({one.rule for one in breaking if _subject(one) == subject and one.rule not in AT_ONCE})
        if not _was_deprecated(before, subject):
            how = (
                f"write 'deprecated: true' at {shown}, or 'status: deprecated'"
                if subject
                else "write 'status: deprecated'"
            )
            why = f"{listed(rules)}: {shown} was not deprecated before; {how} in a change that comes first"
            yield BreakRefusal("deprecation", (), why)
        mine = [end for end in ends if end.of in ("", subject, subject.partition(".")[0])]
        days = [end.day for end in mine if end.day is not None]
        if not days:
            why = f"{listed(rules)}: no end of {shown} was announced; write a service level 'endOfSupport' with its day"
            yield BreakRefusal("end", ("slaProperties",), why)
        elif min(days) > as_of:
            left = (min(days) - as_of).days
            why = f"{listed(rules)}: {shown} is promised until {min(days)}, for {_days(left, 'more ')}; break it then"
            yield BreakRefusal("end", ("slaProperties",), why)
        if days and not any(end.words for end in mine):
            why = f"{listed(rules)}: the end of {shown} said to nobody what to use instead; it has no 'description'"
            yield BreakRefusal("notice", ("slaProperties",), why)


def _subject(change: ContractChange) -> str:
    """The column or table that a change bears on; empty for several, and for the whole contract."""
    if len(change.columns) != 1:
        tables = {column.partition(".")[0] for column in change.columns}
        return tables.pop() if len(tables) == 1 else ""
    return change.columns[0].removesuffix(".*")


def _was_deprecated(before: Contract, subject: str) -> bool:
    if str(before.data.get("status")).casefold() == "deprecated":
        return True
    table_name, _, column_name = subject.partition(".")
    for table in before.tables:
        if table.catalog_name == table_name:
            columns = [one for one in table.columns if one.catalog_name == column_name]
            return any(map(_is_deprecated, (table, *columns)))
    return False


def _is_deprecated(element: Element) -> bool:
    return element.data.get("deprecated") is True or element.custom("deprecated") is True
