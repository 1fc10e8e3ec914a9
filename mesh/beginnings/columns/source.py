"""Source of columns: a file whose kind is told by its ending or its first bytes, or what a person typed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from mesh import yamlfile
from mesh.beginnings.columns.ddl_columns import ddl_tables
from mesh.beginnings.columns.given_columns import GivenTable, NewTable, new_tables, typed
from mesh.beginnings.columns.glue_columns import glue_table
from mesh.beginnings.columns.odcs_columns import odcs_tables
from mesh.beginnings.question import AnswerError

LARGEST_TEXT: Final = 10_000_000
"""Bytes of a text that is read as a whole; DDL and an answer of Glue have some thousands."""

ENDINGS: Final = (".parquet", ".csv", ".tsv", ".csv.gz", ".sql", ".ddl", ".json", ".yaml", ".yml")
_EXTRA: Final = "takes the extra `data` (pip install -e '.[data]'); or give --columns"


def columns_of(answer: str) -> tuple[NewTable, ...]:
    """Tables of what a person gave: the path of a file, or columns as `order_id string, amount decimal(18,2)`."""
    answer = answer.strip()
    looks_like_one = answer.lower().endswith(ENDINGS) or re.fullmatch(r"\S*[/\\]\S*|\S+\.\S+", answer)
    if looks_like_one or (re.fullmatch(r"\S+", answer) and Path(answer).exists()):
        return tables_of_file(answer)
    return new_tables([typed(answer)], "what was typed")


def tables_of_file(name: str) -> tuple[NewTable, ...]:
    """Tables of a file, or of a table of Glue that was saved; raises AnswerError for what cannot be taken."""
    path = Path(name)
    if not path.is_file():
        table = re.fullmatch(r"(\w+)\.(\w+)", name)
        if table and not name.lower().endswith(ENDINGS):
            save = f"aws glue get-table --database-name {table[1]} --name {table[2]} > {table[2]}.json"
            raise AnswerError(f"there is no file {name}; for a table of Glue: {save}, then give {table[2]}.json")
        raise AnswerError(f"there is no file {name}; give one of {', '.join(ENDINGS)}, or columns with their types")
    return new_tables(_given(path, name), name)


def _given(path: Path, name: str) -> tuple[GivenTable, ...]:
    try:
        with path.open("rb") as stream:
            first = stream.read(4)
        lower = path.name.lower()
        if first == b"PAR1" or lower.endswith(".parquet"):
            from mesh.beginnings.columns.parquet_columns import parquet_table

            return (parquet_table(path),)
        if lower.endswith((".csv", ".tsv", ".csv.gz")):
            from mesh.beginnings.columns.csv_columns import csv_table

            return (csv_table(path),)
        if path.stat().st_size > LARGEST_TEXT:
            raise AnswerError(f"{name} has {path.stat().st_size:,} bytes; is this the right file?")
        return _of_text(path.read_bytes().decode("utf-8-sig"), lower, name)
    except ModuleNotFoundError as error:
        raise AnswerError(f"reading {name} {_EXTRA}: {error.name} is not installed") from None
    except UnicodeDecodeError:
        raise AnswerError(f"{name} is not UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise AnswerError(f"{name} cannot be read: {error.strerror or error}") from None


def _of_text(text: str, lower: str, name: str) -> tuple[GivenTable, ...]:
    if lower.endswith((".yaml", ".yml")):
        try:
            return odcs_tables(yamlfile.parse(yamlfile.Source(name, text)), name)
        except yamlfile.UnreadableError as error:
            raise AnswerError("\n  ".join(map(str, error.findings))) from None
    if lower.endswith(".json"):
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise AnswerError(f"{name} is not JSON: {str(error).splitlines()[0]}") from None
        return (glue_table(answer, name),)
    try:
        return ddl_tables(text, name)
    except AnswerError as error:
        if lower.endswith(ENDINGS):
            raise
        raise AnswerError(f"{error}; give one of {', '.join(ENDINGS)}, or columns with their types") from None
