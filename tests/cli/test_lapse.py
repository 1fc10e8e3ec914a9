"""`mesh clock` and `mesh lapse` on a kept organisation: dates close with no deployment, reviews by one command."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from cli import exit_codes, main
from mesh.folder import PlannedMesh, plan_folder
from sandbox.emulator import backends
from sandbox.rehearsal.credentials import shell_environment
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace

TINY = Path(__file__).parents[1] / "mesh" / "tiny"
DAY = datetime.date(2027, 1, 1)
PARCELS, INBOX = "tiny-orders--parcels", "tiny-partner-courier--inbox"
FOLDER = "outbound/courier/orders__parcels"
GROUP, SET, ACCOUNT = "shop-analysts", "pii", "domain-shop"

pytestmark = pytest.mark.long


class Kept:
    """The tiny mesh, deployed, and served for the working directory."""

    def __init__(self, organization: FreshOrganization, planned: PlannedMesh) -> None:
        self.organization, self.planned = organization, planned

    def client(self, who: str, service: str) -> Any:
        """A real client with the credentials of somebody, over HTTP."""
        given = shell_environment(self.planned.plan, who, self.organization.aws.endpoint_from)
        return boto3.client(
            service,
            endpoint_url=given["AWS_ENDPOINT_URL"],
            region_name=given["AWS_DEFAULT_REGION"],
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=given["AWS_SESSION_TOKEN"],
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    @property
    def failed(self) -> list[str]:
        """Copies that were refused."""
        return self.organization.aws.gate.replication.failed


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("kept") / "stacks"))
    planned = plan_folder(folder, DAY)
    with _in(folder.parent), fresh_organization(planned) as organization:
        workspace = Workspace(EmbeddedEngine.of(organization.aws, organization.states))
        failures = [each for run in workspace.up(planned) for each in run.result.failures]
        assert not failures, failures
        with organization.served("embedded", 0):
            yield Kept(organization, planned)


@contextmanager
def _in(folder: Path) -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main.run(list(words)) == exit_codes.FINE
    return capsys.readouterr().out.strip()


def delivered(kept: Kept, name: str) -> bool:
    """Whether the pipeline's object comes to the partner, who reads it with a client of its own."""
    kept.client("pipeline:orders.parcels", "s3").put_object(Bucket=PARCELS, Key=f"{FOLDER}/{name}", Body=b"p")
    code = ""
    try:
        kept.client("partner:courier", "s3").get_object(Bucket=INBOX, Key=f"{FOLDER}/{name}")
    except ClientError as error:
        code = error.response["Error"]["Code"]
    assert code in ("", "NoSuchKey")
    return not code


