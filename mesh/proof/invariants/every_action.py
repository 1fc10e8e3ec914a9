"""Universe of actions (U1): each action of AWS is refused for everybody, or it is listed with what bounds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from mesh import names
from mesh.aws.allowed_actions import (
    POWERS,
    allowed_actions,
    disagreements,
    is_allowed,
    listed_services,
    of_action,
    second_reading,
)
from mesh.aws.universe import Universe, as_read, differences, universe
from mesh.evaluator.conditions import UNSAID_OWNER
from mesh.evaluator.decide import Request
from mesh.iam.scp.allow_lists import ALLOW_LIST, OF_AN_ALLOW_LIST, sid_of
from mesh.proof.bounds import Bounds
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.subject import Actor, Subject

UNIVERSE: Final = "U1"
"""Identifier of this invariant."""

_SAID: Final = {
    "carries out": "carry out",
    "shares": "share",
    "opens": "open",
    "runs code": "run code",
    "changes who reads": "change who reads",
    "reads data": "read data",
    "own account only": "own account only",
    "nothing": "nothing",
}

Asked = Callable[[Subject, str], Mapping[str, AnyClaim] | None]
"""A claim for each action that an invariant refuses, by its identifier; None when there is no such invariant."""


class ActionCount(NamedTuple):
    """Numbers of actions: all of AWS's, those allowed, and of these by what each can do (one may do several things)."""

    every: int
    allowed: int
    by_power: dict[str, int]

    @property
    def text(self) -> str:
        """The numbers in words."""
        powers = ", ".join(f"{number} {_SAID[power]}" for power, number in self.by_power.items())
        refused = self.every - self.allowed
        return f"of {self.every:,} actions of AWS: {refused:,} refused, {self.allowed:,} classified: {powers}"

    def as_json(self) -> dict[str, Any]:
        """The numbers as `mesh prove --json` prints them."""
        refused = self.every - self.allowed
        return {"all": self.every, "refused": refused, "classified": self.allowed, "by": self.by_power}


def count() -> ActionCount:
    """The numbers of the installed reference and the files."""
    allowed = [action for _, action in allowed_actions()]
    by_power = {power: sum(power in action.can for action in allowed) for power in POWERS}
    return ActionCount(universe().size, len(allowed), by_power)


def every_action(subject: Subject, asked: Asked) -> Iterator[AnyClaim]:
    """Claims of U1: on every refused action by everybody, one of each service not listed, and on every bound."""
    yield Fact("the files of actions have every action of AWS's reference", _differs)
    yield Fact("two readers say the same of every allowed action", _read_twice)
    yield Fact("no name but those of the files is let through, whatever AWS calls an action", other_names)
    callers = tuple(everybody(subject))
    for action in refused_actions(universe()):
        sid = sid_of(action.partition(":")[0])
        for caller in callers:
            yield Claim(caller.who, Request(caller.name, action, "*"), allowed=False, denied=("scp",), by=sid)
    for name, _ in allowed_actions():
        # Whose the resource is matters to no allow list, and of some actions no page says whether AWS tells it.
        listed = Request(callers[0].name, name, "*")
        yield Claim(callers[0].who, listed, spared_by=OF_AN_ALLOW_LIST, lacks=(UNSAID_OWNER,))
    yield from _bounds(subject, asked)


def _differs(_: Subject) -> str | None:
    found = tuple(differences(universe(), as_read(), listed_services()))
    return "; ".join(found[:5]) + (f"; and {len(found) - 5} more" if len(found) > 5 else "") if found else None


def _read_twice(_: Subject) -> str | None:
    first = {name: action.can for name, action in allowed_actions()}
    found = [f"{name}: {what}" for name, what in disagreements(first, second_reading())]
    return f"{'; '.join(found[:5])}: see mesh/aws/second_reading" if found else None


def other_names(subject: Subject) -> str | None:
    """A name that the allow lists of a unit let through though no file allows it; or that they refuse though one does.

    Every text is one of the names that stand without a wildcard, or goes on after the longest of the prefixes that
    stand before one: so these names, and one longer text for each prefix, decide for all texts.
    """
    allowed = {name.lower() for name, _ in allowed_actions()}
    for account_id, _, where in subject.accounts_asked:
        nodes = subject.world.account(account_id).service_control
        lists = [policy for node in nodes for policy in node if policy.name.startswith(ALLOW_LIST)]
        patterns = {p.lower() for policy in lists for p in _not_actions(policy.document)}
        strange = [p for p in patterns if "*" in p[:-1] or "?" in p]
        if strange or not lists:
            return f"in {where}: {', '.join(strange) or 'no allow list'}"
        exact = {pattern for pattern in patterns if not pattern.endswith("*")}
        longer = {f"{pattern.rstrip('*')}{end}" for pattern in patterns for end in ("zz0zz", "*zz0")} | {"zz0:zz0"}
        through = {text for text in exact | longer if not any(policy.denies(text) for policy in lists)}
        if through != allowed:
            return f"in {where}: {', '.join(sorted(through ^ allowed)[:5])}"
    return None


