"""Jobs and functions in a network, and outside one: what the control policies of the mesh say of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mesh.iam.scp.networks import compute_in_a_network
from mesh.iam.statement import document
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from tests.sandbox.emulator.provider_harness import DOMAIN, GOVERNANCE, REGION
from tests.sandbox.enforcement import lake_ground
from tests.sandbox.enforcement.test_gate import allow
from tests.sandbox.enforcement.waking_ground import admin, archive, role

ROLE = f"arn:aws:iam::{DOMAIN}:role/job"


@pytest.fixture(scope="module")
def organization() -> Iterator[EnforcedOrganization]:
    with lake_ground.lake_ground() as opened:
        client = opened.client("organizations")
        text = document(*compute_in_a_network()).text()
        made = client.create_policy(Name="n", Description="-", Type="SERVICE_CONTROL_POLICY", Content=text)
        client.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=DOMAIN)
        role(opened, DOMAIN, "job", "glue.amazonaws.com", allow("logs:PutLogEvents", Resource="*"))
        yield opened


@pytest.fixture(scope="module")
def network(organization: EnforcedOrganization) -> dict[str, str]:
    """A subnet and a security group of the governance account, which shares them."""
    ec2 = admin(organization, "ec2", GOVERNANCE)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="mesh", Description="-", VpcId=vpc)["GroupId"]
    return {"subnet": subnet, "group": group}


@pytest.fixture(scope="module")
def glue(organization: EnforcedOrganization, network: dict[str, str]) -> Any:
    client = admin(organization, "glue", DOMAIN)
    placed = {
        "SubnetId": network["subnet"],
        "SecurityGroupIdList": [network["group"]],
        "AvailabilityZone": f"{REGION}a",
    }
    for name, place in (("mesh", {"PhysicalConnectionRequirements": placed}), ("placeless", {})):
        client.create_connection(
            ConnectionInput={"Name": name, "ConnectionType": "NETWORK", "ConnectionProperties": {}, **place}
        )
    return client


def job(name: str, *connections: str) -> dict[str, Any]:
    return {"Name": name, "Role": ROLE, "Command": {"Name": "glueetl"}, "Connections": {"Connections": [*connections]}}


def test_a_job_with_the_connection_of_the_mesh_may_be_made_and_changed(glue: Any) -> None:
    assert glue.create_job(**job("inside", "mesh"))["Name"] == "inside"
    update = {name: value for name, value in job("inside", "mesh").items() if name != "Name"}
    assert glue.update_job(JobName="inside", JobUpdate=update)["JobName"] == "inside"


@pytest.mark.parametrize("connections", [(), ("placeless",), ("nothing-like-it",)])
def test_a_job_outside_a_network_is_refused(glue: Any, connections: tuple[str, ...]) -> None:
    with pytest.raises(ClientError, match="RefuseGlueOutsideANetwork"):
        glue.create_job(**job("outside", *connections))


def test_a_job_does_not_leave_its_network_by_a_change(glue: Any) -> None:
    glue.create_job(**job("stays", "mesh"))
    with pytest.raises(ClientError, match="RefuseGlueOutsideANetwork"):
        glue.update_job(JobName="stays", JobUpdate={"Role": ROLE, "Command": {"Name": "glueetl"}})


def test_a_function_is_made_in_the_network_and_refused_outside(
    organization: EnforcedOrganization, network: dict[str, str]
) -> None:
    client = admin(organization, "lambda", DOMAIN)
    settings = {"SubnetIds": [network["subnet"]], "SecurityGroupIds": [network["group"]]}
    code = {"ZipFile": archive(handler="")}
    one = {"Runtime": "python3.12", "Handler": "handler.handler", "Role": ROLE, "Code": code}
    assert client.create_function(FunctionName="inside", **one, VpcConfig=settings)["FunctionName"] == "inside"
    with pytest.raises(ClientError, match="RefuseLambdaOutsideANetwork"):
        client.create_function(FunctionName="outside", **one)


def test_whoever_may_not_pass_the_role_makes_no_job(organization: EnforcedOrganization, glue: Any) -> None:
    makes = {"Effect": "Allow", "Action": "glue:*", "Resource": "*"}
    maker = lake_ground.client(organization, "glue", lake_ground.role(organization, "maker", makes))
    with pytest.raises(ClientError, match=r"not authorized to perform: iam:PassRole on resource: .*role/job"):
        maker.create_job(**job("passed", "mesh"))
    assert json.dumps(glue.list_jobs()["JobNames"]).count("passed") == 0
