"""Exceptions: what a rule finds in some resources of a stack, and a team answers for until a day.

They stand in `exceptions.yaml` of the mesh folder: the file that MESH_EXCEPTIONS names, empty for none, or else the one
beside the pack. `mesh validate` says more of a wrong one; a pack that cannot use the file whole does not run.
"""

from __future__ import annotations

import datetime
import re
import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, cast

import yaml

from mesh_guardrails.accounts_of_stack import stack_of_urn
from mesh_guardrails.rule import AnyRule

VARIABLE: Final = "MESH_EXCEPTIONS"
DAY_VARIABLE: Final = "MESH_AS_OF"
BESIDE_THE_PACK: Final = Path(__file__).resolve().parents[2] / "stacks" / "exceptions.yaml"
LONGEST: Final = 180
"""Days that an exception may last from the day on which it is looked at."""

KEYS: Final = ("rule", "resource", "reason", "owner", "expires")
RESOURCE: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*/[._:@ *?-]*[A-Za-z0-9][A-Za-z0-9._:@ *?-]*")
"""`<stack>/<pattern>`: the stack as it is; the pattern of a name with `*` and `?`, and a letter or a digit at least."""


class UnusableExceptionsError(Exception):
    """The file of exceptions cannot be used whole; a sentence for each reason."""


@dataclass(frozen=True, slots=True)
class StackException:
    """One exception: a rule, and resources of one stack by a pattern of their names."""

    rule: str
    stack: str
    pattern: str
    reason: str
    owner: str
    expires: datetime.date

    def matches(self, name: str) -> bool:
        """Whether a resource of its stack is meant."""
        return fnmatchcase(name, self.pattern)

    def __str__(self) -> str:
        return f"the exception from '{self.rule}' for '{self.stack}/{self.pattern}'"


@dataclass(slots=True)
class Exceptions:
    """The exceptions of a mesh on a day, and which of them were of use in the run of a stack."""

    every: tuple[StackException, ...] = ()
    as_of: datetime.date = datetime.date.min
    _used: set[StackException] = field(default_factory=set[StackException])
    _lock: Any = field(default_factory=threading.Lock)

    def covering(self, rule: str, urn: str, name: str) -> StackException | None:
        """The exception that allows what the rule finds in a resource, which is of use then; None for none."""
        stack = stack_of_urn(urn)
        for each in self.every:
            is_meant = each.rule == rule and each.stack == stack and each.matches(name)
            if is_meant and each.expires >= self.as_of:
                with self._lock:
                    self._used.add(each)
                return each
        return None

    def mistakes(self, stack: str, names: Iterable[str]) -> Iterator[str]:
        """Sentences on those of a stack that has been asked about which have ended, or were of no use.

        The stack is forgotten: the next run, such as the update behind a preview, begins anew.
        """
        known = list(names)
        for each in self.every:
            if each.stack != stack:
                continue
            with self._lock:
                used = each in self._used
                self._used.discard(each)
            if each.expires < self.as_of:
                yield f"{each} ended on {each.expires}; mend what it was for, and remove it from exceptions.yaml"
            elif not used:
                matched = sum(map(each.matches, known))
                why = (
                    f"allows nothing: {matched} of the stack's resources match, and none of them breaks the rule"
                    if matched
                    else f"matches none of the {len(known)} resources of the stack"
                )
                yield f"{each} {why}; correct it, or remove it from exceptions.yaml"


