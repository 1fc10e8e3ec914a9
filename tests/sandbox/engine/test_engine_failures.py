"""A run that fails: every resource that exists is in the state, and the reason is in the result."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import settings
from pulumi.runtime import stack as sdk_stack

from sandbox.engine.driver import entry_point
from tests.sandbox.engine.engine_harness import (
    PREFIX,
    THING,
    Account,
    MemoryProvider,
    Product,
    Stack,
    Thing,
    messages,
    on,
    steps,
)


def chain(**failing: Any) -> None:
    """`a`, then `b` with these properties, then `c`."""
    account = Account()
    a = Thing("a", on(account))
    b = Thing("b", on(account), source=a.arn, **failing)
    Thing("c", on(account), source=b.arn)


def test_a_failed_create_stops_its_dependents_and_forgets_nothing() -> None:
    stack = Stack()
    result = stack.run(lambda: chain(fail="Create"))
    assert [(failure.urn, failure.message) for failure in result.failures] == [
        (PREFIX + f"{THING}::b", "AccessDenied: not allowed to create")
    ]
    assert stack.cloud.names("Create") == ["a", "b"]
    assert list(stack.remembered()) == ["Stack::mesh-dev", "aws::account", "Thing::a"]
    assert steps(stack.up(chain)) == [("same", "a"), ("create", "b"), ("create", "c")]


def test_a_failed_create_among_many_forgets_none_that_was_under_way() -> None:
    def program() -> None:
        account = Account()
        for number in range(60):
            Thing(f"t{number}", on(account), **({"fail": "Create"} if number == 20 else {}))

    stack = Stack()
    assert "AccessDenied" in messages(stack.run(program))
    remembered = {resource.id for resource in stack.state.resources if resource.type == THING}
    assert remembered == set(stack.cloud.things)


def test_what_is_under_way_when_another_fails_is_waited_for_and_remembered() -> None:
    def program() -> None:
        account = Account()
        for number in range(5):
            Thing(f"slow{number}", on(account), slow=True)
        Thing("broken", on(account), fail="Create")

    stack = Stack()
    assert stack.run(program).failures
    remembered = {resource.id for resource in stack.state.resources if resource.type == THING}
    assert len(remembered) == 5
    assert remembered == set(stack.cloud.things)


def test_a_failed_update_keeps_the_old_state() -> None:
    stack = Stack()
    stack.up(lambda: chain(size=1))
    before = stack.remembered()["Thing::b"]
    result = stack.run(lambda: chain(size=2, fail="Update"))
    assert messages(result) == "AccessDenied: not allowed to update"
    after = stack.remembered()["Thing::b"]
    assert (after.inputs, after.outputs, after.id) == (before.inputs, before.outputs, before.id)
    assert "Thing::c" in stack.remembered()
    assert result.outputs == {}


def test_a_failed_delete_keeps_what_was_not_deleted() -> None:
    stack = Stack()
    stack.up(lambda: chain(fail="Delete"))
    assert messages(stack.run(Account)) == "BucketNotEmpty"
    assert set(stack.remembered()) == {"Stack::mesh-dev", "aws::account", "Thing::a", "Thing::b"}


def test_a_failed_run_keeps_the_outputs_it_did_not_reach() -> None:
    def program(*, also: bool) -> None:
        account = Account()
        if also:
            pulumi.export("also", Thing("b", on(account), fail="Delete").arn)
        pulumi.export("arn", Thing("a", on(account)).arn)

    stack = Stack()
    stack.up(lambda: program(also=True))
    outputs = stack.state.outputs()
    assert stack.run(lambda: program(also=False)).failures
    assert stack.state.outputs() == outputs
    assert set(outputs) == {"arn", "also"}


def test_an_answer_of_the_wrong_kind_is_a_fault() -> None:
    class Confused(MemoryProvider):
        def Check(self, request: Any, context: Any) -> Any:
            return None

    stack = Stack()
    (failure,) = stack.run(lambda: chain(), provider=lambda _: Confused(stack.cloud)).failures
    assert failure.message == "Confused.Check answered None, not a CheckResponse"
    assert failure.trace
    assert failure.urn == PREFIX + f"{THING}::a"


def test_a_failed_run_deletes_nothing() -> None:
    stack = Stack()
    stack.up(chain)

    def program() -> None:
        Thing("d", on(Account()), fail="Create")

    stack.run(program)
    assert stack.cloud.names("Delete") == []
    assert {"Thing::a", "Thing::b", "Thing::c"} <= set(stack.remembered())


def test_a_replacement_that_fails_after_the_deletion_is_made_up_for_by_the_next_run() -> None:
    stack = Stack()
    stack.up(lambda: chain(unique="1"))
    assert stack.run(lambda: chain(unique="2", fail="Create")).failures
    assert stack.remembered()["Thing::b"].pending_replacement
    assert "b-2" not in stack.cloud.things
    result = stack.up(lambda: chain(unique="2"))
    assert ("create-replacement", "b") in steps(result)
    assert stack.cloud.names("Delete") == []
    assert stack.remembered()["Thing::b"].id in stack.cloud.things


def test_an_old_resource_whose_replacement_was_made_is_deleted_by_the_next_run() -> None:
    stack = Stack()
    stack.up(lambda: chain(fixed="1"))

    def program() -> None:
        chain(fixed="2")
        Thing("late", on(Account("other")), fail="Create", after=1)

    stack.run(program)
    if len([resource for resource in stack.state.resources if resource.name == "b"]) == 2:
        assert ("delete-replaced", "b") in steps(stack.up(lambda: chain(fixed="2")))
    assert {resource.id for resource in stack.state.resources if resource.type == THING} <= set(stack.cloud.things)


def test_what_is_made_but_not_ready_is_kept_and_updated_by_the_next_run() -> None:
    stack = Stack()
    assert messages(stack.run(lambda: chain(half=True))) == "not ready"
    assert stack.remembered()["Thing::b"].init_errors == ("not ready",)
    assert stack.remembered()["Thing::b"].id in stack.cloud.things
    assert steps(stack.up(lambda: chain(half=True)))[:2] == [("same", "a"), ("update", "b")]
    assert stack.remembered()["Thing::b"].init_errors == ()


def test_an_exception_in_a_provider_comes_with_its_traceback() -> None:
    result = Stack().run(lambda: chain(crash=True))
    (failure,) = result.failures
    assert failure.message == "ValueError: the emulator fell over"
    assert 'raise ValueError("the emulator fell over")' in failure.trace


def test_a_method_that_the_provider_lacks_is_named() -> None:
    class Poor(MemoryProvider):
        def Create(self, request: Any, context: Any) -> Any:
            return super(MemoryProvider, self).Create(request, context)  # the generated one

    stack = Stack()
    result = stack.run(lambda: chain(), provider=lambda _: Poor(stack.cloud))
    assert messages(result) == "Method not implemented!"


def test_an_exception_in_the_program_is_raised_as_it_is() -> None:
    stack = Stack()

    def program() -> None:
        Thing("a", on(Account()))
        raise LookupError("my own fault")

    with pytest.raises(LookupError, match="my own fault"):
        stack.run(program)
    assert {resource.id for resource in stack.state.resources if resource.type == THING} == set(stack.cloud.things)


def test_an_exception_in_an_apply_is_raised() -> None:
    stack = Stack()

    def program() -> None:
        def stumble(arn: str) -> str:
            raise LookupError(arn)

        account = Account()
        Thing("b", on(account), source=Thing("a", on(account)).arn.apply(stumble))

    with pytest.raises(Exception, match="arn:a-1"):
        stack.run(program)
    assert "Thing::a" in stack.remembered()


def test_a_program_that_exits_is_not_a_success() -> None:
    with pytest.raises(SystemExit):
        Stack().run(lambda: sys.exit(3))


def test_runs_follow_each_other_in_one_process_whatever_became_of_the_last() -> None:
    def fails() -> None:
        raise LookupError("first")

    stack = Stack()
    usual = gc.get_threshold()
    gc.set_threshold(701, 11, 12)
    with pytest.raises(LookupError):
        stack.run(fails)
    assert stack.run(lambda: chain(fail="Create")).failures
    assert steps(stack.up(chain)) == [("same", "a"), ("create", "b"), ("create", "c")]
    assert settings.ROOT.get() is None
    left = gc.get_threshold(), gc.get_freeze_count()
    gc.set_threshold(*usual)
    assert left == ((701, 11, 12), 0)
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def test_stacks_run_at_the_same_time_do_not_mix() -> None:
    stacks = [Stack() for _ in range(3)]

    def one(stack: Stack) -> None:
        engine = stack.engine()
        from sandbox.engine.driver import run

        run(
            engine,
            lambda: (
                [Product(f"p{n}", pulumi.ResourceOptions(providers=[Account(f"a{n}")]), x={}) for n in range(20)]
                and None
            ),
        )

    threads = [threading.Thread(target=one, args=(stack,)) for stack in stacks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(stack.state.resources) for stack in stacks] == [61, 61, 61]


MAIN = """
import asyncio
import pulumi
from helper import declare

