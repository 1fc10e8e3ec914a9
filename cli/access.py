"""`mesh access`: who reads what, as a table, as JSON and as a picture."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import access_blast, access_explain, access_who
from cli.console import answer, counted, json_text, margin, say, screen
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read
from mesh.findings import NotPossibleError
from mesh.folder import PlannedMesh

if TYPE_CHECKING:
    from mesh.access.chains import DecidedReads, Reader, ReadPort
    from mesh.access.grid import Cell, Grid, Line
    from mesh.access.matrix import Row
    from mesh.plan.nodes import DataProductArgs


commands = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    subcommand_metavar="[explain|who|blast]",
)
commands.command("explain")(access_explain.explain)
commands.command("who")(access_who.who)
commands.command("blast")(access_blast.blast)

NameOptions = list[str] | None


@commands.callback()
def access(
    context: typer.Context,
    product: Annotated[
        NameOptions, typer.Option("--product", metavar="DOMAIN.PRODUCT", help="Only this product; may be repeated.")
    ] = None,
    clearance: Annotated[
        NameOptions, typer.Option("--clearance", metavar="CLEARANCE", help="Only this clearance; may be repeated.")
    ] = None,
    home: Annotated[
        NameOptions, typer.Option("--home", metavar="DOMAIN", help="Only as held in this domain; may be repeated.")
    ] = None,
    port: Annotated[NameOptions, typer.Option("--port", metavar="PORT", help="Only this port, table or files.")] = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Draw it as a heat map into a file.")
    ] = None,
    dark: Annotated[bool, typer.Option("--dark", help="With --svg: in the colours of dark pages.")] = False,
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Show who can read what, and by which statement.

    Every read of every clearance, in every home, of every product, port and column is decided, request by request,
    over the policies that the mesh emits. `mesh access explain` tells why,
    `mesh access who` who else, `mesh access blast` what whoever steals a principal comes to.
    """
    if context.invoked_subcommand is not None:
        _refuse_options(context, context.invoked_subcommand)
        return
    if dark and not svg:
        raise NotPossibleError("--dark is for a picture; give --svg FILE as well")
    planned = read(directory, as_of)
    from mesh.access.chains import DecidedReads

    question = _question(DecidedReads(planned.plan), planned, product, clearance, home, port)
    if as_json:
        _write_json(row.as_json() for row in chain(_watched(question), question.of_machines()))
        return
    from mesh.access.grid import grid

    result = grid(planned.plan, _watched(question))
    if svg:
        from mesh.access.heatmap import heatmap
        from mesh.access.svg_shapes import DARK, LIGHT

        _write(svg, heatmap(planned.plan, result, DARK if dark else LIGHT))
    else:
        _show(planned, result)
        _show_machines(list(question.of_machines()))


def _refuse_options(context: typer.Context, command: str) -> None:
    """Options before `explain`, `who` and `blast` would be for the matrix, and be lost without a word."""
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise NotPossibleError(f"{parameter.opts[0]} stands before '{command}'; options come after it")


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """The part of the matrix that is asked for."""

    access: DecidedReads
    readers: tuple[Reader, ...]
    machines: tuple[Reader, ...]
    products: tuple[DataProductArgs, ...]
    ports: tuple[ReadPort, ...]

    @property
    def rows(self) -> int:
        """The number of its rows."""
        return len(self.readers) * sum(port in product.ports for product in self.products for port in self.ports)

    def of_machines(self) -> Iterator[Row]:
        """The rows of pipelines that read."""
        from mesh.access.matrix import machine_rows

        return machine_rows(self.access, self.machines, self.products, self.ports)


def _question(
    access: DecidedReads,
    planned: PlannedMesh,
    product: NameOptions,
    clearance: NameOptions,
    home: NameOptions,
    port: NameOptions,
) -> MatrixFilter:
    """The part of the matrix; raises NotPossibleError for a name that does not exist and for a part without rows."""
    from mesh.access import references
    from mesh.access.chains import PORTS
    from mesh.access.matrix import every_product

    clearances = {references.known_clearance(planned.plan, name) for name in clearance or ()}
    homes = {references.known_domain(planned.plan, name) for name in home or ()}
    things = [references.thing(planned.mesh, planned.plan, name) for name in product or ()]
    for thing in things:
        if thing.column:
            raise NotPossibleError(f"'{thing.name}' is a column; --product takes DOMAIN.PRODUCT")
    chosen = tuple(references.known_port(name) for name in port or PORTS)
    for thing in things:
        if not set(chosen) & thing.product.ports:
            references.ports(thing.product, chosen[0])

    def of(every: Iterable[Reader]) -> tuple[Reader, ...]:
        held = (reader for reader in every if not clearances or reader.clearance in clearances)
        return tuple(reader for reader in held if not homes or reader.home in homes)

    products = tuple(each.product for each in things) or tuple(every_product(planned.plan))
    asked: tuple[ReadPort, ...] = tuple(each for each in PORTS if each in chosen)
    return MatrixFilter(access, of(access.readers), of(access.machines), products, asked)


