"""Snapshot of a stack while a run changes it: the resources to remember if the run stopped now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from sandbox.engine.state import ResourceState


class Snapshot:
    """Resources of this run, and those of the last run that nothing has replaced, deleted or taken over yet."""

    def __init__(self, olds: list[ResourceState]) -> None:
        self._olds = list(olds)
        self._by_urn = {old.urn: old for old in self._olds if not old.delete}
        self._remaining = {id(old): old for old in self._olds}
        self._news: dict[str, ResourceState] = {}

    def old(self, urn: str) -> ResourceState | None:
        """The resource of the last run, also when it is replaced or deleted by now; none that waited for deletion."""
        return self._by_urn.get(urn)

    def new(self, urn: str) -> ResourceState | None:
        """The resource of this run, once it is done."""
        return self._news.get(urn)

    def keep(self, new: ResourceState, instead_of: ResourceState | None = None) -> None:
        """Keep a resource of this run that is done, in the place of the old one."""
        self._news[new.urn] = new
        if instead_of is not None:
            self.drop(instead_of)

    def change(self, old: ResourceState, now: ResourceState) -> None:
        """Mark an old resource as deleted already, or as waiting for its deletion."""
        if id(old) in self._remaining:
            self._remaining[id(old)] = now

    def drop(self, old: ResourceState) -> None:
        """Drop an old resource that is deleted, or whose place a new one takes."""
        self._remaining.pop(id(old), None)

    def remaining(self) -> Iterator[tuple[ResourceState, ResourceState]]:
        """The old resources whose place no new one takes, dependents first: each as it was, and as it is marked now."""
        for old in reversed(self._olds):
            if id(old) in self._remaining:
                yield old, self._remaining[id(old)]

    def after(self, old: ResourceState) -> list[ResourceState]:
        """The old resources that may depend on this one: those after it, not waiting for deletion and not done yet."""
        position = next((index for index, other in enumerate(self._olds) if other is old), len(self._olds))
        return [
            later
            for later in self._olds[position + 1 :]
            if id(later) in self._remaining and not later.delete and later.urn not in self._news
        ]

    def forget(self, gone: Collection[str]) -> None:
        """Drop the dependencies of this run's resources on those that are gone."""
        for urn, new in self._news.items():
            self._news[urn] = replace(
                new,
                dependencies=tuple(dependency for dependency in new.dependencies if dependency not in gone),
                property_dependencies={
                    key: tuple(dependency for dependency in urns if dependency not in gone)
                    for key, urns in new.property_dependencies.items()
                },
                replace_with=tuple(other for other in new.replace_with if other not in gone),
                deleted_with="" if new.deleted_with in gone else new.deleted_with,
            )

    def news(self) -> list[ResourceState]:
        """The resources of this run, in the order they were done."""
        return list(self._news.values())

    def resources(self) -> list[ResourceState]:
        """All resources that a state has to hold, under the URNs of this run."""
        remaining = [self._remaining[id(old)] for old in self._olds if id(old) in self._remaining]
        resources = [*self._news.values(), *remaining]
        renamed = {old: new.urn for new in self._news.values() for old in new.aliases}
        return [_renamed(resource, renamed) for resource in resources] if renamed else resources


def _renamed(resource: ResourceState, names: Mapping[str, str]) -> ResourceState:
    """The resource without its alias, and with the new URN for every old one in it."""

    def new_urns(urns: Iterable[str]) -> tuple[str, ...]:
        return tuple(names.get(urn, urn) for urn in urns)

    provider, _, identifier = resource.provider.rpartition("::")
    return replace(
        resource,
        aliases=(),
        parent=names.get(resource.parent, resource.parent),
        provider=f"{names[provider]}::{identifier}" if provider in names else resource.provider,
        dependencies=new_urns(resource.dependencies),
        property_dependencies={key: new_urns(urns) for key, urns in resource.property_dependencies.items()},
        deleted_with=names.get(resource.deleted_with, resource.deleted_with),
        replace_with=new_urns(resource.replace_with),
    )
