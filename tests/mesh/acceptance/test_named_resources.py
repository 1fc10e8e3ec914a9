"""Properties that name a resource: of each row of the table, one that names a resource that nothing makes."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh.acceptance.accept import accept_all
from mesh.acceptance.emitted import EmittedResource, emitted, values_at
from mesh.acceptance.named_in_policies import MadePrincipals
from mesh.acceptance.named_resources import KINDS, NAMING, NamedResources, NamingProperty
from tests.mesh.acceptance.seeded import put, refusals, with_hive_table, with_wrong
from tests.program.sample import Planned

NOBODY = "nobody-has-it"


def renamed(rule: NamingProperty, value: str) -> str | None:
    """A value that names another resource; None if the rule does not look at it."""
    read = re.fullmatch(rule.reads or ".*", value, re.DOTALL)
    if read is None:
        return None
    bucket = read.groupdict().get("bucket")
    return value.replace(bucket, NOBODY) if bucket else f"{value}x"


def misnamed(every: list[EmittedResource], rule: NamingProperty) -> list[EmittedResource]:
    """The resources, of which the first that the rule looks at names another one."""
    for index, resource in enumerate(every):
        inputs: Any = copy.deepcopy(dict(resource.inputs))
        for holder, value in values_at(inputs, rule.path) if resource.type == rule.type else ():
            other = renamed(rule, value)
            if other is not None:
                changed: Any = holder
                last = rule.path.rpartition(".")[2]
                changed[last] = [other] if isinstance(changed[last], list) else other
                return [*every[:index], resource._replace(inputs=inputs), *every[index + 1 :]]
    raise AssertionError(f"the tiny mesh has no {rule.type} with a {rule.path}")


@pytest.mark.parametrize("rule", NAMING, ids=lambda rule: f"{rule.type.rpartition(':')[2]} {rule.path}")
def test_a_resource_that_nothing_makes_is_found_where_it_is_named(planned_tiny: Planned, rule: NamingProperty) -> None:
    every = misnamed(with_hive_table(planned_tiny), rule)
    named = NamedResources(every, MadePrincipals(every, whole=True), whole=True)
    found = [refusal for each in every for refusal in named.missing(each)]
    of_rule = [each for each in found if (each.type, each.path) == (rule.type, rule.path)]
    assert [each.why.endswith(f"({rule.source})") for each in of_rule] == [True]


def test_what_is_named_and_not_made_is_refused_of_a_plan(planned_tiny: Planned) -> None:
    every = with_wrong(planned_tiny, "RolePolicy", put("role", NOBODY))
    assert refusals(every, "RolePolicy") == [
        f"role: {NOBODY!r} is no role of the account that the mesh makes (IAM: NoSuchEntity)"
    ]


def test_of_a_part_of_the_mesh_nothing_is_said_of_what_is_named(planned_tiny: Planned) -> None:
    every = misnamed(list(emitted(planned_tiny.document)), NAMING[0])
    assert accept_all(every, whole=False).refusals == ()


def test_each_kind_has_a_resource_and_a_property_that_names_it(planned_tiny: Planned) -> None:
    assert {rule.kind for rule in NAMING} == {*KINDS, "role"}
    assert {kind.type for kind in KINDS.values()} <= {each.type for each in emitted(planned_tiny.document)}


def test_a_name_that_aws_alone_will_say_is_compared_with_nothing(planned_tiny: Planned) -> None:
    every = with_wrong(planned_tiny, "Group", put("name", "<unknown>"))
    assert [each for each in refusals(every, "GroupPolicy") if each.startswith("group:")] == []


def test_a_role_that_is_made_later_is_no_role_yet(planned_tiny: Planned) -> None:
    every = [each._replace(inherited=()) for each in emitted(planned_tiny.document)]
    assert any("roleArn: " in each and "not made before" in each for each in refusals(every, "Resource"))


@given(st.sampled_from(NAMING), st.text(max_size=8) | st.integers() | st.lists(st.text(max_size=3), max_size=2))
def test_no_name_ends_the_check(planned_tiny: Planned, rule: NamingProperty, value: Any) -> None:
    every = [each for each in emitted(planned_tiny.document) if each.type == rule.type][:1]
    inputs: Any = copy.deepcopy(dict(every[0].inputs))
    for holder, _ in list(values_at(inputs, rule.path)):
        changed: Any = holder
        changed[rule.path.rpartition(".")[2]] = value
    accept_all([every[0]._replace(inputs=inputs)], whole=True)
