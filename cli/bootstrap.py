"""`mesh bootstrap`: the CloudFormation template of the two roles that every account starts with."""

from __future__ import annotations

import json

from cli.console import answer_json
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, read
from mesh.iam.bootstrap import template


def bootstrap(directory: FolderOption = DEFAULT_FOLDER, as_of: AsOf = None) -> None:
    """Print the template of the first roles.

    CloudFormation; the roles are `mesh/deploy` and `mesh/preview`, in every account.

    The stack `organization` brings both into every other account; the management and the governance account need
    them before the first `pulumi up`.
    """
    args = read(directory, as_of).plan.organization.args
    answer_json(json.loads(template(args.deploy_trust, args.preview_trust)))
