"""Rules of accounts.yaml: accounts, e-mail addresses and groups of domains and partners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.aws.aws_regions import region_table, zone_letters
from mesh.findings import Problem, listed, nearest
from mesh.model.mesh_file import FEWEST_ZONES, MOST_ZONES
from mesh.plan import pipeline_nodes
from mesh.plan.rules.context import CrossFileRule, RuleContext, clearance_file, partner_file

LONGEST_ACCOUNT_EMAIL: Final = 64
"""Characters (Organizations API, CreateAccount)."""


def every_account_is_used_once(context: RuleContext) -> Iterator[Problem]:
    """Accounts of management, governance, domains and partners are all different."""
    accounts = context.mesh.accounts
    if accounts is None:
        return
    users = {accounts.organization.management: "the management account"}
    entries: list[tuple[str, str, tuple[str, ...]]] = []
    if accounts.governance is not None:
        entries.append(("the governance account", accounts.governance, ("governance",)))
    entries += [(f"domain '{name}'", account, ("domains", name)) for name, account in accounts.domains.items()]
    entries += [(f"partner '{name}'", account, ("partners", name)) for name, account in accounts.partners.items()]
    for user, account, path in entries:
        if account in users:
            yield Problem(
                "accounts.yaml",
                path,
                f"account {account} is used twice: by {users[account]} and by {user}; each needs its own: "
                "`mesh accounts --from outputs.json` writes it",
            )
        users.setdefault(account, user)


def every_id_is_one_that_aws_gave(context: RuleContext) -> Iterator[Problem]:
    """Ids that the mesh assumes do not stand in the file, as if AWS had given them: an account may be somebody else's.

    `mesh accounts` and `mesh plan` show them, and an emulated organisation gives them out.
    """
    accounts = context.mesh.accounts
    if accounts is None:
        return
    entries: list[tuple[tuple[str, ...], str | None, str]] = [
        (("organization", "management"), accounts.organization.management, names.assumed_account_id("", "management")),
        (("governance",), accounts.governance, names.assumed_account_id("", "governance")),
    ]
    for kind, ids in (("domain", accounts.domains), ("partner", accounts.partners)):
        entries += [((f"{kind}s", name), id_, names.assumed_account_id(kind, name)) for name, id_ in ids.items()]
    if accounts.units:
        entries += [
            (("units", name), unit, names.assumed_unit_id(name)) for name, unit in accounts.units.model_dump().items()
        ]
    for path, id_, assumed in entries:
        if id_ == assumed:
            message = (
                f"{id_} is what the mesh assumes until AWS gives an id, and may be somebody else's; "
                "remove it, `mesh accounts --from outputs.json` writes the one that AWS gave"
            )
            yield Problem("accounts.yaml", path, message)


def every_unit_is_its_own_and_of_the_root(context: RuleContext) -> Iterator[Problem]:
    """Units are all different, and of the root: AWS has the root's id in the id of each of its units.

    Two of one id would be one unit, with the control policies of both; one of another root is another organisation's.
    """
    accounts = context.mesh.accounts
    if accounts is None or accounts.units is None or context.mesh.touches("accounts.yaml", "units"):
        return
    root = accounts.organization.root.removeprefix("r-")
    used: dict[str, str] = {}
    for name, unit in accounts.units.model_dump().items():
        if unit in used:
            message = f"unit {unit} stands twice: for '{used[unit]}' and for '{name}'; each needs its own"
            yield Problem("accounts.yaml", ("units", name), message)
        used.setdefault(unit, name)
        if unit.split("-")[1] != root and not context.mesh.touches("accounts.yaml", "organization"):
            message = (
                f"unit {unit} is not below the root {accounts.organization.root}, for its id would begin with "
                f"ou-{root}-; `mesh accounts --from outputs.json` writes what AWS gave"
            )
            yield Problem("accounts.yaml", ("units", name), message)


def the_organization_is_made(context: RuleContext) -> Iterator[Problem]:
    """Units and the governance account have ids; until then assumed ones are planned with."""
    accounts = context.mesh.accounts
    unknown = any(context.mesh.is_uncertain("accounts.yaml", key) for key in ("units", "governance"))
    if accounts is not None and not unknown and (accounts.units is None or accounts.governance is None):
        message = (
            "the units and the governance account have no ids yet and are planned with assumed ones; "
            "`pulumi up -s organization`, then `mesh accounts`"
        )
        yield Problem("accounts.yaml", (), message, "warning")


def the_network_is_known(context: RuleContext) -> Iterator[Problem]:
    """The private network has an id, once its account has one; until then what jobs ask of some services is refused."""
    accounts = context.mesh.accounts
    if accounts is None or accounts.governance is None or context.mesh.is_uncertain("accounts.yaml", "network"):
        return
    if accounts.network is None:
        message = (
            "the private network has no id yet, and jobs are refused at Glue, STS and other services that do not say "
            "whose an endpoint is; `pulumi up -s governance`, then 'network: <vpc of its output network>'"
        )
        yield Problem("accounts.yaml", (), message, "warning")


def the_subnet_of_jobs_is_known(context: RuleContext) -> Iterator[Problem]:
    """The subnet that jobs join has an id, once the network has one and there are jobs; until then each is refused."""
    accounts = context.mesh.accounts
    known = accounts is not None and accounts.governance is not None and accounts.network is not None
    if accounts is None or not known or context.mesh.touches("accounts.yaml", "subnets"):
        return
    if context.mesh.is_uncertain("mesh.yaml", "region") or context.mesh.is_uncertain("mesh.yaml", "zones"):
        return
    region = context.mesh.file.region
    letters = zone_letters(region, context.mesh.file.zones)
    if region not in region_table().taken or not FEWEST_ZONES <= len(letters) <= MOST_ZONES:
        return  # regions and zones that the mesh does not take have a finding of their own
    zone = f"{region}{letters[0]}"
    jobs = [domain for domain in context.mesh.domains if pipeline_nodes.has_jobs(context.builder, domain)]
    if jobs and zone not in accounts.subnets:
        message = (
            f"the subnet of zone '{zone}' has no id, and the jobs of {listed(jobs)}, which join it, are refused; "
            "`pulumi up -s governance`, then 'subnets: <subnets of its output network>'"
        )
        yield Problem("accounts.yaml", ("subnets",) if accounts.subnets else (), message, "warning")


def every_account_belongs_to_somebody(context: RuleContext) -> Iterator[Problem]:
    """Accounts belong to domains and partners that exist; others are leftovers."""
    accounts = context.mesh.accounts
    if accounts is None:
        return
    for (kind, owners), ids in zip(context.owners, (accounts.domains, accounts.partners), strict=True):
        for name in ids:
            if name not in owners and not context.mesh.is_unread(kind, name):
                near = nearest(name, owners) or ";"
                message = f"there is no {kind[:-1]} '{name}'{near} remove the line once the account is closed"
                yield Problem("accounts.yaml", (kind, name), message, "warning", on_key=True)


def every_key_is_of_a_partner_with_an_account(context: RuleContext) -> Iterator[Problem]:
    """Ids of keys are of partners whose account the file has: a key is in it, and goes with it."""
    accounts = context.mesh.accounts
    if accounts is None or context.mesh.is_uncertain("accounts.yaml", "partners"):
        return
    for name in accounts.inbox_keys:
        if name not in accounts.partners:
            near = nearest(name, accounts.partners) or ";"
            message = f"there is no account of a partner '{name}'{near} remove the line, its key went with the account"
            yield Problem("accounts.yaml", ("inbox-keys", name), message, on_key=True)


def every_owner_has_an_account(context: RuleContext) -> Iterator[Problem]:
    """Domains and partners have an account; until then each is planned with an assumed id."""
    accounts = context.mesh.accounts
    if accounts is None:
        message = "there is no accounts.yaml: every id is assumed; `pulumi up -s organization`, then `mesh accounts`"
        if "accounts.yaml" not in context.mesh.unread:
            yield Problem("accounts.yaml", (), message, "warning")
        return
    for (kind, owners), ids in zip(context.owners, (accounts.domains, accounts.partners), strict=True):
        for name in owners:
            if name not in ids and not context.mesh.is_uncertain("accounts.yaml", kind, name):
                message = (
                    f"{kind[:-1]} '{name}' has no account yet and is planned with an assumed id; "
                    "`pulumi up -s organization`, then `mesh accounts`"
                )
                yield Problem(f"{kind}/{name}.yaml", (), message, "warning")


def every_account_has_its_own_email(context: RuleContext) -> Iterator[Problem]:
    """Root e-mail addresses of accounts are all different, in whatever case, and have at most 64 characters.

    AWS takes `aws+a@…` and `aws+b@…` for two addresses, and `AWS+A@…` for the first of them: what stands behind a plus
    tells accounts apart, and case does not.
    """
    if context.mesh.is_uncertain("mesh.yaml", "account-email"):
        return
    pattern = context.mesh.file.account_email
    users = {pattern.replace("{account}", "governance").lower(): "the governance account"}
    owners = [
        (folder, name, owner.account.email)
        for folder, some in context.owners
        for name, owner in some.items()
        if not context.mesh.touches(f"{folder}/{name}.yaml", "account", "email")
    ]
    # Chosen addresses come last: of two that are the same, the finding is about the one that somebody can change.
    for folder, name, chosen in sorted(owners, key=lambda owner: owner[2] is not None):
        email = chosen or pattern.replace("{account}", context.account_name(folder, name))
        path = ("account", "email") if chosen else ()
        if len(email) > LONGEST_ACCOUNT_EMAIL:
            message = (
                f"the account's e-mail '{email}' has {len(email)} characters, AWS takes {LONGEST_ACCOUNT_EMAIL}: "
                "give a shorter one with 'account: {email: …}'"
            )
            yield Problem(f"{folder}/{name}.yaml", path, message)
        user = users.setdefault(email.lower(), f"{folder.removesuffix('s')} '{name}'")
        if user != f"{folder.removesuffix('s')} '{name}'":
            message = f"e-mail '{email}' is the one of {user} already; AWS wants one of its own for each account"
            yield Problem(f"{folder}/{name}.yaml", path, message)


def every_account_email_is_ours(context: RuleContext) -> Iterator[Problem]:
    """Root e-mail addresses of accounts are of the domain that mesh.yaml has them in.

    Who reads the mail of a root user can take the account over; a domain's file is reviewed by the domain.
    """
    if context.mesh.is_uncertain("mesh.yaml", "account-email"):
        return
    ours = context.mesh.file.account_email.rpartition("@")[2]
    for folder, some in context.owners:
        for name, owner in some.items():
            chosen = owner.account.email
            if chosen is None or context.mesh.touches(f"{folder}/{name}.yaml", "account", "email"):
                continue
            domain = chosen.rpartition("@")[2]
            if domain.lower() != ours.lower():
                message = (
                    f"the account's e-mail '{chosen}' is of '{domain}', and 'account-email' of mesh.yaml of '{ours}': "
                    "whoever reads the mail of a root user can take the account, so give one of that domain"
                )
                yield Problem(f"{folder}/{name}.yaml", ("account", "email"), message)


def every_group_can_sign_in(context: RuleContext) -> Iterator[Problem]:
    """Groups of people have an id in IAM Identity Center; the people of others reach nothing."""
    accounts = context.mesh.accounts
    if accounts is None:
        return
    if context.mesh.touches("accounts.yaml", "identity-center"):
        return
    if accounts.identity_center is None:
        message = "there is no 'identity-center': no permission set is made and nobody reaches the roles of a clearance"
        yield Problem("accounts.yaml", (), message, "warning")
        return
    known = accounts.identity_center.groups
    references = [
        (member.group, clearance_file(clearance), ("members", number, "group"))
        for clearance, number, member in context.every_member()
    ] + [
        (group, partner_file(name), ("principals", number))
        for name, partner in context.mesh.partners.items()
        for number, group in enumerate(partner.principals)
        if not context.mesh.is_uncertain(partner_file(name), "principals", number)
    ]
    references += [(group, file, path) for file, path, group in context.every_staff_group()]
    for group, file, path in references:
        if group not in known:
            message = f"group '{group}' has no id under 'identity-center' in accounts.yaml and reaches nothing"
            yield Problem(file, path, message + nearest(group, known), "warning")


RULES: Final[tuple[CrossFileRule, ...]] = (
    every_account_is_used_once,
    every_id_is_one_that_aws_gave,
    every_unit_is_its_own_and_of_the_root,
    the_organization_is_made,
    the_network_is_known,
    the_subnet_of_jobs_is_known,
    every_account_belongs_to_somebody,
    every_key_is_of_a_partner_with_an_account,
    every_owner_has_an_account,
    every_account_has_its_own_email,
    every_account_email_is_ours,
    every_group_can_sign_in,
)
