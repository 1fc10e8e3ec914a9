"""Plan -> world of the evaluator: every account, role and resource, with the documents that will be deployed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol

from mesh import names
from mesh.evaluator import facts, sent_keys
from mesh.evaluator.moments import midday
from mesh.evaluator.policies import ADMINISTRATOR_ACCESS, FULL_ACCESS, CompiledStatement, Policy
from mesh.evaluator.transport import address_in
from mesh.evaluator.world import Account, Endpoint, Resource, Role, World
from mesh.iam.roles.deploy import preview_refusals
from mesh.iam.roles.deploy_access import deploy_access_permissions
from mesh.iam.statement import KEY_ARN, Document
from mesh.plan import Plan, nodes
from mesh.plan.nodes import AccountBaselineArgs, DataProductArgs, DomainPlan, PartnerPlan, PublicationArgs

OF_AWS: Final = frozenset({"AdministratorAccess", "FullAWSAccess", "ReadOnlyAccess"})
"""Names of the policies that AWS wrote."""

SSO_SUFFIX: Final = "0" * 16
"""Stand-in for the 16 hexadecimal digits that IAM Identity Center puts behind the name of a role that it makes."""

BREAK_GLASS_USER: Final = "keeper"
"""Name of a user of the break-glass group in the world of a plan; real users are made by hand."""


class _ReadOnlyAccess(Policy):
    """AWS's managed policy `ReadOnlyAccess`, taken for more than it is: every action that reads or lists."""

    __slots__ = ()

    def allows(self, action: str) -> tuple[CompiledStatement, ...]:
        service, _, name = action.partition(":")
        return super().allows("read:everything") if facts.reads(service, name) else ()


# A proof that a preview reads no data holds all the more for the managed policy, which allows less than this.
READ_ONLY_ACCESS: Final = _ReadOnlyAccess(
    "ReadOnlyAccess",
    lambda: {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "ReadOnly", "Effect": "Allow", "Action": "read:everything", "Resource": "*"}],
    },
)


def world(plan: Plan) -> World:
    """The world of a plan at midday of its day; a document is compiled when a request first needs it."""
    return World(
        plan.perimeter.organization,
        plan.perimeter.region,
        accounts(plan),
        roles(plan),
        resources(plan),
        endpoints(plan),
        home_address(plan),
        midday(plan.as_of),
    )


def home_address(plan: Plan) -> str:
    """An address at which people work; empty where the mesh has no list of them."""
    addresses = plan.perimeter.people_addresses
    return address_in(addresses[0]) if addresses else ""


def key_arn(region: str, account_id: str, alias: str) -> str:
    """Stand-in for the ARN of a key, which only AWS knows; made of the key's alias."""
    return names.stand_in_key(region, account_id, alias)


def endpoint_id(service: str) -> str:
    """Stand-in for the id of an endpoint of the mesh's network, which only AWS knows."""
    return f"vpce-mesh-{service}"


class PlannedPolicy(Policy):
    """A policy of the plan; `value` makes its document when a request first needs it.

    More is asked of it than AWS asks: a condition on a key that none of the statement's actions sends is an error.
    """

    __slots__ = ("value",)

    def __init__(self, name: str, value: Callable[[], Document], known: Mapping[str, str] | None = None) -> None:
        self.value = value
        super().__init__(name, lambda: json.loads(value().text(known)) if known else value().as_json())

    def check(self, document: Mapping[str, Any]) -> None:
        """UnknownError for a statement whose condition tests a key that none of its actions sends."""
        sent_keys.check(self.name, document)


# ---- accounts


def accounts(plan: Plan) -> Iterator[Account]:
    """Accounts of the organisation with their control policies, node by node."""
    perimeter, node = plan.perimeter, _control_nodes(plan)

    def member(account_id: str, unit: str, unit_id: str, name: str) -> Account:
        targets = ("root", unit, name)
        return Account(
            account_id,
            perimeter.organization,
            (perimeter.root, unit_id),
            service_control=tuple(node("SERVICE_CONTROL_POLICY", target) for target in targets),
            resource_control=tuple(node("RESOURCE_CONTROL_POLICY", target) for target in targets),
        )

    yield Account(perimeter.management_id, perimeter.organization, (perimeter.root,), management=True)
    yield member(perimeter.governance_id, "governance", perimeter.governance_unit, "governance")
    for name, domain in plan.domains.items():
        yield member(domain.access.account_id, "domains", perimeter.domains_unit, f"domain-{name}")
    for name, partner in plan.partners.items():
        yield member(partner.access.account_id, "partners", perimeter.partners_unit, f"partner-{name}")
    units = {"domains": perimeter.domains_unit, "partners": perimeter.partners_unit}
    for account in plan.organization.args.let_go:
        yield member(account.account_id, account.unit, units[account.unit], account.name)


