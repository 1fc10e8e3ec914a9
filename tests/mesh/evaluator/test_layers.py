"""What each layer says agrees with what is decided."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from mesh.access.chains import PORTS, DecidedReads
from mesh.evaluator.decide import Request, decide
from mesh.evaluator.layers import LayerVerdict, layers

IDENTITY = "330000000039"
STRANGERS = (
    "anonymous",
    "athena.amazonaws.com",
    "lakeformation.amazonaws.com",
    f"arn:aws:iam::{IDENTITY}:root",
    f"arn:aws:iam::{IDENTITY}:role/an-administrator",
    f"arn:aws:sts::{IDENTITY}:assumed-role/pii/someone",
    f"arn:aws:iam::{IDENTITY}:user/someone",
    "arn:aws:iam::999999999999:role/anyone",
)
ACTIONS = (
    "s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:PutBucketPolicy", "kms:Decrypt", "kms:CreateGrant",
    "kms:PutKeyPolicy", "glue:GetTable", "glue:DeleteTable", "sts:AssumeRole", "events:PutEvents", "iam:CreateRole",
)  # fmt: skip
CONTEXTS = (
    {},
    {"kms:ViaService": "s3.eu-west-1.amazonaws.com"},
    {"aws:SecureTransport": "false"},
    {"aws:SourceVpce": "vpce-mesh-s3"},
    {"aws:SourceVpce": "vpce-mesh-kms"},
    {"aws:SourceAccount": "200000000002", "aws:SourceOrgID": "o-aur0ra5treamx"},
)


def allowed(verdicts: Iterable[LayerVerdict]) -> bool:
    """What the verdicts come to: no layer denies and none lacks an Allow."""
    return all(verdict.says in ("allows", "silent") for verdict in verdicts)


@given(st.data())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_the_layers_agree_with_the_decision(access: DecidedReads, data: st.DataObject) -> None:
    world = access.world
    principal = data.draw(st.sampled_from((*world.roles, *STRANGERS)))
    carrier = data.draw(st.sampled_from((*world.resources, *world.roles, "arn:aws:s3:::elsewhere", "*")))
    resource = carrier + data.draw(
        st.sampled_from(("", "/tables/t/data/part-0.parquet") if ":s3:" in carrier else ("",))
    )
    request = Request(principal, data.draw(st.sampled_from(ACTIONS)), resource, data.draw(st.sampled_from(CONTEXTS)))
    decision, verdicts = decide(request, world), layers(request, world)
    assert allowed(verdicts) == decision.allowed, (request, decision, verdicts)
    if decision.because:
        assert decision.because[0] in [cause for verdict in verdicts for cause in verdict.because]


def test_every_link_of_the_matrix_agrees_with_its_layers(access: DecidedReads) -> None:
    products = [
        access.plan.domains["identity"].products["profiles"],
        access.plan.domains["ads"].products["impressions"],
    ]
    checked = 0
    for reader, product, port in itertools.product(access.readers, products, PORTS):
        for link in access.read(reader, product, port).links:
            if link.request:
                assert allowed(layers(link.request, access.world)) == link.decision.allowed
                checked += 1
    assert checked > 700


def test_a_read_across_accounts_names_who_lets_and_who_lets_in(access: DecidedReads) -> None:
    (link,) = (
        link
        for link in access.read(
            access.reader("pii", "ads"), access.plan.domains["identity"].products["profiles"], "files"
        ).links
        if link.request and link.request.action == "s3:GetObject"
    )
    assert link.request
    found = {verdict.layer: [cause.sid for cause in verdict.because] for verdict in layers(link.request, access.world)}
    assert found == {
        "scp": ["FullAWSAccess"],
        "rcp": ["FullAWSAccess"],
        "resource": ["ClearedPeopleRead"],
        "identity": ["ReadFilesOfProducts"],
        "boundary": ["DataWork"],
    }


def test_a_request_through_an_endpoint_names_its_policy(access: DecidedReads) -> None:
    pipeline, put = f"arn:aws:iam::{IDENTITY}:role/mesh/pipeline/none/profiles", "s3:PutObject"
    thing, inside = "arn:aws:s3:::aurora-identity--profiles/tables/x", {"aws:SourceVpce": "vpce-mesh-s3"}
    last = layers(Request(pipeline, put, thing, inside), access.world)[-1]
    assert (last.layer, last.says, [cause.sid for cause in last.because]) == (
        "endpoint",
        "allows",
        ["MeshReachesItsOwn"],
    )
    thief = Request("arn:aws:iam::999999999999:role/anyone", put, "arn:aws:s3:::elsewhere/x", inside)
    assert [(each.layer, each.says) for each in layers(thief, access.world)][-1] == ("endpoint", "lacks")
    assert decide(thief, access.world)[:2] == (False, "endpoint")
    assert decide(Request(thief.principal, put, thief.resource), access.world).allowed


def test_of_several_refusals_each_is_named(access: DecidedReads) -> None:
    request = Request(
        "arn:aws:iam::410000000072:role/mesh/access", "s3:GetObject", "arn:aws:s3:::aurora-identity--profiles/x"
    )
    says = {verdict.layer: verdict.says for verdict in layers(request, access.world)}
    assert says == {"scp": "denies", "rcp": "denies", "resource": "denies", "identity": "lacks", "boundary": "allows"}
