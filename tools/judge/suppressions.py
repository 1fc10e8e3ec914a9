"""Suppressions: objections that were thought about and stand, each with its reason and the page that says more.

Every objection has exactly one suppression and every suppression an objection, so taking any of them away is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import yaml

from tools.judge.objection import Objection

LEAST_REASON = 20
"""Characters that a reason has at least: `see page` is none."""


class SuppressionError(Exception):
    """A suppression that is none, with what is wrong about it."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """What is accepted: a check of a judge, at places that match `at`, because of a reason.

    `judge`, `check`, `about` and the type that `at` begins with are taken by letter: a pattern there would hide kinds
    of objections that nobody has thought about. `see` is a page of `docs/`, with its heading where that helps.
    """

    judge: str
    check: str
    at: str
    because: str
    see: str
    about: str = ""

    def covers(self, objection: Objection) -> bool:
        """Whether the objection is what this accepts."""
        exact = (self.judge, self.check, self.about) == (objection.judge, objection.check, objection.about)
        mine, others = self.at.split("/"), objection.at.split("/")
        return exact and len(mine) == len(others) and all(map(fnmatchcase, others, mine))

    def __str__(self) -> str:
        about = f" ({self.about})" if self.about else ""
        return f"{self.judge} {self.check}{about} at {self.at}"


def read(path: Path, root: Path) -> list[Suppression]:
    """The suppressions of a file; pages that they name are below `root`."""
    rows: Any = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(rows, list):
        raise SuppressionError(f"{path.name}: a list of suppressions is expected")
    return [one for row in cast("list[Any]", rows) for one in _suppressions(row, root)]


def _suppressions(row: Any, root: Path) -> Iterable[Suppression]:
    """The suppressions of a row: one for each of what it is about, and for each place."""
    known = {field.name for field in fields(Suppression)}
    if not isinstance(row, Mapping) or not set(cast("Mapping[str, Any]", row)) <= known:
        raise SuppressionError(f"{row}: not a suppression; its keys are {', '.join(sorted(known))}")
    keys = cast("Mapping[str, Any]", row)
    for about in _each(keys.get("about", "")):
        for at in _each(keys.get("at", "")):
            values = {**{name: " ".join(str(value).split()) for name, value in keys.items()}, "about": about, "at": at}
            missing = known - {"about"} - {name for name, value in values.items() if value}
            if missing:
                raise SuppressionError(f"{row}: lacks {', '.join(sorted(missing))}")
            suppression = Suppression(**values)
            _refuse(suppression, root)
            yield suppression


def _each(value: Any) -> Sequence[str]:
    return [str(each) for each in cast("list[Any]", value)] if isinstance(value, list) else [str(value)]


def _refuse(suppression: Suppression, root: Path) -> None:
    """Refuse a suppression that hides kinds, or whose reason cannot be looked up."""
    kind, _, place = suppression.at.partition("/")
    if re.search(r"[*?\[\]]", suppression.judge + suppression.check + kind):
        raise SuppressionError(f"{suppression}: only the place after the type may be a pattern")
    if not place:
        raise SuppressionError(f"{suppression}: 'at' is <type>/<stack>/<name>")
    if len(suppression.because) < LEAST_REASON:
        raise SuppressionError(f"{suppression}: '{suppression.because}' is no reason")
    page, _, heading = suppression.see.partition("#")
    if not page.startswith("docs/") or not (root / page).is_file():
        raise SuppressionError(f"{suppression}: there is no page {page}")
    if heading and heading not in _headings((root / page).read_text("utf-8")):
        raise SuppressionError(f"{suppression}: {page} has no heading #{heading}")


def _headings(text: str) -> set[str]:
    """Anchors of a page, as they are made from its headings."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def complaints(objections: Collection[Objection], suppressions: Sequence[Suppression]) -> list[str]:
    """What is left: objections that nothing accepts, or two suppressions do, and suppressions of nothing."""
    left: list[str] = []
    used: set[Suppression] = set()
    for objection in sorted(objections):
        accepted = [suppression for suppression in suppressions if suppression.covers(objection)]
        used.update(accepted)
        if not accepted:
            left.append(f"{objection}")
        elif len(accepted) > 1:
            left.append(f"{objection}: suppressed {len(accepted)} times, by {' and by '.join(map(str, accepted))}")
    left += [f"stale suppression, nothing matches it: {each}" for each in suppressions if each not in used]
    return left
