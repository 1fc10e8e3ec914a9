"""dbt, unmodified, as a pipeline: an incremental model on a draft, whose rows are published."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from tests.sandbox.runs import client_ground
from tests.sandbox.runs.client_ground import ClientGround, written

ROOT: Final = Path(__file__).resolve().parents[3]
DBT: Final = Path(os.environ.get("MESH_DBT") or ROOT / ".tools" / "dbt" / "bin" / "dbt")
PROJECT: Final = ROOT / "examples" / "dbt"
TAKINGS: Final = "pipeline:orders.takings"
MODEL: Final = "model.takings.takings"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not DBT.exists(), reason="dbt is not installed: make dbt"),
]


class Project:
    """A copy of the project, and dbt in it."""

    def __init__(self, folder: Path, ground: ClientGround) -> None:
        self.folder, self.ground = Path(shutil.copytree(PROJECT, folder / "dbt")), ground

    def dbt(self, *arguments: str, who: str = TAKINGS) -> tuple[int, str]:
        """The exit code and what was printed."""
        home = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
        done = subprocess.run(
            [str(DBT), "--no-use-colors", *arguments, "--profiles-dir", str(self.folder)],
            env={**home, **self.ground.caller(who).given},
            cwd=self.folder,
            text=True,
            capture_output=True,
            timeout=200,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def run(self, *arguments: str) -> Any:
        """The result of the model. Fails where dbt does."""
        code, told = self.dbt("run", *arguments)
        assert code == 0, told
        [result] = json.loads((self.folder / "target" / "run_results.json").read_text("utf-8"))["results"]
        assert (result["unique_id"], result["status"]) == (MODEL, "success")
        return result

    def asked(self) -> str:
        """The SQL that dbt sent for the model."""
        return (self.folder / "target" / "run" / "takings" / "models" / "takings.sql").read_text("utf-8")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClientGround]:
    with client_ground.client_ground(tmp_path_factory.mktemp("dbt") / "mesh") as opened:
        yield opened


@pytest.fixture
def project(ground: ClientGround, tmp_path: Path) -> Project:
    return Project(tmp_path, ground)


def expected(rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What the model makes of rows: a line for each day, in Python."""
    days: dict[datetime.date, list[dict[str, Any]]] = {}
    for row in rows:
        if row["day"] is not None:
            days.setdefault(row["day"], []).append(row)
    return [
        (
            day,
            sum(row["sold"] for row in of),
            sum((row["price"] for row in of), Decimal(0)),
            max(r["email"] for r in of),
        )
        for day, of in sorted(days.items())
    ]


def drafted(ground: ClientGround) -> list[tuple[Any, ...]]:
    return in_order(ground.iceberg(TAKINGS).load_table("orders__takings__draft.takings"))


def published(ground: ClientGround) -> list[tuple[Any, ...]]:
    """The rows of the hub's table: those of the metadata file that it points at."""
    from moto.glue.models import glue_backends
    from pyiceberg.table import StaticTable

    backend: Any = glue_backends[ground.plan.perimeter.governance_id][ground.plan.perimeter.region]
    pointer = backend.get_table("orders__takings", "takings").as_dict()["Parameters"]["metadata_location"]
    reading = {name: value for name, value in ground.iceberg(TAKINGS).properties.items() if name.startswith("s3.")}
    return in_order(StaticTable.from_metadata(pointer, reading))


def in_order(table: Any) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for row in table.scan().to_arrow().to_pylist())


def test_an_incremental_model_fills_the_draft_and_is_published(ground: ClientGround, project: Project) -> None:
    """Two runs: the first into an empty draft, the second changes the last day and adds one."""
    rows = written()
    first, second = rows[:700], rows[700:]
    ground.write(first)
    assert project.run()["adapter_response"]["rows_affected"] == 1
    assert drafted(ground) == published(ground) == expected(first)
    ground.write(second)
    assert project.run()["adapter_response"]["rows_affected"] == 2
    assert drafted(ground) == published(ground) == expected(rows)
    assert len(expected(rows)) == 2


def test_no_model_makes_a_table_anew(ground: ClientGround, project: Project) -> None:
    before = drafted(ground)
    code, told = project.dbt("run", "--full-refresh")
    assert code != 0
    assert "no model makes it, and none makes it anew" in told
    assert drafted(ground) == before


def test_dbts_own_materialization_is_refused_its_temporary_table(ground: ClientGround, project: Project) -> None:
    (project.folder / "macros" / "draft.sql").unlink()
    profile = project.folder / "profiles.yml"
    place = f"s3://{ground.plan.domains['orders'].products['takings'].bucket}/queries/"
    profile.write_text(profile.read_text("utf-8") + f"      s3_staging_dir: {place}\n", "utf-8")
    before = drafted(ground)
    code, told = project.dbt("run")
    assert code != 0
    assert "is not authorized to perform: glue:CreateTable" in told
    assert drafted(ground) == before
