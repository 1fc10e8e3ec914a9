"""Trust and permissions of the roles that the mesh makes, and the boundary that all of them carry.

Quotas: trust policy 2,048 characters by default; all inline policies of a role together 10,240; a managed policy 6,144.
"""

from __future__ import annotations

from mesh import names
from mesh.iam.endpoints import JOIN_THE_NETWORK, SEE_THE_NETWORK, in_the_network
from mesh.iam.perimeter import Perimeter, caller_is, through
from mesh.iam.product import DECRYPT, ENCRYPT, READER_ACTIONS
from mesh.iam.values import Document, Statement, account, document, service, when

ASSUME = ("sts:AssumeRole", "sts:SetSourceIdentity")

READ_CATALOG = (
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:BatchGetPartition",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetTableVersion",
    "glue:GetTableVersions",
    "glue:SearchTables",
)
QUERY = (
    "athena:BatchGetQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "athena:GetWorkGroup",
    "athena:ListQueryExecutions",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)


def permission_set_trust(account_id: str, permission_set: str) -> Document:
    """A role for people: assumed from the permission set of IAM Identity Center in the same account.

    The role of a permission set is `aws-reserved/sso.amazonaws.com/[region/]AWSReservedSSO_<name>_<16 hex>`
    (IAM Identity Center User Guide, "Referencing permission sets in resource policies").
    """
    path = f"arn:aws:iam::{account_id}:role/aws-reserved/sso.amazonaws.com"
    role = f"AWSReservedSSO_{permission_set}_{'?' * 16}"
    return document(
        Statement(
            sid="PeopleWithThePermissionSet",
            effect="Allow",
            principal=account(account_id),
            actions=ASSUME,
            conditions=(caller_is(f"{path}/{role}", f"{path}/*/{role}"),),
        )
    )


def permission_set(role_pattern: str) -> Document:
    """Inline policy of a permission set: step into one role of the mesh, under one's own name, and nothing else."""
    return document(Statement(sid="StepIntoTheRole", effect="Allow", actions=ASSUME, resources=(role_pattern,)))


def clearance_permissions(
    perimeter: Perimeter, account_id: str, clearance: str, results: str, results_key_alias: str
) -> Document:
    """What a holder of a clearance may call; which data that reaches is decided by Lake Formation, bucket and key.

    `results` is the bucket of query results in the same account; a clearance has a workgroup and a prefix of its own.
    """
    region = perimeter.region
    return document(
        Statement(
            sid="QueryInTheOwnWorkgroup",
            effect="Allow",
            actions=QUERY,
            resources=(f"arn:aws:athena:{region}:{account_id}:workgroup/{names.workgroup(clearance)}",),
        ),
        Statement(
            sid="ReadTheCatalogs",
            effect="Allow",
            actions=READ_CATALOG,
            resources=tuple(
                f"arn:aws:glue:{region}:{owner}:{what}"
                for owner in (account_id, perimeter.governance_id)
                for what in ("catalog", "database/*", "table/*")
            ),
        ),
        Statement(
            sid="AskLakeFormation",
            effect="Allow",
            actions=("lakeformation:GetDataAccess",),
            resources=("*",),
        ),
        Statement(
            sid="ReadFilesOfProducts",
            effect="Allow",
            actions=READER_ACTIONS,
            resources=(f"arn:aws:s3:::{perimeter.mesh}-*--*",),
            conditions=(when("ForAnyValue:StringLike", "aws:ResourceOrgPaths", perimeter.domains),),
        ),
        Statement(
            sid="DecryptFilesOfProducts",
            effect="Allow",
            actions=DECRYPT,
            resources=(f"arn:aws:kms:{region}:*:key/*",),
            conditions=(
                through(perimeter, "s3"),
                when("ForAnyValue:StringLike", "aws:ResourceOrgPaths", perimeter.domains),
            ),
        ),
        *_results(perimeter, account_id, results, results_key_alias, f"{clearance}/"),
    )


