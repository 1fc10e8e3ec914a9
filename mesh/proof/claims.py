"""Claims of an invariant: on one request, on Lake Formation, or on the documents; each can be checked on its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from mesh.evaluator.decide import UNSETTLED, Case, Cause, Layer, Request, examine
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.world import World

if TYPE_CHECKING:
    from mesh.proof.subject import Subject


class Witness(NamedTuple):
    """A counterexample to a claim, as a request that is allowed though it must not be; in words, and as data."""

    text: str
    data: dict[str, Any]


class Claim(NamedTuple):
    """A request and its expected decision, by layer; a field that is None or empty claims nothing.

    `denied` are layers that each refuse by themselves, `free` layers that do not. `admitted` says whether the policy
    of the resource allows the caller, `granted` whether the caller's own policies do, `passed` whether the policy of
    the endpoint that the request comes through does, `bounded` whether the caller's boundary lets it through. `by` is
    the Sid of a statement that refuses the request, be there others or not; `spared_by` is how those begin that do not.
    `lacks` are keys, in lower case, that AWS may not send with it. `carries` is the ARN of a role of the plan whose
    boundary the caller carries: a role that nobody has made yet, or that a team makes.
    """

    who: str
    request: Request
    allowed: bool | None = None
    denied: tuple[Layer, ...] = ()
    free: tuple[Layer, ...] = ()
    admitted: bool | None = None
    granted: bool | None = None
    passed: bool | None = None
    bounded: bool | None = None
    by: str | None = None
    lacks: tuple[str, ...] = ()
    spared_by: str | None = None
    carries: str | None = None

    @property
    def refuses(self) -> bool:
        """Whether something has to stand in the request's way; a claim that it comes through bounds nothing."""
        said = (self.allowed, self.admitted, self.granted, self.passed)
        return bool(self.denied or self.by) or False in said

    def check(self, subject: Subject) -> Witness | None:
        """A witness against the claim; None when it holds."""
        try:
            return self.check_case(self.case(subject.world))
        except UnknownError as error:
            return self.undecided(error)

    def undecided(self, error: UnknownError) -> Witness:
        """The witness against a claim that cannot be decided."""
        return self._witness(f"cannot be decided: {error}", ())

    def case(self, world: World) -> Case:
        """The request with everything that decides it, without the keys that it lacks. Raises UnknownError."""
        case = examine(self.request, world)
        if self.carries:
            caller = case.principal.caller._replace(bounded=True)
            bound = case.principal._replace(caller=caller, boundary=world.roles[self.carries].boundary)
            case = case._replace(principal=bound)
        if not self.lacks:
            return case
        return case._replace(keys={key: value for key, value in case.keys.items() if key not in self.lacks})

    def check_case(self, case: Case) -> Witness | None:
        """A witness against the claim on its case; None when it holds. Raises UnknownError."""
        return self._check_layers(case) or self._check_decision(case) or self._check_allows(case)

    def _check_layers(self, case: Case) -> Witness | None:
        for layer in self.denied:
            if not case.denied(layer):
                return self._witness(f"is not refused by {LAYER_NAMES[layer]}{self._decided_by(case)}", ())
        for layer in self.free:
            refused = case.denied(layer)
            if refused:
                return self._witness(f"is refused by {LAYER_NAMES[layer]}", (_cite(refused),))
        if self.by and all(cause.sid != self.by for cause in case.denials()):
            return self._witness(f"is not refused by {self.by}{self._decided_by(case)}", ())
        if self.spared_by:
            refusal = next((cause for cause in case.denials() if cause.sid.startswith(self.spared_by)), None)
            if refusal:
                return self._witness("is refused", (_cite(refusal),))
        return None

    def _check_decision(self, case: Case) -> Witness | None:
        # A layer that denies refuses the request, whatever the others say, if AWS asks the layers at all.
        if self.allowed is None or (self.denied and not self.allowed and case.settled == UNSETTLED):
            return None
        decision = case.decide()
        if decision.allowed == self.allowed:
            return None
        lacks = "" if decision.because else ": no statement there allows it"
        outcome = "is allowed" if decision.allowed else f"is refused ({decision.layer}){lacks}"
        return self._witness(outcome, tuple(_cite(cause) for cause in decision.because))

    def _check_allows(self, case: Case) -> Witness | None:
        if self.admitted is not None and case.admitted != self.admitted:
            return self._witness(f"is {'' if case.admitted else 'not '}admitted by the resource's policy", ())
        if self.granted is not None and case.granted != self.granted:
            return self._witness(f"is {'' if case.granted else 'not '}granted by the caller's own policies", ())
        if self.passed is not None and case.passed != self.passed:
            return self._witness(f"is {'' if case.passed else 'not '}let through by the endpoint's policy", ())
        if self.bounded is not None and case.bounded != self.bounded:
            return self._witness(f"is {'' if case.bounded else 'not '}let through by the caller's boundary", ())
        return None

    def _decided_by(self, case: Case) -> str:
        """The end of a sentence about a request that one layer does not refuse: what becomes of it instead."""
        decision = case.decide()
        by = "; ".join(_cite(cause) for cause in decision.because)
        if decision.allowed:
            return f" and is allowed, by {by}"
        return f"; what refuses it is {LAYER_NAMES[decision.layer]}{f' ({by})' if by else ''}"

    def _witness(self, outcome: str, because: tuple[str, ...]) -> Witness:
        request = self.request
        keys = f" with {', '.join(f'{k}={v}' for k, v in request.context.items())}" if request.context else ""
        by = f", by {'; '.join(because)}" if because else ""
        return Witness(
            f"{self.who} ({request.principal}): {request.action} on {request.resource}{keys} {outcome}{by}",
            {
                "principal": request.principal,
                "action": request.action,
                "resource": request.resource,
                "context": dict(request.context),
                "came": outcome,
                "because": list(because),
            },
        )


