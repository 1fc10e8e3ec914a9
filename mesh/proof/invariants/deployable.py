"""What is deployed can be deployed (M19): the role of a stack may make every call of the AWS plugin, on what it makes.

Which calls those are, the plugin's own source says (`mesh/aws/plugin/`), and which resources there are, the plan's
footprint: neither is taken from our policies. Who becomes the roles is asked by M16, M18 and I22.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from mesh.aws.plugin_types import STEPS, PluginType, Step, plugin_types, provider_calls
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.plan.footprint import DeployedResource, footprint
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.subject import Subject

REFUSED: Final[Mapping[tuple[str, str], str]] = {}
"""Calls that stay refused, by type and action, each with its reason: claims say so, and fail where one is allowed."""


class AskedCall(NamedTuple):
    """A call as AWS is asked for it: by whom, what, on which resource, with which keys that the request sends."""

    role: str
    action: str
    resource: str
    keys: tuple[tuple[str, str | tuple[str, ...]], ...] = ()


def stacks_can_be_deployed(subject: Subject, types: Mapping[str, PluginType] | None = None) -> Iterator[AnyClaim]:
    """Claims of M19, once for each call that AWS is asked: those of the provider, and those of every resource."""
    table = plugin_types() if types is None else types
    asked: set[AskedCall] = set()
    for call, who, refused in _calls(subject, table):
        if call not in asked:
            asked.add(call)
            role, action, resource, keys = call
            yield Claim(who, Request(role, action, resource, dict(keys)), allowed=not refused)
    listed = {resource.type for resource in footprint(subject.plan)}
    for token in sorted(listed - {*table}):
        yield Fact(f"the calls of {token} are known", lambda _: "no file of mesh/aws/plugin has the type")


def _calls(subject: Subject, table: Mapping[str, PluginType]) -> Iterator[tuple[AskedCall, str, bool]]:
    """Every call, whom it is made for in words, and whether it is one that stays refused."""
    for domain in subject.plan.domains.values():
        for call in provider_calls()["enter"]:
            publisher = domain.publishing.deploy_role
            yield AskedCall(domain.access.deploy_role, call.action, publisher), f"stack domain-{domain.name}", False
    for resource in footprint(subject.plan):
        kind = table.get(resource.type)
        if kind is not None:
            yield from _of_resource(kind, resource)


def _of_resource(kind: PluginType, resource: DeployedResource) -> Iterator[tuple[AskedCall, str, bool]]:
    values = placed(resource)
    access = resource.access
    for step in STEPS:
        # A preview reads: at a refresh, and at an import.
        roles = (access.deploy_role, access.preview_role) if step == "read" else (access.deploy_role,)
        for call in getattr(kind, step):
            # What the plugin does not mind being refused, no role needs.
            if call.forgiven or not call.made(values):
                continue
            who = f"stack {resource.stack}, {resource.type} {resource.name!r}, {step}"
            keys = tuple(kind.keys(call, values).items()) + _tag_keys(step, call.action, resource)
            for arn in kind.resources(call, values):
                refused = (resource.type, call.action) in REFUSED
                for role in roles:
                    yield AskedCall(role, call.action, arn, keys), who, refused


def _tag_keys(step: Step, action: str, resource: DeployedResource) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The keys of the tags that are put on a resource, with an action that sends them."""
    if step not in ("create", "tag") or not _sends_tags(action):
        return ()
    return (("aws:TagKeys", tuple(sorted(resource.access.tags))),)


@cache
def _sends_tags(action: str) -> bool:
    return "aws:TagKeys" in facts.keys_of_action(*action.split(":"))


def placed(resource: DeployedResource) -> Mapping[str, Any]:
    """Values of what templates and conditions name: inputs, and what is none."""
    access = resource.access
    return {
        **resource.inputs,
        "account": access.account_id,
        "region": access.region,
        "id": resource.id,
        "tags": dict(access.tags),
        "outside": access.account_id not in resource.inputs.get("principal", access.account_id).split(":"),
    }
