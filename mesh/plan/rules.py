"""Rules that span files, one small function each; every function yields what is wrong, with place and remedy."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mesh import names
from mesh.contracts import catalog
from mesh.findings import Problem, listed, nearest, unknown
from mesh.model import Agreement, Domain, Mesh, Partner, Product, contract_file
from mesh.plan.build import Builder

RESERVED: Final = ("organization", "governance", "management")
RESERVED_CLEARANCES: Final = ("access", "deploy", "preview", "publisher")
RESERVED_ENDINGS: Final = ("--x-s3", "--ol-s3", "--table-s3", "-s3alias")
RESERVED_PREFIX: Final = "sthree"
"""What S3 keeps for itself (S3 User Guide, "General purpose bucket naming rules")."""
LONGEST_BUCKET: Final = 63
LONGEST_PERMISSION_SET: Final = 32
LONGEST_ACCOUNT_EMAIL: Final = 64
"""Characters (Organizations API, CreateAccount)."""


@dataclass(frozen=True)
class Context:
    """What a rule may look at: the mesh, the day, and names looked up more than once."""

    mesh: Mesh
    as_of: datetime.date

    @property
    def owners(self) -> tuple[tuple[str, Mapping[str, Domain] | Mapping[str, Partner]], ...]:
        """Domains and partners, each with the folder that they stand in."""
        return ("domains", self.mesh.domains), ("partners", self.mesh.partners)

    def account_name(self, folder: str, name: str) -> str:
        """The name of the account of a domain or partner."""
        return f"{folder.removesuffix('s')}-{name}"

    @cached_property
    def products(self) -> frozenset[str]:
        """Every `<domain>.<product>`."""
        return frozenset(self.mesh.products())

    @cached_property
    def builder(self) -> Builder:
        """Makes single nodes of the plan, of products that have a contract."""
        return Builder(self.mesh, self.as_of)

    @cached_property
    def labels(self) -> dict[str, frozenset[str]]:
        """Labels by product, of the products that have a contract."""
        return {name: catalog.product_labels(contract) for name, contract in self.mesh.contracts.items()}

    def every_product(self) -> Iterator[tuple[str, str, Product]]:
        """Domain, name and product of each product."""
        for domain, owner in self.mesh.domains.items():
            for name, product in owner.products.items():
                yield domain, name, product

    def every_agreement(self) -> Iterator[tuple[str, int, Agreement]]:
        """Partner, position and agreement of each agreement."""
        for partner, terms in self.mesh.partners.items():
            for number, agreement in enumerate(terms.agreements):
                yield partner, number, agreement


Rule = Callable[[Context], Iterator[Problem]]
RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    """Adds a rule to those that `problems` runs."""
    RULES.append(function)
    return function


def problems(mesh: Mesh, as_of: datetime.date) -> list[Problem]:
    """Everything that the rules find wrong with a mesh on a day."""
    context = Context(mesh, as_of)
    return [problem for check in RULES for problem in check(context)]


def domain_file(name: str) -> str:
    """Where a domain is written."""
    return f"domains/{name}.yaml"


def partner_file(name: str) -> str:
    """Where a partner is written."""
    return f"partners/{name}.yaml"


# ---- mesh.yaml


@rule
def clearances_read_known_classifications(context: Context) -> Iterator[Problem]:
    """A clearance names classifications that mesh.yaml has."""
    known = context.mesh.file.classifications
    for clearance, reads in context.mesh.file.clearances.items():
        for number, name in enumerate(reads):
            if name not in known:
                message = unknown("classification", name, known)
                yield Problem("mesh.yaml", ("clearances", clearance, number), message)


@rule
def clearances_fit_a_permission_set(context: Context) -> Iterator[Problem]:
    """The permission set of a clearance has its name, which IAM Identity Center limits to 32 characters."""
    for clearance in context.mesh.file.clearances:
        if len(clearance) > LONGEST_PERMISSION_SET:
            message = (
                f"clearance '{clearance}' has {len(clearance)} characters, and its permission set takes "
                f"{LONGEST_PERMISSION_SET}; choose a shorter name"
            )
            yield Problem("mesh.yaml", ("clearances", clearance), message, on_key=True)


@rule
def clearances_leave_the_platform_its_names(context: Context) -> Iterator[Problem]:
    """No clearance has the name of a role of the platform, or of its permission sets (`mesh-…`)."""
    for clearance in context.mesh.file.clearances:
        if clearance in RESERVED_CLEARANCES or clearance.startswith("mesh-"):
            message = f"'{clearance}' is a name of the platform's own; choose another for this clearance"
            yield Problem("mesh.yaml", ("clearances", clearance), message, on_key=True)


@rule
def the_prefix_is_free(context: Context) -> Iterator[Problem]:
    """Bucket names do not begin as S3's own do."""
    if context.mesh.file.name == RESERVED_PREFIX:
        message = f"S3 keeps bucket names beginning with '{RESERVED_PREFIX}-' for itself; choose another name"
        yield Problem("mesh.yaml", ("name",), message)


