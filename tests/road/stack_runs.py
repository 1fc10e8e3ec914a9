"""Runs of stacks on the road: every call that the AWS plugin makes for what a stack makes, at that moment.

Which calls those are, the table of the plugin says, and of which resources, the plan's footprint. Roles and policies of
resources come with the stack that makes them; what no policy says, `preconditions.py` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from mesh import names
from mesh.aws.plugin_table import plugin_types, provider_calls
from mesh.aws.plugin_types import AskedAction, PluginStep, call_values
from mesh.plan import Plan
from mesh.plan.footprint import DeployedResource
from tests.road.moment import Moment
from tests.road.preconditions import makes_of, needs_of
from tests.road.road import ADMINISTRATOR, ORGANIZATION, ROOT, Road

ORGANIZATION_ITSELF: Final = "aws:organizations/organization:Organization"

WITH_ITS_POLICY: Final = frozenset({"aws:kms/key:Key", "aws:sns/topic:Topic"})
"""Types whose policy is sent with them."""
OF_A_BUS: Final = "aws:cloudwatch/eventBusPolicy:EventBusPolicy"
POLICIES: Final = frozenset(
    {
        "aws:s3/bucketPolicy:BucketPolicy",
        OF_A_BUS,
        "aws:glue/resourcePolicy:ResourcePolicy",
    }
)
"""Types that are the policy of something else."""


def plan_now(aws: Moment, road: Road) -> Plan:
    """What the files say at this moment."""
    if "network in accounts.yaml" not in aws.things:
        return road.then
    return road.last if "people in accounts.yaml" in aws.things else road.with_network


def account_of(road: Road, stack: str) -> str:
    """Id of the account of a stack."""
    return road.account(stack.replace("access-", "domain-"))


def deploying(aws: Moment, road: Road, stack: str) -> str:
    """The role that deploys a stack, entered by who may at that moment: CI's role once there is one."""
    account, kind = account_of(road, stack), stack.partition("-")[0]
    deploy = names.deploy_access_role(account) if kind == "access" else names.deploy_role(account)
    return aws.become(_caller(aws, road, stack), deploy)


def _caller(aws: Moment, road: Road, stack: str) -> str:
    """Who runs a stack: the first administrator, until the template is printed anew; then its CI."""
    kind, account = stack.partition("-")[0], account_of(road, stack)
    if kind == "organization" and not aws.handed_over:
        return ADMINISTRATOR
    return signed_in(aws, road, {"partner": "partners", "domain": names.ci_of_domain(account)}.get(kind, kind))


def signed_in(aws: Moment, road: Road, ci: str) -> str:
    """The CI role of a stack, entered with a token of the stack's own environment."""
    first = road.then.organization.args.first_ci
    assert first
    every = {role.stack: role for role in (*first.roles, *road.then.governance.ci.values())}
    provider = names.identity_provider(road.account("governance"), first.issuer)
    return aws.sign_in(provider, every[ci].arn, first.audience, every[ci].subject)


# ---- what a run does


def up(aws: Moment, road: Road, stack: str) -> None:
    """An update of a whole stack: what is there is updated, what is not is made, in the order of the footprint.

    CI previews what it deploys.
    """
    resources = road.footprint_of(stack, plan_now(aws, road))
    if aws.handed_over:
        preview(aws, road, stack)
    enter(aws, road, stack, resources)
    for resource in resources:
        there = f"{resource.stack}: {resource.type} {resource.name}"
        known = there in aws.things or resource.type == ORGANIZATION_ITSELF
        for thing, error in needs_of(resource):
            aws.need(thing, error)
        _ask(aws, road, resource, "update" if known else "create")
        _comes(aws, road, resource)
        aws.make(there, *makes_of(resource))
    read(aws, road, resources)
    aws.make(f"run of {stack}")


