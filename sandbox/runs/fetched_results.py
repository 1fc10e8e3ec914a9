"""The result of a query that a kept organisation has answered: its rows, fetched from S3 by one request."""

from __future__ import annotations

import http.client
import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, cast
from urllib.parse import urlsplit

from mesh.findings import NotPossibleError
from sandbox.athena.result_reading import ResultRow, csv_rows, line_rows


@dataclass(frozen=True, slots=True)
class QueryResult:
    """A result: columns with Athena's types, what it took, and what is withheld (`sandbox/runs/withheld_columns.py`).

    `csv` is false for a statement that is no query, whose result is lines without a row of names.
    """

    columns: tuple[tuple[str, str], ...]
    csv: bool
    url: str
    headers: Mapping[str, str]
    scanned: int
    milliseconds: int
    withheld: Mapping[str, Any]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> QueryResult:
        """The result in an answer of `PersonaQueries`."""
        columns = tuple((str(name), str(type_)) for name, type_ in answer["columns"])
        told: Mapping[str, Any] = answer["withheld"]  # a message keeps no order of its members
        withheld = {table: _in_order(told[table], "of", "columns") for table in sorted(told)}
        members: dict[str, Any] = {**answer, "columns": columns, "withheld": withheld}
        return cls(**members)

    @contextmanager
    def content(self) -> Generator[IO[bytes]]:
        """Inside, the object with the rows, as it comes. Raises NotPossibleError for what S3 refuses."""
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection(place.netloc, timeout=300)
        try:
            connection.request("GET", place.path, headers=dict(self.headers))
            response = connection.getresponse()
            if response.status != http.client.OK:
                raise NotPossibleError(f"the result cannot be read: {_message(response.read())}")
            yield cast("IO[bytes]", response)
        except OSError as error:
            raise NotPossibleError(f"the result cannot be read: {error}") from error
        finally:
            connection.close()

    def rows(self, content: Iterable[bytes]) -> Iterable[ResultRow]:
        """The rows of that object, without the names."""
        if not self.csv:
            return line_rows(content, len(self.columns))
        rows = csv_rows(content, len(self.columns))
        next(rows, None)
        return rows


def _in_order(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The members by these names, and of columns and what opens them theirs."""
    members = {name: told[name] for name in names}
    if "columns" in members:
        members["columns"] = [_in_order(each, "name", "labels", "opened_by") for each in members["columns"]]
    if "opened_by" in members:
        members["opened_by"] = [_in_order(each, "grant", "to", "held_by") for each in members["opened_by"]]
    return members


def _message(body: bytes) -> str:
    text = body.decode(errors="replace")
    found = re.search(r"<Message>(.*?)</Message>", text, re.DOTALL)
    return found[1] if found else text
