"""Condition operators of the policy language, compiled to tests of a request's keys.

Rules: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context
keys". A key that a request does not carry makes an operator false, a negated one true, one with `IfExists` true,
`ForAllValues` true and `ForAnyValue` false.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal, cast

from mesh.evaluator import facts
from mesh.evaluator.errors import DoubtError, MalformedError, UnknownError
from mesh.evaluator.ordered_values import ORDERED
from mesh.evaluator.patterns import Test, any_of, arn_like, like

Keys = Mapping[str, tuple[str, ...]]
"""Context keys of a request: names in lower case, every value as text."""

Holds = Callable[[Keys], bool]
"""A compiled condition."""
Quantifier = Literal["", "forallvalues", "foranyvalue"]

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_SPECIAL: Final = {"*": "*", "?": "?", "$": "$"}
_BOOLEANS: Final = ("true", "false")


def condition(operator: str, key: str, values: Sequence[str], *, deny: bool = False) -> Holds:
    """A test for one operator on one key; UnknownError for what AWS does not have or would not take.

    In a Deny, a policy variable without a value is refused where it could have made the statement apply.
    """
    holds = _condition(operator, key, values, deny)
    name = key.lower()
    if name in facts.OWNER_KEYS:
        return _known(name, holds)
    return _said(name, holds) if name in facts.SENT_BY_AWS else holds


def _condition(operator: str, key: str, values: Sequence[str], deny: bool) -> Holds:
    quantifier, name, if_exists = _operator(operator)
    key = key.lower()
    facts.check_key(key)
    if not values:
        raise UnknownError(f"{operator} on {key} compares with no value")
    if name == "null":
        return _null(operator, key, values)
    if key in facts.MULTIVALUED and not quantifier:
        raise UnknownError(f"{operator} on {key}: a key with several values takes ForAllValues or ForAnyValue")
    negated = name in _NEGATED
    kind = _NEGATED.get(name, name)
    if kind not in _COMPILERS:
        raise MalformedError(f"{operator!r} is no operator that AWS has")
    compile_values = _COMPILERS[kind]
    if any("${" in value for value in values):
        if kind not in _WITH_VARIABLES:
            raise UnknownError(f"{operator} takes no policy variable")
        for value in values:
            check_variables(value)
        return _quantified(quantifier, key, _dynamic(values, compile_values, negated or deny), negated, if_exists)
    test = compile_values(tuple(values))
    if not quantifier:
        return _fixed(key, test, negated, negated or if_exists)
    return _quantified(quantifier, key, lambda value, _: test(value), negated, if_exists)


def parts(operator: str) -> tuple[Quantifier, str, bool, bool]:
    """Set operator, comparison, whether it is negated, and whether a lacking key makes it true."""
    quantifier, name, if_exists = _operator(operator)
    return quantifier, _NEGATED.get(name, name), name in _NEGATED, if_exists


@lru_cache(maxsize=1024)
def _operator(text: str) -> tuple[Quantifier, str, bool]:
    name = text.lower()
    quantifier: Quantifier = ""
    prefixes: tuple[Quantifier, ...] = ("forallvalues", "foranyvalue")
    prefix: Quantifier | None = next((each for each in prefixes if name.startswith(f"{each}:")), None)
    if prefix:  # one alone: what is left of a second one is no operator
        quantifier, name = prefix, name[len(prefix) + 1 :]
    if_exists = name.endswith("ifexists")
    return quantifier, name.removesuffix("ifexists"), if_exists


def _null(operator: str, key: str, values: Sequence[str]) -> Holds:
    if operator.lower() != "null":
        raise UnknownError(f"{operator!r} is no operator that AWS has: Null takes neither a set operator nor IfExists")
    if len(values) != 1 or values[0].lower() not in _BOOLEANS:
        raise UnknownError(f"Null on {key} takes true or false, not {', '.join(values)}")
    if values[0].lower() == "true":
        return lambda keys: not keys.get(key)
    return lambda keys: bool(keys.get(key))


def _said(key: str, holds: Holds) -> Holds:
    """The test of a key that AWS always sends: UnknownError where the request does not say its value."""

    def test(keys: Keys) -> bool:
        check_said(key, keys)
        return holds(keys)

    return test


def check_said(key: str, keys: Keys) -> None:
    """UnknownError for a key that AWS would have sent though the request lacks it.

    IAM User Guide, "AWS global condition context keys": the time and the caller's id are in every signed request,
    the time of issue in every one with temporary credentials, which the sessions of roles have.
    """
    if key not in facts.SENT_BY_AWS or keys.get(key):
        return
    if key != "aws:tokenissuetime" or keys.get("aws:principaltype") == ("AssumedRole",):
        raise UnknownError(f"AWS sends {key}, and the request does not say its value")


UNSAID_OWNER: Final = ""
"""In the place of a key: the request names no resource, and whether AWS sends whose it is, is not known."""


def _known(key: str, holds: Holds) -> Holds:
    """The test of a key about a resource's owner: DoubtError where no page says whether AWS sends it."""

    def test(keys: Keys) -> bool:
        if key not in keys and UNSAID_OWNER in keys:
            raise DoubtError(f"whether AWS sends {key} with an action on no resource, its pages do not say")
        return holds(keys)

    return test


