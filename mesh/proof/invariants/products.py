"""Products (I11, I14, M2, M5): who reads, writes, encrypts and sets up a bucket, administrators at home included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mesh import names
from mesh.aws.allowed_actions import is_allowed
from mesh.bucket_names import product_stem
from mesh.evaluator.decide import Request
from mesh.plan.nodes import DataProductArgs
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.forms import WHOLE_UP_TO
from mesh.proof.machine_readers import pipeline_of, written_reads
from mesh.proof.subject import Actor, Subject

READS: Final = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectAttributes",
    "s3:GetObjectVersionAttributes",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersionTorrent",
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectAnnotation",
    "s3:GetObjectVersionAnnotation",
)
LISTS: Final = ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads")
WRITES: Final = (
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:AbortMultipartUpload",
    "s3:PutObjectTagging",
    "s3:PutObjectVersionTagging",
    "s3:DeleteObjectTagging",
    "s3:DeleteObjectVersionTagging",
    "s3:ReplicateObject",
    "s3:ReplicateDelete",
    "s3:ReplicateTags",
    "s3:PutObjectAnnotation",
    "s3:DeleteObjectAnnotation",
    "s3:UpdateObjectEncryption",
)
CRYPTOGRAPHY: Final = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:ReEncryptFrom",
)
TABLES, METADATA, FILES = "tables/data/part-0.parquet", "tables/t/metadata/v1.avro", "files/part-0.parquet"
QUERIES: Final = "queries/result.csv"
FIRST_HEAD, HEAD = (f"tables/t/metadata/0000{number}-x.metadata.json" for number in range(2))
"""Heads of a table's metadata: that with which it was made, and a later one."""


class EntitledRoles:
    """Roles and clearances that may do something with a product, by ports and labels: no policy document is read."""

    def __init__(self, subject: Subject, product: DataProductArgs) -> None:
        self.product = product
        hub, account_id = subject.hub, product.account_id
        self.pipeline = pipeline_of(subject, product)
        self.delivery = names.delivery_role(account_id, product.name) if product.delivers else None
        table, files = "table" in product.ports, "files" in product.ports
        self.location = names.location_role(hub, product.domain) if table else None
        self.check = names.check_role(account_id) if table else None
        self.starter = names.deploy_role(account_id) if table else None
        self.retention = names.retention_role(account_id) if table else None
        clearances, labels = subject.written_clearances, subject.written(product).labels
        self.cleared = frozenset(name for name, reads in clearances.items() if files and labels <= reads)
        self.deploy, self.preview = names.deploy_role(account_id), names.preview_role(account_id)
        self._accounts_of_domains = {domain.access.account_id for domain in subject.plan.domains.values()}

    def clears(self, caller: Actor) -> bool:
        """Whether people or a pipeline hold a clearance that covers all labels, and the product has a files port."""
        *_, folder, name = ("", *caller.name.split("/"))
        if caller.kind == "like-named" and caller.name.split(":")[4] in self._accounts_of_domains:
            # Whoever makes who reads in another domain makes this role, and it holds the clearance of its path.
            return folder in self.cleared and "/pipeline/" in caller.name
        held = {"clearance": name, "pipeline": folder}.get(caller.kind)
        return held in self.cleared

    def reads(self, caller: Actor) -> bool:
        """Whether the bucket's policy leaves the caller any object to read; which, other statements say."""
        return self.clears(caller) or caller.name in (
            self.pipeline,
            self.delivery,
            self.location,
            self.check,
            self.retention,
        )

    def reads_tables(self, caller: Actor) -> bool:
        """Whether the bucket's policy leaves the caller objects below `tables/`, what is not published among them."""
        return self.reads(caller) and (caller.name == self.pipeline or not self.clears(caller))

    def uses_the_key(self, caller: Actor) -> bool:
        """Whether the key's policy lets the caller use it: a reader, and who starts tables."""
        return self.reads(caller) or caller.name == self.starter

    def lists(self, caller: Actor) -> bool:
        """Whether the bucket's policy lets the caller list."""
        return self.reads(caller) or caller.name in (self.deploy, self.preview)

    def writes(self, caller: Actor) -> bool:
        """Whether the bucket's policy lets the caller write anything but the heads of tables' metadata."""
        return caller.name == self.pipeline


