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
from pyiceberg.table import Table

from cli import exit_codes, main
from mesh.folder import PlannedMesh, plan_folder
from sandbox.athena import query_engine
from sandbox.athena.query_errors import OF_THE_SYSTEM, QueryError
from sandbox.rehearsal.credentials import shell_environment
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace

TINY: Final = Path(__file__).parents[1] / "mesh" / "tiny"
DAY: Final = datetime.date(2027, 1, 1)
PRODUCT: Final = "orders.customers"
KEYED: Final = "orders.parcels"
"""A product with a primary key, about which Athena is asked, and with a rule about rows."""
ID: Final = "{name: id, logicalType: string, physicalType: string}"
KEY: Final = "{name: id, logicalType: string, physicalType: string, primaryKey: true, primaryKeyPosition: 1}"
AT_LEAST: Final = "    quality:\n      - {metric: rowCount, mustBeGreaterThan: 0}\n"
AS_OF: Final = ("--as-of", "2027-01-01")

pytestmark = pytest.mark.long


class PublishingGround:
    """The tiny mesh, deployed and served for a working directory, with a pipeline that commits."""

    def __init__(self, organization: FreshOrganization, planned: PlannedMesh, folder: Path) -> None:
        self.organization, self.planned, self.folder = organization, planned, folder

    def given(self, who: str) -> dict[str, str]:
        return shell_environment(self.planned.plan, who, self.organization.aws.endpoint_from)

    def started(self) -> list[str]:
        """What publications have started."""
        return [arn.rpartition(":")[2] for arn in self.organization.aws.gate.deliveries.started]

    def append(self, *rows: dict[str, str]) -> None:
        """A commit of the pipeline to its draft."""
        schema = pa.schema([("id", pa.string()), ("email", pa.string())])
        self.draft().append(pa.Table.from_pylist(list(rows), schema=schema))

    def send(self, *parcels: str) -> None:
        """A commit of the other product's pipeline."""
        rows = [{"id": each, "weight": 1.5} for each in parcels]
        schema = pa.schema([("id", pa.string()), ("weight", pa.float64())])
        self.draft(KEYED).append(pa.Table.from_pylist(rows, schema=schema))

    def draft(self, product: str = PRODUCT) -> Table:
        """The draft, as the pipeline loads it."""
        given = self.given(f"pipeline:{product}")
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
        domain, _, name = product.partition(".")
        return catalog.load_table(f"{domain}__{name}__draft.{name}")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublishingGround]:
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("publish") / "stacks"))
    contract = folder / "contracts" / "orders" / "parcels.odcs.yaml"
    contract.write_text(contract.read_text("utf-8").replace(ID, KEY) + AT_LEAST, "utf-8")
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
    assert ground.started() == ["workflow/mesh--clicks"], "a pipeline of another domain, which waits for it"

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


def test_a_refusal_is_shown_with_its_sentences_and_ends_check_with_one(ground: PublishingGround, typed: Typed) -> None:
    published = typed.status()["published"]
    typed("--check")
    with ground.draft().update_schema() as update:
        update.rename_column("email", "address")
    refused = typed.status()
    assert (refused["published"], refused["late"]) == (published, False)
    assert any("address" in sentence for sentence in refused["refused"]["sentences"])
    shown = typed(PRODUCT, "--check", code=exit_codes.FINDINGS)
    assert "refused" in shown
    assert refused["refused"]["sentences"][0] in shown
    assert "today" in shown, "since when it is behind"
    typed(code=exit_codes.FINE)
    with ground.draft().update_schema() as update:
        update.rename_column("address", "email")
    mended = typed.status()
    assert (mended["refused"], mended["days_behind"]) == (None, None)


def test_a_draft_that_nobody_has_written_to_is_not_refused(ground: PublishingGround, typed: Typed) -> None:
    fresh = typed.status(KEYED)
    assert (fresh["published"], fresh["refused"], fresh["failed"], fresh["days_behind"]) == (None, None, None, None)
    assert fresh["unwritten"] == ["parcels"]
    assert "nothing written yet" in typed(KEYED, "--check")


def test_a_commit_that_could_not_be_looked_at_is_no_health(
    ground: PublishingGround, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Athena answers no query, which a primary key needs."""

    def silent(*_: Any, **__: Any) -> None:
        raise QueryError("the engine is not there", OF_THE_SYSTEM)

    monkeypatch.setattr(query_engine, "run", silent)
    ground.send("1")
    failing = typed.status(KEYED)
    assert (failing["published"], failing["refused"], failing["unwritten"]) == (None, None, [])
    assert failing["failed"]["sentence"].startswith("Athena did not execute the query of the quality gate")
    assert failing["days_behind"] is not None
    since = failing["failed"]["since"]
    shown = typed(KEYED, "--check", code=exit_codes.FINDINGS)
    assert "failing" in shown
    assert f"failing since {since}: Athena did not execute" in shown
    typed("--retry", KEYED, code=exit_codes.FINDINGS)
    assert "the retry came to nothing yet, for the look failed" in typed.err
    ground.send("2")
    again = typed.status(KEYED)["failed"]
    assert again["since"] == since
    typed(PRODUCT, "--check")
    assert "published" in typed(PRODUCT), "a product beside it is as it was"


def test_what_cannot_be_asked_is_told_in_a_sentence(ground: PublishingGround, typed: Typed) -> None:
    def refused(*words: str) -> str:
        return typed(*words, code=exit_codes.BAD_INPUT)

    assert "unknown product 'orders.custmers'; did you mean 'orders.customers'?" in refused("orders.custmers")
    assert "shop.clicks has no table port, so nothing of it is published" in refused("--retry", "shop.clicks")
    assert "need DOMAIN.PRODUCT" in refused("--retry")
    assert "one of --status, --rollback and --retry at a time" in refused("--retry", "--rollback", PRODUCT)
    assert "it says where --rollback goes to" in refused(PRODUCT, "--to", "x")


def test_the_credentials_of_a_shell_are_asked_with_where_none_is_kept(
    ground: PublishingGround, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ("-C", str(ground.folder))
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert "has no credentials of AWS" in typed(*folder, code=exit_codes.BAD_INPUT)

    def be(who: str) -> None:
        for name, value in ground.given(who).items():
            monkeypatch.setenv(name, value)

    be("owner@orders")
    rows = json.loads(typed("--json", *folder))
    assert [row["product"] for row in rows] == ["orders.customers", "orders.parcels"]
    assert "asked for a retry" in (typed("--retry", PRODUCT, *folder) and typed.err)
    be("engineer@shop")
    assert "may not read what is published of orders.customers" in typed(PRODUCT, *folder, code=exit_codes.BAD_INPUT)
    assert "shop.clicks has no table port" in typed("shop.clicks", *folder, code=exit_codes.BAD_INPUT)
    be("clearance:pii@orders")
    said = typed("--retry", PRODUCT, *folder, code=exit_codes.BAD_INPUT)
    account = ground.planned.plan.domains["orders"].access.account_id
    assert f"arn:aws:iam::{account}:role/mesh/owner" in said
    be("partner:courier")
    assert "is of no domain of this mesh" in typed(*folder, code=exit_codes.BAD_INPUT)
    assert not Path(".mesh").exists()
