"""The move of a deployed mesh to two deployments and closed labels: at no moment, and wherever it fails, it opens.

What an earlier commit deployed is made anew, from its recorded states, in the catalog of an organisation; then the
states are moved, and stacks updated, as `docs/two-deployments.md` and `docs/write-check-publish.md` have it.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from mesh.plan.nodes import lf_tags
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import RunResult
from sandbox.engine.state import ResourceState, StackState
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.stack_run import StackTask
from sandbox.runs.workspace import EmbeddedEngine
from tests.e2e import moving, recording
from tests.e2e.ground import TINY
from tests.e2e.journal import mesh_of
from tests.sandbox.emulator.provider_harness import Driver, settings
from tests.sandbox.runs.in_memory_states import InMemoryStates
from tests.sandbox.runs.lake_watch import Bound, Kept, Readers, WatchedOrganization, readers, refused_from

pytestmark = pytest.mark.long

MESH = mesh_of(TINY)
DOMAINS = tuple(MESH.plan.domains)
IN_ORDER = ("governance", *(f"access-{name}" for name in DOMAINS), *(f"domain-{name}" for name in DOMAINS))
RECORDED = ("governance", *(f"domain-{name}" for name in DOMAINS))
_OF_THE_LAKE = re.compile(r"\$aws:(?:lakeformation|glue)/")
States = Mapping[str, StackState]
CLOSED_UNTIL_PUBLISHED = {
    f"orders__{column} is read by nobody"
    for column in (
        "customers.customers.id",
        "customers.customers.email",
        "parcels.parcels.id",
        "parcels.parcels.weight",
    )
}
"""Columns for which their database says by now that they are closed; the first publication says which are not."""


def of_the_lake(urn: str) -> bool:
    """Whether a resource is of the catalog or of Lake Formation."""
    return bool(_OF_THE_LAKE.search(urn))


class Moved:
    """An organisation with the catalog of an earlier commit, and states that a person has moved."""

    def __init__(self, organization: EmulatedOrganization) -> None:
        self.organization = organization
        self.states = InMemoryStates()
        plan = MESH.plan
        accounts = (plan.perimeter.governance_id, *(each.access.account_id for each in plan.domains.values()))
        empty = [Kept(plan.perimeter.region, account) for account in accounts]
        for stack in IN_ORDER:
            assert self.run(stack, WatchedOrganization(organization)).failures == []
        for catalog in empty:
            catalog.back()
        for stack in RECORDED:
            self._deploy_as_recorded(stack)
        self._catalogs = [Kept(plan.perimeter.region, account) for account in accounts]
        self._moved = self._as_moved()
        self.back()

    def back(self) -> None:
        """Goes back to what the earlier commit deployed, with its states as moved."""
        for catalog in self._catalogs:
            catalog.back()
        for stack, state in self._moved.items():
            self.states.save(stack, copy.deepcopy(state))

    def run(self, stack: str, watched: WatchedOrganization) -> RunResult:
        engine = EmbeddedEngine(lambda _: AwsProvider(watched), self.states)
        return engine.run(StackTask("up", MESH, stack))

    def readers(self) -> Readers:
        return readers(self.organization, MESH)

    def _deploy_as_recorded(self, stack: str) -> None:
        """Creates in AWS what the recorded state has of the catalog and of Lake Formation, in its order."""
        recorded = json.loads(recording.text("embedded", stack))["resources"]
        drivers: dict[str, Driver] = {}
        for each in recorded:
            if not of_the_lake(each["urn"]):
                continue
            provider = each["provider"].rpartition("::")[0]
            if provider not in drivers:
                inputs = next(one["inputs"] for one in recorded if one["urn"] == provider)
                account = json.loads(inputs["allowedAccountIds"])[0]
                drivers[provider] = Driver(AwsProvider(self.organization))
                drivers[provider].configure(settings(account))
            id_, _ = drivers[provider].create(each["type"], each["inputs"], name=f"{stack}-{each['id']}")
            assert id_ == each["id"], each["urn"]

    def _as_moved(self) -> States:
        """The states of this commit, but for the lake, which is as a person moved it."""
        before: dict[str, moving.Json] = {stack: json.loads(recording.text("embedded", stack)) for stack in RECORDED}
        of_domains = {domain: before[f"domain-{domain}"] for domain in DOMAINS}
        after = {"governance": moving.with_entries(before["governance"], of_domains)}
        for domain, state in of_domains.items():
            stack, other = f"domain-{domain}", f"access-{domain}"
            left, after[other] = moving.moved(state, stack, other)
            after[stack] = moving.without_entries(left)
        lake = {stack: self._lake_of(state, stack) for stack, state in after.items()}
        return {stack: self._joined(stack, lake[stack]) for stack in IN_ORDER}

    def _lake_of(self, state: Any, stack: str) -> list[ResourceState]:
        """The lake's resources of a recorded state, at the providers that the stack has."""
        providers = {each.name: f"{each.urn}::{each.id}" for each in self._others(stack) if "providers" in each.type}
        return [
            replace(each, provider=providers[each.provider.rpartition("::")[0].rpartition("::")[2]], dependencies=())
            for each in StackState.from_json(json.dumps(state)).resources
            if of_the_lake(each.urn)
        ]

    def _others(self, stack: str) -> list[ResourceState]:
        return [each for each in self.states.load(stack).resources if not of_the_lake(each.urn)]

    def _joined(self, stack: str, lake: Sequence[ResourceState]) -> StackState:
        free = (replace(each, property_dependencies={}) for each in lake)
        return StackState(resources=[*self._others(stack), *free])


