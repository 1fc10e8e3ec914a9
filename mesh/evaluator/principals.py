"""The `Principal` and `NotPrincipal` elements: whom a statement names, and how near to the caller it comes.

Rules: IAM User Guide, "AWS JSON policy elements: Principal" and "AWS JSON policy elements: NotPrincipal". What AWS
would not take is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any, Final, NamedTuple, cast

from mesh.evaluator.errors import UnknownError


class Match(IntEnum):
    """How a statement names a caller; higher is nearer."""

    NO = 0
    ACCOUNT = 1
    """Its account: what the account's own policies allow it, it may."""
    ROLE = 2
    """The role: its boundary and session policy still bind."""
    SELF = 3
    """The session, the user, the service, or everyone: nothing but an explicit deny binds."""


class CallerIdentity(NamedTuple):
    """What a `Principal` element is compared with; None where the caller has none."""

    account: str | None
    role: str | None
    """ARN of the role whose session calls."""
    itself: str | None
    """ARN of the session or user, name of the service, or ARN of the identity provider."""
    bounded: bool = False


Who = Callable[[CallerIdentity], Match]

ACCOUNT: Final = re.compile(r"(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?")
"""An account as a `Principal` element names it."""
_PRINCIPAL: Final = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::\d{12}:[^*?$]+")
_OF_ANOTHER_KIND: Final = re.compile(r"[^*?${}\s]+")
_KINDS: Final = ("AWS", "Service", "Federated")


def _anyone(_: CallerIdentity) -> Match:
    return Match.SELF


def principal(found: Mapping[str, Any], effect: str) -> Who:
    """Whom a statement names; everyone where it has neither element. Raises UnknownError."""
    if "NotPrincipal" in found:
        if "Principal" in found:
            raise UnknownError("a statement has either Principal or NotPrincipal")
        if effect == "Allow":
            raise UnknownError("NotPrincipal with Allow: AWS takes it with Deny only")
        return _all_but(found["NotPrincipal"])
    if "Principal" not in found:  # an identity policy: it belongs to its principal
        return _anyone
    return _one_of(found["Principal"])


def _named(element: Any) -> Iterable[tuple[str, str]]:
    if element == "*":
        return [("AWS", "*")]
    if not isinstance(element, Mapping):
        raise UnknownError(f"Principal is {element!r}; * or a kind and its names are known")
    kinds = cast("Mapping[str, Any]", element)
    found = [(kind, name) for kind, names in kinds.items() for name in _names(names)]
    if not found:
        raise UnknownError("a principal has at least one name")
    for kind, name in found:
        _check(kind, name)
    return found


def _names(value: Any) -> Sequence[str]:
    if isinstance(value, (list, tuple)):
        return [str(each) for each in cast("Sequence[Any]", value)]
    if not isinstance(value, str):
        raise UnknownError(f"{value!r} is no principal: a name or a list of names is taken")
    return [value]


def _check(kind: str, name: str) -> None:
    if kind not in _KINDS:
        raise UnknownError(f"a principal of the kind {kind!r} is not known")
    if kind != "AWS":
        if not _OF_ANOTHER_KIND.fullmatch(name):
            raise UnknownError(f"{name!r} is no {kind} principal: it takes neither wildcards nor policy variables")
    elif name != "*" and not ACCOUNT.fullmatch(name) and not _PRINCIPAL.fullmatch(name):
        raise UnknownError(
            f"{name!r} is no principal: an account, a role, a user or a session, without wildcards and variables"
        )


def _one_of(element: Any) -> Who:
    accounts: set[str] = set()
    selves: set[str] = set()
    for kind, name in _named(element):
        if kind == "AWS" and name == "*":
            return _anyone
        account = ACCOUNT.fullmatch(name) if kind == "AWS" else None
        if account:
            accounts.add(account.group(1))
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
    """Everyone but those named; a caller is spared when its account, its role and its session all are named.

    One with a permissions boundary never is (IAM User Guide, "AWS JSON policy elements: NotPrincipal").
    """
    names = {name for _, name in _named(element)}
    if "*" in names:
        raise UnknownError("NotPrincipal names principals; * is none")
    accounts = {found.group(1) for name in names if (found := ACCOUNT.fullmatch(name))}

    def who(caller: CallerIdentity) -> Match:
        if caller.bounded:
            return Match.SELF
        own = [name for name in (caller.role, caller.itself) if name]
        spared = all(name in names for name in own) and (caller.account is None or caller.account in accounts)
        return Match.NO if spared and (own or caller.account) else Match.SELF

    return who
