"""Policies of the pack: one for each rule, under its name, and one that reads each resource for all rules.

The host converts all properties of a resource to Python objects for every policy that wants to validate it. So one
policy, `reading`, checks the resource with all rules; the policy with a rule's name wants to validate only when that
rule found something, which it then reports. A rule with parameters is asked by its own policy, which alone is given
its configuration.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from mesh_guardrails.excepted import ExceptedMessages, on_exceptions
from mesh_guardrails.exceptions import Exceptions
from mesh_guardrails.rule import AnyRule, RegisteredResource, Rule, StackRule
from mesh_guardrails.rules import RULES, STACK_RULES


class Findings(threading.local):
    """Findings of the rules in one resource, the one that this thread of the host validates."""

    def __init__(self) -> None:
        super().__init__()
        self.type = ""
        self.messages: dict[str, list[str]] = {}
        self.unknown: dict[str, UnknownValueError] = {}


class Reading(ResourceValidationPolicy):
    """A policy that checks each resource with all rules, and reports nothing. It has to be the first of the pack."""

    def __init__(self, rules: Iterable[Rule], findings: Findings, excepted: ExceptedMessages) -> None:
        # The SDK annotates what a validation returns with a bare `Awaitable`, here and below.
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            "reading", "Reads each resource once, for all rules.", enforcement_level=EnforcementLevel.ADVISORY
        )
        self._rules, self._findings, self._excepted = tuple(rules), findings, excepted

    def validate(self, args: ResourceValidationArgs, report_violation: ReportViolation) -> None:  # noqa: ARG002
        """Keeps the findings of each rule, or the error that it needs a value that only the update knows."""
        findings = self._findings
        findings.type, findings.messages, findings.unknown = args.resource_type, {}, {}
        resource = _asked_about(args)
        for rule in self._rules:
            if rule.parameters or not _is_about(rule, args.resource_type):
                continue
            try:
                if messages := _refused(rule, resource, rule.check(resource), self._excepted):
                    findings.messages[rule.name] = messages
            except UnknownValueError as unknown:
                self._excepted.leaves_open(rule.name, resource.urn, resource.name)
                findings.unknown[rule.name] = unknown


class NamedPolicy(ResourceValidationPolicy):
    """A policy that reports the findings of one rule, under the rule's name."""

    def __init__(self, rule: Rule, findings: Findings, excepted: ExceptedMessages) -> None:
        super().__init__(rule.name, rule.description, **_facts(rule))  # pyright: ignore[reportUnknownMemberType]
        self._rule, self._findings, self._excepted = rule, findings, excepted

    def has_validation(self) -> bool:
        """Whether the rule found something in the resource, or looks by itself: the host then calls `validate`."""
        if self._rule.parameters:
            return _is_about(self._rule, self._findings.type)
        return self.name in self._findings.messages or self.name in self._findings.unknown

    def validate(self, args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        """Reports the findings of the rule."""
        if self._rule.parameters:
            self._look(args, report_violation)
            return
        if unknown := self._findings.unknown.get(self.name):
            raise unknown
        for message in self._findings.messages.get(self.name, ()):
            report_violation(message, args.urn)

    def _look(self, args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        resource, values = _asked_about(args), self._rule.values(args.get_config())
        try:
            messages = _refused(self._rule, resource, self._rule.check(resource, **values), self._excepted)
        except UnknownValueError:
            self._excepted.leaves_open(self.name, args.urn, args.name)
            raise
        for message in messages:
            report_violation(message, args.urn)


class OfStack(StackValidationPolicy):
    """A policy that checks a whole stack with one rule."""

    def __init__(self, rule: StackRule, excepted: ExceptedMessages) -> None:
        super().__init__(rule.name, rule.description, self._check, **_facts(rule))  # pyright: ignore[reportUnknownMemberType]
        self._rule, self._excepted = rule, excepted

    def _check(self, args: StackValidationArgs, report_violation: ReportViolation) -> None:
        rule, unknown = self._rule, None
        stack, values = [_registered(resource) for resource in args.resources], self._rule.values(args.get_config())
        for resource in stack:
            if not _is_about(rule, resource.type):
                continue
            try:
                for message in _refused(rule, resource, rule.check(resource, stack, **values), self._excepted):
                    report_violation(message, resource.urn)
            except UnknownValueError as error:
                self._excepted.leaves_open(rule.name, resource.urn, resource.name)
                # A value that is not known yet keeps the rule from one resource, not from the others.
                unknown = error
        if unknown:
            raise unknown


def policies(
    rules: Iterable[Rule] = RULES,
    stack_rules: Iterable[StackRule] = STACK_RULES,
    exceptions: Exceptions | None = None,
) -> list[Policy]:
    """The policies of the pack; what an exception allows is told, and not refused."""
    rules, findings = tuple(rules), Findings()
    excepted = ExceptedMessages(exceptions or Exceptions())
    return [
        Reading(rules, findings, excepted),
        *(NamedPolicy(rule, findings, excepted) for rule in rules),
        *(OfStack(rule, excepted) for rule in stack_rules),
        *on_exceptions(excepted),
    ]


def _refused(
    rule: AnyRule, resource: RegisteredResource, messages: Iterable[str], excepted: ExceptedMessages
) -> list[str]:
    """The messages of a rule on a resource that no exception allows."""
    # All messages first: a value that is not known yet leaves none of them told.
    found = list(messages)
    return [each for each in found if not excepted.allows(rule.name, resource.urn, resource.name, each)]


def _is_about(rule: AnyRule, type_: str) -> bool:
    return not rule.types or type_ in rule.types


def _facts(rule: AnyRule) -> dict[str, Any]:
    """What the SDK tells of a policy beside its name and description."""
    facts: dict[str, Any] = {"severity": Severity(rule.severity), "tags": [rule.theme, *rule.equivalents]}
    if rule.parameters:
        schemas = {
            one.name: {"description": one.description, "default": one.default, **one.schema} for one in rule.parameters
        }
        facts["config_schema"] = PolicyConfigSchema(properties=schemas)
    return facts


def _asked_about(args: ResourceValidationArgs) -> RegisteredResource:
    provider = args.provider.name if args.provider else ""
    return RegisteredResource(
        args.resource_type,
        args.name,
        args.urn,
        args.props,
        provider,
        protect=args.opts.protect,
        parent=args.opts.parent or "",
    )


def _registered(resource: PolicyResource) -> RegisteredResource:
    # The SDK annotates these as lists of resources; they are lists of optional ones.
    dependencies: Mapping[str, list[Any]] = resource.property_dependencies
    from_resources = {key: frozenset(other.urn for other in others) for key, others in dependencies.items()}
    provider = resource.provider.name if resource.provider else ""
    return RegisteredResource(
        resource.resource_type,
        resource.name,
        resource.urn,
        resource.props,
        provider,
        from_resources,
        protect=resource.opts.protect,
        parent=resource.parent.urn if resource.parent else "",
    )
