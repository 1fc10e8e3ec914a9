"""Known groups: those whose id in IAM Identity Center comes, or becomes another one; other people get what they hold.

An id that comes counts as much as one that changes, for the request before may have taken it out, and the one after
may use the name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mesh.approvals.needs import ChangeRequest, Need, approvers_of, owner_of, platform_of
from mesh.model import Mesh


def group_needs(request: ChangeRequest) -> Iterator[Need]:
    """Needs of those who answer for what a group may do whose id is new, or another one."""
    before, after, about = _ids(request.before), _ids(request.after), f"{request.folder}/accounts.yaml"
    for group in sorted(name for name, own in after.items() if before.get(name) != own):
        is_new = group not in before
        what = f"'{group}' {'comes to be a' if is_new else 'is another'} group of IAM Identity Center, whose people"
        held = list(_held(request, group))
        for by, use in held:
            yield Need("member", about, by, f"{what} {use}")
        if not held:
            # Whoever lets it hold something later knows it by its name alone.
            yield Need("member", about, platform_of(request.before), f"{what} get what it is for")


def _held(request: ChangeRequest, group: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """All that a group may do before and after, as a verb and its object, with those whom it asks.

    What it comes to do in the same request is asked about by itself.
    """
    before, after = request.before, request.after
    for name, file in after.clearances.items():
        former = before.clearances.get(name)
        if former and all(group in {member.group for member in each.members} for each in (former, file)):
            yield approvers_of(before, [name]) or platform_of(before), f"hold the clearance '{name}'"
    for name, partner in after.partners.items():
        known = before.partners.get(name)
        if known and group in known.principals and group in partner.principals:
            for reference in (agreement.product for agreement in partner.agreements):
                owner = before.domains.get(reference.partition(".")[0])
                yield owner_of(owner.owner) if owner else platform_of(before), f"read {reference}, as those of '{name}'"
    for name, domain in after.domains.items():
        old = before.domains.get(name)
        if old and group in (*old.engineers, *old.owners) and group in (*domain.engineers, *domain.owners):
            yield owner_of(old.owner), f"look after the domain '{name}'"
    if group in before.file.auditors and group in after.file.auditors:
        yield platform_of(before), "see policies, settings and the trail of every domain"


def _ids(mesh: Mesh) -> Mapping[str, str]:
    center = mesh.accounts.identity_center if mesh.accounts else None
    return center.groups if center else {}
