"""Verdicts of the layers of one request, also of those that did not decide it.

`decide` stops at the first refusal and names one statement. A person who asks why also wants to know which other layers
had to agree: the bucket's policy beside the role's own, the boundary, the control policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from mesh.evaluator.decide import Case, Cause, Layer, Request, examine
from mesh.evaluator.policies import CompiledStatement, Match, Policy
from mesh.evaluator.world import Nodes, World

Says = Literal["allows", "denies", "lacks", "silent"]
"""Verdict of a layer: it allows, it denies explicitly, it lacks an Allow that is needed, or it is silent."""


class LayerVerdict(NamedTuple):
    """The verdict of one layer, and its statements."""

    layer: Layer
    says: Says
    because: tuple[Cause, ...]

    def as_json(self) -> dict[str, Any]:
        """The verdict as `mesh access explain --json` prints it."""
        return {"layer": self.layer, "says": self.says, "because": [cause._asdict() for cause in self.because]}


def layers(request: Request, world: World) -> tuple[LayerVerdict, ...]:
    """Verdicts of the layers that bind the request, in AWS's order. Raises UnknownError."""
    return tuple(_verdicts(examine(request, world)))


def _verdicts(case: Case) -> Iterator[LayerVerdict]:
    principal, target = case.principal, case.target
    settled, _ = case.settled
    if settled:
        decision = case.decide()
        yield LayerVerdict(decision.layer, "allows" if decision.allowed else "denies", (settled,))
        return
    home = bool(principal.account and target.account and principal.account.id == target.account.id)
    if case.bound_by_scp and principal.account:
        yield from _control(case, "scp", principal.account.service_control)
    if case.bound_by_rcp and target.account:
        yield from _control(case, "rcp", target.account.resource_control)
    if target.policy or not home:
        yield _of(case, "resource", (target.policy,) if target.policy else (), target.decisive or not home)
    if principal.kind in ("role", "user", "root"):
        yield from _own(case, _admitted(case) if home else Match.NO)
    if case.endpoint:
        yield _of(case, "endpoint", (case.endpoint,), True)


def _control(case: Case, layer: Literal["scp", "rcp"], nodes: Nodes) -> Iterator[LayerVerdict]:
    """One verdict over all nodes from the root to the account: each has to allow."""
    if nodes:
        verdicts = [_of(case, layer, node, True) for node in nodes]
        worst = next((v for says in ("denies", "lacks") for v in verdicts if v.says == says), None)
        yield worst or LayerVerdict(layer, "allows", tuple(dict.fromkeys(c for v in verdicts for c in v.because)))


def _own(case: Case, admitted: Match) -> Iterator[LayerVerdict]:
    """Verdicts of identity, boundary and session; an Allow of the resource to the role itself replaces some of them."""
    principal = case.principal
    yield _of(case, "identity", principal.identity, admitted < Match.ROLE)
    if principal.boundary:
        yield _of(case, "boundary", (principal.boundary,), admitted < Match.SELF)
    if principal.session:
        yield _of(case, "session", (principal.session,), admitted < Match.SELF)


def _admitted(case: Case) -> Match:
    """The nearest match of the caller in the resource's policy that allows."""
    policy, caller = case.target.policy, case.principal.caller
    allows = policy.allows(case.action) if policy else ()
    return max((s.who(caller) for s in allows if _takes(case, s)), default=Match.NO)


def _of(case: Case, layer: Layer, policies: Iterable[Policy], needed: bool) -> LayerVerdict:
    every = tuple(policies)
    denies = tuple(Cause(p.name, s.sid) for p in every for s in p.denies(case.action) if _takes(case, s))
    if denies:
        return LayerVerdict(layer, "denies", denies)
    allows = tuple(Cause(p.name, s.sid) for p in every for s in p.allows(case.action) if _takes(case, s))
    return LayerVerdict(layer, "allows" if allows else "lacks" if needed else "silent", allows)


def _takes(case: Case, statement: CompiledStatement) -> bool:
    return bool(statement.who(case.principal.caller)) and statement.applies(case.resource, case.keys)
