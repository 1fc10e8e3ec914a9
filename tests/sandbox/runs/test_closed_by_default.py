"""Closed by default: at no moment of a publication, and wherever it fails, does anybody read what they may not."""

from __future__ import annotations

import copy
import datetime
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from column_labels import ColumnLabels
from intents import Hub

from cli import main as command
from cli.exit_codes import FINE
from mesh import names
from mesh.folder import PlannedMesh, plan_folder
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
    another_label,
    column,
    one_column_more,
    one_label_more,
    one_table_more,
)
from tests.sandbox.runs.in_memory_states import InMemoryStates
from tests.sandbox.runs.lake_watch import (
    UNLABELLED,
    UNSEEN,
    Bound,
    CatalogCall,
    Fate,
    Kept,
    Outcome,
    Readers,
    Tables,
    WatchedOrganization,
    all_done,
    failed_at,
    published_tables,
    readers,
)
from tests.sandbox.runs.watched_function import SWEEP, WatchedFunction

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

TINY = Path(__file__).parents[2] / "mesh" / "tiny"
DAY = datetime.date(2027, 1, 1)
CONTRACT = "contracts/orders/customers.odcs.yaml"
STACK = "domain-orders"
LABELS = {"id": "", "email": "pii", "city": "", "wage": "financial", "notes": "financial, pii", "born": "pii"}
OUTCOMES: Sequence[Outcome] = ("refused", "answer lost")


class Moment(NamedTuple):
    """The mesh catalog, the catalog of the domain, the records of publications, and the state of the domain's stack."""

    catalog: Kept
    drafts: Kept
    records: dict[str, bytes]
    state: StackState


def write(folder: Path, schema: dict[str, list[Column]]) -> PlannedMesh:
    """The mesh with these tables in the contract, and their lock."""
    file = folder / CONTRACT
    said = yaml.safe_load(file.read_text())
    said["schema"] = [{"name": name, "properties": columns} for name, columns in schema.items()]
    file.write_text(yaml.safe_dump(said, sort_keys=False))
    assert command.run(["lock", str(folder), "--widen"]) == FINE
    return plan_folder(folder, DAY)


class Laboratory:
    """An organisation in which one contract is changed again and again, from the state that it had."""

    def __init__(self, organization: EmulatedOrganization, folder: Path, scratch: Path) -> None:
        self.organization, self.folder, self.scratch = organization, folder, scratch
        for clearance, reads in {"money": ["financial"], "restricted": ["financial", "pii"]}.items():
            said = {"description": "Of the walk.", "reads": reads, "approvers": ["platform@tiny.example"]}
            (folder / "clearances" / f"{clearance}.yaml").write_text(yaml.safe_dump(said))
        (folder / "contracts/orders/customers.lock.yaml").unlink()
        self.schema = {"customers": [column(name, labels) for name, labels in LABELS.items()]}
        self.mesh = write(folder, self.schema)
        self.states = InMemoryStates()
        plan = self.mesh.plan
        self.hub, self.domain = plan.perimeter.governance_id, plan.domains["orders"].access.account_id
        self.bucket = plan.governance.publication.bucket
        for stack in ("governance", "access-orders", "access-shop", "domain-shop", STACK):
            assert self.deploy(self.mesh, stack).failures == []
        self.drafted = self.moment()
        assert self.function(self.mesh).run()
        self.published = self.moment()

    def moment(self) -> Moment:
        region = self.mesh.plan.perimeter.region
        state = copy.deepcopy(self.states.load(STACK))
        return Moment(Kept(region, self.hub), Kept(region, self.domain), self._records(), state)

    def back(self, moment: Moment) -> None:
        """Goes back to what there was."""
        moment.catalog.back()
        moment.drafts.back()
        s3 = self.organization.client("s3", self.hub)
        for key in self._records().keys() - moment.records.keys():
            s3.delete_object(Bucket=self.bucket, Key=key)
        for key, body in moment.records.items():
            s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        self.states.save(STACK, copy.deepcopy(moment.state))

    def _records(self) -> dict[str, bytes]:
        s3 = self.organization.client("s3", self.hub)
        listed = s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return {each["Key"]: s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read() for each in listed}

    def deploy(self, mesh: PlannedMesh, stack: str, watched: WatchedOrganization | None = None) -> RunResult:
        organization = watched or WatchedOrganization(self.organization)
        return EmbeddedEngine(lambda _: AwsProvider(organization), self.states).run(StackTask("up", mesh, stack))

    def function(self, mesh: PlannedMesh, **watch: Any) -> WatchedFunction:
        """The function as it is deployed with a mesh."""
        folder = self.scratch / f"function-{len(list(self.scratch.iterdir()))}"
        return WatchedFunction(self.organization, mesh, folder, **watch)

    def changed(self, change: Change, tmp_path: Path) -> PlannedMesh:
        """The mesh after a change of the contract, in a folder of its own."""
        folder = Path(shutil.copytree(self.folder, tmp_path / "changed"))
        schema = copy.deepcopy(self.schema)
        change(schema)
        return write(folder, schema)

    def readers(self, mesh: PlannedMesh) -> Readers:
        return readers(self.organization, mesh)

    def tables(self) -> Tables:
        return published_tables(self.organization, self.hub)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("closed") / "mesh"))
    plan = plan_folder(folder, DAY).plan
    with emulated(plan) as organization:
        for name in plan.access:
            if name != "organization":
                organization.ensure_account(name)
        yield Laboratory(organization, folder, tmp_path_factory.mktemp("functions"))


