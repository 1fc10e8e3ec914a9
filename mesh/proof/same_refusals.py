"""Claims that another one implies: a Deny that looks at nothing of whoever asks refuses the next one as well."""

from __future__ import annotations

from typing import Final

from mesh.evaluator.decide import UNSETTLED, Case, SharedLayer
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.policies import CompiledStatement
from mesh.evaluator.principals import anyone
from mesh.evaluator.world import Principal, World
from mesh.proof.claims import Claim, Witness

_SHARED: Final[frozenset[SharedLayer]] = frozenset(("scp", "rcp", "resource"))
_MOST_KEPT: Final = 4096
"""Requests of which a case is kept: claims on the callers of one account stand near each other."""

_Key = tuple[str, str, str, str, tuple[str, ...], tuple[str, ...]]
_Refusal = tuple[Principal, tuple[CompiledStatement, ...]]
"""A caller, and a Deny of each layer that refuses it, about whoever calls."""


class SameRefusals:
    """Claims that a layer refuses a request, of which one implies others; they are asked of one world that stays.

    Requests of two callers of one account for one action, resource and context differ in nothing but keys about the
    caller: the account decides whose policies are asked, and the context says everything else. A Deny about whoever
    calls, none of whose keys differs between the two, takes both requests or neither. A claim goes unasked when for
    each layer that it names such a Deny is known to refuse the other caller, and both callers are bound by control
    policies. An explicit Deny decides, whatever the other statements say, so the request is refused as claimed.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[_Key, Case | _Refusal | None] = {}

    def check(self, claim: Claim) -> Witness | None:
        """A witness against a claim; None when it holds, by itself or because another one implies it."""
        try:
            return self._check(claim)
        except UnknownError as error:
            return claim.undecided(error)

    def _check(self, claim: Claim) -> Witness | None:
        name, action, resource, context = claim.request
        caller = self._world.principal(name) if _names_layers_alone(claim) else None
        if caller is None or caller.account is None or not caller.controlled:
            return claim.check_case(claim.case(self._world))
        key = (caller.account.id, action, resource, repr(context) if context else "", claim.denied, claim.lacks)
        known = self._known.get(key)
        if isinstance(known, Case):
            known = self._known[key] = _refusal(known, claim.denied)
        if known and _same_for(known, caller) and claim.by in (None, *(statement.sid for statement in known[1])):
            return None
        case = claim.case(self._world)
        witness = claim.check_case(case)
        if witness is None and key not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[key] = case
        return witness


def _names_layers_alone(claim: Claim) -> bool:
    """Whether a claim says that layers refuse the request, that it is refused in all, and nothing else."""
    if not claim.denied or claim.allowed or claim.free or claim.spared_by or not _SHARED.issuperset(claim.denied):
        return False
    return claim.admitted is None and claim.granted is None and claim.passed is None and claim.bounded is None


def _refusal(case: Case, layers: tuple[str, ...]) -> _Refusal | None:
    """The Deny that refuses the caller of a case at each layer; None where it may be about this caller alone."""
    if case.settled != UNSETTLED:
        return None
    found = [case.refusing(layer) for layer in sorted(_SHARED) if layer in layers]
    statements = tuple(each[1] for each in found if each and each[1].who is anyone)
    return (case.principal, statements) if len(statements) == len(layers) else None


def _same_for(refusal: _Refusal, caller: Principal) -> bool:
    other, statements = refusal
    return all(other.keys.get(key) == caller.keys.get(key) for statement in statements for key in statement.keys)
