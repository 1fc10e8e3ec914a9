"""Policy documents, compiled: the statements that name an action, and what else each of them asks.

Grammar: IAM User Guide, "Grammar of the IAM JSON policy language". What is not in it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, NamedTuple

from mesh.evaluator import conditions, grammar
from mesh.evaluator.conditions import Holds, Keys
from mesh.evaluator.errors import DoubtError, UnknownError
from mesh.evaluator.patterns import Test, always, any_like, any_of, resource_like
from mesh.evaluator.policy_types import PolicyType
from mesh.evaluator.principals import Match as Match
from mesh.evaluator.principals import Who, principal

Takes = Callable[[str, Keys], bool]
"""A test of a resource and of the keys of a request."""


class CompiledStatement(NamedTuple):
    """One statement, compiled; `who` is about the caller, `applies` about everything else.

    `applies` says whether resources and conditions take the request. It raises DoubtError where nobody knows.
    """

    sid: str
    number: int
    who: Who
    applies: Takes
    keys: frozenset[str]
    """Every key that it looks at, in lower case: of its conditions, and of its policy variables."""


def _takes(what: Takes, when: tuple[Holds, ...]) -> Takes:
    """The test of resources and of all conditions."""
    if not when:
        return what

    def every(_: str, keys: Keys) -> bool:
        for holds in when:  # noqa: SIM110 (a loop is twice as fast as `all` of a generator, and this is asked most)
            if not holds(keys):
                return False
        return True

    def applies(resource: str, keys: Keys) -> bool:
        try:
            return what(resource, keys) and every(resource, keys)
        except DoubtError:
            # Whatever the pattern means: a condition that does not hold makes the statement one that does not apply.
            if every(resource, keys):
                raise
            return False

    return every if what is _whatever else applies


class _Compiled(NamedTuple):
    deny: bool
    actions: Test
    services: frozenset[str]
    """Services of which it names some actions, and not all or none."""
    statement: CompiledStatement


class Policy:
    """A named policy document, compiled when it is first asked.

    `document` gives the JSON; it is not called for a policy that no request touches. A policy of AWS's own (`of_aws`)
    may be of any type; another one is refused where AWS does not take it (see `stands_as`).
    """

    __slots__ = ("_allows", "_denies", "_document", "_of_aws", "_services", "_statements", "_types", "name")

    def __init__(self, name: str, document: Callable[[], Mapping[str, Any]], *, of_aws: bool = False) -> None:
        self.name = name
        self._document = document
        self._of_aws = of_aws
        self._types: frozenset[PolicyType] = frozenset()
        self._statements: tuple[_Compiled, ...] | None = None
        self._services: frozenset[str] | None = None
        self._denies: dict[str, tuple[CompiledStatement, ...]] = {}
        self._allows: dict[str, tuple[CompiledStatement, ...]] = {}

    def denies(self, action: str) -> tuple[CompiledStatement, ...]:
        """The Deny statements that name an action (lower case)."""
        statements = self._denies.get(action)
        return self._select(action, True, self._denies) if statements is None else statements

    def allows(self, action: str) -> tuple[CompiledStatement, ...]:
        """The Allow statements that name an action (lower case)."""
        statements = self._allows.get(action)
        return self._select(action, False, self._allows) if statements is None else statements

    def tells_apart(self, service: str) -> bool:
        """Whether actions of a service differ: a statement names some of them, and not all or none."""
        if self._services is None:
            self.compile()
            self._services = frozenset[str]().union(*(each.services for each in self._statements or ()))
        return service in self._services

    def compile(self) -> None:
        """Compiles the document now. Raises UnknownError."""
        if self._statements is None:
            document = self._document()
            self._statements = tuple(_statements(self.name, document, self._types))
            self.check(document)

    def check(self, document: Mapping[str, Any]) -> None:
        """Raises UnknownError for a document that more is asked of than AWS asks; here nothing is."""

    def stands_as(self, type_: PolicyType) -> None:
        """Adds a type to those of the policy. UnknownError, now or when it is compiled, if AWS refuses it as such."""
        if self._of_aws or type_ in self._types:
            return
        types = self._types | {type_}
        if self._statements is not None:
            self._statements = tuple(_statements(self.name, self._document(), types))
        self._types = types

    @property
    def document(self) -> Mapping[str, Any]:
        """The document as JSON; it is not for changing."""
        return _made(self._document)

    @contextmanager
    def standing_in(self, document: Mapping[str, Any]) -> Generator[None]:
        """Puts another document in the policy's place for a while. Selections of accounts are not forgotten by it."""
        original, compiled_ = self._document, self._statements
        try:
            # AWS takes no policy without a statement: with the last one the whole policy is gone.
            self._put(lambda: document, None if document["Statement"] else ())
            yield
        finally:
            self._put(original, compiled_)

    def _put(self, document: Callable[[], Mapping[str, Any]], statements: tuple[_Compiled, ...] | None) -> None:
        self._document, self._statements = document, statements
        self._services, self._denies, self._allows = None, {}, {}

    def _select(
        self, action: str, deny: bool, known: dict[str, tuple[CompiledStatement, ...]]
    ) -> tuple[CompiledStatement, ...]:
        self.compile()
        # AWS has 22,000 actions, and a policy names some of few services: in another, all actions are as one.
        service = action.partition(":")[0]
        key = action if self.tells_apart(service) else service
        chosen = known.get(key)
        if chosen is None:
            every = self._statements or ()
            chosen = known[key] = tuple(
                [each.statement for each in every if each.deny == deny and each.actions(action)]
            )
        known[action] = chosen
        return chosen

    def __repr__(self) -> str:
        return f"Policy({self.name!r})"


