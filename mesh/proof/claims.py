"""What an invariant claims of one request, of Lake Formation, or of the documents; each can be checked on its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from mesh.evaluator.decide import Case, Cause, Layer, Request, examine
from mesh.evaluator.errors import UnknownError

if TYPE_CHECKING:
    from mesh.proof.subject import Subject


class Witness(NamedTuple):
    """What goes through though it must not, or does not though it must; in words, and as data."""

    text: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """What must come of a request; what is None or empty is not claimed.

    `denied` are layers that each refuse by themselves, `free` layers that do not; `admitted` whether the resource's own
    policy names the caller, `granted` whether the caller's own policies do, `passed` whether the policy of the endpoint
    that the request comes through lets it.
    """

    who: str
    request: Request
    allowed: bool | None = None
    denied: tuple[Layer, ...] = ()
    free: tuple[Layer, ...] = ()
    admitted: bool | None = None
    granted: bool | None = None
    passed: bool | None = None

    def check(self, subject: Subject) -> Witness | None:
        """None when it holds."""
        try:
            return self._check(subject)
        except UnknownError as error:
            return self._witness(f"cannot be decided: {error}", ())

    def _check(self, subject: Subject) -> Witness | None:
        case = examine(self.request, subject.world)
        for layer in self.denied:
            if not case.denied(layer):
                return self._witness(f"is not refused by {LAYER_NAMES[layer]}{self._instead(case)}", ())
        for layer in self.free:
            refused = case.denied(layer)
            if refused:
                return self._witness(f"is refused by {LAYER_NAMES[layer]}", (_cite(refused),))
        # What a layer denies is refused, whatever the others say.
        if self.allowed is not None and not (self.denied and not self.allowed):
            decision = case.decide()
            if decision.allowed != self.allowed:
                came = "is allowed" if decision.allowed else f"is refused ({decision.layer})"
                return self._witness(came, tuple(_cite(cause) for cause in decision.because))
        if self.admitted is not None and case.admitted != self.admitted:
            return self._witness(f"is {'' if case.admitted else 'not '}admitted by the resource's policy", ())
        if self.granted is not None and case.granted != self.granted:
            return self._witness(f"is {'' if case.granted else 'not '}granted by the caller's own policies", ())
        if self.passed is not None and case.passed != self.passed:
            return self._witness(f"is {'' if case.passed else 'not '}let through by the endpoint's policy", ())
        return None

    def _instead(self, case: Case) -> str:
        decision = case.decide()
        by = "; ".join(_cite(cause) for cause in decision.because)
        if decision.allowed:
            return f" and is allowed, by {by}"
        return f"; what refuses it is {LAYER_NAMES[decision.layer]}{f' ({by})' if by else ''}"

    def _witness(self, came: str, because: tuple[str, ...]) -> Witness:
        request = self.request
        given = f" with {', '.join(f'{k}={v}' for k, v in request.context.items())}" if request.context else ""
        by = f", by {'; '.join(because)}" if because else ""
        return Witness(
            f"{self.who} ({request.principal}): {request.action} on {request.resource}{given} {came}{by}",
            {
                "principal": request.principal,
                "action": request.action,
                "resource": request.resource,
                "context": dict(request.context),
                "came": came,
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
    """Exactly which columns of a table a role may select."""

    who: str
    role: str
    account: str
    database: str
    table: str
    columns: frozenset[str]

    def check(self, subject: Subject) -> Witness | None:
        """None when it holds."""
        lakes, hub = subject.lakes, subject.hub
        found = lakes.readable(self.role, subject.world.account(self.account), hub, self.database, self.table)
        if frozenset(found) == self.columns:
            return None
        more, less = sorted(set(found) - self.columns), sorted(self.columns - set(found))
        reasons = sorted({f"{grant} of {account}" for column in more for account, grant in found[column]})
        said = [f"reads {', '.join(more)} by {'; '.join(reasons)}"] if more else []
        said += [f"does not read {', '.join(less)}"] if less else []
        text = f"{self.who} ({self.role}): in {self.database}.{self.table} it {' and '.join(said)}"
        return Witness(
            text, {"principal": self.role, "table": f"{self.database}.{self.table}", "more": more, "less": less}
        )


@dataclass(frozen=True, slots=True)
class Sees:
    """A role sees a database of the mesh catalog."""

    who: str
    role: str
    account: str
    database: str

    def check(self, subject: Subject) -> Witness | None:
        """None when it holds."""
        account = subject.world.account(self.account)
        if subject.lakes.visible(self.role, account, subject.hub, self.database):
            return None
        text = f"{self.who} ({self.role}) does not see database {self.database}"
        return Witness(text, {"principal": self.role, "database": self.database})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds of the documents or the grants as they stand."""

    text: str
    failure: Callable[[Subject], str | None]
    """What is wrong; None when nothing is."""

    def check(self, subject: Subject) -> Witness | None:
        """None when it holds."""
        wrong = self.failure(subject)
        return Witness(f"{self.text}: {wrong}", {"fact": self.text, "found": wrong}) if wrong else None


AnyClaim = Claim | Columns | Sees | Fact
