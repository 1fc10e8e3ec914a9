"""Numbers and moments as policies and requests write them, and the order in which they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from mesh.evaluator.errors import UnknownError
from mesh.evaluator.moments import seconds
from mesh.evaluator.patterns import Test

_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def _number(text: str) -> Decimal:
    # Integers and decimals (IAM User Guide, "Numeric condition operators"), compared digit by digit.
    if not _DECIMAL.fullmatch(text):
        raise UnknownError(f"{text!r} is no number")
    return Decimal(text)


def _ordered(read: Callable[[str], Decimal], compare: Callable[[Decimal, Decimal], bool]) -> Callable[..., Test]:
    def compiled(values: tuple[str, ...]) -> Test:
        bounds = tuple(read(value) for value in values)

        def test(text: str) -> bool:
            number = read(text)
            return any(compare(number, bound) for bound in bounds)

        return test

    return compiled


_ORDERS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "equals": lambda value, bound: value == bound,
    "lessthan": lambda value, bound: value < bound,
    "lessthanequals": lambda value, bound: value <= bound,
    "greaterthan": lambda value, bound: value > bound,
    "greaterthanequals": lambda value, bound: value >= bound,
}
ORDERED: Final[Mapping[str, Callable[[tuple[str, ...]], Test]]] = {
    **{f"numeric{name}": _ordered(_number, compare) for name, compare in _ORDERS.items()},
    **{f"date{name}": _ordered(seconds, compare) for name, compare in _ORDERS.items()},
}
"""Tests of numbers and of moments, by their operator without a negation."""
