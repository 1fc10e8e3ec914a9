"""Policy documents as rules read them: JSON text or a mapping, taken apart into statements.

A document that is not known yet has no statements: `mesh plan` writes `<unknown>` for it, and under Pulumi reading it
raises UnknownValueError. The names of elements are read in any case, since a rule had better read too much.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import Any, Final, cast

UNKNOWN_TEXT: Final = "<unknown>"
"""What a planned stack has in the place of a value that only AWS will know."""

EVERYONE: Final = "*"
ACCOUNT: Final = re.compile(r"(?:arn:aws[\w*-]*:[\w-]*:[\w*-]*:)?(\d{12})(?::|$)")
"""An account's id by itself, or in an ARN, perhaps of any region."""

_OF_NO_ACCOUNT: Final = re.compile(r"arn:aws[\w*-]*:[\w-]+:[\w*-]*::[^*?]")
"""An ARN that is one account's and does not say whose, as a bucket's, with the beginning of a name."""

_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]+(?=/|$)")
_KINDS: Final = {kind.lower(): kind for kind in ("AWS", "Service", "Federated", "CanonicalUser")}


@dataclass(frozen=True, slots=True)
class KeyCondition:
    """A condition of a statement: a key, tested by an operator against values."""

    operator: str
    """In lower case, with its qualifier: `forallvalues:stringlike`."""
    key: str
    """In lower case, as AWS compares keys."""
    values: tuple[str, ...]

    @property
    def holds_only_when_present(self) -> bool:
        """Whether it fails for a request without the key, so that a request has to have one of the values."""
        name = self.operator.removeprefix("foranyvalue:")
        if name.endswith("ifexists") or name.startswith(("forallvalues:", "null")) or "not" in name:
            return False
        return bool(self.values)


