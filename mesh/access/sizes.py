"""Sizes of the emitted documents, as a share of AWS's quotas (`mesh/quotas.json` has the sources)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from mesh import quotas
from mesh.access import from_plan
from mesh.evaluator.policies import Policy
from mesh.evaluator.world import Role, World
from mesh.plan import Plan


class Size(NamedTuple):
    """Characters of one document, minified, and its quota."""

    kind: str
    document: str
    characters: int
    quota: int

    @property
    def share(self) -> float:
        """The share of its quota that the document fills."""
        return self.characters / self.quota


_OF_RESOURCES: Final = {
    "s3": ("bucket policy", ("s3", "bucket_policy_bytes")),
    "kms": ("key policy", ("kms", "key_policy_bytes")),
    "glue": ("catalog policy", ("glue", "resource_policy_bytes")),
    "events": ("event bus policy", ("events", "bus_policy_chars")),
    "sns": ("topic policy", ("sns", "topic_policy_bytes")),
    "sqs": ("queue policy", ("sqs", "queue_policy_bytes")),
}


def largest(every: Iterable[Size]) -> dict[str, Size]:
    """The largest document of each kind: one, also where several are of the same size."""
    by_kind: dict[str, Size] = {}
    for size in every:
        if size.kind not in by_kind or size.characters > by_kind[size.kind].characters:
            by_kind[size.kind] = size
    return by_kind


def sizes(plan: Plan) -> Iterator[Size]:
    """Sizes of all documents of the mesh, each document once."""
    measured: set[int] = set()
    for kind, quota, policy in _documents(from_plan.world(plan)):
        if id(policy) not in measured and policy.name not in from_plan.OF_AWS:
            measured.add(id(policy))
            characters = len(json.dumps(policy.document, separators=(",", ":")))
            yield Size(kind, policy.name, characters, quotas.limit(*quota))
    declared = plan.organization.args.declared
    yield Size("declarative policy", declared.name, declared.document.size, quotas.limit("declarative", "max_chars"))
    opted_out = plan.organization.args.opted_out
    yield Size("opt-out policy", opted_out.name, opted_out.document.size, quotas.limit("opt_out", "max_chars"))


_Document = tuple[str, tuple[str, str], Policy]
"""Kind of a document, name of its quota, and its policy."""


def _documents(world: World) -> Iterator[_Document]:
    for account in world.accounts.values():
        for node in account.service_control:
            yield from (("service control policy", ("scp", "max_chars"), policy) for policy in node)
        for node in account.resource_control:
            yield from (("resource control policy", ("rcp", "max_chars"), policy) for policy in node)
    for role in world.roles.values():
        yield from _of_identity(role)
    for endpoint in world.endpoints.values():
        yield "endpoint policy", ("vpc", "endpoint_policy_chars"), endpoint.policy
    for resource in world.resources.values():
        if resource.policy:
            kind, quota = _OF_RESOURCES[resource.arn.split(":")[2]]
            yield kind, quota, resource.policy


def _of_identity(role: Role) -> Iterator[_Document]:
    """Documents of a role that are not AWS's own; of a user those of its group."""
    if role.boundary:
        yield "permissions boundary", ("iam", "managed_policy_chars"), role.boundary
    group = ":user/" in role.arn
    bearer, quota = ("group", "group_inline_total_chars") if group else ("role", "role_inline_total_chars")
    yield from ((f"permissions of a {bearer}", ("iam", quota), policy) for policy in role.identity)
    if role.trust:
        yield "trust of a role", ("iam", "trust_policy_chars_default"), role.trust