# ---- accounts.yaml


@rule
def every_account_is_used_once(context: Context) -> Iterator[Problem]:
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


@rule
def the_organization_is_made(context: Context) -> Iterator[Problem]:
    """While the units and the governance account have no ids, assumed ones are planned with."""
    accounts = context.mesh.accounts
    if accounts is not None and (accounts.units is None or accounts.governance is None):
        message = (
            "the units and the governance account have no ids yet and are planned with assumed ones; "
            "`pulumi up -s organization`, then `mesh accounts`"
        )
        yield Problem("accounts.yaml", (), message, "warning")


@rule
def every_account_belongs_to_somebody(context: Context) -> Iterator[Problem]:
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


@rule
def every_owner_has_an_account(context: Context) -> Iterator[Problem]:
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


@rule
def every_account_has_its_own_email(context: Context) -> Iterator[Problem]:
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


@rule
def every_group_can_sign_in(context: Context) -> Iterator[Problem]:
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


# ---- names


@rule
def names_are_not_reserved(context: Context) -> Iterator[Problem]:
    """Stacks of the platform keep their names."""
    for folder, owners in context.owners:
        for name in owners:
            if name in RESERVED:
                message = f"'{name}' is a name of the platform's own; rename the file"
                yield Problem(f"{folder}/{name}.yaml", (), message)


@rule
def product_names_fit_aws(context: Context) -> Iterator[Problem]:
    """A product's bucket and roles have names that AWS takes; nothing is cut."""
    mesh = context.mesh.file.name
    for domain, name, _ in context.every_product():
        bucket, path = names.bucket(mesh, domain, name), ("products", name)
        if len(bucket) > LONGEST_BUCKET:
            message = (
                f"bucket '{bucket}' would have {len(bucket)} characters, S3 takes {LONGEST_BUCKET}: "
                f"shorten '{name}' by {len(bucket) - LONGEST_BUCKET}"
            )
            yield Problem(domain_file(domain), path, message, on_key=True)
        if bucket.endswith(RESERVED_ENDINGS):
            message = f"bucket '{bucket}' would end as S3's own do, which S3 refuses; choose another name than '{name}'"
            yield Problem(domain_file(domain), path, message, on_key=True)


@rule
def partner_names_fit_aws(context: Context) -> Iterator[Problem]:
    """The buckets of a partner have names that S3 takes; a domain's always have, for a name has 40 characters."""
    mesh = context.mesh.file.name
    for partner in context.mesh.partners:
        bucket = max((names.partner_bucket(mesh, partner), names.results_bucket(mesh, f"partner-{partner}")), key=len)
        if len(bucket) > LONGEST_BUCKET:
            message = (
                f"bucket '{bucket}' would have {len(bucket)} characters, S3 takes {LONGEST_BUCKET}: rename the file"
            )
            yield Problem(partner_file(partner), (), message)


