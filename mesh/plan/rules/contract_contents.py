"""Rules of what contracts say: what they declare and nothing watches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.contracts import keys
from mesh.findings import Problem
from mesh.plan.rules.context import CrossFileRule, RuleContext


def contracts_declare_what_is_watched(context: RuleContext) -> Iterator[Problem]:
    """Contracts declare nothing that is not watched; what they do declare of it is counted in one note."""
    for file, contract in context.every_contract():
        counts = keys.unwatched(contract)
        if counts:
            parts = [f"{number} {kind.one if number == 1 else kind.many}" for kind, number in counts.items()]
            are = "is" if sum(counts.values()) == 1 else "are"
            listed = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
            yield Problem(file, (), f"{listed} {are} declared and not watched yet", "note")


RULES: Final[tuple[CrossFileRule, ...]] = (contracts_declare_what_is_watched,)
