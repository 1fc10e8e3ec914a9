"""Row values: functions that make the value of a row from the values of a space, in some order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.sample_rows.value_spaces import Scatter, Space, mixed


def value_at(space: Space, unit: tuple[str, ...], name: str) -> Callable[[int], Any]:
    """Function that makes a column's value of a number; a unit of several columns has tuples of values."""
    if len(unit) == 1:
        return space.at
    place = unit.index(name)

    def at(number: int) -> Any:
        return space.at(number)[place]

    return at


def each_once(at: Callable[[int], Any], numbers: Scatter, filled: Scatter | None, nulls: int) -> Callable[[int], Any]:
    """Function that makes the values of rows in an order, so that no two rows have the same.

    Where some rows are null, those that `filled` puts below `nulls`, the others alone count.
    """
    factor, shift, size = numbers.factor, numbers.shift, numbers.size
    if filled is not None:
        place = filled.at

        def among_filled(row: int) -> Any:
            return at((factor * (place(row) - nulls) + shift) % size)

        return among_filled

    def made(row: int) -> Any:
        return at((factor * row + shift) % size)

    return made


def any_of(at: Callable[[int], Any], numbers: Scatter, salt: int, most: int) -> Callable[[int], Any]:
    """Function that makes the values of rows at random, of the first `most` in the order; of all where that is 0."""
    factor, shift, size = numbers.factor, numbers.shift, numbers.size

    def made(row: int) -> Any:
        number = mixed(salt, row)
        return at((factor * (number % most if most else number) + shift) % size)

    return made


def drawn_by(draw: Callable[[int, int], Any], seed: int) -> Callable[[int], Any]:
    """Function that draws the values of rows, with a random number for each."""

    def made(row: int) -> Any:
        return draw(row, mixed(seed, row))

    return made
