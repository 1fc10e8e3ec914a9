"""Preconditions on the road: what a command, or a resource of a stack, needs to be there, and what it makes.

None of it is a permission, so no policy says it: AWS, Pulumi or the mesh answers with the error that stands here. Errors
of AWS are those of the operation's API reference, at the operation that the command or the plugin calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from mesh.plan.footprint import DeployedResource
from tests.road.moment import Moment
from tests.road.road import ROOT

ORGANIZATION: Final = "organisation"


class Precondition(NamedTuple):
    """A command by its pattern, with what it needs, the error where that lacks, and what it makes."""

    pattern: str
    needs: tuple[tuple[str, str], ...] = ()
    makes: tuple[str, ...] = ()


OF_COMMANDS: Final = (
    # What a shell and the mesh need.
    Precondition(r".* > (?P<file>\S+)", makes=("file {file}",)),
    Precondition(
        r".* (--from|--template-file|--check) (?P<file>\S+\.json).*", (("file {file}", "no such file or directory"),)
    ),
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
    Precondition(r"aws sso-admin list-instances .*", makes=("instance of Identity Center",)),
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
        r"aws s3api put-bucket-versioning --bucket (?P<bucket>\S+) .*", (("bucket {bucket}", "NoSuchBucket"),)
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
    ),
    Precondition(r"aws ec2 create-security-group .*", (("shared subnets", "InvalidVpcID.NotFound"),), ("group",)),
    Precondition(r"aws ec2 authorize-security-group-ingress .*", (("group", "InvalidGroup.NotFound"),)),
    Precondition(r"aws glue create-connection .*", (("group", "InvalidInputException"),)),
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
    ),
    Precondition(r"aws sns confirm-subscription .*", (("subscription of the alarm", "NotFound"),)),
)

_GRANTS: Final = ("aws:lakeformation/permissions:Permissions", "aws:lakeformation/resourceLfTag:ResourceLfTag")


def needs_of(resource: DeployedResource) -> Iterator[tuple[str, str]]:
    """What has to be there before a stack makes a resource, and AWS's error where it lacks."""
    inputs, kind = resource.inputs, resource.type.rpartition(":")[2]
    match kind:
        case "PolicyAttachment":
            type_ = resource.beside["policyType"].upper()
            yield f"policy type {type_}", "PolicyTypeNotEnabledException"
            yield f"target {inputs['targetId']}", "TargetNotFoundException"
        case "Account" | "OrganizationalUnit":
            yield f"target {inputs['parentId']}", "ParentNotFoundException"
        case "StackSet":
            yield "StackSets' access to the organisation", "ValidationError"
        case "StackInstances":
            yield f"StackSet {inputs['stackSetName']}", "StackSetNotFoundException"
        case "OrganizationsFeatures":
            yield "trusted access of iam.amazonaws.com", "ServiceAccessNotEnabledException"
        case "OrganizationDelegatedAdminAccount":
            yield "trusted access of cloudtrail.amazonaws.com", "CloudTrailAccessNotEnabledException"
            yield f"target {inputs['accountId']}", "AccountNotFoundException"
        case "Trail":
            yield "CloudTrail's delegated administrator", "NotOrganizationManagementAccountException"
        case "PrincipalAssociation":
            yield "sharing with the organisation", "OperationNotPermittedException"
        case "PermissionSet":
            yield "instance of Identity Center", "ResourceNotFoundException"
        case _ if resource.type in _GRANTS and resource.stack != "governance":
            yield "labels of the hub", "EntityNotFoundException"
        case _:
            pass


def makes_of(resource: DeployedResource) -> Iterator[str]:
    """What is there once a stack has made a resource."""
    inputs, kind = resource.inputs, resource.type.rpartition(":")[2]
    match kind:
        case "Organization":
            yield from (f"policy type {type_}" for type_ in inputs["enabledPolicyTypes"])
            yield from (f"trusted access of {service}" for service in inputs["awsServiceAccessPrincipals"])
        case "Account" | "OrganizationalUnit":
            yield f"target {resource.id}"
        case "StackSet":
            yield f"StackSet {resource.id}"
        case "OrganizationDelegatedAdminAccount":
            yield "CloudTrail's delegated administrator"
        case "SharingWithOrganization":
            yield "sharing with the organisation"
        case "ResourceAssociation":
            yield "shared subnets"
        case "LfTag":
            yield "labels of the hub"
        case "TopicSubscription":
            yield "subscription of the alarm"
        case "Group":
            yield f"group {inputs['name']}"
        case _:
            pass


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
