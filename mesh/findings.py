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
    close = near_names(name, known, most=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def nearest_reference(reference: str, known: Iterable[str]) -> str:
    """The same question for a `<domain>.<product>`: the product's own name is near, too, and not only the domain's."""
    every = sorted(known)
    domain, dot, name = reference.partition(".")
    if not dot:
        by_name = {other.partition(".")[2]: other for other in every}
        close = near_names(reference, by_name, most=1)
        return f"; did you mean '{by_name[close[0]]}'?" if close else ""
    here = [other for other in every if other.partition(".")[0] == domain]
    close = near_names(name, [other.partition(".")[2] for other in here], most=1)
    if close:
        return f"; did you mean '{domain}.{close[0]}'?"
    if here:
        there = [other for other in every if other.partition(".")[2] == name]
        return f"; did you mean '{there[0]}'?" if len(there) == 1 else ""
    owners = near_names(domain, {other.partition(".")[0] for other in every}, most=1)
    of_owner = [other for other in every if owners and other.partition(".")[0] == owners[0]]
    close = [other for other in of_owner if other.partition(".")[2] == name] or near_names(reference, of_owner, most=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def near_names(name: str, known: Iterable[str], most: int = 3, cutoff: float = 0.6) -> list[str]:
    """Known names that come near to one, the nearest first: case, and whether a hyphen is written `_`, is no matter."""
    by_plain = {_plain(other): other for other in known if other != name}
    return [by_plain[close] for close in get_close_matches(_plain(name), by_plain, n=most, cutoff=cutoff)]


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(" ", "-")


def among(near: str, known: Iterable[str]) -> str:
    """The end of a sentence on an unknown name: the question of `nearest`, if there is one, and what is known."""
    return f"{near} Known: {listed(known)}" if near else f"; known: {listed(known)}; choose one"


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """The sentence `unknown clearance 'pi'; did you mean 'pii'? Known: general and pii`."""
    names = list(known)
    near = nearest_reference(name, names) if kind == "product" else nearest(name, names)
    return f"unknown {kind} '{name}'{among(near, names)}"
