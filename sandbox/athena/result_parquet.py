"""A result of Athena as a file of Parquet: the texts of its CSV as values of the types that Athena names.

Texts of nested values do not say where one ends (`{a=1, b=2}` may be two members or one), so those are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time
from typing import IO, Any, Final

import pyarrow
import pyarrow.compute as of_compute
import pyarrow.csv as of_csv
import pyarrow.parquet as of_parquet

pa: Any = pyarrow  # it has no types
compute: Any = of_compute
csv: Any = of_csv
parquet: Any = of_parquet

_TYPES: Final[Mapping[str, Any]] = {
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "real": pa.float32(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamp with time zone": pa.timestamp("us", "UTC"),
    "time": pa.time64("us"),
    "varbinary": pa.binary(),
    "varchar": pa.string(),
    "char": pa.string(),
    "string": pa.string(),
    "json": pa.string(),
}
_DECIMAL: Final = re.compile(r"decimal\((\d+),(\d+)\)")
_ZONE: Final = " UTC"


class NoParquetTypeError(ValueError):
    """A column whose values cannot be told from their text; the message is a sentence."""


def arrow_schema(columns: Sequence[tuple[str, str]]) -> Any:
    """The schema of a result, by Athena's types. Raises NoParquetTypeError."""
    fields = [pa.field(name, _arrow(name, type_)) for name, type_ in columns]
    if twice := sorted({name for name, _ in columns if [each for each, _ in columns].count(name) > 1}):
        raise NoParquetTypeError(f"two columns are called '{twice[0]}', which Parquet does not have: name them with AS")
    return pa.schema(fields)


def _arrow(name: str, type_: str) -> Any:
    if found := _DECIMAL.fullmatch(type_):
        return pa.decimal128(int(found[1]), int(found[2]))
    known = _TYPES.get(type_.partition("(")[0])
    if known is None:
        raise NoParquetTypeError(
            f"column '{name}' is of type {type_}, whose values cannot be told from the text of a result: select its "
            f"parts, or cast it to JSON with json_format(CAST({name} AS JSON))"
        )
    return known


def write_parquet(source: IO[bytes], columns: Sequence[tuple[str, str]], target: IO[bytes]) -> int:
    """Writes the CSV of a result as Parquet, batch by batch; the number of its rows. Raises NoParquetTypeError."""
    schema = arrow_schema(columns)
    names = [str(position) for position in range(len(columns))]
    reader = csv.open_csv(
        source,
        read_options=csv.ReadOptions(column_names=names, skip_rows=1, block_size=8 << 20),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    rows = 0
    with parquet.ParquetWriter(target, schema) as writer:
        for batch in reader:
            arrays = [_values(array, field.type) for array, field in zip(batch.columns, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += batch.num_rows
    return rows


def _values(texts: Any, type_: Any) -> Any:
    if pa.types.is_binary(type_):
        return pa.array([None if text is None else bytes.fromhex(text) for text in texts.to_pylist()], type_)
    if pa.types.is_time(type_):
        return pa.array([None if text is None else time.fromisoformat(text) for text in texts.to_pylist()], type_)
    if pa.types.is_timestamp(type_) and type_.tz:
        plain = compute.replace_substring_regex(texts, f"{_ZONE}$", "")
        return plain.cast(pa.timestamp("us")).cast(type_)
    if pa.types.is_floating(type_):
        return compute.replace_substring(texts, "Infinity", "inf").cast(type_)
    return texts if pa.types.is_string(type_) else texts.cast(type_)
