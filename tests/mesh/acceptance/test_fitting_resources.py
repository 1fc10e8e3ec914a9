"""Resources of the tiny mesh that have to fit one another: of each relation one that does not."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh.acceptance.emitted import EmittedResource, emitted
from mesh.acceptance.fitting_resources import PLAN_RULES, misfits
from tests.mesh.acceptance.seeded import Change, put, with_wrong
from tests.mesh.acceptance.test_property_values import ODD, places
from tests.program.sample import Planned

RESULT = "configuration.resultConfiguration"

WRONG: list[tuple[str, Change, dict[str, Any] | None, str]] = [
    ("Subnet", put("cidrBlock", "10.99.0.0/19"), None, "cidrBlock: 10.99.0.0/19 is outside 10."),
    ("Subnet", put("cidrBlock", "10.64.32.0/19"), {"cidrBlock": "10.64.0.0/19"}, "lies over 10.64.32.0/19"),
    ("Vpc", put("cidrBlock", "10.64.0.1/16"), None, "cidrBlock: '10.64.0.1/16' is no block"),
    (
        "VpcEndpoint",
        put("serviceName", "com.amazonaws.eu-west-3.glue"),
        None,
        "is of another region than eu-",
    ),
    (
        "Subnet",
        put("availabilityZone", "eu-west-3a"),
        None,
        "subnets of one network are in eu-west-1, eu-west-3",
    ),
    ("ResourceLfTag", put("lfTag.value", "maybe"), None, "lfTag.value: LF-tag financial has no value 'maybe'"),
    ("LfTag", put("values", ["false"]), {"key": "pii"}, "lfTag.value: LF-tag pii has no value 'true'"),
    ("LfTag", put("values", ["false"]), {"key": "pii"}, "lfTagPolicy.expressions.values: LF-tag pii has no"),
    (
        "BucketVersioning",
        put("versioningConfiguration.status", "Suspended"),
        {"bucket": "tiny-audit"},
        "keeps no",
    ),
    ("BucketLogging", put("targetBucket", "tiny-audit"), None, "targetBucket: 'tiny-audit' has a retention"),
    ("Workgroup", put(f"{RESULT}.expectedBucketOwner", "1" * 12), None, "'111111111111' does not have the"),
    (
        "BucketReplicationConfig",
        put("rules.0.destination.account", "1" * 12),
        None,
        "rules.destination.account: '111111111111' does not have the bucket",
    ),
    (
        "Queue",
        put("visibilityTimeoutSeconds", 30),
        {"name": "mesh-publication"},
        "visibilityTimeoutSeconds: 30 seconds are less than the 900 that function publication may run",
    ),
    (
        "Queue",
        put("visibilityTimeoutSeconds", "-"),
        {"name": "mesh-publication"},
        "visibilityTimeoutSeconds: 30 seconds are less than the 900",
    ),
    (
        "Organization",
        put("enabledPolicyTypes", ["SERVICE_CONTROL_POLICY"]),
        None,
        "is not among enabledPoli",
    ),
]


@pytest.mark.parametrize(("type_", "change", "having", "expected"), WRONG)
def test_what_does_not_fit_is_found(
    planned_tiny: Planned, type_: str, change: Change, having: dict[str, Any] | None, expected: str
) -> None:
    found = [f"{each.path}: {each.why}" for each in misfits(with_wrong(planned_tiny, type_, change, having))]
    assert any(expected in each for each in found), found


def with_one_address(planned: Planned) -> list[EmittedResource]:
    """The resources of a plan, whose accounts have the address of the first."""
    every = list(emitted(planned.document))
    first, *_ = (each.inputs["email"] for each in every if each.type.endswith(":Account"))
    return [
        each._replace(inputs={**each.inputs, "email": first.upper()}) if each.type.endswith(":Account") else each
        for each in every
    ]


def test_two_accounts_have_two_addresses(planned_tiny: Planned) -> None:
    every = with_one_address(planned_tiny)
    assert all("is the address of two accounts" in each.why for each in misfits(every))
    assert len(list(misfits(every))) == sum(each.type.endswith(":Account") for each in every)


def test_each_relation_is_broken_and_told_with_its_source(planned_tiny: Planned) -> None:
    plans = [with_one_address(planned_tiny), *(with_wrong(planned_tiny, *each[:3]) for each in WRONG)]
    found = [each.why for every in plans for each in misfits(every)]
    assert [rule.source for rule in PLAN_RULES if not any(why.endswith(f" ({rule.source})") for why in found)] == []


def test_what_aws_alone_will_say_fits(planned_tiny: Planned) -> None:
    every = with_wrong(planned_tiny, "Vpc", put("cidrBlock", "<unknown>"))
    assert list(misfits(every)) == []


@given(st.data())
def test_no_value_ends_the_check_of_what_fits(planned_tiny: Planned, data: st.DataObject) -> None:
    every: list[EmittedResource] = list(emitted(planned_tiny.document))
    index = data.draw(st.sampled_from([i for i, each in enumerate(every) if each.inputs]))
    inputs = copy.deepcopy(dict(every[index].inputs))
    put(data.draw(st.sampled_from(places(inputs))), data.draw(ODD | st.just("-")))(inputs)
    every[index] = every[index]._replace(inputs=inputs)
    list(misfits(every))
