"""The `Principal` and `NotPrincipal` elements, compiled: whether a statement names a caller, and how nearly.

Rules: IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements: NotPrincipal". An element
that AWS would not take is refused: its JSON by `grammar`, its names here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any, Final, NamedTuple, cast

from mesh.evaluator.errors import DoubtError, MalformedError, UnknownError


class Match(IntEnum):
    """The match of a statement with a caller; higher is nearer."""

    NO = 0
    ACCOUNT = 1
    """The caller's account: the account's own policies have to allow, too."""
    ROLE = 2
    """The caller's role: its boundary and session policy still bind."""
    SELF = 3
    """The session, the user, the service, or everyone: nothing but an explicit deny binds."""


class CallerIdentity(NamedTuple):
    """A caller as a `Principal` element sees it; None where the caller has none."""

    account: str | None
    role: str | None
    """ARN of the role whose session calls."""
    itself: str | None
    """ARN of the session or user, name of the service, or ARN of the identity provider."""
    bounded: bool = False


Who = Callable[[CallerIdentity], Match]

ACCOUNT: Final = re.compile(r"(?P<arn>arn:aws[a-z-]*:iam::)?(?P<id>[0-9]{12})(?(arn):root)")
"""An account as a `Principal` element names it: its id, or the ARN of its root."""
_NAME: Final = r"[^*?$/:{}\s]+"
_PRINCIPAL: Final = re.compile(
    rf"arn:aws[a-z-]*:(?:iam::[0-9]{{12}}:(?:role|user)/(?:{_NAME}/)*{_NAME}"
    rf"|sts::[0-9]{{12}}:(?:assumed-role/{_NAME}/{_NAME}|federated-user/{_NAME}))"
)
"""A role, a user, a session: a group is none, nor is anything else of IAM."""
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_SERVICE: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.amazonaws\.com(?:\.cn)?")
"""A service, and the same in a region: `<service>.amazonaws.com`, `<service>.<region>.amazonaws.com`."""
_OF_ANOTHER_KIND: Final = re.compile(r"[^*?${}\s]+")
_KINDS: Final = ("AWS", "Service", "Federated")


def anyone(_: CallerIdentity) -> Match:
    """The test that every caller passes, as of a statement without a `Principal`."""
    return Match.SELF


def principal(statement: Mapping[str, Any]) -> Who:
    """The callers that a statement names; all, where it has neither element. Raises UnknownError."""
    if "NotPrincipal" in statement:
        return _all_but(statement["NotPrincipal"])
    if "Principal" not in statement:
        # Only an identity policy has neither: it belongs to its principal.
        return anyone
    return _one_of(statement["Principal"])


def _named(element: Any) -> Iterable[tuple[str, str]]:
    if element == "*":
        return [("AWS", "*")]
    kinds = cast("Mapping[str, Any]", element)
    principals = [(kind, name) for kind, names in kinds.items() for name in _names(names)]
    for kind, name in principals:
        _check(kind, name)
    return principals


def _names(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _check(kind: str, name: str) -> None:
    if kind not in _KINDS and kind != "CanonicalUser":
        raise MalformedError(f"there is no principal of the kind {kind!r}")
    if kind not in _KINDS:
        raise UnknownError(f"a principal of the kind {kind!r} is not known")
    if kind != "AWS":
        if not _OF_ANOTHER_KIND.fullmatch(name):
            raise MalformedError(f"{name!r} is no {kind} principal: it takes neither wildcards nor policy variables")
        if kind == "Service" and not _SERVICE.fullmatch(name):
            raise MalformedError(f"{name!r} is no service: its name ends with .amazonaws.com")
    elif name != "*" and not ACCOUNT.fullmatch(name) and not _PRINCIPAL.fullmatch(name):
        raise MalformedError(
            f"{name!r} is no principal: an account, a role, a user or a session, without wildcards and variables"
        )


def _one_of(element: Any) -> Who:
    accounts: set[str] = set()
    selves: set[str] = set()
    for kind, name in _named(element):
        if kind == "AWS" and name == "*":
            return anyone
        account = ACCOUNT.fullmatch(name) if kind == "AWS" else None
        if account:
            accounts.add(account["id"])
        else:
            selves.add(name)

    def who(caller: CallerIdentity) -> Match:
        if caller.itself in selves:
            return Match.SELF
        if caller.role in selves:
            return Match.ROLE
        return Match.ACCOUNT if caller.account in accounts else Match.NO

    return who


def _all_but(element: Any) -> Who:
    """All callers but those named; a caller is excepted when its account, its role and its session all are named."""
    names = {name for _, name in _named(element)}
    if "*" in names:
        raise UnknownError("NotPrincipal names principals; * is none")
    accounts = {match["id"] for name in names if (match := ACCOUNT.fullmatch(name))}

    def who(caller: CallerIdentity) -> Match:
        # A caller with a permissions boundary is never excepted (IAM User Guide, "AWS JSON policy elements:
        # NotPrincipal").
        if caller.bounded:
            return Match.SELF
        arns = [arn for arn in (caller.role, caller.itself) if arn]
        named = [arn in names for arn in arns]
        account = caller.account is None or caller.account in accounts
        if all(named) and account and (arns or caller.account):
            return Match.NO
        # Not all of account, role and session are named: "the policy might deny access to the entire account", and "AWS
        # might validate the account first, then the role" (same page).
        if any(named):
            raise DoubtError(
                "NotPrincipal names the caller and not all that it is part of: AWS says it might be denied"
            )
        return Match.SELF

    return who
