"""Deployment (M19): the role of a stack may make every call of the AWS plugin, on each resource that the stack makes.

Which calls those are, the plugin's own source says (`mesh/aws/plugin/`), and which resources there are, the plan's
footprint: neither is taken from our policies. Who becomes the roles is asked by M16, M18 and I22.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from mesh.aws.plugin_table import plugin_types, provider_calls
from mesh.aws.plugin_types import STEPS, LookedUp, PluginStep, PluginType, call_values
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.plan.footprint import DeployedResource, footprint
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.subject import Subject

REFUSED: Final[Mapping[tuple[str, str], str]] = {
    ("aws:cloudwatch/eventBus:EventBus", "events:UpdateEventBus"): (
        "a bus of the mesh has a name alone, and another name makes another bus: there is nothing to update, and the "
        "action would put the events under somebody's key"
    ),
}
"""Calls that stay refused, by type and action, each with its reason: claims say so, and fail where one is allowed."""

_EMPTIED: Final = (
    "a bucket is emptied when it is deleted, and its policy, which admits one writer, is deleted before it: dependents "
    "go first"
)
WITHOUT_ITS_POLICY: Final[Mapping[tuple[str, str], str]] = {
    ("aws:s3/bucket:Bucket", "s3:DeleteObject"): _EMPTIED,
    ("aws:s3/bucket:Bucket", "s3:DeleteObjectVersion"): _EMPTIED,
}
"""Calls that come when the policy of the resource is gone: every other layer lets them through."""


def stacks_can_be_deployed(subject: Subject, types: Mapping[str, PluginType] | None = None) -> Iterator[AnyClaim]:
    """Claims of M19, once for each call that AWS is asked: those of the provider, and those of every resource."""
    table = plugin_types() if types is None else types
    perimeter = subject.perimeter
    organization: Mapping[LookedUp, str] = {"organization": perimeter.organization, "root": perimeter.root}
    asked: set[tuple[object, ...]] = set()
    unknown: set[str] = set()
    for resource in footprint(subject.plan):
        if resource.type not in table:
            unknown.add(resource.type)
            continue
        for step, request in _requests(table[resource.type], resource, organization):
            same = (request.principal, request.action, request.resource, *request.context.items())
            if same not in asked:
                asked.add(same)
                yield _claim(resource, step, request)
    yield from _of_providers(subject)
    for token in sorted(unknown):
        yield Fact(f"the calls of {token} are known", lambda _: "no file of mesh/aws/plugin has the type")


def _claim(resource: DeployedResource, step: PluginStep, request: Request) -> Claim:
    who = f"stack {resource.stack}, {resource.type} {resource.name!r}, {step}"
    which = resource.type, request.action
    if which in WITHOUT_ITS_POLICY:
        return Claim(who, request, free=("scp", "rcp", "identity", "boundary"), granted=True)
    return Claim(who, request, allowed=which not in REFUSED)


def _requests(
    kind: PluginType, resource: DeployedResource, organization: Mapping[LookedUp, str]
) -> Iterator[tuple[PluginStep, Request]]:
    """Every call that AWS is asked for a resource; a read is asked by the preview, too: at a refresh, at an import."""
    access = resource.access
    values = call_values(
        resource.inputs,
        {**organization, **resource.beside},
        account=access.account_id,
        region=access.region,
        tags=access.tags,
        given=resource.id,
    )
    for step in STEPS:
        roles = (access.deploy_role, access.preview_role) if step == "read" else (access.deploy_role,)
        for call in kind.required(step, values):
            tags = _tag_keys(step, call.action, resource)
            for role, asked in itertools.product(roles, kind.asked(call, values)):
                yield step, Request(role, asked.action, asked.resource, {**asked.keys, **tags})


def _of_providers(subject: Subject) -> Iterator[Claim]:
    """Claims that every provider learns who it is."""
    for stack, access in subject.plan.access.items():
        for call, role in itertools.product(provider_calls()["read"], (access.deploy_role, access.preview_role)):
            yield Claim(f"the provider of stack {stack}", Request(role, call.action, "*"), allowed=True)


def _tag_keys(step: PluginStep, action: str, resource: DeployedResource) -> Mapping[str, tuple[str, ...]]:
    """The keys of the tags that are put on a resource, with an action that sends them."""
    if step not in ("create", "tag") or not _sends_tags(action):
        return {}
    return {"aws:TagKeys": tuple(sorted(resource.access.tags))}


@lru_cache(maxsize=4096)
def _sends_tags(action: str) -> bool:
    return "aws:TagKeys" in facts.keys_of_action(*action.split(":"))
