"""Entry of the policy evaluator: the decision of a request, and its cause.

Rules: IAM User Guide, "Policy evaluation logic", "Determining whether a request is allowed or denied within an
account", "Cross-account policy evaluation logic"; Organizations User Guide, "SCP evaluation", "RCP evaluation"; AWS
PrivateLink, "Control access to VPC endpoints using endpoint policies".
An explicit Deny of any layer wins. After that every layer that binds the caller has to allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from mesh.evaluator import facts, openers, owners, sent_keys, unsaid
from mesh.evaluator.conditions import Keys, as_keys
from mesh.evaluator.decision import Cause as Cause
from mesh.evaluator.decision import Decision as Decision
from mesh.evaluator.decision import Layer as Layer
from mesh.evaluator.decision import Request as Request
from mesh.evaluator.errors import DoubtError, UnknownError
from mesh.evaluator.policies import CompiledStatement, Policy
from mesh.evaluator.principals import CallerIdentity, Match, anyone
from mesh.evaluator.transport import say, work_in
from mesh.evaluator.world import Account, Endpoint, Principal, Selection, Target, World, selection

_NO_CONTROL: Final = Selection((), ())
_LAYERS: Final[tuple[Layer, ...]] = ("scp", "rcp", "resource", "identity", "boundary", "session", "endpoint")
_ASSUMED: Final = Cause("a policy that is not in the plan", "assumed to admit everyone")
_NEEDS_NO_PERMISSION: Final = Cause("AWS", "the action needs no permission")
_KEPT_BY_AWS: Final = Cause("AWS", "the resource is kept by AWS")
_SETTLED_AT: Final[Mapping[Cause, Layer]] = {_NEEDS_NO_PERMISSION: "identity", _KEPT_BY_AWS: "resource"}

SharedLayer = Literal["scp", "rcp", "resource", "endpoint"]
"""A layer whose policies belong to no caller: several callers meet the same statements there."""

UNSETTLED: Final = (None, None)
"""Nothing is decided, or in doubt, before the policies: see `Case.settled`."""


def decide(request: Request, world: World) -> Decision:
    """The decision of a request. Raises UnknownError for what the evaluator does not know."""
    return examine(request, world).decide()


def keys_of(
    world: World, service: str, principal: Principal, target: Target, context: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Keys that conditions compare: of caller, resource, transport and time, and those that the request carries."""
    keys = {**world.unsaid, "aws:requestedregion": (world.region,), **target.keys, **principal.keys}
    if service in facts.GLOBAL_REGIONS:
        keys["aws:requestedregion"] = facts.GLOBAL_REGIONS[service]
    if service == "kms" and principal.account:
        keys["kms:calleraccount"] = (principal.account.id,)
    if principal.network:
        work_in(keys, principal.network)
    if context:
        said = as_keys(context)
        say(keys, said)
        if principal.kind == "service" and "aws:sourceaccount" in said:
            keys = {**world.source_keys(said), **keys}
        endpoint = _endpoint(world, keys)
        if endpoint:
            keys = {**world.endpoint_keys(endpoint, service), **keys}
    return keys


def _endpoint(world: World, keys: Keys) -> Endpoint | None:
    """The endpoint that the request comes through, if the world has it."""
    ids = keys.get("aws:sourcevpce")
    return world.endpoints.get(ids[0]) if ids else None