@lru_cache(maxsize=256)
def _made(document: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    # A proof looks at the same few documents again and again, and a large mesh has thousands.
    return document()


def compiled(name: str, document: Mapping[str, Any], *, of_aws: bool = False) -> Policy:
    """A policy from its JSON. Raises UnknownError for what the evaluator does not know."""
    policy = Policy(name, lambda: document, of_aws=of_aws)
    policy.compile()
    return policy


# In a document of the older version a policy variable is plain text.
_VERSION: Final = "2012-10-17"
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?-]+")


def _statements(name: str, document: Mapping[str, Any], types: Iterable[PolicyType]) -> Iterable[_Compiled]:
    found = grammar.statements(name, document, tuple(types))
    if document.get("Version") != _VERSION:
        raise UnknownError(f"{name}: Version is {document.get('Version')!r}; the evaluator knows {_VERSION!r}")
    for number, statement in enumerate(found):
        try:
            yield _statement(number, statement)
        except UnknownError as error:
            raise type(error)(f"{name}, statement {statement.get('Sid') or number}: {error}") from error


def _statement(number: int, statement: Mapping[str, Any]) -> _Compiled:
    effect = statement["Effect"]
    actions, services = _actions(statement)
    return _Compiled(
        deny=effect == "Deny",
        actions=actions,
        services=services,
        statement=CompiledStatement(
            sid=statement.get("Sid") or f"#{number}",
            number=number,
            who=principal(statement),
            applies=_takes(
                _resources(statement, effect == "Deny"),
                tuple(_conditions(statement.get("Condition") or {}, effect == "Deny")),
            ),
            keys=frozenset(_keys(statement)),
        ),
    )


def _keys(statement: Mapping[str, Any]) -> Iterable[str]:
    for name in ("Resource", "NotResource"):
        yield from conditions.variables_of(texts(statement.get(name) or ()))
    blocks: Mapping[str, Mapping[str, Any]] = statement.get("Condition") or {}
    for block in blocks.values():
        for key, values in block.items():
            yield key.lower()
            yield from conditions.variables_of(texts(values))


def texts(value: Any) -> tuple[str, ...]:
    """One value or a list of them, as text."""
    values: Sequence[Any] = [value] if isinstance(value, (str, bool, int, float)) else value
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in values)


