"""Findings of validation: the place in a file, the sentence on what is wrong there, and its severity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal

from mesh.visible_text import visible_text

Severity = Literal["error", "lapse", "warning", "note"]
"""Severity of a finding: an error stops everything; a lapse (a date has passed) fails validation and is deployed as
closed; a warning only tells; a note tells what nobody has to change.
"""

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding whose place is still a path of keys: `Problem("domains/ads.yaml", ("products", "clicks"), …)`.

    `on_key` places it at the key itself instead of at the key's value.
    """

    file: str
    path: KeyPath
    message: str
    severity: Severity = "error"
    on_key: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A finding with its place; lines and columns count from 1."""

    file: str
    line: int
    column: int
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        kind = "" if self.severity == "error" else f"{self.severity}: "
        return visible_text(f"{self.file}:{self.line}:{self.column}: {kind}{self.message}")


SERIOUS: Final = frozenset[Severity](("error", "lapse"))
"""Severities with which validation fails."""


class BadInputError(Exception):
    """The files of a mesh cannot be used; carries every finding."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class NotPossibleError(Exception):
    """A command cannot do what it was asked for; one sentence that says why, and what to do."""


class OurFaultError(Exception):
    """A fault of ours, and not of who asked; one sentence that says where it was."""


def listed(names: Iterable[str]) -> str:
    """Names as `a, b and c`, sorted; `none` for no names; at most twelve are shown."""
    ordered = sorted(names)
    if not ordered:
        return "none"
    if len(ordered) > 12:
        return ", ".join(ordered[:12]) + f" and {len(ordered) - 12} more"
    return ordered[0] if len(ordered) == 1 else ", ".join(ordered[:-1]) + " and " + ordered[-1]


def nearest(name: str, known: Iterable[str]) -> str:
    """The question `; did you mean 'x'?` for the nearest known name, in whatever case; empty when none is near."""
    by_lower = {other.lower(): other for other in known if other != name}
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f"; did you mean '{by_lower[close[0]]}'?" if close else ""


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """The sentence `unknown clearance 'pi'; did you mean 'pii'? Known: general and pii`."""
    names = list(known)
    near = nearest(name, names)
    return f"unknown {kind} '{name}'{near}" + (" Known: " if near else "; known: ") + listed(names)
