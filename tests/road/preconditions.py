"""Preconditions on the road: what a command, or a resource of a stack, needs to be there, and what it makes.

None of it is a permission, so no policy says it: AWS, Pulumi or the mesh answers with the error that stands here. Those
of AWS are in the API reference, at the operation that the command or the plugin calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mesh.aws.call_templates import filled
from mesh.plan.footprint import DeployedResource
from tests.road.moment import Moment
from tests.road.road import ROOT

ORGANIZATION: Final = "organisation"


class Precondition(NamedTuple):
    """What a command, by its pattern, or a type needs, with the error where that lacks; and what it makes."""

    pattern: str = ""
    needs: tuple[tuple[str, str], ...] = ()
    makes: tuple[str, ...] = ()


OF_COMMANDS: Final = (
    # What a shell and the mesh need.
    Precondition(r".* > (?P<file>\S+)", makes=("file {file}",)),
    Precondition(
        r".* (--from|--template-file|--check) (?P<file>\S+\.json).*", (("file {file}", "no such file or directory"),)
    ),
    Precondition(r"aws organizations list-roots", makes=("id of the root in accounts.yaml",)),
    Precondition(r"mesh validate", (("id of the root in accounts.yaml", "accounts.yaml:1:1: missing key 'root'"),)),
    Precondition(r"mesh accounts --from services\.json", makes=("services in accounts.yaml",)),
    Precondition(r"mesh accounts --from roots\.json", makes=("policy types in accounts.yaml",)),
    Precondition(r"mesh accounts --from outputs\.json", makes=("ids in accounts.yaml",)),
    Precondition(r"mesh bootstrap > .*", (("ids in accounts.yaml", "exit code 2"),)),
    # What Pulumi needs.
    Precondition(r"pulumi login 's3://(?P<bucket>[^?]+)\?.*", (("bucket {bucket}", "NoSuchBucket"),), ("login",)),
    Precondition(
        r"pulumi stack init (?P<stack>\S+) --secrets-provider='awskms://(?P<alias>[^?]+)\?.*",
        (("login", "PULUMI_ACCESS_TOKEN must be set"), ("{alias}", "NotFoundException")),
        ("stack {stack}",),
    ),
    Precondition(
        r".*pulumi (?!login|stack init).* -s (?P<stack>\S+).*", (("stack {stack}", "no stack named that way found"),)
    ),
    Precondition(r"pulumi stack output .*-s (?P<stack>\S+).*", (("run of {stack}", "no outputs"),)),
    Precondition(r"pulumi stack output network .*", makes=("network in accounts.yaml",)),
    # Made in the console, where its page says so; the command shows its ARN.
    Precondition(r"aws sso-admin list-instances .*", makes=("instance of Identity Center", "people in accounts.yaml")),
    Precondition(
        r"pulumi import -s organization .*--provider management=(?P<urn>\S+) .*",
        (("provider in the state of organization", "no such provider"),),
        ("organisation in the state",),
    ),
    Precondition(
        r"pulumi up -s organization --yes --target .*:providers:aws::management .*",
        makes=("provider in the state of organization",),
    ),
    Precondition(
        r"pulumi up -s (governance|(partner|access|domain)-\S+) .*",
        (("ids in accounts.yaml", "names accounts which have no account id yet"),),
    ),
    # What AWS needs.
    Precondition(r"aws organizations create-organization .*", makes=(ORGANIZATION, f"target {ROOT}")),
    Precondition(
        r"aws cloudformation activate-organizations-access",
        ((ORGANIZATION, "InvalidOperationException"),),
        ("StackSets' access to the organisation",),
    ),
    Precondition(r"aws s3api create-bucket --bucket (?P<bucket>\S+) .*", makes=("bucket {bucket}",)),
    Precondition(
        r"aws s3api put-bucket-versioning --bucket (?P<bucket>\S+) .*",
        (("bucket {bucket}", "NoSuchBucket"),),
        ("versions",),
    ),
    Precondition(r"aws kms create-key .*", makes=("key KEY-ID",)),
    Precondition(
        r"aws kms create-alias --alias-name (?P<alias>\S+) --target-key-id (?P<key>\S+)",
        (("key {key}", "NotFoundException"),),
        ("{alias}",),
    ),
    Precondition(
        r"aws account put-alternate-contact .*--account-id .*",
        (("trusted access of account.amazonaws.com", "AccessDeniedException"),),
        ("contact",),
    ),
    Precondition(r"aws ec2 create-security-group .*", (("shared subnets", "InvalidVpcID.NotFound"),), ("group",)),
    Precondition(r"aws ec2 authorize-security-group-ingress .*", (("group", "InvalidGroup.NotFound"),), ("rule",)),
    Precondition(r"aws glue create-connection .*", (("rule", "InvalidInputException"),), ("connection",)),
    Precondition(r"aws secretsmanager create-secret --name (?P<secret>\S+)", makes=("secret {secret}",)),
    Precondition(
        r"aws secretsmanager put-secret-value --secret-id (?P<secret>\S+) .*",
        (("secret {secret}", "ResourceNotFoundException"),),
        ("value of {secret}",),
    ),
    Precondition(r"aws iam create-user .*", makes=("keeper",)),
    Precondition(
        r"aws iam add-user-to-group --group-name (?P<group>\S+) .*",
        (("keeper", "NoSuchEntity"), ("group {group}", "NoSuchEntity")),
        ("keeper in the group",),
    ),
    Precondition(r"aws iam create-virtual-mfa-device .*", makes=("device",)),
    Precondition(
        r"aws iam enable-mfa-device .*",
        (("keeper", "NoSuchEntity"), ("device", "NoSuchEntity")),
        ("second factor of the keeper",),
    ),
    Precondition(r"aws iam create-access-key .*", (("keeper", "NoSuchEntity"),), ("key of the keeper",)),
    Precondition(
        r"aws sts assume-role .*--serial-number .*",
        (("key of the keeper", "InvalidClientTokenId"), ("second factor of the keeper", "MultiFactorAuthentication")),
        ("rehearsal",),
    ),
    Precondition(r"aws sns confirm-subscription .*", (("subscription of the alarm", "NotFound"),), ("alarm",)),
)

OF_TYPES: Final[dict[str, Precondition]] = {
    "organizations/organization:Organization": Precondition(
        needs=(
            ("services in accounts.yaml", "others' services would be switched off"),
            ("policy types in accounts.yaml", "others' policy types would be switched off"),
            ("organisation in the state", "AlreadyInOrganizationException"),
        ),
        makes=("policy type {enabledPolicyTypes}", "trusted access of {awsServiceAccessPrincipals}"),
    ),
    "organizations/organizationalUnit:OrganizationalUnit": Precondition(
        needs=(("target {parentId}", "ParentNotFoundException"),), makes=("target {id}",)
    ),
    "organizations/account:Account": Precondition(
        needs=(("target {parentId}", "ParentNotFoundException"),), makes=("target {id}",)
    ),
    "organizations/policyAttachment:PolicyAttachment": Precondition(
        needs=(
            ("policy type {policyType}", "PolicyTypeNotEnabledException"),
            ("target {targetId}", "TargetNotFoundException"),
        )
    ),
    "cloudformation/stackSet:StackSet": Precondition(
        needs=(("StackSets' access to the organisation", "ValidationError"),), makes=("StackSet {id}",)
    ),
    "cloudformation/stackInstances:StackInstances": Precondition(
        needs=(("StackSet {stackSetName}", "StackSetNotFoundException"),)
    ),
    "iam/organizationsFeatures:OrganizationsFeatures": Precondition(
        needs=(("trusted access of iam.amazonaws.com", "ServiceAccessNotEnabledException"),)
    ),
    "iam/group:Group": Precondition(makes=("group {name}",)),
    "cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount": Precondition(
        needs=(
            ("trusted access of cloudtrail.amazonaws.com", "CloudTrailAccessNotEnabledException"),
            ("target {accountId}", "AccountNotFoundException"),
        ),
        makes=("CloudTrail's delegated administrator",),
    ),
    "cloudtrail/trail:Trail": Precondition(
        needs=(("CloudTrail's delegated administrator", "NotOrganizationManagementAccountException"),)
    ),
    "ram/sharingWithOrganization:SharingWithOrganization": Precondition(makes=("sharing with the organisation",)),
    "ram/principalAssociation:PrincipalAssociation": Precondition(
        needs=(("sharing with the organisation", "OperationNotPermittedException"),)
    ),
    "ram/resourceAssociation:ResourceAssociation": Precondition(makes=("shared subnets",)),
    "ssoadmin/permissionSet:PermissionSet": Precondition(
        needs=(("instance of Identity Center", "ResourceNotFoundException"),), makes=("permission sets",)
    ),
    "sns/topicSubscription:TopicSubscription": Precondition(makes=("subscription of the alarm",)),
    "lakeformation/lfTag:LfTag": Precondition(makes=("labels of the hub",)),
    "lakeformation/permissions:Permissions": Precondition(needs=(("labels of the hub", "EntityNotFoundException"),)),
    "lakeformation/resourceLfTag:ResourceLfTag": Precondition(
        needs=(("labels of the hub", "EntityNotFoundException"),)
    ),
}
"""By type: what has to be there before a stack makes a resource, and what is there afterwards."""


def needs_of(resource: DeployedResource) -> Iterator[tuple[str, str]]:
    """What has to be there before a stack makes a resource, and AWS's error where it lacks."""
    for template, error in _of(resource).needs:
        for thing in filled(template, _values(resource), {}):
            yield thing, error
    principal = str(resource.inputs.get("principal", ""))
    if ":role/" in principal:
        yield f"role {principal}", "InvalidInputException"


def makes_of(resource: DeployedResource) -> Iterator[str]:
    """What is there once a stack has made a resource."""
    for template in _of(resource).makes:
        yield from filled(template, _values(resource), {})


def _of(resource: DeployedResource) -> Precondition:
    return OF_TYPES.get(resource.type.removeprefix("aws:"), Precondition())


def _values(resource: DeployedResource) -> dict[str, Any]:
    kind = str(resource.beside.get("policyType", "")).upper()
    return {**resource.inputs, "id": resource.id, "policyType": kind}


def require(aws: Moment, command: str) -> None:
    """Ask for what a command needs; raises RefusedError for what lacks."""
    for row, found in _rows(command):
        for thing, error in row.needs:
            aws.need(thing.format(**found), error)


def made_by(command: str) -> Iterator[str]:
    """What is there once a command has run, but for what a stack makes."""
    for row, found in _rows(command):
        yield from (thing.format(**found) for thing in row.makes)


def _rows(command: str) -> Iterator[tuple[Precondition, dict[str, str]]]:
    for row in OF_COMMANDS:
        if found := re.fullmatch(row.pattern, command):
            yield row, found.groupdict()
