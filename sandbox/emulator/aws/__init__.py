"""The AWS resource types of the sandbox: one handler each, one module per service."""

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
    iam,
    kms,
    lakeformation,
    organizations,
    ram,
    s3,
    s3_configurations,
    sns,
    sqs,
    ssoadmin,
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
    glue,
    iam,
    kms,
    lakeformation,
    organizations,
    ram,
    s3,
    s3_configurations,
    sns,
    sqs,
    ssoadmin,
)

RESOURCES: Final[Mapping[str, ResourceType]] = {
    resource.token: resource for module in _MODULES for resource in module.RESOURCES
}
"""The handlers by type token."""

RECORDED_TYPES: Final[Mapping[str, str]] = {token: r.recorded for token, r in RESOURCES.items() if r.recorded}
"""Types that exist only in the record store, with the reason."""

RECORDED_PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    token: resource.recorded_parts for token, resource in RESOURCES.items() if resource.recorded_parts
}
"""Types of which only these properties are recorded, with the reason of each."""


def resource_of(token: str) -> ResourceType | None:
    """The handler of a type, if the sandbox has one."""
    return RESOURCES.get(token)
