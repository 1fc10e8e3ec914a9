"""Policy documents compiled for deciding: which statements name an action, and what else each of them asks.

Grammar: IAM User Guide, "Grammar of the IAM JSON policy language". What is not in it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, Final, NamedTuple, cast

from mesh.access import conditions
from mesh.access.conditions import Holds, Keys
from mesh.access.errors import UnknownError
from mesh.access.patterns import Test, always, any_of, like, resource_like


class Match(IntEnum):
    """How a statement names a caller; higher is nearer."""

    NO = 0
    ACCOUNT = 1
    """Its account: what the account's own policies allow it, it may."""
    ROLE = 2
    """The role: its boundary and session policy still bind."""
    SELF = 3
    """The session, the user, the service, or everyone: nothing but an explicit deny binds."""


class Caller(NamedTuple):
    """What a `Principal` element is compared with; None where the caller has none."""

    account: str | None
    role: str | None
    """ARN of the role whose session calls."""
    itself: str | None
    """ARN of the session or user, name of the service, or ARN of the identity provider."""
    bounded: bool = False


Who = Callable[[Caller], Match]


class Statement(NamedTuple):
    """One statement; `applies` leaves the caller to `who`."""

    sid: str
    number: int
    who: Who
    what: Callable[[str, Keys], bool]
    when: tuple[Holds, ...]

    def applies(self, resource: str, keys: Keys) -> bool:
        """Whether the statement's resources and conditions take the request."""
        if not self.what(resource, keys):
            return False
        return all(holds(keys) for holds in self.when)


class _Compiled(NamedTuple):
    deny: bool
    actions: Test
    statement: Statement


class Policy:
    """A named policy document, compiled when it is first asked.

    `document` gives the JSON; it is called once at most, and not at all for a policy that no request touches.
    """

    __slots__ = ("_allows", "_denies", "_document", "_statements", "name")

    def __init__(self, name: str, document: Callable[[], Mapping[str, Any]]) -> None:
        self.name = name
        self._document = document
        self._statements: tuple[_Compiled, ...] | None = None
        self._denies: dict[str, tuple[Statement, ...]] = {}
        self._allows: dict[str, tuple[Statement, ...]] = {}

    def denies(self, action: str) -> tuple[Statement, ...]:
        """The Deny statements that name an action (lower case)."""
        found = self._denies.get(action)
        return self._select(action, True, self._denies) if found is None else found

    def allows(self, action: str) -> tuple[Statement, ...]:
        """The Allow statements that name an action (lower case)."""
        found = self._allows.get(action)
        return self._select(action, False, self._allows) if found is None else found

    def compile(self) -> None:
        """Compile now. Raises UnknownError."""
        if self._statements is None:
            self._statements = tuple(_statements(self.name, self._document()))

    @property
    def document(self) -> Mapping[str, Any]:
        """The document as JSON."""
        return self._document()

    def candidates(self, action: str, caller: Caller, resource: str, keys: Keys) -> Iterator[int]:
        """Numbers of the statements that name the action, the caller and the resource, whatever their conditions."""
        for statement in (*self.denies(action), *self.allows(action)):
            if statement.who(caller) and statement.what(resource, keys):
                yield statement.number

    @contextmanager
    def standing_in(self, document: Mapping[str, Any]) -> Generator[None]:
        """Another document in the policy's place, for a while; what others remember of it is theirs to forget."""
        own, compiled_ = self._document, self._statements
        try:
            self._put(lambda: document, None)
            yield
        finally:
            self._put(own, compiled_)

    def _put(self, document: Callable[[], Mapping[str, Any]], statements: tuple[_Compiled, ...] | None) -> None:
        self._document, self._statements = document, statements
        self._denies, self._allows = {}, {}

    def _select(self, action: str, deny: bool, known: dict[str, tuple[Statement, ...]]) -> tuple[Statement, ...]:
        self.compile()
        chosen = tuple(s.statement for s in self._statements or () if s.deny == deny and s.actions(action))
        known[action] = chosen
        return chosen

    def __repr__(self) -> str:
        return f"Policy({self.name!r})"


def compiled(name: str, document: Mapping[str, Any]) -> Policy:
    """A policy from its JSON. Raises UnknownError for what the evaluator does not know."""
    policy = Policy(name, lambda: document)
    policy.compile()
    return policy


_VERSION: Final = "2012-10-17"
_DOCUMENT: Final = frozenset({"Version", "Id", "Statement"})
_ELEMENTS: Final = frozenset(
    "Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition".split()
)
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_ACCOUNT: Final = re.compile(r"(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?")
_PRINCIPAL: Final = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::\d{12}:[^*?]+")


def _statements(name: str, document: Mapping[str, Any]) -> Iterable[_Compiled]:
    _only(name, document, _DOCUMENT)
    if document.get("Version") != _VERSION:
        raise UnknownError(f"{name}: Version is {document.get('Version')!r}; the evaluator knows {_VERSION!r}")
    found: Any = document.get("Statement") or ()
    statements = cast("Sequence[Mapping[str, Any]]", [found] if isinstance(found, Mapping) else found)
    for number, statement in enumerate(statements):
        where = f"{name}, statement {statement.get('Sid') or number}"
        try:
            yield _statement(where, number, statement)
        except UnknownError as error:
            text = str(error)
            raise UnknownError(text if text.startswith(where) else f"{where}: {text}") from error