class Walk:
    """A change of the contract: the function has it first, then the drafts; watched after every call that changes."""

    def __init__(self, laboratory: Laboratory, start: Moment, before: PlannedMesh | None, after: PlannedMesh) -> None:
        self.laboratory, self.start, self.after = laboratory, start, after
        self.bound = Bound.of(before, after)
        # Of a change one product is looked at, as Glue tells of its draft; a sweep would look at all.
        told = {"databaseName": names.draft_database("orders", "customers")}
        self.event = {"source": "aws.glue", "account": laboratory.domain, "detail": told} if before else SWEEP
        self.broken: list[str] = []
        self.moments = 0
        laboratory.back(start)
        self.versions: dict[str, set[Any]] = {}
        self._seen()

    def _seen(self) -> None:
        for name, version in self.laboratory.tables().items():
            self.versions.setdefault(name, set()).add(version)

    def watch(self, call: str) -> None:
        self.moments += 1
        if call in UNSEEN:
            return
        found = self.bound.broken(self.laboratory.readers(self.after))
        self.broken += [f"after {call} ({self.moments}): {wrong}" for wrong in found]

    def run(self, fate: Fate = all_done) -> list[CatalogCall]:
        """Wakes the function once; the changes that it made, those that failed as well."""
        function = self.laboratory.function(self.after, watch=self.watch, fate=fate)
        assert function.run(self.event) or fate is not all_done
        return function.calls

    def deployed(self) -> None:
        """Deploys the drafts, which opens nothing, nor moves what readers see."""
        before, watched = self.laboratory.tables(), WatchedOrganization(self.laboratory.organization, self.watch)
        assert self.laboratory.deploy(self.after, STACK, watched).failures == []
        assert self.laboratory.tables() == before

    def whole(self) -> list[CatalogCall]:
        """The function with the new contract and the drafts of before, the deployment, the function again."""
        calls = self.run()
        self.deployed()
        calls += self.run()
        self._seen()
        return calls

    def failing_everywhere(self) -> int:
        """Lets the function fail at each of its changes, before and behind the deployment; the number of times."""
        self.laboratory.back(self.start)
        early = self.failing()
        self.laboratory.back(self.start)
        self.deployed()
        self.start = self.laboratory.moment()
        return early + self.failing(ends=True)

    def failing(self, *, ends: bool = False) -> int:
        """Lets the function fail at each of its changes, and wakes it again; the number of changes."""
        count = len(self.run())
        self._seen()
        for outcome in OUTCOMES:
            for number in range(1, count + 1):
                self.laboratory.back(self.start)
                self.run(failed_at(number, outcome))
                for name, version in self.laboratory.tables().items():
                    if version not in self.versions[name]:
                        self.broken.append(f"{name}, {outcome} ({number}): neither the old version nor the new one")
                self.run()
                if ends:
                    self.broken += [f"behind {outcome} ({number}): {wrong}" for wrong in self.unfinished()]
        return count

    def unfinished(self) -> list[str]:
        return self.bound.unfinished(self.laboratory.readers(self.after))


def test_what_is_there_is_read_by_whom_the_contract_says_and_what_nobody_labelled_by_who_holds_everything(
    laboratory: Laboratory,
) -> None:
    laboratory.back(laboratory.published)
    found = laboratory.readers(laboratory.mesh)
    everybody = {"general", "pii", "money", "restricted"}
    assert found["orders__customers.customers.city"] == everybody
    assert found["orders__customers.customers.email"] == {"pii", "restricted"}
    assert found["orders__customers.customers.wage"] == {"money", "restricted"}
    assert found["orders__customers.customers.notes"] == {"restricted"}
    assert found[f"orders__customers.customers.{UNLABELLED}"] == {"restricted"}
    assert found[f"orders__customers.{UNLABELLED}.{UNLABELLED}"] == {"restricted"}


