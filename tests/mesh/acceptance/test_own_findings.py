"""What is found of a resource alone, elsewhere, and put together is what is found of the whole plan at once."""

from __future__ import annotations

import pickle

import pytest

from mesh.acceptance.accept import accept_all
from mesh.acceptance.emitted import EmittedResource
from mesh.acceptance.own_findings import OwnFindings, own_findings

BUCKET = "aws:s3/bucket:Bucket"
WRONG = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:NoSuch", "Resource": "*"}]}'
STRANGE = '{"Statement": []}'


def emitted_as(type_: str, title: str, **inputs: object) -> EmittedResource:
    return EmittedResource("domain-a", f"urn::{title}", type_, title, "111111111111", inputs)


EVERY = (
    emitted_as(BUCKET, "one", bucket="a_b", tagging=STRANGE),
    emitted_as("aws:iam/rolePolicy:RolePolicy", "two", role="x", name="n", policy=WRONG),
    emitted_as("aws:none/none:None", "three"),
)


def sent(resource: EmittedResource) -> OwnFindings:
    return pickle.loads(pickle.dumps(own_findings(resource)))


@pytest.mark.parametrize("whole", [False, True])
def test_findings_that_were_sent_are_those_of_one_pass(whole: bool) -> None:
    accepted = accept_all(EVERY, whole=whole, own=map(sent, EVERY))
    assert accepted == accept_all(EVERY, whole=whole)
    found = [(each.name, each.path) for each in (*accepted.refusals, *accepted.unlisted)]
    assert {("one", "bucket"), ("one", "tagging"), ("two", "policy"), ("three", "its type")} <= set(found)
    assert (("two", "role") in found) is whole  # that a role is missing is seen in the whole plan alone


def test_findings_of_other_resources_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        accept_all(EVERY, whole=True, own=map(sent, EVERY[:2]))
