"""Actions with which settings are read: what a refresh of the program's resource types asks, and nothing of data.

Each type's own reads, as the AWS provider makes them (hashicorp/terraform-provider-aws, `internal/service`, the Read
functions of the types that `components` and `program` make). An action that returns what somebody stored, logged, asked
or keeps secret is not among them, however its name begins.
"""

from __future__ import annotations

from typing import Final

_NAMES: Final = {
    "athena": "GetWorkGroup ListTagsForResource",
    "budgets": "ListTagsForResource ViewBudget",
    "cloudformation": (
        "DescribeStackInstance DescribeStackSet DescribeStackSetOperation ListStackInstances ListStackSetOperations"
    ),
    "cloudtrail": "DescribeTrails GetEventSelectors GetInsightSelectors GetTrail GetTrailStatus ListTags ListTrails",
    "ec2": (
        "DescribeAccountAttributes DescribeAvailabilityZones DescribeManagedPrefixLists DescribeNetworkAcls "
        "DescribeNetworkInterfaces DescribePrefixLists DescribeRegions DescribeRouteTables "
        "DescribeSecurityGroupReferences DescribeSecurityGroupRules DescribeSecurityGroups "
        "DescribeSecurityGroupVpcAssociations DescribeSubnets DescribeTags DescribeVpcAttribute "
        "DescribeVpcBlockPublicAccessExclusions DescribeVpcBlockPublicAccessOptions DescribeVpcClassicLink "
        "DescribeVpcClassicLinkDnsSupport DescribeVpcEndpointServices DescribeVpcEndpoints DescribeVpcs "
        "GetEbsDefaultKmsKeyId GetEbsEncryptionByDefault GetSecurityGroupsForVpc"
    ),
    "events": "DescribeEventBus DescribeRule ListEventBuses ListRules ListTagsForResource ListTargetsByRule",
    "glue": "GetDatabase GetPartitionIndexes GetResourcePolicies GetResourcePolicy GetTable GetTags",
    "iam": (
        "GetAccountSummary GetGroup GetGroupPolicy GetPolicy GetPolicyVersion GetRole GetRolePolicy "
        "ListAccountAliases ListAttachedGroupPolicies ListAttachedRolePolicies ListEntitiesForPolicy "
        "ListGroupPolicies ListInstanceProfilesForRole ListPolicyTags ListPolicyVersions ListRolePolicies ListRoleTags "
        "ListRoles"
    ),
    "identitystore": "DescribeGroup GetGroupId ListGroups",
    "kms": "DescribeKey GetKeyPolicy GetKeyRotationStatus ListAliases ListKeyPolicies ListKeys ListResourceTags",
    "lakeformation": (
        "DescribeResource GetDataLakePrincipal GetDataLakeSettings GetLFTag GetResourceLFTags ListLFTags "
        "ListPermissions ListResources"
    ),
    "organizations": (
        "DescribeAccount DescribeCreateAccountStatus DescribeEffectivePolicy DescribeOrganization "
        "DescribeOrganizationalUnit DescribePolicy DescribeResourcePolicy ListAWSServiceAccessForOrganization "
        "ListAccounts ListAccountsForParent ListChildren ListDelegatedAdministrators ListDelegatedServicesForAccount "
        "ListOrganizationalUnitsForParent ListParents ListPolicies ListPoliciesForTarget ListRoots ListTagsForResource "
        "ListTargetsForPolicy"
    ),
    "ram": (
        "GetPermission GetResourcePolicies GetResourceShareAssociations GetResourceShares ListPermissions "
        "ListPrincipals ListResourceSharePermissions ListResources"
    ),
    "s3": (
        "GetAccelerateConfiguration GetAccountPublicAccessBlock GetBucketAbac GetBucketAcl GetBucketCORS "
        "GetBucketLocation GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration "
        "GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock "
        "GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration "
        "GetLifecycleConfiguration GetReplicationConfiguration ListAllMyBuckets ListBucket ListTagsForResource"
    ),
    "sns": (
        "GetDataProtectionPolicy GetSubscriptionAttributes GetTopicAttributes ListSubscriptionsByTopic "
        "ListTagsForResource"
    ),
    "sso": (
        "DescribeAccountAssignmentCreationStatus DescribeAccountAssignmentDeletionStatus DescribeInstance "
        "DescribePermissionSet DescribePermissionSetProvisioningStatus GetInlinePolicyForPermissionSet "
        "ListAccountAssignments ListInstances ListPermissionSetProvisioningStatus ListPermissionSets "
        "ListTagsForResource"
    ),
    "sts": "GetCallerIdentity",
}

SETTINGS_READS: Final = tuple(f"{service}:{name}" for service, names in _NAMES.items() for name in names.split())
"""All of them: a preview does nothing else."""
