"""Endpoints of a network, through which it reaches services of AWS."""

from __future__ import annotations

from typing import Final

from sandbox.emulator.aws.ec2 import EC2_TAGS, owned
from sandbox.emulator.aws.fields import PropertyValues, document, flag, text, texts
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType

_CHANGES: Final = {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}


def _create_endpoint(call: Call) -> IdAndOutputs:
    call.id = call.aws("create_vpc_endpoint", **call.request())["VpcEndpoint"]["VpcEndpointId"]
    EC2_TAGS.update(call)
    dns = bool(call.inputs.get("privateDnsEnabled"))
    chosen: PropertyValues = {"privateDnsEnabled": dns, "policy": "", **{name: [] for name in _CHANGES}}
    return call.id, {**chosen, **owned(call, "vpc-endpoint"), "state": "available"}


def _read_endpoint(call: Call) -> PropertyValues | None:
    (endpoint,) = call.aws("describe_vpc_endpoints", VpcEndpointIds=[call.id])["VpcEndpoints"]
    if endpoint["State"] == "deleted":
        return None
    groups = [group["GroupId"] for group in endpoint.get("Groups", [])]
    properties = call.properties({**endpoint, "SecurityGroupIds": groups})
    # AWS answers with an empty list or False for a property that the kind of endpoint does not have.
    own = {name: value for name, value in properties.items() if value is not False}
    return {**{name: [] for name in _CHANGES}, **own, **owned(call, "vpc-endpoint"), "state": endpoint["State"]}


def _update_endpoint(call: Call) -> None:
    changes: PropertyValues = {}
    for name, member in _CHANGES.items():
        if name not in call.inputs:
            continue
        before, after = set(call.old.get(name) or []), set(call.inputs.get(name) or [])
        changes[f"Add{member}"] = sorted(after - before) or None
        changes[f"Remove{member}"] = sorted(before - after) or None
    if call.inputs.get("privateDnsEnabled") != call.old.get("privateDnsEnabled"):
        changes["PrivateDnsEnabled"] = call.inputs.get("privateDnsEnabled")
    call.aws("modify_vpc_endpoint", VpcEndpointId=call.id, PolicyDocument=call.inputs.get("policy"), **changes)


def _delete_endpoint(call: Call) -> None:
    call.aws("delete_vpc_endpoints", VpcEndpointIds=[call.id])


ENDPOINT: Final = ResourceType(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "EC2 VPC Endpoint",
    "ec2",
    {
        "vpcId": text(required=True, replaces=True),
        "serviceName": text(required=True, replaces=True),
        "vpcEndpointType": text(default="Gateway", replaces=True),
        "policy": document("PolicyDocument", computed=True),
        "routeTableIds": texts(computed=True),
        "subnetIds": texts(computed=True),
        "securityGroupIds": texts(computed=True),
        "privateDnsEnabled": flag(computed=True, unread=True),  # moto does not update it
    },
    _create_endpoint,
    _read_endpoint,
    _update_endpoint,
    _delete_endpoint,
    outputs=("arn", "ownerId", "state"),
    tagging=EC2_TAGS,
)

RESOURCES: Final = (ENDPOINT,)