Compare = Callable[[str, Keys], bool]
"""A test of one value of a key; policy variables are filled in from the keys."""


def _values(key: str, keys: Keys) -> tuple[str, ...]:
    """Values of a key for a set operator; an empty text is no value.

    IAM User Guide, "Set operators for multivalued context keys": a key that resolves to an empty string is an empty
    data set. What AWS makes of an empty text among others it does not say.
    """
    values = keys.get(key, ())
    if "" not in values:
        return values
    if any(values):
        raise UnknownError(f"{key} has an empty value among others")
    return ()


def _quantified(quantifier: Quantifier, key: str, compare: Compare, negated: bool, if_exists: bool) -> Holds:
    if quantifier == "forallvalues":
        # True for a key that the request lacks, or that has no value.
        return lambda keys: all(compare(value, keys) != negated for value in _values(key, keys))
    if quantifier == "foranyvalue":

        def any_value(keys: Keys) -> bool:
            values = _values(key, keys)
            return any(compare(value, keys) != negated for value in values) if values else if_exists

        return any_value
    absent = negated or if_exists
    return lambda keys: _fixed(key, lambda value: compare(value, keys), negated, absent)(keys)


def _fixed(key: str, test: Test, negated: bool, absent: bool) -> Holds:
    """The test of a key with one value against values without policy variables, as most conditions are."""

    def holds(keys: Keys) -> bool:
        values = keys.get(key)
        if not values:
            return absent
        if len(values) != 1:
            raise UnknownError(f"{key} has {len(values)} values: it takes ForAllValues or ForAnyValue")
        return test(values[0]) != negated

    return holds


def _dynamic(values: Sequence[str], compile_values: Callable[[tuple[str, ...]], Test], strict: bool) -> Compare:
    """A comparison with values that hold policy variables, filled in from each request.

    A variable without a value matches nothing; `strict`: it raises UnknownError, unless another value matches.
    """

    def compare(value: str, keys: Keys) -> bool:
        filled = [resolved(text, keys) for text in values]
        known = tuple(text for text in filled if text is not None)
        if known and compile_values(known)(value):
            return True
        if strict and None in filled:
            raise UnknownError(f"a policy variable of {', '.join(values)} has no value")
        return False

    return compare


def check_variables(text: str) -> None:
    """UnknownError for a policy variable that AWS does not have or would not take.

    IAM User Guide, "IAM policy elements: Variables and tags" and "Single-valued vs. multivalued context keys": a key
    with several values is no variable.
    """
    for variable in _VARIABLE.findall(text):
        name = variable.partition(",")[0].strip().lower()
        if name in _SPECIAL:
            continue
        facts.check_key(name)
        if name in facts.MULTIVALUED:
            raise UnknownError(f"{text}: {name} has several values, and a policy variable takes one")
    if "${" in _VARIABLE.sub("", text):
        raise UnknownError(f"{text}: a policy variable ends with a brace")


def variables_of(texts: Iterable[str]) -> Iterator[str]:
    """Keys, in lower case, that stand in texts as policy variables."""
    for text in texts:
        for variable in _VARIABLE.findall(text) if "${" in text else ():
            yield variable.partition(",")[0].strip().lower()


def opened(text: str) -> str:
    """The text with a wildcard in the place of each policy variable, which are checked."""
    check_variables(text)
    return _VARIABLE.sub("*", text)


