"""Permissions boundary of every role that the mesh makes. Quota: 6,144 characters."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.network import JOIN_THE_NETWORK, SEE_THE_NETWORK
from mesh.iam.perimeter import Perimeter, caller_is, caller_is_not
from mesh.iam.roles.publication import JOIN, SEE
from mesh.iam.roles.publisher import LABEL, MAKE
from mesh.iam.roles.staff import staff_work
from mesh.iam.statement import Document, Statement, document, when

_DATA_WORK: Final = {
    "athena": (
        "BatchGetQueryExecution GetDataCatalog GetDatabase GetQueryExecution GetQueryResults GetQueryResultsStream "
        "GetQueryRuntimeStatistics GetTableMetadata GetWorkGroup ListDataCatalogs ListDatabases ListEngineVersions "
        "ListNamedQueries ListPreparedStatements ListQueryExecutions ListTableMetadata ListWorkGroups "
        "StartQueryExecution StopQueryExecution"
    ),
    "cloudwatch": "GetMetricData PutMetricData",
    "events": "PutEvents",
    "glue": (
        "BatchCreatePartition BatchGetPartition BatchStopJobRun BatchUpdatePartition CreatePartition "
        "GetCatalogImportStatus GetDatabase GetDatabases GetJobRun GetJobRuns GetPartition GetPartitions GetTable "
        "GetTableVersion GetTableVersions GetTables SearchTables StartJobRun UpdatePartition UpdateTable"
    ),
    "kms": "Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo",
    "lakeformation": "GetDataAccess",
    "logs": (
        "CreateLogGroup CreateLogStream DescribeLogGroups DescribeLogStreams FilterLogEvents GetLogEvents PutLogEvents"
    ),
    "s3": (
        "AbortMultipartUpload DeleteObject GetBucketLocation GetObject GetObjectTagging "
        "GetObjectVersion GetObjectVersionTagging ListBucket ListBucketMultipartUploads ListBucketVersions "
        "ListMultipartUploadParts PutObject PutObjectTagging"
    ),
    "sns": "Publish",
    "sqs": "ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage SendMessage",
    "states": "DescribeExecution DescribeStateMachine GetExecutionHistory ListExecutions StartExecution StopExecution",
    "sts": "AssumeRole SetSourceIdentity",
}
DATA_WORK: Final = tuple(f"{service}:{name}" for service, actions in _DATA_WORK.items() for name in actions.split())
"""What roles of jobs, functions and state machines do, and people: they use what there is, and set up nothing."""

PRODUCT_WORK: Final = (
    *JOIN_THE_NETWORK,
    *SEE_THE_NETWORK,
    "glue:DeleteTableOptimizer",
    "glue:GetConnection",
    "glue:NotifyEvent",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionForReplication",
    "s3:GetReplicationConfiguration",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:ReplicateObject",
    "s3:ReplicateTags",
)
"""What pipelines and deliveries do besides, in the accounts of domains."""

READ_SECRETS: Final = ("secretsmanager:GetSecretValue",)

CHANGE_GUARDRAILS: Final = (
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutAccountPublicAccessBlock",
    "glue:PutResourcePolicy",
    "glue:DeleteResourcePolicy",
)


def boundary(perimeter: Perimeter, account_id: str) -> Document:
    """Permissions boundary: a role does data work at most, inside the organisation, and never administration."""
    return document(
        Statement(
            sid="DataWork",
            what="A role of the mesh does data work at most: queries, objects, keys in use, logs, events, queues.",
            why="Whatever a role's own policy says, it administers no identity, no key and no organisation.",
            effect="Allow",
            actions=DATA_WORK,
            resources=("*",),
        ),
        *(_in_governance() if account_id == perimeter.governance_id else _outside_governance(perimeter, account_id)),
        Statement(
            sid="RefuseResourcesOutsideTheOrganisation",
            what="No role of the mesh acts on a bucket, key, queue, topic or role outside the organisation.",
            why="The second line behind the SCP at the root.",
            actions=("s3:*", "kms:*", "sqs:*", "sns:*", "sts:AssumeRole"),
            resources=("*",),
            conditions=(when("StringNotEqualsIfExists", "aws:ResourceOrgID", perimeter.organization),),
        ),
        *_buses(perimeter, account_id),
        Statement(
            sid="RefuseChangesToGuardrails",
            what="No role of the mesh changes a bucket policy, a block of public access or a catalog policy.",
            why="Whatever the statements above come to allow; deployments, which carry no boundary, change them.",
            actions=CHANGE_GUARDRAILS,
            resources=("*",),
        ),
    )


def _buses(perimeter: Perimeter, account_id: str) -> tuple[Statement, ...]:
    """Statements about events; the role that starts pipelines is in no account but those of domains."""
    start, governs = names.start_role(account_id), account_id == perimeter.governance_id
    here = f"arn:aws:events:{perimeter.region}"
    others = Statement(
        sid="RefuseOtherBuses",
        what="No role of the mesh puts events on another bus than the mesh's.",
        why="EventBridge may not say whose a bus is, so the statement names the one that roles need.",
        but="" if governs else "EventBridge passes what the mesh bus tells on to the account's own, as the next says.",
        actions=("events:PutEvents",),
        not_resources=(f"{here}:{perimeter.governance_id}:event-bus/{names.BUS}",),
        conditions=() if governs else (caller_is_not(start),),
    )
    starts = Statement(
        sid="RefuseOtherBusesToStarts",
        what="The role that starts pipelines puts events on no bus but the default one of its account.",
        why="It is to start what is of its own account.",
        actions=("events:PutEvents",),
        not_resources=(f"{here}:{account_id}:event-bus/default",),
        conditions=(caller_is(start),),
    )
    return (others,) if governs else (others, starts)


def _outside_governance(perimeter: Perimeter, account_id: str) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="ProductWork",
            what="Outside governance a role joins the network and replicates objects, besides.",
            why="Pipelines and deliveries do; what they join and where they replicate to, their own policies say.",
            effect="Allow",
            actions=PRODUCT_WORK,
            resources=("*",),
        ),
        Statement(
            sid="ReadSecrets",
            what="Pipelines read secrets of the mesh in their account, besides.",
            why="What a pipeline calls may ask for a password; which secrets it reads, its own policy says.",
            effect="Allow",
            actions=READ_SECRETS,
            resources=(f"arn:aws:secretsmanager:{perimeter.region}:{account_id}:secret:{names.PATH}/*",),
            conditions=(caller_is(names.pipeline_roles(account_id)),),
        ),
        staff_work((*DATA_WORK, *PRODUCT_WORK)),
    )


def _in_governance() -> tuple[Statement, ...]:
    return (
        Statement(
            sid="PublishProducts",
            what="In the governance account a role makes tables, labels data, and joins the network, besides.",
            why="Publishers and their function do; elsewhere deployments make tables, and nobody labels data.",
            effect="Allow",
            actions=(*MAKE, *LABEL, *JOIN, *SEE),
            resources=("*",),
        ),
    )
