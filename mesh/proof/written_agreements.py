"""Agreements as the text of partners' files has them: what is delivered, and until which day.

The proof that deliveries end starts from here, and not from the days that the plan carries into the policies.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml


class WrittenAgreement(NamedTuple):
    """A product that a partner is given, `<domain>.<product>`, the last day of it, and what it may hold."""

    partner: str
    product: str
    expires: datetime.date
    classifications: frozenset[str] = frozenset()


def agreements(directory: Path, partners: Iterable[str]) -> tuple[WrittenAgreement, ...]:
    """Agreements of the partners of a mesh folder that is known to be valid; the files are read anew."""
    return tuple(agreement for partner in partners for agreement in _of(directory, partner))


def _of(directory: Path, partner: str) -> Iterator[WrittenAgreement]:
    text = (directory / "partners" / f"{partner}.yaml").read_text("utf-8-sig")
    # The base loader leaves every scalar the text that it is.
    written = cast("Mapping[str, Any]", yaml.load(text, Loader=yaml.CBaseLoader))  # noqa: S506
    terms: list[Mapping[str, Any]] = written.get("agreements") or []
    for each in terms:
        covered = frozenset[str](each["classifications"])
        yield WrittenAgreement(partner, each["product"], datetime.date.fromisoformat(each["expires"]), covered)
