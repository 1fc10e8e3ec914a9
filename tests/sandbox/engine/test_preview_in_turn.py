"""What the embedded engine does otherwise than a run of Pulumi's: the same resources, in turn, with nothing left."""

from __future__ import annotations

import asyncio
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import resource_pb2

from sandbox.engine import driver
from sandbox.engine.engine import Engine
from sandbox.engine.state import ResourceState
from sandbox.engine.steps import dependencies_of, in_one_order
from sandbox.engine.wire import to_struct
from tests.sandbox.engine.engine_harness import THING, Account, Stack, Thing, on

Requests = list[resource_pb2.RegisterResourceRequest]


def declare() -> None:
    account = Account()
    first = Thing("first", on(account), size=1)
    for number in range(5):
        Thing(f"later-{number}", on(account, depends_on=[first]), size=first.id.apply(lambda value: f"{value}-x"))
    pulumi.export("first", first.id)


def watched(monkeypatch: pytest.MonkeyPatch, look: Callable[[], Any]) -> list[Any]:
    """What `look` sees in each registration."""
    seen: list[Any] = []
    register = Engine.RegisterResource

    def registered(self: Engine, request: Any, context: Any = None) -> Any:
        seen.append(look())
        return register(self, request, context)

    monkeypatch.setattr(Engine, "RegisterResource", registered)
    return seen


def test_a_preview_calls_the_engine_in_the_programs_own_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = watched(monkeypatch, threading.current_thread)
    assert not Stack().preview(declare).failures
    assert set(threads) == {threading.main_thread()}


def test_an_update_has_a_thread_for_each_call_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = watched(monkeypatch, threading.current_thread)
    assert not Stack().up(declare).failures
    assert threading.main_thread() not in threads


def test_a_preview_with_a_transform_has_threads_for_the_engine_calls_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def bigger(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult({**args.props, "size": 7}, args.opts)

    threads = watched(monkeypatch, threading.current_thread)
    result = Stack().preview(lambda: Thing("thing", on(Account(), transforms=[bigger])) and None)
    assert next(r for r in result.resources if r.name == "thing").inputs["size"] == 7
    assert threads[-1] is not threading.main_thread()


def hooked(called: list[str], **kinds: str) -> Callable[[], None]:
    """A program with one thing that has hooks: kinds with their names."""

    async def note(args: pulumi.ResourceHookArgs) -> None:
        await asyncio.sleep(0)
        called.append(args.name)

    def program() -> None:
        options = pulumi.ResourceHookOptions(on_dry_run=True)
        hooks: Any = {kind: [pulumi.ResourceHook(name, note, options)] for kind, name in kinds.items()}
        account = Account()
        for number in range(3):
            Thing(f"plain-{number}", on(account))
        Thing("hooked", on(account, hooks=pulumi.ResourceHookBinding(**hooks)))

    return program


def test_a_preview_of_what_is_new_has_no_thread_for_a_hook_of_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    threads = watched(monkeypatch, threading.current_thread)
    before = len(list(Path("/proc/self/task").iterdir())) if Path("/proc/self/task").is_dir() else 0
    assert not Stack().preview(hooked(called, before_update="kept")).failures
    after = len(list(Path("/proc/self/task").iterdir())) if Path("/proc/self/task").is_dir() else 0
    assert (set(threads), called, after) == ({threading.main_thread()}, [], before)


def test_a_preview_calls_a_hook_of_what_is_made_from_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    threads = watched(monkeypatch, threading.current_thread)
    assert not Stack().preview(hooked(called, before_create="made")).failures
    assert called == ["hooked"]
    assert threads[-1] is not threading.main_thread()


@pytest.mark.parametrize("kind", ["before_update", "after_update"])
def test_a_preview_of_what_is_there_calls_its_hooks(kind: str) -> None:
    called: list[str] = []
    stack = Stack()
    stack.up(hooked(called, **{kind: "kept"}))
    stack.state.resources = [
        replace(each, input_message=to_struct({"size": 1})) if each.name == "hooked" else each
        for each in stack.state.resources
    ]
    assert not stack.preview(hooked(called, **{kind: "kept"})).failures
    assert called == ["hooked"]


def test_a_preview_sends_no_stack_traces_of_what_is_declared_and_leaves_those_of_others_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requests: Requests = []
    register = Engine.RegisterResource

    def registered(self: Engine, request: Any, context: Any = None) -> Any:
        if request.type == THING:
            requests.append(request)
        return register(self, request, context)

    monkeypatch.setattr(Engine, "RegisterResource", registered)
    Stack().preview(declare)
    assert [len(request.stackTrace.frames) for request in requests] == [0] * 6
    assert not hasattr(sys, "tracebacklimit")
    requests.clear()
    Stack().up(declare)
    assert all(request.stackTrace.frames for request in requests)


def test_an_exception_of_a_program_in_preview_has_its_whole_trace() -> None:
    def deep() -> None:
        raise LookupError("it is gone")

    def program() -> None:
        deep()

    with pytest.raises(LookupError) as raised:
        Stack().preview(program)
    names = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert names[-2:] == ["program", "deep"]
    assert not hasattr(sys, "tracebacklimit")


def test_preview_and_update_register_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def sent(run: Callable[[Callable[[], None]], Any]) -> dict[str, tuple[str, ...]]:
        return {
            resource.name: (resource.type, str(sorted(resource.inputs)), *sorted(resource.dependencies))
            for resource in run(declare).resources
        }

    before = sent(Stack().preview)
    monkeypatch.setattr(driver, "_InTurn", lambda _: asyncio.new_event_loop())
    assert sent(Stack().preview) == before == sent(Stack().up)


@given(st.data())
def test_resources_have_one_order_each_behind_what_it_depends_on(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.text("abcdef", min_size=1, max_size=3), unique=True, max_size=8))
    resources: list[ResourceState] = []
    for number, name in enumerate(names):
        behind = st.lists(st.sampled_from(names[:number]), unique=True) if number else st.just([])
        resources.append(ResourceState(urn=name, type="t", custom=True, dependencies=tuple(data.draw(behind))))
    ordered = in_one_order(resources)
    place = {resource.urn: number for number, resource in enumerate(ordered)}
    assert all(place[other] < place[each.urn] for each in ordered for other in dependencies_of(each))
    assert in_one_order(data.draw(st.permutations(resources))) == ordered
