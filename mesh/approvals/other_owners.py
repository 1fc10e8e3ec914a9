"""Other owners: approvers and owners that a change makes others, so that others are asked from then on."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.approvals.needs import ChangeRequest, Need, approver_of, platform_of
from mesh.model import Approver
from mesh.model.base import Owner


def owner_needs(request: ChangeRequest) -> Iterator[Need]:
    """A need for each approver that is new or another, of those that stay, and for each owner that is another.

    Where no approver stays the platform team is asked, as for every owner: nobody chooses alone who is asked next. Of a
    clearance that is new the platform team is asked anyway.
    """
    platform = platform_of(request.before)
    for name, file in request.after.clearances.items():
        before = request.before.clearances.get(name)
        known = {_seen(each) for each in before.approvers} if before else {_seen(each) for each in file.approvers}
        stay = tuple(dict.fromkeys(approver_of(each) for each in file.approvers if _seen(each) in known))
        for approver in file.approvers:
            if _seen(approver) not in known:
                why = f"{_written(approver)} comes to approve who holds the clearance '{name}'"
                yield Need("owner", f"{request.folder}/clearances/{name}.yaml", stay or platform, why)
    for place, what, old, new in _owners(request):
        # Of a file with mistakes on the side after it is the owner before, who has not changed.
        if request.before.touches(place, "owner"):
            if request.after.touches(place, "owner"):
                continue
            why = f"{_written(new)} comes to own {what}, and who owned it before cannot be read"
            yield Need("owner", f"{request.folder}/{place}", platform, why)
        elif _seen(old) != _seen(new):
            why = f"{_written(new)} comes to own {what} instead of {_written(old)}"
            yield Need("owner", f"{request.folder}/{place}", platform, why)


def _owners(request: ChangeRequest) -> Iterator[tuple[str, str, Owner, Owner]]:
    """Owners before and after, with the file and the thing that they own."""
    before, after = request.before, request.after
    yield "mesh.yaml", "the mesh", before.file.owner, after.file.owner
    for name in sorted(before.domains.keys() & after.domains.keys()):
        yield f"domains/{name}.yaml", f"the domain '{name}'", before.domains[name].owner, after.domains[name].owner
    for name in sorted(before.partners.keys() & after.partners.keys()):
        yield f"partners/{name}.yaml", f"the partner '{name}'", before.partners[name].owner, after.partners[name].owner


def _seen(who: Owner | Approver) -> tuple[str, str]:
    """The address and the handle by which somebody is asked; the team's name is a text."""
    return who.email.casefold(), (who.github or "").casefold()


def _written(who: Owner | Approver) -> str:
    return f"{who.github} ({who.email})" if who.github else who.email
