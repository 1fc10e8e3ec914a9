"""Actions with which settings are read: what a refresh of the program's resource types asks, and nothing of data.

An action that returns what somebody stored, logged, asked or keeps secret is not among them, however its name begins.
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
    "glue": "GetDatabase GetPartitionIndexes GetResourcePolicy GetTable GetTags",
    "iam": (
        "GetGroup GetGroupPolicy GetPolicy GetPolicyVersion GetRole GetRolePolicy ListAttachedRolePolicies "
        "ListOrganizationsFeatures ListRolePolicies"
    ),
    "kms": "DescribeKey GetKeyPolicy GetKeyRotationStatus ListAliases ListResourceTags",
    "lakeformation": "DescribeResource GetDataLakeSettings GetLFTag GetResourceLFTags ListPermissions",
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
    "sns": "GetSubscriptionAttributes GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource",
    "sso": "DescribePermissionSet GetInlinePolicyForPermissionSet ListAccountAssignments ListTagsForResource",
    "sts": "GetCallerIdentity",
}

SETTINGS_READS: Final = tuple(f"{service}:{name}" for service, names in _NAMES.items() for name in names.split())
"""All of them: a preview does nothing else."""