def _control_nodes(plan: Plan) -> Callable[[str, str], tuple[Policy, ...]]:
    """Control policies of a node by their type and target; every account below a node gets the same `Policy`."""
    attached: dict[tuple[str, str], list[Policy]] = {}
    for policy in plan.organization.args.policies:
        compiled_once = PlannedPolicy(policy.name, lambda policy=policy: policy.document)
        for target in policy.targets:
            attached.setdefault((policy.type, target), [FULL_ACCESS]).append(compiled_once)
    policies = {key: tuple(node) for key, node in attached.items()}
    return lambda kind, target: policies.get((kind, target), (FULL_ACCESS,))


# ---- roles


def roles(plan: Plan) -> Iterator[Role]:
    """Roles of the mesh, roles that AWS makes for permission sets, and a user of the break-glass group."""
    perimeter = plan.perimeter
    organization = plan.organization.args
    deploy_access = PlannedPolicy("role/mesh/deploy-access, trust", lambda: organization.deploy_access_trust)
    preview = PlannedPolicy("role/mesh/preview, trust", lambda: organization.preview_trust)
    refusals = PlannedPolicy("role/mesh/preview, mesh", lambda: preview_refusals(perimeter))
    by_account, people = _baselines(plan), plan.organization.people
    permission_sets = {each.name: _permission_set_policy(each) for each in people.permission_sets} if people else {}
    units = _units(plan)
    for account_id, baseline in by_account.items():
        # One text for all accounts but for their ids; what is dead in one unit lives in another, so each is a form.
        trusted = f"role/mesh/deploy, trust in {units[account_id]}"
        deploy = PlannedPolicy(trusted, lambda own=account_id: organization.deploy_trust(own))
        yield Role(names.deploy_role(account_id), (ADMINISTRATOR_ACCESS,), deploy)
        yield Role(names.preview_role(account_id), (READ_ONLY_ACCESS, refusals), preview)
        for name in _assigned(plan, baseline):
            arn = permission_set_role(account_id, perimeter.region, name)
            yield Role(arn, (permission_sets[name],))
    make = _RoleMaker({account_id: _boundary(baseline) for account_id, baseline in by_account.items()})
    hub = perimeter.governance_id
    for name, location in plan.governance.locations.items():
        yield make.role(names.location_role(hub, name), location)
        yield make.role(names.publisher_role(hub, name), location.publisher, perimeter.network)
    yield make.role(plan.governance.publication_role.arn, plan.governance.publication_role)
    yield from _ci_roles(make, plan)
    yield make.unbounded(names.break_glass_role(hub), organization.break_glass)
    group = plan.organization.break_glass_group
    user = names.break_glass_user(perimeter.management_id, BREAK_GLASS_USER)
    yield Role(user, (PlannedPolicy("group/mesh/mesh-break-glass", lambda: group.permissions),))
    for domain in plan.domains.values():
        account_id = domain.access.account_id
        decides = PlannedPolicy("role/mesh/deploy-access, mesh", lambda own=account_id: deploy_access_permissions(own))
        yield Role(domain.deciding.deploy_role, (decides,), deploy_access)
        yield from _domain_roles(make, domain)
    for partner in plan.partners.values():
        args = partner.partner
        yield make.role(names.role(args.account_id, "access"), args.access)


def _ci_roles(make: _RoleMaker, plan: Plan) -> Iterator[Role]:
    """CI roles; the first ones come before the account has a boundary, and carry none."""
    first = plan.organization.args.first_ci
    for role in first.roles if first else ():
        yield make.unbounded(role.arn, role)
    for role in plan.governance.ci.values():
        yield make.role(role.arn, role)