@dataclass(frozen=True)
class ReadStatement:
    """A statement of a document, which reads an element when it is asked for: the others may not be known yet."""

    written: Mapping[str, Any]

    @cached_property
    def sid(self) -> str:
        """Its Sid, empty when it has none."""
        return str(_element(self.written, "sid") or "")

    @cached_property
    def allows(self) -> bool:
        """Whether its effect is Allow."""
        return str(_element(self.written, "effect")).lower() == "allow"

    @cached_property
    def principals(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a kind (`AWS`, `Service`, `Federated`) and a name."""
        return tuple(_principals(_element(self.written, "principal")))

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """Patterns of actions."""
        return texts(_element(self.written, "action"))

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """Patterns of resources."""
        return texts(_element(self.written, "resource"))

    @cached_property
    def excludes(self) -> tuple[str, ...]:
        """Those of NotAction, NotResource and NotPrincipal that it uses."""
        names = {name.lower() for name in self.written}
        return tuple(name for name in ("NotAction", "NotResource", "NotPrincipal") if name.lower() in names)

    @cached_property
    def tests(self) -> tuple[KeyCondition, ...]:
        """Its conditions, one for each key of an operator."""
        return tuple(_tests(_element(self.written, "condition")))

    @property
    def title(self) -> str:
        """Its Sid in quotes, or that it has none."""
        return f"statement '{self.sid}'" if self.sid else "a statement without a Sid"

    @property
    def is_for_everyone(self) -> bool:
        """Whether its principals are all that there are, or all but some."""
        return "NotPrincipal" in self.excludes or any(EVERYONE in (kind, name) for kind, name in self.principals)

    def allows_action(self, action: str) -> bool:
        """Whether an action, in lower case, matches one of its patterns."""
        return any(fnmatchcase(action, pattern.lower()) for pattern in self.actions)

    def tested(self, *keys: str) -> Iterator[KeyCondition]:
        """Its conditions on some keys that a request has to fulfil."""
        return (test for test in self.tests if test.key in keys and test.holds_only_when_present)


def statements(document: object) -> tuple[ReadStatement, ...]:
    """The statements of a document; none of what is unknown, absent, or no document."""
    return _of_text(document) if isinstance(document, str) else _of_mapping(parsed(document))


def parsed(document: object) -> Mapping[str, Any]:
    """The document as a mapping, an empty one when it is none."""
    if isinstance(document, str):
        try:
            document = json.loads(document, object_pairs_hook=_without_a_key_twice)
        except ValueError:
            return {}
    return cast("Mapping[str, Any]", document) if _is_mapping(document) else {}


def has_a_key_twice(document: object) -> bool:
    """Whether a text is JSON in which an element stands twice, in whatever case: AWS and a rule may read another."""
    if not isinstance(document, str):
        return False
    try:
        json.loads(document, object_pairs_hook=_without_a_key_twice)
    except _KeyTwiceError:
        return True
    except ValueError:
        return False
    return False


def is_unreadable(document: object) -> bool:
    """Whether a text is known, and no JSON object with statements: no rule sees through it."""
    return isinstance(document, str) and UNKNOWN_TEXT not in document and not statements(document)


def texts(value: object) -> tuple[str, ...]:
    """A text, or the texts of a list, as a tuple; values that are not known are left out."""
    return tuple(str(each) for each in _items(value) if str(each) != UNKNOWN_TEXT)


def account_of(principal: str) -> str:
    """The account that an ARN or an id names, empty when it names none."""
    found = ACCOUNT.match(principal)
    return found[1] if found else ""


def limits_to_organisation(statement: ReadStatement) -> bool:
    """Whether a statement is for principals of one organisation, some units of it, or accounts that it names.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    return any(map(_names_organisation, statement.tests)) or any(map(_names_account, statement.tests))


def limits_to_units(statement: ReadStatement) -> bool:
    """Whether it is for some units, accounts or roles of an organisation, and so can leave partners out."""
    paths = statement.tested("aws:principalorgpaths", "aws:sourceorgpaths")
    return any(all(map(_is_unit, test.values)) for test in paths) or any(map(_names_account, statement.tests))


def limits_source(statement: ReadStatement) -> bool:
    """Whether a service may act only for a named account, resource or organisation."""
    keys = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner")
    return any(all(map(names_source, test.values)) for test in statement.tested(*keys))


def names_source(value: str) -> bool:
    """Whether a value names an account, an organisation, or a resource of one account, and no pattern of all."""
    known = account_of(value) or _OF_NO_ACCOUNT.match(value) or is_organisation(value)
    return value == UNKNOWN_TEXT or bool(known)


def accounts_in_conditions(statement: ReadStatement) -> Iterator[str]:
    """The accounts that its conditions name, for a statement that is for everyone in them."""
    for test in statement.tests:
        if _names_account(test):
            yield from filter(None, map(account_of, test.values))


def organizations_in_conditions(statement: ReadStatement) -> Iterator[str]:
    """The ids of the organisations that its conditions name."""
    for test in statement.tests:
        if _names_organisation(test):
            yield from (found[0] for value in test.values if (found := _ORGANIZATION.match(value)))


@lru_cache(maxsize=256)
def _of_text(document: str) -> tuple[ReadStatement, ...]:
    """The statements of a text, which many rules ask for one after the other."""
    return _of_mapping(parsed(document))


def _of_mapping(document: Mapping[str, Any]) -> tuple[ReadStatement, ...]:
    return tuple(ReadStatement(each) for each in _items(_element(document, "statement")) if _is_mapping(each))


def _names_organisation(test: KeyCondition) -> bool:
    known = ("aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths")
    return test.key in known and test.holds_only_when_present and all(map(is_organisation, test.values))


def _names_account(test: KeyCondition) -> bool:
    known = ("aws:principalaccount", "aws:principalarn", "aws:sourceaccount", "aws:sourceowner", "kms:calleraccount")
    return test.key in known and test.holds_only_when_present and all(map(_is_in_an_account, test.values))


def is_organisation(value: str) -> bool:
    """Whether a value names one organisation, or a path in it."""
    return value == UNKNOWN_TEXT or bool(_ORGANIZATION.match(value))


def _is_unit(value: str) -> bool:
    return value == UNKNOWN_TEXT or bool(re.match(r"o-\w+/r-\w+/ou-\w", value))


def _is_in_an_account(value: str) -> bool:
    return value == UNKNOWN_TEXT or bool(account_of(value))


def _principals(written: object) -> Iterator[tuple[str, str]]:
    if not _is_mapping(written):
        yield from (("AWS", name) for name in texts(written))
        return
    for kind, names in cast("Mapping[str, Any]", written).items():
        yield from ((_KINDS.get(kind.lower(), kind), name) for name in texts(names))


def _tests(written: object) -> Iterator[KeyCondition]:
    if not _is_mapping(written):
        return
    for operator, keys in cast("Mapping[str, Mapping[str, Any]]", written).items():
        if _is_mapping(keys):
            yield from (KeyCondition(operator.lower(), key.lower(), _values(value)) for key, value in keys.items())


def _values(written: object) -> tuple[str, ...]:
    return tuple(str(each) for each in _items(written))


class _KeyTwiceError(ValueError):
    """An object of a document has an element twice."""


def _without_a_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key.lower() for key, _ in pairs}) < len(pairs):
        raise _KeyTwiceError
    return dict(pairs)


def _element(written: Mapping[str, Any], name: str) -> Any:
    """An element of a document or statement, whatever the case of its name."""
    return next((written[each] for each in written if each.lower() == name), None)


def _items(value: object) -> Sequence[Any]:
    if value is None:
        return ()
    return cast("Sequence[Any]", value) if isinstance(value, Sequence) and not isinstance(value, str) else (value,)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)