@rule
def global_names_are_used_once(context: Context) -> Iterator[Problem]:
    """No two buckets of the mesh have one name."""
    mesh = context.mesh.file.name
    seen = {names.audit_bucket(mesh): "the audit trail"}
    seen |= {make(mesh, "governance"): "the governance account" for make in (names.log_bucket, names.results_bucket)}
    duplicates: list[Problem] = []

    def claim(bucket: str, who: str, file: str, *path: str) -> None:
        if bucket in seen and not file.endswith(tuple(f"/{name}.yaml" for name in RESERVED)):
            message = f"duplicate bucket name '{bucket}': {seen[bucket]} has it already; rename one of the two"
            duplicates.append(Problem(file, path, message, on_key=True))
        seen.setdefault(bucket, who)

    for partner in context.mesh.partners:
        who = f"partner '{partner}'"
        claim(names.partner_bucket(mesh, partner), who, partner_file(partner))
        for make in (names.log_bucket, names.results_bucket):
            claim(make(mesh, f"partner-{partner}"), who, partner_file(partner))
    for domain, owner in context.mesh.domains.items():
        for make in (names.log_bucket, names.results_bucket):
            claim(make(mesh, domain), f"domain '{domain}'", domain_file(domain))
        for name in owner.products:
            claim(names.bucket(mesh, domain, name), f"product '{domain}.{name}'", domain_file(domain), "products", name)
    yield from duplicates


@rule
def role_names_are_used_once(context: Context) -> Iterator[Problem]:
    """No two roles of an account have one name: IAM takes a name once an account, whatever its path."""
    own = {"deploy": "the deployment", "preview": "previews", "access": "the platform", "publisher": "the platform"}
    central = {**own, "ci-deploy": "continuous integration", "ci-preview": "continuous integration"}
    for domain in context.mesh.domains:
        for arn in (names.location_role("", domain), names.publisher_role("", domain)):
            name = names.role_name(arn)
            if name in central:
                message = (
                    f"the governance account would need the role name '{name}' twice, {central[name]} has it: "
                    "rename the file"
                )
                yield Problem(domain_file(domain), (), message)
            central[name] = f"domain '{domain}'"
    held = {**own, **{clearance: f"clearance '{clearance}'" for clearance in context.mesh.file.clearances}}
    for domain, owner in context.mesh.domains.items():
        taken = dict(held)
        for product in owner.products:
            for arn in (names.pipeline_role("", product), names.delivery_role("", product)):
                name = names.role_name(arn)
                if name in taken:
                    message = (
                        f"the account would need the role name '{name}' twice, {taken[name]} has it: rename the product"
                    )
                    yield Problem(domain_file(domain), ("products", product), message, on_key=True)
                taken[name] = f"product '{product}'"


# ---- products and contracts


@rule
def kinds_have_their_ports(context: Context) -> Iterator[Problem]:
    """Reporting needs a table, a model needs files; a stream is refused until it can be carried."""
    needed = {"analytics": ("table", "reporting reads it with SQL"), "ml": ("files", "training reads files")}
    for domain, name, product in context.every_product():
        path = ("products", name, "ports")
        if "stream" in product.ports:
            message = (
                "port 'stream' is not carried yet: Kafka topics are not part of this version; offer 'table' or 'files'"
            )
            yield Problem(domain_file(domain), path, message)
        port, why = needed.get(product.kind, ("", ""))
        if port and port not in product.ports:
            yield Problem(
                domain_file(domain), path, f"a product of kind '{product.kind}' needs the port '{port}': {why}"
            )
        if len(set(product.ports)) != len(product.ports):
            yield Problem(domain_file(domain), path, "a port stands twice; name each once")


@rule
def contracts_can_be_catalogued(context: Context) -> Iterator[Problem]:
    """Tables, columns, types and labels of a contract are such that the catalog can show them."""
    known = frozenset(context.mesh.file.classifications)
    for domain, name, product in context.every_product():
        contract = context.mesh.contracts.get(f"{domain}.{name}")
        if contract is not None:
            for path, message in catalog.mistakes(contract, known):
                yield Problem(contract_file(domain, name, product), path, message)


