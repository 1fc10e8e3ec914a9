"""An analyzer is asked as Pulumi's engine asks one: of everything before it is made, and of the stack in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pulumi
from google.protobuf import struct_pb2

from sandbox.engine.analysis import AnalyzedResource, PolicyDiagnostic
from sandbox.engine.grpc_calls import RefusedError
from sandbox.engine.wire import UNKNOWN, to_struct
from tests.sandbox.engine.engine_harness import Account, Product, Stack, Thing, messages, on, short, steps

Says = Callable[[AnalyzedResource], Sequence[PolicyDiagnostic]]


def nothing(_: AnalyzedResource) -> Sequence[PolicyDiagnostic]:
    return ()


def against(name: str, *, mandatory: bool = True) -> Says:
    """A policy that has something against one name."""

    def says(asked: AnalyzedResource) -> Sequence[PolicyDiagnostic]:
        found = asked.resource.name == name
        return [PolicyDiagnostic("", "no-name", f"Names.\nnot '{name}'", mandatory=mandatory)] if found else []

    return says


@dataclass
class Asked:
    """An analyzer that remembers what it was asked."""

    says: Says = nothing
    of_the_stack: Sequence[PolicyDiagnostic] = ()
    mends: dict[str, object] = field(default_factory=dict[str, object])
    before: list[str] = field(default_factory=list[str])
    in_the_end: list[str] = field(default_factory=list[str])
    inputs: dict[str, dict[str, object]] = field(default_factory=dict[str, dict[str, object]])
    outputs: dict[str, dict[str, object]] = field(default_factory=dict[str, dict[str, object]])

    def remedied(self, asked: AnalyzedResource) -> tuple[struct_pb2.Struct | None, Sequence[PolicyDiagnostic]]:
        is_thing = asked.resource.type.startswith("aws:test")
        return (to_struct({**asked.resource.inputs, **self.mends}) if self.mends and is_thing else None), ()

    def of_resource(self, asked: AnalyzedResource) -> Sequence[PolicyDiagnostic]:
        by = f" by {asked.provider.name}" if asked.provider else ""
        self.before.append(short(asked.resource.urn) + by)
        self.inputs[asked.resource.name] = asked.resource.inputs
        return self.says(asked)

    def of_stack(self, stack: Sequence[AnalyzedResource]) -> Sequence[PolicyDiagnostic]:
        self.in_the_end = [short(each.resource.urn) for each in stack]
        self.outputs = {each.resource.name: each.resource.outputs for each in stack}
        return self.of_the_stack


def two_things() -> None:
    account = Account()
    one = Thing("one", on(account), size=1)
    Thing("two", on(account), source=one.arn)


def a_component() -> None:
    Product("identity", pulumi.ResourceOptions(providers=[Account()]), bucket={"size": 1})


def test_it_is_asked_of_the_stack_of_providers_and_components_too() -> None:
    asked = Asked()
    Stack().up(a_component, analyzer=asked)
    assert sorted(asked.before) == [
        "Product::identity",
        "Stack::mesh-dev",
        "Thing::identity-bucket by account",
        "aws::account",
    ]
    assert sorted(asked.in_the_end) == [
        "Product::identity",
        "Stack::mesh-dev",
        "Thing::identity-bucket",
        "aws::account",
    ]


def test_what_only_the_update_knows_is_unknown_in_a_preview_and_known_in_the_update() -> None:
    asked, stack = Asked(), Stack()
    stack.preview(two_things, analyzer=asked)
    assert asked.inputs["two"]["source"] == UNKNOWN
    stack.up(two_things, analyzer=asked)
    assert str(asked.inputs["two"]["source"]).startswith("arn:")
    assert asked.outputs["one"]["arn"] == asked.inputs["two"]["source"]


def test_a_mandatory_violation_fails_a_preview_which_goes_on_to_its_end() -> None:
    asked = Asked(against("one"))
    result = Stack().preview(two_things, analyzer=asked)
    assert messages(result) == "[no-name] Names.\nnot 'one'"
    assert [short(failure.urn) for failure in result.failures] == ["Thing::one"]
    assert [name for _, name in steps(result)] == ["one", "two"]
    assert asked.in_the_end


def test_in_an_update_nothing_is_made_of_what_it_is_against_nor_behind_it() -> None:
    asked, stack = Asked(against("one")), Stack()
    result = stack.run(two_things, analyzer=asked)
    assert messages(result) == "[no-name] Names.\nnot 'one'"
    assert stack.cloud.things == {}
    assert asked.in_the_end == []
    assert [each.policy for each in result.diagnostics] == ["no-name"]


def test_an_update_stops_also_where_it_goes_on_without_what_a_provider_refuses() -> None:
    stack = Stack(goes_on=True)
    assert stack.run(two_things, analyzer=Asked(against("one"))).failures
    assert stack.cloud.things == {}


def test_what_is_there_already_stays_where_its_change_is_refused() -> None:
    stack = Stack()
    stack.up(two_things)

    def larger() -> None:
        Thing("one", on(Account()), size=2)

    result = stack.run(larger, analyzer=Asked(against("one")))
    assert result.failures
    assert sorted(stack.remembered()) == ["Stack::mesh-dev", "Thing::one", "Thing::two", "aws::account"]
    assert stack.cloud.names("Update") == stack.cloud.names("Delete") == []


def test_advice_is_told_and_stops_nothing() -> None:
    result = Stack().up(two_things, analyzer=Asked(against("one", mandatory=False)))
    assert [(short(each.urn), each.mandatory) for each in result.diagnostics] == [("Thing::one", False)]


def test_what_is_said_of_the_stack_fails_the_run_on_the_resource_that_it_names_or_the_stack() -> None:
    one = "urn:pulumi:dev::mesh::aws:test/thing:Thing::one"
    said = [PolicyDiagnostic(urn, "whole", "Whole.\nno", mandatory=True) for urn in (one, "", "urn:elsewhere")]
    result = Stack().preview(two_things, analyzer=Asked(of_the_stack=said))
    assert [short(failure.urn) for failure in result.failures] == ["Thing::one", "Stack::mesh-dev", "Stack::mesh-dev"]


def test_the_stack_is_not_asked_about_where_some_of_it_could_not_be_made() -> None:
    def broken() -> None:
        account = Account()
        Thing("one", on(account), fail="Create")
        Thing("two", on(account))

    asked = Asked()
    result = Stack(goes_on=True).run(broken, analyzer=asked)
    assert len(result.failures) == 1
    assert asked.in_the_end == []


def test_a_policy_that_mends_is_asked_first_and_what_it_mends_is_made() -> None:
    asked, stack = Asked(mends={"size": 7}), Stack()
    stack.up(two_things, analyzer=asked)
    assert asked.inputs["one"]["size"] == 7
    assert stack.remembered()["Thing::one"].inputs["size"] == 7


def test_an_analyzer_that_does_not_answer_fails_the_run_and_nothing_is_made() -> None:
    def gone(_: AnalyzedResource) -> Sequence[PolicyDiagnostic]:
        raise RefusedError("failed to run policy: gone")

    stack = Stack()
    result = stack.run(two_things, analyzer=Asked(gone))
    assert messages(result) == "failed to run policy: gone"
    assert stack.cloud.things == {}


def test_without_an_analyzer_nobody_is_asked() -> None:
    assert Stack().up(two_things).diagnostics == []
