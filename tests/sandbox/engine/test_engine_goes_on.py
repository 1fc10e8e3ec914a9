"""A run that goes on without what fails: everything else is made, what waits for it is not, and nothing is deleted."""

from __future__ import annotations

from typing import Any

from pulumi import ResourceOptions

from tests.sandbox.engine.engine_harness import Account, Product, Stack, Thing, messages, on, steps


def chain(**failing: Any) -> None:
    """`a`; `b` with these properties and `c` behind it; `d`, which has nothing to do with them."""
    account = Account()
    a = Thing("a", on(account))
    b = Thing("b", on(account), source=a.arn, **failing)
    Thing("c", on(account), source=b.arn)
    Thing("d", on(account, depends_on=[a]))


def test_what_does_not_wait_for_the_failed_one_is_made_and_the_next_run_makes_the_rest() -> None:
    stack = Stack(goes_on=True)
    result = stack.run(lambda: chain(fail="Create"))
    assert messages(result) == "AccessDenied: not allowed to create"
    assert list(stack.remembered()) == ["Stack::mesh-dev", "aws::account", "Thing::a", "Thing::d"]
    again = steps(stack.up(chain))
    assert sorted(again) == [("create", "b"), ("create", "c"), ("same", "a"), ("same", "d")]


def test_a_failed_update_keeps_the_state_before_it_and_of_what_waits_for_it() -> None:
    stack = Stack(goes_on=True)
    stack.up(chain)
    before = {name: state.id for name, state in stack.remembered().items()}
    assert "not allowed to update" in messages(stack.run(lambda: chain(fail="Update")))
    assert {name: state.id for name, state in stack.remembered().items()} == before


def test_nothing_is_deleted_where_something_was_left_out() -> None:
    stack = Stack(goes_on=True)
    stack.up(chain)

    def without_d() -> None:
        account = Account()
        a = Thing("a", on(account))
        Thing("b", on(account), source=a.arn, fail="Update")

    stack.run(without_d)
    assert stack.cloud.names("Delete") == []
    assert {"Thing::c", "Thing::d"} <= set(stack.remembered())


def test_what_waits_for_a_whole_component_waits_for_each_of_its_children() -> None:
    def program() -> None:
        account = Account()
        product = Product("p", on(account), good={}, bad={"fail": "Create"})
        Thing("behind", on(account, depends_on=[product]))
        Thing("beside", on(account))

    stack = Stack(goes_on=True)
    stack.run(program)
    assert {name for name in stack.remembered() if name.startswith("Thing")} == {"Thing::p-good", "Thing::beside"}


def test_a_component_behind_a_failed_resource_is_left_out_with_its_children() -> None:
    def program(**failing: Any) -> None:
        account = Account()
        a = Thing("a", on(account), **failing)
        Product("p", ResourceOptions(providers=[account], depends_on=[a]), child={})
        Thing("b", on(account))

    stack = Stack(goes_on=True)
    assert messages(stack.run(lambda: program(fail="Create"))) == "AccessDenied: not allowed to create"
    assert {name for name in stack.remembered() if name.startswith("Thing")} == {"Thing::b"}
    stack.up(program)
    assert "Thing::p-child" in stack.remembered()


def test_a_crash_of_a_provider_stops_the_run() -> None:
    stack = Stack(goes_on=True)
    result = stack.run(lambda: chain(crash=True))
    assert result.failures[0].trace
    assert "Thing::c" not in stack.remembered()


def test_without_it_a_failure_stops_the_run() -> None:
    stack = Stack()
    assert stack.run(lambda: chain(fail="Create")).failures
    assert "Thing::c" not in stack.remembered()
