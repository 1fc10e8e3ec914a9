"""The private network as the Plan has it, and what EC2 is held to everywhere."""

from __future__ import annotations

import ipaddress

from mesh.plan import Plan


def test_subnets_lie_in_the_network_and_apart(plan: Plan) -> None:
    network = plan.governance.network
    whole = ipaddress.ip_network(network.cidr)
    first, second = (ipaddress.ip_network(cidr) for cidr in network.subnets.values())
    assert list(network.subnets) == ["eu-west-1a", "eu-west-1b"]
    assert whole.is_private
    assert first.subnet_of(whole)
    assert second.subnet_of(whole)
    assert not first.overlaps(second)


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
