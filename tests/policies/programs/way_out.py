"""A network with a way to the internet; its id only the update knows."""

from __future__ import annotations

import pulumi_aws as aws

from tests.policies.programs.written_account import in_account


def program() -> None:
    """Declares the network and the gateway."""
    opts = in_account()
    network = aws.ec2.Vpc("jobs", cidr_block="10.1.0.0/16", opts=opts)
    aws.ec2.InternetGateway("jobs", vpc_id=network.id, opts=opts)
