"""The differences between the two engines that are known; `docs/conformance.md` says of each why it stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Known:
    """A difference: its title in the document, and what its lines look like."""

    title: str
    line: str
    """A regular expression for the line, from its beginning."""


_CHECKED_FIRST: Final = Known("A refused registration may have been checked", r"run \d+: requests .*Thing::b:")
_OLD_PROVIDER: Final = Known(
    "A provider that is only to be deleted with is configured when it deletes",
    r"run [234]: requests .*pulumi:providers:aws::account:",
)
_HALF_MADE: Final = Known("A resource that was made but is not ready is a step", r"run 1: (steps|order) of .*Thing::b")

KNOWN: Final[Mapping[str, Known]] = {
    "alias-claimed-twice": _CHECKED_FIRST,
    "provider-replaced": _OLD_PROVIDER,
    "destroy": _OLD_PROVIDER,
    "protect-keeps-what-it-needs": _OLD_PROVIDER,
    "destroy-refused-by-protection": _OLD_PROVIDER,
    "destroy-refused-for-one-of-several": _OLD_PROVIDER,
    "half-made": _HALF_MADE,
}
"""By program."""


def unexplained(program: str, lines: Sequence[str]) -> list[str]:
    """The differences that no known one explains; a known one that is gone is one of them."""
    known = KNOWN.get(program)
    if known is None:
        return list(lines)
    rest = [line for line in lines if not re.match(known.line, line)]
    return rest if len(rest) < len(lines) else [f"no longer a difference: {known.title}", *rest]
