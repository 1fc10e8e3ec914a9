"""Work of the roles that services act with in a domain's account: optimizers of tables, and EventBridge."""

from __future__ import annotations

from mesh import names
from mesh.plan.nodes import DomainPlan
from mesh.proof.duties import Duty, RoleWork, each
from mesh.proof.subject import OTHER_ORGANIZATION, OUTSIDE_BUCKET, Subject


def of_retention(subject: Subject, domain: DomainPlan) -> RoleWork:
    """The work of optimizers: to commit to drafts, and to read, write and delete below `tables/`.

    Sources: design ("How data flows"); Glue Developer Guide, "Table optimization prerequisites".
    """
    account, region = domain.access.account_id, subject.region
    product = next(each for each in domain.products.values() if "table" in each.ports)
    bucket, glue = f"arn:aws:s3:::{product.bucket}", f"arn:aws:glue:{region}:{account}"
    draft, elsewhere = names.draft_database(domain.name, "a"), {"aws:ResourceAccount": OTHER_ORGANIZATION}
    logs = f"arn:aws:logs:{region}:{account}:log-group:/aws-glue/iceberg-retention/logs"
    return RoleWork(
        who=f"the retention of {domain.name}",
        role=names.retention_role(account),
        duties=(
            *(
                duty
                for part in ("catalog", f"database/{draft}", f"table/{draft}/a")
                for duty in each("glue: GetTable UpdateTable", f"{glue}:{part}")
            ),
            *each("s3: GetObject PutObject DeleteObject", f"{bucket}/tables/a/data/a"),
            *each("s3: ListBucket GetBucketLocation", bucket),
            *each(
                "kms: Decrypt DescribeKey Encrypt GenerateDataKey ReEncryptFrom ReEncryptTo",
                subject.product_key(product),
                subject.through_s3,
            ),
            *each("logs: CreateLogGroup CreateLogStream PutLogEvents", f"{logs}:log-stream:x"),
        ),
        granted=tuple(
            each(
                "kms: Decrypt DescribeKey Encrypt GenerateDataKey ReEncryptFrom ReEncryptTo",
                f"arn:aws:kms:{region}:{account}:key/x",
                subject.through_s3,
            )
        ),
        beside=(
            f"{bucket}/files/a",
            f"{bucket}/outbound/a/a",
            f"{glue}:database/{names.database(domain.name, 'a')}",
            f"arn:aws:glue:{region}:{subject.hub}:table/{names.database(domain.name, 'a')}/a",
            *(
                f"arn:aws:glue:{region}:{subject.hub}:{part}"
                for part in ("catalog", f"database/{draft}", f"table/{draft}/a")
            ),
            *(f"arn:aws:s3:::{subject.plan.log_bucket(domain.name)}{end}" for end in ("", "/tables/a")),
            f"arn:aws:kms:{region}:{subject.hub}:key/x",
            f"{logs.replace(account, subject.hub)}:log-stream:x",
            f"{logs.removesuffix('logs')}x:log-stream:x",
            OUTSIDE_BUCKET,
        ),
        keys={"kms": subject.through_s3},
        otherwise=(
            Duty("s3:DeleteObject", f"{bucket}/tables/a", elsewhere),
            Duty("s3:ListBucket", bucket, elsewhere),
            Duty("kms:Decrypt", subject.product_key(product)),
        ),
    )


def of_start(subject: Subject, domain: DomainPlan) -> RoleWork:
    """The work of EventBridge: to start workflows and state machines, to tell of publications and of own refusals.

    Sources: EventBridge User Guide, "Amazon EventBridge identity-based policies" (Glue workflows, state machines) and
    "Sending and receiving events between AWS accounts".
    """
    here = f"{subject.region}:{domain.access.account_id}"
    told = {"events:source": ["mesh.a.b"], "events:detail-type": [names.PUBLISHED]}
    refused = {"events:source": [names.event_source(domain.name, "b")], "events:detail-type": [names.REFUSED]}
    bus = f"arn:aws:events:{here}:event-bus/default"
    return RoleWork(
        who=f"EventBridge of {domain.name}",
        role=names.start_role(domain.access.account_id),
        duties=(
            Duty("glue:NotifyEvent", f"arn:aws:glue:{here}:workflow/mesh--a"),
            Duty("states:StartExecution", f"arn:aws:states:{here}:stateMachine:mesh--a"),
            Duty("events:PutEvents", bus, told),
            Duty("events:PutEvents", bus, refused),
        ),
        beside=(
            f"arn:aws:glue:{here}:workflow/another",
            f"arn:aws:glue:{here}:job/mesh--a",
            f"arn:aws:glue:{here}:trigger/mesh--a--run",
            f"arn:aws:states:{here}:stateMachine:another",
            f"arn:aws:events:{here}:event-bus/mesh",
            f"arn:aws:events:{subject.region}:{subject.hub}:event-bus/{names.BUS}",
            f"arn:aws:events:{subject.region}:{OTHER_ORGANIZATION}:event-bus/default",
            f"arn:aws:glue:{subject.region}:{subject.hub}:workflow/mesh--a",
            f"arn:aws:states:{subject.region}:{subject.hub}:stateMachine:mesh--a",
        ),
        keys={"events": told},
    )
