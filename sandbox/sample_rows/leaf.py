"""Leaf of a column: a column, or what is nested in one, whose values have no parts; what is asked of its values."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final, NamedTuple

from mesh.contracts.types import ColumnType
from mesh.findings import KeyPath
from sandbox.sample_rows.column_rules import ColumnRules, Placed
from sandbox.sample_rows.text_shapes import UnsupportedPatternError, compiled
from sandbox.sample_rows.value_spaces import ListedSpace, Space, scatter, seed_of

WHOLE: Final = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
"""Bits of the types of whole numbers."""

_TRIED: Final = 4096


class RuleFault(NamedTuple):
    """A fault in the rules of a contract, and the path of keys where it stands."""

    path: KeyPath
    message: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf, and what its values are asked: `need` of them differ, `now` is UTC without a zone, and the values of a
    time are `fresh` enough. `words` name it in sentences; `personal` says that a label makes it data of people.
    """

    name: str
    words: str
    path: KeyPath
    type: ColumnType
    rules: ColumnRules
    now: datetime.datetime
    logical: str | None = None
    physical: str | None = None
    personal: bool = False
    need: int = 1
    fresh: Placed | None = None
    examples: tuple[Any, ...] = ()
    faults: list[RuleFault] = field(default_factory=list[RuleFault])

    def fault(self, path: KeyPath, message: str) -> None:
        """Tells a fault; the sentence begins with the words of this leaf."""
        self.faults.append(RuleFault(path, f"{self.words} {message}"))

    @property
    def lengths(self) -> tuple[int, int | None]:
        """The least and the most characters of a text; a physical type such as varchar(10) has the most, too."""
        least, most = self.rules.option("minLength"), self.rules.option("maxLength")
        sized = re.fullmatch(r"\s*\w+(?:\s+varying)?\s*\(\s*(\d+)[^,)]*\)\s*", self.physical or "")
        tops = [each for each in (most, int(sized[1]) if sized else None) if isinstance(each, int)]
        return least if isinstance(least, int) else 0, min(tops, default=None)

    def misses(self, value: Any) -> str:
        """The rule that a value does not hold, in words; empty when it holds all."""
        if isinstance(value, str):
            least, most = self.lengths
            if len(value) < least:
                return f"has less than {least} characters (minLength)"
            if most is not None and len(value) > most:
                return f"has more than {most} characters (maxLength)"
        for pattern in self.rules.patterns:
            if not _found(pattern.value, value if isinstance(value, str) else str(value)):
                return f"does not match the pattern '{pattern.value}'"
        for bound in self.rules.bounds:
            if not _holds(str(bound.path[-1]), value, bound.value):
                return f"is not within its {bound.path[-1]} {bound.value}"
        step = self.rules.option("multipleOf")
        if step is not None and is_number(value) and Fraction(str(value)) % Fraction(str(step)):
            return f"is no multiple of {step}"
        return "is one of those that count as missing" if value in self.rules.never else ""


def is_number(value: Any) -> bool:
    """Whether a value is a number; a boolean is none."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _found(pattern: str, value: str) -> bool:
    try:
        return compiled(pattern).search(value) is not None
    except UnsupportedPatternError:  # told where the pattern stands
        return True


def _holds(key: str, value: Any, bound: Any) -> bool:
    limit: Any = bound
    if is_number(value) and is_number(bound):
        value, limit = Fraction(str(value)), Fraction(str(bound))
    elif isinstance(value, datetime.date) and isinstance(bound, (str, datetime.date)):
        value, limit = moment(value), moment(bound)
        if limit is None:
            return True
    elif type(value) is not type(bound):
        return True
    match key:
        case "minimum":
            return value >= limit
        case "maximum":
            return value <= limit
        case "exclusiveMinimum":
            return value > limit
        case _:
            return value < limit


def moment(value: str | datetime.date) -> datetime.datetime | None:
    """The moment, UTC without a zone, that a text or a date says; None for a text that is none of ISO 8601."""
    try:
        made = datetime.datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(made, datetime.datetime):
        return datetime.datetime.combine(made, datetime.time())
    return made.astimezone(datetime.UTC).replace(tzinfo=None) if made.tzinfo else made


def converted(type_: ColumnType, value: Any) -> Any:
    """A value of YAML as the type has it; raises ValueError."""
    match type_.name:
        case "string" if not isinstance(value, bool) and isinstance(value, (str, int, float, datetime.date)):
            return str(value)
        case "binary" if isinstance(value, str):
            return value.encode()
        case "boolean" if isinstance(value, bool):
            return value
        case "date" if (made := _moment(value)) is not None:
            return made.date()
        case "timestamp" | "timestamptz" if (made := _moment(value)) is not None:
            return made.replace(tzinfo=datetime.UTC) if type_.name == "timestamptz" else made
        case _ if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ValueError
        case name if name in WHOLE and Fraction(value).denominator == 1 and _within(int(value), WHOLE[name]):
            return int(value)
        case "float" | "double":
            return float(value)
        case "decimal":
            return _decimal(str(value), *type_.numbers)
        case _:
            raise ValueError


def _moment(value: Any) -> datetime.datetime | None:
    return moment(value) if isinstance(value, (str, datetime.date)) else None


def _within(number: int, bits: int) -> bool:
    return -(1 << bits - 1) <= number < 1 << bits - 1


def _decimal(text: str, precision: int, scale: int) -> Decimal:
    try:
        units = Fraction(Decimal(text)) * 10**scale
    except (InvalidOperation, OverflowError) as error:
        raise ValueError from error
    if units.denominator != 1 or abs(units) >= 10**precision:
        raise ValueError
    return decimal_of(int(units), scale)


def decimal_of(units: int, scale: int) -> Decimal:
    """So many of the last digits of a decimal; exact, as arithmetic of Decimal rounds to 28 digits."""
    return Decimal((int(units < 0), tuple(map(int, str(abs(units)))), -scale))


def fitting(space: Space, leaf: Leaf) -> ListedSpace:
    """Those among some values of a space that hold every rule of a leaf."""
    order = scatter(seed_of("fitting", *leaf.path), space.size)
    values = (space.at(order.at(number)) for number in range(min(space.size, max(_TRIED, 4 * min(leaf.need, 50_000)))))
    return ListedSpace([value for value in dict.fromkeys(values) if not leaf.misses(value)])


def allowed_space(leaf: Leaf) -> Space | None:
    """The values that a leaf's lists allow; None, with the faults, where they contradict each other or its rules."""
    before = len(leaf.faults)
    lists = [(placed, _converted_all(leaf, placed)) for placed in leaf.rules.allowed]
    if len(leaf.faults) > before:
        return None
    values = [one for one in dict.fromkeys(lists[0][1]) if all(one in others for _, others in lists[1:])]
    if not values:
        leaf.fault(lists[-1][0].path, "has lists of allowed values that have no value in common: make them the same")
        return None
    wrong = [f"{value!r} {why}" for value in values if (why := leaf.misses(value))]
    if wrong:
        message = f"allows values that its other rules forbid: {'; '.join(wrong[:4])}; correct one of the two"
        leaf.fault(lists[0][0].path, message)
        return None
    return ListedSpace(values)


def _converted_all(leaf: Leaf, placed: Placed) -> list[Any]:
    made: list[Any] = []
    for number, value in enumerate(placed.value):
        try:
            if value is not None:
                made.append(converted(leaf.type, value))
        except (ValueError, OverflowError):
            leaf.fault((*placed.path, number), f"allows {value!r}, which is no {leaf.type}: correct the value")
    if not placed.value:
        leaf.fault(placed.path, "allows no value at all: list its values")
    return made
