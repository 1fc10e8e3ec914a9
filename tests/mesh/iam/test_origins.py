"""Where requests may come from: attacks as they were written, decided over the documents that the mesh emits."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from mesh import names
from mesh.access import from_plan
from mesh.evaluator import Decision, Request, World, decide
from mesh.plan import Plan

IDENTITY = "330000000039"
PII, PIPELINE = names.clearance_role("310000000013", "pii"), names.pipeline_role(IDENTITY, "profiles")
GUEST = from_plan.permission_set_role("410000000072", "eu-west-1", names.PARTNER_PERMISSION_SET)
OBJECT = "arn:aws:s3:::aurora-identity--profiles/files/a"
TABLE = "arn:aws:glue:eu-west-1:200000000002:table/identity__profiles/profiles"
OUTSIDE, OFFICE = {"aws:SourceIp": "203.0.113.9"}, {"aws:SourceIp": "198.51.100.77"}
FOREIGN = {"aws:SourceVpce": "vpce-x", "aws:VpceOrgID": "o-somebodyelse"}
STRANGER = {"aws:SourceVpce": "vpce-x"}
GLUE_JOB = {"glue:CredentialIssuingService": "glue.amazonaws.com"}
FUNCTION = {"lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:330000000039:function:x"}
PRESIGNED = {"s3:authType": "REST-QUERY-STRING", "s3:signatureAge": 899_999}
IN_THE_NETWORK = {"aws:SourceVpce": "vpce-mesh-s3"}


@pytest.fixture(scope="module")
def world(plan: Plan) -> World:
    return from_plan.world(plan)


@pytest.fixture(scope="module")
def without_a_list(plan: Plan) -> World:
    """The same mesh, which says nothing about people's addresses."""
    organization = plan.organization
    perimeter = dataclasses.replace(plan.perimeter, people_addresses=())
    args = dataclasses.replace(organization.args, perimeter=perimeter)
    changed = dataclasses.replace(organization, args=args)
    return from_plan.world(dataclasses.replace(plan, organization=changed, perimeter=perimeter))


def asked(world: World, who: str, action: str, resource: str, *context: dict[str, Any]) -> Decision:
    whole: dict[str, Any] = {}
    for each in context:
        whole |= each
    return decide(Request(who, action, resource, whole), world)


def sids(decision: Decision) -> list[str]:
    return [cause.sid for cause in decision.because]


@pytest.mark.parametrize(
    ("who", "context", "sid"),
    [
        (PII, (PRESIGNED, OUTSIDE), "RefusePeopleElsewhere"),
        (PII, (FOREIGN,), "RefuseForeignEndpoints"),
        (PII, (STRANGER,), "RefuseForeignEndpoints"),
        (PII, (OUTSIDE,), "RefusePeopleElsewhere"),
        (PII, ({"aws:SourceIp": "2001:db8:a1::1"},), "RefusePeopleElsewhere"),
        (PIPELINE, (GLUE_JOB, OUTSIDE), "RefuseGlueCredentialsElsewhere"),
        (PIPELINE, (GLUE_JOB, OFFICE), "RefuseGlueCredentialsElsewhere"),
        (PIPELINE, (GLUE_JOB, STRANGER), "RefuseGlueCredentialsElsewhere"),
        (PIPELINE, (FUNCTION, OUTSIDE), "RefuseFunctionCredentialsElsewhere"),
        (PIPELINE, (PRESIGNED, OUTSIDE), "RefusePresignedUrls"),
        (PIPELINE, (PRESIGNED, IN_THE_NETWORK), "RefusePresignedUrls"),
        (PIPELINE, (STRANGER,), "RefuseForeignEndpoints"),
    ],
)
def test_an_attack_from_elsewhere_is_refused(
    world: World, who: str, context: tuple[dict[str, Any], ...], sid: str
) -> None:
    decision = asked(world, who, "s3:GetObject", OBJECT, *context)
    assert (decision.allowed, sids(decision)) == (False, [sid])


@pytest.mark.parametrize(
    ("who", "context"),
    [
        (PII, ()),
        (PII, (OFFICE,)),
        (PII, ({"aws:SourceIp": "2001:db8:a0::1"},)),
        (PII, (PRESIGNED, OFFICE)),
        (PII, (IN_THE_NETWORK,)),
        (PII, (OUTSIDE, {"aws:ViaAWSService": True})),
        (PIPELINE, (GLUE_JOB, IN_THE_NETWORK)),
        (PIPELINE, (FUNCTION, IN_THE_NETWORK)),
        (PIPELINE, (OUTSIDE,)),
    ],
)
def test_the_same_from_home_is_allowed(world: World, who: str, context: tuple[dict[str, Any], ...]) -> None:
    """The last one is Glue or Lambda itself, which uses a job's role without its credentials' mark."""
    assert asked(world, who, "s3:GetObject", OBJECT, *context).allowed


def test_services_that_do_not_say_whose_an_endpoint_is_are_reached_from_our_vpc_alone(world: World) -> None:
    whose = {"aws:VpceOrgID": "o-somebodyelse"}
    for where, allowed in (({"aws:SourceVpce": "vpce-mesh-glue"}, True), (STRANGER, False), (whose, False)):
        assert asked(world, PII, "glue:GetTable", TABLE, where).allowed == allowed
    namesake = {"aws:SourceVpce": "vpce-x", "aws:SourceVpc": "vpc-0a52e1c07d4b9f386"}
    abroad = asked(world, PII, "sts:AssumeRole", PII, namesake, {"aws:RequestedRegion": "us-east-1"})
    assert sids(abroad) == ["RefuseNamesakesOfTheNetwork"]


def test_partners_people_come_from_addresses_of_their_own(world: World) -> None:
    access = names.role("410000000072", "access")
    assert asked(world, GUEST, "sts:AssumeRole", access, OUTSIDE).allowed


def test_without_a_list_people_work_anywhere_and_no_presigned_url_works(without_a_list: World) -> None:
    for where in ((), (OUTSIDE,), (OFFICE,)):
        assert asked(without_a_list, PII, "s3:GetObject", OBJECT, *where).allowed
        decision = asked(without_a_list, PII, "s3:GetObject", OBJECT, PRESIGNED, *where)
        assert (decision.layer, sids(decision)) == ("rcp", ["RefusePresignedUrls"])
    assert not asked(without_a_list, PII, "s3:GetObject", OBJECT, STRANGER).allowed
    assert not asked(without_a_list, PIPELINE, "s3:GetObject", OBJECT, GLUE_JOB, OUTSIDE).allowed


def test_the_documents_do_not_grow_with_the_mesh(plan: Plan) -> None:
    policies = {policy.name: policy.document for policy in plan.organization.args.policies}
    assert policies["mesh-credentials-stay-inside"].size < 0.4 * 10_240
    assert policies["mesh-our-networks"].size < 0.4 * 5_120
    addresses = tuple(f"2001:db8:ffff:{number:x}::/64" for number in range(50))
    perimeter = dataclasses.replace(plan.perimeter, people_addresses=addresses)
    longest = dataclasses.replace(plan.organization.args, perimeter=perimeter)
    sizes = {policy.name: policy.document.size for policy in longest.policies}
    assert sizes["mesh-credentials-stay-inside"] < 0.8 * 10_240
    assert sizes["mesh-our-networks"] < 0.8 * 5_120