def examine(request: Request, world: World) -> Case:
    """A request with everything that decides it, to look at layer by layer. Raises UnknownError.

    A proof looks at single layers: a second line of defence has to hold without the first.
    """
    action = facts.known_action(request.action)
    service = action.partition(":")[0]
    principal = world.principal(request.principal)
    target = world.target(service, request.resource, principal.account)
    resource = request.resource
    # A request by an alias is one on its key, but for the actions that make or move the alias itself.
    if target.alias:
        target = target.for_action(action)
        resource = target.key or resource
    if (target.free or target.open) and action in owners.MADE_BY_THE_CALLER:
        target = target.made_by(principal.account)
    if resource == "*":
        target = unsaid.as_sent(unsaid.unnamed(target, action, request.action), action, False)
    elif action in sent_keys.OWNER_NOT_SENT:
        target = unsaid.as_sent(target, action, True)
    if target.open and not _can_be_open(world, service, target.account, principal):
        closed = (f"{request.resource} has no policy: nobody there may give it one",)
        target = target._replace(open=False, assumed=closed)
    if target.reach != "never" and not _same(principal.account, target.account):
        target = unsaid.as_shared(target, request.resource, principal.account)
    keys = keys_of(world, service, principal, target, request.context)
    endpoint = _endpoint(world, keys) if request.context else None
    return Case(action, service, resource, principal, target, keys, endpoint.policy if endpoint else None)


def _can_be_open(world: World, service: str, owner: Account | None, principal: Principal) -> bool:
    def refused(name: str, action: str, context: Mapping[str, Any]) -> bool:
        return examine(Request(name, action, "*", context), world).denied("scp") is not None

    # A policy admits a service by its name, everybody else by the account.
    caller = principal.caller
    admitted = caller.itself if principal.kind == "service" else caller.account
    return openers.can_be_open(service, owner, world.roles, admitted, refused)