def callers(subject: Subject, product: DataProductArgs) -> Iterator[Actor]:
    """Callers of the home account, all of them; of the other domains and the governance account one of each kind."""
    home = subject.domain_of(product)
    yield from subject.of_domain(home)
    jobs = list(subject.jobs_of(home))
    yield from jobs if len(jobs) <= WHOLE_UP_TO else (job for job in jobs if job in jobs[:3] or _is_of(job, product))
    yield from subject.publishing(product.domain)
    # The path of a role may hold a colon (IAM API, CreateRole), so a pattern that is matched as text, not as an ARN,
    # takes this for a role of the mesh.
    for path in ("clearance/restricted", f"pipeline/none/{product.name}", "pipeline/restricted/x", "deploy"):
        forged = f"arn:aws:iam::{product.account_id}:role/x:role/mesh/{path}"
        yield Actor(f"a role with mesh/{path} in its path", forged, "domains", product.account_id, "other")
    for domain in subject.others(product.domain):
        yield from subject.of_domain(domain)
        yield from subject.some_jobs_of(domain)
        yield from subject.publishing(domain.name)
        namesake = names.pipeline_role(domain.access.account_id, product.name)
        yield Actor(
            f"a pipeline of the same name in {domain.name}", namesake, "domains", domain.access.account_id, "other"
        )
    yield from subject.of_governance


def _at_home(caller: Actor, product: DataProductArgs) -> bool:
    """Whether a caller is an administrator of the product's own account, of whom every action is claimed."""
    return caller.kind == "other" and caller.account == product.account_id


def _is_of(job: Actor, product: DataProductArgs) -> bool:
    return job.name.endswith((f"/{product.name}", f"/deliver-{product.name}"))


