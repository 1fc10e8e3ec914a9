"""Rules on the internet: no network of the mesh has a way there, and nothing of the mesh can be reached from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

from mesh_guardrails.document_reading import texts
from mesh_guardrails.nested import values_at
from mesh_guardrails.rule import RegisteredResource, Rule, StackRule
from mesh_guardrails.type_tokens import token, tokens

WAYS_OUT: Final = tokens(
    "directconnect/connection",
    "directconnect/gateway",
    "ec2/carrierGateway",
    "ec2/customerGateway",
    "ec2/defaultSubnet",
    "ec2/defaultVpc",
    "ec2/egressOnlyInternetGateway",
    "ec2/eip",
    "ec2/eipAssociation",
    "ec2/internetGateway",
    "ec2/internetGatewayAttachment",
    "ec2/natGateway",
    "ec2/peeringConnectionOptions",
    "ec2/vpcPeeringConnection",
    "ec2/vpcPeeringConnectionAccepter",
    "ec2/vpnConnection",
    "ec2/vpnGateway",
    "ec2/vpnGatewayAttachment",
    "ec2clientvpn/endpoint",
    "ec2transitgateway/connect",
    "ec2transitgateway/peeringAttachment",
    "ec2transitgateway/peeringAttachmentAccepter",
    "ec2transitgateway/transitGateway",
    "ec2transitgateway/vpcAttachment",
    "ec2transitgateway/vpcAttachmentAccepter",
    "networkmanager/coreNetwork",
    "networkmanager/vpcAttachment",
)
_ROUTE: Final = token("ec2/route")
_ROUTE_TABLE: Final = tokens("ec2/routeTable", "ec2/defaultRouteTable")
_HOPS: Final = (
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "gatewayId",
    "instanceId",
    "localGatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "odbNetworkArn",
    "transitGatewayId",
    "vpcPeeringConnectionId",
)

_OPEN_WHEN: Final[dict[str, tuple[str, tuple[Any, ...]]]] = {
    token("dms/replicationInstance"): ("publiclyAccessible", (True,)),
    token("docdb/clusterInstance"): ("publiclyAccessible", (True,)),
    token("ec2/instance"): ("associatePublicIpAddress", (True,)),
    token("ec2/launchConfiguration"): ("associatePublicIpAddress", (True,)),
    token("ec2/launchTemplate"): ("networkInterfaces.associatePublicIpAddress", (True, "true")),
    token("ec2/spotInstanceRequest"): ("associatePublicIpAddress", (True,)),
    token("ec2/subnet"): ("mapPublicIpOnLaunch", (True,)),
    token("ecs/service"): ("networkConfiguration.assignPublicIp", (True,)),
    token("ecs/taskSet"): ("networkConfiguration.assignPublicIp", (True,)),
    token("eks/cluster"): ("vpcConfig.endpointPublicAccess", (True, None)),
    token("elb/loadBalancer"): ("internal", (False, None)),
    token("lb/loadBalancer"): ("internal", (False, None)),
    token("alb/loadBalancer"): ("internal", (False, None)),
    token("mq/broker"): ("publiclyAccessible", (True,)),
    token("msk/cluster"): (
        "brokerNodeGroupInfo.connectivityInfo.publicAccess.type",
        ("SERVICE_PROVIDED_EIPS",),
    ),
    token("mwaa/environment"): ("webserverAccessMode", ("PUBLIC_ONLY",)),
    token("neptune/clusterInstance"): ("publiclyAccessible", (True,)),
    token("opensearch/domain"): ("vpcOptions", (None,)),
    token("elasticsearch/domain"): ("vpcOptions", (None,)),
    token("rds/clusterInstance"): ("publiclyAccessible", (True,)),
    token("rds/instance"): ("publiclyAccessible", (True,)),
    token("redshift/cluster"): ("publiclyAccessible", (True,)),
    token("redshiftserverless/workgroup"): ("publiclyAccessible", (True,)),
    token("sagemaker/domain"): ("appNetworkAccessType", ("PublicInternetOnly", None)),
    token("sagemaker/notebookInstance"): ("directInternetAccess", ("Enabled", None)),
    token("transfer/server"): ("endpointType", ("PUBLIC", None)),
}
"""Where a resource says that the internet reaches it; None stands for a value that is left out, and its default."""

_GROUP_RULE: Final = token("ec2/securityGroupRule")
_INGRESS_RULE: Final = token("vpc/securityGroupIngressRule")
_GROUPS: Final = tokens("ec2/securityGroup", "ec2/defaultSecurityGroup")
_RANGES: Final = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")
_PRIVATE: Final = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))
"""Networks that the internet routes to nobody (RFC 1918, 6598 and 4193)."""

WEBSITES: Final = tokens(
    "amplify/app",
    "apprunner/service",
    "cloudfront/distribution",
    "cloudfront/multitenantDistribution",
    "globalaccelerator/accelerator",
    "globalaccelerator/customRoutingAccelerator",
    "lightsail/bucket",
    "lightsail/containerService",
    "lightsail/distribution",
    "lightsail/instance",
    "lightsail/lb",
    "transfer/webApp",
)
_NOBODY_ASKED: Final[dict[str, tuple[str, tuple[Any, ...]]]] = {
    token("apigateway/method"): ("authorization", ("NONE", None)),
    token("apigatewayv2/route"): ("authorizationType", ("NONE", None)),
    token("appsync/graphQLApi"): ("authenticationType", ("API_KEY",)),
    token("cognito/identityPool"): ("allowUnauthenticatedIdentities", (True,)),
}


def way_out(resource: RegisteredResource) -> Iterator[str]:
    """Messages on what joins a network of the mesh with the internet, or with a network that is not the mesh's."""
    if resource.type in WAYS_OUT:
        yield (
            f"'{resource.name}' ({resource.type}) joins a network with others; leave it out, and reach AWS's services "
            "through VPC endpoints"
        )
        return
    routes: Sequence[Mapping[str, Any]] = (
        (resource.props,) if resource.type == _ROUTE else resource.props.get("routes") or ()
    )
    for route in routes:
        for hop in _HOPS:
            # `local` is the network itself; an S3 gateway endpoint routes by `vpcEndpointId`.
            if (via := route.get(hop)) and via != "local":
                yield f"'{resource.name}' has a route by {hop}; leave it out, the mesh's networks have no way out"


