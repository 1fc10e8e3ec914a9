"""Work of a preview: a refresh of everything that the program makes, and so the reads of each resource type.

What it must not do, M10 asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.evaluator.decide import Request
from mesh.proof.claims import Claim
from mesh.proof.subject import Subject

READS: Final = {
    "athena": "GetWorkGroup ListTagsForResource",
    "budgets": "ListTagsForResource ViewBudget",
    "cloudformation": "DescribeStackInstance DescribeStackSet DescribeStackSetOperation ListStackInstances",
    "cloudtrail": "DescribeTrails GetEventSelectors GetInsightSelectors GetTrailStatus ListTags",
    "ec2": (
        "DescribeNetworkAcls DescribePrefixLists DescribeRouteTables DescribeSecurityGroups DescribeSubnets "
        "DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs GetEbsDefaultKmsKeyId GetEbsEncryptionByDefault"
    ),
    "events": "DescribeEventBus DescribeRule ListTagsForResource ListTargetsByRule",
    "glue": "GetDatabase GetPartitionIndexes GetResourcePolicy GetTable GetTags",
    "iam": (
        "GetGroup GetGroupPolicy GetPolicy GetPolicyVersion GetRole GetRolePolicy ListAttachedRolePolicies "
        "ListRolePolicies"
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
        "GetAccelerateConfiguration GetAccountPublicAccessBlock GetBucketAcl GetBucketCORS GetBucketLocation "
        "GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls "
        "GetBucketPolicy GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning "
        "GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket"
    ),
    "sns": "GetSubscriptionAttributes GetTopicAttributes ListTagsForResource",
    "sso": (
        "DescribePermissionSet GetInlinePolicyForPermissionSet ListAccountAssignments ListInstances ListPermissionSets "
        "ListTagsForResource"
    ),
    "sts": "GetCallerIdentity",
}
"""Reads of the types in `components` and `program` by the provider that Pulumi's AWS plugin wraps
(hashicorp/terraform-provider-aws, `internal/service`, the Read function of each type)."""


def preview_claims(subject: Subject) -> Iterator[Claim]:
    """Claims that the preview's own policies, which are the same in all accounts, let a refresh through."""
    preview = names.preview_role(subject.hub)
    for service, actions in READS.items():
        for name in actions.split():
            request = Request(preview, f"{service}:{name}", "*")
            yield Claim("the preview of the governance account", request, free=("identity",), granted=True)
