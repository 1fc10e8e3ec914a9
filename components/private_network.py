"""Private network of the mesh: subnets without a way out, and the VPC endpoints through which jobs reach AWS."""

from __future__ import annotations

from typing import Any

import pulumi_aws as aws
from pulumi import ComponentResource, Output, ResourceOptions

from mesh.iam import network
from mesh.plan.nodes import NetworkArgs


class PrivateNetwork(ComponentResource):
    """The network, one a mesh, in the governance account, shared with the domains.

    Outputs: `vpc_id`, `subnet_ids`, `group_id` (the security group of governance's functions). No other component but
    that of jobs uses `pulumi_aws.ec2`, which takes as long to import as all else together.
    """

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:PrivateNetwork", name, None, opts)
        self._name, self._args = name, args
        self.vpc = aws.ec2.Vpc(
            name,
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": name},
            opts=ResourceOptions(parent=self),
        )
        # Without rules here, the provider removes AWS's own from the default group: it then admits nothing.
        aws.ec2.DefaultSecurityGroup(name, vpc_id=self.vpc.id, opts=ResourceOptions(parent=self))
        self.routes = aws.ec2.RouteTable(name, vpc_id=self.vpc.id, opts=ResourceOptions(parent=self))
        self.subnets = [self._subnet(zone, cidr) for zone, cidr in args.subnets.items()]
        self._access_lists()
        self._endpoints()
        self._share()
        self.group_id = self._functions().id
        self.vpc_id = self.vpc.id
        self.subnet_ids = Output.all(*(subnet.id for subnet in self.subnets))
        self.register_outputs({"vpc_id": self.vpc_id, "subnet_ids": self.subnet_ids, "group_id": self.group_id})

    def _subnet(self, zone: str, cidr: str) -> aws.ec2.Subnet:
        """A subnet, whose routes lead to the network itself and, through the gateway endpoint, to S3."""
        subnet = aws.ec2.Subnet(
            zone,
            vpc_id=self.vpc.id,
            availability_zone=zone,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            tags={"Name": f"{self._name}-{zone}"},
            opts=ResourceOptions(parent=self),
        )
        aws.ec2.RouteTableAssociation(
            zone, subnet_id=subnet.id, route_table_id=self.routes.id, opts=ResourceOptions(parent=self)
        )
        return subnet

    def _access_lists(self) -> None:
        """The access list of the subnets; the default one, which AWS makes and which admits everything, is emptied."""
        own, anywhere = self._args.cidr, "0.0.0.0/0"
        # S3 answers from public addresses, through the gateway endpoint, to a port of the caller's choice. Lambda takes
        # any from 1024 on (VPC guide, "Ephemeral ports"); the two ranges leave out that of remote desktops, 3389.
        access_list = aws.ec2.NetworkAcl(
            self._name,
            vpc_id=self.vpc.id,
            subnet_ids=[subnet.id for subnet in self.subnets],
            ingress=[
                aws.ec2.NetworkAclIngressArgs(**_entry(100, own, "-1", 0, 0)),
                aws.ec2.NetworkAclIngressArgs(**_entry(200, anywhere, "tcp", 1024, 3388)),
                aws.ec2.NetworkAclIngressArgs(**_entry(210, anywhere, "tcp", 3390, 65535)),
            ],
            egress=[
                aws.ec2.NetworkAclEgressArgs(**_entry(100, own, "-1", 0, 0)),
                aws.ec2.NetworkAclEgressArgs(**_entry(200, anywhere, "tcp", 443, 443)),
            ],
            opts=ResourceOptions(parent=self),
        )
        # After the other has taken the subnets: in between nothing would pass.
        aws.ec2.DefaultNetworkAcl(
            self._name,
            default_network_acl_id=self.vpc.default_network_acl_id,
            opts=ResourceOptions(parent=self, depends_on=[access_list]),
        )

    def _endpoints(self) -> None:
        """The VPC endpoints, and their security group."""
        group = aws.ec2.SecurityGroup(
            "endpoints",
            name=f"{self._name}-endpoints",
            description="HTTPS from the network to the endpoints of AWS services",
            vpc_id=self.vpc.id,
            ingress=[
                aws.ec2.SecurityGroupIngressArgs(
                    description="jobs", protocol="tcp", from_port=443, to_port=443, cidr_blocks=[self._args.cidr]
                )
            ],
            opts=ResourceOptions(parent=self),
        )
        subnet_ids = [subnet.id for subnet in self.subnets]
        for service, policy in self._args.endpoints.items():
            gateway = service == network.GATEWAY
            aws.ec2.VpcEndpoint(
                service,
                vpc_id=self.vpc.id,
                service_name=self._args.service_name(service),
                vpc_endpoint_type="Gateway" if gateway else "Interface",
                policy=policy.text(),
                route_table_ids=[self.routes.id] if gateway else None,
                subnet_ids=None if gateway else subnet_ids,
                security_group_ids=None if gateway else [group.id],
                # Jobs find the endpoint under the service's ordinary name.
                private_dns_enabled=None if gateway else True,
                opts=ResourceOptions(parent=self),
            )

    def _functions(self) -> aws.ec2.SecurityGroup:
        """The security group of functions: nobody calls them there, and they call AWS's services."""
        return aws.ec2.SecurityGroup(
            "functions",
            name=f"{self._name}-functions",
            description="HTTPS from functions to the endpoints of AWS services",
            vpc_id=self.vpc.id,
            egress=[
                aws.ec2.SecurityGroupEgressArgs(
                    # S3 has public addresses, to which the routes know no way but the gateway endpoint.
                    description="AWS services",
                    protocol="tcp",
                    from_port=443,
                    to_port=443,
                    cidr_blocks=["0.0.0.0/0"],
                )
            ],
            opts=ResourceOptions(parent=self),
        )

    def _share(self) -> None:
        """The share of the subnets with the domains unit, never with a partner."""
        # RAM shares subnets within an organisation only.
        share = aws.ram.ResourceShare(
            self._name,
            name=f"mesh-{self._name}",
            allow_external_principals=False,
            opts=ResourceOptions(parent=self),
        )
        for zone, subnet in zip(self._args.subnets, self.subnets, strict=True):
            aws.ram.ResourceAssociation(
                zone, resource_share_arn=share.arn, resource_arn=subnet.arn, opts=ResourceOptions(parent=self)
            )
        aws.ram.PrincipalAssociation(
            "domains",
            resource_share_arn=share.arn,
            principal=self._args.perimeter.domains_unit_arn,
            opts=ResourceOptions(parent=self),
        )


def _entry(number: int, cidr: str, protocol: str, first: int, last: int) -> dict[str, Any]:
    """An entry of an access list that lets pass."""
    return {
        "rule_no": number,
        "action": "allow",
        "cidr_block": cidr,
        "protocol": protocol,
        "from_port": first,
        "to_port": last,
    }