def test_a_deployment_alone_publishes_nothing(laboratory: Laboratory) -> None:
    laboratory.back(laboratory.drafted)
    assert laboratory.tables() == {}
    assert laboratory.readers(laboratory.mesh)[f"orders__customers.{UNLABELLED}.{UNLABELLED}"] == {"restricted"}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_at_no_moment_of_a_change_does_anybody_read_what_they_may_not(
    change: Change, laboratory: Laboratory, tmp_path: Path
) -> None:
    walk = Walk(laboratory, laboratory.published, laboratory.mesh, laboratory.changed(change, tmp_path))
    calls = walk.whole()
    assert walk.broken == []
    assert walk.unfinished() == []
    assert walk.moments >= len(calls) > 0
    assert "RemoveLFTagsFromResource" not in {call.operation for call in calls}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_wherever_a_change_ends_nobody_reads_what_they_may_not_and_the_next_run_ends_it(
    change: Change, laboratory: Laboratory, tmp_path: Path
) -> None:
    walk = Walk(laboratory, laboratory.published, laboratory.mesh, laboratory.changed(change, tmp_path))
    assert walk.failing_everywhere() > 4
    assert walk.broken == []


def test_a_first_publication_opens_nothing_too_early_wherever_it_ends(laboratory: Laboratory) -> None:
    walk = Walk(laboratory, laboratory.drafted, None, laboratory.mesh)
    assert walk.failing(ends=True) > 5
    assert walk.broken == []
    walk.whole()
    assert walk.unfinished() == []


def test_a_stack_that_is_deployed_again_takes_no_column_and_no_label_back(laboratory: Laboratory) -> None:
    walk = Walk(laboratory, laboratory.published, laboratory.mesh, laboratory.mesh)
    tables, found = laboratory.tables(), laboratory.readers(laboratory.mesh)
    watched = WatchedOrganization(laboratory.organization, walk.watch)
    for stack in ("governance", "access-orders", STACK):
        assert laboratory.deploy(laboratory.mesh, stack, watched).failures == []
    assert (laboratory.tables(), laboratory.readers(laboratory.mesh), walk.broken) == (tables, found, [])


# ---- the walk notices


def test_a_function_that_opens_before_it_closes_is_noticed(
    laboratory: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = laboratory.changed(another_label, tmp_path)
    monkeypatch.setattr(ColumnLabels, "close", lambda *_: None)
    walk = Walk(laboratory, laboratory.published, laboratory.mesh, after)
    walk.whole()
    assert "opened before" in " ".join(walk.broken)
    assert walk.unfinished() == []


def test_a_label_that_is_written_over_no_old_one_is_noticed(
    laboratory: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = ColumnLabels._wanted

    def opening(labels: Any, table: Any, opening: bool) -> Any:
        said = wanted(labels, table, opening)
        return {name: {key: value for key, value in each.items() if value == "false"} for name, each in said.items()}

    after = laboratory.changed(one_label_more, tmp_path)
    monkeypatch.setattr(ColumnLabels, "_wanted", opening)
    walk = Walk(laboratory, laboratory.published, laboratory.mesh, after)
    walk.whole()
    city = "orders__customers.customers.city is read by general, money, pii, restricted"
    assert city in walk.unfinished()


def test_a_database_that_opens_what_comes_into_it_is_noticed(laboratory: Laboratory, tmp_path: Path) -> None:
    after = laboratory.changed(one_table_more, tmp_path)
    laboratory.back(laboratory.drafted)
    open_tags = [{"TagKey": key, "TagValues": ["false"]} for key in ("financial", "pii")]
    lake = laboratory.organization.client("lakeformation", laboratory.hub)
    lake.add_lf_tags_to_resource(Resource={"Database": {"Name": "orders__customers"}}, LFTags=open_tags)
    walk = Walk(laboratory, laboratory.moment(), None, after)
    walk.whole()
    assert [wrong for wrong in walk.broken if wrong.startswith("after CreateTable") and "refunds.card" in wrong]


def test_a_table_that_moves_before_its_columns_are_closed_is_noticed(
    laboratory: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Labels come late, as from a deployment behind the move."""
    after = laboratory.changed(one_label_more, tmp_path)
    monkeypatch.setattr(ColumnLabels, "close", lambda *_: None)
    monkeypatch.setattr(ColumnLabels, "open", lambda *_: None)
    walk = Walk(laboratory, laboratory.published, laboratory.mesh, after)
    walk.whole()
    assert "orders__customers.customers.city is read by general, money, pii, restricted" in walk.unfinished()


def test_a_move_in_two_steps_is_noticed(
    laboratory: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = Hub._move

    def twice(hub: Any, records: Any, record: Any, name: str, stored: Any, step: Any) -> Any:
        if stored:
            storage = {**step["input"]["StorageDescriptor"], "Columns": stored.document["StorageDescriptor"]["Columns"]}
            hub.tables.put({**step["input"], "StorageDescriptor": storage}, stored)
            stored = hub.tables.get(name)
            step = {**step, "base": stored.version}
        return move(hub, records, record, name, stored, step)

    after = laboratory.changed(one_column_more, tmp_path)
    monkeypatch.setattr(Hub, "_move", twice)
    walk = Walk(laboratory, laboratory.published, laboratory.mesh, after)
    # No table moves before the drafts are those of the new contract.
    walk.deployed()
    walk.start = laboratory.moment()
    walk.failing()
    assert "neither the old version nor the new one" in " ".join(walk.broken)
