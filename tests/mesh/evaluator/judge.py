"""The judge: how a case is written, the cast that plays in it, and how it is put to the evaluator.

A case is one decision of AWS with the rule and the page of its documentation. What it expects comes from there, never
from the evaluator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from mesh.evaluator import (
    FULL_ACCESS,
    Account,
    Decision,
    Endpoint,
    Policy,
    Request,
    Resource,
    Role,
    UnknownError,
    World,
    compiled,
    decide,
)

ORGANIZATION = "o-mesh123456"
HOME, OTHER, PARTNER, FOREIGN, LONER, MANAGEMENT = (str(digit) * 12 for digit in (1, 2, 3, 6, 5, 9))
# account → organisation, path
TREE: dict[str, tuple[str | None, tuple[str, ...]]] = {
    HOME: (ORGANIZATION, ("r-ab12", "ou-ab12-domains1")),
    OTHER: (ORGANIZATION, ("r-ab12", "ou-ab12-domains1")),
    PARTNER: (ORGANIZATION, ("r-ab12", "ou-ab12-partners")),
    MANAGEMENT: (ORGANIZATION, ("r-ab12",)),
    FOREIGN: ("o-foreign1234", ("r-fo12",)),
    LONER: (None, ()),
}

READER = f"arn:aws:iam::{HOME}:role/Reader"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/Reader/alice"
USER = f"arn:aws:iam::{HOME}:user/Bob"
GUEST = f"arn:aws:iam::{OTHER}:role/Guest"
GUEST_SESSION = f"arn:aws:sts::{OTHER}:assumed-role/Guest/carol"
BUCKET = "arn:aws:s3:::sales"
OBJECT = "arn:aws:s3:::sales/2026/orders.csv"
DOOR = "vpce-door"
"""The endpoint of a case that has a policy for one; a request comes through it when its context says so."""

Statement = dict[str, object]
Document = Mapping[str, object]
Statements = tuple[Statement, ...] | Document
Values = str | bool | int | Sequence[str]


@dataclass(frozen=True)
class Page:
    """A page of the AWS documentation."""

    title: str
    url: str


@dataclass(frozen=True)
class Expect:
    """The verdict: allowed (True), denied (False) or refused (None), the layer that settled it and the Sid named.

    `or_refused`: AWS decides this; an evaluator may say that it does not know, but not decide otherwise.
    """

    allowed: bool | None
    layer: str | None = None
    sid: str | None = None
    or_refused: bool = False


REFUSED = Expect(None)


def allowed(by: str | None = None, sid: str | None = None) -> Expect:
    """Allowed; `by`: "identity" or "resource" where only one of them carries it."""
    return Expect(True, by, sid)


def denied(at: str, sid: str | None = None) -> Expect:
    """Denied: explicitly, with the Sid of the Deny, or for want of an Allow."""
    return Expect(False, at, sid)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One decision. A layer left out has no policy; the nodes of the organisation always have full access attached."""

    name: str
    expect: Expect
    rule: str
    page: Page
    by: str = READER
    action: str = "s3:GetObject"
    on: str = OBJECT
    context: Mapping[str, Values] = field(default_factory=dict)
    owner: str = HOME
    identity: Statements | None = None
    boundary: Statements | None = None
    session: Statements | None = None
    policy: Statements | None = None
    trust: Statements | None = None
    scp: Statements | None = None
    rcp: Statements | None = None
    endpoint: Statements | None = None
    levels: Mapping[str, tuple[Statements, ...]] | None = None
    rcp_levels: Mapping[str, tuple[Statements, ...]] | None = None
    scp_at: str | None = None
    rcp_at: str | None = None
    role: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    service_linked: bool = False
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def substance(self) -> str:
        """Everything that the evaluator gets to see, to find two cases that are one."""
        prose = {"name", "rule", "page", "expect"}
        return repr([(each.name, getattr(self, each.name)) for each in fields(self) if each.name not in prose])

    def documents(self) -> list[tuple[str, Document]]:
        """(layer, document) of every policy in the case."""
        single = {
            "identity": self.identity,
            "boundary": self.boundary,
            "session": self.session,
            "resource": self.policy if self.policy is not None else self.trust,
            "scp": self.scp,
            "rcp": self.rcp,
            "endpoint": self.endpoint,
        }
        found = [(layer, document(written)) for layer, written in single.items() if written is not None]
        for layer, levels in (("scp", self.levels), ("rcp", self.rcp_levels)):
            found += [(layer, document(each)) for level in (levels or {}).values() for each in level]
        return found


