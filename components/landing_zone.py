"""Landing zone: the organisation, its units and accounts, their control policies, and the roles each starts with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import ComponentResource, Input, Resource, ResourceOptions

from components.given_ids import with_given
from components.renamed import formerly
from mesh import names
from mesh.plan.assumed import assumed_id
from mesh.plan.nodes import DeclarativePolicy, LandingZoneArgs, MemberAccount, OptOutPolicy, OrganizationPolicy

# AWS Organizations creates five accounts at a time ("Quotas for AWS Organizations").
CREATED_AT_A_TIME = 5


class LandingZone(ComponentResource):
    """The organisation, made in the management account, which holds no data and no workload.

    Outputs: `accounts` and `units` (ids by name), `organization_id`, `root_id`; `mesh accounts` writes them to
    accounts.yaml.
    """

    def __init__(self, name: str, args: LandingZoneArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mesh:aws:LandingZone", name, None, formerly("mesh:aws:Organization", opts))
        self.organization = aws.organizations.Organization(
            name,
            feature_set="ALL",
            enabled_policy_types=list(args.enabled_policy_types),
            aws_service_access_principals=list(args.trusted_services),
            opts=self._outliving(args),
        )
        # IAM asks for its trusted access, which the organisation gives it, before it takes the features.
        aws.iam.OrganizationsFeatures(
            name,
            enabled_features=list(args.root_access),
            opts=ResourceOptions(parent=self, depends_on=[self.organization]),
        )
        self.root_id = self.organization.roots.apply(lambda roots: roots[0].id or "")
        self.units = {unit: self._unit(unit, args) for unit in names.UNITS}
        self.accounts = self._accounts(args)
        self._attach_all(args)
        self._start_accounts(args)
        self._delegate()
        self.register_outputs(
            {
                "organization_id": self.organization.id,
                "root_id": self.root_id,
                "units": {name: unit.id for name, unit in self.units.items()},
                "accounts": {name: account.id for name, account in self.accounts.items()},
            }
        )

    def _unit(self, unit: str, args: LandingZoneArgs) -> aws.organizations.OrganizationalUnit:
        return aws.organizations.OrganizationalUnit(unit, name=unit, parent_id=self.root_id, opts=self._outliving(args))

    def _outliving(self, args: LandingZoneArgs) -> ResourceOptions:
        """Options of the organisation and its units, which outlive the stack."""
        # AWS deletes neither an organisation nor a unit with accounts in it, and accounts stay.
        return ResourceOptions(parent=self, protect=args.deletion_protection, retain_on_delete=True)

    def _accounts(self, args: LandingZoneArgs) -> dict[str, aws.organizations.Account]:
        """The accounts, of which each waits for the fifth before it."""
        accounts: dict[str, aws.organizations.Account] = {}
        for number, account in enumerate(args.accounts):
            before = list(accounts.values())[-CREATED_AT_A_TIME:][:1] if number >= CREATED_AT_A_TIME else []
            accounts[account.name] = self._account(account, list(before))
        return accounts

    def _account(self, account: MemberAccount, after: list[Resource]) -> aws.organizations.Account:
        # An account outlives its YAML, which only forgets it: people close an account, and AWS takes 90 days for it.
        return aws.organizations.Account(
            account.name,
            name=account.name,
            email=account.email,
            parent_id=self.units[account.unit].id,
            close_on_deletion=False,
            tags=account.tags,
            opts=ResourceOptions(
                parent=self, protect=account.deletion_protection, retain_on_delete=True, depends_on=after
            ),
        )

    def _attach_all(self, args: LandingZoneArgs) -> None:
        """Control policies, attached one after the other."""
        # AWS Organizations takes two calls of AttachPolicy a second.
        last: list[Resource] = [*self.units.values(), *self.accounts.values()]
        targets: Mapping[str, Input[str]] = {
            **{account.name: account.account_id for account in args.let_go},
            **{name: account.id for name, account in self.accounts.items()},
            # After the accounts: `governance` is a unit and an account, and a policy's target means the unit.
            **{name: unit.id for name, unit in self.units.items()},
            "root": self.root_id,
        }
        for policy in (args.declared, args.opted_out, *args.policies):
            last = self._attach(policy, targets, last)

    def _attach(
        self,
        policy: OrganizationPolicy | DeclarativePolicy | OptOutPolicy,
        targets: Mapping[str, Input[str]],
        after: list[Resource],
    ) -> list[Resource]:
        retained = isinstance(policy, OrganizationPolicy) and policy.retained
        control_policy = aws.organizations.Policy(
            policy.name,
            name=policy.name,
            type=policy.type,
            description=policy.description,
            content=with_given(policy.document.text(), self.given),
            opts=ResourceOptions(parent=self, depends_on=after, retain_on_delete=retained),
        )
        last: list[Resource] = []
        for target in policy.targets:
            attachment = aws.organizations.PolicyAttachment(
                policy.name if len(policy.targets) == 1 else f"{policy.name}-{target}",
                policy_id=control_policy.id,
                target_id=targets[target],
                opts=ResourceOptions(parent=self, depends_on=last, retain_on_delete=retained),
            )
            last = [attachment]
        return last

    @property
    def given(self) -> Mapping[str, Input[str]]:
        """Ids of accounts and units as AWS gives them, by those that the Plan assumed."""
        return {
            **{assumed_id(name): account.id for name, account in self.accounts.items()},
            **{names.assumed_unit_id(name): unit.id for name, unit in self.units.items()},
        }

    def _start_accounts(self, args: LandingZoneArgs) -> None:
        """The StackSets that make the first roles in every new account below the units.

        `mesh/deploy` and `mesh/preview` in all of them, `mesh/deploy-access` in those of domains.
        """
        # CloudFormation lists no instance in a unit without accounts, and the AWS plugin takes what is listed for the
        # units that there are (its function `replaceOrganizationalUnitIDs`): each run would add it again.
        about = "Roles that deploy and preview the data mesh"
        self._stack_set("bootstrap", about, args.bootstrap, args.populated, args)
        about = "The role that deploys who reads in a domain"
        domains = [unit for unit in args.populated if unit == "domains"]
        self._stack_set("bootstrap-access", about, args.access_bootstrap, domains, args)

    def _stack_set(self, name: str, description: str, text: str, units: Sequence[str], args: LandingZoneArgs) -> None:
        stack_set = aws.cloudformation.StackSet(
            name,
            name=f"mesh-{name}",
            description=description,
            permission_model="SERVICE_MANAGED",
            auto_deployment={"enabled": True, "retain_stacks_on_account_removal": True},
            capabilities=["CAPABILITY_NAMED_IAM"],
            template_body=with_given(text, self.given),
            opts=self._entering(args, self.organization),
        )
        if not units:
            return
        aws.cloudformation.StackInstances(
            name,
            stack_set_name=stack_set.name,
            regions=[args.perimeter.region],
            deployment_targets={"organizational_unit_ids": [self.units[unit].id for unit in units]},
            # The plugin deletes instances with what the state has, so it has to be there before a unit is taken out.
            retain_stacks=True,
            opts=self._entering(args, stack_set, *self.accounts.values()),
        )

    def _entering(self, args: LandingZoneArgs, *after: Resource) -> ResourceOptions:
        """Options of what brings the roles by which accounts are entered; without those nobody administers them."""
        return ResourceOptions(
            parent=self,
            depends_on=list(after),
            protect=args.deletion_protection,
            retain_on_delete=True,
            # AWS answers with the service-linked role of a service-managed StackSet, and refuses to be sent it. Another
            # automatic deployment would replace the StackSet (ForceNew), which keeps its name.
            ignore_changes=["administrationRoleArn", "autoDeployment"],
        )

    def _delegate(self) -> None:
        """Delegations: the governance account administers CloudTrail, and RAM shares without invitations."""
        aws.cloudtrail.OrganizationDelegatedAdminAccount(
            "audit",
            account_id=self.accounts["governance"].id,
            opts=ResourceOptions(parent=self, depends_on=[self.organization]),
        )
        aws.ram.SharingWithOrganization("sharing", opts=ResourceOptions(parent=self, depends_on=[self.organization]))


def ids(organization: LandingZone) -> dict[str, pulumi.Output[str] | dict[str, pulumi.Output[str]]]:
    """Ids that `mesh accounts` needs, as stack outputs."""
    return {
        "organization": organization.organization.id,
        "root": organization.root_id,
        "management": organization.organization.master_account_id,
        "units": {name: unit.id for name, unit in organization.units.items()},
        "accounts": {name: account.id for name, account in organization.accounts.items()},
    }
