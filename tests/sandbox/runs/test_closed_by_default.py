"""Closed by default: at no moment of a deployment, and wherever it fails, does anybody read what they may not."""

from __future__ import annotations

import copy
import datetime
import shutil
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi import ResourceOptions

from cli import main as command
from cli.exit_codes import FINE
from components import catalog_entry
from mesh.folder import PlannedMesh, plan_folder
from mesh.plan.nodes import lf_tags
from mesh.plan.nodes.lf_tags import TagAssignment
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import RunResult
from sandbox.engine.state import StackState
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.stack_run import StackTask
from sandbox.runs.workspace import EmbeddedEngine
from tests.sandbox.runs.column_changes import (
    CHANGES,
    Change,
    Column,
    all_at_once,
    another_label,
    column,
    one_column_more,
    one_label_more,
    one_table_more,
)
from tests.sandbox.runs.in_memory_states import InMemoryStates
from tests.sandbox.runs.lake_watch import (
    UNLABELLED,
    Bound,
    CatalogCall,
    Fate,
    Kept,
    Outcome,
    Readers,
    WatchedOrganization,
    all_done,
    failed_alone,
    lost_at,
    readers,
    refused_from,
)

pytestmark = pytest.mark.long

TINY = Path(__file__).parents[2] / "mesh" / "tiny"
DAY = datetime.date(2027, 1, 1)
CONTRACT = "contracts/orders/customers.odcs.yaml"
STACK = "domain-orders"
LABELS = {"id": "", "email": "pii", "city": "", "wage": "financial", "notes": "financial, pii"}

Moment = tuple[Kept, StackState]
"""The catalog, and the state of the stack."""

FAILURES: Sequence[Outcome] = ("refused", "answer lost")


def write(folder: Path, schema: dict[str, list[Column]]) -> PlannedMesh:
    """The mesh with these tables in the contract, and their lock."""
    file = folder / CONTRACT
    said = yaml.safe_load(file.read_text())
    said["schema"] = [{"name": name, "properties": columns} for name, columns in schema.items()]
    file.write_text(yaml.safe_dump(said, sort_keys=False))
    assert command.run(["lock", str(folder), "--widen"]) == FINE
    return plan_folder(folder, DAY)


class Laboratory:
    """An organisation in which one domain is deployed again and again, from the state that it had."""

    def __init__(self, organization: EmulatedOrganization, folder: Path) -> None:
        self.organization, self.folder = organization, folder
        for clearance, reads in {"money": ["financial"], "restricted": ["financial", "pii"]}.items():
            said = {"description": "Of the walk.", "reads": reads, "approvers": ["platform@tiny.example"]}
            (folder / "clearances" / f"{clearance}.yaml").write_text(yaml.safe_dump(said))
        (folder / "contracts/orders/customers.lock.yaml").unlink()
        self.schema = {"customers": [column(name, labels) for name, labels in LABELS.items()]}
        self.mesh = write(folder, self.schema)
        self.states = InMemoryStates()
        for stack in ("governance", "access-orders", "access-shop", "domain-shop"):
            assert self.run(self.mesh, WatchedOrganization(organization), stack).failures == []
        empty = self._catalog()
        assert self.run(self.mesh, WatchedOrganization(organization)).failures == []
        state = copy.deepcopy(self.states.load(STACK))
        self.deployed = self._catalog(), state
        # The rest of the stack is there already: only the catalog can be brought back to what it was.
        others = [resource for resource in state.resources if "mesh:aws:CatalogEntry" not in resource.urn]
        self.nothing = empty, StackState(resources=others)

    def _catalog(self) -> Kept:
        plan = self.mesh.plan
        return Kept(plan.perimeter.region, plan.perimeter.governance_id)

    def back(self, moment: Moment) -> None:
        """Goes back to the catalog and the state of the stack that there were."""
        catalog, state = moment
        catalog.back()
        self.states.save(STACK, copy.deepcopy(state))

    def run(self, mesh: PlannedMesh, watched: WatchedOrganization, stack: str = STACK) -> RunResult:
        engine = EmbeddedEngine(lambda _: AwsProvider(watched), self.states)
        return engine.run(StackTask("up", mesh, stack))

    def changed(self, change: Change, tmp_path: Path) -> PlannedMesh:
        """The mesh after a change of the contract, in a folder of its own."""
        folder = Path(shutil.copytree(self.folder, tmp_path / "changed"))
        schema = copy.deepcopy(self.schema)
        change(schema)
        return write(folder, schema)

    def readers(self, mesh: PlannedMesh) -> Readers:
        return readers(self.organization, mesh)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("closed") / "mesh"))
    plan = plan_folder(folder, DAY).plan
    with emulated(plan) as organization:
        for name in plan.access:
            if name != "organization":
                organization.ensure_account(name)
        yield Laboratory(organization, folder)


