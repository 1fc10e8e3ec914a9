"""A clearance and its LF-tag expression, which says what columns it may read of any product."""

from __future__ import annotations

from dataclasses import dataclass

from mesh.plan.nodes.grants import LABEL_VALUES, Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """A clearance: the classifications that it reads (`reads`), among all of the mesh."""

    name: str
    reads: frozenset[str]
    classifications: tuple[str, ...]

    @property
    def expression(self) -> Expression:
        """The LF-tag expression: for each classification of the mesh `[false]`, or `[false, true]` if it is read."""
        # The hub's grant and the domain's are both made from this value: an account may pass on an expression only if
        # it is exactly the one shared with it (Lake Formation Developer Guide, "Permission cascading rules").
        return tuple((key, LABEL_VALUES if key in self.reads else ("false",)) for key in self.classifications)

    def covers(self, labels: frozenset[str]) -> bool:
        """Whether data with these labels may be read."""
        return labels <= self.reads
