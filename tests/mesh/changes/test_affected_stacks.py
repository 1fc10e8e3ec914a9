"""Affected stacks: the program reads nothing of a plan beside what is compared, and those that differ are told."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from mesh.changes.affected_stacks import OF_ACCESS, OF_DOMAIN, UNREAD, AffectedStack, affected, read_by
from mesh.changes.changed_stacks import changed_stacks
from mesh.findings import BadInputError
from mesh.folder import PlannedMesh, plan_folder
from mesh.plan import Plan
from mesh.plan.nodes import DataProductArgs
from program import stack as of_the_program
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import run
from sandbox.engine.engine import Engine
from sandbox.engine.state import StackState
from sandbox.runs.preview import preview
from sandbox.runs.rendered_stacks import Resources, rendered
from sandbox.runs.stack_run import PROJECT, stack_config
from tests.conftest import DAY, STACKS, TINY
from tests.mesh.changes.stack_edits import EDITS, edited, generated

LATER: Final = datetime.date(2026, 12, 1)


class Guarded:
    """A node of which nothing can be read but some parts, and that knows which were."""

    def __init__(self, node: Any, parts: Mapping[str, Any]) -> None:
        self._parts, self.read, self._node = parts, set[str](), node

    def __getattr__(self, name: str) -> Any:
        if name not in self._parts:
            raise AssertionError(f"the program reads '{name}' of {type(self._node).__name__}")
        self.read.add(name)
        return self._parts[name]


def run_on(plan: Any, mesh: PlannedMesh, stack: str) -> list[tuple[str, dict[str, Any]]]:
    """The resources that the program makes of a plan, whatever that is."""
    engine = Engine(
        project=PROJECT,
        stack=stack,
        preview=True,
        state=StackState(),
        provider=lambda _: AwsProvider(),
        config=stack_config(mesh, emulated=True),
    )
    result = run(engine, lambda: of_the_program._deploy(stack, plan))  # pyright: ignore[reportPrivateUsage]
    assert not result.failures
    return sorted((each.urn, each.inputs) for each in result.resources)


@pytest.mark.slow
def test_the_program_reads_nothing_of_a_plan_but_what_is_compared() -> None:
    mesh = plan_folder(TINY, DAY)
    read: dict[str, set[str]] = {"access": set(), "domain": set()}
    for stack in mesh.plan.stacks:
        kind, _, name = stack.partition("-")
        if kind in read:
            node = Guarded(mesh.plan.domains[name], read_by(mesh.plan, stack))
            made = run_on(Guarded(mesh.plan, {"domains": {name: node}}), mesh, stack)
            read[kind] |= node.read
        elif kind == "partner":
            made = run_on(Guarded(mesh.plan, {"partners": {name: mesh.plan.partners[name]}}), mesh, stack)
        else:
            # What such a node derives, it derives of its own fields, each of which is compared.
            made = run_on(Guarded(mesh.plan, {stack: getattr(mesh.plan, stack)}), mesh, stack)
        assert made == run_on(mesh.plan, mesh, stack)
    # What is compared and never read would be a stack too many.
    assert read == {"access": set(OF_ACCESS), "domain": set(OF_DOMAIN)}


def test_a_part_that_is_not_compared_is_noticed() -> None:
    mesh = plan_folder(TINY, DAY)
    node = Guarded(mesh.plan.domains["shop"], {"name": "shop"})
    with pytest.raises(Exception, match="the program reads"):
        run_on(Guarded(mesh.plan, {"domains": {"shop": node}}), mesh, "domain-shop")


def changed(plan: Plan, *names: str, **values: Any) -> Plan:
    """A plan in which a product of a domain has other values."""
    domain, product = names
    node = plan.domains[domain]
    products = {**node.products, product: dataclasses.replace(node.products[product], **values)}
    return dataclasses.replace(plan, domains={**plan.domains, domain: dataclasses.replace(node, products=products)})


def test_a_change_of_a_product_touches_the_stack_of_its_domain_alone(plan: Plan) -> None:
    assert affected(plan, plan) == ()
    (found,) = affected(plan, changed(plan, "identity", "profiles", retention=30))
    assert found == AffectedStack("domain-identity", "update", ("products.profiles.retention",))


OF_A_PRODUCT: Final = {"description": "Something else.", "kind": "another", "labels": frozenset({"other"})}
"""Values of the parts of a product that no stack reads."""


def test_words_of_a_product_touch_no_stack_for_none_reads_them(plan: Plan) -> None:
    assert UNREAD[DataProductArgs] == OF_A_PRODUCT.keys()
    assert affected(plan, changed(plan, "identity", "profiles", **OF_A_PRODUCT)) == ()
    (found,) = affected(plan, changed(plan, "identity", "profiles", retention=30, **OF_A_PRODUCT))
    assert found.places == ("products.profiles.retention",)


@pytest.mark.slow
def test_the_program_reads_nothing_of_a_product_that_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = plan_folder(TINY, DAY)
    stacks = [stack for stack in mesh.plan.stacks if stack.startswith(("access-", "domain-"))]
    made = [run_on(mesh.plan, mesh, stack) for stack in stacks]
    usual, read = DataProductArgs.__getattribute__, set[str]()

    def watched(node: DataProductArgs, name: str) -> Any:
        read.add(name)
        return usual(node, name)

    monkeypatch.setattr(DataProductArgs, "__getattribute__", watched)
    assert [run_on(mesh.plan, mesh, stack) for stack in stacks] == made
    assert "retention" in read
    assert read & UNREAD[DataProductArgs] == set()


def test_stacks_come_as_they_are_deployed_and_those_that_go_last_the_other_way_round(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(STACKS, tmp_path / "stacks"))
    shutil.copytree(STACKS.parent / "pipelines", tmp_path / "pipelines")
    before = plan_folder(folder, LATER).plan
    after = dataclasses.replace(
        before,
        partners={"subtitling": before.partners["subtitling"]},
        domains={name: node for name, node in before.domains.items() if name != "ads"},
        as_of=before.as_of,
    )
    found = affected(before, after)
    assert [each.stack for each in found] == ["domain-ads", "access-ads", "partner-ad-measurement"]
    assert {each.change for each in found} == {"destroy"}
    back = affected(after, before)
    assert [each.stack for each in back] == ["partner-ad-measurement", "access-ads", "domain-ads"]
    assert {each.change for each in back} == {"create"}


@dataclass
class RenderedStacks:
    """The stacks of one mesh that were asked for, each rendered when it is asked for first."""

    mesh: PlannedMesh
    _made: dict[str, Resources] = field(default_factory=dict[str, Resources])

    def of(self, stacks: Iterable[str]) -> Mapping[str, Resources]:
        wanted = [stack for stack in stacks if stack in self.mesh.plan.access]
        runs = preview(self.mesh, [each for each in wanted if each not in self._made])
        assert [failure for run in runs for failure in run.result.failures] == []
        self._made |= rendered(self.mesh, runs)
        return {stack: self._made[stack] for stack in wanted}


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> RenderedStacks:
    """A generated mesh, rendered once."""
    return RenderedStacks(plan_folder(generated(tmp_path_factory.mktemp("generated") / "base"), DAY))


def differing(before: RenderedStacks, after: RenderedStacks) -> set[str]:
    """The stacks whose documents differ, of all."""
    every = {*before.mesh.plan.stacks, *after.mesh.plan.stacks}
    old, new = before.of(before.mesh.plan.stacks), after.of(after.mesh.plan.stacks)
    return {stack for stack in every if old.get(stack) != new.get(stack)}


def told(before: RenderedStacks, after: RenderedStacks) -> list[str]:
    """The stacks that `mesh affected` names."""
    candidates = affected(before.mesh.plan, after.mesh.plan)
    stacks = [each.stack for each in candidates]
    return [each.stack.stack for each in changed_stacks(candidates, before.of(stacks), after.of(stacks), ())]


def compared(base: RenderedStacks, to: Path, number: int) -> set[str]:
    """The stacks that differ after the edits of a number, where they leave a valid mesh, told and found alike."""
    folder, edits = edited(base.mesh.directory, to, number)
    try:
        after = RenderedStacks(plan_folder(folder, DAY))
    except BadInputError:
        return set()
    names = told(base, after)
    assert set(names) == differing(base, after), (number, edits)
    order = [*after.mesh.plan.stacks, *reversed(base.mesh.plan.stacks)]
    assert names == sorted(names, key=order.index), (number, edits)
    return set(names)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(2))
def test_exactly_the_stacks_differ_that_are_told(base: RenderedStacks, tmp_path: Path, number: int) -> None:
    """The first of those that the long test below compares."""
    compared(base, tmp_path / "edited", number)


@pytest.mark.long
@pytest.mark.timeout(900)  # two minutes on an idle machine
def test_exactly_the_stacks_differ_that_are_told_after_any_edits(base: RenderedStacks, tmp_path: Path) -> None:
    found = [compared(base, tmp_path / str(number), number) for number in range(2 * len(EDITS))]
    assert len([stacks for stacks in found if stacks]) > len(EDITS) * 2 / 3
    assert len(set(map(frozenset, found))) > 10
