"""EC2 networks: VPCs, subnets, routes, security groups and endpoints."""

from __future__ import annotations

from typing import Any, Final

from sandbox.emulator.aws.fields import PropertyValues, flag, many, number, text, texts
from sandbox.emulator.aws.resource import Call, IdAndOutputs, ResourceType, Tagging


class Ec2Tags(Tagging):
    """The tags of an EC2 resource: by id, for several resources at once, removed by pairs."""

    __slots__ = ()

    def update(self, call: Call) -> None:
        """Bring the tags in AWS from those of the state to those of the call."""
        before: dict[str, str] = call.state.get("tagsAll") or {}
        if surplus := sorted(set(before) - set(call.tags)):
            call.aws("delete_tags", Resources=[call.id], Tags=[{"Key": key} for key in surplus])
        if call.tags:
            call.aws("create_tags", Resources=[call.id], Tags=call.tag_list())

    def read(self, call: Call) -> dict[str, str]:
        """The tags that AWS holds."""
        tags = call.pages("describe_tags", "Tags", Filters=_by("resource-id", call.id))
        return {tag["Key"]: tag["Value"] for tag in tags}


EC2_TAGS: Final = Ec2Tags("create_tags", "delete_tags", "describe_tags")


def _by(name: str, value: str) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": [value]}]


def owned(call: Call, kind: str) -> PropertyValues:
    """The outputs that every resource of EC2 has."""
    return {"arn": call.arn("ec2", f"{kind}/{call.id}"), "ownerId": call.account}


# --- networks ----------------------------------------------------------------------------------------------

_DNS: Final = {"enableDnsSupport": "EnableDnsSupport", "enableDnsHostnames": "EnableDnsHostnames"}


def _create_vpc(call: Call) -> IdAndOutputs:
    call.id = call.aws("create_vpc", **call.request(without=tuple(_DNS)))["Vpc"]["VpcId"]
    EC2_TAGS.update(call)
    _put_dns(call)
    return call.id, {"enableDnsHostnames": False, **_vpc_outputs(call)}


def _put_dns(call: Call) -> None:
    settled = {**call.resource.defaults, **call.inputs}
    for name, attribute in _DNS.items():  # AWS takes one attribute a call
        value = settled.get(name, bool(call.state.get(name)))
        call.aws("modify_vpc_attribute", VpcId=call.id, **{attribute: {"Value": value}})


def _update_vpc(call: Call) -> None:
    tenancy = call.inputs.get("instanceTenancy", "default")
    if tenancy != call.old.get("instanceTenancy", "default"):
        call.aws("modify_vpc_tenancy", VpcId=call.id, InstanceTenancy=tenancy)
    _put_dns(call)


def _vpc_outputs(call: Call) -> PropertyValues:
    routes = call.pages("describe_route_tables", "RouteTables", Filters=_by("vpc-id", call.id))
    main = next(t["RouteTableId"] for t in routes if any(a.get("Main") for a in t["Associations"]))
    groups = {"defaultSecurityGroupId": _default_group(call, call.id)["GroupId"]}
    (access,) = (one for one in access_lists(call, call.id) if one["IsDefault"])
    tables = {"defaultRouteTableId": main, "mainRouteTableId": main, "defaultNetworkAclId": access["NetworkAclId"]}
    return {**owned(call, "vpc"), **groups, **tables}


def access_lists(call: Call, vpc: str) -> list[PropertyValues]:
    """The network access lists of a network."""
    return list(call.pages("describe_network_acls", "NetworkAcls", Filters=_by("vpc-id", vpc)))


def _default_group(call: Call, vpc: str) -> PropertyValues:
    groups = call.pages("describe_security_groups", "SecurityGroups", Filters=_by("vpc-id", vpc))
    default: PropertyValues = next(group for group in groups if group["GroupName"] == "default")
    return default


def _read_vpc(call: Call) -> PropertyValues:
    (vpc,) = call.aws("describe_vpcs", VpcIds=[call.id])["Vpcs"]
    dns = {
        name: call.aws("describe_vpc_attribute", VpcId=call.id, Attribute=name)[attribute]["Value"]
        for name, attribute in _DNS.items()
    }
    return {**call.properties(vpc, without=tuple(_DNS)), **dns, **_vpc_outputs(call)}


def _delete_vpc(call: Call) -> None:
    call.aws("delete_vpc", VpcId=call.id)


