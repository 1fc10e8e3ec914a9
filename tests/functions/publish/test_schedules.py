"""Random schedules of commits, wake-ups, deaths, retention, rollbacks: nothing is lost, readers see what was checked.

The real handler on moto, the real pyiceberg as the writer; hypothesis chooses what happens, and where the function dies
or is overtaken.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

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
        self.ships = 0
        self.draft = ""
        self.known(self.writer.pointer(), good=True, rows=[])
        self.whole = self.writer.metadata()
        self.looked_at = ""
        self.deleted = False
        self.watch(None)

    def known(self, pointer: str, good: bool, rows: list[int]) -> None:
        """The draft points at a new metadata file."""
        self.draft = pointer
        self.good[pointer], self.rows[pointer] = good, rows
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

    @rule()
    def mend(self) -> None:
        """The writer goes back to the last good state of its table; rows of bad commits are written again."""
        if self.good[self.draft]:
            return
        wanted, has = self.rows[self.draft], self.rows_of_whole()
        pointer = self.writer.commit("ships", self.whole)
        self.known(pointer, good=True, rows=has)
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

    @rule(moment=MOMENTS, answered=st.booleans(), number=st.integers(0, 4), times=st.integers(1, 2))
    def roll_back(self, moment: int, answered: bool, number: int, times: int) -> None:
        history = self.harbour.record.get("history", [])
        if not history:
            return
        to = history[number % len(history)]["id"]

        def died(number: int, _: str) -> None:
            if number == moment:
                raise DiedError

        request = self.harbour.request("rollback", to)
        self.interrupted(died, answered, request)
        for _ in range(times):
            assert self.harbour.run(request) == []
        assert self.harbour.record["published"]["id"] == to
        assert self.harbour.record["pinned"] == to

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

    @rule()
    def expire_snapshots(self) -> None:
        """All but the current snapshot of the draft go; files go that nothing names."""
        table = self.writer.table()
        current = table.current_snapshot()
        old = [each.snapshot_id for each in table.snapshots() if current and each.snapshot_id != current.snapshot_id]
        if old:
            table.maintenance.expire_snapshots().by_ids(old).commit()
            self.known(self.writer.pointer(), self.good[self.draft], self.rows[self.draft])
        retention.delete_unnamed(self.harbour, self.draft)
        self.deleted = True

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
    def everything_that_a_rollback_needs_is_there(self) -> None:
        if not self.deleted:
            return
        self.deleted, self.looked_at = False, ""
        there = retention.files(self.harbour)
        for pointer in retention.named(self.harbour):
            assert retention.tree(self.harbour, pointer) <= there

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
    schedules(10, 10)


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_two_hundred_schedules_lose_nothing() -> None:
    schedules(200, 20)
