"""One request, layer by layer: what each says, also those that did not decide.

`decide` stops at the first refusal and names the statement that carried the answer; a person who asks why also wants
to know who else had to agree: the bucket's policy beside the role's own, the boundary, the control policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from mesh.evaluator.decide import Case, Cause, Layer, Request, examine
from mesh.evaluator.policies import CompiledStatement, Match, Policy
from mesh.evaluator.world import Nodes, World

Says = Literal["allows", "denies", "lacks", "silent"]
"""Of a layer: it allows, it denies explicitly, it lacks an Allow that is needed, or it has nothing to say."""


class LayerVerdict(NamedTuple):
    """What one layer says, and the statements by which it does."""

    layer: Layer
    says: Says
    because: tuple[Cause, ...]

    def as_json(self) -> dict[str, Any]:
        """As `mesh access explain --json` prints it."""
        return {"layer": self.layer, "says": self.says, "because": [cause._asdict() for cause in self.because]}


def layers(request: Request, world: World) -> tuple[LayerVerdict, ...]:
    """Every layer that binds the request, in AWS's order. Raises UnknownError."""
    return tuple(_verdicts(examine(request, world)))


def _verdicts(case: Case) -> Iterator[LayerVerdict]:
    principal, target = case.principal, case.target
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
        each = [_of(case, layer, node, True) for node in nodes]
        worst = next((v for says in ("denies", "lacks") for v in each if v.says == says), None)
        yield worst or LayerVerdict(layer, "allows", tuple(dict.fromkeys(c for v in each for c in v.because)))


def _own(case: Case, admitted: Match) -> Iterator[LayerVerdict]:
    """Identity, boundary and session: what the resource says to the role itself stands in for some of them."""
    principal = case.principal
    yield _of(case, "identity", principal.identity, admitted < Match.ROLE)
    if principal.boundary:
        yield _of(case, "boundary", (principal.boundary,), admitted < Match.SELF)
    if principal.session:
        yield _of(case, "session", (principal.session,), admitted < Match.SELF)


def _admitted(case: Case) -> Match:
    """How near to the caller the resource's policy allows."""
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


def allowed(verdicts: Iterable[LayerVerdict]) -> bool:
    """Whether no layer denies and none lacks an Allow."""
    return all(verdict.says in ("allows", "silent") for verdict in verdicts)
