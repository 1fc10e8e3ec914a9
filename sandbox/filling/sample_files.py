"""A sample as files in a folder, without an organisation: a file a table, in Parquet or CSV."""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# PyArrow has no types to report.

from __future__ import annotations

import base64
import csv
import datetime
import json
from pathlib import Path
from typing import Any, Literal

from mesh.evaluator.moments import midday
from mesh.findings import NotPossibleError
from mesh.folder import PlannedMesh
from mesh.load import load
from sandbox.filling.filled import Sample
from sandbox.sample_rows.mesh_rows import sample_rows
from sandbox.sample_rows.sample_tables import SampleTable


def require_rows(mesh: PlannedMesh, sample: Sample) -> None:
    """Raises BadInputError, with every finding, for contracts whose rules contradict each other."""
    sample_rows(load(mesh.directory), sample.rows, sample.seed, midday(mesh.as_of))


def write_files(mesh: PlannedMesh, sample: Sample, folder: Path, form: Literal["parquet", "csv"]) -> list[Path]:
    """Write `<folder>/<domain>.<product>/<table>.<form>` for each table; the files, in their order.

    Raises BadInputError for contracts whose rules contradict each other, NotPossibleError for a folder that takes none.
    """
    rows = sample_rows(load(mesh.directory), sample.rows, sample.seed, midday(mesh.as_of))
    written: list[Path] = []
    try:
        for product, tables in rows.products.items():
            if sample.products and product not in sample.products:
                continue
            for name, table in tables.items():
                file = folder / product / f"{name}.{form}"
                file.parent.mkdir(parents=True, exist_ok=True)
                (_parquet if form == "parquet" else _csv)(table, file)
                written.append(file)
    except OSError as error:
        raise NotPossibleError(f"--out {folder} cannot be written ({error.strerror})") from None
    return written


def _parquet(table: SampleTable, file: Path) -> None:
    from sandbox.filling.arrow_rows import arrow_table, parquet_file

    file.write_bytes(parquet_file(arrow_table(table)))


def _csv(table: SampleTable, file: Path) -> None:
    """A file with a line of names; a null is empty, and what has parts is JSON."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        lines = csv.writer(opened, lineterminator="\n")
        lines.writerow(table.columns)
        for batch in table.batches():
            lines.writerows([_text(value) for value in row] for row in zip(*batch.values(), strict=True))


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case bytes():
            return base64.b64encode(value).decode()
        case list() | dict() | tuple():
            return json.dumps(value, default=_text, ensure_ascii=False)
        case datetime.datetime():
            return value.isoformat(" ")
        case _:
            return str(value)
