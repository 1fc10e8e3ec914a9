"""Reach of policies: the claims for whose request each is asked."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence

from mesh.evaluator.policies import Policy
from mesh.evaluator.world import World
from mesh.proof.claims import Claim


class Reach:
    """Claims by the policies that are asked for their request, as positions in a sequence."""

    def __init__(self, claims: Sequence[Claim], world: World) -> None:
        self._groups: dict[tuple[Policy, ...], array[int]] = {}
        for position, claim in enumerate(claims):
            asked = tuple(claim.case(world).policies)
            self._groups.setdefault(asked, array("I")).append(position)
        self._asked: dict[int, list[tuple[Policy, ...]]] = {}
        for asked in self._groups:
            for policy in dict.fromkeys(asked):
                self._asked.setdefault(id(policy), []).append(asked)

    def of(self, policy: Policy) -> Iterator[int]:
        """Positions of the claims for which the policy is asked."""
        return (position for asked in self._asked.get(id(policy), ()) for position in self._groups[asked])

    def beside(self, policy: Policy) -> Iterable[Policy]:
        """The policies that are asked together with it, itself included."""
        return {id(each): each for asked in self._asked.get(id(policy), ()) for each in asked}.values()
