"""Optimizers of drafts are stopped while publications lag: part 4, "stopped with an alarm while the hub lags"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

import optimizers
import product_publication
import pytest
from botocore.exceptions import ClientError
from publish_settings import PublishDocuments

from tests.functions.publish.organization import DOMAIN, DRAFT, Harbour, contract, table
from tests.functions.publish.writers import Writer, ship


def optimize(organization: Harbour, *kinds: str) -> None:
    of_it = {"enabled": True, "roleArn": f"arn:aws:iam::{DOMAIN}:role/mesh/retention"}
    for kind in kinds or optimizers.KINDS:
        place = {"CatalogId": DOMAIN, "DatabaseName": DRAFT, "TableName": "ships", "Type": kind}
        organization.glue.create_table_optimizer(**place, TableOptimizerConfiguration=of_it)


def optimized(organization: Harbour) -> list[str]:
    """The kinds of optimizers that the draft still has."""
    found: list[str] = []
    for kind in optimizers.KINDS:
        place = {"CatalogId": DOMAIN, "DatabaseName": DRAFT, "TableName": "ships", "Type": kind}
        try:
            found.append(organization.glue.get_table_optimizer(**place)["TableOptimizer"]["type"])
        except organization.glue.exceptions.EntityNotFoundException:
            continue
    return found


def later(monkeypatch: pytest.MonkeyPatch, **time: float) -> None:
    """From here on the function's clock is that much ahead."""
    moment = datetime.now(UTC) + timedelta(**time)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return moment

    monkeypatch.setattr(product_publication, "datetime", Clock)


def commit_what_is_bad(writer: Writer) -> None:
    """A column too many: refused, with all snapshots of before in it."""
    metadata = writer.metadata()
    metadata["schemas"][-1]["fields"].append({"id": 90, "name": "email", "required": False, "type": "string"})
    metadata["last-column-id"] = 90
    writer.commit("ships", metadata)


def refused(organization: Harbour, writer: Writer) -> str:
    """A product with optimizers, whose draft is refused after a good publication, the pointer of which is given."""
    good = writer.append(ship(1))
    organization.published()
    optimize(organization)
    commit_what_is_bad(writer)
    organization.published()
    assert organization.record["behind"]
    return good


def test_none_deletes_files_of_a_draft_that_waits_as_long_as_the_alarm_lets_it(
    organization: Harbour, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(organization, writer)
    later(monkeypatch, days=13, hours=23)
    organization.published()
    assert optimized(organization) == list(optimizers.KINDS)
    later(monkeypatch, days=14, minutes=1)
    organization.published()
    assert optimized(organization) == []
    assert organization.calls.count("glue:DeleteTableOptimizer") == len(optimizers.KINDS)


def test_those_that_are_gone_hold_up_nothing(
    organization: Harbour, writer: Writer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = refused(organization, writer)
    later(monkeypatch, days=20)
    organization.glue.delete_table_optimizer(CatalogId=DOMAIN, DatabaseName=DRAFT, TableName="ships", Type="retention")
    organization.published()
    organization.published()
    assert capsys.readouterr().out.count(f"stopped compaction of {DRAFT}.ships, for publications lag") == 1
    writer.point("ships", good)
    newest = writer.append(ship(2))
    organization.published()
    assert organization.pointer() == newest


def test_a_stop_that_aws_refuses_is_a_fault_of_the_run(
    organization: Harbour, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes back to the queue and to the alarm of unanswered messages, for files are at stake."""
    refused(organization, writer)
    later(monkeypatch, days=20)

    def denied(_: int, name: str) -> None:
        if name == "DeleteTableOptimizer":
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, name)

    organization.before_call = denied
    assert organization.run() == ["0"]


def test_a_draft_that_is_published_keeps_its_optimizers(
    organization: Harbour, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.append(ship(1))
    organization.published()
    optimize(organization)
    later(monkeypatch, days=400)
    organization.published()
    assert optimized(organization) == list(optimizers.KINDS)


def test_plain_parquet_has_none(organization: Harbour) -> None:
    organization.configure(contract(table("ships", format="parquet")))
    (product,) = PublishDocuments(organization.folder).products.values()
    assert list(optimizers.stop(organization.glue, product)) == []


def test_readers_of_an_old_publication_lose_nothing_when_the_next_one_is_refused(
    organization: Harbour, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A product is published once a month: its last commit is old enough for an optimizer when a new one comes."""
    good = writer.append(ship(1))
    organization.published()
    optimize(organization)
    later(monkeypatch, days=27)
    commit_what_is_bad(writer)
    organization.published()
    assert optimized(organization) == list(optimizers.KINDS)
    later(monkeypatch, days=28, minutes=1)
    organization.published()
    assert (optimized(organization), organization.pointer()) == ([], good)


@pytest.mark.parametrize("moment", [-(10**18), 0, 10**18])
def test_a_time_that_no_clock_shows_is_no_fault(organization: Harbour, writer: Writer, moment: int) -> None:
    """The writer says when it committed, and it is its own product that optimizers then take files of."""
    writer.append(ship(1))
    metadata = writer.metadata()
    metadata["snapshots"][-1]["timestamp-ms"] = metadata["last-updated-ms"] = moment
    metadata["snapshot-log"] = []
    writer.commit("ships", metadata)
    assert organization.run() == []
    assert organization.record["failed"] is None


def test_rollbacks_lead_to_what_optimizers_cannot_have_taken(
    organization: Harbour, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        writer.append(ship(number))
        organization.published()
    ids = [each["id"] for each in organization.record["history"]]
    assert len(ids) == 3
    later(monkeypatch, days=30, minutes=1)
    before = organization.pointer()
    organization.run(organization.request("rollback", ids[0]))
    assert organization.pointer() == before
    assert "committed more than 30 days ago, and its files may be gone" in organization.sentences[0]
    organization.run(organization.request("retry"))
    writer.append(ship(9))
    organization.published()
    assert organization.record["history"] == []


def expired(organization: Harbour, writer: Writer) -> None:
    """A client expires what readers see out of a draft that is refused."""
    commit_what_is_bad(writer)
    metadata = writer.metadata()
    metadata["snapshots"], metadata["current-snapshot-id"], metadata["refs"] = [], None, {}
    metadata["snapshot-log"] = []
    writer.commit("ships", metadata)


def elsewhere(organization: Harbour, writer: Writer) -> None:
    writer.point("ships", "s3://elsewhere/1.metadata.json")


def pinned(organization: Harbour, writer: Writer) -> None:
    organization.run(organization.request("rollback", organization.record["published"]["id"]))


@pytest.mark.parametrize("happens", [expired, elsewhere, pinned])
def test_what_readers_see_is_kept_from_the_first_moment_where_the_draft_does_not_keep_it(
    organization: Harbour, writer: Writer, happens: Callable[[Harbour, Writer], None]
) -> None:
    good = writer.append(ship(1))
    organization.published()
    optimize(organization)
    happens(organization, writer)
    organization.published()
    assert (optimized(organization), organization.pointer()) == ([], good)


def test_nothing_goes_back_to_what_a_good_draft_has_expired(organization: Harbour, writer: Writer) -> None:
    for number in range(3):
        writer.append(ship(number))
        organization.published()
    table = writer.table()
    current = table.current_snapshot()
    assert current is not None
    old = [each.snapshot_id for each in table.snapshots() if each.snapshot_id != current.snapshot_id]
    table.maintenance.expire_snapshots().by_ids(old).commit()
    organization.published()
    (left,) = organization.record["history"]
    assert left["tables"]["ships"]["snapshot"] == current.snapshot_id
