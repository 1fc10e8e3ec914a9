"""Permission sets of IAM Identity Center: one a clearance, one for partners' people, and the groups that hold them."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Resource, ResourceOptions

from mesh.plan.nodes import Assignment, PermissionSet, PermissionSetsArgs


class PermissionSets(ComponentResource):
    """The permission sets and their assignments, in the management account. Outputs: `permission_sets` (ARNs by name).

    `accounts` are ids of the accounts that assignments name, by name.
    """

    def __init__(
        self,
        name: str,
        args: PermissionSetsArgs,
        accounts: Mapping[str, Input[str]],
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("mesh:aws:PermissionSets", name, None, opts)
        self.policies: dict[str, Resource] = {}
        self.permission_sets = {node.name: self._permission_set(node, args.instance) for node in args.permission_sets}
        for assignment in args.assignments:
            self._assign(assignment, args.instance, accounts[assignment.account])
        self.register_outputs(
            {"permission_sets": {key: resource.arn for key, resource in self.permission_sets.items()}}
        )

    def _permission_set(self, node: PermissionSet, instance: str) -> aws.ssoadmin.PermissionSet:
        resource = aws.ssoadmin.PermissionSet(
            node.name,
            name=node.name,
            description=node.description,
            instance_arn=instance,
            session_duration="PT8H",
            opts=ResourceOptions(parent=self),
        )
        self.policies[node.name] = aws.ssoadmin.PermissionSetInlinePolicy(
            node.name,
            instance_arn=instance,
            permission_set_arn=resource.arn,
            inline_policy=node.policy.text(),
            opts=ResourceOptions(parent=self),
        )
        return resource

    def _assign(self, assignment: Assignment, instance: str, account_id: Input[str]) -> None:
        aws.ssoadmin.AccountAssignment(
            f"{assignment.account}-{assignment.permission_set}-{assignment.group}",
            instance_arn=instance,
            permission_set_arn=self.permission_sets[assignment.permission_set].arn,
            principal_type="GROUP",
            principal_id=assignment.group_id,
            target_type="AWS_ACCOUNT",
            target_id=account_id,
            # To take a policy off, the AWS plugin provisions every account that the set is assigned in, and fails where
            # an assignment goes at the same moment ("Assignment not found"): the assignment goes first.
            opts=ResourceOptions(parent=self, depends_on=[self.policies[assignment.permission_set]]),
        )
