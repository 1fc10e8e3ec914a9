"""`mesh bootstrap`: the CloudFormation template of the roles that accounts start with."""

from __future__ import annotations

import json
import re
from typing import Annotated, Final

import typer

from cli.console import answer_json
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, read
from mesh.plan import Plan
from mesh.plan.assumed import require_given

FIRST_RUN: Final = (
    "for the first run of the stack 'organization' name who makes it, `mesh bootstrap --administrator ARN` (a role or "
    "user of the management account); then run it, `mesh accounts --from outputs.json`, and `mesh bootstrap` once more"
)
NO_ORGANIZATION: Final = (
    "write stacks/accounts.yaml with 'organization: {id: …, root: …, management: \"…\"}', as "
    "`aws organizations describe-organization` and `list-roots` print them"
)


def bootstrap(
    directory: FolderOption = DEFAULT_FOLDER,
    administrator: Annotated[
        str | None,
        typer.Option(
            help="Role or user of the management account that makes the first run; nobody else is let in.",
            metavar="ARN",
        ),
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Print the template of the first roles.

    CloudFormation; the roles are `mesh/deploy` and `mesh/preview` in every account, and in the governance account
    CI's identity provider and its first roles.

    The stack `organization` brings the same into every account that it makes; the management account needs it by hand:
    with --administrator before the first `pulumi up`, and without it once accounts.yaml has the ids that AWS gave.
    """
    plan = read(directory, as_of).plan
    args = plan.organization.args
    if administrator is None:
        text = require_given(args.bootstrap, plan, NO_ORGANIZATION if plan.organization.access.assumed else FIRST_RUN)
    else:
        text = args.first_bootstrap(_of_management(administrator, plan))
    answer_json(json.loads(text))


def _of_management(administrator: str, plan: Plan) -> str:
    """The ARN of a role or user of the management account; raises BadParameter for whatever else it is."""
    management = require_given(plan.perimeter.management_id, plan, NO_ORGANIZATION)
    pattern = rf"arn:aws:iam::{management}:(role|user)/(?P<path>([\w+=,.@-]+/)*)[\w+=,.@-]+"
    match = re.fullmatch(pattern, administrator, re.ASCII)
    if match and match["path"].startswith("mesh/"):
        raise typer.BadParameter(
            f"'{administrator}' is of the mesh, and the template brings what may step into it; name who signs in now",
            param_hint="--administrator",
        )
    if match:
        return administrator
    raise typer.BadParameter(
        f"'{administrator}' is no role or user of the management account {management}; expected "
        f"arn:aws:iam::{management}:role/NAME or …:user/NAME, with its path, as `aws iam get-role --role-name NAME "
        "--query Role.Arn` prints it",
        param_hint="--administrator",
    )
