"""Policy of a VPC endpoint of the private network, and the permissions that a job needs to run in it.

An endpoint's policy is the only control on an outsider's own credentials inside the network: no SCP binds their
account, no RCP their bucket.

An endpoint policy grants nothing; a request through the endpoint needs its Allow beside all others (Amazon VPC User
Guide, AWS PrivateLink, "Control access to VPC endpoints using endpoint policies"). The statement is that of AWS's own
examples (aws-samples/data-perimeter-policy-examples, `vpc_endpoint_policies/default_endpoint_policy.json`) with the
callers narrowed to two units: a partner is of the organisation, too. There is no statement for service principals:
none calls from this network.
"""

from __future__ import annotations

from typing import Final

from mesh import names
from mesh.iam.perimeter import Perimeter, in_organization, inside_units
from mesh.iam.statement import Document, Statement, document, when

GATEWAY: Final = "s3"
"""The one service that is reached through a gateway endpoint, which costs nothing."""

INTERFACES: Final = ("athena", "events", "glue", "kms", "lakeformation", "logs", "secretsmanager", "sts")
"""Services that jobs of the mesh call besides; each costs by the hour and zone (AWS PrivateLink pricing)."""

SERVICES: Final = (GATEWAY, *INTERFACES)

WITHOUT_AN_OWNER: Final = frozenset({"events", "lakeformation"})
"""Services whose requests are not asked for `aws:ResourceOrgID`: EventBridge may send none
(`mesh.aws.resource_owners`), and no action of Lake Formation has a resource (Service Authorization Reference).
"""


def endpoint_policy(perimeter: Perimeter, service: str) -> Document:
    """Policy of a service's endpoint: callers of domains and governance, on resources of the organisation.

    Of EventBridge, which may not say whose a resource is, jobs need one, and the statement names it: the mesh bus.
    """
    bus = f"arn:aws:events:{perimeter.region}:{perimeter.governance_id}:event-bus/{names.BUS}"
    callers = (in_organization(perimeter), inside_units(perimeter.domains, perimeter.governance))
    ours = when("StringEquals", "aws:ResourceOrgID", perimeter.organization)
    return document(
        Statement(
            sid="MeshReachesItsOwn",
            what="Callers of domains and governance use the service, on resources of the organisation.",
            why=(
                "The one control on a stranger's credentials inside the network: no SCP binds their account, no RCP "
                "their bucket."
            ),
            effect="Allow",
            principal="*",
            actions=(f"{service}:*",),
            resources=(bus,) if service == "events" else ("*",),
            conditions=callers if service in WITHOUT_AN_OWNER else (*callers, ours),
        )
    )


SEE_THE_NETWORK: Final = (
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpoints",
)
JOIN_THE_NETWORK: Final = ("ec2:CreateNetworkInterface", "ec2:CreateTags", "ec2:DeleteNetworkInterface")
"""Actions of Glue and Lambda with a job's role, to run it in a VPC (AWS managed policy `AWSGlueServiceRole`; Lambda
Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC").
"""


def in_the_network(perimeter: Perimeter, account_id: str) -> tuple[Statement, ...]:
    """Permissions of a job to run in the mesh's subnets, and no others: they are the governance account's, and shared.

    The security group and the connection are the domain's own; of connections it sees the one that leads there.
    """
    own, glue = f"arn:aws:ec2:{perimeter.region}:{account_id}", f"arn:aws:glue:{perimeter.region}:{account_id}"
    subnets = f"arn:aws:ec2:{perimeter.region}:{perimeter.governance_id}:subnet/*"
    return (
        Statement(
            sid="JoinTheNetwork",
            what="The job has a network interface made and removed, in the mesh's subnets.",
            why=(
                "Glue and Lambda run in a VPC with the job's role; the subnets are the governance account's, and "
                "shared."
            ),
            effect="Allow",
            actions=("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
            resources=(f"{own}:network-interface/*", f"{own}:security-group/*", subnets),
        ),
        Statement(
            sid="MarkWhatGlueJoined",
            what="The job's network interface is tagged as Glue's.",
            why="Glue tags what it makes, and fails if it may not.",
            effect="Allow",
            actions=("ec2:CreateTags",),
            resources=(f"{own}:network-interface/*",),
            conditions=(when("ForAnyValue:StringEquals", "aws:TagKeys", "aws-glue-service-resource"),),
        ),
        Statement(
            sid="SeeTheNetwork",
            what="The job sees subnets, routes, security groups and endpoints.",
            why="Glue and Lambda look before they join; these actions take no resource.",
            effect="Allow",
            actions=SEE_THE_NETWORK,
            resources=("*",),
        ),
        Statement(
            sid="ReadTheConnection",
            what="The job reads the Glue connection that leads into the network.",
            why="Connections can hold passwords, so it reads no other.",
            effect="Allow",
            actions=("glue:GetConnection",),
            resources=(f"{glue}:catalog", f"{glue}:connection/{names.CONNECTION}"),
        ),
    )
