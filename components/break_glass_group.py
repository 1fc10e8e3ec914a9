"""The break-glass group: the IAM group of the users for emergencies."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ComponentResource, ResourceOptions

from components.renamed import formerly
from mesh import names
from mesh.plan.nodes import BreakGlassGroupArgs


class BreakGlassGroup(ComponentResource):
    """The group, in the management account, without users: people make those, with their devices. Outputs: `group`.

    An access key of a user in the state of a stack would be a key that the CI has.
    """

    def __init__(self, name: str, args: BreakGlassGroupArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:BreakGlassGroup", name, None, formerly("mesh:aws:Keepers", opts))
        child = ResourceOptions(parent=self)
        group = aws.iam.Group(name, name=names.BREAK_GLASS_ALARM, path=f"/{names.PATH}/", opts=child)
        aws.iam.GroupPolicy(name, name="mesh", group=group.name, policy=args.permissions.text(), opts=child)
        self.group = group.name
        self.register_outputs({"group": self.group})
