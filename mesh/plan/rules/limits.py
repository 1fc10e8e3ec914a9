"""Rules of AWS quotas: sizes of documents, numbers of roles, accounts and policies; the limits are in `quotas.json`.

Documents of a kind are measured from the largest on: they are ordered by the lengths of the names that they hold, and
measuring stops at the first that is clearly within its quota. So a rule costs the same for ten domains and for a
thousand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from mesh import names, quotas
from mesh.findings import KeyPath, Problem
from mesh.iam.statement import Document
from mesh.model import Domain
from mesh.plan import pipeline_nodes
from mesh.plan.build import Builder
from mesh.plan.control_policies import policy_nodes
from mesh.plan.nodes.grants import LABEL_VALUES
from mesh.plan.rules.context import CrossFileRule, RuleContext, domain_file, partner_file

ROLES_OF_EVERY_ACCOUNT: Final = 2
"""Roles `mesh/deploy` and `mesh/preview`."""
ROLES_OF_A_DOMAIN: Final = ROLES_OF_EVERY_ACCOUNT + 3 + len(names.STAFF)
"""Roles of every account, `mesh/deploy-access`, those that check drafts and pass wake-ups on, and of the staff."""
ROLES_OF_GOVERNANCE: Final = ROLES_OF_EVERY_ACCOUNT + 2 + len(names.FIRST_OF_CI)
"""Roles of every account, of break-glass, of the publication function, and the first of continuous integration."""
ROLES_OF_A_DOMAIN_IN_GOVERNANCE: Final = 3
"""Roles of a domain in the governance account: location, publisher, continuous integration."""
CENTRAL_ACCOUNTS: Final = 2
"""The management and the governance account."""
GRANTS_OF_DATABASES: Final = 1
"""Grants of the domains unit besides those of clearances: the expression of all databases."""
CLEARLY: Final = 0.8
"""Share of its quota below which a document ends the measuring: slightly longer names do not fill the rest."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may be too large, and the line of YAML that makes it so."""

    name: str
    file: str
    path: KeyPath
    make: Callable[[], Document]


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """Documents with one quota, the largest first; `remedy` is what its owner can do."""

    quota: tuple[str, str]
    remedy: str
    candidates: Iterable[Candidate]


def documents_fit_their_quotas(context: RuleContext) -> Iterator[Problem]:
    """Policy documents are not larger than AWS takes."""
    if context.mesh.touches("mesh.yaml"):
        return
    for kind in (*_of_the_mesh(context), *_of_products(context), *_of_domains(context), *_of_partners(context)):
        most = quotas.limit(*kind.quota)
        for candidate in kind.candidates:
            size = candidate.make().size
            if size > most:
                message = f"{candidate.name} would have {size:,} characters, AWS takes {most:,}: {kind.remedy}"
                yield Problem(candidate.file, candidate.path, message, on_key=True)
            elif size < CLEARLY * most:
                break


def _of_the_mesh(context: RuleContext) -> Iterator[DocumentKind]:
    builder = context.builder
    governance, remedy = builder.governance(), "this is a fault of the platform, please report it"

    def one(quota: tuple[str, str], name: str, document: Document) -> DocumentKind:
        return DocumentKind(quota, remedy, [Candidate(name, "mesh.yaml", (), lambda: document)])

    yield one(("glue", "resource_policy_bytes"), "the policy of the catalog", governance.catalog.catalog_policy)
    yield one(("events", "bus_policy_chars"), "the policy of the event bus", governance.bus.policy)
    yield one(("s3", "bucket_policy_bytes"), "the policy of the audit bucket", governance.audit.bucket_policy)
    publication = governance.publication_role.permissions
    yield one(("iam", "role_inline_total_chars"), "the publication role's policy", publication)
    endpoint = governance.network.endpoints["events"]
    yield one(("vpc", "endpoint_policy_chars"), "the policy of an endpoint", endpoint)
    for policy in builder.fixed_policies():
        service = "scp" if policy.type == "SERVICE_CONTROL_POLICY" else "rcp"
        yield one((service, "max_chars"), f"control policy '{policy.name}'", policy.document)


