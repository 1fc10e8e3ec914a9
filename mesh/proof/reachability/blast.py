"""Blast radius: what whoever steals a role reads, writes, enters and loosens, by whatever way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from mesh.proof.reachability.classes import PrincipalNode
from mesh.proof.reachability.gains import Gain, Gains
from mesh.proof.reachability.graph import AttackStep, PrincipalGraph, paths


class Harmed(NamedTuple):
    """A gain of an adversary, and the path to the principal that has it."""

    path: tuple[AttackStep, ...]
    gain: Gain

    def __str__(self) -> str:
        return "; then ".join((*map(str, self.path), str(self.gain)))


@dataclass(frozen=True, kw_only=True)
class BlastRadius:
    """All that an adversary who holds `start` comes to; `paths` lead to each principal, by its key.

    `owners` has the owner of every account by its id.
    """

    start: PrincipalNode
    paths: dict[str, tuple[AttackStep, ...]]
    harms: tuple[Harmed, ...] = field(repr=False)
    owners: dict[str, str] = field(repr=False)

    @cached_property
    def reads(self) -> dict[str, frozenset[str]]:
        """Labels of what is read of each product, and of results of queries."""
        found: dict[str, frozenset[str]] = {}
        for harm in self.harms:
            if harm.gain.verb == "reads":
                found[name_of(harm.gain)] = found.get(name_of(harm.gain), frozenset()) | harm.gain.labels
        return dict(sorted(found.items()))

    @property
    def becomes(self) -> tuple[str, ...]:
        """Keys of the principals that are reached."""
        return tuple(sorted(key for key, path in self.paths.items() if path))

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of all that is read."""
        return tuple(sorted(frozenset[str]().union(*self.reads.values())))

    @property
    def writes(self) -> tuple[str, ...]:
        """Products that are written."""
        return self._of("writes")

    @property
    def loosens(self) -> tuple[str, ...]:
        """Guardrails, and protections of products, that are loosened."""
        return self._of("loosens")

    def _of(self, verb: str) -> tuple[str, ...]:
        return tuple(sorted({name_of(harm.gain) for harm in self.harms if harm.gain.verb == verb}))

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """Owners of the accounts in which a principal is reached."""
        reached = [self.start, *(path[-1].target for path in self.paths.values() if path)]
        return tuple(sorted({self.owners[node.account] for node in reached if node.account in self.owners}))

    def as_json(self) -> dict[str, Any]:
        """The radius as `mesh access blast --json` prints it."""
        return {
            "principal": self.start.key,
            "who": self.start.who,
            "becomes": list(self.becomes),
            "accounts": list(self.accounts),
            "labels": list(self.labels),
            "reads": {product: sorted(labels) for product, labels in self.reads.items()},
            "writes": list(self.writes),
            "loosens": list(self.loosens),
            "paths": [
                {"does": f"{harm.gain.verb} {name_of(harm.gain)}", "path": [*map(str, harm.path), str(harm.gain)]}
                for harm in self.harms
            ],
        }


def name_of(gain: Gain) -> str:
    """A product as `identity.profiles`, a guardrail as `boundary of ads`."""
    return gain.what if "." in gain.what else f"{gain.what} of {gain.owner}"


def blast_radius(graph: PrincipalGraph, gains: Gains, start: PrincipalNode) -> BlastRadius:
    """The blast radius of a principal; of each gain the shortest path."""
    reached = paths(graph, start)
    return BlastRadius(start=start, paths=reached, harms=tuple(_harms(graph, gains, reached)), owners=graph.owners)


def _harms(graph: PrincipalGraph, gains: Gains, reached: dict[str, tuple[AttackStep, ...]]) -> Iterator[Harmed]:
    seen: set[tuple[str, str, frozenset[str]]] = set()
    for key, path in reached.items():
        for gain in gains.of(graph.nodes[key]):
            what = (gain.verb, name_of(gain), gain.labels)
            if what not in seen:
                seen.add(what)
                yield Harmed(path, gain)
