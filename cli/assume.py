"""`mesh as`: the environment with which the AWS CLI is somebody of the organisation that `mesh up --serve` keeps."""

from __future__ import annotations

import shlex
from typing import Annotated, Final

import typer

from cli.console import answer
from mesh.findings import NotPossibleError

KEYS: Final = {"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
"""What would make the AWS CLI somebody else."""


def assume(
    who: Annotated[
        str,
        typer.Argument(
            help="partner:<p>, clearance:<c>@<domain>, people:<c>@<domain>, pipeline:<domain>.<product>, "
            "delivery:<domain>.<product>, admin@<domain or partner>, preview@…, deploy@…, keeper@management, "
            "break-glass, outsider, anonymous."
        ),
    ],
    origin: Annotated[
        str,
        typer.Option(
            "--from",
            help="Where the calls come from: outside, office, network, foreign (another organisation's endpoint) or "
            "stranger (an endpoint of no organisation). Where it works, when not given.",
        ),
    ] = "",
) -> None:
    """Be somebody of the organisation in a shell.

    Prints export lines: eval "$(mesh as partner:<p>)", then try to break out with the AWS CLI.
    """
    from sandbox.runs.served_organization import NONE_SERVED, find

    served = find(lambda _note: None)
    environment = served.credentials(who, origin) if served else None
    if environment is None:
        raise NotPossibleError(NONE_SERVED)
    for name in sorted(KEYS - set(environment)):
        answer(f"unset {name}")
    for name, value in environment.items():
        answer(f"export {name}={shlex.quote(value)}")