def public_address(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a resource that the internet can reach."""
    place, found = _OPEN_WHEN[resource.type]
    if any(value in found for value in values_at(resource.props, place)):
        yield f"the internet reaches '{resource.name}': {place} is open, or left out; keep it in the private network"


def open_ingress(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a security group that lets in who is not in a private network."""
    props = resource.props
    if resource.type in _GROUPS:
        rules: Sequence[Mapping[str, Any]] = props.get("ingress") or ()
    else:
        rules = (props,) if resource.type == _INGRESS_RULE or props.get("type") == "ingress" else ()
    for rule in rules:
        ranges = [one for key in _RANGES for one in texts(rule.get(key)) if not _is_private(one)]
        # Nobody sees here what is in a list of prefixes, or who adds to it tomorrow.
        lists = [one for key in ("prefixListIds", "prefixListId") for one in texts(rule.get(key))]
        for each in (*ranges, *lists):
            yield f"'{resource.name}' lets {each} in; name a security group, or a range of the private network"


def website(resource: RegisteredResource) -> Iterator[str]:
    """Messages on what serves everybody's browser, unless it is switched off."""
    if resource.props.get("enabled") is not False:
        yield f"'{resource.name}' ({resource.type}) serves the internet; leave it out, data is read through Athena"


def nobody_asked(resource: RegisteredResource) -> Iterator[str]:
    """Messages on an interface that does not ask who calls."""
    place, found = _NOBODY_ASKED[resource.type]
    if resource.props.get("httpMethod") == "OPTIONS":
        return
    if resource.props.get(place) in found:
        yield f"'{resource.name}' does not ask who calls; set {place} to AWS_IAM, or to an authorizer"


def _is_private(written: str) -> bool:
    try:
        network = ip_network(written, strict=False)
    except ValueError:
        return True
    return any(_is_within(network, private) for private in _PRIVATE)


def _is_within(network: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(other, IPv4Network):
        return network.subnet_of(other)
    return isinstance(network, IPv6Network) and isinstance(other, IPv6Network) and network.subnet_of(other)


RULES: Final = (
    Rule(
        name="no-way-to-the-internet",
        theme="perimeter",
        severity="critical",
        description="No network of the mesh has a gateway, a peer or a route to another.",
        check=way_out,
        types=frozenset({*WAYS_OUT, *_ROUTE_TABLE, _ROUTE}),
        equivalents=(
            "checkov:CKV_AWS_148",
            "checkov:CKV2_AWS_44",
            "checkov:CKV_AWS_331",
            "prowler:vpc_peering_routing_tables_with_least_privilege",
            "fsbp:EC2.23",
        ),
    ),
    Rule(
        name="no-public-address",
        theme="perimeter",
        severity="critical",
        description="Nothing of the mesh has an address that the internet reaches.",
        check=public_address,
        types=frozenset(_OPEN_WHEN),
        equivalents=(
            "checkov:CKV_AWS_17",
            "checkov:CKV_AWS_38",
            "checkov:CKV_AWS_39",
            "checkov:CKV_AWS_69",
            "checkov:CKV_AWS_88",
            "checkov:CKV_AWS_89",
            "checkov:CKV_AWS_122",
            "checkov:CKV_AWS_130",
            "checkov:CKV_AWS_164",
            "checkov:CKV_AWS_333",
            "prowler:ec2_instance_public_ip",
            "prowler:vpc_subnet_no_public_ip_by_default",
            "prowler:rds_instance_no_public_access",
            "fsbp:EC2.9",
            "fsbp:EC2.15",
            "fsbp:RDS.2",
            "fsbp:Redshift.1",
        ),
    ),
    Rule(
        name="no-ingress-from-outside",
        theme="perimeter",
        severity="critical",
        description="Security groups let in private networks only.",
        check=open_ingress,
        types=frozenset({*_GROUPS, _GROUP_RULE, _INGRESS_RULE}),
        equivalents=(
            "checkov:CKV_AWS_24",
            "checkov:CKV_AWS_25",
            "checkov:CKV_AWS_260",
            "checkov:CKV_AWS_277",
            "prowler:ec2_securitygroup_allow_ingress_from_internet_to_any_port",
            "fsbp:EC2.18",
            "fsbp:EC2.19",
        ),
    ),
    Rule(
        name="no-website",
        theme="perimeter",
        severity="critical",
        description="Nothing of the mesh serves everybody's browser.",
        check=website,
        types=WEBSITES,
    ),
    Rule(
        name="interface-asks-who-calls",
        theme="perimeter",
        severity="critical",
        description="An interface of the mesh asks who calls.",
        check=nobody_asked,
        types=frozenset(_NOBODY_ASKED),
        equivalents=(
            "checkov:CKV_AWS_59",
            "checkov:CKV_AWS_309",
            "checkov:CKV_AWS_366",
            "prowler:apigateway_restapi_authorizers_enabled",
            "prowler:cognito_identity_pool_guest_access_disabled",
            "fsbp:APIGateway.8",
        ),
    ),
)
STACK_RULES: Final[tuple[StackRule, ...]] = ()
