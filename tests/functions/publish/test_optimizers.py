"""Optimizers of drafts are stopped while publications lag: part 4, "stopped with an alarm while the hub lags"."""

from __future__ import annotations

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


def refused(organization: Harbour, writer: Writer) -> str:
    """A product with optimizers, whose draft is refused after a good publication, the pointer of which is given."""
    good = writer.append(ship(1))
    organization.published()
    optimize(organization)
    writer.point("ships", "s3://elsewhere/1.metadata.json")
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
