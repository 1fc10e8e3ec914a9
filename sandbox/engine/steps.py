"""Steps of an engine, and the verdict on a provider's diff: pure functions of the old and the new resource."""

from __future__ import annotations

import heapq
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from pulumi.runtime.proto import provider_pb2

from sandbox.engine.plugin import DiffResponse
from sandbox.engine.property_paths import PropertyPath, contains, parse
from sandbox.engine.state import Operation, ResourceState
from sandbox.engine.urns import name_of, provider_urn
from sandbox.engine.wire import has_unknown, reveal

_INIT_ERROR: Final = "#initerror"  # Pulumi's path for a failed initialisation, in `replaceOnChanges`
_REPLACING_KINDS: Final = (
    provider_pb2.PropertyDiff.ADD_REPLACE,
    provider_pb2.PropertyDiff.DELETE_REPLACE,
    provider_pb2.PropertyDiff.UPDATE_REPLACE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step on one resource, in Pulumi's word for it; `keys` changed, `replaces` forced a replacement.

    `kept` is the id of what the cloud keeps: the resource left the state, and was retained.
    """

    operation: Operation
    urn: str
    type: str
    provider: str
    parent: str
    keys: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    seconds: float = 0.0
    kept: str = ""

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return name_of(self.urn)


@dataclass(frozen=True, slots=True)
class DiffVerdict:
    """The answer to a diff: nothing to do, an update, or a replacement."""

    changed: bool
    keys: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    replace: bool = False
    delete_first: bool = False


SAME: Final = DiffVerdict(changed=False)


def replacement(*keys: str) -> DiffVerdict:
    """A replacement that the engine decides without the provider, because of these keys."""
    return DiffVerdict(changed=True, replaces=keys, replace=True)


def verdict_of(diff: DiffResponse, replace_on_changes: Iterable[str], init_errors: bool) -> DiffVerdict:
    """The verdict on a provider's diff, with `replaceOnChanges` and an earlier failed initialisation."""
    changed = diff.changes == DiffResponse.DIFF_SOME
    if not changed and not init_errors:
        return SAME
    forcing = [parse(path) for path in replace_on_changes]
    replaces = dict.fromkeys(diff.replaces)
    replaces.update(dict.fromkeys(key for key in diff.diffs if _covered(forcing, (key,))))
    detailed = dict(diff.detailedDiff) if diff.hasDetailedDiff else {}
    replace = any(item.kind in _REPLACING_KINDS or _covered(forcing, parse(path)) for path, item in detailed.items())
    if init_errors and _covered(forcing, (_INIT_ERROR,)):
        replaces[_INIT_ERROR] = None
        changed = True
    replace = changed and (replace or bool(replaces))
    return DiffVerdict(changed, tuple(diff.diffs), tuple(replaces), replace, diff.deleteBeforeReplace)


def _covered(forcing: Iterable[PropertyPath], path: PropertyPath) -> bool:
    return any(contains(pattern, path) for pattern in forcing)


def is_triggered(old: Any, new: Any) -> bool:
    """True when the `replacementTrigger` changed; an unknown one always counts as changed."""
    if has_unknown(old) or has_unknown(new):
        return True
    old, new = reveal(old), reveal(new)
    return old is not None and new is not None and json.dumps(old, sort_keys=True) != json.dumps(new, sort_keys=True)


def is_import(new: ResourceState, old: ResourceState | None) -> bool:
    """True when the resource names an id and is not already managed under it."""
    if not (new.custom and new.import_id):
        return False
    return old is None or old.external or (old.import_id or old.id) != new.import_id


def dependents_of(roots: Iterable[str], resources: Iterable[ResourceState]) -> list[ResourceState]:
    """The resources (given in dependency order) that depend on a root, directly or not; a parent is no dependency."""
    reached = set(roots)
    dependents: list[ResourceState] = []
    for resource in resources:
        if not reached.isdisjoint(dependencies_of(resource)):
            reached.add(resource.urn)
            dependents.append(resource)
    return dependents


def dependencies_of(resource: ResourceState) -> set[str]:
    """The URNs that a resource depends on, its provider's included."""
    urns = {*resource.dependencies, *resource.replace_with, resource.deleted_with, provider_urn(resource.provider)}
    for urns_of_property in resource.property_dependencies.values():
        urns.update(urns_of_property)
    urns.discard("")
    return urns


def in_one_order(resources: Collection[ResourceState]) -> list[ResourceState]:
    """The resources, each after its parent and those that it depends on, and by URN where that says nothing."""
    by_urn = {resource.urn: resource for resource in resources}
    awaited = {urn: {*dependencies_of(each), each.parent} & by_urn.keys() for urn, each in by_urn.items()}
    awaiting: dict[str, list[str]] = {}
    for urn, others in awaited.items():
        for other in others:
            awaiting.setdefault(other, []).append(urn)
    free = [urn for urn, others in awaited.items() if not others]
    heapq.heapify(free)
    ordered: list[ResourceState] = []
    while free:
        urn = heapq.heappop(free)
        ordered.append(by_urn[urn])
        for behind in awaiting.get(urn, ()):
            awaited[behind].discard(urn)
            if not awaited[behind]:
                heapq.heappush(free, behind)
    return ordered
