"""Boundary of a domain's account: the one managed policy that every role of the mesh there carries."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import ROOT_STACK_RESOURCE, Alias, ComponentResource, ResourceOptions

from mesh import names
from mesh.plan.nodes import AccountBaselineArgs


class AccountBoundary(ComponentResource):
    """`policy/mesh/boundary`, where it is not the baseline's (`args.with_boundary`). Outputs: `boundary_arn`."""

    def __init__(self, name: str, args: AccountBaselineArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:AccountBoundary", name, None, opts)
        # `pulumi state move` brings the policy from the stack of the domain, without its parent.
        moved = Alias(parent=ROOT_STACK_RESOURCE)
        self.policy = boundary_policy(name, args, ResourceOptions(parent=self, aliases=[moved]))
        self.boundary_arn = self.policy.arn
        self.register_outputs({"boundary_arn": self.boundary_arn})


def boundary_policy(name: str, args: AccountBaselineArgs, opts: ResourceOptions) -> aws.iam.Policy:
    """The managed policy of an account's boundary."""
    return aws.iam.Policy(
        name,
        name="boundary",
        path=f"/{names.PATH}/",
        description="The most that a role of the mesh can do in this account",
        policy=args.boundary.text(),
        opts=opts,
    )
