"""The move of a deployed mesh to two deployments and to publication: at no moment, and wherever it fails, it opens.

What an earlier commit deployed is made anew, from its recorded states, in the catalog of an organisation; then the
stacks are updated in the order of `docs/two-deployments.md` and `docs/write-check-publish.md`, and behind each of them
the publication function is woken, as its sweep may do at any time.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from column_labels import ColumnLabels

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
from tests.sandbox.runs.lake_watch import (
    UNSEEN,
    Bound,
    Fate,
    Kept,
    Readers,
    WatchedOrganization,
    all_done,
    published_tables,
    readers,
    refused_from,
)
from tests.sandbox.runs.watched_function import WatchedFunction

pytestmark = pytest.mark.long

MESH = mesh_of(TINY)
DOMAINS = tuple(MESH.plan.domains)
IN_ORDER = ("governance", *(f"access-{name}" for name in DOMAINS), *(f"domain-{name}" for name in DOMAINS))
HUB = MESH.plan.perimeter.governance_id
RECORDED = ("governance", *(f"domain-{name}" for name in DOMAINS))
_OF_THE_LAKE = re.compile(r"\$aws:(?:lakeformation|glue)/")
States = Mapping[str, StackState]


def of_the_lake(urn: str) -> bool:
    """Whether a resource is of the catalog or of Lake Formation."""
    return bool(_OF_THE_LAKE.search(urn))


class Moved:
    """An organisation with the catalog of an earlier commit, and states that a person has moved."""

    def __init__(self, organization: EmulatedOrganization, scratch: Path) -> None:
        self.organization, self._scratch = organization, scratch
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
        publication = MESH.plan.governance.publication
        s3 = self.organization.client("s3", publication.perimeter.governance_id)
        for each in s3.list_objects_v2(Bucket=publication.bucket).get("Contents", []):
            s3.delete_object(Bucket=publication.bucket, Key=each["Key"])

    def function(self, watch: Any, fate: Fate = all_done) -> WatchedFunction:
        """The publication function, which needs nothing of a stack but its roles."""
        return WatchedFunction(self.organization, MESH, self._scratch, watch=watch, fate=fate)

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
        before: dict[str, moving.Json] = {each: json.loads(recording.text("embedded", each)) for each in RECORDED}
        of_domains = {name: before[f"domain-{name}"] for name in DOMAINS}
        after = {"governance": moving.with_entries(before["governance"], of_domains)}
        for name, state in of_domains.items():
            left, after[f"access-{name}"] = moving.moved(state, f"domain-{name}", f"access-{name}")
            after[f"domain-{name}"] = moving.without_entries(left)
        return {stack: self._joined(stack, self._lake_of(after[stack], stack)) for stack in IN_ORDER}

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
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    with emulated(MESH.plan) as organization:
        for name in MESH.plan.access:
            if name != "organization":
                organization.ensure_account(name)
        yield Moved(organization, tmp_path_factory.mktemp("function"))


class Watch:
    """The readers after every call, against those of the start and those that the contracts allow."""

    def __init__(self, moved: Moved) -> None:
        self.moved, self.bound, self.start = moved, Bound.of(MESH, MESH), moved.readers()
        self.opened: list[str] = []
        self.moments = 0

    def __call__(self, call: str) -> None:
        self.moments += 1
        if call in UNSEEN:
            return
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
    before = published_tables(moved.organization, HUB)
    watch = Watch(moved)
    for stack in IN_ORDER:
        result = moved.run(stack, WatchedOrganization(moved.organization, watch))
        assert result.failures == [], stack
        assert published_tables(moved.organization, HUB) == before, "what is published stays so"
    assert moved.function(watch).run()
    assert watch.opened == []
    assert watch.moments > 20
    assert watch.unfinished() == []
    assert published_tables(moved.organization, HUB).keys() == before.keys()


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
            assert runs < 300
        # Its sweep comes when it will: before there are roles and drafts it fails, and closes what is to be closed.
        moved.function(watch).run()
    assert runs > 10
    assert moved.function(watch).run()
    assert watch.opened == []
    assert watch.unfinished() == []


def test_wherever_the_first_publication_fails_nothing_is_opened(moved: Moved) -> None:
    moved.back()
    for stack in IN_ORDER:
        assert moved.run(stack, WatchedOrganization(moved.organization)).failures == []
    watch, first = Watch(moved), 1
    refused: set[str] = set()
    while not (function := moved.function(watch, refused_from(first))).run():
        refused.add(function.calls[first - 1].operation)
        # What is told stays in the record until the next change, so a run that makes one alone tells it for ever.
        first = 3 if first == 2 and function.calls[0].operation == "PutEvents" else 2
        assert watch.moments < 200
    assert refused == {"PutObject", "UpdateTable", "AddLFTagsToResource", "PutEvents"}
    assert watch.moments > 5
    assert watch.opened == []
    assert watch.unfinished() == []


def test_a_column_that_the_move_opens_is_noticed(moved: Moved, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ColumnLabels._wanted

    def opening(labels: Any, table: Any, opening: bool) -> Any:
        said = wanted(labels, table, opening)
        return {name: dict.fromkeys(each, "false") for name, each in said.items()}

    moved.back()
    monkeypatch.setattr(ColumnLabels, "_wanted", opening)
    watch = Watch(moved)
    for stack in IN_ORDER:
        moved.run(stack, WatchedOrganization(moved.organization, watch))
    moved.function(watch).run()
    assert "orders__customers.customers.email is read by general, pii" in " ".join(watch.opened)
