"""Footprint of a plan: every resource that its stacks make in AWS, before any program runs.

It is a second listing of what `program/` and `components/` register, without Pulumi, for what is asked of all of them:
may the role that deploys one make each of the plugin's calls? `tests/program/test_footprint.py` holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterator

from mesh.plan.footprint import access_stack, domain_stack, governance_stack, organization_stack, partner_stack
from mesh.plan.footprint.deployed_resource import SET as SET
from mesh.plan.footprint.deployed_resource import DeployedResource as DeployedResource
from mesh.plan.footprint.deployed_resource import StackMaker
from mesh.plan.nodes import Plan


def footprint(plan: Plan) -> Iterator[DeployedResource]:
    """The resources of every stack, in the order of the stacks."""
    access = plan.access
    yield from organization_stack.resources(StackMaker("organization", plan.organization.access), plan)
    yield from governance_stack.resources(StackMaker("governance", plan.governance.access), plan.governance)
    for name, partner in plan.partners.items():
        stack = f"partner-{name}"
        yield from partner_stack.resources(StackMaker(stack, access[stack]), partner)
    for name, domain in plan.domains.items():
        yield from access_stack.resources(StackMaker(f"access-{name}", domain.deciding), domain)
    for name, domain in plan.domains.items():
        yield from domain_stack.resources(StackMaker(f"domain-{name}", domain.access), domain)