async def main():
    declare()
    await asyncio.sleep(0)
    await asyncio.sleep(0)

pulumi.run(main)
"""


def test_a_main_file_that_calls_pulumi_run_is_run_as_a_script(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text(
        "import pulumi\ndef declare():\n    pulumi.export('name', pulumi.get_stack())\n"
    )
    (tmp_path / "__main__.py").write_text(MAIN)
    path = list(sys.path)
    try:
        assert Stack().up(entry_point(tmp_path / "__main__.py")).outputs == {"name": "dev"}
    finally:
        sys.modules.pop("helper", None)
    assert sys.path == path


@pytest.mark.parametrize("preview", [True, False])
def test_what_is_outstanding_is_waited_for_at_once_and_not_in_rounds(
    monkeypatch: pytest.MonkeyPatch, preview: bool
) -> None:
    """The SDK waits for the first of all outputs, again and again: each round is as long as their number."""
    rounds: list[int] = []
    wait = asyncio.wait

    async def counted(tasks: Any, **options: Any) -> Any:
        rounds.append(len(tasks))
        return await wait(tasks, **options)

    monkeypatch.setattr(sdk_stack.asyncio, "wait", counted)

    def declare() -> None:
        account = Account()
        for number in range(100):
            Thing(f"t{number}", on(account))

    async def main() -> None:
        declare()

    for program in (declare, lambda: pulumi.run(main)):
        rounds.clear()
        (Stack().preview if preview else Stack().up)(program)
        assert len(rounds) <= 2
