"""Closed by default: at no moment of a deployment, and wherever it fails, does anybody read what they may not."""

from __future__ import annotations

import copy
import datetime
import shutil
import types
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

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
from tests.sandbox.runs.in_memory_states import InMemoryStates
from tests.sandbox.runs.lake_watch import UNLABELLED, Bound, Kept, Readers, WatchedOrganization, readers

pytestmark = pytest.mark.long

TINY = Path(__file__).parents[2] / "mesh" / "tiny"
DAY = datetime.date(2027, 1, 1)
CONTRACT = "contracts/orders/customers.odcs.yaml"
STACK = "domain-orders"
LABELS = {"id": "", "email": "pii", "city": "", "wage": "financial", "notes": "financial, pii"}

Column = dict[str, Any]
When = Literal["before", "after"]
Change = Callable[[dict[str, Any]], None]


def column(name: str, labels: str = "", **more: Any) -> Column:
    found: Column = {"name": name, "logicalType": "string", "physicalType": "string", **more}
    return {**found, "classification": labels} if labels else found


def labelled(columns: list[Column], **labels: str) -> None:
    """Gives columns other labels."""
    for found in columns:
        if found["name"] in labels:
            found.pop("classification", None)
            found |= {"classification": labels[found["name"]]} if labels[found["name"]] else {}


def renamed(columns: list[Column], **new_names: str) -> None:
    for found in columns:
        if old := next((old for old in new_names if old == found["name"]), None):
            found["name"] = new_names[old]
            found["customProperties"] = [{"property": "renamedFrom", "value": old}]


def one_column_more(schema: dict[str, Any]) -> None:
    schema["customers"] += [column("nick"), column("phone", "pii")]


def one_table_more(schema: dict[str, Any]) -> None:
    schema["refunds"] = [column("id"), column("card", "financial, pii")]


def one_label_more(schema: dict[str, Any]) -> None:
    labelled(schema["customers"], city="pii", wage="financial, pii")


def one_label_less(schema: dict[str, Any]) -> None:
    labelled(schema["customers"], email="", notes="financial")


def another_label(schema: dict[str, Any]) -> None:
    labelled(schema["customers"], email="financial", wage="pii")


def other_names(schema: dict[str, Any]) -> None:
    renamed(schema["customers"], email="mail", city="town")


def one_column_less(schema: dict[str, Any]) -> None:
    schema["customers"] = [found for found in schema["customers"] if found["name"] not in ("city", "notes")]


def all_at_once(schema: dict[str, Any]) -> None:
    one_column_more(schema)
    one_table_more(schema)
    labelled(schema["customers"], wage="pii", notes="")
    other_names(schema)


CHANGES: Sequence[Change] = (
    one_column_more,
    one_table_more,
    one_label_more,
    one_label_less,
    another_label,
    other_names,
    one_column_less,
    all_at_once,
)


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

    def back(self, moment: tuple[Kept, StackState]) -> None:
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

    def once(self, failing: int = 0, when: When = "before") -> tuple[RunResult, list[str]]:
        """One run, which fails at a call; the calls that it made."""
        watched = WatchedOrganization(self.laboratory.organization, self.watch, failing, when)
        return self.laboratory.run(self.after, watched), watched.calls

    def whole(self) -> list[str]:
        """Runs without a failure; the calls."""
        result, calls = self.once()
        assert result.failures == []
        return calls

    def failing_everywhere(self, lost: Sequence[str] = ()) -> int:
        """Runs until one is whole: each run before fails at the next call; the number of runs.

        Of the calls `lost` AWS has done them, and the answer does not come.
        """
        failing = runs = 0
        while runs < 100:
            # The call that failed is made by the next run, which fails at the one after it.
            failing, runs = min(failing + 1, 2), runs + 1
            result, calls = self.once(failing)
            if not result.failures:
                return runs
            if calls[-1] in lost:
                self.once(1, "after")
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
    assert "remove_lf_tags_from_resource" not in calls


@pytest.mark.parametrize(
    ("change", "lost"),
    [*((change, ()) for change in CHANGES), (all_at_once, ("add_lf_tags_to_resource", "update_table"))],
    ids=lambda each: each.__name__ if callable(each) else "and an answer lost" if each else "",
)
def test_wherever_a_change_fails_nobody_reads_what_they_may_not_and_the_next_run_ends_it(
    change: Change, lost: Sequence[str], laboratory: Laboratory, tmp_path: Path
) -> None:
    after = laboratory.changed(change, tmp_path)
    laboratory.back(laboratory.deployed)
    walk = Walk(laboratory, laboratory.mesh, after)
    runs = walk.failing_everywhere(lost)
    assert walk.broken == []
    assert walk.unfinished() == []
    assert runs > 1


def test_a_first_deployment_opens_nothing_too_early_wherever_it_fails(laboratory: Laboratory) -> None:
    laboratory.back(laboratory.nothing)
    walk = Walk(laboratory, None, laboratory.mesh)
    assert walk.failing_everywhere() > 5
    assert walk.broken == []
    assert walk.unfinished() == []


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
    assert "remove_lf_tags_from_resource" in walk.whole()
    assert walk.broken == [], "what is taken away closes"
    assert "orders__customers.customers.id is read by restricted" in walk.unfinished()
