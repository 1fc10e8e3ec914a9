"""A connection of Glue with the password of a database in it, which is a secret only in Pulumi's state."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from tests.policies.programs.written_account import in_account


def program() -> None:
    """Declares the connection, in a network whose id only the update knows."""
    opts = in_account()
    group = aws.ec2.SecurityGroup("shop", vpc_id="vpc-0a1b2c3d", description="Jobs of the shop", opts=opts)
    aws.glue.Connection(
        "shop",
        name="shop",
        connection_type="JDBC",
        connection_properties={
            "JDBC_CONNECTION_URL": "jdbc:postgresql://shop.example.internal/shop",
            "USERNAME": "reader",
            "PASSWORD": pulumi.Output.secret("correct-horse"),
        },
        physical_connection_requirements={
            "availability_zone": "eu-west-1a",
            "security_group_id_lists": [group.id],
            "subnet_id": "subnet-0a1b2c3d",
        },
        opts=opts,
    )