def test_the_clock_starts_on_the_day_of_the_deployment(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert kept.planned.as_of == DAY
    assert said(capsys, "clock") == "2027-01-01T12:00:00Z"


@pytest.mark.usefixtures("kept")
def test_the_clock_is_moved_to_a_day_or_a_moment(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "clock", "--to", "2028-06-30") == "2028-06-30T12:00:00Z"
    assert said(capsys, "clock", "--to", "2028-06-30T23:59:59Z") == "2028-06-30T23:59:59Z"
    assert said(capsys, "clock", "--to", "2028-07-01T01:00:00+02:00") == "2028-06-30T23:00:00Z"
    assert said(capsys, "clock") == "2028-06-30T23:00:00Z"
    assert main.run(["clock", "--to", "tomorrow"]) == exit_codes.BAD_INPUT
    assert "'tomorrow' is no time; a day such as 2029-01-01" in capsys.readouterr().err


def test_no_delivery_is_let_through_after_the_last_day_and_nobody_deployed(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "clock", "--to", "2028-06-30T23:59:59Z")
    assert delivered(kept, "on-the-last-day")
    assert not kept.failed
    said(capsys, "clock", "--to", "2028-07-01T00:00:00Z")
    assert not delivered(kept, "a-second-later")
    (refused,) = kept.failed
    assert "s3:ReplicateObject" in refused
    assert INBOX in refused
    kept.failed.clear()
    said(capsys, "clock", "--to", "2028-06-30T23:59:59Z")
    assert delivered(kept, "as-before")


def test_what_is_not_outbound_is_not_delivered(kept: Kept) -> None:
    kept.client("pipeline:orders.parcels", "s3").put_object(Bucket=PARCELS, Key="outbound/couriers/x", Body=b"p")
    assert "outbound/couriers/x" not in backends.bucket(INBOX).keys
    assert not kept.failed


def test_a_review_that_is_past_is_open_until_lapse_closes_it(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "clock", "--to", "2027-11-30")
    assert json.loads(said(capsys, "lapse", "--json"))["past"] == []
    said(capsys, "clock", "--to", "2027-12-01")
    assert main.run(["lapse", "--json"]) == exit_codes.FINDINGS
    told = json.loads(capsys.readouterr().out)
    assert told["day"] == "2027-12-01"
    assert told["compared_with"] == "identity center"
    assert told["open"] == [{"group": GROUP, "permission_set": SET, "account": ACCOUNT}]
    (past,) = told["past"]
    assert (past["file"], past["line"]) == (str(Path("stacks/clearances/pii.yaml")), 5)
    assert "the review of 'shop-analysts' (pii) was due on 2027-11-30" in past["message"]
    before = len(list(kept.organization.aws.gate.replication.failed))
    assert main.run(["lapse", "--close"]) == exit_codes.FINE
    assert "1 lapsed by 2027-12-01, and nothing is open" in capsys.readouterr().err
    assert json.loads(said(capsys, "lapse", "--json"))["open"] == []
    assert len(kept.failed) == before
    state = backends.identity_center(kept.organization.aws.ids.management_account, "eu-west-1")
    groups = {each.principal_id for each in state.account_assignments}
    people = kept.planned.plan.organization.people
    assert people is not None
    (ended,) = (each.group_id for each in people.assignments if each.group == GROUP)
    assert ended not in groups


def test_a_pipeline_reads_until_lapse_closes_what_its_review_has_left(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    role = kept.planned.plan.domains["shop"].pipelines["clicks"].arn
    said(capsys, "clock", "--to", "2027-12-31")
    assert main.run(["lapse", "--json"]) in (exit_codes.FINE, exit_codes.FINDINGS)
    assert json.loads(capsys.readouterr().out)["reading"] == []
    said(capsys, "clock", "--to", "2028-01-01")
    assert main.run(["lapse", "--json"]) == exit_codes.FINDINGS
    told = json.loads(capsys.readouterr().out)
    assert told["reading"] == [{"pipeline": "shop.clicks", "clearance": "pii", "role": role}]
    assert any(
        "the review of the pipeline of 'shop.clicks' (pii) was due on" in each["message"] for each in told["past"]
    )
    assert main.run(["lapse", "--close"]) == exit_codes.FINE
    capsys.readouterr()
    assert json.loads(said(capsys, "lapse", "--json"))["reading"] == []
    table = {"Table": {"DatabaseName": "orders__customers", "Name": "customers"}}
    lake = kept.client("deploy-access@shop", "lakeformation")
    found = lake.list_permissions(Principal={"DataLakePrincipalIdentifier": role}, Resource=table)
    assert found["PrincipalResourcePermissions"] == []


def test_without_a_kept_organisation_the_plan_alone_tells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    where = ["--dir", str(TINY), "--as-of"]
    assert main.run(["lapse", *where, "2027-11-30"]) == exit_codes.FINE
    assert "no review, no agreement and no exception is past" in capsys.readouterr().err
    assert main.run(["lapse", *where, "2028-07-01"]) == exit_codes.FINDINGS
    told = capsys.readouterr()
    assert "clearances/pii.yaml:5:" in told.out
    assert "partners/courier.yaml:5:80: the agreement on 'orders.parcels' expired on 2028-06-30" in told.out
    assert f"open: group '{GROUP}' is assigned, if nobody has deployed since" in told.out
    assert "open: the pipeline of 'shop.clicks' reads, if nobody has deployed since, with clearance 'pii'" in told.out
    assert "`pulumi up -s access-shop` and `pulumi up -s organization` closes them" in told.err
    assert main.run(["lapse", *where, "2028-07-01", "--close"]) == exit_codes.BAD_INPUT
    assert "no organisation is kept here" in capsys.readouterr().err
    assert main.run(["clock"]) == exit_codes.BAD_INPUT