def _watched(question: MatrixFilter) -> Iterator[Row]:
    """The rows, with progress on a terminal."""
    from mesh.access.matrix import matrix

    rows = matrix(question.access, question.readers, question.products, question.ports)
    if not sys.stderr.isatty():
        yield from rows
        return
    from rich.progress import track

    yield from track(rows, "deciding", question.rows, console=margin(), transient=True)


def _write_json(rows: Iterable[dict[str, object]]) -> None:
    """One JSON list, a row a line, written as it comes: a large mesh has a million rows."""
    sys.stdout.write("[")
    for number, row in enumerate(rows):
        sys.stdout.write((",\n " if number else "\n ") + json_text(row))
    sys.stdout.write("\n]\n")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise NotPossibleError(f"{file} cannot be written: {error.strerror}") from error
    say(f"drawn: {file}")


# ---- the table


def _show(planned: PlannedMesh, result: Grid) -> None:
    from rich.table import Table

    reads = {each.name: each.reads for each in planned.plan.governance.catalog.clearances}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("product", "port", "labels", *(() if result.agreeing else ("held in",))):
        table.add_column(title, no_wrap=title == "product")
    for clearance in result.clearances:
        table.add_column(f"{clearance}\n[dim]{', '.join(sorted(reads[clearance])) or 'no label'}[/dim]", no_wrap=True)
    before = ""
    for line in result.lines:
        if before and line.domain != before:
            table.add_row()
        before = line.domain
        table.add_row(*_cells(result, line))
    screen().print(table)
    _sum_up(result)


def _show_machines(rows: list[Row]) -> None:
    """Pipelines, each with what it reads."""
    from rich.table import Table

    if not rows:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("pipeline of", "with clearance", "reads", "port", ""):
        table.add_column(title, no_wrap=title != "")
    for row in rows:
        what = f"{len(row.columns)} columns" if row.port == "table" else "all files"
        mark = f"[green]●[/green] {what}" if row.allowed else f"[red]–[/red] {row.stopped_at}"
        table.add_row(row.pipeline or "", row.clearance, f"{row.domain}.{row.product}", row.port, mark)
    answer("")
    screen().print(table)


def _cells(result: Grid, line: Line) -> Iterator[str]:
    yield f"{line.domain}.{line.product}"
    yield line.port
    yield f"[yellow]{', '.join(line.labels)}[/yellow]" if line.labels else ""
    if not result.agreeing:
        yield "every home" if line.homes == result.homes else ", ".join(line.homes)
    for clearance in result.clearances:
        yield _mark(line.cells[clearance]) if clearance in line.cells else ""


def _mark(cell: Cell) -> str:
    if not cell.readable:
        return "[red]–[/red]"
    if cell.readable < cell.of:
        return f"[yellow]◐[/yellow] {cell.readable} of {cell.of}"
    return "[green]●[/green]"


def _sum_up(result: Grid) -> None:
    answer("\n● all columns, or all files   ◐ some columns   – none")
    products = {(line.domain, line.product) for line in result.lines}
    homes = counted(len(result.homes), "home")
    same = (
        "" if len(result.homes) == 1 else "; every home gives the same answer" if result.agreeing else "; homes differ"
    )
    answer(
        f"{counted(result.rows, 'read')} decided: {counted(len(result.clearances), 'clearance')} in {homes}, "
        f"{counted(len(products), 'product')}{same}"
    )
    if result.lines:
        line = next((line for line in result.lines if line.labels), result.lines[0])
        name, asker = f"{line.domain}.{line.product}", f"{result.clearances[0]}@{line.homes[0]}"
        answer(f"Why: mesh access explain --as {asker} --read {name}    Who else: mesh access who {name}")
