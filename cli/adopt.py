"""`mesh adopt`: what an account that is to join has of its own, and would keep inside the walls."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import answer, answer_json, counted, say
from cli.exit_codes import FINDINGS
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, JsonOption, day
from mesh.access.authorization_details import ASK
from mesh.folder import plan_folder


def adopt(
    check: Annotated[Path, typer.Option("--check", help=f"The answer of `{ASK}`.", metavar="FILE")],
    directory: FolderOption = DEFAULT_FOLDER,
    as_of: AsOf = None,
    as_json: JsonOption = False,
) -> None:
    """Check an account before it joins the organisation.

    Lists users, groups, roles, trusts and policies of its own that the mesh's SCPs would not take away. Service-linked
    roles are fine. Identity providers are not in the file: one is told by the roles that trust it, and
    `aws iam list-open-id-connect-providers` and `aws iam list-saml-providers` list the others.

    Exit code 1 when there is one.
    """
    from mesh.access.adoption import leftovers
    from mesh.access.authorization_details import read_details

    details = read_details(check)
    # Warnings of the mesh are none of the account's: `mesh validate` has them.
    found = list(leftovers(details, plan_folder(directory, day(as_of)).plan))
    if as_json:
        answer_json({"account": details.account, "findings": [each._asdict() for each in found]})
    else:
        for each in found:
            answer(f"{each.arn}: {each.message}")
        account = f"account {details.account}" if details.account else "the account"
        say(f"{account}: {counted(len(found), 'thing')} of its own would stand inside the walls")
    if found:
        raise typer.Exit(FINDINGS)
