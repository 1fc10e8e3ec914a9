"""Calls of the AWS CLI on the road: what a command of the page asks AWS, by AWS's own models of its operations."""

from __future__ import annotations

import shlex
from functools import lru_cache
from typing import Any, Final, NamedTuple

import botocore.session
from botocore import xform_name

from tests.road import templates
from tests.road.road import KEEPER, MANAGEMENT, ORGANIZATION

RENAMED: Final = {"s3api": "s3"}
"""Services of the CLI by another name than that of their model."""

OF_THE_CLI: Final = {"cloudformation deploy": templates.OF_A_CHANGE_SET}
"""Commands that the CLI adds to AWS's own, with the calls that they make."""

ALONG: Final = {
    # Organizations User Guide, "Creating an organization": minimum permissions.
    "organizations:CreateOrganization": ("iam:CreateServiceLinkedRole",),
    # Organizations User Guide, "AWS CloudFormation StackSets and AWS Organizations": permissions, service-linked role.
    "cloudformation:ActivateOrganizationsAccess": (
        "organizations:EnableAWSServiceAccess",
        "iam:CreateServiceLinkedRole",
    ),
}
"""Actions that AWS asks of the same caller besides the operation's own."""

_HOME: Final = f"arn:aws:iam::{MANAGEMENT}:"
RESOURCES: Final[dict[str, tuple[str, ...]]] = {
    "account:PutAlternateContact": (f"arn:aws:account::{MANAGEMENT}:account/{ORGANIZATION}/{{account-id}}",),
    "glue:CreateConnection": ("arn:aws:glue:eu-west-1:{own}:catalog",),
    "iam:AddUserToGroup": (f"{_HOME}group/mesh/{{group-name}}",),
    "iam:CreateAccessKey": (KEEPER,),
    "iam:CreateServiceLinkedRole": (f"{_HOME}role/aws-service-role/*",),
    "iam:CreateUser": (KEEPER,),
    "iam:CreateVirtualMFADevice": (f"{_HOME}mfa/{{virtual-mfa-device-name}}",),
    "iam:EnableMFADevice": (KEEPER,),
    "kms:CreateAlias": (
        f"arn:aws:kms:eu-west-1:{MANAGEMENT}:{{alias-name}}",
        f"arn:aws:kms:eu-west-1:{MANAGEMENT}:key/{{target-key-id}}",
    ),
    "s3:CreateBucket": ("arn:aws:s3:::{bucket}",),
    "s3:PutBucketVersioning": ("arn:aws:s3:::{bucket}",),
    "secretsmanager:CreateSecret": ("arn:aws:secretsmanager:eu-west-1:{own}:secret:{name}-a1B2c3",),
    "secretsmanager:PutSecretValue": ("arn:aws:secretsmanager:eu-west-1:{own}:secret:{secret-id}-a1B2c3",),
    "sns:ConfirmSubscription": ("{topic-arn}",),
    "sts:AssumeRole": ("{role-arn}",),
    **dict.fromkeys(
        templates.OF_A_CHANGE_SET, (f"arn:aws:cloudformation:eu-west-1:{MANAGEMENT}:stack/{{stack-name}}/*",)
    ),
}
"""Resources by action, where it has any, with the command's options in them; others are asked on `*`."""


class CliCall(NamedTuple):
    """An action of IAM, on a resource."""

    action: str
    resource: str


def calls_of(command: str, own: str) -> list[CliCall]:
    """What a command asks AWS, typed by somebody of the account `own`. Raises KeyError for none of AWS's."""
    words = shlex.split(command.partition(" > ")[0])
    if len(words) < 3 or words[0] != "aws":
        raise KeyError(command)
    options = {word[2:]: value for word, value in zip(words, [*words[1:], ""], strict=True) if word.startswith("--")}
    actions = OF_THE_CLI.get(" ".join(words[1:3])) or (operation(*words[1:3]),)
    every = [each for action in actions for each in (action, *ALONG.get(action, ()))]
    return [
        CliCall(action, template.format(own=own, **options))
        for action in every
        for template in RESOURCES.get(action, ("*",))
    ]


@lru_cache(maxsize=256)
def operation(service: str, command: str) -> str:
    """The action of IAM of an operation by its name in the CLI; requests are signed in the name of IAM's prefix."""
    model: Any = botocore.session.get_session().get_service_model(RENAMED.get(service, service))
    [name] = [each for each in model.operation_names if xform_name(each, "-") == command] or [None]
    if name is None:
        raise KeyError(f"aws {service} {command}")
    return f"{model.signing_name}:{name}"
