"""Moments on the road from nothing: what exists in AWS, and what each caller may do there at that moment.

Nothing is in it before a step has made it. A document is what a command printed or a stack sends, so what is asked here
is what AWS would be asked. A role that is not there is nobody: the evaluator by itself would take it for an
administrator of its account.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, cast

from mesh.access.from_plan import ADMINISTRATOR_ACCESS, READ_ONLY_ACCESS
from mesh.evaluator import FULL_ACCESS, Account, Policy, Request, Resource, Role, World, compiled, decide

MANAGED = {
    "arn:aws:iam::aws:policy/AdministratorAccess": ADMINISTRATOR_ACCESS,
    "arn:aws:iam::aws:policy/ReadOnlyAccess": READ_ONLY_ACCESS,
}


REFUSES_NOTHING = {"Effect": "Deny", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-nobody00"}}}
"""In the place of an Allow that is taken away one that refuses nothing that is asked: a document has to have one."""


class RefusedError(Exception):
    """A step of the road that AWS would refuse."""


class Taken(NamedTuple):
    """A permission that is taken away from a document: an Allow, the exception of a Deny, or an action of a list."""

    document: str
    what: str
    """The Sid of the statement, or the action."""

    @property
    def is_action(self) -> bool:
        """Whether one action of a list is taken away, and not a whole statement."""
        return ":" in self.what

    def off(self, name: str, text: str) -> str:
        """The document without the permission."""
        if name != self.document:
            return text
        document = json.loads(text)
        kept = [self._statement(each) for each in document["Statement"]]
        return json.dumps({**document, "Statement": kept})

    def _statement(self, statement: dict[str, Any]) -> dict[str, Any]:
        if self.is_action:
            return self._without_action(statement)
        if statement["Sid"] != self.what:
            return statement
        if statement["Effect"] == "Allow":
            return {**statement, **REFUSES_NOTHING}
        conditions = {operator: keys for operator, keys in statement["Condition"].items() if operator != "ArnNotLike"}
        return {key: value for key, value in statement.items() if key != "Condition"} | (
            {"Condition": conditions} if conditions else {}
        )

    def _without_action(self, statement: dict[str, Any]) -> dict[str, Any]:
        for key in ("NotAction", "Action"):
            # Of a Deny it is the list of what it leaves alone.
            actions = _listed(statement.get(key, ()))
            if self.what in actions and (key == "NotAction" or statement["Effect"] == "Allow"):
                left = [each for each in actions if each != self.what]
                return {**statement, key: left} if left else {**statement, **REFUSES_NOTHING}
        return statement


NOTHING = Taken("", "")


@lru_cache(maxsize=4096)
def policy(name: str, text: str) -> Policy:
    """A document, compiled once for all walks."""
    return compiled(name, json.loads(text))


class Needed(NamedTuple):
    """A thing that a command could not do without, with the numbers of the commands that made it and needed it."""

    thing: str
    made: int
    needed: int


class Member(NamedTuple):
    """An account by its id, with its name, unit and the path of nodes above it."""

    id: str
    name: str
    unit: str
    path: tuple[str, ...]


def _listed(value: Any) -> list[str]:
    """One text or several."""
    return [value] if isinstance(value, str) else [*value]


class Moment:
    """What exists in AWS: an organisation or none, accounts, policies attached, roles, identity providers."""

    def __init__(self, management: str, region: str) -> None:
        self.management, self.region = management, region
        self.taken, self.lacking, self.quick = NOTHING, "", False
        """What is taken away, a thing that never comes to be, and whether the plugin's calls are left out."""
        self.organization = ""
        self.members: dict[str, Member] = {}
        self.controls: dict[tuple[str, str], list[tuple[str, str]]] = {}
        """Name and text of control policies, by kind and target."""
        self.roles: dict[str, Role] = {}
        self.providers: dict[str, tuple[str, ...]] = {}
        """Audiences by the ARN of an identity provider."""
        self.resources: dict[str, Resource] = {}
        """What accounts have, by its ARN."""
        self.things: dict[str, int] = {}
        """What else there is, in AWS and in the person's folder, with the number of the command that made it."""
        self.number = 0
        """Number of the command that is typed."""
        self.needed: list[Needed] = []
        self.texts: dict[str, str] = {}
        """Documents by name."""
        self.since: dict[str, int] = {}
        """Numbers of the commands with which documents came, by the name of each."""
        self.template = ""
        """The template in the person's folder."""
        self.handed_over = False
        """Whether the management account's roles let in CI, and the first administrator no longer."""
        self.asked: list[tuple[str, str, str]] = []
        self._world: World | None = None

    def again(self, taken: Taken = NOTHING, lacking: str = "", *, quick: bool = False) -> Moment:
        """The same moment, from which another walk goes on; with something taken away from what comes."""
        other = copy.copy(self)
        for name in ("members", "roles", "providers", "resources", "things", "texts", "since"):
            setattr(other, name, {**getattr(self, name)})
        other.controls = {target: [*policies] for target, policies in self.controls.items()}
        other.needed, other.asked, other._world = [], [], None
        other.taken, other.lacking, other.quick = taken, lacking, quick
        return other

    # ---- what comes to be

    def changed(self) -> None:
        """Let the next question see what there is now."""
        self._world = None

    def make(self, *things: str) -> None:
        """Let things be there from now on."""
        for thing in (each for each in things if each != self.lacking):
            self.things.setdefault(thing, self.number)

    def need(self, thing: str, error: str) -> None:
        """Ask for a thing without which AWS, or a program, answers with an error; raises RefusedError if it lacks."""
        if thing not in self.things:
            raise RefusedError(f"{error}: there is no {thing}")
        self.needed.append(Needed(thing, self.things[thing], self.number))

    def has(self, arn: str, account: str, text: str = "", keys: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """Let an account have a resource, with the text of its policy if it has one."""
        self._require_principals(text)
        own = self._policy(f"policy of {arn}", text) if text else None
        self.resources[arn] = Resource(arn, account, own, keys or {})
        self.changed()

    def role(
        self,
        arn: str,
        trust: str = "",
        inline: Mapping[str, str] | None = None,
        managed: tuple[str, ...] = (),
        boundary: str = "",
    ) -> None:
        """Make a role or user, or change it: texts of its trust and policies, and what of AWS's own it has."""
        self._require_principals(trust)
        self.make(f"role {arn}")
        path = arn.split(":", 5)[5]
        texts = {f"{path}, {name}": text for name, text in (inline or {}).items()}
        self.roles[arn] = Role(
            arn,
            (*(self._policy(name, text) for name, text in texts.items()), *(MANAGED[each] for each in managed)),
            self._policy(f"{path}, trust", trust) if trust else None,
            self._policy("policy/mesh/boundary", boundary) if boundary else None,
        )
        self.changed()

    def _require_principals(self, text: str) -> None:
        """Ask for each role that a policy names as its principal: AWS takes no policy that names one that is not."""
        for statement in json.loads(text)["Statement"] if text else ():
            principal = cast("dict[str, Any] | str", statement.get("Principal", "*"))
            for arn in _listed(principal.get("AWS", ())) if not isinstance(principal, str) else ():
                if ":role/" in arn or ":user/" in arn:
                    self.need(f"role {arn}", "MalformedPolicyDocument")

    def _policy(self, name: str, text: str) -> Policy:
        self.texts[name] = text
        self.since.setdefault(name, self.number)
        return policy(name, self.taken.off(name, text))

    # ---- what is asked

    @property
    def world(self) -> World:
        """The world of the evaluator at this moment."""
        if self._world is None:
            accounts = [self._account(member) for member in self.members.values()]
            management = Account(self.management, self.organization or None, ("r",), management=True)
            if not self.organization:
                management = Account(self.management, None)
            resources = self.resources.values()
            known = {management.id, *self.members}
            outside = {arn.split(":")[4] for arn in self.roles} - known
            accounts += [Account(id_, None) for id_ in sorted(outside)]
            organization, roles = self.organization or "o-none", self.roles.values()
            self._world = World(organization, self.region, [management, *accounts], roles, resources)
        return self._world

    def _account(self, member: Member) -> Account:
        def nodes(kind: str) -> tuple[tuple[Policy, ...], ...]:
            return tuple(
                (FULL_ACCESS, *(self._policy(name, text) for name, text in self.controls.get((kind, target), ())))
                for target in ("root", member.unit, member.name)
            )

        service, resource = nodes("SERVICE_CONTROL_POLICY"), nodes("RESOURCE_CONTROL_POLICY")
        return Account(member.id, self.organization, member.path, service_control=service, resource_control=resource)

    def ask(self, who: str, action: str, resource: str = "*", **keys: Any) -> None:
        """Let somebody do something; raises RefusedError where AWS would refuse it, or nobody of that name is there."""
        self.asked.append((who, action, resource))
        if action.startswith("organizations:") and action != "organizations:CreateOrganization":
            self.need("organisation", "AWSOrganizationsNotInUseException")
        if who not in self.roles and who not in self.providers:
            raise RefusedError(f"{action}: there is no {who}")
        if action.startswith("sts:Assume") and resource not in self.roles:
            raise RefusedError(f"{action}: there is no {resource}")
        decision = decide(Request(who, action, resource, keys), self.world)
        if not decision.allowed:
            because = ", ".join(f"{cause.document}/{cause.sid}" for cause in decision.because)
            raise RefusedError(f"{who} may not {action} on {resource}: {decision.layer} ({because})")
        if doubtful := [each for each in decision.assumed if "is not in the plan" in each]:
            raise RefusedError(f"{who} may {action} on {resource} only if {'; '.join(doubtful)}")

    def become(self, who: str, role: str, **context: Any) -> str:
        """Let somebody assume a role; the role."""
        self.ask(who, "sts:AssumeRole", role, **context)
        return role

    def sign_in(self, provider: str, role: str, audience: str, subject: str) -> str:
        """Let CI sign in to a role with a token of a provider; the role."""
        if audience not in self.providers.get(provider, ()):
            raise RefusedError(f"there is no {provider} that takes tokens for {audience}")
        issuer = provider.partition("oidc-provider/")[2]
        keys = {f"{issuer}:aud": audience, f"{issuer}:sub": subject, "sts:RoleSessionName": "ci"}
        self.ask(provider, "sts:AssumeRoleWithWebIdentity", role, **keys)
        return role