def _of_products(context: RuleContext) -> Iterator[DocumentKind]:
    builder = context.builder

    def weight(product: tuple[str, str]) -> int:
        domain, name = product
        return len(domain) + len(name) + 100 * len(builder.covering(context.labels[f"{domain}.{name}"]))

    pairs = ((domain, name) for domain, name, _ in context.every_product())
    products = [pair for pair in pairs if ".".join(pair) in context.mesh.contracts]
    products.sort(key=weight, reverse=True)

    def candidates(
        document: str, make: Callable[[Builder, str, str], Document], pairs: list[tuple[str, str]] = products
    ) -> Iterator[Candidate]:
        for domain, name in pairs:
            place = domain_file(domain), ("products", name)
            yield Candidate(f"{document} of '{domain}.{name}'", *place, lambda d=domain, n=name: make(builder, d, n))

    shorter = "choose shorter names for domain, product or clearances"
    yield DocumentKind(("s3", "bucket_policy_bytes"), shorter, candidates("the bucket policy", _bucket_policy))
    yield DocumentKind(("kms", "key_policy_bytes"), shorter, candidates("the key policy", _key_policy))
    widest = sorted(products, key=lambda pair: _reads(context, *pair), reverse=True)
    fewer_reads = "have its pipeline read fewer products, or split it"
    yield DocumentKind(
        ("iam", "role_inline_total_chars"), fewer_reads, candidates("the pipeline role's policy", _pipeline, widest)
    )
    delivered = {pair: terms for pair in products if (terms := builder.agreements.get(".".join(pair)))}
    most = sorted(delivered, key=lambda pair: sum(len(partner) for partner, _ in delivered[pair]), reverse=True)
    fewer = "deliver it to fewer partners, or split the product"
    yield DocumentKind(
        ("iam", "role_inline_total_chars"), fewer, candidates("the delivery role's policy", _delivery, most)
    )


def _reads(context: RuleContext, domain: str, name: str) -> int:
    """Characters, about, of what a product's pipeline reads, and of its own names."""
    pipeline = context.mesh.domains[domain].products[name].pipeline
    return len(domain) + len(name) + sum(300 + len(each) for each in (pipeline.reads if pipeline else ()))


def _bucket_policy(builder: Builder, domain: str, name: str) -> Document:
    return builder.one_product(domain, name).bucket_policy


def _key_policy(builder: Builder, domain: str, name: str) -> Document:
    return builder.one_product(domain, name).key_policy


def _pipeline(builder: Builder, domain: str, name: str) -> Document:
    return builder.pipeline(domain, name).permissions


def _delivery(builder: Builder, domain: str, name: str) -> Document:
    return builder.deliveries(domain, builder.mesh.domains[domain])[name].permissions


def _of_domains(context: RuleContext) -> Iterator[DocumentKind]:
    builder, remedy = context.builder, "choose a shorter name for the domain"
    domains = sorted(context.mesh.domains.items(), key=lambda item: len(item[0]), reverse=True)

    def kind(quota: tuple[str, str], document: str, make: Callable[[str, Domain], Document]) -> DocumentKind:
        candidates = (
            Candidate(f"{document} of '{name}'", domain_file(name), (), lambda n=name, d=domain: make(n, d))
            for name, domain in domains
        )
        return DocumentKind(quota, remedy, candidates)

    def largest_clearance(name: str, domain: Domain) -> Document:
        del domain
        documents = (args.permissions for args in builder.clearance_roles(name).values())
        return max(documents, key=lambda document: document.size, default=Document())

    inline = ("iam", "role_inline_total_chars")
    yield kind(inline, "the publisher role's policy", lambda name, _: builder.location(name).publisher.permissions)
    yield kind(inline, "the check role's policy", lambda name, _: builder.check(name).permissions)
    yield kind(inline, "the location role's policy", lambda name, _: builder.location(name).permissions)
    yield kind(inline, "the policy of a clearance role", largest_clearance)
    yield kind(("iam", "managed_policy_chars"), "the boundary", lambda name, d: builder.account(name, d).boundary)
    yield kind(
        ("kms", "key_policy_bytes"), "the account's key policy", lambda name, d: builder.account(name, d).key_policy
    )
    yield kind(
        ("s3", "bucket_policy_bytes"),
        "the policy of the query results",
        lambda name, d: builder.account(name, d).results_bucket_policy,
    )


def _of_partners(context: RuleContext) -> Iterator[DocumentKind]:
    builder = context.builder
    makers: tuple[tuple[tuple[str, str], str, Callable[[str], Document]], ...] = (
        (("s3", "bucket_policy_bytes"), "the inbox's policy", lambda name: builder.partner_args(name).bucket_policy),
        (("kms", "key_policy_bytes"), "the inbox's key policy", lambda name: builder.partner_args(name).key_policy),
        (("rcp", "max_chars"), "the resource control policy", lambda name: builder.partner_policies(name)[1].document),
        (("scp", "max_chars"), "the service control policy", lambda name: builder.partner_policies(name)[0].document),
    )
    partners = sorted(context.mesh.partners, key=lambda name: sum(map(len, builder.writers(name))), reverse=True)
    for quota, document, make in makers:
        candidates = [
            Candidate(
                f"{document} of partner '{name}'",
                partner_file(name),
                ("agreements",),
                lambda name=name, make=make: make(name),
            )
            for name in partners
        ]
        yield DocumentKind(quota, "have fewer agreements, or split the partner in two", candidates)


