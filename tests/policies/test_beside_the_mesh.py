"""Services and types beside the mesh, held to the allow lists of the SCPs and to the types of the plugin."""

from __future__ import annotations

from mesh_guardrails.themes.beside_the_mesh import ACTIONS_OF, REFUSED_ACTIONS
from mesh_guardrails.themes.foreign_grants import GRANTED_TO

from mesh.aws.allowed_actions import listed_services
from tests.policies.test_policy_properties import tokens

OF_NO_RESOURCE = {"health", "sts", "tag"}
OF_CLOUDWATCH = {"events", "logs"}
"""Services whose types pulumi-aws has in its module `cloudwatch`."""


def test_the_services_are_those_of_the_allow_lists() -> None:
    assert {*ACTIONS_OF.values()} | OF_CLOUDWATCH | OF_NO_RESOURCE == {*listed_services()}
    assert not {*ACTIONS_OF.values()} & (OF_CLOUDWATCH | OF_NO_RESOURCE)


def test_every_service_is_a_module_of_the_plugin() -> None:
    modules = {type_.split(":")[1].partition("/")[0] for type_ in tokens()}
    assert {*ACTIONS_OF} - modules == set()


def test_every_type_is_one_of_the_plugin_and_of_a_listed_service() -> None:
    assert {*REFUSED_ACTIONS, *GRANTED_TO} - tokens().keys() == set()
    assert {type_.split(":")[1].partition("/")[0] for type_ in REFUSED_ACTIONS} <= ACTIONS_OF.keys()


def test_every_action_that_a_type_takes_is_refused_or_is_governances_alone() -> None:
    for action in REFUSED_ACTIONS.values():
        service, _, name = action.partition(":")
        listed = listed_services()[service]
        assert name in listed.refused or "RefuseSharing" in listed.allowed[name].bound, action
