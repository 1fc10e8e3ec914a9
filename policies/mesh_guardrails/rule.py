"""Rules of the pack as data: what a rule is about, how grave a violation is, and the function that looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

RuleSeverity = Literal["low", "medium", "high", "critical"]
Theme = Literal[
    "accounts and providers",
    "storage",
    "encryption",
    "catalog and Lake Formation",
    "IAM",
    "perimeter",
    "partners",
    "pipelines",
    "ownership and tags",
    "cost",
]

SEVERITY: Final = "severity"

WITHOUT_EXCEPTIONS: Final[frozenset[Theme]] = frozenset({"perimeter", "partners"})
"""Themes whose rules accept no exception: a door to the outside is open for all data, whoever asked for it."""


@dataclass(frozen=True, slots=True)
class RegisteredResource:
    """A resource as a rule sees it."""

    type: str
    name: str
    urn: str
    props: Mapping[str, Any]
    """Properties by their names on the wire (camelCase). Reading one that is not known yet raises UnknownValueError."""
    provider: str = ""
    """Name of the resource's provider, empty when it has none."""
    from_resources: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])
    """URNs of the resources that a property's value was made from, by property."""
    protect: bool = False
    """Whether Pulumi refuses to delete it."""
    parent: str = ""
    """URN of the component that it is part of, or of the stack."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of a rule that the pack's configuration may set."""

    name: str
    """In camelCase, as Pulumi's own settings are."""
    description: str
    schema: Mapping[str, Any]
    """JSON Schema of the value."""
    default: Any

    @property
    def keyword(self) -> str:
        """The keyword argument that takes the value."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.name).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyRule:
    """Facts that the two kinds of rules have in common.

    `equivalents` are ids of the same check elsewhere, such as `checkov:CKV_AWS_19`, `prowler:s3_bucket_versioning`,
    `fsbp:S3.5`, `cis:3.1.1`. The function gets a keyword argument for every parameter.
    """

    name: str
    theme: Theme
    severity: RuleSeverity
    description: str
    types: frozenset[str] = frozenset()
    equivalents: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    @property
    def accepts_exceptions(self) -> bool:
        """Whether `exceptions:` may name it."""
        return self.theme not in WITHOUT_EXCEPTIONS

    def values(self, configured: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The keyword arguments for the rule's function: what was configured, else the defaults."""
        configured = configured or {}
        return {one.keyword: configured.get(one.name, one.default) for one in self.parameters}


def severity_of(rule: AnyRule) -> Parameter:
    """The parameter of every rule that says how grave a violation of it is; the rule's function does not get it."""
    schema = {"type": "string", "enum": list(get_args(RuleSeverity))}
    return Parameter(SEVERITY, "How grave a violation is told to be.", schema, rule.severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(AnyRule):
    """A rule about one resource at a time; `types` are those it is about, all of them when there are none."""

    check: Callable[..., Iterable[str]]
    """Takes the resource, returns messages: what was found, and what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRule(AnyRule):
    """A rule about a resource among all those of its stack; `types` are those it is about."""

    check: Callable[..., Iterable[str]]
    """Takes the resource and the stack's resources, returns messages: what was found, and what to change."""


def has(values: Mapping[str, Any], name: str) -> bool:
    """Whether there is a property, known or not; `in` would read it, and an unknown one cannot be read."""
    return any(key == name for key in values)


Stack = Sequence[RegisteredResource]
"""All resources of a stack."""
