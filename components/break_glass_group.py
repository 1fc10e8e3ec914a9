"""The break-glass group: the IAM group of the users for emergencies."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws
from pulumi import ComponentResource, Input, ResourceOptions

from components.given_ids import with_given
from components.renamed import formerly
from mesh import names
from mesh.plan.nodes import BreakGlassGroupArgs


class BreakGlassGroup(ComponentResource):
    """The group, in the management account, without users: people make those, with their devices. Outputs: `group`.

    An access key of a user in the state of a stack would be a key that the CI has. `given` are ids by the assumed ones,
    for the run that creates the governance account.
    """

    def __init__(
        self,
        name: str,
        args: BreakGlassGroupArgs,
        given: Mapping[str, Input[str]] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("mesh:aws:BreakGlassGroup", name, None, formerly("mesh:aws:Keepers", opts))
        child = ResourceOptions(parent=self)
        group = aws.iam.Group(name, name=names.BREAK_GLASS_ALARM, path=f"/{names.PATH}/", opts=child)
        permissions = with_given(args.permissions.text(), given or {})
        aws.iam.GroupPolicy(name, name="mesh", group=group.name, policy=permissions, opts=child)
        self.group = group.name
        self.register_outputs({"group": self.group})
