"""Baseline of an account's jobs: the way into the private network, the bucket of scripts."""

from __future__ import annotations

from typing import Final

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.private_bucket import PrivateBucket, PrivateBucketArgs
from mesh.plan.nodes import JobBaselineArgs

AMONG_WORKERS: Final = "workers of a job"
"""Description of the rules by which they talk to each other."""


class JobBaseline(ComponentResource):
    """Security group, Glue connection and bucket of scripts of an account that has pipelines.

    The account's log bucket and the network's subnet have to exist. Outputs: `connection`, `group_id`,
    `scripts_bucket`.
    """

    def __init__(self, name: str, args: JobBaselineArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:JobBaseline", name, None, opts)
        child = ResourceOptions(parent=self)
        self.group = self._group(name, args)
        self.connection = aws.glue.Connection(
            name,
            name=args.connection,
            description="The mesh's private network",
            connection_type="NETWORK",
            physical_connection_requirements={
                "availability_zone": args.zone,
                "security_group_id_lists": [self.group.id],
                "subnet_id": args.subnet,
            },
            opts=child,
        )
        # What is in it stands in the repository: a bucket of scripts is deleted with them.
        self.scripts = PrivateBucket(
            f"{name}-scripts",
            PrivateBucketArgs(bucket=args.scripts_bucket, deletion_protection=False, log_bucket=args.log_bucket),
            policy=args.scripts_policy.text(),
            opts=child,
        )
        self.register_outputs(
            {
                "connection": self.connection.name,
                "group_id": self.group.id,
                "scripts_bucket": self.scripts.name,
            }
        )

    def _group(self, name: str, args: JobBaselineArgs) -> aws.ec2.SecurityGroup:
        """The group of the account's jobs: they reach each other, and no other account's; the endpoints, and S3.

        Workers of a job talk to each other on any port, so Glue wants a rule of the group to itself (Developer Guide,
        "Setting up Amazon VPC to connect to JDBC data stores over Amazon RDS").
        """
        return aws.ec2.SecurityGroup(
            name,
            name=f"mesh-jobs-of-{args.domain}",
            description="Jobs of the account: each other, endpoints and S3",
            vpc_id=args.perimeter.network,
            ingress=[
                aws.ec2.SecurityGroupIngressArgs(
                    description=AMONG_WORKERS, protocol="tcp", from_port=0, to_port=65535, self=True
                )
            ],
            egress=[
                aws.ec2.SecurityGroupEgressArgs(
                    description=AMONG_WORKERS, protocol="tcp", from_port=0, to_port=65535, self=True
                ),
                # S3 has public addresses, behind the network's gateway endpoint; no route leads anywhere else.
                aws.ec2.SecurityGroupEgressArgs(
                    description="AWS", protocol="tcp", from_port=443, to_port=443, cidr_blocks=["0.0.0.0/0"]
                ),
            ],
            opts=ResourceOptions(parent=self),
        )