def _domain_roles(make: _RoleMaker, domain: DomainPlan) -> Iterator[Role]:
    for clearance in domain.clearances.values():
        yield make.role(clearance.arn, clearance)
    for staff in domain.staff.values():
        yield make.role(staff.arn, staff)
    yield make.role(domain.check.arn, domain.check, domain.check.perimeter.network)
    if domain.retention:
        yield make.role(domain.retention.arn, domain.retention)
    if domain.start:
        yield make.role(domain.start.arn, domain.start)
    yield make.role(domain.forward.arn, domain.forward)
    for pipeline in domain.pipelines.values():
        yield make.role(pipeline.arn, pipeline)
    for name, delivery in domain.deliveries.items():
        yield make.role(names.delivery_role(delivery.account_id, name), delivery)


def _units(plan: Plan) -> dict[str, str]:
    """The unit of every account by its id; `management` of the management account, which is in none."""
    units = {plan.perimeter.management_id: "management", plan.perimeter.governance_id: "governance"}
    units |= {domain.access.account_id: "domains" for domain in plan.domains.values()}
    return units | {partner.access.account_id: "partners" for partner in plan.partners.values()}


def _assigned(plan: Plan, baseline: AccountBaselineArgs | None) -> Iterator[str]:
    """Names of the permission sets that a group holds in an account."""
    people = plan.organization.people
    if people is None or baseline is None:
        return
    assigned = {each.permission_set for each in people.assignments if each.account in _names_of(baseline)}
    yield from (each.name for each in people.permission_sets if each.name in assigned)


def _permission_set_policy(permission_set: nodes.PermissionSet) -> Policy:
    return PlannedPolicy(f"permission set {permission_set.name}", lambda: permission_set.policy)


def permission_set_role(account_id: str, region: str, name: str) -> str:
    """The role that IAM Identity Center makes in an account for a permission set."""
    path = f"aws-reserved/sso.amazonaws.com/{region}"
    return f"arn:aws:iam::{account_id}:role/{path}/AWSReservedSSO_{name}_{SSO_SUFFIX}"


def _names_of(baseline: AccountBaselineArgs) -> tuple[str, str]:
    """Names of an account as assignments have them: a partner's owner is `partner-<p>` already."""
    return baseline.owner, f"domain-{baseline.owner}"


def _baselines(plan: Plan) -> dict[str, AccountBaselineArgs | None]:
    baselines: dict[str, AccountBaselineArgs | None] = {
        plan.perimeter.management_id: None,
        plan.perimeter.governance_id: plan.governance.account,
    }
    baselines |= {domain.access.account_id: domain.account for domain in plan.domains.values()}
    baselines |= {partner.access.account_id: partner.account for partner in plan.partners.values()}
    return baselines


def _boundary(baseline: AccountBaselineArgs | None) -> Policy | None:
    return PlannedPolicy("policy/mesh/boundary", lambda: baseline.boundary) if baseline else None


class _Documents(Protocol):
    @property
    def permissions(self) -> Document: ...

    @property
    def trust(self) -> Document: ...


class _RoleMaker:
    """Roles of the mesh, with the boundary of their account."""

    def __init__(self, boundaries: Mapping[str, Policy | None]) -> None:
        self._boundaries = boundaries

    def role(self, arn: str, documents: _Documents, network: str = "") -> Role:
        return self._with(self._boundaries[arn.split(":")[4]], arn, documents, network)

    def unbounded(self, arn: str, documents: _Documents) -> Role:
        return self._with(None, arn, documents)

    @staticmethod
    def _with(boundary: Policy | None, arn: str, documents: _Documents, network: str = "") -> Role:
        path = arn.split(":", 5)[5]
        return Role(
            arn,
            (PlannedPolicy(f"{path}, mesh", lambda: documents.permissions),),
            PlannedPolicy(f"{path}, trust", lambda: documents.trust),
            boundary,
            network=network,
        )


# ---- resources


