"""Subnets of the emulated network: the ids that `accounts.yaml` gives to its zones."""

from __future__ import annotations

import dataclasses

from sandbox.emulator.emulated_organization import EmulatedOrganization
from tests.sandbox.emulator.provider_harness import GOVERNANCE, IDS, REGION


def test_a_subnet_of_the_network_has_the_id_of_its_zone_and_every_other_one_a_new_id() -> None:
    ids = dataclasses.replace(IDS, network="vpc-0a1b", subnets={f"{REGION}a": "subnet-0a1b"})
    with EmulatedOrganization(ids, REGION) as organization:
        organization.ensure_account("governance")
        ec2 = organization.client("ec2", GOVERNANCE)
        vpc = ec2.create_vpc(CidrBlock="10.64.0.0/16")["Vpc"]["VpcId"]
        other = ec2.create_vpc(CidrBlock="10.65.0.0/16")["Vpc"]["VpcId"]

        def subnet(of: str, cidr: str, zone: str) -> str:
            made = ec2.create_subnet(VpcId=of, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}")
            return str(made["Subnet"]["SubnetId"])

        assert vpc == "vpc-0a1b"
        assert subnet(other, "10.65.0.0/24", "a") != "subnet-0a1b"
        assert subnet(vpc, "10.64.0.0/24", "b") != "subnet-0a1b"
        assert subnet(vpc, "10.64.1.0/24", "a") == "subnet-0a1b"
        assert subnet(vpc, "10.64.2.0/24", "a") != "subnet-0a1b"
