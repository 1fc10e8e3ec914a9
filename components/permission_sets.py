"""Who steps into which role: a permission set a clearance, one for partners' people, and the groups that hold them."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws
from pulumi import ComponentResource, Input, ResourceOptions

from mesh.plan.nodes import Assignment, PermissionSet, PermissionSetsArgs


class PermissionSets(ComponentResource):
    """Made in the management account. `accounts` are the ids by name of the accounts that assignments name.

    Outputs: `permission_sets` (ARNs by name).
    """

    def __init__(
        self,
        name: str,
        args: PermissionSetsArgs,
        accounts: Mapping[str, Input[str]],
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("mesh:aws:PermissionSets", name, None, opts)
        self.permission_sets = {each.name: self._permission_set(each, args.instance) for each in args.permission_sets}
        for assignment in args.assignments:
            self._assign(assignment, args.instance, accounts[assignment.account])
        self.register_outputs({"permission_sets": {key: made.arn for key, made in self.permission_sets.items()}})

    def _permission_set(self, each: PermissionSet, instance: str) -> aws.ssoadmin.PermissionSet:
        made = aws.ssoadmin.PermissionSet(
            each.name,
            name=each.name,
            description=each.description,
            instance_arn=instance,
            session_duration="PT8H",
            opts=ResourceOptions(parent=self),
        )
        aws.ssoadmin.PermissionSetInlinePolicy(
            each.name,
            instance_arn=instance,
            permission_set_arn=made.arn,
            inline_policy=each.policy.text(),
            opts=ResourceOptions(parent=self),
        )
        return made

    def _assign(self, assignment: Assignment, instance: str, account_id: Input[str]) -> None:
        aws.ssoadmin.AccountAssignment(
            f"{assignment.account}-{assignment.permission_set}-{assignment.group}",
            instance_arn=instance,
            permission_set_arn=self.permission_sets[assignment.permission_set].arn,
            principal_type="GROUP",
            principal_id=assignment.group_id,
            target_type="AWS_ACCOUNT",
            target_id=account_id,
            opts=ResourceOptions(parent=self),
        )
