"""Given approvals: of the needs of a change those to which somebody who counts said yes, and those that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from mesh.approvals.kept_data import data_needs, data_notices
from mesh.approvals.known_groups import group_needs
from mesh.approvals.loosened_settings import account_needs, setting_needs
from mesh.approvals.lost_resources import resource_needs
from mesh.approvals.needs import ChangeRequest, Need, Notice
from mesh.approvals.new_exceptions import exception_needs
from mesh.approvals.opened_columns import opening_needs
from mesh.approvals.other_owners import owner_needs
from mesh.approvals.own_accounts import own_account_needs
from mesh.approvals.readable_sides import readable_sides
from mesh.approvals.touched_files import file_needs
from mesh.approvals.wider_use import agreement_needs, derivation_needs, pipeline_needs, use_notices
from mesh.approvals.written_holders import holder_needs


@dataclass(frozen=True, slots=True)
class Reviewers:
    """The author of a change, who approved it, and who is in which team; handles as GitHub has them.

    GitHub compares handles without case. A team that is itself among `approved_by` has said yes, whoever it was.
    """

    author: str = ""
    approved_by: tuple[str, ...] = ()
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def answers_for(self, who: str, team: str) -> bool:
        """Whether somebody is a team or address, or in it."""
        members = next((every for name, every in self.teams.items() if _same(name, team)), ())
        return _same(who, team) or any(_same(who, member) for member in members)

    def yes_to(self, need: Need) -> str:
        """The handle of who said yes to a need; empty where nobody did who counts."""
        others = [who for who in self.approved_by if not _same(who, self.author)]
        asked = [*others, self.author] if need.author_counts and self.author else others
        return next((who for who in asked if any(self.answers_for(who, team) for team in need.by)), "")


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


class Approval(NamedTuple):
    """A need, and who said yes to it; empty where that is missing."""

    need: Need
    given_by: str = ""

    def __str__(self) -> str:
        if self.given_by:
            return f"given by {self.given_by}: {self.need.why}"
        return f"missing, of {' or '.join(self.need.by)}: {self.need.why}"

    def as_json(self) -> dict[str, Any]:
        """The approval as one entry of a JSON document."""
        return {**self.need.as_json(), "given_by": self.given_by or None}


class Approvals(NamedTuple):
    """Every approval that a change needs, and who is told of it."""

    needed: tuple[Approval, ...]
    told: tuple[Notice, ...]

    @property
    def missing(self) -> tuple[Approval, ...]:
        """Those that nobody has given."""
        return tuple(approval for approval in self.needed if not approval.given_by)


NEEDS = (
    file_needs,
    setting_needs,
    account_needs,
    exception_needs,
    own_account_needs,
    opening_needs,
    holder_needs,
    group_needs,
    owner_needs,
    agreement_needs,
    pipeline_needs,
    derivation_needs,
    data_needs,
    resource_needs,
)


def approvals(request: ChangeRequest, reviewers: Reviewers) -> Approvals:
    """The approvals that a change needs, with who gave them."""
    before, after = readable_sides(request.before, request.after)
    request = replace(request, before=before, after=after)
    needs = _once(need for rule in NEEDS for need in rule(request))
    told = dict.fromkeys((*use_notices(request), *data_notices(request)))
    return Approvals(tuple(Approval(need, reviewers.yes_to(need)) for need in needs), tuple(told))


def _once(needs: Iterable[Need]) -> Iterator[Need]:
    yield from dict.fromkeys(needs)
