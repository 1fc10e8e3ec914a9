"""Work that the permissions boundary lets through: of the mesh's roles that carry it, and of those that teams make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from mesh import names
from mesh.evaluator.decide import Request
from mesh.proof.claims import Claim
from mesh.proof.duties import RoleWork, harmful_actions
from mesh.proof.mutants import SOMEBODY
from mesh.proof.subject import NO_ORGANIZATION, Subject

OF_TEAMS: Final = {
    'Step Functions Developer Guide, "Run Athena queries"': (
        "athena: StartQueryExecution StopQueryExecution GetQueryExecution GetQueryResults GetWorkGroup GetDataCatalog"
    ),
    'Athena User Guide, "Access to workgroups", example of running queries': (
        "athena: BatchGetQueryExecution ListQueryExecutions GetQueryResultsStream GetQueryRuntimeStatistics "
        "ListNamedQueries ListPreparedStatements ListWorkGroups ListEngineVersions"
    ),
    'Athena User Guide, "Data Catalog example policies"': (
        "athena: ListDataCatalogs ListDatabases GetDatabase ListTableMetadata GetTableMetadata"
    ),
    'CloudWatch User Guide, "Permissions reference": metrics that a job writes and reads': (
        "cloudwatch: PutMetricData GetMetricData"
    ),
    'Step Functions Developer Guide, "Add EventBridge events"': "events: PutEvents",
    'Athena User Guide, "Fine-grained access to databases and tables in the AWS Glue Data Catalog"': (
        "glue: GetDatabase GetDatabases GetTable GetTables GetTableVersion GetTableVersions SearchTables GetPartition "
        "GetPartitions BatchGetPartition UpdateTable CreatePartition UpdatePartition BatchCreatePartition "
        "BatchUpdatePartition GetCatalogImportStatus"
    ),
    'Step Functions Developer Guide, "Start an AWS Glue job"': (
        "glue: StartJobRun GetJobRun GetJobRuns BatchStopJobRun"
    ),
    'KMS Developer Guide, "Allows key users to use the KMS key"': (
        "kms: Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo"
    ),
    'Lake Formation Developer Guide, "Implicit permissions": engines ask for credentials': (
        "lakeformation: GetDataAccess"
    ),
    'Lambda Developer Guide, "Defining Lambda function permissions with an execution role"': (
        "logs: CreateLogGroup CreateLogStream PutLogEvents"
    ),
    'CloudWatch Logs User Guide, "Permissions required to use the CloudWatch console"': (
        "logs: DescribeLogGroups DescribeLogStreams FilterLogEvents GetLogEvents"
    ),
    'S3 User Guide, "Required permissions for Amazon S3 API operations"': (
        "s3: GetObject GetObjectVersion PutObject DeleteObject GetObjectTagging "
        "GetObjectVersionTagging PutObjectTagging ListBucket ListBucketVersions ListBucketMultipartUploads "
        "ListMultipartUploadParts AbortMultipartUpload GetBucketLocation"
    ),
    'Step Functions Developer Guide, "Publish messages to an Amazon SNS topic"': "sns: Publish",
    'Lambda Developer Guide, "Using Lambda with Amazon SQS"; Step Functions, "Send messages to an SQS queue"': (
        "sqs: SendMessage ReceiveMessage DeleteMessage ChangeMessageVisibility GetQueueAttributes GetQueueUrl"
    ),
    'Step Functions Developer Guide, "Start a new state machine from a running execution"': (
        "states: StartExecution StopExecution DescribeExecution DescribeStateMachine GetExecutionHistory ListExecutions"
    ),
    'Step Functions Developer Guide, "Accessing resources in other AWS accounts"': "sts: AssumeRole SetSourceIdentity",
}
"""What roles of jobs, functions and state machines do that teams make, by the page that has them do it: they set up
nothing. An action of the boundary that no page asks for has no place in either. Titles and actions are written from
knowledge of the pages.
"""

OF_PRODUCTS: Final = {
    "ec2": "CreateNetworkInterface CreateTags DeleteNetworkInterface",
    "glue": "GetConnection NotifyEvent",
    "s3": "GetObjectVersionForReplication ObjectOwnerOverrideToBucketOwner ReplicateObject ReplicateTags",
    "secretsmanager": "GetSecretValue",
}
OF_PUBLISHERS: Final = {
    "ec2": "CreateNetworkInterface DeleteNetworkInterface",
    "lakeformation": "AddLFTagsToResource",
}
"""What can do harm of the work of pipelines, deliveries and who starts them; of publishers and their function: a mesh
may have none."""


def boundary_claims(subject: Subject, role: str, carriers: Iterable[RoleWork]) -> Iterator[Claim]:
    """Claims on a boundary, asked of one role with it: the work of all that carry it, and of teams, and no other."""
    account, work = role.split(":")[4], tuple(carriers)
    who = f"a role with the boundary of account {account}"
    through = {duty.action for each in work for duty in (*each.duties, *each.granted)}
    planned = OF_PUBLISHERS if account == subject.hub else OF_PRODUCTS
    through |= {f"{service}:{name}" for service, actions in planned.items() for name in actions.split()}
    for each in work:
        for duty in (*each.duties, *each.granted):
            yield Claim(who, Request(each.role, duty.action, duty.on, duty.context), bounded=True)
    yield from _secrets(subject, work)
    named = {
        "events": f"arn:aws:events:{subject.region}:{subject.hub}:event-bus/{names.BUS}",
        "sns": f"arn:aws:sns:{subject.region}:{account}:x",
    }
    for actions in OF_TEAMS.values():
        service, _, listed = actions.partition(": ")
        for name in listed.split():
            yield Claim(who, Request(role, f"{service}:{name}", named.get(service, "*")), bounded=True)
            through.add(f"{service}:{name}")
    passed = names.location_role(account, "x")
    for action in harmful_actions():
        if action not in through:
            yield Claim(who, Request(role, action, "*"), bounded=False)
        if action.startswith("iam:"):
            yield Claim(who, Request(role, action, passed), bounded=False)
    yield from _nothing_else_passes(subject, who, role)
    if account != subject.hub:
        yield from _named_in_it(subject, role)


def _secrets(subject: Subject, work: Iterable[RoleWork]) -> Iterator[Claim]:
    """Pipelines read secrets of the mesh, and no other role that carries the boundary; nobody reads others."""
    for each in work:
        account, pipeline = each.role.split(":")[4], f":role/{names.PATH}/pipeline/" in each.role
        for name, may in (("mesh/x/y-a1B2c3", pipeline), ("x/mesh/y-a1B2c3", False)):
            secret = f"arn:aws:secretsmanager:{subject.region}:{account}:secret:{name}"
            who = f"{each.who}, bounded"
            yield Claim(who, Request(each.role, "secretsmanager:GetSecretValue", secret), bounded=may)


def _nothing_else_passes(subject: Subject, who: str, role: str) -> Iterator[Claim]:
    """No role is passed, and no event goes to another bus."""
    account = role.split(":")[4]
    for other in (
        names.deploy_role(account),
        names.publisher_role(account, "x"),
        f"arn:aws:iam::{account}:role/somebody",
        names.location_role(account, "x"),
        names.location_role(NO_ORGANIZATION, "x"),
    ):
        yield Claim(who, Request(role, "iam:PassRole", other), bounded=False)
    for bus in (
        f"{subject.hub}:event-bus/default",
        f"{account}:event-bus/default",
        f"{NO_ORGANIZATION}:event-bus/mesh",
    ):
        arn = f"arn:aws:events:{subject.region}:{bus}"
        yield Claim(who, Request(role, "events:PutEvents", arn), denied=("boundary",))


def _named_in_it(subject: Subject, carrier: str) -> Iterator[Claim]:
    """Roles that the boundary of a domain's account names, and nearly does, there or not: each would carry it."""
    account = carrier.split(":")[4]
    start, team = names.start_role(account), f"arn:aws:iam::{account}:{SOMEBODY}"
    pipeline, near = names.pipeline_role(account, "x"), names.role(account, "pipeline/x")
    buses = f"arn:aws:events:{subject.region}"
    workflow = f"arn:aws:glue:{subject.region}:{account}:workflow/mesh--x"
    for role, action, resource, may in (
        (start, "glue:NotifyEvent", workflow, True),
        (start, "events:PutEvents", f"{buses}:{account}:event-bus/default", True),
        (start, "events:PutEvents", f"{buses}:{account}:event-bus/x", False),
        (start, "events:PutEvents", f"{buses}:{subject.hub}:event-bus/{names.BUS}", False),
        (start, "events:PutEvents", f"{buses}:{subject.hub}:event-bus/default", False),
        (team, "events:PutEvents", f"{buses}:{subject.hub}:event-bus/{names.BUS}", True),
        (team, "events:PutEvents", f"{buses}:{account}:event-bus/default", False),
        (team, "events:PutEvents", f"{buses}:{account}:event-bus/x", False),
    ):
        who = f"{role.partition(':role/')[2]}, bounded"
        yield Claim(who, Request(role, action, resource), bounded=may, carries=carrier)
    secret = f"arn:aws:secretsmanager:{subject.region}:{account}:secret:mesh/x/y-a1B2c3"
    of_others = secret.replace(account, subject.hub)
    for action in (each for each in harmful_actions() if each.startswith("secretsmanager:")):
        gets = action == "secretsmanager:GetSecretValue"
        yield Claim("a pipeline, bounded", Request(pipeline, action, secret), bounded=gets, carries=carrier)
        for role, resource in ((pipeline, of_others), (near, secret), (team, secret)) if gets else ():
            yield Claim("nearly a pipeline, bounded", Request(role, action, resource), bounded=False, carries=carrier)
