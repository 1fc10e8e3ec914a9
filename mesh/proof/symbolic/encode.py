"""Policies as formulas for z3, over a request whose every part is a variable: the semantics of `mesh.evaluator`.

Texts range over all strings; the action is in lower case, as IAM compares it. A key with several values has one place
for each condition that names it, and one for the assumptions of a theorem. That is enough: a condition is about one
value at a time, so any request can be cut to one value for each condition without changing what they come to. An
element or an operator that has no encoding raises UnknownError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final, cast

from mesh.evaluator import conditions, facts
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.moments import CURRENT_TIME, TIME_KEYS, seconds
from mesh.evaluator.patterns import like
from mesh.evaluator.policies import Policy, texts
from mesh.evaluator.principals import ACCOUNT
from mesh.proof.symbolic.shapes import Shape, ShapePart
from mesh.proof.symbolic.texts import Formula, SymbolicText, every, is_, some, z3

_DECIMAL: Final = re.compile(r"-?\d+(\.\d+)?")
_VARIABLE: Final = re.compile(r"\$\{([^},]*)")
_ORDERS: Final[Mapping[str, str]] = {
    f"{of}{name}": comparison
    for of in ("numeric", "date")
    for name, comparison in (
        ("equals", "__eq__"),
        ("lessthan", "__lt__"),
        ("lessthanequals", "__le__"),
        ("greaterthan", "__gt__"),
        ("greaterthanequals", "__ge__"),
    )
}


class SymbolicKey:
    """A context key with one value, which a request may lack."""

    def __init__(self, name: str, prefix: str) -> None:
        self.name, self._number_name = name, f"{prefix}{name} as a number"
        # The time is in every request (IAM User Guide, "AWS global condition context keys").
        self.present: Formula = is_(True) if name in TIME_KEYS else z3.Bool(f"{prefix}{name} is there")
        self.text = SymbolicText(f"{prefix}{name}")
        self.read_as: str | None = None
        self.ranges: dict[tuple[str, ...], Formula] = {}

    def within(self, *networks: str) -> Formula:
        """The value is an address in one of these ranges; each list of ranges is a fact of its own, open to z3."""
        self._read("an address")
        key = tuple(sorted(networks))
        return self.ranges.setdefault(key, z3.Bool(f"{self._number_name}: in {' '.join(key)}"))

    @property
    def value(self) -> SymbolicText:
        """The value as text."""
        self._read("text")
        return self.text

    @property
    def number(self) -> Any:
        """The value as a number, of all real ones."""
        self._read("a number")
        return z3.Real(self._number_name)

    def _read(self, kind: str) -> None:
        if self.read_as not in (None, kind):
            raise UnknownError(f"{self.name} is compared as text and as a number")
        self.read_as = kind

    @property
    def absent(self) -> Formula:
        """The request lacks the key."""
        return z3.Not(self.present)

    def is_one_of(self, *values: str) -> Formula:
        """The request has the key, with one of these values."""
        return z3.And(self.present, self.value.equals(*values))

    def is_none_of(self, *values: str) -> Formula:
        """The request lacks the key, or has it with another value."""
        return z3.Not(self.is_one_of(*values))

    def is_(self, wanted: bool) -> Formula:
        """The request has the key with this truth value, in upper or lower case."""
        return z3.And(self.present, self.value.folds_to("true" if wanted else "false"))

    def shaped(self, *shapes: Shape) -> Formula:
        """The request has the key, with a value of one of the shapes."""
        return z3.And(self.present, self.value.has_shape(*shapes))


class SymbolicValues:
    """A context key with several values, as places, each of which may be empty."""

    def __init__(self, name: str, prefix: str, places: int) -> None:
        self.name = name
        self.places: list[tuple[Formula, SymbolicText]] = [
            (z3.Bool(f"{prefix}{name} has value {n}"), SymbolicText(f"{prefix}{name}[{n}]")) for n in range(places)
        ]

    def some_begins(self, *prefixes: str) -> Formula:
        """A value begins with one of these texts."""
        shapes = [(prefix, ShapePart.ANY) for prefix in prefixes]
        return some(z3.And(there, value.has_shape(*shapes)) for there, value in self.places)


@dataclass(frozen=True)
class Taken:
    """A statement, by its policy and number, and the `keys` of its conditions.

    Its formula is made when it is first asked for: most proofs are done before every statement is put to z3.
    """

    policy: Policy
    number: int
    keys: frozenset[str]
    encoded: Callable[[], Formula]

    @cached_property
    def holds(self) -> Formula:
        """The statement takes the request. Raises UnknownError where it has no encoding."""
        return self.encoded()


class SymbolicRequest:
    """A request of variables: action (in lower case), resource, the caller's account or service, and keys.

    An identity provider, by its ARN, stands where a service does.

    `fixed` are keys that have this value; only they may be policy variables. `policies` are those that decide it.
    """

    def __init__(self, policies: Iterable[Policy], fixed: Mapping[str, str] | None = None, name: str = "") -> None:
        self._prefix = f"{name}." if name else ""
        self.policies = tuple(policies)
        self.fixed = {key.lower(): value for key, value in (fixed or {}).items()}
        self.action = SymbolicText(f"{self._prefix}action")
        self.resource = SymbolicText(f"{self._prefix}resource")
        self.account = SymbolicText(f"{self._prefix}account of the caller")
        self.service = SymbolicText(f"{self._prefix}service that calls")
        self.single: dict[str, SymbolicKey] = {}
        self.several: dict[str, SymbolicValues] = {}

    def key(self, name: str) -> SymbolicKey:
        """A key with one value; both keys of the time are one, in seconds since 1970."""
        name = name.lower()
        facts.check_key(name)
        name = CURRENT_TIME if name in TIME_KEYS else name
        if name in facts.MULTIVALUED:
            raise UnknownError(f"{name} has several values")
        return self.single.setdefault(name, SymbolicKey(name, self._prefix))

    def values(self, name: str) -> SymbolicValues:
        """A key with several values."""
        name = name.lower()
        if name not in facts.MULTIVALUED:
            raise UnknownError(f"{name} has one value")
        if name not in self.several:
            self.several[name] = SymbolicValues(name, self._prefix, 1 + _mentions(self.policies, name))
        return self.several[name]

    @property
    def formed(self) -> Formula:
        """The request is well formed: an action, one caller, and no empty value of a key with several values."""
        word = z3.Union(z3.Range("a", "z"), z3.Range("0", "9"))
        action = z3.Concat(z3.Plus(z3.Union(word, z3.Re("-"))), z3.Re(":"), z3.Plus(word))
        return z3.And(
            self.action.is_in([action]),
            z3.Or(self.account.equals(""), self.service.equals("")),
            *(self.key(name).is_one_of(value) for name, value in self.fixed.items()),
            self.filled,
        )

    @property
    def filled(self) -> Formula:
        """No value is empty of a key with several values, of those that anything has named so far."""
        places = (place for key in self.several.values() for place in key.places)
        return every(z3.Implies(there, value.differs("")) for there, value in places)

    @property
    def texts(self) -> Iterator[SymbolicText]:
        """Every text of the request."""
        yield from (self.action, self.resource, self.account, self.service)
        yield from (key.text for key in self.single.values())
        yield from (text for several in self.several.values() for _, text in several.places)

    def asks(self, *actions: str) -> Formula:
        """The action is one of these (patterns)."""
        return self.action.is_like(*(pattern.lower() for pattern in actions))

    def is_made_from(self, moment: str) -> Formula:
        """The request is made at this moment (ISO 8601) or later."""
        return self.key(CURRENT_TIME).number >= z3.RealVal(str(seconds(moment)))

    def within(self, bucket: str) -> Formula:
        """The resource is a bucket, given by its ARN, or any object in it."""
        return self.resource.has_shape((bucket,), (f"{bucket}/", ShapePart.ANY))

    def objects_of(self, bucket: str) -> Formula:
        """The resource is any object in a bucket, given by its ARN."""
        return self.resource.has_shape((f"{bucket}/", ShapePart.ANY))

    # ---- policies

    def statements(self, effect: str, actions: Sequence[str]) -> Iterator[Taken]:
        """Statements of that effect that can take the request, whose action is one of `actions` (patterns)."""
        for policy in self.policies:
            policy.compile()
            for number, statement in enumerate(policy.document["Statement"]):
                if statement["Effect"] == effect:
                    action = self._names_action(statement, tuple(name.lower() for name in actions))
                    if action is not None:
                        keys = frozenset(key.lower() for block in _blocks(statement) for key in block)
                        yield Taken(policy, number, keys, partial(self._takes, action, statement))

    def _takes(self, action: Formula, statement: Mapping[str, Any]) -> Formula:
        rest = (self._names_caller(statement), self._names_resource(statement))
        return z3.And(action, *rest, *self._conditions(statement))

    def _names_action(self, statement: Mapping[str, Any], actions: tuple[str, ...]) -> Formula | None:
        """The statement names the action; None when it names no action of the request."""
        wanted = "Action" in statement
        patterns = tuple(pattern.lower() for pattern in texts(statement["Action" if wanted else "NotAction"]))
        named = {action: _relation(action, patterns) for action in actions}
        if set(named.values()) == {wanted}:
            return is_(True)
        if set(named.values()) == {not wanted}:
            return None
        # z3 is asked about patterns only where the answer is open for one of the actions.
        if any(relation is None for relation in named.values()):
            return self.action.is_like(*patterns) == wanted
        return self.asks(*(action for action in named if named[action] == wanted))

    def _names_resource(self, statement: Mapping[str, Any]) -> Formula:
        if "Resource" not in statement and "NotResource" not in statement:
            return is_(True)
        wanted = "Resource" in statement
        patterns = [self._filled(pattern) for pattern in texts(statement["Resource" if wanted else "NotResource"])]
        if "*" in patterns:
            return is_(wanted)
        return self.resource.is_arn_like(*patterns) == wanted

    def _names_caller(self, statement: Mapping[str, Any]) -> Formula:
        if "NotPrincipal" in statement:
            raise UnknownError("NotPrincipal has no encoding")
        element = statement.get("Principal", "*")
        if element == "*":
            return is_(True)
        kinds = cast("Mapping[str, Any]", element)
        return z3.Or(*(self._is_caller(kind, name) for kind, value in kinds.items() for name in texts(value)))

    def _is_caller(self, kind: str, name: str) -> Formula:
        account = ACCOUNT.fullmatch(name)
        if kind == "AWS" and name == "*":
            return is_(True)
        if kind == "AWS" and account:
            return self.account.equals(account["id"])
        # An identity provider is in no account of its own, as a service.
        if kind in ("Service", "Federated"):
            return self.service.equals(name)
        raise UnknownError(f"a principal {name!r} of the kind {kind} has no encoding")

    # ---- conditions

    def _conditions(self, statement: Mapping[str, Any]) -> Iterable[Formula]:
        for operator, keys in statement.get("Condition", {}).items():
            for key, values in keys.items():
                yield self.condition(operator, key, texts(values))

    def condition(self, operator: str, key: str, values: Sequence[str]) -> Formula:
        """A condition, one operator on one key, as `mesh.evaluator.conditions` decides it. Raises UnknownError."""
        conditions.condition(operator, key, values)
        key = key.lower()
        # The evaluator refuses these where a request does not say their value, which no formula can.
        if key in facts.SENT_BY_AWS - TIME_KEYS:
            raise UnknownError(f"{key}, which AWS sends, has no encoding")
        quantifier, kind, negated, if_exists = conditions.parts(operator)
        if kind == "null":
            return self._there(key) == (values[0].lower() == "false")
        values = [self._filled(value) for value in values]
        if not quantifier:
            single = self.key(key)
            return z3.Or(
                z3.And(single.present, _compared(single, kind, values) != negated),
                z3.And(single.absent, negated or if_exists),
            )
        places = self._places(key)
        compared = [(there, _compared_text(value, kind, values) != negated) for there, value in places]
        if quantifier == "forallvalues":
            return every(z3.Implies(there, holds) for there, holds in compared)
        none = z3.Not(some(there for there, _ in places))
        return z3.Or(some(z3.And(there, holds) for there, holds in compared), z3.And(none, if_exists))

    def _there(self, key: str) -> Formula:
        if key in facts.MULTIVALUED:
            return some(there for there, _ in self.values(key).places)
        return self.key(key).present

    def _places(self, key: str) -> Sequence[tuple[Formula, SymbolicText]]:
        if key in facts.MULTIVALUED:
            return self.values(key).places
        single = self.key(key)
        # For a set operator an empty text is no value (IAM User Guide, "Set operators for multivalued context keys").
        return [(z3.And(single.present, single.value.differs("")), single.value)]

    def _filled(self, value: str) -> str:
        unknown = [name for name in _VARIABLE.findall(value) if name.strip().lower() not in self.fixed]
        if unknown:
            raise UnknownError(f"{value}: the policy variable {unknown[0]} has no encoding where its value is open")
        filled = conditions.resolved(value, {key: (text,) for key, text in self.fixed.items()})
        return value if filled is None else filled


def _relation(action: str, patterns: Sequence[str]) -> bool | None:
    """Whether patterns take every action that matches `action` (True), none (False), or some (None)."""
    prefix, _, rest = action.partition("*")
    if "?" in action or rest:
        return None
    if prefix == action:
        return any(like(pattern)(action) for pattern in patterns)
    literals = [re.split(r"[*?]", pattern)[0] for pattern in patterns]
    pairs = zip(literals, patterns, strict=True)
    if any(pattern == f"{literal}*" and prefix.startswith(literal) for literal, pattern in pairs):
        return True
    return None if any(literal.startswith(prefix) or prefix.startswith(literal) for literal in literals) else False


def _blocks(statement: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    conditions: Mapping[str, Mapping[str, Any]] = statement.get("Condition", {})
    return conditions.values()


def _mentions(policies: Iterable[Policy], key: str) -> int:
    return sum(
        name.lower() == key
        for policy in policies
        for statement in policy.document["Statement"]
        for block in _blocks(statement)
        for name in block
    )


def _compared(key: SymbolicKey, kind: str, values: Sequence[str]) -> Formula:
    if kind == "ipaddress":
        return key.within(*values)
    if kind not in _ORDERS:
        return _compared_text(key.value, kind, values)
    if kind.startswith("date"):
        if key.name not in TIME_KEYS:
            raise UnknownError(f"{kind} on {key.name} has no encoding")
        values = [str(seconds(value)) for value in values]
    for value in values:
        if not _DECIMAL.fullmatch(value):
            raise UnknownError(f"{value!r} is no decimal number")
    return some(getattr(key.number, _ORDERS[kind])(z3.RealVal(value)) for value in values)


def _compared_text(text: SymbolicText, kind: str, values: Sequence[str]) -> Formula:
    match kind:
        case "stringequals" | "binaryequals":
            return text.equals(*values)
        case "stringlike":
            return text.is_like(*values)
        case "arnlike" | "arnequals":
            return text.is_arn_like(*values)
        case "stringequalsignorecase" | "bool":
            return text.folds_to(*values)
        case _:
            raise UnknownError(f"{kind} has no encoding")
