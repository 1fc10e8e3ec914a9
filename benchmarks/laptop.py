"""Rows on a laptop: `make up`, a commit through the gate against a plain folder, queries against DuckDB's own.

    python -m benchmarks.laptop [ROWS]

The sample mesh is deployed, and served; the files are those of `subscriptions.lifecycle`, with other values in them.
The process that serves is this one, so its memory under queries is told beside what it had before them.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

DAY = datetime.date(2026, 12, 1)
TARGET_RATIO, TARGET_SMALL, TARGET_OWN, TARGET_AS = 2.0, 1.2, 0.3, 0.7
TARGET_SERVING, TARGET_UP_SECONDS, TARGET_UP_MEGABYTES = 1024, 60, 1536
DATABASE, TABLE = "subscriptions__lifecycle", "subscription_events"
PRODUCT, KEY = "subscriptions.lifecycle", "event_id"
ROUNDS = 3
VALUES = {
    "string": "'word-' || (i * 7919 % 100003)",
    "int": "CAST(i % 1000 AS INTEGER)",
    "bigint": "i",
    "double": "i / 7.0",
    "boolean": "i % 3 = 0",
    "date": "DATE '2026-11-01' + CAST(i % 28 AS INTEGER)",
    "timestamp": "TIMESTAMP '2026-11-01' + to_seconds(i % 2000000)",
    "timestamptz": "CAST(TIMESTAMP '2026-11-01' + to_seconds(i % 2000000) AS TIMESTAMPTZ)",
}


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds of the best of several rounds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def memory() -> tuple[int, int]:
    """Megabytes of this process: now, and at most since `forget_most`."""
    lines = (line.split() for line in Path("/proc/self/status").read_text("utf-8").splitlines())
    told = {words[0]: int(words[1]) >> 10 for words in lines if words[0] in ("VmRSS:", "VmHWM:")}
    return told["VmRSS:"], told["VmHWM:"]


def forget_most() -> None:
    """Count the memory of this process anew (proc(5), `clear_refs`)."""
    Path("/proc/self/clear_refs").write_text("5", "utf-8")


def up() -> None:
    """Time `mesh up`, which `make up` is, with its data."""
    command = [mesh_command(), "up", "--dir", str(Path("stacks").resolve()), "--as-of", DAY.isoformat()]
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - started
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    print(
        f"make up with data: {took:.0f} s (target {TARGET_UP_SECONDS}), {usage.ru_maxrss >> 10} MB at most (target "
        f"{TARGET_UP_MEGABYTES})"
    )


def mesh_command() -> str:
    """The command of this environment."""
    return str(Path(sys.executable).parent / "mesh")


def rows_of(schema: Any, number: int) -> Any:
    """Rows for a schema of Arrow's: each value of its column's type, and `KEY` in each row another."""
    import duckdb

    from sandbox.athena.arrow_types import glue_of

    columns = []
    for field in schema:
        kind = glue_of(field.type)
        plain = VALUES.get(kind) or f"CAST(NULL AS {kind.replace('string', 'varchar')})"
        columns.append(f'{"i::VARCHAR" if field.name == KEY else plain} AS "{field.name}"')
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    made = connection.sql(f"SELECT {', '.join(columns)} FROM range({number}) t(i)")
    return made.to_arrow_table().cast(schema)


def folder_commit(folder: Path, target: Any, rows: Any) -> Callable[[], object]:
    """The same commit by pyiceberg to a plain folder."""
    from pyiceberg.catalog.sql import SqlCatalog

    catalog = SqlCatalog("plain", uri=f"sqlite:///{folder}/plain.db", warehouse=f"file://{folder}")
    catalog.create_namespace("plain")
    numbers = iter(range(100))

    def commit() -> None:
        catalog.create_table(f"plain.t{next(numbers)}", target.schema(), partition_spec=target.spec()).append(rows)

    return commit


def main() -> None:
    """Print the figures."""
    from mesh.folder import plan_folder
    from sandbox.runs.fresh_organization import fresh_organization
    from sandbox.runs.workspace import EmbeddedEngine, Workspace

    number = int((sys.argv[1:2] or ["1000000"])[0])
    up()
    mesh = plan_folder(Path("stacks"), DAY)
    with fresh_organization(mesh) as organization, TemporaryDirectory() as folder:
        for run in Workspace(EmbeddedEngine.of(organization.aws, organization.states)).up(mesh):
            if run.result.failures:
                raise SystemExit(str(run.result.failures))
        commits(organization, mesh, Path(folder), number)
        with organization.served("embedded", 0):
            queries(Path(folder), number)


def commits(organization: Any, mesh: Any, folder: Path, number: int) -> None:
    """Commit the rows through the gate and to a plain folder, and publish them."""
    from sandbox.athena.iceberg_writes import GivenCatalog, write_to
    from sandbox.emulator import backends
    from sandbox.emulator.clients import Clients
    from sandbox.emulator.request_origin import coming_from
    from sandbox.filling.product_writes import ProductWrites

    writes = ProductWrites(organization.aws, mesh.plan, Clients(), PRODUCT)
    gate = organization.aws.gate
    with coming_from("network"):
        target = GivenCatalog(writes._glue, writes._files).load_table(f"{DATABASE}__draft.{TABLE}")
        rows = rows_of(target.schema().as_arrow(), number)
        with patch.object(gate.deliveries, "drain", lambda: None):
            write_to(target, rows.slice(0, 0), "append")
            started = time.perf_counter()
            write_to(target, rows, "append")
            through = time.perf_counter() - started
        plain = seconds(folder_commit(folder, target, rows), 2)
        started = time.perf_counter()
        gate.deliveries.drain()
        published = time.perf_counter() - started
    size = 0
    stored = backends.bucket(writes.bucket).keys
    for key in stored:
        if key.startswith(f"tables/{TABLE}/data/"):
            (folder / key.rpartition("/")[2]).write_bytes(stored.get(key).value)
            size += stored.get(key).contentsize
    print(f"a commit of {number} rows ({size / 1e6:.0f} MB) through the gate: {through:.1f} s")
    print(f"by pyiceberg to a plain folder: {plain:.1f} s; ratio {through / plain:.2f} (target {TARGET_RATIO})")
    print(f"checked and published: {published:.1f} s")


def queries(folder: Path, number: int) -> None:
    """Time `mesh query` as a whole process, against DuckDB's own on the same files."""
    mesh = mesh_command()

    def ask(sql: str) -> Any:
        command = [mesh, "query", "--as", "restricted@subscriptions", "--json", sql]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def duck(sql: str) -> None:
        program = f"import duckdb; duckdb.sql({sql!r}).fetchall()"
        subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)

    name, files = f"{DATABASE}.{TABLE}", f"read_parquet('{folder}/*.parquet')"
    if (found := ask(f"select count(*) from {name}")["rows"][0][0]) != number:
        raise SystemExit(f"{found} rows were published of {number}")
    bare = seconds(lambda: subprocess.run([mesh, "clock"], check=True, stdout=subprocess.DEVNULL))
    small = seconds(lambda: ask("select 1"))
    print(
        f"mesh query of one value: {small:.2f} s (target {TARGET_SMALL}), {small - bare:.2f} s more than `mesh clock` "
        f"(target {TARGET_OWN})"
    )
    as_somebody = [mesh, "as", "restricted@subscriptions"]
    keys = seconds(lambda: subprocess.run(as_somebody, check=True, stdout=subprocess.DEVNULL))
    print(f"mesh as: {keys:.2f} s (target {TARGET_AS})")
    forget_most()
    before, _ = memory()
    for what, sql in {
        "count": "select count(*) from {t}",
        "groups": "select sales_channel, count(*), max(recorded_at) from {t} group by 1 order by 2 desc limit 5",
        "join": f"select count(*) from {{t}} a join {{t}} b on a.{KEY} = b.{KEY} where b.country > 'word-5'",
    }.items():
        ours, theirs = (
            seconds(lambda sql=sql: ask(sql.format(t=name))),
            seconds(lambda sql=sql: duck(sql.format(t=files))),
        )
        print(
            f"{what}: mesh query {ours:.2f} s, DuckDB {theirs:.2f} s; ratio {ours / theirs:.2f} (target {TARGET_RATIO})"
        )
    most = memory()[1]
    print(
        f"memory of the queries: {most - before} MB at most (target {TARGET_SERVING}), beside {before} MB of the "
        f"organisation and of this benchmark's own rows"
    )


if __name__ == "__main__":
    main()
