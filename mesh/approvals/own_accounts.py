"""Own accounts: what files of domains and partners say of their accounts, and of the people who look after them."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.approvals.needs import ChangeRequest, Need, owner_of, platform_of
from mesh.findings import listed
from mesh.model import Domain, Mesh, Partner


def own_account_needs(request: ChangeRequest) -> Iterator[Need]:
    """Needs for an account's root e-mail that is set or another, for a budget that is raised, and for its people.

    Whoever reads the root e-mail can take the whole account. Who looks after a domain is asked of its owner, and while
    that is not there before of the platform team; nobody says it alone.
    """
    platform = platform_of(request.before)
    for place, what, old, new in _owners(request):
        file = f"{request.folder}/{place}"
        had, has = (_email(mesh, each, what) for mesh, each in ((request.before, old), (request.after, new)))
        # The mesh's own pattern is a setting of mesh.yaml, which asks once.
        if has != had and new.account.email != (old.account.email if old else None):
            why = (
                f"the root e-mail of {what} is {has}{f' instead of {had}' if old else ''}: who reads it has the account"
            )
            yield Need("account", file, platform, why)
        raised = _budget(request.before, old), _budget(request.after, new)
        own = new.account.budget is not None and (old is None or raised[1] > raised[0])
        if own and raised[1] > raised[0]:
            why = f"the owner of {what} is told of costs at {raised[1]} US dollars instead of {raised[0]}"
            yield Need("guardrail", file, platform, why)
    yield from _staff(request)


def _owners(
    request: ChangeRequest,
) -> Iterator[tuple[str, str, Domain | Partner | None, Domain | Partner]]:
    before, after = request.before, request.after
    for name, domain in after.domains.items():
        if not before.is_unread("domains", name):
            yield f"domains/{name}.yaml", f"domain-{name}", before.domains.get(name), domain
    for name, partner in after.partners.items():
        if not before.is_unread("partners", name):
            yield f"partners/{name}.yaml", f"partner-{name}", before.partners.get(name), partner


def _email(mesh: Mesh, owner: Domain | Partner | None, account: str) -> str:
    return (owner and owner.account.email) or mesh.file.account_email.replace("{account}", account)


def _budget(mesh: Mesh, owner: Domain | Partner | None) -> int:
    """The budget of an account; of one that is new the mesh's default."""
    return (owner and owner.account.budget) or mesh.file.defaults.budget


def _staff(request: ChangeRequest) -> Iterator[Need]:
    for name, domain in request.after.domains.items():
        old = request.before.domains.get(name)
        by = owner_of(old.owner) if old else platform_of(request.before)
        file = f"{request.folder}/domains/{name}.yaml"
        for role, had, has in (
            ("engineers", old.engineers if old else (), domain.engineers),
            ("owners", old.owners if old else (), domain.owners),
        ):
            if more := sorted(set(has) - set(had)):
                verb = "comes" if len(more) == 1 else "come"
                yield Need(
                    "member", file, by, f"{listed(more)} {verb} to look after the domain '{name}', as its {role}"
                )