def _results(
    perimeter: Perimeter, account_id: str, results: str, alias: str, prefix: str = ""
) -> tuple[Statement, ...]:
    return (
        Statement(
            sid="KeepQueryResults",
            effect="Allow",
            actions=("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
            resources=(f"arn:aws:s3:::{results}/{prefix}*",),
        ),
        Statement(
            sid="FindQueryResults",
            effect="Allow",
            actions=("s3:GetBucketLocation", "s3:ListBucket"),
            resources=(f"arn:aws:s3:::{results}",),
        ),
        Statement(
            sid="EncryptQueryResults",
            effect="Allow",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resources=(f"arn:aws:kms:{perimeter.region}:{account_id}:key/*",),
            conditions=(
                when("ForAnyValue:StringEquals", "kms:ResourceAliases", f"alias/{alias}"),
                through(perimeter, "s3"),
            ),
        ),
    )


def pipeline_trust(account_id: str) -> Document:
    """A role for jobs: assumed by the services that run pipelines, and only for this account."""
    return document(
        Statement(
            sid="PipelinesOfThisAccount",
            effect="Allow",
            principal=service("glue.amazonaws.com", "lambda.amazonaws.com", "states.amazonaws.com"),
            actions=("sts:AssumeRole",),
            conditions=(when("StringEquals", "aws:SourceAccount", account_id),),
        )
    )


def pipeline_permissions(perimeter: Perimeter, account_id: str, domain: str, product: str) -> Document:
    """Write one product, in the private network: its bucket, its key, its logs; nothing of any other product."""
    bucket = names.bucket(perimeter.mesh, domain, product)
    alias = names.key_alias(product)
    return document(
        Statement(
            sid="WriteTheProduct",
            effect="Allow",
            actions=(
                "s3:GetObject",
                "s3:GetObjectVersion",
                "s3:PutObject",
                "s3:DeleteObject",
                "s3:AbortMultipartUpload",
            ),
            resources=(f"arn:aws:s3:::{bucket}/*",),
        ),
        Statement(
            sid="ListTheProduct",
            effect="Allow",
            actions=("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
            resources=(f"arn:aws:s3:::{bucket}",),
        ),
        Statement(
            sid="EncryptTheProduct",
            effect="Allow",
            actions=ENCRYPT,
            resources=(f"arn:aws:kms:{perimeter.region}:{account_id}:key/*",),
            conditions=(
                when("ForAnyValue:StringEquals", "kms:ResourceAliases", f"alias/{alias}"),
                through(perimeter, "s3"),
            ),
        ),
        Statement(
            sid="WriteLogs",
            effect="Allow",
            actions=("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(f"arn:aws:logs:{perimeter.region}:{account_id}:log-group:/mesh/{product}*",),
        ),
        Statement(
            sid="TellTheMesh",
            effect="Allow",
            actions=("events:PutEvents",),
            resources=(f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/{names.BUS}",),
        ),
        *in_the_network(perimeter, account_id),
    )


def delivery_trust(account_id: str, bucket: str) -> Document:
    """S3 replicates with this role, only for this bucket of this account."""
    return document(
        Statement(
            sid="ReplicationOfThisBucket",
            effect="Allow",
            principal=service("s3.amazonaws.com"),
            actions=("sts:AssumeRole",),
            conditions=(
                when("StringEquals", "aws:SourceAccount", account_id),
                when("ArnEquals", "aws:SourceArn", f"arn:aws:s3:::{bucket}"),
            ),
        )
    )


def delivery_permissions(perimeter: Perimeter, account_id: str, bucket: str, inboxes: tuple[str, ...]) -> Document:
    """Copy what a pipeline put under `outbound/<partner>/` into the inboxes of partners; `inboxes` are buckets."""
    return document(
        Statement(
            sid="ReadTheRules",
            effect="Allow",
            actions=("s3:GetReplicationConfiguration", "s3:ListBucket"),
            resources=(f"arn:aws:s3:::{bucket}",),
        ),
        Statement(
            sid="ReadWhatIsOutbound",
            effect="Allow",
            actions=("s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"),
            resources=(f"arn:aws:s3:::{bucket}/outbound/*",),
        ),
        Statement(
            sid="WriteToTheInboxes",
            effect="Allow",
            actions=("s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"),
            resources=tuple(f"arn:aws:s3:::{inbox}/*" for inbox in inboxes),
        )
        if inboxes  # a statement without a resource is no policy to IAM: with every agreement closed there is none
        else None,
        Statement(
            sid="DecryptTheProduct",
            effect="Allow",
            actions=("kms:Decrypt",),
            resources=(f"arn:aws:kms:{perimeter.region}:{account_id}:key/*",),
            conditions=(through(perimeter, "s3"),),
        ),
        Statement(
            sid="EncryptForThePartner",
            effect="Allow",
            actions=("kms:Encrypt", "kms:GenerateDataKey"),
            resources=(f"arn:aws:kms:{perimeter.region}:*:key/*",),
            conditions=(
                through(perimeter, "s3"),
                when("ForAnyValue:StringLike", "aws:ResourceOrgPaths", perimeter.partners),
            ),
        ),
    )


def location_trust(governance_id: str) -> Document:
    """Lake Formation assumes the location role, only for the governance account."""
    return document(
        Statement(
            sid="LakeFormationOfTheMesh",
            effect="Allow",
            principal=service("lakeformation.amazonaws.com"),
            actions=("sts:AssumeRole", "sts:SetSourceIdentity", "sts:SetContext"),
            conditions=(when("StringEquals", "aws:SourceAccount", governance_id),),
        )
    )


def location_permissions(perimeter: Perimeter, domain: str, domain_id: str) -> Document:
    """Read the buckets of one domain, through its keys."""
    buckets = f"arn:aws:s3:::{names.buckets_of(perimeter.mesh, domain)}"
    return document(
        Statement(
            sid="ReadTheDomainsBuckets",
            effect="Allow",
            actions=READER_ACTIONS,
            resources=(buckets,),
            conditions=(when("StringEquals", "aws:ResourceAccount", domain_id),),
        ),
        Statement(
            sid="DecryptWithTheDomainsKeys",
            effect="Allow",
            actions=DECRYPT,
            resources=(f"arn:aws:kms:{perimeter.region}:{domain_id}:key/*",),
            conditions=(through(perimeter, "s3"),),
        ),
    )


def publisher_trust(domain_id: str) -> Document:
    """A domain's deployment publishes into the catalog of the governance account."""
    return document(
        Statement(
            sid="DeploymentOfTheDomain",
            effect="Allow",
            principal=account(domain_id),
            actions=ASSUME,
            conditions=(caller_is(names.deploy_role(domain_id)),),
        )
    )


def publisher_permissions(perimeter: Perimeter, domain: str, domain_id: str) -> Document:
    """Publish the databases `<domain>__*` and the locations that the domain's own location role can read.

    Lake Formation's actions have no resource types (Service Authorization Reference); what bounds a registration is
    `iam:PassRole` on the one location role, whose own permissions end at the domain's buckets.
    """
    hub = f"arn:aws:glue:{perimeter.region}:{perimeter.governance_id}"
    databases = names.databases_of(domain)
    return document(
        Statement(
            sid="PublishTheDomainsDatabases",
            effect="Allow",
            actions=(
                "glue:CreateDatabase",
                "glue:CreateTable",
                "glue:DeleteDatabase",
                "glue:DeleteTable",
                "glue:GetDatabase",
                "glue:GetTable",
                "glue:GetTables",
                "glue:GetTags",
                "glue:TagResource",
                "glue:UntagResource",
                "glue:UpdateDatabase",
                "glue:UpdateTable",
            ),
            resources=(f"{hub}:catalog", f"{hub}:database/{databases}", f"{hub}:table/{databases}/*"),
        ),
        Statement(
            sid="RegisterAndLabel",
            effect="Allow",
            actions=(
                "lakeformation:AddLFTagsToResource",
                "lakeformation:DeregisterResource",
                "lakeformation:DescribeResource",
                "lakeformation:GetResourceLFTags",
                "lakeformation:RegisterResource",
                "lakeformation:RemoveLFTagsFromResource",
                "lakeformation:UpdateResource",
            ),
            resources=("*",),
        ),
        Statement(
            sid="StartTables",
            effect="Allow",
            actions=("s3:GetObject", "s3:PutObject"),
            resources=(f"arn:aws:s3:::{names.buckets_of(perimeter.mesh, domain)}/tables/*/metadata/*",),
            conditions=(when("StringEquals", "aws:ResourceAccount", domain_id),),
        ),
        Statement(
            sid="EncryptTableMetadata",
            effect="Allow",
            actions=ENCRYPT,
            resources=(f"arn:aws:kms:{perimeter.region}:{domain_id}:key/*",),
            conditions=(through(perimeter, "s3"),),
        ),
        Statement(
            sid="PassTheLocationRole",
            effect="Allow",
            actions=("iam:GetRole", "iam:PassRole"),
            resources=(names.location_role(perimeter.governance_id, domain),),
        ),
    )


def boundary(perimeter: Perimeter, account_id: str) -> Document:
    """The most that any role made by the mesh can do: data work, inside the organisation, never administration."""
    return document(
        Statement(
            sid="DataWork",
            effect="Allow",
            actions=(
                "athena:*",
                "cloudwatch:*",
                *JOIN_THE_NETWORK,
                *SEE_THE_NETWORK,
                "events:PutEvents",
                "glue:*",
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
                "lakeformation:AddLFTagsToResource",
                "lakeformation:DeregisterResource",
                "lakeformation:Describe*",
                "lakeformation:Get*",
                "lakeformation:RegisterResource",
                "lakeformation:RemoveLFTagsFromResource",
                "lakeformation:UpdateResource",
                "logs:*",
                "s3:*",
                "sns:Publish",
                "sqs:*",
                "states:*",
                "sts:AssumeRole",
                "sts:SetSourceIdentity",
            ),
            resources=("*",),
        ),
        Statement(
            sid="PassLocationRoles",
            effect="Allow",
            actions=("iam:GetRole", "iam:PassRole"),
            resources=(names.location_role(account_id, "*"),),
        )
        if account_id == perimeter.governance_id  # publishers register locations; nobody else passes a role
        else None,
        Statement(
            sid="RefuseResourcesOutsideTheOrganisation",
            actions=("s3:*", "kms:*", "sqs:*", "sns:*", "events:PutEvents", "sts:AssumeRole"),
            resources=("*",),
            conditions=(when("StringNotEqualsIfExists", "aws:ResourceOrgID", perimeter.organization),),
        ),
        Statement(
            sid="RefuseChangesToGuardrails",
            actions=(
                "s3:PutBucketPolicy",
                "s3:DeleteBucketPolicy",
                "s3:PutBucketPublicAccessBlock",
                "s3:PutAccountPublicAccessBlock",
                "glue:PutResourcePolicy",
                "glue:DeleteResourcePolicy",
            ),
            resources=("*",),
        ),
    )


def deploy_trust(perimeter: Perimeter, *continuous_integration: str) -> Document:
    """The roles `mesh/deploy` and `mesh/preview`: assumed by the CI roles of the governance account.

    And, under a person's name, by its break-glass role.
    """
    return document(
        Statement(
            sid="ContinuousIntegrationOfTheMesh",
            effect="Allow",
            principal=account(perimeter.governance_id),
            actions=ASSUME,
            conditions=(caller_is(*continuous_integration),),
        ),
        Statement(
            sid="EmergenciesUnderAName",
            effect="Allow",
            principal=account(perimeter.governance_id),
            actions=ASSUME,
            conditions=(
                caller_is(names.break_glass_role(perimeter.governance_id)),
                when("Null", "aws:SourceIdentity", "false"),
            ),
        ),
    )


def partner_permissions(perimeter: Perimeter, partner: str, account_id: str, inbox: str) -> Document:
    """What a partner's people may call: everything of their own account that data work needs, and nothing else."""
    region = perimeter.region
    results = names.results_bucket(perimeter.mesh, f"partner-{partner}")
    return document(
        Statement(
            sid="QueryInTheOwnWorkgroup",
            effect="Allow",
            actions=QUERY,
            resources=(f"arn:aws:athena:{region}:{account_id}:workgroup/{names.WORKGROUP}",),
        ),
        Statement(
            sid="ReadTheOwnCatalog",
            effect="Allow",
            actions=READ_CATALOG,
            resources=tuple(
                f"arn:aws:glue:{region}:{account_id}:{what}" for what in ("catalog", "database/*", "table/*")
            ),
        ),
        Statement(
            sid="ReadTheInbox",
            effect="Allow",
            actions=READER_ACTIONS,
            resources=(f"arn:aws:s3:::{inbox}", f"arn:aws:s3:::{inbox}/*"),
        ),
        Statement(
            sid="DecryptTheInbox",
            effect="Allow",
            actions=DECRYPT,
            resources=(f"arn:aws:kms:{region}:{account_id}:key/*",),
            conditions=(through(perimeter, "s3"),),
        ),
        *_results(perimeter, account_id, results, names.ACCOUNT_KEY_ALIAS),
    )