def resolved(text: str, keys: Keys) -> str | None:
    """The text with its policy variables filled in; None where one has no value.

    Rules: IAM User Guide, "IAM policy elements: Variables and tags". UnknownError for a value that holds a wildcard,
    which the policy's author did not write.
    """
    missing = False

    def fill(variable: re.Match[str]) -> str:
        nonlocal missing
        name, comma, default = variable.group(1).partition(",")
        name = name.strip()
        if name in _SPECIAL:
            raise UnknownError(f"{text}: the evaluator does not know wildcards that stand for themselves")
        values = keys.get(name.lower(), ())
        check_said(name.lower(), keys)
        if UNSAID_OWNER in keys and name.lower() in facts.OWNER_KEYS and not values:
            raise DoubtError(f"{text}: whether AWS sends {name} with an action on no resource, its pages do not say")
        if len(values) > 1:
            raise UnknownError(f"{text}: {name} has {len(values)} values, and a policy variable takes one")
        value = values[0] if values else default.strip().strip("'") if comma else None
        missing = missing or value is None
        if value is not None and ("*" in value or "?" in value):
            raise UnknownError(f"{text}: the value of {name} holds a wildcard: {value!r}")
        return value or ""

    filled = _VARIABLE.sub(fill, text)
    return None if missing else filled


# ---- values


def _strings(values: tuple[str, ...]) -> Test:
    return frozenset(values).__contains__


def _folded_strings(values: tuple[str, ...]) -> Test:
    wanted = frozenset(value.lower() for value in values)
    return lambda text: text.lower() in wanted


def _patterns(values: tuple[str, ...]) -> Test:
    return any_of(like(value) for value in values)


def _arns(values: tuple[str, ...]) -> Test:
    try:
        return any_of(arn_like(value) for value in values)
    except ValueError as error:
        raise UnknownError(f"an ARN operator compares with ARNs: {error}") from error


def _booleans(values: tuple[str, ...]) -> Test:
    wanted = frozenset(value.lower() for value in values)
    if not wanted <= frozenset(_BOOLEANS):
        raise UnknownError(f"Bool compares with true or false, not with {', '.join(sorted(wanted))}")
    return lambda text: text.lower() in wanted


_CIDR: Final = re.compile(r"[0-9.]+(/(0|[1-9][0-9]?))?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(/(0|[1-9][0-9]{0,2}))?")
"""IAM User Guide, "IP address condition operators": "The value must be in the standard CIDR format"; no netmask."""


def _binaries(values: tuple[str, ...]) -> Test:
    wanted = frozenset(_bytes(value) for value in values)
    return lambda text: _bytes(text) in wanted


def _bytes(text: str) -> bytes:
    # IAM User Guide, "Binary condition operators": byte by byte, in base64.
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise MalformedError(f"{text!r} is no base64: {error}") from error


def _addresses(values: tuple[str, ...]) -> Test:
    for value in values:
        if not _CIDR.fullmatch(value):
            raise MalformedError(f"{value!r} is no network in CIDR format (RFC 4632)")
    try:
        networks = tuple(ipaddress.ip_network(value) for value in values)
    except ValueError as error:
        raise UnknownError(f"an address operator compares with networks: {error}") from error

    @lru_cache(maxsize=1024)
    def test(text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError as error:
            raise UnknownError(f"{text!r} is no address") from error
        return any(address in network for network in networks)

    return test


_COMPILERS: Final[Mapping[str, Callable[[tuple[str, ...]], Test]]] = {
    "stringequals": _strings,
    "stringequalsignorecase": _folded_strings,
    "stringlike": _patterns,
    "binaryequals": _binaries,
    "arnequals": _arns,
    "arnlike": _arns,
    "bool": _booleans,
    "ipaddress": _addresses,
    **ORDERED,
}
_NEGATED: Final = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
}
_WITH_VARIABLES: Final = frozenset(kind for kind in _COMPILERS if kind.startswith(("string", "arn")))


def as_keys(context: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Keys of a context as people write it (text, number, boolean or a list of them); UnknownError for a bad one."""
    keys: dict[str, tuple[str, ...]] = {}
    for key, value in context.items():
        name = key.lower()
        facts.check_key(name)
        values = cast("Sequence[Any]", value) if isinstance(value, (list, tuple)) else (value,)
        keys[name] = tuple(_text(name, item) for item in values)
    return keys


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise UnknownError(f"the value of {key} is {value!r}; text, a number, true, false or a list of them is taken")
