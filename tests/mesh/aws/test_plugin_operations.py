"""The table of the plugin's calls against what a machine reads in the plugin's source, step by step.

`plugin_operations.json` comes from `tools/plugin_operations`, which knows nothing of the table but the file of each
type. It has each operation of AWS that a step of a resource comes to, whatever its conditions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from cli.plugin_call_counts import short
from mesh.aws.plugin_table import plugin_types
from mesh.aws.plugin_types import PluginCall, PluginType
from tests.mesh.aws.test_plugin_table import PERMISSIONS
from tools.plugin_operations.__main__ import commits

FILE: Final = json.loads(Path(__file__).with_name("plugin_operations.json").read_text("utf-8"))
READ: Final[Mapping[str, Mapping[str, list[str]]]] = FILE["types"]
STEPS: Final = ("create", "read", "update", "delete", "tag")

ALSO: Final = {
    "s3:DeleteObject": "DeleteObjects",
    "s3:GetBucketNotification": "GetBucketNotificationConfiguration",
    "s3:GetObject": "HeadObject",
    "s3:PutBucketNotification": "PutBucketNotificationConfiguration",
    "s3:PutBucketOwnershipControls": "DeleteBucketOwnershipControls",
    "s3:PutBucketTagging": "DeleteBucketTagging",
}
"""Operations that ask an action of the name of another operation (Service Authorization Reference)."""


BESIDE: Final = frozenset({"cloudformation:TagResource", "cloudformation:UntagResource", "s3:DeleteObjectVersion"})
"""Actions that an operation asks beside the one of its name: they do not stand for it."""


class Unmade(NamedTuple):
    """Operations of a step that the source has and the mesh never comes to."""

    types: str
    steps: str
    operations: str
    reason: str


_RESULTS: Final = "after an operation that failed, for its reasons; without them the failure is told all the same"
_INTERFACES: Final = "of interfaces that Lambda, Comprehend, DMS, RDS or QuickSight left behind"
_POLICIES: Final = "policies and instance profiles that the role itself says or is to lose by force"
_SWITCH: Final = "one function switches on and off, and this step does the other of the two"
_IN_THE_BUCKET: Final = "what older programs say in the bucket itself"
_HAS_TAGS: Final = "the read of each has the tags already"
_KINDS: Final = "one function tags resources of IAM of every kind"
UNMADE: Final = (
    Unmade("cloudformation.StackInstances", "create update delete", "ListStackSetOperationResults", _RESULTS),
    Unmade("cloudformation.StackSet", "update", "ListStackSetOperationResults", _RESULTS),
    Unmade("cloudtrail.Trail", "create", "StopLogging", "a trail that is made without logging"),
    Unmade("ebs.EncryptionByDefault", "delete", "EnableEbsEncryptionByDefault", _SWITCH),
    Unmade(
        "ec2.DefaultNetworkAcl ec2.DefaultSecurityGroup ec2.NetworkAcl ec2.RouteTable ec2.SecurityGroup ec2.Subnet "
        "ec2.Vpc ec2.VpcEndpoint",
        "tag",
        "DescribeTags",
        _HAS_TAGS,
    ),
    Unmade("ec2.RouteTable", "create read update", "DescribeNetworkInterfaces", "of a route to an interface"),
    Unmade("ec2.RouteTableAssociation", "update", "AssociateRouteTable", "where the association is gone"),
    Unmade("ec2.SecurityGroup", "create", "RevokeSecurityGroupIngress", "a group is made without a rule to let in"),
    Unmade("ec2.SecurityGroup ec2.Subnet", "delete", "DeleteNetworkInterface DetachNetworkInterface", _INTERFACES),
    Unmade("ec2.SecurityGroup", "delete", "DescribeSecurityGroupRules", "with revokeRulesOnDelete"),
    Unmade("ec2.Subnet", "create", "AssociateSubnetCidrBlock DisassociateSubnetCidrBlock", "with addresses of IPv6"),
    Unmade("ec2.Vpc", "delete", "GetIpamPoolAllocations", "with a pool of IPAM"),
    Unmade(
        "ec2.VpcEndpoint",
        "create update",
        "AcceptVpcEndpointConnections DescribeVpcEndpointServiceConfigurations",
        "with autoAccept, of a service of one's own",
    ),
    Unmade(
        "iam.OrganizationsFeatures",
        "create",
        "DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions",
        _SWITCH,
    ),
    Unmade(
        "iam.OrganizationsFeatures",
        "delete",
        "EnableOrganizationsRootCredentialsManagement EnableOrganizationsRootSessions",
        _SWITCH,
    ),
    Unmade(
        "iam.Policy iam.Role",
        "tag",
        " ".join(
            f"{what}{kind}{'Tags' if what == 'List' else ''}"
            for kind in "InstanceProfile MFADevice OpenIDConnectProvider SAMLProvider ServerCertificate User".split()
            for what in ("List", "Tag", "Untag")
        ),
        _KINDS,
    ),
    Unmade("iam.Policy iam.Role", "tag", "ListPolicyTags ListRoleTags", _HAS_TAGS),
    Unmade(
        "s3.Bucket", "tag", "DeleteObjectTagging GetObjectTagging PutObjectTagging", "one function tags objects too"
    ),
    Unmade("iam.Policy", "tag", "TagRole UntagRole", _KINDS),
    Unmade("iam.Role", "tag", "TagPolicy UntagPolicy", _KINDS),
    Unmade(
        "iam.Role",
        "create",
        "DeleteRole DeleteRolePolicy DetachRolePolicy ListInstanceProfilesForRole RemoveRoleFromInstanceProfile",
        _POLICIES,
    ),
    Unmade("iam.Role", "update", "AttachRolePolicy DeleteRolePolicy DetachRolePolicy PutRolePolicy", _POLICIES),
    Unmade("iam.Role", "delete", "RemoveRoleFromInstanceProfile", _POLICIES),
    Unmade("cloudwatch.LogGroup", "update", "PutLogGroupDeletionProtection", "a group that is protected"),
    Unmade("lambda.Function", "create read update", "GetFunctionConcurrency", "of a version or an alias"),
    Unmade(
        "lambda.Function",
        "update",
        "DeleteFunctionCodeSigningConfig PutFunctionCodeSigningConfig",
        "with a configuration of code signing",
    ),
    Unmade("lambda.Function", "update", "GetFunctionConfiguration PublishVersion", "with publish"),
    Unmade(
        "lambda.Function",
        "delete",
        "GetDurableExecution ListDurableExecutionsByFunction StopDurableExecution UpdateFunctionConfiguration",
        "of a durable function, or with replaceSecurityGroupsOnDestroy",
    ),
    Unmade("kms.Key", "create", "DisableKeyRotation EnableKey", "a key that is made disabled, or does not rotate"),
    Unmade("lakeformation.LfTag", "create", "UpdateLFTag", "with more than 50 values"),
    Unmade(
        "s3.BucketObjectv2",
        "update",
        "PutObjectAcl PutObjectLegalHold PutObjectRetention",
        "of an object with an ACL or a lock of its own",
    ),
    Unmade("s3.BucketObjectv2", "delete", "PutObjectLegalHold", "with forceDestroy, of one that is locked"),
    Unmade(
        "s3.BucketObjectv2",
        "tag",
        "DeleteBucketTagging GetBucketTagging PutBucketTagging",
        "one function tags buckets too",
    ),
    Unmade("s3.Bucket", "create update", "DeleteBucketPolicy DeleteBucketWebsite", _IN_THE_BUCKET),
)

ELSEWHERE: Final = {
    (
        "cloudtrail.OrganizationDelegatedAdminAccount",
        "organizations:ListDelegatedAdministrators",
    ): "in the package organizations",
    ("ram.SharingWithOrganization", "iam:DeleteServiceLinkedRole"): "in the package iam",
    ("ram.SharingWithOrganization", "iam:GetRole"): "in the package iam",
    ("ram.SharingWithOrganization", "iam:GetServiceLinkedRoleDeletionStatus"): "in the package iam",
    ("ram.SharingWithOrganization", "organizations:DisableAWSServiceAccess"): "in the package organizations",
    (
        "ram.SharingWithOrganization",
        "organizations:ListAWSServiceAccessForOrganization",
    ): "in the package organizations",
    ("s3.Bucket", "s3:BypassGovernanceRetention"): "asked with DeleteObject, where objects are locked",
    ("s3.Bucket", "s3:ListTagsForResource"): "in the package s3control",
    ("s3.Bucket", "s3:TagResource"): "in the package s3control",
    ("s3.Bucket", "s3:UntagResource"): "in the package s3control",
    ("s3.BucketObjectv2", "s3:PutObject"): "by the SDK's uploader",
    ("sfn.StateMachine", "states:ValidateStateMachineDefinition"): "in the difference, before any step",
}
"""Calls of the table that no function of the type's own package makes."""


