"""Services that a VPC reaches by an endpoint: the end of a service's name, its prefix in IAM, and the endpoint's kinds.

PrivateLink Guide, "AWS services that integrate with AWS PrivateLink" and "Gateway endpoints" (read 2026-11-29). A
service that is not listed is refused: list it with its prefix, once the page has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mesh.acceptance.emitted import UNKNOWN, EmittedResource

_NAME: Final = re.compile(r"com\.amazonaws\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.(?P<service>[a-z0-9.-]+)")
_INTERFACE, _GATEWAY = "Interface", "Gateway"


class EndpointService(NamedTuple):
    """A service behind an endpoint."""

    prefix: str
    kinds: tuple[str, ...] = (_INTERFACE,)


SERVICES: Final[Mapping[str, EndpointService]] = {
    **{
        name: EndpointService(name)
        for name in (
            "athena codebuild ec2 ecs events execute-api firehose glue kafka kms lakeformation lambda logs rds "
            "redshift redshift-data secretsmanager sns sqs ssm ssmmessages states sts xray"
        ).split()
    },
    "dynamodb": EndpointService("dynamodb", (_GATEWAY, _INTERFACE)),
    "ecr.api": EndpointService("ecr"),
    "ecr.dkr": EndpointService("ecr"),
    "kinesis-streams": EndpointService("kinesis"),
    "monitoring": EndpointService("cloudwatch"),
    "s3": EndpointService("s3", (_GATEWAY, _INTERFACE)),
    "sagemaker.api": EndpointService("sagemaker"),
}

_ONLY: Final[Mapping[str, str]] = {
    "privateDnsEnabled": _INTERFACE,
    "securityGroupIds": _INTERFACE,
    "subnetIds": _INTERFACE,
    "routeTableIds": _GATEWAY,
}
"""Property -> the one kind of endpoint that takes it (EC2 API Reference, CreateVpcEndpoint)."""


def wrong_endpoint(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Inputs that no endpoint has: a service that is none, a kind that it lacks, properties of the other kind."""
    name, kind = inputs.get("serviceName"), str(inputs.get("vpcEndpointType", _GATEWAY))
    if isinstance(name, str) and UNKNOWN not in name:
        match = _NAME.fullmatch(name)
        service = SERVICES.get(match["service"]) if match else None
        if service is None:
            yield "serviceName", f"{name!r} is no service with an endpoint (mesh/acceptance/endpoint_services.py)"
        elif kind not in service.kinds:
            yield "vpcEndpointType", f"{name!r} has no endpoint of kind {kind}: {' and '.join(service.kinds)}"
    for path, wanted in _ONLY.items():
        if inputs.get(path) not in (None, [], False) and kind != wanted:
            yield path, f"an endpoint of kind {kind} has none; one of kind {wanted} has"


def region_of(inputs: Mapping[str, Any]) -> str:
    """The region of an endpoint's service; empty if it says none."""
    match = _NAME.fullmatch(str(inputs.get("serviceName")))
    return match["region"] if match else ""


def service_of(resource: EmittedResource) -> str:
    """The IAM prefix of an endpoint's service; empty if it is not listed."""
    match = _NAME.fullmatch(str(resource.inputs.get("serviceName")))
    service = SERVICES.get(match["service"]) if match else None
    return service.prefix if service else ""