VPC: Final = ResourceType(
    "aws:ec2/vpc:Vpc",
    "EC2 VPC",
    "ec2",
    {
        "cidrBlock": text(required=True, replaces=True),
        "instanceTenancy": text(default="default", replaces=True, keeps=(("dedicated", "default"),)),
        "enableDnsSupport": flag(default=True),
        "enableDnsHostnames": flag(computed=True),
    },
    _create_vpc,
    _read_vpc,
    _update_vpc,
    _delete_vpc,
    outputs=(
        "arn",
        "ownerId",
        "defaultNetworkAclId",
        "defaultSecurityGroupId",
        "defaultRouteTableId",
        "mainRouteTableId",
    ),
    tagging=EC2_TAGS,
)


def _create_subnet(call: Call) -> IdAndOutputs:
    call.id = call.aws("create_subnet", **call.request(without=("mapPublicIpOnLaunch",)))["Subnet"]["SubnetId"]
    EC2_TAGS.update(call)
    _put_public_ips(call)
    return call.id, owned(call, "subnet")


def _put_public_ips(call: Call) -> None:
    value = call.inputs.get("mapPublicIpOnLaunch", False)
    call.aws("modify_subnet_attribute", SubnetId=call.id, MapPublicIpOnLaunch={"Value": value})


def _read_subnet(call: Call) -> PropertyValues:
    (subnet,) = call.aws("describe_subnets", SubnetIds=[call.id])["Subnets"]
    return {**call.properties(subnet), **owned(call, "subnet")}


def _delete_subnet(call: Call) -> None:
    call.aws("delete_subnet", SubnetId=call.id)


SUBNET: Final = ResourceType(
    "aws:ec2/subnet:Subnet",
    "EC2 Subnet",
    "ec2",
    {
        "vpcId": text(required=True, replaces=True),
        "cidrBlock": text(required=True, replaces=True),
        "availabilityZone": text(replaces=True, computed=True),
        "mapPublicIpOnLaunch": flag(default=False),
    },
    _create_subnet,
    _read_subnet,
    _put_public_ips,
    _delete_subnet,
    outputs=("arn", "ownerId"),
    tagging=EC2_TAGS,
)

# --- routes ------------------------------------------------------------------------------------------------


def _create_routes(call: Call) -> IdAndOutputs:
    call.id = call.aws("create_route_table", **call.request())["RouteTable"]["RouteTableId"]
    EC2_TAGS.update(call)
    return call.id, owned(call, "route-table")


def _read_routes(call: Call) -> PropertyValues:
    (table,) = call.aws("describe_route_tables", RouteTableIds=[call.id])["RouteTables"]
    return {**call.properties(table), **owned(call, "route-table")}


def only_tags(_: Call) -> None:
    """Update nothing but the tags: routes, and rules of the default group, are not properties of the resource."""


def _delete_routes(call: Call) -> None:
    call.aws("delete_route_table", RouteTableId=call.id)


ROUTE_TABLE: Final = ResourceType(
    "aws:ec2/routeTable:RouteTable",
    "EC2 Route Table",
    "ec2",
    {"vpcId": text(required=True, replaces=True)},
    _create_routes,
    _read_routes,
    only_tags,
    _delete_routes,
    outputs=("arn", "ownerId"),
    tagging=EC2_TAGS,
)


def _associate(call: Call) -> IdAndOutputs:
    call.id = call.aws("associate_route_table", **call.request())["AssociationId"]
    return call.id, {}


def _read_association(call: Call) -> PropertyValues | None:
    filters = _by("association.route-table-association-id", call.id)
    tables = call.pages("describe_route_tables", "RouteTables", Filters=filters)
    associations = (association for table in tables for association in table["Associations"])
    association = next((a for a in associations if a["RouteTableAssociationId"] == call.id), None)
    return None if association is None else call.properties(association)


def _dissociate(call: Call) -> None:
    call.aws("disassociate_route_table", AssociationId=call.id)


ASSOCIATION: Final = ResourceType(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "EC2 Route Table Association",
    "ec2",
    {"subnetId": text(required=True, replaces=True), "routeTableId": text(required=True, replaces=True)},
    _associate,
    _read_association,
    None,
    _dissociate,
)

# --- security groups ---------------------------------------------------------------------------------------

_RULE: Final = {
    "description": text(),
    "protocol": text(required=True),
    "fromPort": number(required=True),
    "toPort": number(required=True),
    "cidrBlocks": texts(),
    "self": flag(default=False),
}
_DIRECTIONS: Final = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}


def _create_group(call: Call) -> IdAndOutputs:
    request = call.request(without=tuple(_DIRECTIONS))
    call.id = call.aws("create_security_group", **request)["GroupId"]
    EC2_TAGS.update(call)
    _revoke_all(call, _group(call), "IpPermissionsEgress", "egress")
    _put_rules(call)
    return call.id, {"ingress": [], "egress": [], **owned(call, "security-group")}


