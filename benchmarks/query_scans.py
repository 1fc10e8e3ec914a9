"""Seconds of queries over a million rows in Iceberg and Parquet files, against DuckDB's own reading of the same files.

    python -m benchmarks.query_scans [ROWS] [FILES]

The memory is the most that the process had, that of DuckDB's own reading included.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

TARGET_RATIO = 2.0
TARGET_MEGABYTES = 1024
TARGET_SMALL = 0.1
ROUNDS = 5

QUERIES = {
    "count": "SELECT count(*) FROM {t}",
    "aggregate": "SELECT kind, sum(amount), avg(ratio), max(word) FROM {t} GROUP BY kind",
    "filter": "SELECT count(*), sum(amount) FROM {t} WHERE number BETWEEN 400000 AND 410000",
    "text filter": "SELECT count(*) FROM {t} WHERE word LIKE '%99%' AND kind = 'k3'",
    "join": "SELECT count(*) FROM {t} a JOIN {t} b ON a.number = b.number WHERE b.kind = 'k1'",
    "every column": "SELECT count(number), count(moment), max(word), max(other), sum(ratio), max(kind) FROM {t}",
}
COLUMNS = "number bigint; kind string; word string; other string; ratio double; amount decimal(12,2); moment timestamp"


class LocalObjects:
    """Objects in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _file(self, path: str) -> Path:
        return (
            Path(path.removeprefix("file://")) if path.startswith("file") else self.folder / path.removeprefix("s3://")
        )

    def size(self, path: str) -> int:
        return self._file(path).stat().st_size

    def read(self, path: str, start: int, length: int) -> bytes:
        with self._file(path).open("rb") as opened:
            opened.seek(start)
            return opened.read(length)

    def below(self, prefix: str) -> list[tuple[str, int]]:
        return [(f"{prefix}{each.name}", each.stat().st_size) for each in sorted(self._file(prefix).iterdir())]


def tables(folder: Path, rows: int, files: int) -> tuple[dict[str, Any], list[str]]:
    """The tables as a query sees them, and the paths of the Parquet files."""
    import duckdb
    import pyarrow.parquet as pq
    from pyiceberg.catalog.sql import SqlCatalog

    from sandbox.athena.seen_tables import SeenColumn, SeenTable, TableName

    catalog = SqlCatalog("local", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}/warehouse")
    catalog.create_namespace("db")
    paths: list[str] = []
    (folder / "lake/t").mkdir(parents=True)
    table = None
    for at in range(files):
        first, end = rows * at // files, rows * (at + 1) // files
        made = duckdb.sql(
            f"""SELECT range AS number, 'k' || range % 7 AS kind, md5(range::VARCHAR) AS word,
            'text ' || hash(range) || ' of ' || range AS other, sin(range) AS ratio,
            (hash(range) % 1000000 / 100)::DECIMAL(12,2) AS amount,
            TIMESTAMP '2026-01-01' + INTERVAL 1 SECOND * range AS moment FROM range({first}, {end})"""
        ).to_arrow_table()
        table = table or catalog.create_table("db.t", made.schema)
        table.append(made)
        path = folder / f"lake/t/{at}.parquet"
        pq.write_table(made, path, compression="zstd")
        paths.append(str(path))
    columns = tuple(SeenColumn(*each.split()) for each in COLUMNS.split("; "))
    name = TableName("db", "t")
    return {
        "iceberg": SeenTable(name, columns, "iceberg", "", table.metadata_location if table else ""),
        "parquet": SeenTable(name, columns, "parquet", "s3://lake/t/"),
    }, paths


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """The best of some rounds, and what came out."""
    taken: list[float] = []
    found = None
    for _ in range(ROUNDS):
        started = time.perf_counter()
        found = work()
        taken.append(time.perf_counter() - started)
    return min(taken), found


def ours(files: LocalObjects, table: Any, sql: str) -> list[list[Any]]:
    """Rows as the emulated Athena finds them, with an engine of its own as each query has."""
    from sandbox.athena.duck import DuckEngine
    from sandbox.athena.relations import Relations

    with DuckEngine() as engine:
        name = Relations(engine).register(table, files)
        with engine.query(sql.format(t=name), 60) as running:
            return sorted([list(row.values()) for batch in running.batches for row in batch.to_pylist()], key=repr)


def own(paths: list[str], sql: str) -> list[list[Any]]:
    """Rows as DuckDB reads the files itself."""
    import duckdb

    with duckdb.connect(":memory:", config={"threads": 2}) as connection:
        found = connection.execute(sql.format(t=f"read_parquet({paths})")).fetchall()
    return sorted(map(list, found), key=repr)


def near(one: list[list[Any]], other: list[list[Any]]) -> bool:
    """Whether two results are the same, but for the order in which numbers were added."""
    pairs = [(a, b) for row, row2 in zip(one, other, strict=True) for a, b in zip(row, row2, strict=True)]
    return all(abs(a - b) < 1e-6 if isinstance(a, float) else a == b for a, b in pairs)


def main() -> None:
    """Print the table."""
    rows, files = int((sys.argv[1:2] or ["1000000"])[0]), int((sys.argv[2:3] or ["4"])[0])
    with TemporaryDirectory() as folder:
        seen, paths = tables(Path(folder), rows, files)
        megabytes = sum(Path(path).stat().st_size for path in paths) / 1e6
        objects = LocalObjects(Path(folder))
        print(f"{rows:,} rows, {megabytes:.0f} MB of Parquet in {files} files")
        for label, sql in QUERIES.items():
            plain, expected = seconds(lambda sql=sql: own(paths, sql))
            for format_, table in seen.items():
                taken, found = seconds(lambda sql=sql, table=table: ours(objects, table, sql))
                if not near(found, expected):
                    raise SystemExit(f"{label}, {format_}: {found[:3]} instead of {expected[:3]}")
                print(f"{label:14} {format_:8} {taken:6.3f} s, DuckDB itself {plain:.3f} s, {taken / plain:.2f} ×")
        print(f"target         ratio {TARGET_RATIO}, or {TARGET_SMALL} s for what takes less")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"memory         {peak:6.0f} MB at the most (target {TARGET_MEGABYTES})")


if __name__ == "__main__":
    main()
