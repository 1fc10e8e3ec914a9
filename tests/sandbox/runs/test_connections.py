"""Data tools, unmodified: what `mesh connect` prints is run elsewhere, with the profile that `mesh as` writes."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow
import pyarrow.parquet as pq
import pytest

from cli import main
from cli.connections.snippets import ClientName
from cli.exit_codes import FINE
from mesh.folder import plan_folder
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.conftest import DAY, TINY
from tests.sandbox.runs.in_memory_states import InMemoryStates
from tests.sandbox.runs.real_clients import Caller

pytestmark = pytest.mark.long

pa: Any = pyarrow  # it has no types
ROOT = Path(__file__).parents[3]
MESH = plan_folder(TINY, DAY)
PARCELS = MESH.plan.domains["orders"].products["parcels"].bucket
SERVED_FROM = "served from here"
"""The folder of `mesh up --serve`, with spaces that the profile has to quote."""


class Ground(NamedTuple):
    """The kept tiny mesh with a parcel in files, in the inbox and in a draft; `home` is where it is served from."""

    organization: FreshOrganization
    home: Path
    config: Path

    def mesh(self, *words: str) -> str:
        """What a command prints, typed where the organisation is served from."""
        said = io.StringIO()
        with contextlib.chdir(self.home), contextlib.redirect_stdout(said):
            assert main.run(list(words)) == FINE
        return said.getvalue()

    def python(self, text: str) -> subprocess.CompletedProcess[str]:
        """A program in a folder that is nobody's, with the profiles and no other credentials."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {**bare, "AWS_CONFIG_FILE": str(self.config), "PYTHONPATH": str(ROOT)}
        elsewhere = self.home.parent / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, "-P", "-c", text],
            cwd=elsewhere, env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    def connected(self, who: str, client: ClientName) -> subprocess.CompletedProcess[str]:
        """The run of what `mesh connect` prints, unchanged."""
        self.mesh("as", who, "--profile", "--write", str(self.config))
        folder = ["-C", str(TINY), "--as-of", DAY.isoformat()]
        return self.python(self.mesh("connect", "--as", who, "--for", client, *folder))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    home = tmp_path_factory.mktemp("mesh") / SERVED_FROM
    home.mkdir()
    with fresh_organization(MESH) as organization:
        for run in Workspace(EmbeddedEngine.of(organization.aws, InMemoryStates())).up(MESH):
            assert not run.result.failures, (run.stack, run.result.failures)
        with contextlib.chdir(home):
            serving = organization.served("embedded", 0)
            serving.__enter__()
        ground = Ground(organization, home, home.parent / "config of aws")
        _brings_parcels(organization)
        yield ground
        with contextlib.chdir(home):
            serving.__exit__(None, None, None)


def _brings_parcels(organization: FreshOrganization) -> None:
    s3 = Caller(organization.aws, MESH, "pipeline:orders.parcels").client("s3")
    body = io.BytesIO()
    pq.write_table(pa.table({"id": ["parcel-1"], "weight": [1.5]}), body)
    for folder in ("files", "outbound/courier/orders__parcels/parcels"):
        s3.put_object(Bucket=PARCELS, Key=f"{folder}/day=2027-01-01/part-0.parquet", Body=body.getvalue())


# ---- the profile


def test_a_profile_makes_an_unmodified_sdk_somebody_from_any_folder(ground: Ground) -> None:
    before = "[profile mine]\nregion = us-east-1\n"
    ground.config.write_text(before, "utf-8")
    for _ in range(2):
        ground.mesh("as", "general@orders", "--profile", "--write", str(ground.config))
    text = ground.config.read_text("utf-8")
    assert (text.startswith(before), text.count("[profile mesh-general-orders]")) == (True, 1)
    done = ground.python(
        "import boto3; session = boto3.Session(profile_name='mesh-general-orders')\n"
        "print(session.client('sts').get_caller_identity()['Arn'], session.get_credentials()._expiry_time)"
    )
    assert done.stdout.startswith("arn:aws:sts::310000000013:assumed-role/general/by-hand 20"), done.stderr
    ground.config.unlink()


# ---- files and drafts


@pytest.mark.parametrize("client", ["polars", "duckdb"])
@pytest.mark.parametrize("who", ["general@orders", "pipeline:orders.parcels", "partner:courier"])
def test_files_are_read_by_what_is_printed(ground: Ground, who: str, client: ClientName) -> None:
    done = ground.connected(who, client)
    assert done.returncode == 0, done.stderr
    assert "parcel-1" in done.stdout


@pytest.mark.parametrize(("client", "words"), [("boto3", "files/day=2027-01-01/"), ("awswrangler", "parcel-1")])
def test_aws_own_libraries_read_files_where_no_table_is(ground: Ground, client: ClientName, words: str) -> None:
    """A product that has no port `table`: the pipeline of clicks reads what it wrote."""
    s3 = Caller(ground.organization.aws, MESH, "pipeline:shop.clicks").client("s3")
    body = io.BytesIO()
    pq.write_table(pa.table({"id": ["parcel-1"]}), body)
    clicks = MESH.plan.domains["shop"].products["clicks"].bucket
    s3.put_object(Bucket=clicks, Key="files/day=2027-01-01/part-0.parquet", Body=body.getvalue())
    done = ground.connected("pipeline:shop.clicks", client)
    assert done.returncode == 0, done.stderr
    assert words in done.stdout


def test_pyiceberg_reads_the_draft_of_its_pipeline_and_writes_it(ground: Ground) -> None:
    done = ground.connected("pipeline:orders.customers", "pyiceberg")
    assert done.returncode == 0, done.stderr
    assert "id: optional string" in done.stdout
    folder = ["-C", str(TINY), "--as-of", DAY.isoformat()]
    text = ground.mesh("connect", "--as", "pipeline:orders.customers", "--for", "pyiceberg", *folder)
    written = "import pyarrow as pa\ntable.append(pa.table({'id': ['customer-1'], 'email': ['a@b.example']}))\n"
    assert ground.python(text + "\n" + written).stderr == ""
    assert "customer-1" in ground.connected("pipeline:orders.customers", "pyiceberg").stdout


# ---- rows by Athena


@pytest.mark.parametrize("client", ["boto3", "awswrangler"])
@pytest.mark.parametrize(
    ("who", "words"),
    [("partner:courier", "parcel-1"), ("pipeline:orders.customers", "customer-1"), ("general@orders", "id")],
)
def test_rows_are_read_by_what_is_printed(ground: Ground, who: str, words: str, client: ClientName) -> None:
    """The general clearance reads what is published, or of a table without rows its columns."""
    done = ground.connected(who, client)
    assert done.returncode == 0, done.stderr
    assert words in done.stdout