def no_way_around_lake_formation(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I14: on reads, lists and decryptions of every product, by everyone in the mesh and by services."""
    for product in subject.products:
        roles, bucket = EntitledRoles(subject, product), f"arn:aws:s3:::{product.bucket}"
        for caller in callers(subject, product):
            reads, lists = roles.reads(caller), roles.lists(caller)
            for action in READS if _at_home(caller, product) else READS[:2]:
                request = Request(caller.name, action, f"{bucket}/{TABLES}")
                yield _permitted_or_refused(caller, request, roles.reads_tables(caller))
            for action in LISTS if _at_home(caller, product) else LISTS[:1]:
                yield _permitted_or_refused(caller, Request(caller.name, action, bucket), lists)
            request = Request(caller.name, "kms:Decrypt", subject.product_key(product), subject.through_s3)
            yield _permitted_or_refused(caller, request, roles.uses_the_key(caller))
            if roles.clears(caller):
                yield _permitted_or_refused(caller, Request(caller.name, READS[0], f"{bucket}/{FILES}"), True)
            if reads or _at_home(caller, product):
                # What a pipeline queried of other products: no reader of its own product reads that.
                request = Request(caller.name, "s3:GetObject", f"{bucket}/{QUERIES}")
                yield _permitted_or_refused(caller, request, caller.name == roles.pipeline)
        yield from _prefixes(subject, roles, bucket)
        yield from _services(subject, product, bucket)


def _permitted_or_refused(caller: Actor, request: Request, may: bool) -> Claim:
    """A claim on the resource's policy: it refuses the request unless the caller may."""
    if may:
        return Claim(caller.who, request, free=("resource",))
    return Claim(caller.who, request, allowed=False, denied=("resource",))


def _prefixes(subject: Subject, roles: EntitledRoles, bucket: str) -> Iterator[AnyClaim]:
    """Claims on the product's own roles by prefix: the location role and the check read tables, and no files."""
    for who, role, may, may_not in (
        ("the location role", roles.location, (TABLES, METADATA), (FILES, "outbound/p/x")),
        ("the check", roles.check, (TABLES, METADATA), (FILES, "outbound/p/x")),
        ("the delivery", roles.delivery, (), (TABLES, FILES)),
    ):
        for key in may if role else ():
            yield Claim(who, Request(str(role), "s3:GetObject", f"{bucket}/{key}"), allowed=True)
        for key in may_not if role else ():
            yield Claim(who, Request(str(role), "s3:GetObject", f"{bucket}/{key}"), allowed=False)
    if roles.delivery:
        for action in ("s3:GetObject", "s3:GetObjectVersion"):
            yield Claim("the delivery", Request(roles.delivery, action, f"{bucket}/outbound/p/x"), allowed=False)
        for action, what in (
            ("s3:GetReplicationConfiguration", bucket),
            ("s3:ListBucket", bucket),
            ("s3:GetObjectVersionForReplication", f"{bucket}/outbound/p/x"),
        ):
            yield Claim("the delivery", Request(roles.delivery, action, what), allowed=True)
    yield from _like_named(subject, roles)
    yield from _not_admitted(subject, roles, bucket)


def _like_named(subject: Subject, roles: EntitledRoles) -> Iterator[AnyClaim]:
    """Claims on a bucket named like the domain's, without an account: anyone may take such a name, in any account."""
    stray = f"arn:aws:s3:::{product_stem(subject.plan.mesh, roles.product.domain, 'stray')}"
    for who, role in (("the location role", roles.location), ("the check", roles.check)):
        if role:
            request = Request(role, "s3:GetObject", f"{stray}/{METADATA}")
            yield Claim(f"{who}, on a bucket of a like name elsewhere", request, allowed=False, granted=False)


def _not_admitted(subject: Subject, roles: EntitledRoles, bucket: str) -> Iterator[AnyClaim]:
    """Claims on the Allows of bucket and key: they admit no stranger, even if every Deny were gone."""
    forged = [caller for caller in (*subject.of_partners, *subject.outsiders) if caller.kind == "forged"]
    hub_others = [caller for caller in subject.of_governance if caller.kind == "other"]
    elsewhere = [subject.other(d.access.account_id, "domains", f"domain {d.name}") for d in subject.domains[:2]]
    strangers = [*forged, *hub_others, *(caller for caller in elsewhere if caller.account != roles.product.account_id)]
    key = subject.product_key(roles.product)
    for caller in strangers:
        read = Request(caller.name, "s3:GetObject", f"{bucket}/{METADATA}")
        yield Claim(caller.who, read, allowed=False, admitted=False)
        decrypt = Request(caller.name, "kms:Decrypt", key, subject.through_s3)
        yield Claim(caller.who, decrypt, allowed=False, admitted=False)
    administrator = subject.other(roles.product.account_id, "domains", f"domain {roles.product.domain}")
    for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy", "kms:DescribeKey"):
        request = Request(administrator.name, action, key, subject.through_s3)
        yield Claim(administrator.who, request, allowed=False, admitted=False)


def _services(subject: Subject, product: DataProductArgs, bucket: str) -> Iterator[AnyClaim]:
    """Claims on services under their own name: none reads a product, and no Deny refuses one that acts for the mesh."""
    for action, resource in (
        ("s3:GetObject", f"{bucket}/x"),
        ("s3:ListBucket", bucket),
        ("s3:PutObject", f"{bucket}/x"),
        ("s3:PutLifecycleConfiguration", bucket),
        ("kms:Decrypt", subject.product_key(product)),
    ):
        request = Request("s3.amazonaws.com", action, resource, subject.for_the_mesh)
        yield Claim("a service of the mesh", request, allowed=False, free=("rcp", "resource"), admitted=False)


def one_writer(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M5: on writes to every product by everyone in the mesh, and to other buckets by its pipeline."""
    for product in subject.products:
        roles, bucket = EntitledRoles(subject, product), f"arn:aws:s3:::{product.bucket}"
        for caller in callers(subject, product):
            for action in (
                WRITES if _at_home(caller, product) else ("s3:PutObject", "s3:DeleteObject", "s3:ReplicateObject")
            ):
                request = Request(caller.name, action, f"{bucket}/{TABLES}")
                yield _permitted_or_refused(caller, request, roles.writes(caller))
            for action in CRYPTOGRAPHY[1:] if _at_home(caller, product) else ("kms:GenerateDataKey",):
                request = Request(caller.name, action, subject.product_key(product), subject.through_s3)
                if not (roles.writes(caller) or caller.name == roles.starter):
                    yield Claim(caller.who, request, allowed=False)
        for key in (TABLES, FILES, "outbound/p/x"):
            for action in ("s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"):
                yield Claim("the pipeline", Request(roles.pipeline, action, f"{bucket}/{key}"), allowed=True)
            deletes = Request(roles.pipeline, "s3:DeleteObject", f"{bucket}/{key}")
            may = key not in (TABLES, METADATA)
            yield Claim("the pipeline", deletes, allowed=may, granted=may)
        encrypts = Request(roles.pipeline, "kms:GenerateDataKey", subject.product_key(product), subject.through_s3)
        yield Claim("the pipeline", encrypts, allowed=True)
        yield Claim("the pipeline", Request(roles.pipeline, "s3:ListBucket", bucket), allowed=True)
        group = f"arn:aws:logs:{subject.region}:{product.account_id}:log-group:/mesh/{product.name}:log-stream:x"
        yield Claim("the pipeline", Request(roles.pipeline, "logs:PutLogEvents", group), allowed=True)
        yield from _like_the_pipeline(subject, roles)
        if roles.starter:
            yield from _starts_tables(subject, roles, roles.starter)
        yield from _writes_nothing_else(subject, roles)


def _like_the_pipeline(subject: Subject, roles: EntitledRoles) -> Iterator[AnyClaim]:
    """Claims on a pipeline at home of the same clearance and nearly the name: it writes nothing of the product."""
    near, bucket = f"{roles.pipeline}-of-another", f"arn:aws:s3:::{roles.product.bucket}"
    who = "a pipeline at home of nearly the name"
    yield Claim(who, Request(near, "s3:PutObject", f"{bucket}/{TABLES}"), allowed=False, denied=("resource",))
    encrypts = Request(near, "kms:GenerateDataKey", subject.product_key(roles.product), subject.through_s3)
    yield Claim(who, encrypts, allowed=False, admitted=False)


def _starts_tables(subject: Subject, roles: EntitledRoles, starter: str) -> Iterator[AnyClaim]:
    """Claims on the deployment: of a table it writes the heads of metadata, deletes the first, and reads no other."""
    bucket, who = f"arn:aws:s3:::{roles.product.bucket}", "the deployment, of a table"
    for head in (FIRST_HEAD, HEAD):
        for action in ("s3:GetObject", "s3:PutObject"):
            yield Claim(who, Request(starter, action, f"{bucket}/{head}"), allowed=True)
        for action in (*READS[1:], *WRITES[2:]):
            yield Claim(who, Request(starter, action, f"{bucket}/{head}"), allowed=False, denied=("resource",))
        deletes = Request(starter, "s3:DeleteObject", f"{bucket}/{head}")
        if head == FIRST_HEAD:
            yield Claim(who, deletes, allowed=True)
        else:
            yield Claim(who, deletes, allowed=False, denied=("resource",))
    for key in (TABLES, METADATA, FILES, "outbound/p/x", "files/metadata/00000-x.metadata.json"):
        for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
            yield Claim(who, Request(starter, action, f"{bucket}/{key}"), allowed=False, denied=("resource",))
    encrypts = Request(starter, "kms:GenerateDataKey", subject.product_key(roles.product), subject.through_s3)
    yield Claim(who, encrypts, allowed=True)
    for context in ({}, {"kms:ViaService": f"ec2.{subject.region}.amazonaws.com"}):
        elsewhere = Request(starter, "kms:GenerateDataKey", subject.product_key(roles.product), context)
        yield Claim(who, elsewhere, allowed=False, admitted=False)


def _writes_nothing_else(subject: Subject, roles: EntitledRoles) -> Iterator[AnyClaim]:
    """Claims on the pipeline's own permissions: it writes no other bucket, whatever that bucket's policy says."""
    product = roles.product
    reads = written_reads(subject, product).reads
    for other in subject.domain_of(product).products.values():
        if other.name != product.name and f"{other.domain}.{other.name}" not in reads:
            request = Request(roles.pipeline, "s3:PutObject", f"arn:aws:s3:::{other.bucket}/x")
            yield Claim("the pipeline, on another product", request, allowed=False, granted=False)
            key = subject.product_key(other)
            request = Request(roles.pipeline, "kms:Decrypt", key, subject.through_s3)
            yield Claim("the pipeline, on another product", request, allowed=False, granted=False)
    request = Request(roles.pipeline, "s3:PutObject", f"arn:aws:s3:::{product.bucket}-else/x")
    yield Claim("the pipeline, on a bucket of a like name", request, allowed=False, granted=False)


def only_its_key(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I11: on objects written with every kind of encryption, and on the bucket's default."""
    header, key = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
    customer = "s3:x-amz-server-side-encryption-customer-algorithm"
    for product in subject.products:
        pipeline = pipeline_of(subject, product)
        data, product_key = f"arn:aws:s3:::{product.bucket}/{FILES}", subject.product_key(product)
        good: tuple[dict[str, Any], ...] = ({}, {header: "aws:kms"}, {header: "aws:kms", key: product_key})
        for context in good:
            yield Claim("the pipeline", Request(pipeline, "s3:PutObject", data, context), allowed=True)
        for context in ({header: "AES256"}, {header: "aws:kms:dsse"}, {key: f"{product_key}x"}, {customer: "AES256"}):
            request = Request(pipeline, "s3:PutObject", data, context)
            yield Claim("the pipeline, with another encryption", request, allowed=False, denied=("resource",))
        deploy = names.deploy_role(product.account_id)
        for role in (deploy, f"arn:aws:iam::{product.account_id}:role/somebody"):
            request = Request(role, "s3:PutEncryptionConfiguration", f"arn:aws:s3:::{product.bucket}")
            yield Claim("the bucket's default", request, allowed=role == deploy)


SETTINGS: Final = (
    "s3:CreateBucketMetadataTableConfiguration",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:PutAccelerateConfiguration",
    "s3:PutAnalyticsConfiguration",
    "s3:PutBucketCORS",
    "s3:PutBucketLogging",
    "s3:PutBucketNotification",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketAbac",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketRequestPayment",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutIntelligentTieringConfiguration",
    "s3:PutInventoryConfiguration",
    "s3:UpdateBucketMetadataJournalTableConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:PutMetricsConfiguration",
    "s3:PutReplicationConfiguration",
)
"""Actions that change how a bucket is set up."""

OF_NOBODY: Final = ("s3:PutAnalyticsConfiguration", "s3:PutInventoryConfiguration")
"""Of these the ones that have S3 write lists of objects to a bucket of whomever, which nobody sets up."""


def set_up_by_the_deployment(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M2: on every setting of a product's bucket, by an administrator at home and by the deployment."""
    for product in subject.products:
        bucket = f"arn:aws:s3:::{product.bucket}"
        home = subject.other(product.account_id, "domains", f"domain {product.domain}")
        for action in SETTINGS:
            request = Request(home.name, action, bucket)
            yield Claim(home.who, request, allowed=False, denied=("resource",))
            deploys = Request(names.deploy_role(product.account_id), action, bucket)
            if action in OF_NOBODY:
                yield Claim("the deployment", deploys, allowed=False, denied=("scp",), free=("resource",))
            else:
                yield Claim("the deployment", deploys, allowed=is_allowed(action))
        acl = Request(home.name, "s3:PutObjectVersionAcl", f"{bucket}/x")
        yield Claim(home.who, acl, allowed=False, denied=("resource",))
