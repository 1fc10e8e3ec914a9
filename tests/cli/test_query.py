"""`mesh query` on a kept organisation: rows as a pipeline wrote them, as each may see them, and what was withheld."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from pyiceberg.catalog.glue import GlueCatalog

from cli import exit_codes, main
from mesh.folder import PlannedMesh, plan_folder
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.cli.test_lapse import DAY, TINY
from tests.sandbox.runs.real_clients import Caller

pa: Any = pyarrow  # it has no types
pq: Any = pyarrow.parquet
ROOT = Path(__file__).parents[2]
CUSTOMERS = [("c1", "a@x.example"), ("c2", 'said "hi",\nand left'), ("c3", None), ("c4", "")]
"""Rows of `orders.customers`, whose second column is labelled `pii`: what a result quotes, NULL, and no text."""

EVERYTHING = "select * from orders__customers.customers order by id"
WITHHELD = (
    "1 of 2 columns withheld of orders__customers.customers: email (pii); opened by pii-table to pii@shop, held by "
    "shop-analysts"
)


class Kept:
    """The tiny mesh, deployed, and served for the working directory, with rows."""

    def __init__(self, organization: FreshOrganization, planned: PlannedMesh) -> None:
        self.organization, self.planned = organization, planned

    def caller(self, who: str) -> Caller:
        return Caller(self.organization.aws, self.planned, who)

    def write(self, product: str, rows: Any) -> None:
        """A commit to the draft of a product's table by its pipeline; the publication function publishes it."""
        given = self.caller(f"pipeline:orders.{product}").given
        settings = {
            "endpoint": given["AWS_ENDPOINT_URL"],
            "region": given["AWS_DEFAULT_REGION"],
            "access-key-id": given["AWS_ACCESS_KEY_ID"],
            "secret-access-key": given["AWS_SECRET_ACCESS_KEY"],
            "session-token": given["AWS_SESSION_TOKEN"],
        }
        both = {f"{service}.{name}": value for service in ("glue", "s3") for name, value in settings.items()}
        draft: Any = GlueCatalog("draft", **both).load_table(f"orders__{product}__draft.{product}")
        draft.append(rows)

    def deliver(self, rows: Any) -> None:
        """A file of the parcels' pipeline for the courier, which replication brings to the inbox."""
        content = io.BytesIO()
        pq.write_table(rows, content)
        bucket = self.planned.plan.domains["orders"].products["parcels"].bucket
        key = "outbound/courier/orders__parcels/parcels/part-0.parquet"
        self.caller("pipeline:orders.parcels").client("s3").put_object(Bucket=bucket, Key=key, Body=content.getvalue())


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("kept") / "stacks"))
    planned = plan_folder(folder, DAY)
    with pytest.MonkeyPatch.context() as patch, fresh_organization(planned) as organization:
        patch.chdir(folder.parent)
        workspace = Workspace(EmbeddedEngine.of(organization.aws, organization.states))
        failures = [each for run in workspace.up(planned) for each in run.result.failures]
        assert not failures, failures
        with organization.served("embedded", 0):
            ground = Kept(organization, planned)
            ids, emails = zip(*CUSTOMERS, strict=True)
            ground.write("customers", pa.table({"id": pa.array(ids), "email": pa.array(emails, pa.string())}))
            parcels = pa.table({"id": ["p1", "p2"], "weight": [1.5, 20000000.25]})
            ground.write("parcels", parcels)
            ground.deliver(parcels)
            yield ground


