"""`mesh example`: writes a valid mesh of any size, for tests, benchmarks and first steps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import counted, say
from cli.options import AsOf, day


def example(
    folder: Annotated[Path, typer.Argument(help="A folder that is empty or does not exist.", metavar="DIR")],
    domains: Annotated[int, typer.Option("--domains", metavar="N", min=1, max=10_000, help="How many domains.")] = 3,
    products: Annotated[
        int, typer.Option("--products", metavar="N", min=1, max=1_000, help="How many products each.")
    ] = 2,
    partners: Annotated[int, typer.Option("--partners", metavar="N", min=0, max=1_000, help="How many partners.")] = 1,
    as_of: AsOf = None,
) -> None:
    """Write a valid mesh of a given size.

    Its reviews and agreements end a year from the day.
    """
    from mesh.example import write

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise typer.BadParameter(f"{folder} exists and is not an empty folder; nothing was written", param_hint="DIR")
    write(folder, domains, products, partners, day(as_of))
    made = f"{counted(domains, 'domain')} with {counted(products, 'product')} each"
    say(f"{folder}: {made}. Next: mesh validate {folder}")
