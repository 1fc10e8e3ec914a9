"""Companions of a resource: by what their property was made from where that is known, else by the name."""

from __future__ import annotations

import pytest
from mesh_guardrails.companions import belongs_to
from mesh_guardrails.rule import RegisteredResource

BUCKET = RegisteredResource("bucket", "b", "urn:b", {"bucket": "raw"})


def policy(name: str, *made_from: str) -> RegisteredResource:
    return RegisteredResource("policy", "p", "urn:p", {"bucket": name}, from_resources={"bucket": made_from})


@pytest.mark.parametrize(
    ("companion", "belongs"),
    [
        (policy("other", "urn:b"), True),
        (policy("raw", "urn:another"), False),
        (policy("raw"), True),
        (policy("other"), False),
    ],
)
def test_what_a_property_was_made_from_outweighs_its_name(companion: RegisteredResource, belongs: bool) -> None:
    assert belongs_to(companion, "bucket", BUCKET) is belongs


def test_two_without_a_name_do_not_belong_together() -> None:
    nameless = RegisteredResource("bucket", "b", "urn:b", {})
    assert not belongs_to(RegisteredResource("policy", "p", "urn:p", {}), "bucket", nameless)
