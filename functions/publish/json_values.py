"""Values of JSON that others wrote, read strictly: what two readers could take in two ways is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from reprlib import Repr
from typing import Any, Final, cast

_SHORT: Final = Repr()
for _limit, _size in {"maxstring": 80, "maxother": 80, "maxlong": 40, "maxlevel": 2}.items():
    setattr(_SHORT, _limit, _size)


LONGEST: Final = 300
"""Characters of an error in a sentence."""


def mapping(value: object) -> Mapping[str, Any]:
    """An object of JSON; an empty one in the place of anything else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def read_json(content: bytes | str) -> Any:
    """A document in UTF-8, as every reader of it takes it; raises ValueError, or RecursionError for one too deep.

    Python's reader alone takes `Infinity` and numbers beyond those of a double, other encodings, halves of characters,
    and the last of two values of a key.
    """
    # The errors of Python would have the whole document in them.
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"no UTF-8 from byte {error.start:,} on") from None
    document = json.loads(text, object_pairs_hook=_said_once, parse_constant=_no_number, parse_float=_finite)
    if "\\u" in text:
        try:
            json.dumps(document, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"half a character, {error.object[error.start]!r}") from None
    return document


def shown(value: object) -> str:
    """A value as a sentence has it, shortened."""
    return _SHORT.repr(value)


def told(error: Exception) -> str:
    """An error of a reader as a sentence has it, shortened: it may have a foreign value in it."""
    return repr(error)[:LONGEST]


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{shown(digits)} is more than a number can be")
    return number


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand once: of two, one reader takes the first and another one the last."""
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError(f"a key stands twice among {shown([key for key, _ in pairs])}")
    return document
