"""Retention (M21): what is published, and what it can go back to, is deleted by optimizers alone, and late enough.

Two tables point into one tree of files: the draft, and the entry of the mesh catalog. Whoever deletes looks at one of
them at the most.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.decide import Request
from mesh.plan.nodes import DataProductArgs, DomainPlan
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.invariants.products import FILES, METADATA, TABLES, callers
from mesh.proof.subject import Subject

OPTIMIZERS: Final = (
    "how long optimizers keep is set by the component TableOptimizers, and which folders expire by DataProduct; `mesh "
    "plan --json` lists both; that a publication lags longer than it may, an alarm tells and people mend; "
    "the publication function stops optimizers meanwhile"
)
"""Part of M21 that no policy carries."""

DELETIONS: Final = ("s3:DeleteObject", "s3:DeleteObjectVersion")


def published_files_stay(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M21: on deletions below `tables/` by every caller, on rules of lifecycle, on days of optimizers."""
    for product in subject.product_classes:
        if "table" in product.ports:
            yield from _deletions(subject, product)
    for domain in subject.domains:
        for name, product in domain.products.items():
            yield Fact(f"no rule of {domain.name}.{name} expires what is of a table", partial(_expiring, product))
        for name in domain.optimizers:
            yield Fact(
                f"optimizers of {domain.name}.{name} keep longer than a publication may lag",
                partial(_kept, domain, name),
            )


def _deletions(subject: Subject, product: DataProductArgs) -> Iterator[AnyClaim]:
    bucket, retention = f"arn:aws:s3:::{product.bucket}", names.retention_role(product.account_id)
    for caller in callers(subject, product):
        for action in DELETIONS:
            for place in (TABLES, METADATA):
                yield Claim(caller.who, Request(caller.name, action, f"{bucket}/{place}"), allowed=False)
    who = f"the retention of {product.domain}"
    for place in (TABLES, METADATA):
        yield Claim(who, Request(retention, "s3:DeleteObject", f"{bucket}/{place}"), allowed=True)
        yield Claim(who, Request(retention, "s3:DeleteObjectVersion", f"{bucket}/{place}"), denied=("resource",))
        job = {"glue:CredentialIssuingService": "glue.amazonaws.com", "aws:SourceVpce": from_plan.endpoint_id("s3")}
        in_a_job = Request(retention, "s3:DeleteObject", f"{bucket}/{place}", job)
        yield Claim(f"a job with {who}", in_a_job, allowed=False, denied=("scp",))
    yield from _keeps(subject, who, retention, product)
    bypasses = Request(retention, "s3:BypassGovernanceRetention", f"{bucket}/{TABLES}")
    yield Claim(who, bypasses, by="RefuseRetentionOfVersions")
    deploys = Request(names.deploy_role(product.account_id), "s3:DeleteObjectVersion", f"{bucket}/{FILES}")
    yield Claim("the deployment", deploys, spared_by="RefuseRetentionOfVersions")
    for place in (FILES, "outbound/p/x", f"{names.QUERIES}/x"):
        yield Claim(who, Request(retention, "s3:DeleteObject", f"{bucket}/{place}"), denied=("resource",))


def _keeps(subject: Subject, who: str, retention: str, product: DataProductArgs) -> Iterator[AnyClaim]:
    """Claims on optimizers at work: they read, write and list what they compact, with the key, through S3 alone."""
    bucket, key = f"arn:aws:s3:::{product.bucket}", subject.product_key(product)
    for action, on in (
        ("s3:GetObject", f"{bucket}/{METADATA}"),
        ("s3:PutObject", f"{bucket}/{METADATA}"),
        ("s3:ListBucket", bucket),
    ):
        yield Claim(who, Request(retention, action, on), allowed=True)
    for action in ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"):
        uses = Request(retention, f"kms:{action}", key, subject.through_s3)
        yield Claim(who, uses, allowed=True, admitted=True)
    yield Claim(who, Request(retention, "kms:PutKeyPolicy", key, subject.through_s3), allowed=False, admitted=False)
    for context in ({}, {"kms:ViaService": f"ec2.{subject.region}.amazonaws.com"}):
        yield Claim(who, Request(retention, "kms:Decrypt", key, context), allowed=False, admitted=False)


def _expiring(product: DataProductArgs, _: Subject) -> str | None:
    """The folder of a rule that reaches into `tables/`; a rule of the whole bucket has an empty one."""
    reaching = [folder for folder in product.expiring if f"{folder}/".startswith("tables/") or not folder]
    return f"'{reaching[0]}' expires" if reaching else None


def _kept(domain: DomainPlan, name: str, _: Subject) -> str | None:
    days, lag = domain.optimizers[name].days, domain.products[name].lag
    if days <= lag:
        return f"{days} days, and it may lag {lag}"
    old = domain.products[name].old_versions
    return f"old versions stay {old} days, and it may lag {lag}" if old <= lag else None
