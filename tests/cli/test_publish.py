"""`mesh publish` on a kept organisation, whose drafts pyiceberg writes, and with credentials of a shell."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pytest
from pyiceberg.catalog.glue import GlueCatalog

from cli import exit_codes, main
from mesh.folder import PlannedMesh, plan_folder
from sandbox.rehearsal.credentials import shell_environment
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace

TINY: Final = Path(__file__).parents[1] / "mesh" / "tiny"
DAY: Final = datetime.date(2027, 1, 1)
PRODUCT: Final = "orders.customers"
AS_OF: Final = ("--as-of", "2027-01-01")

pytestmark = pytest.mark.long


class PublishingGround:
    """The tiny mesh, deployed and served for a working directory, with a pipeline that commits."""

    def __init__(self, organization: FreshOrganization, planned: PlannedMesh, folder: Path) -> None:
        self.organization, self.planned, self.folder = organization, planned, folder

    def given(self, who: str) -> dict[str, str]:
        return shell_environment(self.planned.plan, who, self.organization.aws.endpoint_from)

    def append(self, *rows: dict[str, str]) -> None:
        """A commit of the pipeline to its draft."""
        given = self.given(f"pipeline:{PRODUCT}")
        catalog = GlueCatalog(
            "draft",
            **{
                "glue.endpoint": given["AWS_ENDPOINT_URL"],
                "s3.endpoint": given["AWS_ENDPOINT_URL"],
                "client.region": given["AWS_DEFAULT_REGION"],
                "client.access-key-id": given["AWS_ACCESS_KEY_ID"],
                "client.secret-access-key": given["AWS_SECRET_ACCESS_KEY"],
                "client.session-token": given["AWS_SESSION_TOKEN"],
            },
        )
        table = catalog.load_table("orders__customers__draft.customers")
        table.append(pa.Table.from_pylist(list(rows), schema=pa.schema([("id", pa.string()), ("email", pa.string())])))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublishingGround]:
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("publish") / "stacks"))
    planned = plan_folder(folder, DAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder.parent)
        with fresh_organization(planned) as organization:
            workspace = Workspace(EmbeddedEngine.of(organization.aws, organization.states))
            failures = [each for run in workspace.up(planned) for each in run.result.failures]
            assert not failures, failures
            with organization.served("embedded", 0):
                yield PublishingGround(organization, planned, folder)


class Typed:
    """Command lines of `mesh publish`, and what came of the last one."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *words: str, code: int = exit_codes.FINE) -> str:
        self._capsys.readouterr()
        ended = main.run(["publish", *words, *AS_OF])
        self.out, self.err = self._capsys.readouterr()
        assert ended == code, self.out + self.err
        return self.out if code in (exit_codes.FINE, exit_codes.FINDINGS) else self.err

    def status(self, product: str = PRODUCT) -> dict[str, Any]:
        (one,) = json.loads(self("--status", product, "--json"))
        return one


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(capsys)


def test_a_commit_is_shown_as_published_and_a_rollback_pins_until_a_retry(
    ground: PublishingGround, typed: Typed
) -> None:
    empty = typed.status()
    assert (empty["earlier"], empty["refused"], empty["pinned"], empty["days_behind"]) == ([], None, None, None)
    assert "was published once" in typed("--rollback", PRODUCT, code=exit_codes.BAD_INPUT)
    ground.append({"id": "1", "email": "a@example.com"})
    first = typed.status()
    assert first["published"]["tables"]["customers"].endswith(".metadata.json")
    assert [each["id"] for each in first["earlier"]] == [empty["published"]["id"]]

    ground.append({"id": "2", "email": "b@example.com"})
    second = typed.status()
    assert [each["id"] for each in second["earlier"]] == [first["published"]["id"], empty["published"]["id"]]

    shown = typed("--rollback", PRODUCT)
    assert "pinned" in shown
    back = typed.status()
    assert (back["published"], back["pinned"]) == (first["published"], first["published"]["id"])
    assert "say where to with --to" in typed("--rollback", PRODUCT, code=exit_codes.BAD_INPUT)
    assert "no earlier publication 'x'" in typed("--rollback", PRODUCT, "--to", "x", code=exit_codes.BAD_INPUT)
    ground.append({"id": "3", "email": "c@example.com"})
    assert typed.status()["published"] == first["published"]

    typed("--retry", PRODUCT)
    third = typed.status()
    assert (third["pinned"], third["days_behind"], third["late"]) == (None, None, False)
    assert third["published"]["id"] not in (first["published"]["id"], second["published"]["id"])
    typed("--rollback", PRODUCT, "--to", second["published"]["id"])
    assert typed.status()["published"] == second["published"]
    typed("--retry", PRODUCT)
