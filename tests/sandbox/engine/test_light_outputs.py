"""Light outputs of a preview beside the SDK's own: the same values, dependencies, failures and URNs."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Output
from pulumi.output import UNKNOWN
from pulumi.runtime import resource, rpc

from sandbox.engine import driver, light_outputs
from sandbox.engine.driver import RunResult
from tests.sandbox.engine.engine_harness import Account, Stack, Thing, on

OWN: Any = Output
WRITTEN_FOR = {
    rpc.transfer_properties: "0e7c02ffa04ff20b",
    rpc.contains_unknowns: "1f1f335b6f48b960",
    resource.create_urn: "b4efa209c920a83a",
    OWN.__init__: "f883e4f64c918cfb",
    OWN._from_data: "cd70e3b38ee181f6",
}
"""The SDK's functions that are replaced or called, by a hash of their source."""


@pytest.mark.parametrize(("function", "known"), WRITTEN_FOR.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_the_sdk_is_the_one_that_light_outputs_were_written_for(function: Callable[..., Any], known: str) -> None:
    now = hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:16]
    assert now == known, f"read {function.__qualname__} again, and sandbox/engine/light_outputs.py beside it"


plain = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just(UNKNOWN)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "values"]), inner)
)


@given(values)
def test_an_unknown_is_found_where_the_sdk_finds_it(value: Any) -> None:
    assert light_outputs.holds_unknown(value) == rpc.contains_unknowns(value)


def test_a_list_in_itself_ends_the_search() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert not light_outputs.holds_unknown(loop)
    loop.append(UNKNOWN)
    assert light_outputs.holds_unknown(loop)


def test_an_output_type_with_a_property_values_is_searched() -> None:
    class Named(dict[str, Any]):
        values = None  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]

    assert light_outputs.holds_unknown(Named(one=UNKNOWN))


@pytest.mark.parametrize(
    "arguments",
    [
        ("one", "aws:test/thing:Thing", "urn:pulumi:dev::mesh::mesh:Part::part"),
        ("one", "aws:test/thing:Thing", ""),
        ("one", "aws:test/thing:Thing", None, "mesh", "dev"),
    ],
)
def test_a_urn_is_the_one_that_the_sdk_makes(arguments: tuple[Any, ...]) -> None:
    async def made(function: Callable[..., Output[str]]) -> tuple[str | None, bool, bool, set[Any]]:
        urn = function(*arguments)
        return await urn.future(), await urn.is_known(), await urn.is_secret(), await urn.resources()

    assert asyncio.run(made(light_outputs.urn_output)) == asyncio.run(made(resource.create_urn))


class Holder:
    """A resource as far as it holds outputs."""


@pytest.mark.parametrize("is_secret", [False, True])
@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("behind", [None, ("one", "two")])
def test_a_settled_property_says_what_the_sdks_own_says(
    behind: tuple[str, ...] | None, is_known: bool, is_secret: bool
) -> None:
    """Value, whether it is known and secret, and the resources behind it, its own among them."""

    async def told(function: Callable[..., dict[str, Any]]) -> tuple[object, ...]:
        holder: Any = Holder()
        settles = function(holder, ["urn", "id", "size"], True)
        settles["size"](7, is_known, is_secret, set(behind) if behind else None, None)
        size = holder.size
        others = {"itself" if each is holder else each for each in await size.resources()}
        return [*settles], await size.future(), await size.is_known(), await size.is_secret(), others

    assert asyncio.run(told(light_outputs.own_outputs)) == asyncio.run(told(rpc.transfer_properties))


@contextmanager
def sdks_own(patches: pytest.MonkeyPatch) -> Generator[None]:
    """Inside, a preview has the SDK's own outputs."""
    with patches.context() as inside:
        inside.setattr(driver, "light_outputs", nullcontext)
        yield


def comparable(result: RunResult) -> object:
    resources = [(each.urn, each.inputs, each.dependencies, each.property_dependencies) for each in result.resources]
    return sorted(resources, key=repr), result.outputs, {failure.message for failure in result.failures}


def chain() -> None:
    account = Account()
    first = Thing("first", on(account), size=1, names=["a", {"b": "c"}])
    second = Thing("second", on(account), size=first.id.apply(len), secret=Output.secret("hush"))
    Thing("third", on(account, parent=second, aliases=[pulumi.Alias(name="old")]), names=[second.id, first.urn])
    pulumi.export("both", Output.all(first.id, second.urn))


def refused() -> None:
    account = Account()
    first = Thing("first", on(account), size="bad")
    Thing("second", on(account), size=first.id)


def no_such_method(urn: Any) -> Any:
    return urn.no_such_method()


def raising() -> None:
    first: Any = Thing("first", on(Account()), size=1)
    pulumi.export("broken", first.urn.apply(no_such_method))


@pytest.mark.parametrize("program", [chain, refused])
def test_a_preview_comes_out_as_with_the_sdks_own_outputs(
    program: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    light = Stack().preview(program)
    with sdks_own(monkeypatch):
        own = Stack().preview(program)
    assert comparable(light) == comparable(own)


def test_what_a_program_raises_in_an_output_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AttributeError, match="no_such_method"):
        Stack().preview(raising)
    with sdks_own(monkeypatch), pytest.raises(AttributeError, match="no_such_method"):
        Stack().preview(raising)


def test_a_property_of_a_preview_has_no_task_and_the_sdk_has_its_functions_back() -> None:
    before = rpc.transfer_properties, rpc.contains_unknowns, resource.create_urn
    seen: list[bool] = []

    def look() -> None:
        thing: Any = Thing("one", on(Account()), size=1)
        seen.append(isinstance(thing.size._data, asyncio.Task))

    Stack().preview(look)
    assert before == (rpc.transfer_properties, rpc.contains_unknowns, resource.create_urn)
    Stack().up(look)
    assert seen == [False, True]