# ---- numbers


def roles_fit_their_account(context: RuleContext) -> Iterator[Problem]:
    """Roles of an account are not more than IAM takes; above the default the quota has to be raised first."""
    mesh = context.mesh
    yield from _roles(
        "the governance account", "mesh.yaml", ROLES_OF_GOVERNANCE + ROLES_OF_A_DOMAIN_IN_GOVERNANCE * len(mesh.domains)
    )
    for name, domain in mesh.domains.items():
        delivered = sum(f"{name}.{product}" in context.builder.agreements for product in domain.products)
        services = (context.builder.retention(name), pipeline_nodes.start(context.builder, name))
        roles = ROLES_OF_A_DOMAIN + len(mesh.clearances) + len(domain.products) + delivered
        roles += sum(each is not None for each in services)
        yield from _roles(f"the account of domain '{name}'", domain_file(name), roles)


def _roles(account: str, file: str, roles: int) -> Iterator[Problem]:
    usual, most = quotas.limit("iam", "roles_per_account_default"), quotas.limit("iam", "roles_per_account_max")
    if roles > most:
        yield Problem(file, (), f"{account} would have {roles:,} roles, IAM takes {most:,}: split it")
    elif roles > usual:
        message = (
            f"{account} would have {roles:,} roles, more than IAM's default of {usual:,}: have the quota raised first"
        )
        yield Problem(file, (), message, "warning")


def clearances_fit_lake_formation(context: RuleContext) -> Iterator[Problem]:
    """Expressions of clearances are not larger, and not more, than Lake Formation takes."""
    if context.mesh.touches("mesh.yaml", "classifications"):
        return
    # A resource takes 50 LF-tags, one a classification: that many the model of mesh.yaml takes.
    file = context.mesh.file
    most = quotas.limit("lakeformation", "expressions_per_principal") - GRANTS_OF_DATABASES
    if len(context.mesh.clearances) > most:
        message = f"{len(context.mesh.clearances)} clearances, Lake Formation takes {most}: merge some"
        yield Problem("mesh.yaml", (), message)
    longest = quotas.limit("lakeformation", "inline_expression_bytes")
    # Longest is the expression that takes every value of each: that of the databases, and of who holds every label.
    body = [{"TagKey": key, "TagValues": list(LABEL_VALUES)} for key in sorted(file.classifications)]
    size = len(json.dumps(body, separators=(",", ":")).encode())
    if size > longest:
        message = (
            f"the Lake Formation expression over all {len(file.classifications)} classifications would have "
            f"{size:,} bytes, AWS takes {longest}: have fewer classifications, or shorter names for them"
        )
        yield Problem("mesh.yaml", ("classifications",), message, on_key=True)


def accounts_fit_the_organization(context: RuleContext) -> Iterator[Problem]:
    """Accounts and control policies of the organisation are not more than AWS takes."""
    accounts = CENTRAL_ACCOUNTS + len(context.mesh.domains) + len(context.mesh.partners)
    most = quotas.limit("org", "accounts_max")
    if accounts > most:
        message = f"{accounts:,} accounts, an organisation takes {most:,}: split the mesh in two"
        yield Problem("mesh.yaml", (), message)
    policies, most = len(context.builder.fixed_policies()) + len(context.mesh.partners), quotas.limit("rcp", "per_org")
    if policies > most:
        message = (
            f"{policies:,} resource control policies, one a partner, an organisation takes {most:,}: split the mesh"
        )
        yield Problem("mesh.yaml", (), message)


def control_policies_fit_beside_those_of_others(context: RuleContext) -> Iterator[Problem]:
    """Control policies of the mesh, of AWS and of others are not more at a node than AWS takes."""
    if context.mesh.touches("mesh.yaml", "policies-of-others"):
        return
    for node in policy_nodes(context.builder.fixed_policies(), context.mesh.file.policies_of_others):
        if node.others and node.attached > node.quota:
            where = "the root" if node.node == "root" else f"the unit '{node.node}'"
            message = (
                f"{node.others} {node.kind} of others at {where}, {node.mesh} of the mesh and {node.of_aws} of AWS, "
                f"and AWS takes {node.quota}: merge or detach {node.attached - node.quota} of theirs"
            )
            yield Problem("mesh.yaml", ("policies-of-others", node.type, node.node), message)


RULES: Final[tuple[CrossFileRule, ...]] = (
    documents_fit_their_quotas,
    roles_fit_their_account,
    clearances_fit_lake_formation,
    accounts_fit_the_organization,
    control_policies_fit_beside_those_of_others,
)