def _not_actions(document: Mapping[str, Any]) -> Iterator[str]:
    for statement in document["Statement"]:
        named: str | list[str] = statement["NotAction"]
        yield from [named] if isinstance(named, str) else named


def refused_actions(found: Universe, *, of_each: int | None = 1) -> Iterator[str]:
    """Every action of listed services that is not allowed, and `of_each` of the others'; None stands for all."""
    services = listed_services()
    for prefix, known in found.names.items():
        service = services.get(prefix)
        if service:
            yield from (f"{prefix}:{name}" for name in sorted(known - service.allowed.keys()))
        else:
            yield from (f"{prefix}:{name}" for name in sorted(known)[:of_each])


def everybody(subject: Subject) -> Iterator[Actor]:
    """Callers who are refused what is not listed: of a domain each kind, and whoever administers another account."""
    for domain in subject.domains[:1]:
        account_id = domain.access.account_id
        yield subject.other(account_id, "domains", f"domain {domain.name}")
        deployment = names.deploy_role(account_id)
        yield Actor(f"the deployment of domain {domain.name}", deployment, "domains", account_id, "deploy")
        yield from subject.some_jobs_of(domain)
    yield from (caller for caller in subject.of_governance if caller.kind in ("deploy", "other", "break-glass"))
    for partner in subject.partners[:1]:
        yield subject.other(partner.access.account_id, "partners", f"partner {partner.name}")


# ---- bounds

OF_PREVIEWS: Final = "M10"
"""The invariant that asks what previews are refused: it bounds nobody else."""


def _bounds(subject: Subject, asked: Asked) -> Iterator[AnyClaim]:
    """Claims of all bounds; one that bounds several actions comes once."""
    bounds = Bounds(subject)
    known: dict[int, AnyClaim] = {}
    for name, action in allowed_actions():
        if action.bound and not set(action.bound) - {OF_PREVIEWS}:
            yield _wrong(name, f"{OF_PREVIEWS} bounds previews alone, and what keeps everybody else out is not said")
        for bound in action.bound:
            for claim in of_bound(subject, asked, bounds, name, bound):
                if id(claim) not in known:
                    known[id(claim)] = claim
                    yield claim


def of_bound(subject: Subject, asked: Asked, bounds: Bounds, name: str, bound: str) -> Iterator[AnyClaim]:
    """The claims that a bound of an action comes to; one that fails, where it bounds nothing.

    None of them is true whatever the documents say: each is a request that something refuses.
    """
    if ":" in bound:
        yield from _through(subject, asked, bounds, name, bound)
    elif _is_invariant(bound):
        yield _of_invariant(subject, asked, name, bound)
    else:
        yield _of_statement(bounds, name, bound)


def _is_invariant(bound: str) -> bool:
    return bound[:1] in "IMU" and bound[1:].isdecimal()


def _through(subject: Subject, asked: Asked, bounds: Bounds, name: str, other: str) -> Iterator[AnyClaim]:
    """Claims where an action does harm by means of another alone: those of the other's bounds.

    What runs with a role needs the right to pass it (IAM User Guide, "Grant a user permissions to pass a role to an AWS
    service"); what starts a trigger starts what somebody made.
    """
    prefix, _, plain = other.partition(":")
    if plain not in universe().names.get(prefix, ()):
        yield _wrong(name, f"{other} is no action that AWS has")
    elif not is_allowed(other):
        for caller in everybody(subject):
            yield Claim(caller.who, Request(caller.name, other, "*"), allowed=False, denied=("scp",))
    else:
        own = tuple(bound for bound in of_action(other).bound if ":" not in bound)
        if not own:
            yield _wrong(name, f"{other} has no bound of its own")
        for bound in own:
            yield from of_bound(subject, asked, bounds, other, bound)


def _of_invariant(subject: Subject, asked: Asked, name: str, bound: str) -> AnyClaim:
    claims = asked(subject, bound)
    if claims is None:
        return _wrong(name, f"there is no invariant {bound}")
    return claims.get(name.lower()) or _wrong(name, f"{bound} does not refuse it to anybody")


def _of_statement(bounds: Bounds, name: str, bound: str) -> AnyClaim:
    found = bounds.refused(name, bound)
    if isinstance(found, str):
        return _wrong(f"{name} ({', '.join(of_action(name).can)})", found)
    who, request = found
    return Claim(who, request, by=bound)


def _wrong(name: str, what: str) -> Fact:
    prefix = name.partition(":")[0]
    return Fact(f"the bound of {name}", lambda _: f"{what}: see mesh/aws/actions/{prefix}.yaml")