def read(rules: Iterable[AnyRule], environment: Mapping[str, str]) -> Exceptions:
    """The exceptions that the environment leads to; raises UnusableExceptionsError, with all that is wrong."""
    as_of = _day(environment.get(DAY_VARIABLE))
    named = environment.get(VARIABLE)
    if named == "" or (named is None and not BESIDE_THE_PACK.exists()):
        return Exceptions(as_of=as_of)
    path = Path(named) if named else BESIDE_THE_PACK
    try:
        entries = _entries(yaml.load(path.read_text("utf-8"), _OneOfAKey))  # noqa: S506 (a SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, UnusableExceptionsError) as error:
        raise UnusableExceptionsError(f"{path} cannot be used: {error}") from error
    known = {rule.name: rule for rule in rules}
    found = [(number, *_exception(entry, known, as_of)) for number, entry in enumerate(entries)]
    wrong = [f"{path}: exceptions[{number}]: {each}" for number, _, mistakes in found for each in mistakes]
    exceptions = [each for _, each, _ in found if each is not None]
    keys = [(each.rule, each.stack, each.pattern) for each in exceptions]
    twice = {key for key in keys if keys.count(key) > 1}
    wrong += [f"{path}: '{rule}' is excepted twice for '{stack}/{name}'" for rule, stack, name in sorted(twice)]
    if wrong:
        raise UnusableExceptionsError("\n".join(wrong))
    return Exceptions(tuple(exceptions), as_of)


class _OneOfAKey(yaml.SafeLoader):
    """A loader that refuses a key that stands twice, of which PyYAML would take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping of a node."""
        loader: Any = self
        keys = [str(loader.construct_object(key, deep=True)) for key, _ in node.value]
        if len(set(keys)) < len(keys):
            raise UnusableExceptionsError(f"a key stands twice in line {node.start_mark.line + 1}")
        return super().construct_mapping(node, deep)


def _day(written: str | None) -> datetime.date:
    if not written:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(written)
    except ValueError as error:
        raise UnusableExceptionsError(
            f"{DAY_VARIABLE} is '{written}'; a day is expected, such as 2027-05-01"
        ) from error


def _entries(document: object) -> list[object]:
    if not isinstance(document, dict) or set(cast("dict[Any, Any]", document)) != {"exceptions"}:
        raise UnusableExceptionsError("the key 'exceptions' is expected at the top, and nothing else")
    entries = cast("dict[str, object]", document)["exceptions"]
    if not isinstance(entries, list):
        raise UnusableExceptionsError("'exceptions' is expected to be a list")
    return cast("list[object]", entries)


def _exception(
    entry: object, rules: Mapping[str, AnyRule], as_of: datetime.date
) -> tuple[StackException | None, list[str]]:
    """The exception that an entry is, or what is wrong with it."""
    if not isinstance(entry, dict) or set(cast("dict[Any, Any]", entry)) != set(KEYS):
        return None, [f"the keys {', '.join(KEYS)} are expected, each once, and no other"]
    values = cast("dict[str, object]", entry)
    rule, resource, expires = values["rule"], values["resource"], _date(values["expires"])
    wrong: list[str] = []
    if not isinstance(rule, str) or rule not in rules:
        wrong.append(f"there is no rule '{rule}'")
    elif not rules[rule].accepts_exceptions:
        wrong.append(f"'{rule}' accepts no exception, as no rule of the theme '{rules[rule].theme}' does")
    if not isinstance(resource, str) or not RESOURCE.fullmatch(resource):
        wrong.append(f"'{resource}' is not <stack>/<pattern of a name>")
    wrong += [f"'{key}' is {fault}" for key in ("reason", "owner") if (fault := _text_fault(values[key]))]
    if expires is None:
        wrong.append(f"'{values['expires']}' is no day")
    elif (expires - as_of).days > LONGEST:
        wrong.append(f"it lasts until {expires}, more than {LONGEST} days")
    if wrong or expires is None:
        return None, wrong
    stack, _, pattern = str(resource).partition("/")
    return StackException(str(rule), stack, pattern, str(values["reason"]), str(values["owner"]), expires), []


def _text_fault(written: object) -> str:
    if not isinstance(written, str):
        return "no text"
    return "" if written.strip() else "empty"


def _date(written: object) -> datetime.date | None:
    if isinstance(written, datetime.date) and not isinstance(written, datetime.datetime):
        return written
    try:
        return datetime.date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
