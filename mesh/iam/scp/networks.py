"""Part of the SCP against exfiltration: jobs run in a private network, and no network leads out."""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.perimeter import Perimeter, caller_is_not, deploy_roles
from mesh.iam.statement import Statement, when

COMPUTE: Final = (
    ("Glue", "a job of Glue", ("glue:CreateJob", "glue:UpdateJob"), "glue:VpcIds"),
    (
        "Lambda",
        "a function of Lambda",
        ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"),
        "lambda:VpcIds",
    ),
)
"""Of each service that runs code: its name in a Sid, what it runs, the actions that set it up, the key with its VPC."""


def compute_in_a_network() -> tuple[Statement, ...]:
    """Statements about jobs: outside a VPC they could post data anywhere, and IAM does not see plain HTTPS (I8)."""
    return tuple(
        Statement(
            sid=f"Refuse{service}OutsideANetwork",
            what=f"Nobody sets up {job} outside a VPC.",
            why="Outside a VPC it can post data to any address, and IAM does not see plain HTTPS.",
            actions=actions,
            resources=("*",),
            conditions=(when("Null", key, "true"),),
        )
        for service, job, actions, key in COMPUTE
    )


NETWORKS: Final = (
    "ec2:AssociateRouteTable",
    "ec2:CreateNetworkAcl*",
    "ec2:CreateRoute*",
    "ec2:CreateSubnet",
    "ec2:CreateVpc",
    "ec2:DeleteNetworkAcl*",
    "ec2:DeleteRoute*",
    "ec2:DeleteSubnet",
    "ec2:DeleteVpc",
    "ec2:DisassociateRouteTable",
    "ec2:ModifySubnetAttribute",
    "ec2:ModifyVpcAttribute",
    "ec2:ReplaceNetworkAcl*",
    "ec2:ReplaceRoute*",
)
"""Actions that make or change networks, their routes and access lists."""

SECURITY_GROUPS: Final = (
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateSecurityGroup",
    "ec2:DeleteSecurityGroup",
    "ec2:ModifySecurityGroupRules",
    "ec2:RevokeSecurityGroup*",
)
"""Actions that open a security group, or close it: governance's own lets every domain reach the endpoints."""

ENDPOINTS: Final = (
    "ec2:CreateVpcEndpoint",
    "ec2:DeleteVpcEndpoints",
    "ec2:ModifyVpcEndpoint",
)


def networks_without_a_way_out(perimeter: Perimeter, *, governs: bool) -> tuple[Statement, ...]:
    """Statements about networks: the deployment of governance alone makes them; `governs` in the unit that has it.

    A gateway, a peering, a VPN or another way out nobody makes: no allow list has it. The declarative policy stops
    traffic at internet gateways; this is the second line (EC2 Developer Guide and VPC User Guide).
    """
    but_governance = (caller_is_not(names.deploy_role(perimeter.governance_id)),) if governs else ()
    return (
        Statement(
            sid="RefuseOtherEndpoints",
            what="Only the deployment of governance makes or changes VPC endpoints.",
            why="Through an endpoint without the mesh's policy a stranger's credentials reach a stranger's bucket.",
            but="The deployment of governance makes the endpoints of the one network." if governs else "",
            actions=ENDPOINTS,
            resources=("*",),
            conditions=but_governance,
        ),
        Statement(
            sid="RefuseOtherNetworks",
            what="Only the deployment of governance makes or changes networks, routes and access lists.",
            why="A job runs in the mesh's network or in one that somebody made; a route leads where its maker wants.",
            but="The deployment of governance makes the one network, whose subnets it shares." if governs else "",
            actions=NETWORKS,
            resources=("*",),
            conditions=but_governance,
        ),
        Statement(
            sid="RefuseOtherSecurityGroups",
            what="Only deployments make and delete security groups, or change their rules.",
            why="A rule says from where and to where a job in the network speaks.",
            but="A domain's stack makes the group of its jobs; no rule reaches beyond the network.",
            actions=SECURITY_GROUPS,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
    )