def statement(effect: str, action: object, **elements: Any) -> Statement:
    """A statement in the order in which AWS prints them; elements that are None are left out."""
    made = {"Sid": elements.pop("Sid", None), "Effect": effect, **elements, "Action": action}
    return {name: value for name, value in made.items() if value is not None}


def allow(
    action: object = "*",
    on: object = "*",
    *,
    when: object = None,
    to: object = None,
    sid: str | None = None,
    **more: Any,
) -> Statement:
    """An Allow: `to` is the Principal, `on` the Resource (None: none), `when` the Condition; others by their name."""
    return statement("Allow", action, Sid=sid, Principal=to, Resource=on, Condition=when, **more)


def deny(
    action: object = "*",
    on: object = "*",
    *,
    when: object = None,
    to: object = None,
    sid: str | None = "Stop",
    **more: Any,
) -> Statement:
    """A Deny, in the same form."""
    return statement("Deny", action, Sid=sid, Principal=to, Resource=on, Condition=when, **more)


def document(written: Statements) -> Document:
    """A policy document: as it was written, or around the statements."""
    return written if isinstance(written, Mapping) else {"Version": "2012-10-17", "Statement": list(written)}


def or_refused(expect: Expect) -> Expect:
    """The same verdict, or a refusal: AWS decides this, and an evaluator that does not know it says so."""
    return replace(expect, or_refused=True)


EVERYTHING: tuple[Statement, ...] = (allow(),)
FULL: tuple[Statements, ...] = (EVERYTHING,)


def _policy(name: str, written: Statements | None) -> Policy | None:
    return None if written is None else compiled(name, document(written))


def _attachment(name: str, written: Statements) -> Policy:
    return FULL_ACCESS if written is EVERYTHING else compiled(name, document(written))


def _account_of(arn: str) -> str | None:
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 and parts[4] else None


def _role_of(principal: str) -> str | None:
    if ":assumed-role/" in principal:
        return f"arn:aws:iam::{_account_of(principal)}:role/{principal.split('/')[1]}"
    return principal if ":role/" in principal or ":user/" in principal else None


def carrier(arn: str) -> str:
    """The ARN that carries the policy: the bucket of an object, the catalog of a table, otherwise the thing itself."""
    if arn.startswith("arn:aws:s3:::"):
        return arn.split("/")[0]
    if arn.startswith("arn:aws:glue:"):
        return ":".join([*arn.split(":")[:5], "catalog"])
    return arn


def _attached(
    name: str, simple: Statements | None, levels: Mapping[str, tuple[Statements, ...]] | None, depth: int
) -> tuple[tuple[Policy, ...], ...]:
    """The policies of each node, root to account: full access everywhere, `simple` at the root; or as `levels` says."""
    if levels is not None:
        return tuple(tuple(_attachment(name, each) for each in level) for level in levels.values())
    own = _policy(name, simple)
    return ((FULL_ACCESS,) if own is None else (FULL_ACCESS, own), *(((FULL_ACCESS,),) * (depth - 1)))


