"""Functions of providers, other stacks, transforms and hooks."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from sandbox.engine.wire import SECRET, SIGNATURE, UNKNOWN, is_secret
from tests.sandbox.engine.engine_harness import PREFIX, THING, Account, Product, Stack, Thing, messages, on, steps

REGION = "aws:index/getRegion:getRegion"


def test_a_function_is_called_on_the_provider_that_is_named() -> None:
    def program() -> None:
        Account("other", region="eu-north-1")
        provider = Account("account", region="eu-west-1")
        result = pulumi.runtime.invoke(REGION, {}, pulumi.InvokeOptions(provider=provider))
        pulumi.export("direct", result.value["region"])
        out = pulumi.runtime.invoke_output(REGION, {"x": 1}, pulumi.InvokeOutputOptions(provider=provider))
        pulumi.export("output", out.apply(lambda value: value["region"]))

    for preview in (True, False):
        assert Stack().run(program, preview=preview).outputs == {"direct": "eu-west-1", "output": "eu-west-1"}


def test_a_function_finds_the_provider_of_its_parent() -> None:
    def program() -> None:
        product = Product("p", pulumi.ResourceOptions(providers=[Account()]))
        out = pulumi.runtime.invoke_output(REGION, {}, pulumi.InvokeOutputOptions(parent=product))
        pulumi.export("region", out.apply(lambda value: value["region"]))

    assert Stack().up(program).outputs == {"region": "eu-west-1"}


def test_a_function_without_a_provider_is_refused() -> None:
    with pytest.raises(
        Exception, match=f"Default provider for 'aws' disabled. '{REGION}' must use an explicit provider"
    ):
        Stack().run(lambda: pulumi.runtime.invoke(REGION, {}))


def test_a_program_may_live_with_a_function_that_fails() -> None:
    def program() -> None:
        try:
            pulumi.runtime.invoke(REGION, {"fail": True}, pulumi.InvokeOptions(provider=Account()))
        except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
            pulumi.export("caught", str(error))

    result = Stack().up(program)
    assert "no such thing" in result.outputs["caught"]


def test_a_function_that_depends_on_what_is_not_there_yet_is_unknown_in_a_preview() -> None:
    def program() -> None:
        account = Account()
        product = Product("p", pulumi.ResourceOptions(providers=[account]), data={})
        options = pulumi.InvokeOutputOptions(provider=account, depends_on=[product])
        pulumi.export("region", pulumi.runtime.invoke_output(REGION, {}, options).apply(lambda value: value["region"]))

    stack = Stack()
    assert stack.preview(program).outputs == {"region": UNKNOWN}
    assert stack.up(program).outputs == {"region": "eu-west-1"}
    assert stack.preview(program).outputs == {"region": "eu-west-1"}


def other_stack(name: str) -> dict[str, Any] | None:
    known = {"organization/mesh/governance": {"catalog": "c-1", "key": {SIGNATURE: SECRET, "value": "hush"}}}
    return known.get(name)


def test_a_stack_reference_reads_the_outputs_of_another_stack() -> None:
    def program() -> None:
        governance = pulumi.StackReference("organization/mesh/governance")
        pulumi.export("catalog", governance.require_output("catalog"))
        pulumi.export("key", governance.require_output("key"))

    stack = Stack(stack_outputs=other_stack)
    for preview in (True, False):
        result = stack.run(program, preview=preview)
        assert not result.failures
        assert result.outputs["catalog"] == "c-1"
        assert is_secret(result.outputs["key"])
    assert [step.operation for step in stack.up(program).steps] == ["same", "same", "read"]
    reference = stack.remembered()["StackReference::organization/mesh/governance"]
    assert reference.outputs["secretOutputNames"] == ["key"]


def test_a_reference_to_no_stack_fails() -> None:
    result = Stack(stack_outputs=other_stack).run(lambda: pulumi.StackReference("organization/mesh/nobody"))
    assert messages(result) == 'unknown stack "organization/mesh/nobody"'


def test_a_resource_can_be_looked_up_by_its_urn() -> None:
    def program() -> None:
        thing = Thing("x", on(Account()))
        urn = PREFIX + f"{THING}::x"
        found = thing.arn.apply(
            lambda _: pulumi.runtime.invoke_output("pulumi:pulumi:getResource", {"urn": urn}).apply(
                lambda value: value["state"]["arn"]
            )
        )
        pulumi.export("arn", found)

    assert Stack().up(program).outputs == {"arn": "arn:x-1"}


def stamp(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    if args.type_ != THING:
        return None
    options = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True))
    return pulumi.ResourceTransformResult(props={**args.props, "stamped": "yes"}, opts=options)


@pytest.mark.parametrize("preview", [True, False])
def test_a_stack_transform_changes_properties_and_options(preview: bool) -> None:
    def program() -> None:
        pulumi.runtime.register_resource_transform(stamp)
        account = Account()
        first = Thing("first", on(account, ignore_changes=["size"]), password=pulumi.Output.secret("hush"))
        Thing("second", on(account), source=first.arn)

    result = Stack().run(program, preview=preview)
    assert not result.failures, result.failures
    first, second = (resource for resource in result.resources if resource.type == THING)
    assert first.inputs["stamped"] == second.inputs["stamped"] == "yes"
    assert first.protect
    assert first.ignore_changes == ("size",)
    assert is_secret(first.inputs["password"])
    assert second.inputs["source"] == (UNKNOWN if preview else "arn:first-1")
    assert second.dependencies == (first.urn,)


def test_a_components_transform_reaches_its_children() -> None:
    stack = Stack()
    stack.up(lambda: Product("p", pulumi.ResourceOptions(providers=[Account()], transforms=[stamp]), data={}) and None)
    assert stack.cloud.things["p-data-1"]["stamped"] == "yes"


def test_a_transform_may_call_a_function_while_it_is_waited_for() -> None:
    def program() -> None:
        account = Account()

        async def ask(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
            out = pulumi.runtime.invoke_output(REGION, {}, pulumi.InvokeOutputOptions(provider=account))
            return pulumi.ResourceTransformResult(
                props={**args.props, "asked": out.apply(lambda v: v["region"])}, opts=args.opts
            )

        Thing("x", on(account, transforms=[ask]))

    result = Stack().preview(program)
    assert result.resources[-1].inputs["asked"] == "eu-west-1"


def test_a_failing_transform_fails_the_run() -> None:
    def broken(args: pulumi.ResourceTransformArgs) -> None:
        raise LookupError("broken transform")

    assert "broken transform" in messages(Stack().run(lambda: Thing("x", on(Account(), transforms=[broken]))))


def test_an_invoke_transform_changes_the_arguments() -> None:
    def program() -> None:
        account = Account()
        pulumi.runtime.register_invoke_transform(
            lambda args: pulumi.InvokeTransformResult(args={**args.args, "added": "yes"}, opts=args.opts)
        )
        out = pulumi.runtime.invoke_output(REGION, {}, pulumi.InvokeOutputOptions(provider=account))
        pulumi.export("added", out.apply(lambda value: value["added"]))

    assert Stack().up(program).outputs == {"added": "yes"}


def hooked(heard: list[str], *kinds: str, fails: str = "", **props: Any) -> None:
    def listener(kind: str) -> pulumi.ResourceHook:
        def hear(args: pulumi.ResourceHookArgs) -> None:
            heard.append(f"{kind} {args.name} {args.id}")
            if kind == fails:
                raise LookupError(f"{kind} went wrong")

        return pulumi.ResourceHook(kind, hear)

    hooks = {kind: [listener(kind)] for kind in kinds}
    Thing("x", on(Account(), hooks=pulumi.ResourceHookBinding(**hooks)), **props)


def test_hooks_run_before_and_after() -> None:
    stack = Stack()
    heard: list[str] = []
    kinds = ("before_create", "after_create", "before_update", "after_update")
    stack.preview(lambda: hooked(heard, *kinds))
    assert heard == []
    stack.up(lambda: hooked(heard, *kinds))
    stack.up(lambda: hooked(heard, *kinds, size=2))
    assert heard == ["before_create x ", "after_create x x-1", "before_update x x-1", "after_update x x-1"]


def test_a_failing_hook_before_a_create_prevents_it() -> None:
    stack = Stack()
    result = stack.run(lambda: hooked([], "before_create", fails="before_create"))
    assert "before_create went wrong" in messages(result)
    assert stack.cloud.things == {}


def test_a_failing_hook_after_a_create_fails_the_run_and_keeps_the_resource() -> None:
    stack = Stack()
    result = stack.run(lambda: hooked([], "after_create", fails="after_create"))
    assert "after_create went wrong" in messages(result)
    assert stack.remembered()["Thing::x"].id == "x-1"


def test_a_hook_before_a_deletion_has_to_be_registered_by_the_program() -> None:
    stack = Stack()
    heard: list[str] = []
    stack.up(lambda: hooked(heard, "before_delete"))
    assert "resource hook before_delete was not registered" in messages(stack.run(Account))

    def program() -> None:
        Account()
        pulumi.ResourceHook("before_delete", lambda args: heard.append(args.name))

    assert steps(stack.up(program)) == [("delete", "x")]
    assert heard == ["x"]
