"""Resources of the stack `organization`, in the management account."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.footprint.deployed_resource import SET, DeployedResource, StackMaker
from mesh.plan.nodes import LandingZoneArgs, PermissionSetsArgs, Plan

POLICY_TYPES = {
    "AISERVICES_OPT_OUT_POLICY": "aiservices_opt_out_policy",
    "DECLARATIVE_POLICY_EC2": "declarative_policy_ec2",
    "RESOURCE_CONTROL_POLICY": "resource_control_policy",
    "SERVICE_CONTROL_POLICY": "service_control_policy",
}
"""Types of policies as their ARNs have them."""


def resources(make: StackMaker, plan: Plan) -> Iterator[DeployedResource]:
    """Units, accounts, control policies, the first roles of every account, the break-glass group, permission sets."""
    targets = _targets(plan)
    yield from _landing_zone(make, plan.organization.args, targets)
    group, path = names.BREAK_GLASS_ALARM, f"/{names.PATH}/"
    yield make("iam/group:Group", names.BREAK_GLASS, given=group, name=group, path=path)
    yield make("iam/groupPolicy:GroupPolicy", names.BREAK_GLASS, given=f"{group}:mesh", name="mesh", group=group)
    if plan.organization.people:
        yield from _people(make, plan.organization.people, targets)


def _targets(plan: Plan) -> dict[str, str]:
    """Ids of accounts, units and the root, by the names that policies and assignments have for them."""
    perimeter = plan.perimeter
    return {
        **{f"domain-{name}": domain.access.account_id for name, domain in plan.domains.items()},
        **{f"partner-{name}": partner.access.account_id for name, partner in plan.partners.items()},
        "governance": perimeter.governance_unit,
        "domains": perimeter.domains_unit,
        "partners": perimeter.partners_unit,
        "root": perimeter.root,
    }


def _landing_zone(make: StackMaker, args: LandingZoneArgs, targets: dict[str, str]) -> Iterator[DeployedResource]:
    perimeter = args.perimeter
    yield make("organizations/organization:Organization", "organization", given=perimeter.organization)
    yield make("iam/organizationsFeatures:OrganizationsFeatures", "organization", given=perimeter.organization)
    for unit in ("governance", "domains", "partners"):
        yield make(
            "organizations/organizationalUnit:OrganizationalUnit",
            unit,
            given=targets[unit],
            name=unit,
            parentId=perimeter.root,
        )
    accounts = {**targets, "governance": perimeter.governance_id}
    for account in args.accounts:
        yield make(
            "organizations/account:Account",
            account.name,
            given=accounts[account.name],
            name=account.name,
            email=account.email,
            parentId=targets[account.unit],
            closeOnDeletion=False,
            tags=SET,
        )
    for policy in (args.declared, args.opted_out, *args.policies):
        policy_id = f"p-{policy.name}"
        yield make("organizations/policy:Policy", policy.name, given=policy_id, name=policy.name, type=policy.type)
        for target in policy.targets:
            yield make(
                "organizations/policyAttachment:PolicyAttachment",
                policy.name if len(policy.targets) == 1 else f"{policy.name}-{target}",
                policyId=policy_id,
                targetId=targets[target],
            )
    for name in ("bootstrap", "bootstrap-access"):
        yield make("cloudformation/stackSet:StackSet", name, given=f"mesh-{name}", name=f"mesh-{name}")
        yield make("cloudformation/stackInstances:StackInstances", name, stackSetName=f"mesh-{name}")
    yield make(
        "cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount",
        "audit",
        given=perimeter.governance_id,
        accountId=perimeter.governance_id,
    )
    yield make("ram/sharingWithOrganization:SharingWithOrganization", "sharing")


def _people(make: StackMaker, args: PermissionSetsArgs, targets: dict[str, str]) -> Iterator[DeployedResource]:
    arns = {
        each.name: f"{args.instance.replace(':instance/', ':permissionSet/')}/ps-{each.name}"
        for each in args.permission_sets
    }
    for permission_set in args.permission_sets:
        name, arn = permission_set.name, arns[permission_set.name]
        yield make("ssoadmin/permissionSet:PermissionSet", name, given=arn, name=name, instanceArn=args.instance)
        yield make(
            "ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
            name,
            instanceArn=args.instance,
            permissionSetArn=arn,
        )
    for assignment in args.assignments:
        yield make(
            "ssoadmin/accountAssignment:AccountAssignment",
            f"{assignment.account}-{assignment.permission_set}-{assignment.group}",
            instanceArn=args.instance,
            permissionSetArn=arns[assignment.permission_set],
            principalId=assignment.group_id,
            principalType="GROUP",
            targetId=targets[assignment.account],
            targetType="AWS_ACCOUNT",
        )
