"""One request, layer by layer: what each says, also those that did not decide.

`decide` stops at the first refusal and names the statement that carried the answer; a person who asks why also wants
to know who else had to agree: the bucket's policy beside the role's own, the boundary, the control policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from mesh.access import facts
from mesh.access.conditions import Keys
from mesh.access.decide import Cause, Layer, Request, examine
from mesh.access.policies import Match, Policy, Statement
from mesh.access.world import Account, Principal, Target, World

Says = Literal["allows", "denies", "lacks", "silent"]
"""Of a layer: it allows, it denies explicitly, it lacks an Allow that is needed, or it has nothing to say."""


class Verdict(NamedTuple):
    """What one layer says, and the statements by which it does."""

    layer: Layer
    says: Says
    because: tuple[Cause, ...]

    def as_json(self) -> dict[str, Any]:
        """As `mesh access explain --json` prints it."""
        return {"layer": self.layer, "says": self.says, "because": [cause._asdict() for cause in self.because]}


def layers(request: Request, world: World) -> tuple[Verdict, ...]:
    """Every layer that binds the request, in AWS's order. Raises UnknownError."""
    case = examine(request, world)
    found = _Case(case.action, case.resource, case.principal, case.target, case.keys, case.endpoint)
    return tuple(found.verdicts(case.service))


def _takes_an_rcp(service: str, action: str) -> bool:
    return service in facts.RESOURCE_CONTROLLED and action not in facts.NOT_RESOURCE_CONTROLLED


class _Case(NamedTuple):
    action: str
    resource: str
    principal: Principal
    target: Target
    keys: Keys
    endpoint: Policy | None

    def verdicts(self, service: str) -> Iterator[Verdict]:
        principal, target = self.principal, self.target
        home = bool(principal.account and target.account and principal.account.id == target.account.id)
        if principal.controlled and principal.account:
            yield from self._control("scp", principal.account)
        if principal.controlled and target.account and _takes_an_rcp(service, self.action):
            yield from self._control("rcp", target.account)
        if target.policy or not home:
            yield self._of("resource", (target.policy,) if target.policy else (), target.decisive or not home)
        if principal.kind in ("role", "user", "root"):
            yield from self._own(self._admitted() if home else Match.NO)
        if self.endpoint:
            yield self._of("endpoint", (self.endpoint,), True)

    def _control(self, layer: Literal["scp", "rcp"], account: Account) -> Iterator[Verdict]:
        """One verdict over all nodes from the root to the account: each has to allow."""
        nodes = account.service_control if layer == "scp" else account.resource_control
        if nodes and not account.management:
            each = [self._of(layer, node, True) for node in nodes]
            worst = next((v for says in ("denies", "lacks") for v in each if v.says == says), None)
            yield worst or Verdict(layer, "allows", tuple(dict.fromkeys(c for v in each for c in v.because)))

    def _own(self, admitted: Match) -> Iterator[Verdict]:
        """Identity, boundary and session: what the resource says to the role itself stands in for some of them."""
        principal = self.principal
        yield self._of("identity", principal.identity, admitted < Match.ROLE)
        if principal.boundary:
            yield self._of("boundary", (principal.boundary,), admitted < Match.SELF)
        if principal.session:
            yield self._of("session", (principal.session,), admitted < Match.SELF)

    def _admitted(self) -> Match:
        """How near to the caller the resource's policy allows."""
        policy, caller = self.target.policy, self.principal.caller
        allows = policy.allows(self.action) if policy else ()
        return max((s.who(caller) for s in allows if self._takes(s)), default=Match.NO)

    def _of(self, layer: Layer, policies: Iterable[Policy], needed: bool) -> Verdict:
        every = tuple(policies)
        denies = tuple(Cause(p.name, s.sid) for p in every for s in p.denies(self.action) if self._takes(s))
        if denies:
            return Verdict(layer, "denies", denies)
        allows = tuple(Cause(p.name, s.sid) for p in every for s in p.allows(self.action) if self._takes(s))
        return Verdict(layer, "allows" if allows else "lacks" if needed else "silent", allows)

    def _takes(self, statement: Statement) -> bool:
        return bool(statement.who(self.principal.caller)) and statement.applies(self.resource, self.keys)


def allowed(verdicts: Iterable[Verdict]) -> bool:
    """Whether no layer denies and none lacks an Allow."""
    return all(verdict.says in ("allows", "silent") for verdict in verdicts)
