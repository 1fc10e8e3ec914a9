"""Work of who publishes: the publication function, the check of a domain's drafts, and the domain's publisher."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.access import from_plan
from mesh.plan.nodes import DomainPlan
from mesh.proof.duties import Duty, RoleWork, each
from mesh.proof.duties.querying import keys_of_others, lists_of_others, queries, results_below
from mesh.proof.subject import BESIDE_GOVERNANCE, OTHER_ORGANIZATION, OUTSIDE_BUCKET, Subject

_READ_TABLES = "GetTable GetTables GetTableVersion GetTableVersions"


def of_publication(subject: Subject) -> RoleWork:
    """The work of the publication function: to become checks and publishers, to hear, to remember, to tell.

    Sources: design ("How data flows"); Lambda Developer Guide, "Configuring an Amazon SQS queue as an event source",
    "Giving Lambda functions access to resources in an Amazon VPC" and "Defining Lambda function permissions with an
    execution role".
    """
    hub, region = subject.hub, subject.region
    bucket = f"arn:aws:s3:::{subject.perimeter.buckets.publications(hub)}"
    log = f"arn:aws:logs:{region}:{hub}:log-group:/mesh/publication"
    bus, own = f"arn:aws:events:{region}:{hub}:event-bus/{names.BUS}", f"arn:aws:ec2:{region}:{hub}"
    domains = [domain.access.account_id for domain in subject.domains]
    return RoleWork(
        who="the publication function",
        role=names.publication_role(hub),
        duties=(
            *(Duty("sts:AssumeRole", names.check_role(account)) for account in domains),
            *(Duty("sts:AssumeRole", names.publisher_role(hub, domain.name)) for domain in subject.domains),
            Duty("logs:CreateLogStream", f"{log}:log-stream:x"),
            Duty("logs:PutLogEvents", f"{log}:log-stream:x"),
            *(Duty("events:PutEvents", bus, _event(told)) for told in (names.PUBLISHED, names.REFUSED)),
            *each("ec2: CreateNetworkInterface DeleteNetworkInterface", f"{own}:network-interface/x"),
            *(Duty("ec2:CreateNetworkInterface", f"{own}:{what}") for what in ("security-group/x", "subnet/x")),
            *each("ec2: DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets", "*"),
            *each("s3: GetObject PutObject", f"{bucket}/{domains[0] if domains else 'x'}/x.json"),
            Duty("s3:ListBucket", bucket),
            *each(
                "sqs: ReceiveMessage DeleteMessage ChangeMessageVisibility GetQueueAttributes",
                names.publication_queue(region, hub),
            ),
        ),
        beside=(
            *(names.deploy_role(account) for account in (hub, *domains[:1])),
            *(names.pipeline_role(account, "x") for account in domains[:1]),
            *(names.clearance_role(account, "general") for account in domains[:1]),
            *(names.check_role(account) for account in (OTHER_ORGANIZATION, BESIDE_GOVERNANCE)),
            names.publisher_role(OTHER_ORGANIZATION, "ads"),
            names.role(hub, "publisher/x"),
            *(
                arn.replace(hub, subject.perimeter.management_id)
                for arn in (
                    *(f"{own}:{what}" for what in ("network-interface/x", "security-group/x", "subnet/x")),
                    *(names.publication_queue(region, hub), bus, f"{log}:log-stream:x"),
                )
            ),
            names.location_role(hub, "ads"),
            f"{names.publication_queue(region, hub)}x",
            f"{bucket}x/a",
            f"arn:aws:s3:::{subject.plan.governance.audit.bucket}/x",
            *(f"arn:aws:s3:::{product.bucket}/tables/x" for product in list(subject.products)[:1]),
            f"arn:aws:logs:{region}:{hub}:log-group:/mesh/another:log-stream:x",
            f"arn:aws:events:{region}:{hub}:event-bus/default",
            f"arn:aws:glue:{region}:{hub}:table/ads__x/y",
            _account_key(subject, hub),
        ),
        keys={"events": _event(names.PUBLISHED)},
    )


def of_forward(subject: Subject, domain: DomainPlan) -> RoleWork:
    """The work of the role with which rules of a domain send: to pass on what AWS tells of drafts.

    Sources: EventBridge User Guide, "Sending and receiving events between AWS accounts".
    """
    bus = f"arn:aws:events:{subject.region}:{subject.hub}:event-bus"
    told = [{"events:source": [source], "events:detail-type": [kind]} for source, kind in names.PASSED_ON.items()]
    return RoleWork(
        who=f"the rules of {domain.name}",
        role=names.forward_role(domain.access.account_id),
        duties=tuple(Duty("events:PutEvents", f"{bus}/{names.BUS}", each_told) for each_told in told),
        beside=(f"{bus}/default", f"arn:aws:events:{subject.region}:{OTHER_ORGANIZATION}:event-bus/{names.BUS}"),
        keys={"events": told[0]},
    )


def of_check(subject: Subject, domain: DomainPlan) -> RoleWork:
    """The work of the check of a domain's drafts: to read drafts and tables of its account, and to query them.

    Sources: design ("How data flows"); Athena User Guide, "Fine-grained access to databases and tables in the AWS Glue
    Data Catalog" and "Control access to Amazon S3 from Athena"; Iceberg, "S3FileIO".
    """
    account, region = domain.access.account_id, subject.region
    product = next(each for each in domain.products.values() if "table" in each.ports)
    bucket, glue = f"arn:aws:s3:::{product.bucket}", f"arn:aws:glue:{region}:{account}"
    draft, results = names.draft_database(domain.name, "a"), f"arn:aws:s3:::{subject.plan.results_bucket(domain.name)}"
    workgroup = f"arn:aws:athena:{region}:{account}:workgroup"
    prefix, elsewhere = {"s3:prefix": "tables/a/"}, {"aws:ResourceAccount": OTHER_ORGANIZATION}
    logs = f"arn:aws:s3:::{subject.plan.log_bucket(domain.name)}"
    return RoleWork(
        who=f"the check of {domain.name}",
        role=names.check_role(account),
        duties=(
            *_reads_a_draft(glue, draft),
            *(duty for part in _parts(glue, draft) for duty in each("glue: DeleteTableOptimizer", part)),
            *each("glue: GetDatabase", f"{glue}:database/default"),
            *each("s3: GetObject GetObjectVersion", f"{bucket}/tables/a/metadata/a"),
            Duty("s3:ListBucket", bucket, prefix),
            Duty("s3:GetBucketLocation", bucket),
            *each("kms: Decrypt DescribeKey", subject.product_key(product), subject.through_s3),
            *queries(subject, account, names.workgroup(names.CHECK)),
            *results_below(subject, account, results, f"{names.CHECK}/"),
        ),
        granted=(
            Duty("kms:Decrypt", f"arn:aws:kms:{region}:{account}:key/x", subject.through_s3),
            *each("glue: GetTables GetTableVersion GetTableVersions", f"{glue}:database/default"),
            *each("glue: GetTable GetPartition GetPartitions BatchGetPartition", f"{glue}:database/default"),
        ),
        beside=(
            f"{bucket}/files/a",
            f"{bucket}/outbound/a/a",
            f"{results}/general/a",
            f"{workgroup}/mesh-general",
            f"{glue}:database/{names.database(domain.name, 'a')}",
            f"{glue}:table/{names.database(domain.name, 'a')}/a",
            f"arn:aws:glue:{region}:{subject.hub}:database/{names.database(domain.name, 'a')}",
            f"arn:aws:glue:{region}:{subject.hub}:table/{draft}/a",
            f"arn:aws:glue:{region}:{subject.hub}:catalog",
            f"arn:aws:glue:{region}:{subject.hub}:database/default",
            f"arn:aws:athena:{region}:{subject.hub}:workgroup/{names.workgroup(names.CHECK)}",
            f"{logs}/tables/a",
            OUTSIDE_BUCKET,
            *_of_other_domains(subject, domain),
        ),
        keys={"kms": subject.through_s3},
        otherwise=(
            Duty("s3:ListBucket", bucket, {"s3:prefix": "files/"}),
            Duty("s3:ListBucket", bucket),
            Duty("s3:ListBucket", logs, prefix),
            Duty("s3:ListBucket", bucket, {**prefix, **elsewhere}),
            Duty("s3:GetBucketLocation", bucket, elsewhere),
            Duty("s3:GetObject", f"{bucket}/tables/a", elsewhere),
            Duty("kms:Decrypt", subject.product_key(product)),
            *keys_of_others(subject, account),
            *lists_of_others(results, f"{names.CHECK}/"),
        ),
    )


def of_publisher(subject: Subject, domain: DomainPlan) -> RoleWork:
    """The work of a domain's publisher: tables of its databases in the mesh catalog, and their labels.

    Sources: design ("How data flows"); Lake Formation Developer Guide, "Assigning LF-Tags to Data Catalog resources";
    Glue Developer Guide, "Specifying AWS Glue resource ARNs" (catalog, database and table are asked).
    """
    hub = f"arn:aws:glue:{subject.region}:{subject.hub}"
    product = next(iter(domain.products.values()))
    return RoleWork(
        who=f"the publisher of {domain.name}",
        role=names.publisher_role(subject.hub, domain.name),
        duties=(
            *(duty for part in _parts(hub, names.database(domain.name, "a")) for duty in _publishes(part)),
            *each("lakeformation: AddLFTagsToResource GetResourceLFTags", "*"),
        ),
        beside=(
            *_databases_of_others(subject, domain.name),
            *(f"arn:aws:s3:::{product.bucket}{end}" for end in ("", "/tables/a/metadata/a", "/files/a")),
            subject.product_key(product),
            names.location_role(subject.hub, domain.name),
            names.check_role(domain.access.account_id),
            names.publication_role(subject.hub),
            names.publisher_role(subject.hub, "another"),
            names.deploy_role(subject.hub),
        ),
        keys={"kms": subject.through_s3},
    )


# ---- the catalogs


def _parts(glue: str, database: str) -> tuple[str, str, str]:
    return f"{glue}:catalog", f"{glue}:database/{database}", f"{glue}:table/{database}/a"


def _publishes(part: str) -> Iterator[Duty]:
    yield from each(f"glue: CreateTable UpdateTable GetDatabase {_READ_TABLES}", part)
    yield from each("glue: BatchCreatePartition BatchGetPartition BatchUpdatePartition GetPartitions", part)


def _reads_a_draft(glue: str, draft: str) -> Iterator[Duty]:
    for part in _parts(glue, draft):
        yield from each(f"glue: GetDatabase {_READ_TABLES} GetPartition GetPartitions BatchGetPartition", part)


def _databases_of_others(subject: Subject, domain: str) -> Iterator[str]:
    """Databases of a domain whose name begins alike, of another, of none; and the same names in another account."""
    hub = f"arn:aws:glue:{subject.region}:{subject.hub}"
    for database in (f"{names.snake(domain)}x__a", "another__a", names.snake(domain)):
        yield from _parts(hub, database)[1:]
    yield from _parts(hub.replace(subject.hub, subject.perimeter.management_id), names.database(domain, "a"))


# ---- the rest


def _of_other_domains(subject: Subject, domain: DomainPlan) -> Iterator[str]:
    """Drafts, buckets and keys of another domain, and of one whose name begins alike."""
    yield f"arn:aws:s3:::{subject.plan.product_bucket(f'{domain.name}x', 'a')}/tables/a"
    for other in list(subject.others(domain.name))[:1]:
        account = other.access.account_id
        draft = names.draft_database(other.name, "a")
        yield from _parts(f"arn:aws:glue:{subject.region}:{account}", draft)[1:]
        yield f"arn:aws:kms:{subject.region}:{account}:key/x"
        yield from (f"arn:aws:s3:::{each.bucket}/tables/a" for each in list(other.products.values())[:1])


def _account_key(subject: Subject, account: str) -> str:
    return from_plan.key_arn(subject.region, account, names.ACCOUNT_KEY_ALIAS)


def _event(told: str) -> dict[str, list[str]]:
    return {"events:source": ["mesh.ads.x"], "events:detail-type": [told]}