def _group(call: Call) -> PropertyValues:
    groups: list[PropertyValues] = call.aws("describe_security_groups", GroupIds=[call.id])["SecurityGroups"]
    return groups[0]


def _revoke_all(call: Call, group: PropertyValues, member: str, direction: str) -> None:
    """Revoke every rule: the provider keeps none but its inputs, not even the one to anywhere of a new group."""
    permissions: list[Any] = group[member]
    if permissions:
        call.aws(f"revoke_security_group_{direction}", GroupId=call.id, IpPermissions=permissions)


def _put_rules(call: Call) -> None:
    for direction, member in _DIRECTIONS.items():
        if direction in call.inputs:
            _revoke_all(call, _group(call), member, direction)
            permissions = [_permission(call, rule) for rule in call.inputs[direction]]
            if permissions:
                call.aws(f"authorize_security_group_{direction}", GroupId=call.id, IpPermissions=permissions)


def _permission(call: Call, rule: PropertyValues) -> PropertyValues:
    description = {"Description": rule["description"]} if "description" in rule else {}
    blocks: list[str] = rule.get("cidrBlocks") or []
    ranges = [{"CidrIp": cidr, **description} for cidr in blocks]
    themselves = [{"GroupId": call.id, **description}] if rule.get("self") else []
    return {
        "IpProtocol": rule["protocol"],
        "FromPort": rule["fromPort"],
        "ToPort": rule["toPort"],
        "IpRanges": ranges,
        "UserIdGroupPairs": themselves,
    }


def _read_group(call: Call) -> PropertyValues:
    group = _group(call)
    rules = {direction: [_rule(each) for each in group[member]] for direction, member in _DIRECTIONS.items()}
    known = {"name": group["GroupName"], "description": group["Description"], "vpcId": group["VpcId"]}
    return {**known, **rules, **owned(call, "security-group")}


def _rule(permission: PropertyValues) -> PropertyValues:
    ranges: list[PropertyValues] = permission["IpRanges"]
    groups: list[PropertyValues] = permission.get("UserIdGroupPairs") or []
    descriptions = [item["Description"] for item in (*ranges, *groups) if item.get("Description")]
    rule = {
        "protocol": permission["IpProtocol"],
        "fromPort": permission.get("FromPort", 0),
        "toPort": permission.get("ToPort", 0),
    }
    # AWS has a description on each range, the provider one on the rule.
    description = {"description": descriptions[0]} if descriptions else {}
    blocks = [item["CidrIp"] for item in ranges]
    return {**description, **rule, **({"cidrBlocks": blocks} if blocks else {}), **({"self": True} if groups else {})}


def _delete_group(call: Call) -> None:
    call.aws("delete_security_group", GroupId=call.id)


GROUP: Final = ResourceType(
    "aws:ec2/securityGroup:SecurityGroup",
    "EC2 Security Group",
    "ec2",
    {
        "name": text("GroupName", required=True, replaces=True),
        "description": text(required=True, replaces=True),
        "vpcId": text(required=True, replaces=True),
        "ingress": many(_RULE, unordered=True, by_hand=True, computed=True),
        "egress": many(_RULE, unordered=True, by_hand=True, computed=True),
    },
    _create_group,
    _read_group,
    _put_rules,
    _delete_group,
    outputs=("arn", "ownerId"),
    name="name",
    tagging=EC2_TAGS,
)


def _adopt_default(call: Call) -> IdAndOutputs:
    """Adopt the default group that AWS made with the network, and revoke its rules, as the provider does."""
    call.id = _default_group(call, call.inputs["vpcId"])["GroupId"]
    EC2_TAGS.update(call)
    group = _group(call)
    _revoke_all(call, group, "IpPermissions", "ingress")
    _revoke_all(call, group, "IpPermissionsEgress", "egress")
    return call.id, {**owned(call, "security-group"), "name": "default"}


def _read_default(call: Call) -> PropertyValues:
    group = _group(call)
    return {"vpcId": group["VpcId"], "name": group["GroupName"], **owned(call, "security-group")}


DEFAULT_GROUP: Final = ResourceType(
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "EC2 Default Security Group",
    "ec2",
    {"vpcId": text(required=True, replaces=True)},
    _adopt_default,
    _read_default,
    only_tags,
    outputs=("arn", "ownerId", "name"),
    tagging=EC2_TAGS,
)

RESOURCES: Final = (VPC, SUBNET, ROUTE_TABLE, ASSOCIATION, GROUP, DEFAULT_GROUP)