def resources(plan: Plan) -> Iterator[Resource]:
    """Resources that carry a policy."""
    perimeter = plan.perimeter
    hub = perimeter.governance_id
    for account_id, baseline in _baselines(plan).items():
        if baseline:
            yield from _baseline(account_id, baseline)
    audit = plan.governance.audit
    yield _bucket(audit.bucket, hub, lambda: audit.bucket_policy)
    catalog = f"arn:aws:glue:{perimeter.region}:{hub}:catalog"
    yield Resource(
        catalog, hub, PlannedPolicy("policy of the mesh catalog", lambda: plan.governance.catalog.catalog_policy)
    )
    bus = f"arn:aws:events:{perimeter.region}:{hub}:event-bus/{names.BUS}"
    yield Resource(bus, hub, PlannedPolicy("policy of the mesh bus", lambda: plan.governance.bus.policy))
    topic, break_glass = names.break_glass_topic(perimeter.region, hub), plan.governance.break_glass
    yield Resource(topic, hub, PlannedPolicy("policy of the topic of alarms", lambda: break_glass.topic_policy))
    yield from _publication(plan.governance.publication)
    for domain in plan.domains.values():
        for product in domain.products.values():
            yield from _product(product)
        yield _own_catalog(perimeter.region, domain.access.account_id)
        if domain.job_baseline:
            yield _scripts(domain.job_baseline)
    for partner in plan.partners.values():
        yield from _partner(perimeter.region, partner)


def _publication(args: PublicationArgs) -> Iterator[Resource]:
    """The bucket, the queues and the topic of the publication function."""
    hub = args.perimeter.governance_id
    yield _bucket(args.bucket, hub, lambda: args.bucket_policy)
    for queue in (args.queue, args.dead_letters):
        name = f"policy of queue {queue.rpartition(':')[2]}"
        yield Resource(queue, hub, PlannedPolicy(name, lambda queue=queue: args.queue_policies[queue]))
    yield Resource(args.topic, hub, PlannedPolicy("policy of the topic of publication", lambda: args.topic_policy))


def _baseline(account_id: str, baseline: AccountBaselineArgs) -> Iterator[Resource]:
    yield _bucket(baseline.log_bucket, account_id, lambda: baseline.log_bucket_policy)
    yield _bucket(baseline.results_bucket, account_id, lambda: baseline.results_bucket_policy)
    region = baseline.perimeter.region
    yield from _key(region, account_id, names.ACCOUNT_KEY_ALIAS, lambda: baseline.key_policy, "account")


def _scripts(jobs: nodes.JobBaselineArgs) -> Resource:
    return _bucket(jobs.scripts_bucket, jobs.account_id, lambda: jobs.scripts_policy)


def _product(product: DataProductArgs) -> Iterator[Resource]:
    region, alias = product.perimeter.region, names.key_alias(product.name)
    known = {KEY_ARN: key_arn(region, product.account_id, alias)}
    yield _bucket(product.bucket, product.account_id, lambda: product.bucket_policy, known)
    yield from _key(region, product.account_id, alias, lambda: product.key_policy, f"{product.domain}.{product.name}")


def _partner(region: str, partner: PartnerPlan) -> Iterator[Resource]:
    args = partner.partner
    yield _bucket(args.inbox, args.account_id, lambda: args.bucket_policy)
    yield from _key(region, args.account_id, names.INBOX_KEY_ALIAS, lambda: args.key_policy, f"inbox of {args.partner}")
    yield _own_catalog(region, args.account_id)


def _own_catalog(region: str, account_id: str) -> Resource:
    """An account's own Glue catalog. It has no policy: no caller of another account reaches it."""
    return Resource(f"arn:aws:glue:{region}:{account_id}:catalog", account_id)


def _bucket(
    name: str, account_id: str, policy: Callable[[], Document], known: Mapping[str, str] | None = None
) -> Resource:
    return Resource(f"arn:aws:s3:::{name}", account_id, PlannedPolicy(f"policy of bucket {name}", policy, known))


def _key(region: str, account_id: str, alias: str, policy: Callable[[], Document], what: str) -> Iterator[Resource]:
    """A key twice: under its own ARN and under that of its alias."""
    keys = {"kms:resourcealiases": (f"alias/{alias}",)}
    compiled_once = PlannedPolicy(f"policy of the key of {what}, account {account_id}", policy)
    yield Resource(key_arn(region, account_id, alias), account_id, compiled_once, keys)
    yield Resource(f"arn:aws:kms:{region}:{account_id}:alias/{alias}", account_id, compiled_once, keys)


def endpoints(plan: Plan) -> Iterator[Endpoint]:
    """Endpoints of the mesh's network, with their policies."""
    for service, document in plan.governance.network.endpoints.items():
        name = f"policy of the endpoint of {service}"
        policy = PlannedPolicy(name, lambda d=document: d)
        yield Endpoint(endpoint_id(service), plan.perimeter.governance_id, policy, plan.perimeter.network)
