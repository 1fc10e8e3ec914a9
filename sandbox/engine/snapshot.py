"""The state of a stack while a run changes it: at every moment, what a run that stopped here would have to remember."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from sandbox.engine.state import ResourceState


class Snapshot:
    """Resources of this run, and those of the last run that nothing has replaced, deleted or taken over yet."""

    def __init__(self, olds: list[ResourceState]) -> None:
        self._olds = list(olds)
        self._by_urn = {old.urn: old for old in self._olds if not old.delete}
        self._left = {id(old): old for old in self._olds}
        self._news: dict[str, ResourceState] = {}

    def old(self, urn: str) -> ResourceState | None:
        """The last run's resource, whatever has become of it since; not one that was waiting for its deletion."""
        return self._by_urn.get(urn)

    def new(self, urn: str) -> ResourceState | None:
        """This run's resource, once it is done."""
        return self._news.get(urn)

    def keep(self, new: ResourceState, instead_of: ResourceState | None = None) -> None:
        """A resource of this run is done; it takes the place of the old one."""
        self._news[new.urn] = new
        if instead_of is not None:
            self.drop(instead_of)

    def change(self, old: ResourceState, now: ResourceState) -> None:
        """An old resource is marked: deleted already, or waiting for its deletion."""
        if id(old) in self._left:
            self._left[id(old)] = now

    def drop(self, old: ResourceState) -> None:
        """An old resource is no more, or has been taken over."""
        self._left.pop(id(old), None)

    def left(self) -> Iterator[tuple[ResourceState, ResourceState]]:
        """What nothing has taken over, dependents first: as the last run left it, and as it is now."""
        for old in reversed(self._olds):
            if id(old) in self._left:
                yield old, self._left[id(old)]

    def after(self, old: ResourceState) -> list[ResourceState]:
        """The old resources that may depend on this one: those behind it, not waiting for a deletion, not seen yet."""
        position = next((index for index, one in enumerate(self._olds) if one is old), len(self._olds))
        behind = self._olds[position + 1 :]
        return [one for one in behind if id(one) in self._left and not one.delete and one.urn not in self._news]

    def forget(self, gone: Collection[str]) -> None:
        """Nothing of this run depends any more on resources that are gone."""
        for urn, new in self._news.items():
            self._news[urn] = replace(
                new,
                dependencies=tuple(one for one in new.dependencies if one not in gone),
                property_dependencies={
                    key: tuple(one for one in urns if one not in gone)
                    for key, urns in new.property_dependencies.items()
                },
                replace_with=tuple(one for one in new.replace_with if one not in gone),
                deleted_with="" if new.deleted_with in gone else new.deleted_with,
            )

    def news(self) -> list[ResourceState]:
        """The resources of this run, in the order they were done."""
        return list(self._news.values())

    def resources(self) -> list[ResourceState]:
        """All that has to be remembered, under the names of this run."""
        kept = [*self._news.values(), *(self._left[id(old)] for old in self._olds if id(old) in self._left)]
        renamed = {old: new.urn for new in self._news.values() for old in new.aliases}
        return [_renamed(resource, renamed) for resource in kept] if renamed else kept


def _renamed(resource: ResourceState, names: Mapping[str, str]) -> ResourceState:
    """The resource without its alias, and with every URN that it mentions as it is now."""

    def now(urns: Iterable[str]) -> tuple[str, ...]:
        return tuple(names.get(urn, urn) for urn in urns)

    provider, _, identifier = resource.provider.rpartition("::")
    return replace(
        resource,
        aliases=(),
        parent=names.get(resource.parent, resource.parent),
        provider=f"{names[provider]}::{identifier}" if provider in names else resource.provider,
        dependencies=now(resource.dependencies),
        property_dependencies={key: now(urns) for key, urns in resource.property_dependencies.items()},
        deleted_with=names.get(resource.deleted_with, resource.deleted_with),
        replace_with=now(resource.replace_with),
    )