class Walk:
    """A deployment of a changed mesh, watched after every call that changes the catalog."""

    def __init__(self, laboratory: Laboratory, before: PlannedMesh | None, after: PlannedMesh) -> None:
        self.laboratory, self.after = laboratory, after
        self.bound = Bound.of(before, after)
        self.broken: list[str] = []
        self.moments = 0

    def watch(self, call: str) -> None:
        self.moments += 1
        found = self.bound.broken(self.laboratory.readers(self.after))
        self.broken += [f"after {call} ({self.moments}): {wrong}" for wrong in found]

    def once(self, fate: Fate = all_done) -> tuple[RunResult, list[CatalogCall]]:
        """One run; the calls that it made, those that failed as well."""
        watched = WatchedOrganization(self.laboratory.organization, self.watch, fate)
        return self.laboratory.run(self.after, watched), watched.calls

    def whole(self) -> list[CatalogCall]:
        """Runs without a failure; the calls."""
        result, calls = self.once()
        assert result.failures == []
        return calls

    def going_on_without_each(self, start: Moment, lost: Sequence[str] = ()) -> int:
        """Lets each call of a whole run fail alone, and runs to the end behind it; the number of calls.

        The answers of the calls `lost` do not come, of each alone as well.
        """
        self.laboratory.back(start)
        calls = self.whole()
        for call in calls:
            for outcome in FAILURES if call.operation in lost else FAILURES[:1]:
                self.laboratory.back(start)
                result, _ = self.once(failed_alone(call, outcome))
                assert len(result.failures) == 1, (call, outcome)
                self.whole()
                self.broken += [f"behind {call.operation}, {outcome}: {wrong}" for wrong in self.unfinished()]
        return len(calls)

    def failing_everywhere(self, lost: Sequence[str] = ()) -> int:
        """Runs until one is whole: each run before ends at the next call; the number of runs.

        Of the calls `lost` AWS has done them, and the answer does not come.
        """
        first = runs = 0
        while runs < 100:
            # The call that failed is made by the next run, which fails at the one after it.
            first, runs = min(first + 1, 2), runs + 1
            result, calls = self.once(refused_from(first))
            if not result.failures:
                return runs
            failed = calls[first - 1]
            if failed.operation in lost:
                assert failed in self.once(lost_at(failed))[1]
        raise AssertionError("the runs come to no end")

    def unfinished(self) -> list[str]:
        return self.bound.unfinished(self.laboratory.readers(self.after))


def test_what_is_there_is_read_by_whom_the_contract_says_and_what_nobody_labelled_by_who_holds_everything(
    laboratory: Laboratory,
) -> None:
    laboratory.back(laboratory.deployed)
    found = laboratory.readers(laboratory.mesh)
    everybody = {"general", "pii", "money", "restricted"}
    assert found["orders__customers.customers.city"] == everybody
    assert found["orders__customers.customers.email"] == {"pii", "restricted"}
    assert found["orders__customers.customers.wage"] == {"money", "restricted"}
    assert found["orders__customers.customers.notes"] == {"restricted"}
    assert found[f"orders__customers.customers.{UNLABELLED}"] == {"restricted"}
    assert found[f"orders__customers.{UNLABELLED}.{UNLABELLED}"] == {"restricted"}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_at_no_moment_of_a_change_does_anybody_read_what_they_may_not(
    change: Change, laboratory: Laboratory, tmp_path: Path
) -> None:
    after = laboratory.changed(change, tmp_path)
    laboratory.back(laboratory.deployed)
    walk = Walk(laboratory, laboratory.mesh, after)
    calls = walk.whole()
    assert walk.broken == []
    assert walk.unfinished() == []
    assert walk.moments == len(calls) > 0
    assert "remove_lf_tags_from_resource" not in {call.operation for call in calls}


LOST = ("add_lf_tags_to_resource", "update_table")
"""Calls that are made again where no answer came; one that creates finds then what it has made, and says so."""

EVERY_CHANGE = pytest.mark.parametrize(
    ("change", "lost"),
    [*((change, ()) for change in CHANGES), (all_at_once, LOST)],
    ids=lambda each: each.__name__ if callable(each) else "and an answer lost" if each else "",
)


@EVERY_CHANGE
def test_wherever_a_change_ends_nobody_reads_what_they_may_not_and_the_next_run_goes_on(
    change: Change, lost: Sequence[str], laboratory: Laboratory, tmp_path: Path
) -> None:
    after = laboratory.changed(change, tmp_path)
    laboratory.back(laboratory.deployed)
    walk = Walk(laboratory, laboratory.mesh, after)
    runs = walk.failing_everywhere(lost)
    assert walk.broken == []
    assert walk.unfinished() == []
    assert runs > 1