def _only(where: str, found: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = sorted(set(found) - known)
    if unknown:
        raise UnknownError(f"{where}: unknown element {', '.join(unknown)}; known are {', '.join(sorted(known))}")


def _statement(where: str, number: int, found: Mapping[str, Any]) -> _Compiled:
    _only(where, found, _ELEMENTS)
    effect = found.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise UnknownError(f"{where}: Effect is {effect!r}; Allow and Deny are known")
    return _Compiled(
        deny=effect == "Deny",
        actions=_actions(found),
        statement=Statement(
            sid=found.get("Sid") or f"#{number}",
            number=number,
            who=_principal(found, effect),
            what=_resources(found),
            when=tuple(_conditions(found.get("Condition") or {})),
        ),
    )


def _texts(value: Any) -> tuple[str, ...]:
    values: Sequence[Any] = [value] if isinstance(value, (str, bool, int, float)) else value
    return tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values)


def _either(found: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    if name in found and f"Not{name}" in found:
        raise UnknownError(f"a statement has either {name} or Not{name}")
    return _texts(found[name]) if name in found else None


def _actions(found: Mapping[str, Any]) -> Test:
    named = _either(found, "Action")
    patterns = named if named is not None else _texts(found.get("NotAction", ()))
    if not patterns:
        raise UnknownError("a statement has Action or NotAction")
    for pattern in patterns:
        if not _ACTION.fullmatch(pattern):
            raise UnknownError(f"{pattern!r} is no action: a service, a colon, a name")
    test = any_of(like(pattern.lower()) for pattern in patterns)
    return test if named is not None else lambda action: not test(action)


def _resources(found: Mapping[str, Any]) -> Callable[[str, Keys], bool]:
    named = _either(found, "Resource")
    patterns = named if named is not None else _texts(found.get("NotResource", ()))
    if not patterns:  # a trust policy: it belongs to its role
        if "NotResource" in found or named is not None:
            raise UnknownError("Resource and NotResource name at least one resource")
        return lambda _, __: True
    fixed = tuple(pattern for pattern in patterns if "${" not in pattern)
    open_ = tuple(pattern for pattern in patterns if "${" in pattern)
    try:
        test = any_of(resource_like(pattern) for pattern in fixed)
    except ValueError as error:
        raise UnknownError(f"a resource is * or an ARN: {error}") from error
    wanted = named is not None
    if not open_:
        if test is always and wanted:
            return lambda _, __: True
        return lambda resource, _: test(resource) == wanted
    return lambda resource, keys: (test(resource) or _names_filled(open_, resource, keys, wanted)) == wanted


def _names_filled(patterns: tuple[str, ...], resource: str, keys: Keys, wanted: bool) -> bool:
    for pattern in patterns:
        filled = conditions.resolved(pattern, keys)
        if filled is None and not wanted:
            raise UnknownError(f"NotResource {pattern}: a policy variable has no value")
        if filled is not None and resource_like(filled)(resource):
            return True
    return False


def _conditions(block: Mapping[str, Mapping[str, Any]]) -> Iterable[Holds]:
    for operator, keys in block.items():
        for key, values in keys.items():
            yield conditions.condition(operator, key, _texts(values))


# ---- principals


def _anyone(_: Caller) -> Match:
    return Match.SELF


def _principal(found: Mapping[str, Any], effect: str) -> Who:
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
    return [(kind, name) for kind, names in kinds.items() for name in _texts(names)]


def _one_of(element: Any) -> Who:
    accounts: set[str] = set()
    selves: set[str] = set()
    for kind, name in _named(element):
        if kind not in ("AWS", "Service", "Federated"):
            raise UnknownError(f"a principal of the kind {kind!r} is not known")
        if kind == "AWS" and name == "*":
            return _anyone
        account = _ACCOUNT.fullmatch(name) if kind == "AWS" else None
        if account:
            accounts.add(account.group(1))
        elif kind == "AWS" and not _PRINCIPAL.fullmatch(name):
            raise UnknownError(f"{name!r} is no principal: an account, a role, a user or a session, without wildcards")
        else:
            selves.add(name)

    def who(caller: Caller) -> Match:
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
    accounts = {found.group(1) for name in names if (found := _ACCOUNT.fullmatch(name))}

    def who(caller: Caller) -> Match:
        if caller.bounded:
            return Match.SELF
        own = [name for name in (caller.role, caller.itself) if name]
        spared = all(name in names for name in own) and (caller.account is None or caller.account in accounts)
        return Match.NO if spared and (own or caller.account) else Match.SELF

    return who


def sids(document: Mapping[str, Any]) -> Sequence[str]:
    """The Sids of a document, in order."""
    statements: Iterable[Mapping[str, Any]] = document["Statement"]
    return [str(statement.get("Sid")) for statement in statements]


FULL_ACCESS: Final = compiled(
    "FullAWSAccess",
    {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "FullAWSAccess", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    },
)
"""What AWS attaches to every node of an organisation by itself, as an SCP and, with a principal, as an RCP."""
