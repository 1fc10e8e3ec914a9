"""Drafts that nobody has written to: as the platform made them, without a snapshot, without a run.

What has no row yet breaks no promise about rows, so it is neither refused nor behind. It is not shown either where the
contract asks for rows: like a Parquet table before its first run, it is no part of a publication.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from draft_checks import Drafts, State
from draft_pointers import Draft
from table_files import UnreadableFileError
from table_metadata import FOREIGN, read_metadata


@dataclass(frozen=True)
class SortedDrafts:
    """The drafts of a product: `shown` go into a publication, `unwritten` do not, for there is nothing to show."""

    shown: tuple[Draft, ...]
    unwritten: tuple[Draft, ...]

    @property
    def all(self) -> tuple[Draft, ...]:
        """All of them."""
        return (*self.shown, *self.unwritten)

    @property
    def names(self) -> list[str]:
        """The tables that nobody has written to."""
        return [draft.table.name for draft in self.unwritten]


def sort_drafts(drafts: Drafts, found: Sequence[Draft], published: Mapping[str, State]) -> SortedDrafts:
    """Tell the drafts apart; the rule about rows is taken from those that are as they were made.

    Raises TooMuchError as every look at files.
    """
    shown: list[Draft] = []
    unwritten: list[Draft] = []
    for draft in found:
        state = published.get(draft.table.name)
        empty = _is_unwritten(drafts, draft, state)
        if empty and draft.table.at_least:
            draft = replace(draft, table=replace(draft.table, at_least=None))
        (unwritten if empty and state is None else shown).append(draft)
    return SortedDrafts(tuple(shown), tuple(unwritten))


def _is_unwritten(drafts: Drafts, draft: Draft, state: State | None) -> bool:
    """Whether a draft is as it was made, and rows matter: without a rule about them a table is published empty."""
    if draft.table.format == "parquet":
        return state is None and not draft.runs
    if draft.findings or not draft.pointer or not draft.table.at_least:
        return False
    if state is not None and state.get("list", "") is not None and state.get("pointer") != draft.pointer:
        return False  # readers have had rows
    try:
        with drafts.limits.of(f"{drafts.product.name}, table {draft.table.name}"):
            return not read_metadata(drafts.files(draft.table), draft.pointer).snapshots
    except (UnreadableFileError, ArithmeticError, *FOREIGN):
        return False
