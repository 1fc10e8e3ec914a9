"""Objections: what the judges say against something that the mesh emits, in one form for all of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Objection:
    """One thing that a judge has against one place.

    `check` is the judge's own name of it. `about` is what exactly it is about (an action, a condition key), where the
    judge says so. `at` is `<type>/<stack>/<name>`; the type of a document is its kind.
    """

    judge: str
    check: str
    at: str
    about: str = ""
    words: str = ""

    def __str__(self) -> str:
        about = f" ({self.about})" if self.about else ""
        return f"{self.judge} {self.check}{about} at {self.at}: {self.words}"
