"""`mesh bootstrap`: the CloudFormation template of the roles that accounts start with."""

from __future__ import annotations

import json

from cli.console import answer_json
from cli.options import DEFAULT_FOLDER, AsOf, FolderOption, read


def bootstrap(directory: FolderOption = DEFAULT_FOLDER, as_of: AsOf = None) -> None:
    """Print the template of the first roles.

    CloudFormation; the roles are `mesh/deploy` and `mesh/preview` in every account, and in the governance account
    CI's identity provider and its first roles.

    The stack `organization` brings the same into every account that it makes; the management account needs it by hand,
    before the first `pulumi up`.
    """
    answer_json(json.loads(read(directory, as_of).plan.organization.args.bootstrap))
