"""`mesh as`: the environment with which the AWS CLI is somebody of the organisation that `mesh up --serve` keeps."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer

from cli.console import answer
from mesh.findings import NotPossibleError


def assume(
    who: Annotated[
        str,
        typer.Argument(
            help="partner:<p>, clearance:<c>@<domain>, people:<c>@<domain>, pipeline:<domain>.<product>, "
            "delivery:<domain>.<product>, admin@<domain or partner>, preview@…, deploy@…, keeper@management, "
            "break-glass, outsider, anonymous."
        ),
    ],
) -> None:
    """Print export lines for a shell: eval "$(mesh as partner:<p>)", then try to break out with the AWS CLI."""
    from sandbox.runs.provider_server import AS, ask
    from sandbox.runs.served_organization import find

    kept = find().kept
    found = ask(kept.provider, AS, {"who": who}) if kept else None
    if found is None:
        raise NotPossibleError("no organisation is kept here: run `mesh up --serve` in another terminal first")
    if "error" in found:
        raise NotPossibleError(str(found["error"]))
    environment: dict[str, str] = found["environment"]
    gone = sorted({"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} - set(environment))
    for name in gone:
        answer(f"unset {name}")
    for name, value in environment.items():
        answer(f"export {name}={shlex.quote(value)}")
