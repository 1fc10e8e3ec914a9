"""A case: some resources, the rule that is asked about the first of them, and the answer that is expected.

    CASES = [
        passes("bucket-is-versioned", bucket(), made(VERSIONING, made_from={"bucket": "bucket"}, …)),
        reports("bucket-is-versioned", "'bucket' is not versioned", bucket()),
        waits("bucket-is-versioned", bucket(), made(VERSIONING, versioningConfiguration=UNKNOWN, …)),
    ]

The first resource is the one that the rule is asked about; a rule of whole stacks gets all of them as its stack. A
resource is called like its type unless it is named, and `made_from` says by that name what a property was made from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, Literal

from google.protobuf import json_format
from mesh_guardrails.rule import RegisteredResource, Rule, StackRule
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy

from sandbox.engine.wire import UNKNOWN, to_struct

Answer = Literal["passes", "reports", "waits"]
UNKNOWN_IN_A_LIST: Final = [UNKNOWN]
_PROVIDER: Final = "pulumi:providers:aws"


@dataclass(frozen=True)
class Made:
    """A resource of a case; `made_from` are names of the case's resources, by property."""

    type: str
    name: str
    props: Mapping[str, Any]
    provider: str = "account"
    protect: bool = False
    parent: str = ""
    made_from: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def urn(self) -> str:
        """Its URN, by its name alone: no two resources of a case share one."""
        return _urn(self.name)

    def registered(self, stack: Collection[str]) -> RegisteredResource:
        """The resource as the host hands it to a rule, with its own guard of unknown values.

        Sources that are not in the stack, of which these are the names, are dropped, as the host does it.
        """
        props: Any = unknown_checking_proxy(deserialize_properties(json_format.MessageToDict(to_struct(self.props))))
        sources = {by: frozenset({_urn(name)}) for by, name in self.made_from.items() if name in stack}
        provider = self.provider
        return RegisteredResource(
            self.type, self.name, self.urn, props, provider, sources, protect=self.protect, parent=_urn(self.parent)
        )

    @property
    def request(self) -> Any:
        """What the engine asks about it before it is made."""
        return analyzer_pb2.AnalyzeRequest(
            type=self.type,
            name=self.name,
            urn=self.urn,
            properties=to_struct(self.props),
            provider=self._provider,
            options=self._options,
        )

    @property
    def in_stack(self) -> Any:
        """The resource within what the engine asks about the whole stack."""
        sources = {
            by: analyzer_pb2.AnalyzerPropertyDependencies(urns=[_urn(name)]) for by, name in self.made_from.items()
        }
        return analyzer_pb2.AnalyzerResource(
            type=self.type,
            name=self.name,
            urn=self.urn,
            properties=to_struct(self.props),
            provider=self._provider,
            options=self._options,
            parent=_urn(self.parent),
            propertyDependencies=sources,
        )

    @property
    def _provider(self) -> Any:
        if not self.provider:
            return None
        return analyzer_pb2.AnalyzerProviderResource(type=_PROVIDER, name=self.provider, urn=_urn(self.provider))

    @property
    def _options(self) -> Any:
        return analyzer_pb2.AnalyzerResourceOptions(protect=self.protect, parent=_urn(self.parent))


@dataclass(frozen=True)
class Case:
    """What one rule answers of a resource, the first; `says` is in its message, `configured` are its parameters."""

    rule: str
    answer: Answer
    resources: tuple[Made, ...]
    says: str = ""
    configured: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __str__(self) -> str:
        return f"{self.rule}-{self.answer}"

    @property
    def has_unknown(self) -> bool:
        """Whether a value in it is known to the update only."""
        return any(_has_unknown(resource.props) for resource in self.resources)

    @cached_property
    def registered(self) -> list[RegisteredResource]:
        """Its resources as the host hands them to a rule."""
        names = {resource.name for resource in self.resources}
        return [resource.registered(names) for resource in self.resources]

    def failure(self, rule: Rule | StackRule) -> str:
        """How the plain function answers otherwise than expected; empty when it does as expected."""
        values = rule.values(self.configured)
        subject = self.registered[0]
        if rule.types and subject.type not in rule.types:
            return f"'{rule.name}' is not about {subject.type}"
        try:
            asked = (subject, self.registered) if isinstance(rule, StackRule) else (subject,)
            messages = list(rule.check(*asked, **values))
        except UnknownValueError:
            return self.unlike("waits", [])
        return self.unlike("reports" if messages else "passes", messages)

    def unlike(self, answer: Answer, messages: Iterable[str]) -> str:
        """How an answer differs from the one that is expected; empty when it does not."""
        told = list(messages)
        if answer != self.answer:
            return f"{self} was expected, and it {answer}: {told}"
        if answer == "reports" and not any(self.says in message for message in told):
            return f"no message says {self.says!r}: {told}"
        return ""


def made(
    type_: str,
    name: str = "",
    /,
    *,
    provider: str = "account",
    protect: bool = False,
    parent: str = "",
    made_from: Mapping[str, str] | None = None,
    **props: Any,
) -> Made:
    """A resource of a type, with its properties as on the wire (camelCase), among them perhaps a `name`."""
    named = name or type_.rpartition("/")[2].partition(":")[0]
    return Made(type_, named, props, provider, protect, parent, made_from or {})


def passes(rule: str, *resources: Made, configured: Mapping[str, Any] | None = None) -> Case:
    """A case that the rule has nothing against."""
    return Case(rule, "passes", resources, configured=configured or {})


def reports(rule: str, says: str, *resources: Made, configured: Mapping[str, Any] | None = None) -> Case:
    """A case that the rule reports, with a message that says something."""
    return Case(rule, "reports", resources, says, configured or {})


def waits(rule: str, *resources: Made) -> Case:
    """A case that the rule cannot judge before a value is known."""
    return Case(rule, "waits", resources)


def changed(resource: Made, **props: Any) -> Made:
    """The resource with some properties set anew; None takes one away."""
    merged = {key: value for key, value in {**resource.props, **props}.items() if value is not None}
    return replace(resource, props=merged)


def _urn(name: str) -> str:
    return f"urn:pulumi:stack::mesh::{name}" if name else ""


def _has_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_unknown, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_unknown, value))
    return isinstance(value, str) and UNKNOWN in value