def operations(calls: Iterable[PluginCall]) -> set[str]:
    """Operations that ask the actions of these calls."""
    return {name for call in calls if call.action not in BESIDE for name in _asking(call.action)}


def _asking(action: str) -> set[str]:
    named = PERMISSIONS.get(action, action.partition(":")[2])
    return {*named.split(), *ALSO.get(action, "").split()}


def missing(types: Iterable[PluginType]) -> set[tuple[str, str, str]]:
    """Operations of a step that the source has and the table has not: type, step, operation."""
    found: set[tuple[str, str, str]] = set()
    for each in types:
        listed: dict[str, set[str]] = {step: operations(getattr(each, step)) for step in STEPS}
        for step, named in READ[each.token].items():
            # A creation and an update end with a read, a deletion waits with one; tags may come with any but that.
            known = listed[step] | listed["read"] | (listed["tag"] if step != "delete" else set[str]())
            found |= {(short(each.token), step, name) for name in set(named) - known}
    return found


def unmade() -> set[tuple[str, str, str]]:
    """What the source has and the mesh never comes to: type, step, operation."""
    return {
        (kind, step, name)
        for row in UNMADE
        for kind in row.types.split()
        for step in row.steps.split()
        for name in row.operations.split()
    }


def test_the_machine_has_read_every_type() -> None:
    assert set(READ) == set(plugin_types())
    assert [token for token, steps in READ.items() if not steps["create"]] == []


