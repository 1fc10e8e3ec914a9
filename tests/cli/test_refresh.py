"""`mesh refresh` on a kept organisation: a change by hand is told by name, once, and fails where that is asked."""

from __future__ import annotations

import datetime
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import boto3
import pytest

from cli import exit_codes, main
from mesh.folder import PlannedMesh, plan_folder
from sandbox.rehearsal.credentials import shell_environment
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace

TINY: Final = Path(__file__).parents[1] / "mesh" / "tiny"
DAY: Final = datetime.date(2027, 1, 1)
ONLY: Final = ("--stack", "domain-shop")
Capture = pytest.CaptureFixture[str]

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FreshOrganization, PlannedMesh]]:
    """The tiny mesh, deployed, and served for the working directory."""
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("kept") / "stacks"))
    planned = plan_folder(folder, DAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder.parent)
        with fresh_organization(planned) as organization:
            workspace = Workspace(EmbeddedEngine.of(organization.aws, organization.states))
            failures = [each for run in workspace.up(planned) for each in run.result.failures]
            assert not failures, failures
            with organization.served("embedded", 0):
                yield organization, planned


def changed_by_hand(organization: FreshOrganization, planned: PlannedMesh, sid: str) -> None:
    """Takes a statement out of a bucket's policy, as who deploys the domain."""
    given = shell_environment(planned.plan, "deploy@shop", organization.aws.endpoint_from)
    s3 = boto3.client(
        "s3",
        endpoint_url=given["AWS_ENDPOINT_URL"],
        region_name=given["AWS_DEFAULT_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=given["AWS_SESSION_TOKEN"],
    )
    bucket = planned.plan.domains["shop"].products["clicks"].bucket
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != sid]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def refreshed(capsys: Capture, code: int, *words: str) -> str:
    capsys.readouterr()
    assert main.run(["refresh", *ONLY, *words]) == code
    return capsys.readouterr().out


def test_without_a_change_nothing_is_told_and_nothing_fails(
    kept: tuple[FreshOrganization, PlannedMesh], capsys: Capture
) -> None:
    assert re.search(r"^no drift; \d", refreshed(capsys, exit_codes.FINE, "--exit-code"), re.MULTILINE)


def test_a_change_by_hand_is_told_by_name_and_fails_where_that_is_asked(
    kept: tuple[FreshOrganization, PlannedMesh], capsys: Capture
) -> None:
    changed_by_hand(*kept, "RefuseOtherReaders")
    told = refreshed(capsys, exit_codes.FINDINGS, "--exit-code")
    assert re.search(r"^  domain-shop: s3\.BucketPolicy clicks: policy$", told, re.MULTILINE), told
    assert "1 resource changed outside; " in told
    assert "mesh up brings them back to what the files say" in told
    assert "no drift" in refreshed(capsys, exit_codes.FINE, "--exit-code")


def test_a_change_by_hand_alone_fails_nothing(kept: tuple[FreshOrganization, PlannedMesh], capsys: Capture) -> None:
    changed_by_hand(*kept, "RefuseOtherWriters")
    document = json.loads(refreshed(capsys, exit_codes.FINE, "--json"))
    (stack,) = document["stacks"]
    told = [step for step in stack["steps"] if step["operation"] != "same"]
    assert [(step["operation"], step["properties"]) for step in told] == [("update", ["policy"])]
    assert stack["failures"] == []
