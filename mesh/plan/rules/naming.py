"""Rules of names: of stacks, buckets and roles, as AWS takes them, and none used twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.findings import Problem
from mesh.plan.rules.context import CrossFileRule, RuleContext, domain_file, partner_file

RESERVED: Final = ("organization", "governance", "management")
RESERVED_ENDINGS: Final = ("--x-s3", "--ol-s3", "--table-s3", "-s3alias")
LONGEST_BUCKET: Final = 63


def names_are_not_reserved(context: RuleContext) -> Iterator[Problem]:
    """Domains and partners are not named like a stack of the platform."""
    for folder, owners in context.owners:
        for name in owners:
            if name in RESERVED:
                message = f"'{name}' is a name of the platform's own; rename the file"
                yield Problem(f"{folder}/{name}.yaml", (), message)


def product_names_fit_aws(context: RuleContext) -> Iterator[Problem]:
    """Buckets of products have names that S3 takes; none is cut to fit."""
    if context.mesh.is_uncertain("mesh.yaml", "name"):
        return
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


def partner_names_fit_aws(context: RuleContext) -> Iterator[Problem]:
    """Buckets of partners have names that S3 takes."""
    if context.mesh.is_uncertain("mesh.yaml", "name"):
        return
    # Those of a domain always have: a name has at most 40 characters.
    mesh = context.mesh.file.name
    for partner in context.mesh.partners:
        bucket = max((names.partner_bucket(mesh, partner), names.results_bucket(mesh, f"partner-{partner}")), key=len)
        if len(bucket) > LONGEST_BUCKET:
            message = (
                f"bucket '{bucket}' would have {len(bucket)} characters, S3 takes {LONGEST_BUCKET}: rename the file"
            )
            yield Problem(partner_file(partner), (), message)


def global_names_are_used_once(context: RuleContext) -> Iterator[Problem]:
    """Buckets of the mesh all have different names."""
    if context.mesh.is_uncertain("mesh.yaml", "name"):
        return
    mesh = context.mesh.file.name
    owners = {names.audit_bucket(mesh): "the audit trail"}
    owners |= {make(mesh, "governance"): "the governance account" for make in (names.log_bucket, names.results_bucket)}
    duplicates: list[Problem] = []

    def claim(bucket: str, owner: str, file: str, *path: str) -> None:
        # A file with a reserved name has a finding of its own.
        if bucket in owners and not file.endswith(tuple(f"/{name}.yaml" for name in RESERVED)):
            message = f"duplicate bucket name '{bucket}': {owners[bucket]} has it already; rename one of the two"
            duplicates.append(Problem(file, path, message, on_key=True))
        owners.setdefault(bucket, owner)

    for partner in context.mesh.partners:
        owner = f"partner '{partner}'"
        claim(names.partner_bucket(mesh, partner), owner, partner_file(partner))
        for make in (names.log_bucket, names.results_bucket):
            claim(make(mesh, f"partner-{partner}"), owner, partner_file(partner))
    for domain, declared in context.mesh.domains.items():
        for make in (names.log_bucket, names.results_bucket):
            claim(make(mesh, domain), f"domain '{domain}'", domain_file(domain))
        for name in declared.products:
            claim(names.bucket(mesh, domain, name), f"product '{domain}.{name}'", domain_file(domain), "products", name)
    yield from duplicates


def role_names_are_used_once(context: RuleContext) -> Iterator[Problem]:
    """Roles of an account all have different names: for IAM the path of a role makes no difference."""
    domains = context.mesh.domains
    platform = {
        "deploy": "the deployment",
        "deploy-access": "the deployment",
        "preview": "previews",
        "access": "the platform",
        "publisher": "the platform",
    }
    central = {
        **platform,
        **dict.fromkeys(("partners", names.CI_OF_PREVIEWS), "continuous integration"),
        **{names.ci_of_domain(context.builder.domain_id(domain)): "continuous integration" for domain in domains},
        names.BREAK_GLASS: "the way in for emergencies",
    }
    for domain in domains:
        for arn in (names.location_role("", domain), names.publisher_role("", domain)):
            name = names.role_name(arn)
            if name in central:
                message = (
                    f"the governance account would need the role name '{name}' twice, {central[name]} has it: "
                    "rename the file"
                )
                yield Problem(domain_file(domain), (), message)
            central[name] = f"domain '{domain}'"
    shared = {**platform, **{clearance: f"clearance '{clearance}'" for clearance in context.mesh.file.clearances}}
    for domain, owner in context.mesh.domains.items():
        taken = dict(shared)
        for product in owner.products:
            for arn in (names.pipeline_role("", product), names.delivery_role("", product)):
                name = names.role_name(arn)
                if name in taken:
                    message = (
                        f"the account would need the role name '{name}' twice, {taken[name]} has it: rename the product"
                    )
                    yield Problem(domain_file(domain), ("products", product), message, on_key=True)
                taken[name] = f"product '{product}'"


RULES: Final[tuple[CrossFileRule, ...]] = (
    names_are_not_reserved,
    product_names_fit_aws,
    partner_names_fit_aws,
    global_names_are_used_once,
    role_names_are_used_once,
)