class Case(NamedTuple):
    """A request, its caller, its resource, its context, and the policy of the endpoint that it comes through."""

    action: str
    service: str
    resource: str
    principal: Principal
    target: Target
    keys: Keys
    endpoint: Policy | None = None

    def decide(self) -> Decision:
        """The decision of all layers together. DoubtError where it hangs on what no page of AWS says."""
        settled, doubt = self.settled
        assumed = self.principal.assumed + self.target.assumed
        if settled:
            return Decision(settled is _NEEDS_NO_PERMISSION, _SETTLED_AT[settled], (settled,), assumed)
        # An explicit Deny of any layer wins: all are asked before the first Allow counts.
        for layer in _LAYERS:
            try:
                cause = self.denied(layer)
            except DoubtError as error:
                doubt = error
                continue
            if cause:
                return Decision(False, layer, (cause,), assumed)
        decision = self._allowed(assumed)
        if doubt and decision.allowed:
            raise doubt
        return decision

    @property
    def settled(self) -> tuple[Cause | None, DoubtError | None]:
        """The decision of AWS before any policy: a cause, or a doubt that is left if the policies allow."""
        principal = self.principal
        if self.action in facts.NEEDS_NO_PERMISSION and principal.account:
            return _NEEDS_NO_PERMISSION, None
        if not self.target.guarded or not principal.controlled or principal.kind == "service":
            return UNSETTLED
        named = self.target.named or self.resource
        refused = owners.refused(self.action, named)
        if refused is None:
            return None, DoubtError(f"whether AWS lets anybody {self.action} on {named}, no page says")
        return (_KEPT_BY_AWS if refused else None), None

    def _allowed(self, assumed: tuple[str, ...]) -> Decision:
        """The decision of a request that no layer denies."""
        if not self._allowed_at_every_node(self._rcp()):
            return Decision(False, "rcp", (), assumed)
        if not self._allowed_at_every_node(self._scp()):
            return Decision(False, "scp", (), assumed)
        if not self.passed:
            return Decision(False, "endpoint", (), assumed)
        layer, cause = self._grant(self.principal.caller)
        return Decision(cause is not None, layer, (cause,) if cause else (), assumed)

    def denied(self, layer: Layer) -> Cause | None:
        """The first explicit Deny of one layer."""
        principal = self.principal
        match layer:
            case "scp" | "rcp" | "resource" | "endpoint":
                refusing = self.refusing(layer)
                return Cause(refusing[0].name, refusing[1].sid) if refusing else None
            case "identity":
                return self._own_deny(principal.identity)
            case "boundary":
                return self._own_deny((principal.boundary,)) if principal.boundary else None
            case "session":
                return self._own_deny((principal.session,)) if principal.session else None
            case "lake-formation":
                return None

    def refusing(self, layer: SharedLayer) -> tuple[Policy, CompiledStatement] | None:
        """The first Deny of a layer whose policies are of no caller: of accounts, of a resource or of an endpoint."""
        caller = self.principal.caller
        match layer:
            case "scp" | "rcp":
                return self._first((self._scp() if layer == "scp" else self._rcp()).denies, caller)
            case _:
                policy = self.target.policy if layer == "resource" else self.endpoint
                return self._first(((policy, s) for s in policy.denies(self.action)), caller) if policy else None

    def denials(self) -> Iterator[Cause]:
        """Every explicit Deny of every layer, not the first alone."""
        principal, action = self.principal, self.action
        shared = (self.target.policy, self.endpoint)
        named = ((policy, s) for policy in shared if policy for s in policy.denies(action))
        for policy, statement in (*self._scp().denies, *self._rcp().denies, *named):
            if statement.who(principal.caller) and statement.applies(self.resource, self.keys):
                yield Cause(policy.name, statement.sid)
        for policy in filter(None, (*principal.identity, principal.boundary, principal.session)):
            for statement in policy.denies(action):
                if statement.applies(self.resource, self.keys):
                    yield Cause(policy.name, statement.sid)

    @property
    def policies(self) -> Iterator[Policy]:
        """Every policy that is asked for the request, AWS's own included."""
        principal = self.principal
        caller, owner = principal.account if self.bound_by_scp else None, self.target.account
        for node in caller.service_control if caller else ():
            yield from node
        for node in owner.resource_control if owner and self.bound_by_rcp else ():
            yield from node
        yield from principal.identity
        single = (self.target.policy, principal.boundary, principal.session, self.endpoint)
        yield from (policy for policy in single if policy)

    @property
    def admitted(self) -> bool:
        """Whether the resource's policy allows the caller, or its account."""
        return self._admission(self.principal.caller)[0] > Match.NO

    @property
    def granted(self) -> bool:
        """Whether the caller's own policies allow the request."""
        return self._allowed_by(self.principal.identity) is not None

    @property
    def unasked_for(self) -> bool:
        """Whether nobody allows the request, so that it is refused whatever is denied; false where that is in doubt.

        Most requests of a search are such ones, and this asks less than `decide`, which has to say what refuses them.
        """
        if self.settled[0]:
            return False
        try:
            return self._grant(self.principal.caller)[1] is None
        except UnknownError:
            return False

    @property
    def bounded(self) -> bool:
        """Whether the boundary of the caller lets the request through; true of a caller without one."""
        boundary = self.principal.boundary
        return boundary is None or (not self.denied("boundary") and self._allowed_by((boundary,)) is not None)

    @property
    def passed(self) -> bool:
        """Whether the endpoint's policy allows the request; true where it comes through no endpoint of the world."""
        policy, caller = self.endpoint, self.principal.caller
        return policy is None or bool(self._first(((policy, s) for s in policy.allows(self.action)), caller))

    def _scp(self) -> Selection:
        account = self.principal.account if self.bound_by_scp else None
        return selection(account, self.action, True) if account else _NO_CONTROL

    def _rcp(self) -> Selection:
        account = self.target.account if self.bound_by_rcp else None
        return selection(account, self.action, False) if account else _NO_CONTROL

    @property
    def bound_by_scp(self) -> bool:
        """Whether the service control policies of the caller's account bind it."""
        account = self.principal.account
        return self.principal.controlled and account is not None and not account.management

    @property
    def bound_by_rcp(self) -> bool:
        """Whether the resource control policies of the resource's account bind the request."""
        account = self.target.account
        return (
            self.service in facts.RESOURCE_CONTROLLED
            and self.action not in facts.NOT_RESOURCE_CONTROLLED
            and self.principal.controlled
            and account is not None
            and not account.management
        )

    def _own_deny(self, policies: tuple[Policy, ...]) -> Cause | None:
        doubt: DoubtError | None = None
        for policy in policies:
            for statement in policy.denies(self.action):
                try:
                    if statement.applies(self.resource, self.keys):
                        return Cause(policy.name, statement.sid)
                except DoubtError as error:
                    doubt = error
        if doubt:
            raise doubt
        return None

    def _first(
        self, statements: Iterable[tuple[Policy, CompiledStatement]], caller: CallerIdentity
    ) -> tuple[Policy, CompiledStatement] | None:
        doubt: DoubtError | None = None
        resource, keys = self.resource, self.keys
        for each in statements:
            statement = each[1]
            try:
                # Most statements are about every caller; that is known without a call.
                if (statement.who is anyone or statement.who(caller)) and statement.applies(resource, keys):
                    return each
            except DoubtError as error:
                doubt = error
        if doubt:
            raise doubt
        return None

    # ---- allows

    def _allowed_at_every_node(self, selection: Selection) -> bool:
        return all(self._first(node, self.principal.caller) for node in selection.allows)

    def _grant(self, caller: CallerIdentity) -> tuple[Layer, Cause | None]:
        """The layer and the statement that allow; or the layer that lacks one, and None."""
        principal, target = self.principal, self.target
        match, admitted = self._admission(caller)
        # These have no identity policy: only the resource's own policy can allow them.
        if principal.kind in ("service", "federated", "anonymous"):
            return "resource", admitted
        home = target.free or _same(principal.account, target.account)
        # Named as a session or a user, the caller needs no identity policy, and neither boundary nor session policy
        # limits it (IAM User Guide, "Policy evaluation logic").
        if home and match == Match.SELF:
            return "resource", admitted
        # A key and a role are decided by their own policy alone, and so is every resource of another account.
        if not match and (target.decisive or not (home or target.reach == "shared")):
            return self._not_reached()
        # Named as a role, the caller needs no identity policy, but boundary and session policy still limit it.
        if home and match == Match.ROLE:
            return self._bounded("resource", admitted)
        identity = self._allowed_by(principal.identity)
        return self._bounded("identity", identity) if identity else ("identity", None)

    def _not_reached(self) -> tuple[Layer, Cause | None]:
        """No policy of the resource admits the caller; DoubtError where its owner may have shared it otherwise."""
        principal = self.principal
        if self.target.reach == "unknown" and self._bounded("identity", self._allowed_by(principal.identity))[1]:
            raise DoubtError(f"whether the owner of {self.resource} can share it with another account")
        return "resource", None

    def _bounded(self, layer: Layer, cause: Cause | None) -> tuple[Layer, Cause | None]:
        principal = self.principal
        if principal.boundary and not self._allowed_by((principal.boundary,)):
            return "boundary", None
        if principal.session and not self._allowed_by((principal.session,)):
            return "session", None
        return layer, cause

    def _allowed_by(self, policies: Iterable[Policy]) -> Cause | None:
        doubt: DoubtError | None = None
        for policy in policies:
            for statement in policy.allows(self.action):
                try:
                    if statement.applies(self.resource, self.keys):
                        return Cause(policy.name, statement.sid)
                except DoubtError as error:
                    doubt = error
        if doubt:
            raise doubt
        return None

    def _admission(self, caller: CallerIdentity) -> tuple[Match, Cause | None]:
        """The nearest match of the caller in the resource's policy that allows, and its statement."""
        best, cause = Match.NO, None
        target = self.target
        if target.open:
            # The worst is everyone: at home, too, where the caller then needs no permission of its own.
            return Match.SELF, _ASSUMED
        policy = target.policy
        if policy is None:
            return best, cause
        doubt: DoubtError | None = None
        for statement in policy.allows(self.action):
            try:
                match = statement.who(caller)
                if match > best and statement.applies(self.resource, self.keys):
                    best, cause = match, Cause(policy.name, statement.sid)
                    if best == Match.SELF:
                        break
            except DoubtError as error:
                doubt = error
        if doubt and best != Match.SELF:
            raise doubt
        return best, cause


def _same(one: Account | None, other: Account | None) -> bool:
    return one is not None and other is not None and one.id == other.id