@rule
def contracts_name_their_product(context: Context) -> Iterator[Problem]:
    """A contract that names a domain names the one that it belongs to."""
    for domain, name, product in context.every_product():
        contract = context.mesh.contracts.get(f"{domain}.{name}")
        if contract is not None and contract.domain not in (None, domain):
            message = f"the contract says domain '{contract.domain}', but it is the contract of '{domain}.{name}'"
            yield Problem(contract_file(domain, name, product), ("domain",), message)


@rule
def contracts_are_used_once(context: Context) -> Iterator[Problem]:
    """Two products do not share a contract file."""
    seen: dict[str, str] = {}
    for domain, name, product in context.every_product():
        file = contract_file(domain, name, product)
        if file in seen:
            message = f"{file} is already the contract of '{seen[file]}'; write one for '{domain}.{name}'"
            yield Problem(domain_file(domain), ("products", name), message, on_key=True)
        seen.setdefault(file, f"{domain}.{name}")


@rule
def contracts_have_a_product(context: Context) -> Iterator[Problem]:
    """A contract file that no product names does nothing."""
    for file in context.mesh.stray_contracts:
        yield Problem(
            file, (), "no product has this contract; declare the product in its domain's file, or remove it", "warning"
        )


# ---- consumers and members


@rule
def consumed_products_exist(context: Context) -> Iterator[Problem]:
    """`consumes` names products of other domains, once each, and none that is internal."""
    for domain, owner in context.mesh.domains.items():
        for number, reference in enumerate(owner.consumes):
            reason = _not_consumable(context, domain, reference)
            if not reason and reference in owner.consumes[:number]:
                reason = f"'{reference}' stands twice; name it once"
            if reason:
                yield Problem(domain_file(domain), ("consumes", number), reason)


def _not_consumable(context: Context, domain: str, reference: str) -> str:
    product = context.mesh.product(reference)
    if product is None:
        return _unknown_product(context, reference)
    if reference.startswith(f"{domain}."):
        return f"'{reference}' is this domain's own product; 'consumes' names products of other domains"
    if product.kind == "internal":
        return f"'{reference}' is internal to its domain; ask its owner to offer it as 'analytics' or 'ml'"
    return ""


def _unknown_product(context: Context, reference: str) -> str:
    """The sentence for a product that does not exist; empty when its domain's file could not be read."""
    domain = reference.partition(".")[0]
    if context.mesh.is_unread("domains", domain):
        return ""
    owner = context.mesh.domains.get(domain)
    near = nearest(reference, context.products)
    message = f"unknown product '{reference}'" + (f"{near} " if near else "; ")
    if owner is None:
        return f"{message}there is no domain '{domain}', only {listed(context.mesh.domains)}"
    return f"{message}domain '{domain}' has {listed(owner.products)}"


@rule
def consumers_have_a_clearance(context: Context) -> Iterator[Problem]:
    """A consumer whose groups cover nothing of a labelled product is told which clearance it needs."""
    known = frozenset(context.mesh.file.classifications)
    clearances = {name: frozenset(reads) for name, reads in context.mesh.file.clearances.items()}
    if not all(reads <= known for reads in clearances.values()):
        return
    for domain, owner in context.mesh.domains.items():
        if any(member.clearance not in clearances for member in owner.members):
            continue
        held = [clearances[member.clearance] for member in owner.members if member.clearance in clearances]
        for number, reference in enumerate(owner.consumes):
            labels = context.labels.get(reference, frozenset())
            if labels and labels <= known and not any(labels <= reads for reads in held):
                enough = [name for name, reads in clearances.items() if labels <= reads]
                message = f"no group of '{domain}' can read all of '{reference}', which holds {listed(labels)}; " + (
                    f"clearances that cover it: {listed(enough)}" if enough else "no clearance covers it"
                )
                yield Problem(domain_file(domain), ("consumes", number), message, "warning")


