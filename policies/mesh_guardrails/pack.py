"""The rules as Pulumi's policies: each under its own name, but each resource is read once and not once for each rule.

The host turns all properties of a resource into Python objects again for every policy that wants to validate it. So one
policy, `reading`, looks at the resource with all rules; the policy that carries a rule's name wants to validate only
when that rule found something, which it then reports.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from mesh_guardrails.rules import RULES, STACK_RULES, RegisteredResource, Rule, StackRule


class Findings(threading.local):
    """What the rules found in the resource that this thread of the host is at."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, list[str]] = {}
        self.unknown: dict[str, UnknownValueError] = {}


class Reading(ResourceValidationPolicy):
    """Looks at each resource with all rules; reports nothing itself. It has to be the first of the pack."""

    def __init__(self, rules: Iterable[Rule], findings: Findings) -> None:
        # The SDK annotates what a validation returns with a bare `Awaitable`, here and below.
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            "reading", "Reads each resource once, for all rules.", enforcement_level=EnforcementLevel.ADVISORY
        )
        self._rules, self._findings = tuple(rules), findings

    def validate(self, args: ResourceValidationArgs, report_violation: ReportViolation) -> None:  # noqa: ARG002
        """Keep what each rule finds, or that it needs a value that only the update knows."""
        found = self._findings
        found.messages, found.unknown = {}, {}
        provider = args.provider.name if args.provider else ""
        resource = RegisteredResource(args.resource_type, args.name, args.urn, args.props, provider)
        for rule in self._rules:
            if rule.types and resource.type not in rule.types:
                continue
            try:
                if messages := list(rule.check(resource)):
                    found.messages[rule.name] = messages
            except UnknownValueError as unknown:
                found.unknown[rule.name] = unknown


class NamedPolicy(ResourceValidationPolicy):
    """Reports what one rule found, under its name."""

    def __init__(self, rule: Rule, findings: Findings) -> None:
        super().__init__(rule.name, rule.description)  # pyright: ignore[reportUnknownMemberType]
        self._findings = findings

    def has_validation(self) -> bool:
        """Whether there is anything to report of the resource at hand: the host then asks for it."""
        return self.name in self._findings.messages or self.name in self._findings.unknown

    def validate(self, args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        """Report it."""
        if unknown := self._findings.unknown.get(self.name):
            raise unknown
        for message in self._findings.messages.get(self.name, ()):
            report_violation(message, args.urn)


class OfStack(StackValidationPolicy):
    """One rule about a whole stack."""

    def __init__(self, rule: StackRule) -> None:
        super().__init__(rule.name, rule.description, self._check)  # pyright: ignore[reportUnknownMemberType]
        self._rule = rule

    def _check(self, args: StackValidationArgs, report_violation: ReportViolation) -> None:
        """A value that is not known yet keeps the rule from one resource, not from the others."""
        rule, unknown = self._rule, None
        stack = [_seen(one) for one in args.resources]
        for resource in stack:
            if resource.type not in rule.types:
                continue
            try:
                for message in list(rule.check(resource, stack)):
                    report_violation(message, resource.urn)
            except UnknownValueError as error:
                unknown = error
        if unknown:
            raise unknown


def policies(rules: Iterable[Rule] = RULES, stack_rules: Iterable[StackRule] = STACK_RULES) -> list[Policy]:
    """The policies of the pack."""
    rules, findings = tuple(rules), Findings()
    return [
        Reading(rules, findings),
        *(NamedPolicy(rule, findings) for rule in rules),
        *(OfStack(one) for one in stack_rules),
    ]


def _seen(one: PolicyResource) -> RegisteredResource:
    # The host calls a list of resources what is a list of optional ones.
    dependencies: Mapping[str, list[Any]] = one.property_dependencies
    made_from = {key: frozenset(other.urn for other in others) for key, others in dependencies.items()}
    provider = one.provider.name if one.provider else ""
    return RegisteredResource(one.resource_type, one.name, one.urn, one.props, provider, made_from)
