"""Rules of accounts.yaml: one account each, and who has none yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.findings import Problem, nearest
from mesh.plan.rules.context import CrossFileRule, RuleContext, domain_file, partner_file

LONGEST_ACCOUNT_EMAIL: Final = 64
"""Characters (Organizations API, CreateAccount)."""


def every_account_is_used_once(context: RuleContext) -> Iterator[Problem]:
    """No two of management, governance, domains and partners share an account."""
    accounts = context.mesh.accounts
    if accounts is None:
        return
    seen = {accounts.organization.management: "the management account"}
    places: list[tuple[str, str, tuple[str, ...]]] = []
    if accounts.governance is not None:
        places.append(("the governance account", accounts.governance, ("governance",)))
    places += [(f"domain '{name}'", account, ("domains", name)) for name, account in accounts.domains.items()]
    places += [(f"partner '{name}'", account, ("partners", name)) for name, account in accounts.partners.items()]
    for who, account, path in places:
        if account in seen:
            yield Problem(
                "accounts.yaml",
                path,
                f"account {account} is used twice: by {seen[account]} and by {who}; each needs its own",
            )
        seen.setdefault(account, who)


def the_organization_is_made(context: RuleContext) -> Iterator[Problem]:
    """While the units and the governance account have no ids, assumed ones are planned with."""
    accounts = context.mesh.accounts
    if accounts is not None and (accounts.units is None or accounts.governance is None):
        message = (
            "the units and the governance account have no ids yet and are planned with assumed ones; "
            "`pulumi up -s organization`, then `mesh accounts`"
        )
        yield Problem("accounts.yaml", (), message, "warning")


def every_account_belongs_to_somebody(context: RuleContext) -> Iterator[Problem]:
    """An id whose domain or partner is gone is a leftover."""
    accounts = context.mesh.accounts
    if accounts is None:
        return
    for (kind, owners), ids in zip(context.owners, (accounts.domains, accounts.partners), strict=True):
        for name in ids:
            if name not in owners and not context.mesh.is_unread(kind, name):
                near = nearest(name, owners) or ";"
                message = f"there is no {kind[:-1]} '{name}'{near} remove the line once the account is closed"
                yield Problem("accounts.yaml", (kind, name), message, "warning", on_key=True)


def every_owner_has_an_account(context: RuleContext) -> Iterator[Problem]:
    """A domain or partner without an id is planned with an assumed one."""
    accounts = context.mesh.accounts
    if accounts is None:
        message = "there is no accounts.yaml: every id is assumed; `pulumi up -s organization`, then `mesh accounts`"
        if "accounts.yaml" not in context.mesh.unread:
            yield Problem("accounts.yaml", (), message, "warning")
        return
    for (kind, owners), ids in zip(context.owners, (accounts.domains, accounts.partners), strict=True):
        for name in owners:
            if name not in ids:
                message = (
                    f"{kind[:-1]} '{name}' has no account yet and is planned with an assumed id; "
                    "`pulumi up -s organization`, then `mesh accounts`"
                )
                yield Problem(f"{kind}/{name}.yaml", (), message, "warning")


def every_account_has_its_own_email(context: RuleContext) -> Iterator[Problem]:
    """AWS takes a root e-mail for one account only, of at most 64 characters."""
    pattern = context.mesh.file.account_email
    seen = {pattern.replace("{account}", "governance"): "the governance account"}
    owners = [(folder, name, owner.account.email) for folder, some in context.owners for name, owner in some.items()]
    for folder, name, chosen in sorted(owners, key=lambda owner: owner[2] is not None):
        email = chosen or pattern.replace("{account}", context.account_name(folder, name))
        path = ("account", "email") if chosen else ()
        if len(email) > LONGEST_ACCOUNT_EMAIL:
            message = (
                f"the account's e-mail '{email}' has {len(email)} characters, AWS takes {LONGEST_ACCOUNT_EMAIL}: "
                "give a shorter one with 'account: {email: …}'"
            )
            yield Problem(f"{folder}/{name}.yaml", path, message)
        if email in seen:
            message = f"e-mail '{email}' is the one of {seen[email]} already; AWS wants one of its own for each account"
            yield Problem(f"{folder}/{name}.yaml", path, message)
        seen.setdefault(email, f"{folder.removesuffix('s')} '{name}'")


def every_group_can_sign_in(context: RuleContext) -> Iterator[Problem]:
    """A group that holds something needs an id, or its people reach nothing."""
    accounts = context.mesh.accounts
    if accounts is None:
        return
    if accounts.identity_center is None:
        message = "there is no 'identity-center': no permission set is made and nobody reaches the roles of a clearance"
        yield Problem("accounts.yaml", (), message, "warning")
        return
    known = accounts.identity_center.groups
    places = [
        (member.group, domain_file(name), ("members", number, "group"))
        for name, domain in context.mesh.domains.items()
        for number, member in enumerate(domain.members)
    ] + [
        (group, partner_file(name), ("principals", number))
        for name, partner in context.mesh.partners.items()
        for number, group in enumerate(partner.principals)
    ]
    for group, file, path in places:
        if group not in known:
            message = f"group '{group}' has no id under 'identity-center' in accounts.yaml and reaches nothing"
            yield Problem(file, path, message + nearest(group, known), "warning")


RULES: Final[tuple[CrossFileRule, ...]] = (
    every_account_is_used_once,
    the_organization_is_made,
    every_account_belongs_to_somebody,
    every_owner_has_an_account,
    every_account_has_its_own_email,
    every_group_can_sign_in,
)