@rule
def members_hold_known_clearances(context: Context) -> Iterator[Problem]:
    """A member names a clearance of mesh.yaml."""
    known = context.mesh.file.clearances
    for domain, owner in context.mesh.domains.items():
        for number, member in enumerate(owner.members):
            if member.clearance not in known:
                message = unknown("clearance", member.clearance, known)
                yield Problem(domain_file(domain), ("members", number, "clearance"), message)


@rule
def members_are_reviewed(context: Context) -> Iterator[Problem]:
    """A clearance whose review date is past has lapsed."""
    for domain, owner in context.mesh.domains.items():
        for number, member in enumerate(owner.members):
            if member.review < context.as_of:
                message = (
                    f"the review of '{member.group}' ({member.clearance}) was due on {member.review}, "
                    f"it is {context.as_of}; have {member.approved_by} approve it again and set a new date, "
                    "or remove the member"
                )
                yield Problem(domain_file(domain), ("members", number, "review"), message, "lapse")


@rule
def members_stand_once(context: Context) -> Iterator[Problem]:
    """A group holds one clearance a domain file at most once."""
    for domain, owner in context.mesh.domains.items():
        seen: set[tuple[str, str]] = set()
        for number, member in enumerate(owner.members):
            pair = (member.group, member.clearance)
            if pair in seen:
                message = f"group '{member.group}' holds clearance '{member.clearance}' twice; keep one entry"
                yield Problem(domain_file(domain), ("members", number, "group"), message)
            seen.add(pair)


# ---- partners


@rule
def agreements_name_products(context: Context) -> Iterator[Problem]:
    """An agreement names a product that exists and is not internal, once a partner."""
    seen: set[tuple[str, str]] = set()
    for partner, number, agreement in context.every_agreement():
        reference, path = agreement.product, ("agreements", number, "product")
        product = context.mesh.product(reference)
        if product is None and (message := _unknown_product(context, reference)):
            yield Problem(partner_file(partner), path, message)
        elif product is not None and product.kind == "internal":
            message = f"'{reference}' is internal to its domain; ask its owner to offer it as 'analytics' or 'ml'"
            yield Problem(partner_file(partner), path, message)
        if (partner, reference) in seen:
            yield Problem(partner_file(partner), path, f"'{reference}' has an agreement already; keep one")
        seen.add((partner, reference))


@rule
def agreements_allow_what_they_deliver(context: Context) -> Iterator[Problem]:
    """Every label of a delivered product is among the agreement's classifications, and those are known."""
    known = context.mesh.file.classifications
    for partner, number, agreement in context.every_agreement():
        path = ("agreements", number, "classifications")
        for position, name in enumerate(agreement.classifications):
            if name not in known:
                message = unknown("classification", name, known)
                yield Problem(partner_file(partner), (*path, position), message)
        missing = context.labels.get(agreement.product, frozenset()) - set(agreement.classifications)
        if missing and missing <= known.keys():
            message = (
                f"'{agreement.product}' holds {listed(missing)}, which this agreement does not allow; "
                "deliver a product without it, or have the classification agreed"
            )
            yield Problem(partner_file(partner), path, message)


@rule
def agreements_last(context: Context) -> Iterator[Problem]:
    """An agreement is renewed before it expires; an expired one deploys as closed."""
    notice = datetime.timedelta(days=context.mesh.file.defaults.agreement_notice)
    for partner, number, agreement in context.every_agreement():
        path = ("agreements", number, "expires")
        if agreement.expires < context.as_of:
            message = (
                f"the agreement on '{agreement.product}' expired on {agreement.expires} and is closed; "
                "renew or remove it"
            )
            yield Problem(partner_file(partner), path, message, "lapse")
        elif agreement.expires < context.as_of + notice:
            message = (
                f"the agreement on '{agreement.product}' expires on {agreement.expires}, within {notice.days} days; "
                "renew or remove it"
            )
            yield Problem(partner_file(partner), path, message, "lapse")