@EVERY_CHANGE
def test_whichever_call_of_a_change_fails_nobody_reads_what_they_may_not_and_the_next_run_ends_it(
    change: Change, lost: Sequence[str], laboratory: Laboratory, tmp_path: Path
) -> None:
    walk = Walk(laboratory, laboratory.mesh, laboratory.changed(change, tmp_path))
    assert walk.going_on_without_each(laboratory.deployed, lost) > 0
    assert walk.broken == []


def test_a_first_deployment_opens_nothing_too_early_wherever_it_ends(laboratory: Laboratory) -> None:
    laboratory.back(laboratory.nothing)
    walk = Walk(laboratory, None, laboratory.mesh)
    assert walk.failing_everywhere() > 5
    assert walk.broken == []
    assert walk.unfinished() == []


def test_a_first_deployment_opens_nothing_too_early_whichever_call_fails(laboratory: Laboratory) -> None:
    walk = Walk(laboratory, None, laboratory.mesh)
    assert walk.going_on_without_each(laboratory.nothing) > 5
    assert walk.broken == []


# ---- the walk notices


def opening_first(tables: Any, classifications: Any) -> Iterator[TagAssignment]:
    yield from reversed(list(lf_tags.of_columns(tables, classifications)))


def never_closing(tables: Any, classifications: Any) -> Iterator[TagAssignment]:
    return (tag for tag in lf_tags.of_columns(tables, classifications) if tag.value == lf_tags.OPEN)


def open_databases(classifications: Any) -> Iterator[TagAssignment]:
    return (tag._replace(value=lf_tags.OPEN) for tag in lf_tags.of_database(classifications))


class Unretained(ResourceOptions):
    """Options of a resource that goes when it is replaced."""

    def __init__(self, **said: Any) -> None:
        super().__init__(**{**said, "retain_on_delete": False})


def with_these(monkeypatch: pytest.MonkeyPatch, **functions: Any) -> None:
    """Puts others in the place of the functions that make a product's tags."""
    originals = {name: getattr(lf_tags, name) for name in ("of_columns", "of_database")}
    both = types.SimpleNamespace(**{**originals, **functions})
    monkeypatch.setattr("mesh.plan.nodes.domain.lf_tags", both)


def test_an_order_that_opens_first_is_noticed(
    laboratory: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = laboratory.changed(another_label, tmp_path)
    laboratory.back(laboratory.deployed)
    with_these(monkeypatch, of_columns=opening_first)
    walk = Walk(laboratory, laboratory.mesh, after)
    walk.whole()
    assert "orders__customers.customers.email is read by general, money, pii, restricted" in " ".join(walk.broken)
    assert walk.unfinished() == []


def test_a_label_that_is_written_over_no_old_tag_is_noticed(
    laboratory: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = laboratory.changed(one_label_more, tmp_path)
    laboratory.back(laboratory.deployed)
    with_these(monkeypatch, of_columns=never_closing)
    walk = Walk(laboratory, laboratory.mesh, after)
    walk.whole()
    city = "orders__customers.customers.city is read by general, money, pii, restricted"
    assert city in walk.unfinished()


def test_a_database_that_opens_what_comes_into_it_is_noticed(
    laboratory: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = laboratory.changed(one_table_more, tmp_path)
    laboratory.back(laboratory.nothing)
    with_these(monkeypatch, of_database=open_databases)
    before = Walk(laboratory, None, laboratory.mesh)
    before.whole()
    assert f"orders__customers.{UNLABELLED}.{UNLABELLED} is read by general" in " ".join(before.broken)
    walk = Walk(laboratory, laboratory.mesh, after)
    walk.whole()
    card = [wrong for wrong in walk.broken if wrong.startswith("after create_table") and "refunds.card" in wrong]
    assert card


def test_tags_that_go_with_the_resource_that_is_replaced_are_noticed(
    laboratory: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = laboratory.changed(one_column_more, tmp_path)
    laboratory.back(laboratory.nothing)
    monkeypatch.setattr(catalog_entry, "ResourceOptions", Unretained)
    assert Walk(laboratory, None, laboratory.mesh).whole()
    walk = Walk(laboratory, laboratory.mesh, after)
    assert "remove_lf_tags_from_resource" in {call.operation for call in walk.whole()}
    assert walk.broken == [], "what is taken away closes"
    assert "orders__customers.customers.id is read by restricted" in walk.unfinished()
