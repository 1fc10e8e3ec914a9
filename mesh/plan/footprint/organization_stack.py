"""Resources of the stack `organization`, in the management account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mesh import names
from mesh.aws.plugin_types import Beside
from mesh.plan.footprint.deployed_resource import SET, DeployedResource, StackMaker
from mesh.plan.nodes import (
    DeclarativePolicy,
    LandingZoneArgs,
    OptOutPolicy,
    OrganizationPolicy,
    PermissionSetsArgs,
    Plan,
)


def resources(make: StackMaker, plan: Plan) -> Iterator[DeployedResource]:
    """Units, accounts, control policies, the first roles of every account, the break-glass group, permission sets."""
    targets = _targets(plan)
    yield from _landing_zone(make, plan.organization.args, targets)
    group, path = names.BREAK_GLASS_ALARM, f"/{names.PATH}/"
    yield make("iam/group:Group", names.BREAK_GLASS, given=group, name=group, path=path)
    yield make(
        "iam/groupPolicy:GroupPolicy",
        names.BREAK_GLASS,
        given=f"{group}:mesh",
        beside={"groupPath": path},
        name="mesh",
        group=group,
    )
    if plan.organization.people:
        yield from _people(make, plan.organization.people, targets)


def _targets(plan: Plan) -> dict[str, str]:
    """Ids of accounts, units and the root, by the names that policies and assignments have for them."""
    perimeter = plan.perimeter
    return {
        **{f"domain-{name}": domain.access.account_id for name, domain in plan.domains.items()},
        **{f"partner-{name}": partner.access.account_id for name, partner in plan.partners.items()},
        **{account.name: account.account_id for account in plan.organization.args.let_go},
        "governance": perimeter.governance_unit,
        "domains": perimeter.domains_unit,
        "partners": perimeter.partners_unit,
        "root": perimeter.root,
    }


def _landing_zone(make: StackMaker, args: LandingZoneArgs, targets: dict[str, str]) -> Iterator[DeployedResource]:
    perimeter = args.perimeter
    yield make(
        "organizations/organization:Organization",
        "organization",
        given=perimeter.organization,
        featureSet="ALL",
        enabledPolicyTypes=[*args.enabled_policy_types],
        awsServiceAccessPrincipals=[*args.trusted_services],
    )
    yield make(
        "iam/organizationsFeatures:OrganizationsFeatures",
        "organization",
        given=perimeter.organization,
        enabledFeatures=[*args.root_access],
    )
    for unit in names.UNITS:
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
        yield from _attached(make, policy, targets)
    yield from _stack_set(make, "bootstrap", [targets[unit] for unit in args.populated])
    yield from _stack_set(make, "bootstrap-access", [targets[unit] for unit in args.populated if unit == "domains"])
    yield make(
        "cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount",
        "audit",
        given=perimeter.governance_id,
        accountId=perimeter.governance_id,
    )
    yield make("ram/sharingWithOrganization:SharingWithOrganization", "sharing")


def _attached(
    make: StackMaker, policy: OrganizationPolicy | DeclarativePolicy | OptOutPolicy, targets: dict[str, str]
) -> Iterator[DeployedResource]:
    """A policy with its attachments."""
    policy_id = f"p-{policy.name}"
    # As the ARN of a policy has its type.
    kind: Mapping[Beside, str] = {"policyType": policy.type.lower()}
    yield make(
        "organizations/policy:Policy", policy.name, given=policy_id, beside=kind, name=policy.name, type=policy.type
    )
    for target in policy.targets:
        yield make(
            "organizations/policyAttachment:PolicyAttachment",
            policy.name if len(policy.targets) == 1 else f"{policy.name}-{target}",
            beside=kind,
            policyId=policy_id,
            targetId=targets[target],
        )


def _stack_set(make: StackMaker, name: str, units: list[str]) -> Iterator[DeployedResource]:
    """A StackSet of the first roles of accounts, and its instances in the accounts of units."""
    made = f"mesh-{name}"
    yield make("cloudformation/stackSet:StackSet", name, given=made, name=made, permissionModel="SERVICE_MANAGED")
    if not units:
        return
    yield make(
        "cloudformation/stackInstances:StackInstances",
        name,
        stackSetName=made,
        retainStacks=True,
        regions=[make.access.region],
        deploymentTargets={"organizationalUnitIds": units},
    )


def _people(make: StackMaker, args: PermissionSetsArgs, targets: dict[str, str]) -> Iterator[DeployedResource]:
    arns = {
        each.name: f"{args.instance.replace(':instance/', ':permissionSet/')}/ps-{each.name}"
        for each in args.permission_sets
    }
    for permission_set in args.permission_sets:
        name, arn = permission_set.name, arns[permission_set.name]
        yield make(
            "ssoadmin/permissionSet:PermissionSet",
            name,
            given=arn,
            beside={"arn": arn},
            name=name,
            instanceArn=args.instance,
        )
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
