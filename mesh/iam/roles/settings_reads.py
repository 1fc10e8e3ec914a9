"""Actions with which settings are read: what a refresh of the program's resource types asks, and nothing of data.

An action that returns what somebody stored, logged, asked or keeps secret is not among them, however its name begins.
What jobs are given stands in the repository: nobody but a deployment makes one, and a secret is named and not written.
What the plugin asks for each type stands in `mesh/aws/plugin/`, read in its source; the proof compares the two.
"""

from __future__ import annotations

from typing import Final

_NAMES: Final = {
    "athena": "GetWorkGroup ListTagsForResource",
    "budgets": "ListTagsForResource ViewBudget",
    "cloudformation": "DescribeStackInstance DescribeStackSet ListStackInstances",
    "cloudtrail": "DescribeTrails GetEventSelectors GetInsightSelectors GetTrailStatus ListTags",
    "cloudwatch": "DescribeAlarms ListTagsForResource",
    "ec2": (
        "DescribeNetworkAcls DescribeNetworkInterfaces DescribePrefixLists DescribeRouteTables DescribeSecurityGroups "
        "DescribeSubnets DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs GetEbsDefaultKmsKeyId "
        "GetEbsEncryptionByDefault"
    ),
    "events": "DescribeEventBus DescribeRule ListTagsForResource ListTargetsByRule",
    "glue": (
        "GetConnection GetDatabase GetJob GetPartitionIndexes GetResourcePolicy GetTable GetTableOptimizer GetTags "
        "GetTrigger GetWorkflow"
    ),
    "iam": (
        "GetGroup GetGroupPolicy GetPolicy GetPolicyVersion GetRole GetRolePolicy ListAttachedRolePolicies "
        "ListOrganizationsFeatures ListRolePolicies"
    ),
    "kms": "DescribeKey GetKeyPolicy GetKeyRotationStatus ListAliases ListResourceTags",
    "lakeformation": "DescribeResource GetDataLakeSettings GetLFTag GetResourceLFTags ListPermissions",
    "lambda": (
        "GetEventSourceMapping GetFunction GetFunctionCodeSigningConfig GetPolicy ListTags ListVersionsByFunction"
    ),
    "logs": "DescribeLogGroups ListTagsForResource",
    "organizations": (
        "DescribeAccount DescribeOrganization DescribeOrganizationalUnit DescribePolicy "
        "ListAWSServiceAccessForOrganization ListAccounts ListAccountsForParent ListDelegatedAdministrators "
        "ListParents ListRoots ListTagsForResource ListTargetsForPolicy"
    ),
    "ram": "GetResourceShareAssociations GetResourceShares ListResourceSharePermissions",
    "s3": (
        "GetAccelerateConfiguration GetAccountPublicAccessBlock GetBucketAcl GetBucketCORS "
        "GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls "
        "GetBucketPolicy GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning "
        "GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket "
        "ListTagsForResource"
    ),
    "states": ("DescribeStateMachine ListStateMachineVersions ListTagsForResource ValidateStateMachineDefinition"),
    "sns": "GetSubscriptionAttributes GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource",
    "sqs": "GetQueueAttributes ListQueueTags",
    "sso": "DescribePermissionSet GetInlinePolicyForPermissionSet ListAccountAssignments ListTagsForResource",
    "sts": "GetCallerIdentity",
}

SCRIPT_READS: Final = ("s3:GetObject", "s3:GetObjectTagging")
"""What the plugin asks of an object that the program puts: scripts of jobs, which a preview's own code holds anyway."""

SETTINGS_READS: Final = tuple(f"{service}:{name}" for service, names in _NAMES.items() for name in names.split())
"""All of them: a preview does nothing else."""

READ_JOBS: Final = ("glue:GetJob", "glue:GetTrigger", "glue:GetWorkflow", "states:DescribeStateMachine")
"""Reads of jobs, which return what they are given."""

READ_OF_THE_MESH: Final = ("cloudwatch:DescribeAlarms", "lambda:GetFunction", "lambda:ListVersionsByFunction")
"""Those among them that return what somebody wrote, as environment variables, which may be secrets, and queries: they
are for what the mesh makes alone."""
