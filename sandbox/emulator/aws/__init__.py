"""AWS resource types of the sandbox, by type token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.emulator.aws import (
    athena,
    budgets,
    cloudformation,
    cloudtrail,
    cloudwatch,
    ebs,
    ec2,
    events,
    glue,
    glue_jobs,
    iam,
    kms,
    lakeformation,
    lambda_functions,
    network_acl,
    organizations,
    ram,
    s3,
    s3_configurations,
    s3_objects,
    sfn,
    sns,
    sqs,
    ssoadmin,
    vpc_endpoint,
)
from sandbox.emulator.aws.resource import ResourceType

_MODULES: Final = (
    athena,
    budgets,
    cloudformation,
    cloudtrail,
    cloudwatch,
    ebs,
    ec2,
    events,
    lambda_functions,
    glue,
    glue_jobs,
    iam,
    kms,
    lakeformation,
    network_acl,
    organizations,
    ram,
    s3,
    s3_configurations,
    s3_objects,
    sfn,
    sns,
    sqs,
    ssoadmin,
    vpc_endpoint,
)

RESOURCES: Final[Mapping[str, ResourceType]] = {
    resource.token: resource for module in _MODULES for resource in module.RESOURCES
}
"""The resource types by type token."""

RECORDED_TYPES: Final[Mapping[str, str]] = {token: r.recorded for token, r in RESOURCES.items() if r.recorded}
"""The types that exist only in the record store, with the reason."""


def resource_of(token: str) -> ResourceType | None:
    """The resource type of a token, if the sandbox has it."""
    return RESOURCES.get(token)
