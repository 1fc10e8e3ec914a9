"""Random schedules of commits, wake-ups, deaths, retention, rollbacks: nothing is lost, readers see what was checked.

The real handler on moto, the real pyiceberg as the writer; hypothesis chooses what happens, and where the function dies
or is overtaken.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from unittest.mock import patch

import product_publication
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.functions.publish import retention
from tests.functions.publish.organization import DOMAIN, SWEEP, DiedError, Harbour, harbour
from tests.functions.publish.writers import Writer, rows, ship

BUCKET_EVENT = {"source": "aws.s3", "detail-type": "Object Created", "detail": {}}
MOMENTS = st.integers(0, 30)

Watcher = Callable[[int, str], None]


class Schedules(RuleBasedStateMachine):
    """A product's life. The model knows of each metadata file whether it is good, and which rows it has."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.harbour: Harbour = self.stack.enter_context(harbour(folder))
        self.writer = Writer(self.harbour)
        self.good: dict[str, bool] = {}
        self.rows: dict[str, list[int]] = {}
        self.committed: dict[str, float] = {}
        self.expired: set[str] = set()
        self.ships = self.since_a_look = 0
        self.forgetful = False
        self.draft = ""
        self.known(self.writer.pointer(), good=True, rows=[])
        self.whole = self.writer.metadata()
        self.looked_at, self.deleted = "", False
        self.ahead = 0.0
        self.told: dict[str, tuple[str, float]] = {}
        self.clocks()
        self.optimizers = retention.Optimizers(self.harbour, self.writer)
        self.optimizers.deploy()
        self.watch(None)

    def clocks(self) -> None:
        """The clocks of writers, and of the function, go ahead as the schedule says."""
        machine, real = self, time.time

        class Clock(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return datetime.fromtimestamp(real() + machine.ahead, UTC)

        self.stack.enter_context(patch.object(time, "time", lambda: real() + machine.ahead))
        self.stack.enter_context(patch.object(product_publication, "datetime", Clock))

    @property
    def now(self) -> int:
        """Milliseconds of the schedule's clock."""
        return int(time.time() * 1000)

    def known(self, pointer: str, good: bool, rows: list[int]) -> None:
        """The draft points at a new metadata file."""
        self.draft = pointer
        self.good[pointer], self.rows[pointer] = good, rows
        self.committed.setdefault(pointer, retention.committed(self.writer.metadata()))
        self.since_a_look += 1
        if good:
            self.whole = self.writer.metadata()

    # --- what pipelines and clients do --------------------------------------------------------------------

    @rule()
    def commit(self) -> None:
        self.ships += 1
        good, before = self.good[self.draft], self.rows[self.draft]
        pointer = self.writer.append({**ship(self.ships), **({} if good else {"captain": None})})
        self.known(pointer, good, [*before, self.ships])

    @rule(bad=st.sampled_from(["column", "type", "id", "property"]))
    def commit_what_is_bad(self, bad: str) -> None:
        if not self.good[self.draft]:
            return  # twice the same column, and pyiceberg would read the table no more
        metadata = self.writer.metadata()
        columns = metadata["schemas"][-1]["fields"]
        if bad == "column":
            columns.append({"id": 90, "name": "email", "required": False, "type": "string"})
        elif bad == "type":
            columns[2]["type"] = "binary"
        elif bad == "id":
            columns[2]["id"] = 91
        metadata["properties"]["write.data.path"] = "s3://mesh-harbour--berths/tables/ships/data"
        if bad == "property":
            metadata["properties"]["write.metadata.path"] = "s3://elsewhere/"
            metadata["properties"].pop("write.data.path")
        before = self.rows[self.draft]
        pointer = self.writer.commit("ships", metadata)
        self.known(pointer, good=False, rows=before)
        self.forgetful = True

    @rule()
    def mend(self) -> None:
        """The writer goes back to the last good state of its table; rows of bad commits are written again."""
        if self.good[self.draft]:
            return
        wanted, has = self.rows[self.draft], self.rows_of_whole()
        pointer = self.writer.commit("ships", self.whole)
        self.known(pointer, good=True, rows=has)
        self.forgetful = True
        for number in [number for number in wanted if number not in has]:
            has = [*has, number]
            self.known(self.writer.append(ship(number)), good=True, rows=has)

    def rows_of_whole(self) -> list[int]:
        newest = [pointer for pointer, good in self.good.items() if good][-1]
        return list(self.rows[newest])

    # --- what the function does ---------------------------------------------------------------------------

    @rule(times=st.integers(1, 3), kind=st.sampled_from(["sweep", "object", "catalog"]))
    def wake(self, times: int, kind: str) -> None:
        event: dict[str, Any] = {
            "sweep": SWEEP,
            "object": {
                **BUCKET_EVENT,
                "detail": {
                    "bucket": {"name": "mesh-harbour--berths"},
                    "object": {"key": self.draft.removeprefix("s3://mesh-harbour--berths/")},
                },
            },
            "catalog": {
                "source": "aws.glue",
                "account": DOMAIN,
                "detail": {"databaseName": "harbour__berths__draft", "tableName": "ships"},
            },
        }[kind]
        assert self.harbour.run(*[event] * times) == []

    @rule(moment=MOMENTS, answered=st.booleans())
    def die(self, moment: int, answered: bool) -> None:
        def died(number: int, _: str) -> None:
            if number == moment:
                raise DiedError

        self.interrupted(died, answered)

    @rule(
        moment=MOMENTS, answered=st.booleans(), code=st.sampled_from(["ThrottlingException", "InvalidInputException"])
    )
    def fail(self, moment: int, answered: bool, code: str) -> None:
        """A call fails, which may be made again, or is refused for good."""

        def failed(number: int, name: str) -> None:
            if number == moment:
                raise ClientError({"Error": {"Code": code, "Message": "no"}}, name)

        self.interrupted(failed, answered)

    @rule(moment=MOMENTS)
    def commit_in_between(self, moment: int) -> None:
        self.interrupted(lambda number, _: self.commit() if number == moment else None, answered=False)

    @rule(moment=MOMENTS, commits=st.booleans(), answered=st.booleans())
    def a_second_function_in_between(self, moment: int, commits: bool, answered: bool) -> None:
        """The queue gives a message while another run is still at it; that one goes on afterwards."""

        def second(number: int, _: str) -> None:
            if number == moment:
                self.watch(None)
                if commits:
                    self.commit()
                self.harbour.run(SWEEP)

        self.interrupted(second, answered)

    @rule(moment=MOMENTS, answered=st.booleans(), number=st.integers(0, 9), times=st.integers(1, 2))
    def roll_back(self, moment: int, answered: bool, number: int, times: int) -> None:
        """Go back to any publication that the bus has told of, if it is young, and the draft has it still."""
        self.listen()
        now = self.harbour.record.get("published")
        ids = [each for each in self.told if self.is_kept(each) and now and each != now["id"]]
        if not ids:
            return
        to = ids[number % len(ids)]

        def died(number: int, _: str) -> None:
            if number == moment:
                raise DiedError

        request = self.harbour.request("rollback", to)
        self.interrupted(died, answered, request)
        for _ in range(times):
            assert self.harbour.run(request) == []
        assert self.harbour.record["published"]["id"] == to
        assert self.harbour.record["pinned"] == to

    def listen(self) -> None:
        """Note each publication that the bus tells of: its pointer, and when it was committed."""
        for event in self.harbour.events:
            if event["DetailType"] == "product published":
                detail = json.loads(event["Detail"])
                pointer = detail["tables"]["ships"]
                self.told.setdefault(detail["id"], (pointer, self.committed[pointer]))

    def is_kept(self, publication: str) -> bool:
        """Whether a rollback leads there: it is younger than optimizers let it be, and no client has expired it."""
        pointer, committed = self.told[publication]
        return committed > time.time() - (retention.DAYS - 1) * 86400 and pointer not in self.expired

    @rule()
    def retry(self) -> None:
        assert self.harbour.run(self.harbour.request("retry")) == []

    def interrupted(self, watcher: Watcher, answered: bool, event: dict[str, Any] = SWEEP) -> None:
        self.watch(watcher, answered)
        try:
            self.harbour.run(event)
        except DiedError:
            pass
        finally:
            self.watch(None)

    # --- what retention does ------------------------------------------------------------------------------

    @rule(days=st.sampled_from([1, 3, 13, 29, 33]))
    def days_pass(self, days: int) -> None:
        """A sweep comes many times a day, an optimizer once: it meets no more new commits than it keeps in any case.

        Nor does it meet one that has left out what the draft named, as a client may that writes metadata by hand.
        """
        self.optimizers.look(self.now)
        for _ in range(days):
            self.ahead += 86400
            if self.since_a_look >= retention.KEPT or self.forgetful:
                self.look()
            if self.optimizers.run(self.now):
                self.known(self.writer.pointer(), self.good[self.draft], self.rows[self.draft])
                self.optimizers.look(self.now)
                self.since_a_look = 1
            if self.since_a_look or self.harbour.record.get("behind"):  # another look would find what the last one did
                self.look()
        self.looked_at, self.deleted = "", True

    def look(self) -> None:
        assert self.harbour.run(SWEEP) == []
        self.since_a_look, self.forgetful = 0, False

    @rule()
    def deploy(self) -> None:
        """The domain's stack makes optimizers again that were stopped; the function's next sweep looks at it."""
        self.optimizers.deploy()
        self.look()

    @rule()
    def expire_snapshots(self) -> None:
        """A client expires all but the current snapshot of the draft; it deletes no file."""
        table = self.writer.table()
        current = table.current_snapshot()
        old = [each.snapshot_id for each in table.snapshots() if current and each.snapshot_id != current.snapshot_id]
        if old:
            table.maintenance.expire_snapshots().by_ids(old).commit()
            self.expired |= set(self.good)
            self.known(self.writer.pointer(), self.good[self.draft], self.rows[self.draft])
            self.look()

    # --- what always holds --------------------------------------------------------------------------------

    def watch(self, watcher: Watcher | None, answered: bool = False) -> None:
        """Look at what readers see before and after each call of the function, and let something happen there."""

        def before(number: int, name: str) -> None:
            self.see()
            if watcher and not answered:
                watcher(number, name)

        def after(number: int, name: str) -> None:
            self.see()
            if watcher and answered:
                watcher(number, name)

        self.harbour.before_call, self.harbour.after_call = before, after

    def see(self) -> None:
        pointer = self.harbour.seen()
        if pointer:
            assert self.good[pointer], "readers see what no check let through"

    @invariant()
    def readers_have_all_rows_of_one_good_version(self) -> None:
        self.see()
        pointer = self.harbour.seen()
        if pointer and pointer != self.looked_at:
            self.looked_at = pointer
            assert sorted(row["ship"] for row in rows(pointer)) == sorted(self.rows[pointer])

    @invariant()
    def everything_that_readers_and_rollbacks_need_is_there(self) -> None:
        if not self.deleted:
            return
        self.deleted = False
        self.listen()
        there = retention.files(self.harbour)
        pointers = {self.told[each][0] for each in self.told if self.is_kept(each)}
        for pointer in pointers | ({self.harbour.seen()} - {None}):  # type: ignore[operator]
            assert pointer in there
            assert retention.read_now(self.harbour, str(pointer)) <= there

    def teardown(self) -> None:
        try:
            self.end()
        finally:
            self.stack.close()

    def end(self) -> None:
        """Whatever happened, the next good commit ends published, with all rows that were ever committed."""
        self.mend()
        if self.harbour.record.get("pinned"):
            assert self.harbour.run(self.harbour.request("retry")) == []
        self.harbour.published()
        record = self.harbour.record
        if record.get("pinned") or record.get("refused"):  # what was under way was a rollback, or AWS refused it
            assert self.harbour.run(self.harbour.request("retry", number="last")) == []
        assert self.harbour.pointer() == self.draft
        assert sorted(row["ship"] for row in rows(self.draft)) == list(range(1, self.ships + 1))
        record = self.harbour.record
        assert (record["intent"], record["untold"], record["refused"]) == (None, [], None)
        assert (record["failed"], record["behind"]) == (None, None)
        assert record["published"]["tables"]["ships"]["pointer"] == self.draft
        assert self.harbour.labels()["captain"] == {"pii": "true", "financial": "false"}


def schedules(number: int, steps: int) -> None:
    run_state_machine_as_test(
        Schedules,
        settings=settings(
            max_examples=number,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


def test_a_few_schedules_lose_nothing() -> None:
    schedules(5, 10)


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_two_hundred_schedules_lose_nothing() -> None:
    schedules(200, 15)
