"""The private network as the Plan has it, and what EC2 is held to everywhere."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
from pathlib import Path

from mesh.load import load
from mesh.model.mesh_file import MOST_ZONES
from mesh.plan import Plan, build


def test_subnets_lie_in_the_network_and_apart(plan: Plan) -> None:
    network = plan.governance.network
    whole = ipaddress.ip_network(network.cidr)
    first, second = (ipaddress.ip_network(cidr) for cidr in network.subnets.values())
    assert list(network.subnets) == ["eu-west-1a", "eu-west-1b"]
    assert whole.is_private
    assert first.subnet_of(whole)
    assert second.subnet_of(whole)
    assert not first.overlaps(second)


def test_the_zones_that_the_mesh_names_are_those_of_the_network(tiny: Path) -> None:
    text = (tiny / "mesh.yaml").read_text("utf-8")
    (tiny / "mesh.yaml").write_text(f"{text}zones: [c, eu-west-1a, b]\n", "utf-8")
    network = build(load(tiny).usable(), datetime.date(2027, 1, 1)).governance.network
    assert network.subnets == {
        "eu-west-1c": "10.64.0.0/19",
        "eu-west-1a": "10.64.32.0/19",
        "eu-west-1b": "10.64.64.0/19",
    }


def test_a_region_without_a_zone_b_for_everybody_has_others(tiny: Path) -> None:
    text = (tiny / "mesh.yaml").read_text("utf-8")
    (tiny / "mesh.yaml").write_text(text.replace("eu-west-1", "ap-northeast-1"), "utf-8")
    plan = build(load(tiny).usable(), datetime.date(2027, 1, 1))
    assert list(plan.governance.network.subnets) == ["ap-northeast-1a", "ap-northeast-1c"]


def test_a_network_has_room_for_the_most_zones_that_a_mesh_can_name(plan: Plan) -> None:
    network = dataclasses.replace(plan.governance.network, zones=tuple("abcdefghi"[:MOST_ZONES]))
    assert len(set(network.subnets.values())) == MOST_ZONES


def test_every_endpoint_has_a_policy_of_its_own_service(plan: Plan) -> None:
    network = plan.governance.network
    actions = {service: policy.statements[0].actions for service, policy in network.endpoints.items()}
    assert actions == {service: (f"{service}:*",) for service in network.endpoints}
    assert network.service_name("s3") == "com.amazonaws.eu-west-1.s3"


def test_what_is_declared_binds_every_account_and_allows_no_exception(plan: Plan) -> None:
    declared = plan.organization.args.declared
    block = {"mode": {"@@assign": "block_bidirectional"}, "exclusions_allowed": {"@@assign": "disabled"}}
    attributes = declared.document.as_json()["ec2_attributes"]
    assert (declared.type, declared.targets) == ("DECLARATIVE_POLICY_EC2", ("root",))
    assert attributes["vpc_block_public_access"] == {"internet_gateway_block": block}
    assert attributes["snapshot_block_public_access"] == {"state": {"@@assign": "block_all_sharing"}}
    assert declared.document.size == len(declared.document.text())
