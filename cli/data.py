"""`mesh data`: rows made from contracts, for the organisation that is kept, or as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli import filled_lines
from cli.console import answer_json, counted, say
from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, read
from mesh.findings import NotPossibleError, unknown

commands = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

RowsOption = Annotated[
    int, typer.Option("--rows", metavar="N", help="Rows of a table, unless its contract says otherwise.", min=1)
]


@commands.callback()
def data() -> None:
    """Write rows made from contracts."""


@commands.command("sample")
def sample(
    products: Annotated[
        list[str] | None,
        typer.Argument(help="Only these products; all without any.", metavar="[DOMAIN.PRODUCT]…", show_default=False),
    ] = None,
    directory: FolderOption = DEFAULT_FOLDER,
    rows: RowsOption = 200,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Another seed makes other rows; the same makes the same.")
    ] = 1,
    bad_batch: Annotated[
        bool, typer.Option("--bad-batch", help="After the rows, commit some that break a contract.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write files into this folder, and touch no organisation."),
    ] = None,
    form: Annotated[
        Literal["parquet", "csv"], typer.Option("--format", help="Format of the files of --out.")
    ] = "parquet",
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Write rows that the contracts describe.

    In the organisation that `mesh up --serve` keeps they are written in the role of each product's pipeline, by its own
    script where that runs here; the mesh checks and publishes them, and people and partners read them. With --out they
    are files, and nothing is deployed.

    Exit code 1 when a script failed, or what is read is not what contracts, clearances and agreements say.
    """
    planned = read(directory, as_of)
    known = [*planned.mesh.products()]
    for product in products or ():
        if product not in known:
            raise NotPossibleError(unknown("product", product, known))
    from sandbox.filling.data_extra import require_data_extra
    from sandbox.filling.filled import Sample

    asked = Sample(rows, seed, tuple(products or ()), bad_batch)
    if out is not None:
        if form == "parquet":
            require_data_extra()
        from sandbox.filling.sample_files import write_files

        written = write_files(planned, asked, out, form)
        say(f"{counted(len(written), 'file')} below {out}")
        if as_json:
            answer_json({"files": [str(each) for each in written]})
        return
    from sandbox.runs import served_organization

    served = served_organization.require(say)
    served.require_fit(planned.plan, None)
    filled = served.fill(planned, asked)
    if as_json:
        answer_json(filled.to_json())
    else:
        filled_lines.show(filled)
    filled_lines.say_differences(filled)
    if filled.differences:
        raise typer.Exit(FINDINGS)