def _either(statement: Mapping[str, Any], name: str) -> tuple[tuple[str, ...], bool]:
    """Values of an element, or of its negation and then False; the grammar has seen that there is one of them."""
    wanted = name in statement
    return texts(statement[name if wanted else f"Not{name}"]), wanted


def _actions(statement: Mapping[str, Any]) -> tuple[Test, frozenset[str]]:
    """The test of actions, and the services of which it tells actions apart: a pattern names its service in full."""
    patterns, named = _either(statement, "Action")
    for pattern in patterns:
        if not _ACTION.fullmatch(pattern):
            raise UnknownError(f"{pattern!r} is no action that the evaluator knows: a service, a colon, a name")
    lower = [pattern.lower() for pattern in patterns]
    services = frozenset(each.partition(":")[0] for each in lower if each != "*" and not each.endswith(":*"))
    test = any_like(lower)
    return (test if named else lambda action: not test(action)), services


def _whatever(_: str, __: Keys) -> bool:
    return True


def _resources(statement: Mapping[str, Any], deny: bool) -> Takes:
    if "Resource" not in statement and "NotResource" not in statement:
        # A trust policy has neither: it belongs to its role.
        return _whatever
    patterns, wanted = _either(statement, "Resource")
    test = _any_resource(pattern for pattern in patterns if "${" not in pattern)
    open_ = tuple(_Open.of(pattern) for pattern in patterns if "${" in pattern)
    if not open_:
        if test is always and wanted:
            return _whatever
        return (lambda resource, _: test(resource)) if wanted else (lambda resource, _: not test(resource))
    strict = deny or not wanted
    return lambda resource, keys: (test(resource) or _names_filled(open_, resource, keys, strict)) == wanted


def _any_resource(patterns: Iterable[str]) -> Test:
    try:
        return any_of(resource_like(pattern) for pattern in patterns)
    except ValueError as error:
        raise UnknownError(f"a resource is * or an ARN: {error}") from error


class _Open(NamedTuple):
    """A pattern of resources with policy variables; `could_name` is the test with any values of them."""

    pattern: str
    could_name: Test

    @classmethod
    def of(cls, pattern: str) -> _Open:
        """The compiled pattern. Raises UnknownError for a variable in the first five parts of an ARN."""
        # IAM User Guide, "IAM policy elements: Variables and tags".
        head, last = pattern.split(":", 5)[:5], pattern.count(":") >= 5
        if not last or any("${" in part for part in head):
            raise UnknownError(f"{pattern}: a policy variable stands behind the fifth colon of an ARN")
        return cls(pattern, _any_resource([conditions.opened(pattern)]))


def _names_filled(patterns: tuple[_Open, ...], resource: str, keys: Keys, strict: bool) -> bool:
    """Whether a pattern names the resource; `strict`: UnknownError for one whose variable has no value.

    In the Resource of an Allow such a pattern names nothing. A Deny that silently did not apply would be a hole.
    """
    lacking: list[str] = []
    for pattern, could_name in patterns:
        if could_name(resource):
            filled = conditions.resolved(pattern, keys)
            if filled is None:
                lacking.append(pattern)
            elif resource_like(filled)(resource):
                return True
    if lacking and strict:
        raise UnknownError(f"{', '.join(lacking)}: a policy variable has no value")
    return False


def _conditions(block: Mapping[str, Mapping[str, Any]], deny: bool) -> Iterable[Holds]:
    for operator, keys in block.items():
        for key, values in keys.items():
            yield conditions.condition(operator, key, texts(values), deny=deny)


def _everything(name: str, **more: str) -> Policy:
    statement = {"Sid": name, "Effect": "Allow", **more, "Action": "*", "Resource": "*"}
    return compiled(name, {"Version": "2012-10-17", "Statement": [statement]}, of_aws=True)


FULL_ACCESS: Final = _everything("FullAWSAccess", Principal="*")
"""The policy that AWS attaches to every node of an organisation, as an SCP and, with a principal, as an RCP."""

ADMINISTRATOR_ACCESS: Final = _everything("AdministratorAccess")
"""AWS's managed policy of that name; the root user of an account may do the same without it."""