def enter(aws: Moment, road: Road, stack: str, resources: Iterable[DeployedResource]) -> None:
    """Let the providers of a stack become their roles, and learn who they are."""
    deploy = deploying(aws, road, stack)
    for role in dict.fromkeys((deploy, *(each.access.deploy_role for each in resources))):
        if role != deploy:
            aws.become(deploy, role)
        for call in provider_calls()["read"]:
            aws.ask(role, call.action)


def read(aws: Moment, road: Road, resources: Iterable[DeployedResource], *, previewed: bool = False) -> None:
    """Read back what a stack has, by the roles that deploy it, or that preview it."""
    for resource in resources:
        _ask(aws, road, resource, "read", by=resource.access.preview_role if previewed else "")


def preview(aws: Moment, road: Road, stack: str) -> None:
    """A preview: the stack's CI and that of pull requests become the preview's roles; nothing is read."""
    roles = dict.fromkeys(each.access.preview_role for each in road.footprint_of(stack, plan_now(aws, road)))
    callers = [_caller(aws, road, stack)]
    callers += [signed_in(aws, road, names.CI_OF_PREVIEWS)] if aws.handed_over else []
    for caller in callers:
        for role in roles:
            aws.become(caller, role)
            for call in provider_calls()["read"]:
                aws.ask(role, call.action)


def _ask(aws: Moment, road: Road, resource: DeployedResource, step: PluginStep, by: str = "") -> None:
    """Ask every call of a step; what is asked of the resource's own account is there from the first call on."""
    for call in asked(resource, step):
        if call.resource not in aws.resources and is_own(resource, call.resource):
            if resource.type in WITH_ITS_POLICY:
                road.resource_comes(aws, call.resource)
            else:
                aws.has(call.resource, resource.access.account_id)
        if aws.quick:
            continue
        tags = {"aws:TagKeys": tuple(sorted(resource.access.tags))} if call.action.endswith(":TagResource") else {}
        aws.ask(by or resource.access.deploy_role, call.action, call.resource, **tags, **call.keys)


def _comes(aws: Moment, road: Road, resource: DeployedResource) -> None:
    """A role, or the policy of a resource, is there once it is made."""
    if resource.type == "aws:iam/role:Role":
        inputs, account = resource.inputs, resource.access.account_id
        road.role_comes(aws, f"arn:aws:iam::{account}:role{inputs['path']}{inputs['name']}")
    if resource.type in POLICIES:
        of = {call.resource for call in asked(resource, "create")}
        if resource.type == OF_A_BUS:
            # `events:PutPermission` is asked on no bus.
            access, bus = resource.access, resource.inputs["eventBusName"]
            of = {f"arn:aws:events:{access.region}:{access.account_id}:event-bus/{bus}"}
        for arn in of & road.resources.keys():
            road.resource_comes(aws, arn)


def is_own(resource: DeployedResource, arn: str) -> bool:
    """Whether an ARN is of the resource's account; that of a bucket says whose it is by the resource that makes it."""
    if arn.startswith("arn:aws:s3:::"):
        return resource.type == "aws:s3/bucket:Bucket"
    parts = arn.split(":", 5)
    return len(parts) == 6 and parts[4] == resource.access.account_id and parts[2] != "iam"


_ASKED: Final[dict[tuple[int, PluginStep], tuple[DeployedResource, tuple[AskedAction, ...]]]] = {}


def asked(resource: DeployedResource, step: PluginStep) -> tuple[AskedAction, ...]:
    """The calls of a step, as AWS is asked for them; worked out once for all walks."""
    # The resource is kept beside its calls, so that no other has its identity.
    key = id(resource), step
    if key not in _ASKED:
        _ASKED[key] = resource, tuple(_asked(resource, step))
    return _ASKED[key][1]


def _asked(resource: DeployedResource, step: PluginStep) -> Iterator[AskedAction]:
    kind, access = plugin_types()[resource.type], resource.access
    values = call_values(
        resource.inputs,
        {"organization": ORGANIZATION, "root": ROOT, **resource.beside},
        account=access.account_id,
        region=access.region,
        tags=access.tags,
        given=resource.id,
    )
    for call in kind.required(step, values):
        yield from kind.asked(call, values)
