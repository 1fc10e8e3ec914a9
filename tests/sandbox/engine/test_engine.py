"""A run of a program: names, order, providers, components, previews, secrets, outputs."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime.proto import engine_pb2, resource_pb2

from sandbox.engine.engine import Aborted
from sandbox.engine.state import StackState
from sandbox.engine.wire import UNKNOWN, is_secret, reveal
from tests.sandbox.engine.engine_harness import (
    PREFIX,
    THING,
    Account,
    Cloud,
    Product,
    Stack,
    Thing,
    messages,
    on,
    short,
    steps,
)


def two_things(**props: Any) -> None:
    account = Account()
    first = Thing("first", on(account), **props)
    Thing("second", on(account), source=first.arn)
    pulumi.export("arn", first.arn)


def test_urns_hold_the_chain_of_parents_without_the_stack() -> None:
    def program() -> None:
        Product("sessions", pulumi.ResourceOptions(providers=[Account()]), data={})

    urns = [resource.urn for resource in Stack().up(program).resources]
    assert urns == [
        PREFIX + "pulumi:pulumi:Stack::mesh-dev",
        PREFIX + "pulumi:providers:aws::account",
        PREFIX + "mesh:aws:Product::sessions",
        PREFIX + f"mesh:aws:Product${THING}::sessions-data",
    ]


def test_a_first_run_creates_and_a_second_leaves_everything_as_it_is() -> None:
    stack = Stack()
    assert steps(stack.up(two_things)) == [("create", "first"), ("create", "second")]
    second = stack.up(two_things)
    assert {step.operation for step in second.steps} == {"same"}
    assert second.outputs == {"arn": "arn:first-1"}
    assert stack.cloud.names("Create") == []


def test_state_survives_json() -> None:
    stack = Stack()
    stack.up(lambda: two_things(secret=pulumi.Output.secret("hush"), number=3, nested={"list": [1, {"a": None}]}))
    before = stack.state.to_json()
    stack.state = StackState.from_json(before)
    assert stack.state.to_json() == before
    assert {
        step.operation
        for step in stack.up(
            lambda: two_things(secret=pulumi.Output.secret("hush"), number=3, nested={"list": [1, {"a": None}]})
        ).steps
    } == {"same"}


def test_state_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 7"):
        StackState.from_json('{"version": 7, "resources": []}')


def test_a_record_says_what_a_resource_was_registered_with() -> None:
    stack = Stack()
    stack.up(two_things)
    first, second = stack.remembered()["Thing::first"], stack.remembered()["Thing::second"]
    assert second.inputs == {"defaulted": True, "source": "arn:first-1"}
    assert second.outputs["arn"] == "arn:second-2"
    assert second.dependencies == (first.urn,)
    assert second.property_dependencies == {"source": (first.urn,)}
    assert second.provider == f"{PREFIX}pulumi:providers:aws::account::{stack.remembered()['aws::account'].id}"
    assert (second.name, second.type, second.custom, second.operation) == ("second", THING, True, "create")


def test_a_duplicate_urn_is_refused_in_pulumis_words() -> None:
    def program() -> None:
        account = Account()
        Thing("twin", on(account))
        Thing("twin", on(account))

    result = Stack().run(program)
    urn = PREFIX + f"{THING}::twin"
    assert messages(result) == f"Duplicate resource URN '{urn}'; try giving it a unique name"
    assert result.failures[0].urn == urn


def test_a_provider_that_was_never_registered_is_refused() -> None:
    engine = Stack().engine()
    request = resource_pb2.RegisterResourceRequest(type=THING, name="x", custom=True, provider="urn:a::b::c::d::id")
    with pytest.raises(Aborted):
        engine.RegisterResource(request)
    assert engine.failures[0].message == f"unknown provider 'urn:a::b::c::d::id' for resource '{PREFIX}{THING}::x'"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"parent": "urn:pulumi:dev::mesh::a:b:C::nobody"}, "could not find parent resource"),
        ({"dependencies": ["urn:pulumi:dev::mesh::a:b:C::nobody"]}, "refers to missing resource"),
    ],
)
def test_a_parent_or_dependency_that_was_never_registered_is_refused(options: dict[str, Any], message: str) -> None:
    engine = Stack().engine()
    with pytest.raises(Aborted):
        engine.RegisterResource(resource_pb2.RegisterResourceRequest(type="a:b:C", name="x", **options))
    assert message in engine.failures[0].message


def test_a_resource_without_an_explicit_provider_is_refused() -> None:
    result = Stack().run(lambda: Thing("bare", pulumi.ResourceOptions()))
    urn = PREFIX + f"{THING}::bare"
    assert messages(result) == f"Default provider for 'aws' disabled. '{urn}' must use an explicit provider."


def test_a_default_provider_that_is_not_disabled_is_a_resource() -> None:
    stack = Stack(disable_default_providers=())
    result = stack.up(lambda: Thing("bare", pulumi.ResourceOptions(version="7.51.1")))
    default = stack.remembered()["aws::default_7_51_1"]
    assert default.inputs == {"version": "7.51.1"}
    assert result.resources[-1].provider == f"{default.urn}::{default.id}"


def test_a_component_hands_its_provider_to_its_children() -> None:
    def program() -> None:
        Account("other", region="eu-north-1")
        Product("outer", pulumi.ResourceOptions(providers={"aws": Account()}), data={})

    stack = Stack()
    stack.up(program)
    assert stack.remembered()["Thing::outer-data"].outputs["region"] == "eu-west-1"


def test_outputs_of_components_and_of_the_stack_are_kept() -> None:
    def program() -> None:
        product = Product("sessions", pulumi.ResourceOptions(providers=[Account()]), data={})
        pulumi.export("product", product.urn)

    stack = Stack()
    result = stack.up(program)
    assert stack.remembered()["Product::sessions"].outputs == {"children": ["data"]}
    assert result.outputs == {"product": PREFIX + "mesh:aws:Product::sessions"} == stack.state.outputs()


def test_outputs_of_an_unknown_component_are_refused() -> None:
    engine = Stack().engine()
    with pytest.raises(Aborted):
        engine.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=PREFIX + "a:b:C::x"))
    assert "whose registration isn't pending" in engine.failures[0].message


def test_a_preview_knows_inputs_and_leaves_the_rest_unknown() -> None:
    stack = Stack()
    result = stack.preview(two_things)
    second = next(resource for resource in result.resources if resource.name == "second")
    assert second.inputs["source"] == UNKNOWN
    assert second.id == ""
    assert result.outputs == {"arn": UNKNOWN}
    assert stack.state.resources == []
    assert stack.cloud.things == {}


def test_a_preview_after_an_update_knows_what_exists() -> None:
    stack = Stack()
    stack.up(two_things)
    result = stack.preview(lambda: two_things(size=2))
    assert steps(result) == [("update", "first"), ("same", "second")] or steps(result)[0] == ("update", "first")
    assert stack.remembered()["Thing::first"].inputs == {"defaulted": True}


def test_previews_come_out_in_the_same_order_each_time() -> None:
    def program() -> None:
        account = Account()
        for number in range(40):
            Product(f"p{number}", pulumi.ResourceOptions(providers=[account]), a={}, b={})

    runs = [[step.urn for step in Stack().preview(program).steps] for _ in range(3)]
    assert runs[0] == runs[1] == runs[2]


def test_a_provider_with_unknown_configuration_is_not_configured_in_a_preview() -> None:
    def program() -> None:
        role = Thing("role", on(Account("management")))
        Thing("bucket", on(Account("member", role=role.arn)), title="data")

    stack = Stack()
    result = stack.preview(program)
    assert not result.failures
    assert stack.cloud.names("Configure") == ["management"]
    assert stack.cloud.names("Check") == ["role"]
    stack.up(program)
    assert sorted(stack.cloud.names("Configure")) == ["management", "member"]


def test_a_provider_is_checked_before_it_is_configured() -> None:
    stack = Stack()
    result = stack.run(lambda: Account(region="nowhere"))
    assert "property region value 'nowhere' has a problem: no such region" in messages(result)
    assert stack.cloud.names("Configure") == []


def test_configuration_reaches_a_provider_as_values_and_as_strings() -> None:
    stack = Stack()

    def program() -> None:
        roles = [aws.ProviderAssumeRoleArgs(role_arn="arn:role")]
        aws.Provider("account", region="eu-west-1", allowed_account_ids=["012345670123"], assume_roles=roles)

    stack.up(program)
    request = stack.cloud.last("Configure")
    assert request.args["assumeRoles"] == '[{"roleArn": "arn:role"}]'
    assert request.variables["aws:config:region"] == "eu-west-1"
    assert request.variables["aws:config:allowedAccountIds"] == '["012345670123"]'
    assert request.args["version"] == aws._utilities.get_version()  # pyright: ignore[reportPrivateUsage]


def test_every_failed_check_names_the_resource_and_the_property() -> None:
    def program() -> None:
        Thing("broken", on(Account()), title="bad", owner="bad")

    for result in (Stack().run(program), Stack().preview(program)):
        assert sorted(messages(result).splitlines()) == [
            f"{THING} resource 'broken': property owner value 'bad' has a problem: it is bad",
            f"{THING} resource 'broken': property title value 'bad' has a problem: it is bad",
        ]


@pytest.mark.parametrize("takes_secrets", [True, False])
def test_a_secret_stays_a_secret_whether_or_not_the_provider_takes_secrets(takes_secrets: bool) -> None:
    stack = Stack(cloud=Cloud(takes_secrets=takes_secrets))

    def program() -> None:
        thing = Thing(
            "safe", on(Account()), password=pulumi.Output.secret("hush"), nested={"key": pulumi.Output.secret("k")}
        )
        pulumi.export("password", thing.urn.apply(lambda _: "open"))
        pulumi.export("secret", pulumi.Output.secret("shh"))

    result = stack.up(program)
    safe = stack.remembered()["Thing::safe"]
    assert is_secret(safe.inputs["password"])
    assert is_secret(safe.outputs["password"])
    assert reveal(safe.outputs["password"]) == "hush"
    assert is_secret(safe.outputs["nested"]["key"]) or is_secret(safe.outputs["nested"])
    assert stack.cloud.things["safe-1"]["password"] == "hush"
    assert is_secret(stack.cloud.last("Create").properties["password"]) is False or takes_secrets
    assert is_secret(result.outputs["secret"])
    assert result.outputs["password"] == "open"
    assert {step.operation for step in stack.up(program).steps} == {"same"}


def test_additional_secret_outputs_become_secrets() -> None:
    stack = Stack()
    result = stack.up(lambda: pulumi.export("arn", Thing("x", on(Account(), additional_secret_outputs=["arn"])).arn))
    assert is_secret(stack.remembered()["Thing::x"].outputs["arn"])
    assert is_secret(result.outputs["arn"])


def test_a_resource_passed_as_a_value_becomes_its_id_for_a_provider_that_takes_no_references() -> None:
    stack = Stack()

    def program() -> None:
        account = Account()
        Thing("holder", on(account), held=Thing("held", on(account)))

    stack.up(program)
    assert stack.cloud.things["holder-2"]["held"] == "held-1"


def test_depends_on_orders_what_no_value_connects() -> None:
    stack = Stack()

    def program() -> None:
        account = Account()
        late = Thing("z-first", on(account))
        Thing("a-second", on(account, depends_on=[late]))

    stack.up(program)
    assert stack.cloud.names("Create") == ["z-first", "a-second"]
    assert stack.remembered()["Thing::a-second"].dependencies == (PREFIX + f"{THING}::z-first",)


def test_timeouts_reach_the_provider_in_seconds() -> None:
    stack = Stack()
    timeouts = pulumi.CustomTimeouts(create="1h30m", delete="90s")
    stack.up(lambda: Thing("slow", on(Account(), custom_timeouts=timeouts)))
    assert stack.cloud.last("Create").timeout == 5400
    stack.up(Account)
    assert stack.cloud.last("Delete").timeout == 90


def test_steps_are_told_as_they_happen() -> None:
    told: list[str] = []
    result = Stack().up(two_things, on_step=lambda step: told.append(step.urn))
    assert told == [step.urn for step in result.steps]
    assert all(step.seconds >= 0 for step in result.steps)


def test_configuration_and_names_reach_the_program() -> None:
    seen: list[Any] = []

    def program() -> None:
        seen.extend([pulumi.get_stack(), pulumi.get_project(), pulumi.get_organization(), pulumi.runtime.is_dry_run()])
        seen.append(pulumi.Config("mesh").require("region"))
        seen.append(pulumi.Config("mesh").require_secret("key"))

    result = Stack().preview(program, config={"mesh:region": "eu-west-1", "mesh:key": "k"}, secret_config=["mesh:key"])
    assert not result.failures
    assert seen[:5] == ["dev", "mesh", "organization", True, "eu-west-1"]


def test_what_the_program_logs_is_in_the_result() -> None:
    result = Stack().up(lambda: pulumi.log.warn("mind the gap"))
    assert result.logs == [("warning", "mind the gap")]


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("Call", resource_pb2.ResourceCallRequest(tok="a:b:c")),
        ("ExistsResource", resource_pb2.ExistsResourceRequest(type=THING)),
        ("RegisterPackage", resource_pb2.RegisterPackageRequest(name="terraform")),
        ("RegisterErrorHook", resource_pb2.RegisterErrorHookRequest(name="again")),
        ("RegisterResource", resource_pb2.RegisterResourceRequest(type="a:b:C", name="x", remote=True)),
        ("SupportsFeature", resource_pb2.SupportsFeatureRequest(id="secrets")),
        ("StartDebugging", engine_pb2.StartDebuggingRequest()),
        ("RequirePulumiVersion", engine_pb2.RequirePulumiVersionRequest(pulumi_version_range=">3")),
    ],
)
def test_what_is_not_supported_fails_and_says_so(method: str, request_: Any) -> None:
    engine = Stack().engine()
    with pytest.raises(Aborted, match="not supported by the embedded engine"):
        getattr(engine, method)(request_)
    assert engine.failures


def test_every_method_of_the_protocol_is_answered_here() -> None:
    engine = type(Stack().engine())
    for service in (
        resource_pb2.DESCRIPTOR.services_by_name["ResourceMonitor"],
        engine_pb2.DESCRIPTOR.services_by_name["Engine"],
    ):
        missing = [method.name for method in service.methods if method.name not in vars(engine)]
        assert not missing


def test_an_asynchronous_program_runs() -> None:
    async def program() -> None:
        await asyncio.sleep(0)
        Thing("x", on(Account()))

    assert steps(Stack().up(program)) == [("create", "x")]


def test_short_names_what_a_urn_is() -> None:
    assert short(PREFIX + f"mesh:aws:Product${THING}::a::b") == "Thing::a::b"
