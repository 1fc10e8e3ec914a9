"""Work of a domain's staff: engineers run jobs, owners look after products, auditors look at policies and the trail."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.access import from_plan
from mesh.plan.nodes import DomainPlan
from mesh.proof.duties import Duty, RoleWork, each
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, Subject


def of_staff(subject: Subject, domain: DomainPlan, duty: str) -> RoleWork:
    """The work of engineers, owners or auditors. Raises KeyError for another duty."""
    return {"engineer": _of_engineers, "owner": _of_owners, "auditor": _of_auditors}[duty](subject, domain)


def of_staff_people(subject: Subject, domain: DomainPlan, duty: str) -> RoleWork:
    """The work of people with the permission set of a duty: to become its role, in the account they entered."""
    account, step = domain.access.account_id, "sts: AssumeRole SetSourceIdentity"
    others = [names.staff_role(account, other) for other in names.STAFF if other != duty]
    return RoleWork(
        who=f"people with permission set {names.staff_permission_set(duty)} in domain {domain.name}",
        role=from_plan.permission_set_role(account, subject.region, names.staff_permission_set(duty)),
        duties=tuple(each(step, names.staff_role(account, duty))),
        granted=tuple(each(step, names.staff_role(subject.hub, duty))),
        beside=(*others, names.deploy_role(account), names.clearance_role(account, "general")),
    )


def _of_engineers(subject: Subject, domain: DomainPlan) -> RoleWork:
    """Sources: design ("Jobs are the mesh's": people start a named trigger and stop, they pass no arguments or code);
    Glue API, StartTrigger (the request takes a name) and BatchStopJobRun; Step Functions API, StopExecution; CloudWatch
    User Guide, "Permissions required to use the CloudWatch console"; CloudWatch Logs User Guide, "Permissions required
    to use the CloudWatch console" (the list of groups and streams).
    """
    region, account = subject.region, domain.access.account_id
    glue, group = f"arn:aws:glue:{region}:{account}", f"arn:aws:logs:{region}:{account}:log-group:/mesh/x"
    return RoleWork(
        who=f"an engineer of {domain.name}",
        role=names.staff_role(account, "engineer"),
        duties=(
            *each("glue: ListJobs ListTriggers", "*"),
            *each("events: ListRules", f"arn:aws:events:{region}:{account}:rule/mesh--x--schedule"),
            *each("glue: StartTrigger", f"{glue}:trigger/mesh--x--run"),
            *each("glue: BatchStopJobRun", f"{glue}:job/mesh--x"),
            *each("states: ListStateMachines", "*"),
            *each("states: StopExecution", f"arn:aws:states:{region}:{account}:execution:mesh--x:y"),
            *each("logs: DescribeLogGroups", "*"),
            *each("logs: DescribeLogStreams", group),
            *each("cloudwatch: GetMetricData GetMetricStatistics ListMetrics", "*"),
            *each("cloudwatch: GetMetricData ListMetrics", f"arn:aws:cloudwatch:{region}:{account}:dataset/x"),
            *each("cloudwatch: DescribeAlarms", f"arn:aws:cloudwatch:{region}:{account}:alarm:x"),
            *each("s3: GetObject", _publications(subject, account)),
        ),
        beside=(
            _publications(subject, OTHER_ORGANIZATION),
            f"{glue}:trigger/of-somebody",
            f"arn:aws:glue:{region}:{subject.hub}:trigger/mesh--x--run",
            f"arn:aws:glue:us-east-1:{account}:trigger/mesh--x--run",
            f"{glue}:workflow/x",
            f"{group}:log-stream:x",
            f"arn:aws:cloudwatch:{region}:{subject.hub}:alarm:x",
            *_data(subject, domain),
        ),
    )


def _of_owners(subject: Subject, domain: DomainPlan) -> RoleWork:
    """Sources: design ("What people write": an owner answers for retention, labels and the quality of products); S3
    User Guide, "Required permissions for Amazon S3 API operations" (bucket operations); Athena User Guide,
    "Fine-grained access to databases and tables" (what a table's page reads); Budgets, "Managing access permissions".
    """
    region, account = subject.region, domain.access.account_id
    glue, database = f"arn:aws:glue:{region}:{account}", names.database(domain.name, "x")
    of_buckets = "GetBucketLocation GetBucketLogging GetBucketPolicy GetBucketPublicAccessBlock GetBucketTagging"
    of_buckets += " GetBucketVersioning"
    of_buckets += " GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration"
    bus = f"arn:aws:events:{region}:{subject.hub}:event-bus/{names.BUS}"
    asked = {"events:source": [names.event_source(domain.name, "x")], "events:detail-type": [names.REQUESTED]}
    bucket = _bucket(domain)  # none of a domain without products: what nobody has made is nobody's to look at
    return RoleWork(
        who=f"an owner in {domain.name}",
        role=names.staff_role(account, "owner"),
        duties=(
            *(each(f"s3: {of_buckets}", bucket) if bucket else ()),
            *each("glue: GetDatabase GetTable GetTables", f"{glue}:catalog"),
            *each("glue: GetDatabase GetTable GetTables", f"{glue}:database/{database}"),
            *each("glue: GetTable GetTables", f"{glue}:table/{database}/a"),
            *each("cloudwatch: DescribeAlarms", f"arn:aws:cloudwatch:{region}:{account}:alarm:x"),
            *each("budgets: ViewBudget", f"arn:aws:budgets::{account}:budget/x"),
            *each("s3: GetObject", _publications(subject, account)),
            Duty("events:PutEvents", bus, asked),
        ),
        keys={"events": asked},
        beside=(
            _publications(subject, OTHER_ORGANIZATION),
            f"arn:aws:events:{region}:{account}:event-bus/default",
            f"arn:aws:events:{region}:{subject.hub}:event-bus/default",
            f"arn:aws:events:{region}:{subject.perimeter.management_id}:event-bus/{names.BUS}",
            f"{glue}:database/another__x",
            f"{glue}:table/another__x/a",
            f"arn:aws:glue:{region}:{subject.hub}:catalog",
            f"arn:aws:glue:{region}:{subject.hub}:database/{database}",
            f"arn:aws:glue:{region}:{subject.hub}:table/{database}/a",
            f"arn:aws:cloudwatch:{region}:{subject.hub}:alarm:x",
            *_data(subject, domain),
        ),
    )


def _of_auditors(subject: Subject, domain: DomainPlan) -> RoleWork:
    """Sources: IAM User Guide, "Policies to manage access" (a security auditor reads
    GetAccountAuthorizationDetails and each policy); AWS managed policy SecurityAudit (settings of each service, of
    which data is left out); CloudTrail User Guide, "Viewing CloudTrail events in the console" (LookupEvents).
    """
    region, account = subject.region, domain.access.account_id
    bucket = _bucket(domain) or f"arn:aws:s3:::{subject.plan.log_bucket(domain.name)}"
    return RoleWork(
        who=f"an auditor in {domain.name}",
        role=names.staff_role(account, "auditor"),
        duties=(
            *each("iam: GetAccountAuthorizationDetails ListPolicies ListRoles", "*"),
            *each(
                "iam: GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies",
                names.clearance_role(account, "x"),
            ),
            *each("iam: GetPolicy GetPolicyVersion", names.boundary(account)),
            *each(
                "s3: GetBucketLocation GetBucketPolicy GetBucketPublicAccessBlock GetBucketTagging GetBucketVersioning "
                "GetEncryptionConfiguration GetBucketLogging GetLifecycleConfiguration GetReplicationConfiguration",
                bucket,
            ),
            *each("s3: GetAccountPublicAccessBlock", "*"),
            *each("lakeformation: GetDataLakeSettings ListPermissions", "*"),
            *each("athena: GetWorkGroup", f"arn:aws:athena:{region}:{account}:workgroup/mesh-general"),
            *each("athena: ListWorkGroups", "*"),
            *each("events: DescribeRule", f"arn:aws:events:{region}:{account}:rule/x"),
            *each("events: ListRules", "*"),
            *each("kms: ListAliases", "*"),
            *each("logs: DescribeLogGroups", "*"),
            *each("budgets: ViewBudget", f"arn:aws:budgets::{account}:budget/x"),
            *each("cloudtrail: LookupEvents DescribeTrails", "*"),
            *each(
                "cloudtrail: GetTrailStatus GetEventSelectors",
                names.trail_arn(region, subject.perimeter.management_id),
            ),
        ),
        beside=tuple(_data(subject, domain)),
    )


def _publications(subject: Subject, account: str) -> str:
    return f"arn:aws:s3:::{subject.plan.governance.publication.bucket}/{account}/x.json"


def _bucket(domain: DomainPlan) -> str | None:
    return next((f"arn:aws:s3:::{product.bucket}" for product in domain.products.values()), None)


def _data(subject: Subject, domain: DomainPlan) -> Iterator[str]:
    """Data at home and elsewhere: buckets, objects, keys, results, logs; and the roles by which it is read."""
    account, region = domain.access.account_id, subject.region
    for product in list(domain.products.values())[:1]:
        yield from (f"arn:aws:s3:::{product.bucket}", f"arn:aws:s3:::{product.bucket}/tables/a")
        yield subject.product_key(product)
        yield f"arn:aws:glue:{region}:{subject.hub}:table/{names.database(domain.name, product.name)}/a"
    yield f"arn:aws:s3:::{subject.plan.results_bucket(domain.name)}/general/a"
    yield f"arn:aws:s3:::{subject.plan.governance.audit.bucket}/a"
    yield f"arn:aws:athena:{region}:{account}:workgroup/mesh-general"
    yield from (names.pipeline_role(account, "x"), names.clearance_role(account, "x"), names.deploy_role(account))
    yield names.pipeline_role(NO_ORGANIZATION, "x")
