"""`mesh connect`: what a data tool takes to read the mesh as somebody, ready to be pasted."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli.console import answer_as_it_is, say
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, read
from mesh.findings import NotPossibleError


def connect(
    who: Annotated[
        str,
        typer.Option("--as", metavar="WHO", help="A clearance such as general@ads, pipeline:<d>.<p> or partner:<p>."),
    ],
    client: Annotated[
        Literal["boto3", "awswrangler", "dbt", "spark", "jdbc", "duckdb", "polars", "pyiceberg"],
        typer.Option("--for", help="The tool that reads."),
    ],
    product: Annotated[
        str,
        typer.Option("--product", metavar="DOMAIN.PRODUCT", help="Whose data; the first that can be read, if none."),
    ] = "",
    on: Annotated[
        Literal["kept", "aws"],
        typer.Option("--on", help="The organisation that `mesh up --serve` keeps, or AWS, without endpoints."),
    ] = "kept",
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
) -> None:
    """Print what a data tool takes to read as somebody.

    The text is to be pasted: a program, a profile of dbt, a configuration of Spark or a URL of JDBC. It names the
    profile that mesh as WHO --profile --write ~/.aws/config makes, and a table or folder that WHO can read.
    """
    planned = read(directory, as_of)
    from cli.connections.data_users import data_user
    from cli.connections.snippets import snippet

    user = data_user(planned.plan, who)
    endpoint = ""
    if on == "kept":
        from sandbox.runs.served_organization import NONE_SERVED, require

        served = require(say)
        served.require_fit(planned.plan, None)
        handed = served.credentials(user.who)
        if handed is None:
            raise NotPossibleError(NONE_SERVED)
        endpoint = handed["AWS_ENDPOINT_URL"]
    answer_as_it_is(snippet(planned.plan, user, client, product, endpoint).text)