def _cite(cause: Cause) -> str:
    return f"{cause.sid} in {cause.document}"


LAYER_NAMES: dict[Layer, str] = {
    "scp": "a service control policy",
    "rcp": "a resource control policy",
    "resource": "the resource's policy",
    "identity": "the caller's own policy",
    "boundary": "the permissions boundary",
    "session": "the session policy",
    "endpoint": "the endpoint's policy",
    "lake-formation": "Lake Formation",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """A role and exactly the columns of a table that it may select."""

    who: str
    role: str
    account: str
    database: str
    table: str
    columns: frozenset[str]

    def check(self, subject: Subject) -> Witness | None:
        """A witness against the claim; None when it holds."""
        lakes, hub = subject.lakes, subject.hub
        readable = lakes.readable(self.role, subject.world.account(self.account), hub, self.database, self.table)
        if frozenset(readable) == self.columns:
            return None
        extra, missing = sorted(set(readable) - self.columns), sorted(self.columns - set(readable))
        reasons = sorted({f"{grant} of {account}" for column in extra for account, grant in readable[column]})
        differences = [f"reads {', '.join(extra)} by {'; '.join(reasons)}"] if extra else []
        differences += [f"does not read {', '.join(missing)}"] if missing else []
        table = f"{self.database}.{self.table}"
        text = f"{self.who} ({self.role}): in {table} it {' and '.join(differences)}"
        return Witness(text, {"principal": self.role, "table": table, "more": extra, "less": missing})


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """A role, and whether it would read what nobody labelled: a new column of a table, and a new table (None)."""

    who: str
    role: str
    account: str
    database: str
    table: str | None
    may: bool

    def check(self, subject: Subject) -> Witness | None:
        """A witness against the claim; None when it holds."""
        account = subject.world.account(self.account)
        reasons = subject.lakes.unlabelled(self.role, account, subject.hub, self.database, self.table)
        if bool(reasons) == self.may:
            return None
        what = f"a column of {self.database}.{self.table}" if self.table else f"a table of {self.database}"
        how = f"reads it by {'; '.join(f'{grant} of {account}' for account, grant in reasons)}"
        text = f"{self.who} ({self.role}): {what} that nobody labelled: it {how if reasons else 'does not read it'}"
        return Witness(text, {"principal": self.role, "database": self.database, "table": self.table or ""})


@dataclass(frozen=True, slots=True)
class Sees:
    """A role that sees a database of the mesh catalog."""

    who: str
    role: str
    account: str
    database: str

    def check(self, subject: Subject) -> Witness | None:
        """A witness against the claim; None when it holds."""
        account = subject.world.account(self.account)
        if subject.lakes.visible(self.role, account, subject.hub, self.database):
            return None
        text = f"{self.who} ({self.role}) does not see database {self.database}"
        return Witness(text, {"principal": self.role, "database": self.database})


@dataclass(frozen=True, slots=True)
class Fact:
    """A property of the documents or the grants as they stand; `actions` are those that it is about."""

    text: str
    failure: Callable[[Subject], str | None]
    """The violation in words; None when there is none."""
    actions: tuple[str, ...] = ()

    def check(self, subject: Subject) -> Witness | None:
        """A witness against the claim; None when it holds."""
        wrong = self.failure(subject)
        return Witness(f"{self.text}: {wrong}", {"fact": self.text, "found": wrong}) if wrong else None


AnyClaim = Claim | Columns | Unlabelled | Sees | Fact


def refused_by(claim: AnyClaim) -> tuple[str, ...]:
    """The actions (lower case) that a claim says are refused somebody, or are without effect."""
    if isinstance(claim, Claim):
        return (claim.request.action.lower(),) if claim.refuses else ()
    if isinstance(claim, Columns):
        # No other column is read: not by the credentials that Lake Formation gives out either.
        return ("lakeformation:getdataaccess",)
    return tuple(action.lower() for action in claim.actions) if isinstance(claim, Fact) else ()
