"""Columns as a source gives them, and the columns of a contract that they become, or a sentence for each that cannot.

A source names types in its own notation; what of it a table here can have is decided where contracts are
(`mesh/contracts/types.py`), so both refuse the same with the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mesh.beginnings.question import LONGEST_TEXT, AnswerError
from mesh.contracts import types
from mesh.contracts.types import IDENTIFIER, ColumnType, UnknownTypeError
from mesh.validation_messages import shorten

MOST_SENTENCES: Final = 20
"""Columns that are told of at once; a file with more of them is of another kind."""

LOGICAL_OF: Final = {
    "string": "string",
    "binary": "string",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "timestamptz": "timestamp",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "tinyint": "integer",
    "smallint": "integer",
    "int": "integer",
    "bigint": "integer",
    "array": "array",
    "map": "map",
    "struct": "object",
}
"""Logical type of the standard by type of a table here."""


@dataclass(frozen=True, slots=True)
class GivenColumn:
    """A column as a source has it: its name and type there, empty where it says none, and what else it says."""

    name: str
    type: str
    required: bool = False
    is_key: bool = False
    description: str = ""
    classification: str = ""


@dataclass(frozen=True, slots=True)
class GivenTable:
    """A table as a source has it; its name is empty where the source has none."""

    name: str
    columns: tuple[GivenColumn, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column of a new contract."""

    name: str
    kind: ColumnType
    required: bool = False
    is_key: bool = False
    description: str = ""
    classification: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The name of the column, and those of the fields in it."""
        return (self.name, *(part.name for inner in self.kind.walk() if inner.name == "struct" for part in inner.parts))


@dataclass(frozen=True, slots=True)
class NewTable:
    """A table of a new contract, and sentences on what is another than in its source."""

    name: str
    columns: tuple[NewColumn, ...]
    description: str = ""
    remarks: tuple[str, ...] = ()


def identifier(name: str) -> str:
    """A name as a column or a table here can have it: lower case, with `_` for all but letters and digits."""
    plain = re.sub(r"[^a-z0-9_]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip()).lower()).strip("_")
    if plain and not IDENTIFIER.fullmatch(plain):
        plain = f"_{plain}"  # it begins with a digit, or is too long all the same
    return plain if IDENTIFIER.fullmatch(plain) else ""


def new_tables(given: Iterable[GivenTable], source: str) -> tuple[NewTable, ...]:
    """Tables of a new contract; raises AnswerError with a sentence for each column that a table here cannot have."""
    faults: list[str] = []
    tables = [_table(table, faults) for table in given]
    if not faults and not any(table.columns for table in tables):
        faults.append("there is no column in it")
    if faults:
        raise not_taken(source, faults)
    return tuple(tables)


def not_taken(source: str, faults: Sequence[str]) -> AnswerError:
    """The error of a source with mistakes: the first of them, and how many more there are."""
    shown = faults[:MOST_SENTENCES]
    more = f"\n  … and {len(faults) - len(shown)} more" if len(faults) > len(shown) else ""
    return AnswerError(f"{source} cannot be taken:" + "".join(f"\n  {fault}" for fault in shown) + more)


def _table(given: GivenTable, faults: list[str]) -> NewTable:
    columns, remarks, seen = list[NewColumn](), list[str](), dict[str, str]()
    for column in given.columns:
        if not column.type:
            faults.append(
                f"'{shorten(column.name)}' is no column: write its name and its type, such as order_id string; "
                "types are string, bigint, decimal(18,2), date, timestamp, … (docs/types.md)"
            )
            continue
        name = identifier(column.name)
        if not name:
            faults.append(
                f"column '{shorten(column.name)}': a name has lower-case letters, digits and '_', at most 128"
            )
            continue
        if name in seen:
            faults.append(
                f"column '{shorten(column.name)}': it would be called {name}, as '{shorten(seen[name])}' is; rename one"
            )
            continue
        seen[name] = column.name
        if name != column.name:
            remarks.append(f"column '{shorten(column.name)}' is called {name} here")
        try:
            kind = types.parse(column.type)
        except UnknownTypeError as error:
            faults.append(f"column '{shorten(column.name)}': {error}")
            continue
        described = _described(column.description, f"column {name}", remarks)
        columns.append(NewColumn(name, kind, column.required, column.is_key, described, column.classification))
    table = identifier(given.name)
    described = _described(given.description, f"table {table}".strip(), remarks)
    return NewTable(table, tuple(columns), described, tuple(remarks))


def _described(text: str, of: str, remarks: list[str]) -> str:
    """A description of a source on one line, without characters that nobody sees; one that is cut is remarked on."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    if len(line) > LONGEST_TEXT:
        remarks.append(
            f"the description of {of} has {len(line)} characters, of which the first {LONGEST_TEXT} are taken"
        )
    return line[:LONGEST_TEXT]


_NOT_NULL: Final = re.compile(r"\s+not\s+null\s*$", re.IGNORECASE)
_KEY: Final = re.compile(r"\s+primary\s+key\s*$", re.IGNORECASE)


def typed(answer: str) -> GivenTable:
    """The table of columns that a person typed: `order_id string not null, amount decimal(18,2)`."""
    columns: list[GivenColumn] = []
    for part in _split(answer):
        rest, is_key, required = part, False, False
        for _ in range(2):
            if _KEY.search(rest):
                rest, is_key = _KEY.sub("", rest), True
            if _NOT_NULL.search(rest):
                rest, required = _NOT_NULL.sub("", rest), True
        match = re.fullmatch(r"([^\s:]+)(?:\s*:\s*|\s+)(\S.*)", rest.strip(), re.DOTALL)
        if match is None:
            columns.append(GivenColumn(part, ""))
            continue
        columns.append(GivenColumn(match[1], match[2].strip(), required or is_key, is_key))
    return GivenTable("", tuple(columns))


def _split(answer: str) -> Sequence[str]:
    """Parts of a text at the commas that stand in no bracket."""
    found, depth, begin = list[str](), 0, 0
    for place, one in enumerate(answer):
        depth += {"<": 1, "(": 1, "[": 1, ">": -1, ")": -1, "]": -1}.get(one, 0)
        if one == "," and depth <= 0:
            found.append(answer[begin:place])
            begin = place + 1
    return [part.strip() for part in (*found, answer[begin:]) if part.strip()]