def asked(capsysbinary: pytest.CaptureFixture[bytes], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `mesh query`."""
    capsysbinary.readouterr()
    code = main.run(["query", *words])
    told = capsysbinary.readouterr()
    return code, told.out.decode(), told.err.decode()


def fine(capsysbinary: pytest.CaptureFixture[bytes], *words: str) -> tuple[str, str]:
    code, out, err = asked(capsysbinary, *words)
    assert code == exit_codes.FINE, err
    return out, err


def refused(capsysbinary: pytest.CaptureFixture[bytes], *words: str) -> str:
    """The one sentence with which it ends in exit code 2."""
    code, out, err = asked(capsysbinary, *words)
    assert (code, out) == (exit_codes.BAD_INPUT, ""), err
    assert err.count("\n") == 1
    return err.strip()


def document(capsysbinary: pytest.CaptureFixture[bytes], *words: str) -> Any:
    return json.loads(fine(capsysbinary, *words, "--json")[0])


# ---- who sees what


@pytest.mark.long
def test_rows_are_those_that_the_pipeline_wrote(kept: Kept, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    told = document(capsysbinary, "--as", "pii@shop", EVERYTHING)
    assert [tuple(row) for row in told["rows"]] == CUSTOMERS
    assert told["columns"] == [{"name": "id", "type": "varchar"}, {"name": "email", "type": "varchar"}]
    assert told["scanned"] > 0
    assert told["withheld"] == {}


@pytest.mark.long
def test_a_withheld_column_is_told_with_its_label_and_the_grant_that_opens_it(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    told = document(capsysbinary, "--as", "clearance:general@shop", EVERYTHING)
    assert told["rows"] == [[id_] for id_, _ in CUSTOMERS]
    opened = {"grant": "pii-table", "to": "pii@shop", "held_by": ["shop-analysts"]}
    email = {"name": "email", "labels": ["pii"], "opened_by": [opened]}
    assert told["withheld"] == {"orders__customers.customers": {"of": 2, "columns": [email]}}
    _, err = fine(capsysbinary, "--as", "general@shop", EVERYTHING)
    assert err.splitlines()[1:] == [WITHHELD]
    _, err = fine(capsysbinary, "--as", "pii@shop", EVERYTHING)
    assert err.startswith("4 rows; ")
    assert len(err.splitlines()) == 1


@pytest.mark.long
@pytest.mark.parametrize("name", ["orders__parcels.parcels", "orders__customers__draft.customers"])
def test_the_words_of_what_is_not_seen_are_those_of_what_is_not_there(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes], name: str
) -> None:
    absent = refused(capsysbinary, "--as", "general@shop", "select * from orders__absent.absent")
    assert absent.count("orders__absent.absent") == 1
    unseen = refused(capsysbinary, "--as", "general@shop", f"select * from {name}")
    assert unseen == absent.replace("orders__absent.absent", name)


@pytest.mark.long
def test_a_column_of_another_clearance_fails_as_one_that_is_not_there(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    withheld = refused(capsysbinary, "--as", "general@shop", "select email from orders__customers.customers")
    absent = refused(capsysbinary, "--as", "general@shop", "select liame from orders__customers.customers")
    assert withheld.replace("email", "liame") == absent


@pytest.mark.long
def test_a_partner_queries_what_was_delivered_in_its_own_database(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    told = document(capsysbinary, "--as", "partner:courier", "select * from orders__parcels__parcels order by id")
    assert told["rows"] == [["p1", 1.5], ["p2", 20000000.25]]
    assert "does not exist" in refused(capsysbinary, "--as", "partner:courier", EVERYTHING)


@pytest.mark.long
def test_a_pipeline_queries_its_drafts_by_name_and_what_it_reads(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    count = "select count(*) from customers"
    assert document(capsysbinary, "--as", "pipeline:orders.customers", count)["rows"] == [[4]]
    told = document(capsysbinary, "--as", "pipeline:shop.clicks", EVERYTHING)
    assert [tuple(row) for row in told["rows"]] == CUSTOMERS


@pytest.mark.long
def test_a_table_without_a_database_is_where_it_is_said_or_where_the_other_one_is(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    general = ("--as", "general@shop")
    short = "select count(*) from customers"
    assert document(capsysbinary, *general, short, "--database", "orders__customers")["rows"] == [[4]]
    joined = "select count(*) from customers a join orders__customers.customers b on a.id = b.id"
    assert document(capsysbinary, *general, joined)["rows"] == [[4]]
    assert "default.customers" in refused(capsysbinary, *general, short)


# ---- how rows are written


@pytest.mark.long
def test_a_table_has_types_and_aligns_numbers_and_says_how_many_rows_are_left(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    sql = "select id, length(email) as n, email from orders__customers.customers order by id"
    out, err = fine(capsysbinary, "--as", "pii@shop", sql, "--limit", "3")
    assert out.splitlines() == [
        "id            n  email",
        "varchar  bigint  varchar",
        "───────  ──────  ────────────────────",
        "c1           11  a@x.example",
        'c2           19  said "hi",\\nand left',
        "c3         null  null",
        "… 1 more row; --limit or --format csv shows it",
    ]
    assert err.startswith("4 rows; ")


@pytest.mark.long
def test_csv_and_parquet_hold_the_rows_with_their_types(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    out, err = fine(capsysbinary, "--as", "pii@shop", EVERYTHING, "--format", "csv")
    assert list(csv.reader(io.StringIO(out))) == [["id", "email"], *([a, b or ""] for a, b in CUSTOMERS)]
    assert err.startswith("4 rows; ")
    file = tmp_path / "rows.parquet"
    sql = (
        "select id, email, length(email) as n, cast(1.50 as decimal(10, 2)) as price, date '2027-01-02' as day, "
        "id = 'c1' as first from orders__customers.customers order by id"
    )
    fine(capsysbinary, "--as", "pii@shop", sql, "--format", "parquet", "--out", str(file))
    found = pq.read_table(file)
    types = {field.name: str(field.type) for field in found.schema}
    assert types == {
        "id": "string",
        "email": "string",
        "n": "int64",
        "price": "decimal128(10, 2)",
        "day": "date32[day]",
        "first": "bool",
    }
    assert list(zip(*(found.column(name).to_pylist() for name in ("id", "email")), strict=True)) == CUSTOMERS
    assert found.column("n").to_pylist() == [email and len(email) if email != "" else 0 for _, email in CUSTOMERS]
    assert found.column("first").to_pylist() == [True, False, False, False]


@pytest.mark.long
def test_a_file_is_written_whole_or_stays_as_it_was(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    file = tmp_path / "rows"
    file.write_text("before", "utf-8")
    for sql, form in (("selec", "csv"), ("select array[1] as parts", "parquet")):
        refused(capsysbinary, "--as", "general@shop", sql, "--format", form, "--out", str(file))
        assert file.read_text("utf-8") == "before"
    out, _ = fine(capsysbinary, "--as", "general@shop", EVERYTHING, "--format", "csv", "--out", str(file))
    assert out == ""
    assert file.read_text("utf-8").splitlines() == ['"id"', *(f'"{id_}"' for id_, _ in CUSTOMERS)]
    assert [each.name for each in tmp_path.iterdir()] == ["rows"]
    for place in (tmp_path, tmp_path / "absent" / "rows"):
        assert "cannot be written" in refused(capsysbinary, "--as", "general@shop", "select 1", "--out", str(place))


@pytest.mark.long
def test_what_a_statement_says_of_the_catalog_is_rows_too(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    told = document(capsysbinary, "--as", "general@shop", "show tables in orders__customers")
    assert told["rows"] == [["customers"]]


# ---- what is asked


@pytest.mark.long
def test_a_statement_comes_from_a_file_or_stdin_and_its_parameters_from_options(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = "select id from orders__customers.customers where id in (?, ?) order by id"
    file = tmp_path / "q.sql"
    file.write_text(sql, "utf-8")
    values = ("--parameter", "'c2'", "--parameter", "'c4'")
    assert document(capsysbinary, "--as", "general@shop", "--file", str(file), *values)["rows"] == [["c2"], ["c4"]]
    monkeypatch.setattr("sys.stdin", io.StringIO(sql))
    assert document(capsysbinary, "--as", "general@shop", "-", *values)["rows"] == [["c2"], ["c4"]]
    assert "number of parameters" in refused(capsysbinary, "--as", "general@shop", "--file", str(file))
    empty = refused(capsysbinary, "--as", "general@shop", "--file", str(file), *values[:2], "--parameter", "")
    assert empty.startswith("InvalidRequestException: 1 validation error detected: Value '' at 'executionParameters' ")
    absent = refused(capsysbinary, "--as", "general@shop", "--file", str(tmp_path / "absent.sql"))
    assert absent == f"{tmp_path / 'absent.sql'} cannot be read: No such file or directory"


@pytest.mark.long
@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("selec 1", "mismatched input 'selec'"),
        ("select 1; select 2", "Only one sql statement"),
        ("select nope(1)", "Function 'nope' not registered"),
        ("insert into orders__customers.customers values ('c9', 'x')", ""),
        ("drop table orders__customers.customers", ""),
        (
            "",
            "at 'queryString' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
        (f"select '{'x' * 262144}'", "Member must have length less than or equal to 262144"),
        *(
            (
                f"unload (select 1 as one) to '{place}' with (format = 'parquet')",
                f"not a valid file system URI: {place}".rstrip(),
            )
            for place in ("", "s3://", "s3://A B/x/", "file:///tmp/x")
        ),
        ("unload (select 1 as one) to 's3://no-such-bucket-anywhere/x/' with (format = 'parquet')", ""),
    ],
)
def test_a_statement_that_fails_is_bad_input_in_the_words_of_athena(
    kept: Kept, capsysbinary: pytest.CaptureFixture[bytes], sql: str, words: str
) -> None:
    assert words in refused(capsysbinary, "--as", "pii@shop", sql)
    assert len(document(capsysbinary, "--as", "pii@shop", EVERYTHING)["rows"]) == len(CUSTOMERS)


@pytest.mark.long
@pytest.mark.parametrize("who", ["anonymous", "outsider", "admin@shop", "engineer@shop", "people:pii@shop"])
def test_who_has_no_workgroup_is_told_so(kept: Kept, capsysbinary: pytest.CaptureFixture[bytes], who: str) -> None:
    before = executions()
    assert refused(capsysbinary, "--as", who, "select 1").startswith(f"{who} has no workgroup to query in: ")
    assert "nobody is called 'nobody@shop'; near: " in refused(capsysbinary, "--as", "nobody@shop", "select 1")
    assert len(executions()) == len(before)


def executions() -> list[Any]:
    """All executions of Athena (moto's), in every account."""
    from moto.athena.models import athena_backends

    stored: Any = athena_backends
    return [each for regions in stored.values() for region in regions.values() for each in region.executions.values()]


# ---- as a process


def heed_interrupts() -> None:
    """In a new process: Ctrl-C is heard, also where whoever runs the tests has it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def process(*words: str, folder: Path | None = None) -> subprocess.Popen[str]:
    """`mesh` in a process of its own, that says in the end which of the slow packages it has loaded."""
    program = (
        "import sys\nfrom cli.main import main\n"
        "try:\n    main()\nfinally:\n"
        "    slow = {'boto3', 'botocore', 'moto', 'pulumi', 'pyarrow', 'duckdb', 'mesh.plan'}\n"
        "    print(sorted(slow & set(sys.modules)))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", program, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment,
        preexec_fn=heed_interrupts,
    )


@pytest.mark.long
def test_a_query_loads_neither_an_sdk_nor_an_engine_nor_the_plan(kept: Kept) -> None:
    out, err = process("query", "--as", "general@shop", EVERYTHING).communicate(timeout=60)
    assert out.splitlines()[-2:] == ["c4", "[]"], err


@pytest.mark.long
def test_an_interrupted_query_is_stopped_by_its_caller(kept: Kept) -> None:
    before = {each.id for each in executions()}
    many = "unnest(sequence(1, 40000))"
    endless = f"select count(*) from {many} a(i), {many} b(i), {many} c(i) where a.i * b.i % 7 = c.i % 5"
    started = process("query", "--as", "general@shop", endless)

    def run_here() -> list[Any]:
        return [each for each in executions() if each.id not in before and each.outcome.state == "RUNNING"]

    deadline = time.monotonic() + 30
    while not (running := run_here()):
        assert time.monotonic() < deadline, started.stderr
        time.sleep(0.05)
    started.send_signal(signal.SIGINT)
    started.communicate(timeout=30)
    assert started.returncode == exit_codes.SIGNALLED + signal.SIGINT
    while running[0].outcome.state == "RUNNING":
        assert time.monotonic() < deadline + 30
        time.sleep(0.05)
    assert running[0].outcome.state == "CANCELLED"


# ---- without an organisation


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--as", "general@shop", "select 1"], "no organisation is kept here: run `mesh up --serve`"),
        (["select 1"], "say who queries"),
        (["--as", "general@shop"], "give the statement once"),
        (["--as", "general@shop", "select 1", "--file", "q.sql"], "give the statement once"),
        (["--as", "general@shop", "select 1", "--format", "parquet"], "say with --out"),
        (["--as", "general@shop", "select 1", "--format", "csv", "--json"], "is --format json"),
        (["--as", "general@shop", "select 1", "--format", "csv", "--limit", "3"], "write LIMIT into the SQL"),
    ],
)
def test_what_cannot_be_asked_is_bad_input(
    words: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = asked(capsysbinary, *words)
    assert (code, out) == (exit_codes.BAD_INPUT, "")
    assert sentence in " ".join(err.replace("│", " ").split())
