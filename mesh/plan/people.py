"""Mesh -> permission sets and who holds them: members of clearances, partners' people, and staff of the domains."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from mesh import names
from mesh.model import Mesh
from mesh.model.accounts import IdentityCenter
from mesh.plan.nodes import Assignment, PermissionSet, PermissionSetsArgs


class _Held(NamedTuple):
    """A permission set that a group holds in an account, as an assignment has them."""

    group: str
    permission_set: str
    account: str


def permission_sets(mesh: Mesh, center: IdentityCenter | None, as_of: datetime.date) -> PermissionSetsArgs | None:
    """Permission sets and their assignments; none without an Identity Center."""
    if center is None:
        return None
    held = sorted({*_members(mesh, as_of), *_partners(mesh), *_staff(mesh)})
    return PermissionSetsArgs(
        instance=center.instance,
        permission_sets=tuple(_every_set(mesh)),
        assignments=tuple(
            Assignment(**each._asdict(), group_id=center.groups[each.group])
            for each in held
            # A group without an id is a warning of the validation rules, and reaches nothing.
            if each.group in center.groups
        ),
    )


def _every_set(mesh: Mesh) -> Iterator[PermissionSet]:
    for name in mesh.clearances:
        yield PermissionSet(name=name, description=f"Clearance {name}", role=names.clearance_role("*", name))
    partners = names.role("*", "access")
    yield PermissionSet(name=names.PARTNER_PERMISSION_SET, description="People of a partner", role=partners)
    for duty in names.STAFF:
        name = names.staff_permission_set(duty)
        yield PermissionSet(name=name, description=f"The {duty} of a domain", role=names.role("*", duty))


def _members(mesh: Mesh, as_of: datetime.date) -> Iterator[_Held]:
    """Clearances of their members; of a member whose review is past none."""
    for name, clearance in mesh.clearances.items():
        for member in clearance.members:
            if member.review >= as_of:
                yield _Held(member.group, name, f"domain-{member.domain}")


def _partners(mesh: Mesh) -> Iterator[_Held]:
    for name, partner in mesh.partners.items():
        for group in partner.principals:
            yield _Held(group, names.PARTNER_PERMISSION_SET, f"partner-{name}")


def _staff(mesh: Mesh) -> Iterator[_Held]:
    """Staff of each domain; auditors are those of every domain."""
    for name, domain in mesh.domains.items():
        groups = {"engineer": domain.engineers, "owner": domain.owners, "auditor": mesh.file.auditors}
        for duty, holders in groups.items():
            for group in holders:
                yield _Held(group, names.staff_permission_set(duty), f"domain-{name}")
