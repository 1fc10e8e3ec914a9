"""Known differences between the two engines; `docs/conformance.md` says of each why it stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """A known difference: its title in the document, and the form of its lines."""

    title: str
    line: str
    """A regular expression for the line, from its beginning."""

    always: bool = True
    """False where the difference was seen to be absent, too: both engines then did the same, and why is not known."""


_CHECKED_FIRST: Final = KnownDifference(
    "A refused registration may have been checked", r"run \d+: requests .*Thing::b:"
)
_OLD_PROVIDER: Final = KnownDifference(
    "A provider that is only to be deleted with is configured when it deletes",
    r"run [234]: requests .*pulumi:providers:aws::account:",
)
_OLD_PROVIDER_AT_TIMES: Final = replace(_OLD_PROVIDER, always=False)
_HALF_MADE: Final = KnownDifference(
    "A resource that was made but is not ready is a step", r"run 1: (steps|order) of .*Thing::b"
)

KNOWN: Final[Mapping[str, KnownDifference]] = {
    "alias-claimed-twice": _CHECKED_FIRST,
    "provider-replaced": _OLD_PROVIDER,
    "destroy": _OLD_PROVIDER,
    "protect-keeps-what-it-needs": _OLD_PROVIDER,
    "destroy-refused-by-protection": _OLD_PROVIDER,
    "destroy-refused-for-one-of-several": _OLD_PROVIDER_AT_TIMES,
    "half-made": _HALF_MADE,
}
"""Known differences by program."""


def unexplained(program: str, lines: Sequence[str]) -> list[str]:
    """The lines that no known difference explains; a known difference that is gone makes a line, too."""
    known = KNOWN.get(program)
    if known is None:
        return list(lines)
    others = [line for line in lines if not re.match(known.line, line)]
    gone = known.always and len(others) == len(lines)
    return [f"no longer a difference: {known.title}", *others] if gone else others
