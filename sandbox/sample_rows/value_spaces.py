"""Spaces of values: each value of a column has a number, so that any row is made without those before it."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final, Protocol

_MASK: Final = (1 << 64) - 1


def seed_of(*words: object) -> int:
    """A seed of 64 bits from words; other words give another."""
    text = "\0".join(map(str, words))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def mixed(seed: int, number: int) -> int:
    """A number of 64 bits that looks random; the same for the same seed and number.

    Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", SplitMix64.
    """
    z = (seed + number * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


class Space(Protocol):
    """Values that differ from each other, by their numbers from 0."""

    @property
    def size(self) -> int:
        """Number of the values."""
        ...

    def at(self, number: int) -> Any:
        """The value of a number."""
        ...


@dataclass(frozen=True, slots=True)
class ListedSpace:
    """Values of a list, each of which stands once."""

    values: Sequence[Any]

    @property
    def size(self) -> int:
        """Number of the values."""
        return len(self.values)

    def at(self, number: int) -> Any:
        """The value of a number."""
        return self.values[number]


@dataclass(frozen=True, slots=True)
class ComputedSpace:
    """Values that a function makes of their numbers."""

    size: int
    made: Callable[[int], Any]

    def at(self, number: int) -> Any:
        """The value of a number."""
        return self.made(number)


@dataclass(frozen=True, slots=True)
class TextSpace:
    """Texts of several shapes; a shape has the characters that may stand at each place. No two shapes overlap."""

    shapes: Sequence[Sequence[str]]
    ends: Sequence[int]

    @property
    def size(self) -> int:
        """Number of the texts."""
        return self.ends[-1] if self.ends else 0

    def at(self, number: int) -> str:
        """The text of a number."""
        shape_number = bisect_right(self.ends, number)
        rest = number - (self.ends[shape_number - 1] if shape_number else 0)
        characters: list[str] = []
        for choice in self.shapes[shape_number]:
            rest, digit = divmod(rest, len(choice)) if len(choice) > 1 else (rest, 0)
            characters.append(choice[digit])
        return "".join(characters)


def text_space(shapes: Sequence[Sequence[str]]) -> TextSpace:
    """The space of the texts of some shapes that do not overlap."""
    return TextSpace(shapes, tuple(accumulate(math.prod(map(len, shape)) for shape in shapes)))


@dataclass(frozen=True, slots=True)
class Scatter:
    """A bijection of the numbers below `size` that takes neighbours apart."""

    factor: int
    shift: int
    size: int

    def at(self, number: int) -> int:
        """The place of a number; numbers that are not below the size have one, too."""
        return (self.factor * number + self.shift) % self.size

    def number_at(self, place: int) -> int:
        """The number below the size that has a place."""
        return (place - self.shift) * pow(self.factor, -1, self.size) % self.size


def scatter(seed: int, size: int) -> Scatter:
    """The bijection of a seed."""
    if size < 2:
        return Scatter(1, 0, max(size, 1))
    words = size.bit_length() // 64 + 1
    wide, shift = (sum(mixed(seed, start + n) << (64 * n) for n in range(words)) for start in (0, words))
    # Neither a small factor nor one near the size: those leave neighbours together.
    factor = size // 4 + wide % (size // 2 + 1)
    while math.gcd(factor, size) != 1:
        factor += 1
    return Scatter(factor, shift % size, size)
