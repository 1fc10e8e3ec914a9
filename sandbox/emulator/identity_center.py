"""Assignments in the Identity Center of an emulated organisation: who signs in where, as it is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sandbox.emulator.emulated_organization import EmulatedOrganization


class LiveAssignment(NamedTuple):
    """A group by its id, a permission set by its name, and the id of the account that it is assigned in."""

    group_id: str
    permission_set: str
    account_id: str


def assignments(organization: EmulatedOrganization) -> Iterator[LiveAssignment]:
    """Every assignment that exists."""
    from sandbox.emulator import backends

    stored = backends.identity_center(organization.ids.management_account, organization.region)
    names = {each.permission_set_arn: each.name for each in stored.permission_sets}
    for each in stored.account_assignments:
        yield LiveAssignment(each.principal_id, names[each.permission_set_arn], each.target_id)