def test_both_have_read_the_same_commit() -> None:
    assert {FILE["commit"]} == commits()


def test_every_operation_that_the_source_comes_to_is_in_the_table_or_has_a_reason() -> None:
    assert missing(plugin_types().values()) - unmade() == set()


def test_no_reason_is_left_over() -> None:
    assert unmade() - missing(plugin_types().values()) == set()


def test_every_call_of_the_table_is_one_that_the_source_makes_or_stands_elsewhere() -> None:
    strange: set[tuple[str, str]] = set()
    for token, each in plugin_types().items():
        made = {name for named in READ[token].values() for name in named}
        calls = (call for call in each.every_call if not call.along)
        strange |= {(short(token), call.action) for call in calls if not _asking(call.action) & made}
    assert strange == set(ELSEWHERE)


def test_a_call_that_is_left_out_of_a_type_is_missed_whichever_it_is() -> None:
    known, survived = unmade(), set[tuple[str, str]]()
    for token, each in plugin_types().items():
        actions = {call.action for call in each.every_call if not call.along} - BESIDE
        for action in actions - {call for kind, call in ELSEWHERE if kind == short(token)}:
            rest = {step: tuple(c for c in getattr(each, step) if c.action != action) for step in STEPS}
            if missing([replace(each, **rest)]) <= known:
                survived.add((short(token), action))
    assert survived == set()


def test_a_call_that_is_left_out_of_a_step_is_missed_where_the_step_alone_makes_it() -> None:
    known, missed = unmade(), 0
    for each in plugin_types().values():
        for step in STEPS:
            for action in {call.action for call in getattr(each, step)}:
                left = tuple(call for call in getattr(each, step) if call.action != action)
                missed += not missing([replace(each, **{step: left})]) <= known
    assert missed > 200
