"""URNs of resources, and the old URNs that aliases stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pulumi.runtime.proto import alias_pb2

STACK_TYPE: Final = "pulumi:pulumi:Stack"
PROVIDER_PREFIX: Final = "pulumi:providers:"


def urn_of(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The URN: the chain of the parents' types, the Stack left out, then type and name."""
    chain = type_chain(parent) if parent else ""
    prefix = "" if chain in ("", STACK_TYPE) else chain + "$"
    return f"urn:pulumi:{stack}::{project}::{prefix}{type_}::{name}"


def type_chain(urn: str) -> str:
    """The chain of types in a URN, as `mesh:aws:DataProduct$aws:s3/bucket:Bucket`."""
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    """The resource's own type, the last of the chain."""
    return type_chain(urn).rpartition("$")[2]


def name_of(urn: str) -> str:
    """The name; it may hold `::` itself."""
    return urn.split("::", 3)[3]


def is_provider(type_: str) -> bool:
    """True for `pulumi:providers:<package>`."""
    return type_.startswith(PROVIDER_PREFIX)


def package_of(type_: str) -> str:
    """The package that serves a type: `aws` for `aws:s3/bucket:Bucket` and for `pulumi:providers:aws`."""
    return type_.removeprefix(PROVIDER_PREFIX) if is_provider(type_) else type_.split(":", 1)[0]


def provider_urn(reference: str) -> str:
    """The URN in a provider reference `<urn>::<id>`."""
    return reference.rpartition("::")[0]


@dataclass(frozen=True, slots=True)
class UrnRegistry:
    """URNs of one run. `aliases` maps a URN of this run to the old URN under which the resource was found."""

    stack: str
    project: str
    aliases: Mapping[str, str]

    def of(self, parent: str, type_: str, name: str) -> str:
        """The URN of a resource of this run."""
        return urn_of(self.stack, self.project, parent, type_, name)

    def old_urns(self, type_: str, name: str, parent: str, aliases: Sequence[alias_pb2.Alias]) -> Iterator[str]:
        """Every old URN that the aliases name, and those inherited from the parent's alias; one may come twice."""
        alias_urns = [self._collapse(type_, name, parent, alias) for alias in aliases]
        yield from alias_urns
        if parent_alias := self.aliases.get(parent):
            yield self._inherited(type_, name, parent, parent_alias)
            for urn in alias_urns:
                yield self._inherited(type_of(urn), name_of(urn), parent, parent_alias)

    def _collapse(self, type_: str, name: str, current_parent: str, alias: alias_pb2.Alias) -> str:
        if alias.WhichOneof("alias") == "urn":
            return alias.urn
        spec = alias.spec  # an empty field means: as it is now
        parent = self.aliases.get(spec.parentUrn, spec.parentUrn) if spec.parentUrn else current_parent
        return urn_of(
            spec.stack or self.stack,
            spec.project or self.project,
            "" if spec.noParent else parent,
            spec.type or type_,
            spec.name or name,
        )

    def _inherited(self, type_: str, name: str, parent: str, parent_alias: str) -> str:
        """The old URN of a renamed parent's child, whose name may begin with the parent's (`<parent>-policy`)."""
        new, old = name_of(parent), name_of(parent_alias)
        child = old + name[len(new) :] if name.startswith(new) else name
        return urn_of(self.stack, self.project, parent_alias, type_, child)
