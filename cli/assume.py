"""`mesh as`: the environment, or the profile, with which the AWS CLI and SDKs are somebody of the kept organisation."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.console import answer_as_it_is, say
from mesh.findings import NotPossibleError

if TYPE_CHECKING:
    from sandbox.runs.served_organization import HandedOut

KEYS: Final = {"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
"""What would make the AWS CLI somebody else."""


def assume(
    who: Annotated[
        str,
        typer.Argument(
            metavar="WHO",
            help="partner:<p>, clearance:<c>@<domain> or <c>@<domain>, people:<c>@<domain>, "
            "pipeline:<domain>.<product>, delivery:<domain>.<product>, admin@<domain or partner>, preview@…, "
            "deploy@…, keeper@management, break-glass, outsider, anonymous.",
        ),
    ],
    name: Annotated[
        str,
        typer.Argument(
            metavar="[NAME]", help="The name of the profile, with --profile; mesh-… after WHO when not given."
        ),
    ] = "",
    origin: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="PLACE",
            help="Where the calls come from: outside, office, network, foreign (another organisation's endpoint) or "
            "stranger (an endpoint of no organisation). Where it works, when not given.",
        ),
    ] = "",
    profile: Annotated[
        bool, typer.Option("--profile", help="Print a profile for ~/.aws/config, with which an SDK asks for keys.")
    ] = False,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE", help="Put the profile into this file; its other sections stay."),
    ] = None,
    process: Annotated[
        bool, typer.Option("--process", help="Print the keys as the SDK's credential_process wants them.")
    ] = False,
    kept_in: Annotated[
        Path, typer.Option("--kept-in", metavar="DIR", help="The folder in which `mesh up --serve` was typed.")
    ] = Path(),
) -> None:
    """Be somebody of the organisation in a shell, or by a profile.

    Prints export lines: eval "$(mesh as partner:<p>)", then try to break out with the AWS CLI. A profile lasts as long
    as the organisation is kept: mesh as <c>@<domain> --profile --write ~/.aws/config, then aws --profile mesh-<c>-…
    """
    _require_fit(name, profile, write, process)
    handed = _handed_out(who, origin, kept_in)
    if process:
        answer_as_it_is(_for_a_process(who, handed))
    elif profile:
        _answer_profile(who, name, origin, kept_in, write, handed)
    else:
        _answer_exports(handed.environment)


def _require_fit(name: str, profile: bool, write: Path | None, process: bool) -> None:
    if profile and process:
        raise typer.BadParameter("is for the profile that --profile prints; leave out one", param_hint="--process")
    if (name or write) and not profile:
        raise typer.BadParameter("has to be there with the name of a profile and with --write", param_hint="--profile")


def _handed_out(who: str, origin: str, kept_in: Path) -> HandedOut:
    from sandbox.runs.served_organization import FILE, NONE_SERVED, find

    served = find(lambda _note: None, kept_in / FILE)
    handed = served.handed_out(who, origin) if served else None
    if handed is None:
        raise NotPossibleError(NONE_SERVED)
    return handed


def _answer_exports(environment: dict[str, str]) -> None:
    for name in sorted(KEYS - set(environment)):
        answer_as_it_is(f"unset {name}")
    for name, value in environment.items():
        answer_as_it_is(f"export {name}={shlex.quote(value)}")


def _require_keys(who: str, handed: HandedOut) -> None:
    if "AWS_ACCESS_KEY_ID" not in handed.environment:
        raise NotPossibleError(f"{who} has no keys, so a profile cannot tell them; type mesh as {who} in a shell")


def _for_a_process(who: str, handed: HandedOut) -> str:
    """The answer of a credential_process (AWS SDKs and Tools Reference Guide, "Process credential provider")."""
    _require_keys(who, handed)
    keys = {
        "Version": 1,
        "AccessKeyId": handed.environment["AWS_ACCESS_KEY_ID"],
        "SecretAccessKey": handed.environment["AWS_SECRET_ACCESS_KEY"],
        "SessionToken": handed.environment.get("AWS_SESSION_TOKEN"),
        "Expiration": handed.expires,
    }
    return json.dumps({key: value for key, value in keys.items() if value})


def _place(kept_in: Path) -> Path:
    """The folder in which the organisation is kept, whatever the one is from which it is asked."""
    from sandbox.runs.served_organization import FILE, announcement

    return announcement(kept_in / FILE).absolute().parent.parent


def _answer_profile(who: str, name: str, origin: str, kept_in: Path, write: Path | None, handed: HandedOut) -> None:
    from cli.aws_profile import mesh_command, profile_name, section, write_section

    _require_keys(who, handed)
    called = name or profile_name(who)
    from_elsewhere = ["--from", origin] if origin else []
    words = [*mesh_command(), "as", who, "--process", *from_elsewhere, "--kept-in", str(_place(kept_in))]
    environment = handed.environment
    text = section(called, environment["AWS_DEFAULT_REGION"], environment["AWS_ENDPOINT_URL"], words)
    if write is None:
        answer_as_it_is(text.rstrip("\n"))
        return
    write_section(write, called, text)
    say(f"the profile '{called}' is in {write}: aws --profile {called} sts get-caller-identity")
