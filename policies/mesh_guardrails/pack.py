"""Policies of the pack: one for each rule, under its name, and two that read resources and stacks for all rules.

The host converts all properties to Python objects for every policy that validates: of a resource, or of all resources
of a stack. So `reading` looks at a resource with all rules, and `reading-stack` at a stack; the policy with a rule's
name validates only when that rule found something, which it then reports (`has_findings`). What the configuration says
of a rule reaches it by `configure`, from the pack's own server (`configured`): the SDK hands it to the rule's own
policy alone, and asks for the severity before that.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Mapping
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
from mesh_guardrails.rule import SEVERITY, AnyRule, RegisteredResource, Rule, StackRule, severity_of
from mesh_guardrails.rules import RULES, STACK_RULES


class Findings(threading.local):
    """Findings of the rules in what this thread of the host validates: messages with URNs, by the rule's name."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, list[tuple[str, str]]] = {}
        self.unknown: dict[str, UnknownValueError] = {}

    def forget(self) -> None:
        """Begin with the next resource, or stack."""
        self.messages, self.unknown = {}, {}


class NamedPolicy(Policy):
    """A policy that reports the findings of one rule, under the rule's name."""

    rule: AnyRule
    values: dict[str, Any]
    is_disabled: bool
    _findings: Findings

    def begin(self, rule: AnyRule, findings: Findings) -> None:
        """Set what a policy of either kind has, for the SDK's classes take no more arguments."""
        self.rule, self._findings = rule, findings
        self.configure({})

    def configure(self, properties: Mapping[str, Any], *, is_disabled: bool = False) -> None:
        """Take parameters and severity from the pack's configuration, the defaults where it has none."""
        self.values, self.is_disabled = self.rule.values(properties), is_disabled
        self.severity = Severity(properties.get(SEVERITY, self.rule.severity))

    def has_findings(self) -> bool:
        """Whether the rule found something, or needs a value that only the update knows."""
        return self.name in self._findings.messages or self.name in self._findings.unknown

    def report(self, report_violation: ReportViolation) -> None:
        """Report what the rule found, then that it could not judge the rest."""
        for message, urn in self._findings.messages.get(self.name, ()):
            report_violation(message, urn)
        if unknown := self._findings.unknown.get(self.name):
            raise unknown


class OfResource(ResourceValidationPolicy, NamedPolicy):
    """The policy of a rule about one resource at a time."""

    def __init__(self, rule: Rule, findings: Findings) -> None:
        # The SDK annotates what a validation returns with a bare `Awaitable`, here and below.
        super().__init__(rule.name, rule.description, **_facts(rule))  # pyright: ignore[reportUnknownMemberType]
        self.check = rule.check
        self.begin(rule, findings)

    def has_validation(self) -> bool:
        """Whether there is something to report: the host then calls `validate`."""
        return self.has_findings()

    def validate(self, args: ResourceValidationArgs, report_violation: ReportViolation) -> None:  # noqa: ARG002
        """Reports the findings of the rule."""
        self.report(report_violation)


class OfStack(StackValidationPolicy, NamedPolicy):
    """The policy of a rule about a resource among all those of its stack."""

    def __init__(self, rule: StackRule, findings: Findings) -> None:
        super().__init__(rule.name, rule.description, self._validate, **_facts(rule))  # pyright: ignore[reportUnknownMemberType]
        self.check = rule.check
        self.begin(rule, findings)

    def _validate(self, _: StackValidationArgs, report_violation: ReportViolation) -> None:
        self.report(report_violation)


class Reading(ResourceValidationPolicy):
    """A policy that checks each resource with all rules, and reports nothing. It has to be the first of the pack."""

    def __init__(self, rules: Iterable[OfResource], findings: Findings, excepted: ExceptedMessages) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            "reading", "Reads each resource once, for all rules.", enforcement_level=EnforcementLevel.ADVISORY
        )
        self._rules, self._findings, self._excepted = tuple(rules), findings, excepted

    def validate(self, args: ResourceValidationArgs, report_violation: ReportViolation) -> None:  # noqa: ARG002
        """Keeps the findings of each rule, or the error that it needs a value that only the update knows."""
        self._findings.forget()
        resource = _asked_about(args)
        for policy in self._rules:
            if policy.is_disabled or not _is_about(policy.rule, resource.type):
                continue
            found = functools.partial(policy.check, resource, **policy.values)
            _keep(policy.rule, resource, found, self._findings, self._excepted)


class ReadingStack(StackValidationPolicy):
    """A policy that checks each stack with all rules, and reports nothing. It has to stand before those of stacks."""

    def __init__(self, rules: Iterable[OfStack], findings: Findings, excepted: ExceptedMessages) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            "reading-stack",
            "Reads each stack once, for all rules.",
            self._validate,
            enforcement_level=EnforcementLevel.ADVISORY,
        )
        self._rules, self._findings, self._excepted = tuple(rules), findings, excepted

    def _validate(self, args: StackValidationArgs, _: ReportViolation) -> None:
        self._findings.forget()
        stack = [_registered(resource) for resource in args.resources]
        for policy in self._rules:
            if policy.is_disabled:
                continue
            for resource in stack:
                # A value that is not known yet keeps the rule from one resource, not from the others.
                if _is_about(policy.rule, resource.type):
                    found = functools.partial(policy.check, resource, stack, **policy.values)
                    _keep(policy.rule, resource, found, self._findings, self._excepted)


def policies(
    rules: Iterable[Rule] = RULES,
    stack_rules: Iterable[StackRule] = STACK_RULES,
    exceptions: Exceptions | None = None,
) -> list[Policy]:
    """The policies of the pack; what an exception allows is told, and not refused."""
    findings, excepted = Findings(), ExceptedMessages(exceptions or Exceptions())
    of_resources = [OfResource(rule, findings) for rule in rules]
    of_stacks = [OfStack(rule, findings) for rule in stack_rules]
    return [
        Reading(of_resources, findings, excepted),
        *of_resources,
        ReadingStack(of_stacks, findings, excepted),
        *of_stacks,
        *on_exceptions(excepted),
    ]


def _keep(
    rule: AnyRule,
    resource: RegisteredResource,
    check: Callable[[], Iterable[str]],
    findings: Findings,
    excepted: ExceptedMessages,
) -> None:
    """Keep the messages of a rule on a resource that no exception allows."""
    try:
        # All messages first: a value that is not known yet leaves none of them told.
        found = list(check())
    except UnknownValueError as unknown:
        excepted.leaves_open(rule.name, resource.urn, resource.name)
        findings.unknown[rule.name] = unknown
        return
    refused = [each for each in found if not excepted.allows(rule.name, resource.urn, resource.name, each)]
    if refused:
        findings.messages.setdefault(rule.name, []).extend((each, resource.urn) for each in refused)


def _is_about(rule: AnyRule, type_: str) -> bool:
    return not rule.types or type_ in rule.types


def _facts(rule: AnyRule) -> dict[str, Any]:
    """Facts that the SDK tells of a policy beside its name and description."""
    schemas: dict[str, dict[str, Any]] = {
        one.name: {"description": one.description, "default": one.default, **one.schema}
        for one in (*rule.parameters, severity_of(rule))
    }
    return {
        "severity": Severity(rule.severity),
        "tags": [rule.theme, *rule.equivalents],
        "config_schema": PolicyConfigSchema(properties=schemas),
    }


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
