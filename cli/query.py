"""`mesh query`: SQL of Athena as somebody of the organisation that `mesh up --serve` keeps, and what was withheld."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.console import counted, say
from mesh.findings import NotPossibleError, listed

if TYPE_CHECKING:
    from sandbox.runs.fetched_results import QueryResult

FormatName = Literal["table", "json", "csv", "parquet"]


def query(
    sql: Annotated[
        str | None, typer.Argument(metavar="[SQL]", help="One statement of Athena; - reads it from stdin.")
    ] = None,
    who: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="WHO",
            help="<c>@<domain>, or clearance:<c>@<domain>; pipeline:<domain>.<product>, partner:<p>, check:<domain>.",
        ),
    ] = "",
    file: Annotated[
        Path | None, typer.Option("--file", metavar="F.sql", help="Read the statement from a file.")
    ] = None,
    database: Annotated[
        str,
        typer.Option(
            "--database",
            metavar="DATABASE",
            help="Where a table without a database is. A partner's own, a pipeline's drafts, or the only one that the "
            "statement names, when not given.",
        ),
    ] = "",
    parameter: Annotated[
        list[str] | None,
        typer.Option(metavar="VALUE", help="The value of the next ? as SQL writes it: 5, 'five'; may be repeated."),
    ] = None,
    form: Annotated[FormatName | None, typer.Option("--format", help="How rows are written; a table, without.")] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Rows that a table shows; 100, when not given.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the rows into a file, whole or not.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Query as somebody of the kept organisation.

    Names are Athena's: mesh query --as general@<domain> "select * from <domain>__<product>.<table>". After the rows, on
    stderr, stand the bytes that were scanned, and the columns of the tables in the query that WHO does not see.
    """
    written = _form(form, as_json, limit, out)
    question = {
        "who": _required(who),
        "sql": _statement(sql, file),
        "database": database,
        "parameters": parameter or [],
    }
    from cli.query_output import target
    from sandbox.runs import served_organization
    from sandbox.runs.fetched_results import QueryResult

    with target(out) as opened:
        result = QueryResult.of(served_organization.require(say).query(question))
        rows = _write(written, result, opened, 100 if limit is None else limit)
    say(
        f"{counted(rows, 'row')}; {counted(result.scanned, 'byte')} scanned; {result.milliseconds / 1000:.1f} s"
        + (f"; written to {out}" if out else "")
    )
    for sentence in _withheld(result):
        say(sentence)


def _form(form: FormatName | None, as_json: bool, limit: int | None, out: Path | None) -> FormatName:
    if as_json and form not in (None, "json"):
        raise typer.BadParameter(f"is --format json, and not {form} as well", param_hint="--json")
    written: FormatName = "json" if as_json else form or "table"
    if limit is not None and written != "table":
        raise typer.BadParameter(
            "is of a table; other forms have all rows: write LIMIT into the SQL", param_hint="--limit"
        )
    if written == "parquet" and out is None:
        raise typer.BadParameter(
            "parquet is no text: say with --out which file it is written to", param_hint="--format"
        )
    return written


def _required(who: str) -> str:
    if not who:
        raise typer.BadParameter("say who queries: --as general@<domain>, --as partner:<partner>", param_hint="--as")
    return who


def _statement(sql: str | None, file: Path | None) -> str:
    if (sql is None) == (file is None):
        raise typer.BadParameter("give the statement once: as an argument, as - for stdin, or by --file")
    try:
        if file is not None:
            return file.read_text("utf-8")
        return sys.stdin.read() if sql == "-" else str(sql)
    except OSError as error:
        raise NotPossibleError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise NotPossibleError(f"{file or 'the statement on stdin'} is no text in UTF-8") from None


def _write(written: FormatName, result: QueryResult, opened: Any, limit: int) -> int:
    """Writes the rows in a form; their number."""
    from cli import query_output

    if written == "parquet":
        return _parquet(result, opened)
    with result.content() as content:
        if written == "csv":
            return query_output.write_csv(result, content, opened)
        if written == "json":
            return query_output.write_json(result, content, opened)
        return query_output.write_table(result, content, opened, limit)


def _parquet(result: QueryResult, opened: Any) -> int:
    try:
        from sandbox.athena.result_parquet import NoParquetTypeError, arrow_schema, write_parquet
    except ModuleNotFoundError as error:
        if error.name != "pyarrow":
            raise
        raise NotPossibleError("Parquet is written with pyarrow, of the extra `data`, which is not installed") from None
    if not result.csv:
        raise NotPossibleError(
            "the statement is no query, so its lines have no types to write Parquet with: --format csv"
        )
    try:
        arrow_schema(result.columns)
        with result.content() as content:
            return write_parquet(content, result.columns, opened)
    except NoParquetTypeError as error:
        raise NotPossibleError(str(error)) from None


def _withheld(result: QueryResult) -> list[str]:
    """A sentence for each table and each set of grants that would open columns of it."""
    sentences: list[str] = []
    for table, told in result.withheld.items():
        groups: dict[str, list[str]] = {}
        for column in told["columns"]:
            label = f" ({', '.join(column['labels'])})" if column["labels"] else ""
            groups.setdefault(_opened(column["opened_by"]), []).append(f"{column['name']}{label}")
        sentences += [
            f"{len(names)} of {counted(told['of'], 'column')} withheld of {table}: {', '.join(names)}; {opened}"
            for opened, names in groups.items()
        ]
    return sentences


def _opened(by: list[dict[str, Any]]) -> str:
    if not by:
        return "opened by no clearance here"
    ways = (
        f"{each['grant']} to {each['to']}, held by {listed(each['held_by']) if each['held_by'] else 'nobody yet'}"
        for each in by
    )
    return f"opened by {' or '.join(ways)}"