@pytest.fixture(scope="module")
def moved() -> Iterator[Moved]:
    with emulated(MESH.plan) as organization:
        for name in MESH.plan.access:
            if name != "organization":
                organization.ensure_account(name)
        yield Moved(organization)


class Watch:
    """The readers after every call, against those of the start and those that the contracts allow."""

    def __init__(self, moved: Moved) -> None:
        self.moved, self.bound, self.start = moved, Bound.of(MESH, MESH), moved.readers()
        self.opened: list[str] = []
        self.moments = 0

    def __call__(self, call: str) -> None:
        self.moments += 1
        for column, found in self.moved.readers().items():
            allowed = self.bound.allowed(self.bound.after, column) | self.start.get(column, frozenset())
            if not found <= allowed:
                self.opened.append(f"after {call} ({self.moments}): {column} is read by {', '.join(sorted(found))}")

    def unfinished(self) -> list[str]:
        return self.bound.unfinished(self.moved.readers())


def test_what_the_earlier_commit_deployed_is_there_and_open_to_what_nobody_labelled(moved: Moved) -> None:
    moved.back()
    found = moved.readers()
    assert found["orders__customers.customers.email"] == {"pii"}
    assert found["orders__customers.customers.id"] == {"general", "pii"}
    assert found["orders__customers.customers.*"] == {"general", "pii"}, "what nobody labelled was open"


def test_at_no_moment_of_the_move_does_anybody_read_what_they_may_not(moved: Moved) -> None:
    moved.back()
    watch = Watch(moved)
    for stack in IN_ORDER:
        result = moved.run(stack, WatchedOrganization(moved.organization, watch))
        assert result.failures == [], stack
    assert watch.opened == []
    assert watch.moments > 20
    assert set(watch.unfinished()) == CLOSED_UNTIL_PUBLISHED


def test_wherever_the_move_fails_nothing_is_opened_and_the_next_run_ends_it(moved: Moved) -> None:
    moved.back()
    watch, runs = Watch(moved), 0
    for stack in IN_ORDER:
        first = 1
        while failures := moved.run(
            stack, WatchedOrganization(moved.organization, watch, refused_from(first))
        ).failures:
            assert "the test lets this call fail" in " ".join(each.message for each in failures), stack
            first, runs = 2, runs + 1
            assert runs < 200
    assert runs > 10
    assert watch.opened == []
    assert set(watch.unfinished()) == CLOSED_UNTIL_PUBLISHED


def test_a_column_that_somebody_opens_is_noticed(moved: Moved) -> None:
    moved.back()
    watch = Watch(moved)
    recorded: list[Any] = json.loads(recording.text("embedded", "domain-orders"))["resources"]
    label = next(each for each in recorded if each["urn"].endswith("::customers-customers-email-pii"))
    tag = label["inputs"]["lfTag"] | {"value": lf_tags.OPEN}
    driver = Driver(AwsProvider(moved.organization))
    driver.configure(settings(MESH.plan.perimeter.governance_id))
    driver.create(label["type"], label["inputs"] | {"lfTag": tag}, name="a-mistake")
    watch("a mistake")
    assert "orders__customers.customers.email is read by general, pii" in " ".join(watch.opened)