def world_of(case: Case) -> World:
    """The case's world: the whole cast of accounts, the caller, and what it asks for."""
    role = case.role or _role_of(case.by)
    owner = _account_of(case.on) or case.owner
    scp_at, rcp_at = case.scp_at or _account_of(case.by) or HOME, case.rcp_at or owner
    accounts = []
    for number, (organization, path) in TREE.items():
        depth = len(path) + 1
        kept = organization is not None
        at_scp, at_rcp = number == scp_at, number == rcp_at
        accounts.append(
            Account(
                id=number,
                organization=organization,
                path=path,
                management=number == MANAGEMENT,
                service_control=_attached("scp", case.scp if at_scp else None, case.levels if at_scp else None, depth)
                if kept
                else (),
                resource_control=_attached(
                    "rcp", case.rcp if at_rcp else None, case.rcp_levels if at_rcp else None, depth
                )
                if kept
                else (),
            )
        )
    roles = []
    if role is not None:
        identity = _policy("identity", case.identity)
        roles.append(
            Role(
                arn=role,
                identity=() if identity is None else (identity,),
                trust=_policy("resource", case.trust) if role == case.on else None,
                boundary=_policy("boundary", case.boundary),
                session=_policy("session", case.session),
                tags=case.tags,
                service_linked=case.service_linked,
            )
        )
    resources = []
    if case.trust is not None:
        if role != case.on:
            roles.append(Role(arn=case.on, trust=_policy("resource", case.trust)))
    else:
        resources.append(
            Resource(arn=carrier(case.on), account=owner, policy=_policy("resource", case.policy), keys=case.keys)
        )
    door = _policy("endpoint", case.endpoint)
    return World(
        organization=ORGANIZATION,
        region="eu-west-1",
        accounts=accounts,
        roles=roles,
        resources=resources,
        endpoints=() if door is None else (Endpoint(DOOR, HOME, door),),
    )


def request_of(case: Case) -> Request:
    """The case's question."""
    return Request(principal=case.by, action=case.action, resource=case.on, context=case.context)


def decision_of(case: Case) -> Decision | UnknownError:
    """The evaluator's answer, or its refusal."""
    try:
        return decide(request_of(case), world_of(case))
    except UnknownError as error:
        return error


@dataclass(frozen=True)
class Row:
    """One cell of an operator's truth table: `matches`, whether the condition holds when the request gives `given`."""

    operator: str
    wanted: object
    given: Values | None
    matches: bool
    when: str
    rule: str


def truth_table(
    rows: Sequence[Row],
    *,
    key: str,
    page: Page,
    deny_in: str,
    action: str = "s3:GetObject",
    on: str = OBJECT,
    by: str = READER,
) -> tuple[Case, ...]:
    """Two decisions a row: an Allow with the condition; a plain Allow beside a Deny with it, in layer `deny_in`."""
    cases: list[Case] = []
    for row in rows:
        applies = "applies" if row.matches else "does not apply"
        condition = {row.operator: {key: row.wanted}}
        asked: dict[str, Any] = {
            "rule": row.rule,
            "page": page,
            "action": action,
            "on": on,
            "by": by,
            "context": {} if row.given is None else {key: row.given},
        }
        cases.append(
            Case(
                name=f"an Allow with {row.operator} {applies} when {row.when}",
                expect=allowed("identity") if row.matches else denied("identity"),
                identity=(allow(action, when=condition),),
                **asked,
            )
        )
        stop = (deny(action, when=condition, to="*" if deny_in in {"resource", "rcp"} else None, on=_deny_on(deny_in)),)
        layers: dict[str, Any] = {
            "identity": (allow(action), *(stop if deny_in == "identity" else ())),
            "policy": stop if deny_in == "resource" else None,
            "scp": stop if deny_in == "scp" else None,
            "rcp": stop if deny_in == "rcp" else None,
            "boundary": (allow(), *stop) if deny_in == "boundary" else None,
            "session": (allow(), *stop) if deny_in == "session" else None,
        }
        cases.append(
            Case(
                name=f"a Deny with {row.operator} in the {deny_in} policy {applies} when {row.when}",
                expect=denied(deny_in, "Stop") if row.matches else allowed("identity"),
                **layers,
                **asked,
            )
        )
    return tuple(cases)


def _deny_on(layer: str) -> object:
    return [BUCKET, f"{BUCKET}/*"] if layer == "resource" else "*"
