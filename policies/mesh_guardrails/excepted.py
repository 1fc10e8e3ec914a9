"""Policies on exceptions: they tell what was excepted, without refusing it, and refuse what no rule needs any more."""

from __future__ import annotations

import threading

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from mesh_guardrails.accounts_of_stack import stack_of_urn
from mesh_guardrails.exceptions import Exceptions

OF_A_RESOURCE = "excepted-resources"
OF_THE_STACK = "excepted-in-the-stack"
ARE_USED = "exceptions-are-used"


class ExceptedMessages(threading.local):
    """Messages of rules that an exception allows, on what this thread of the host validates."""

    def __init__(self, exceptions: Exceptions) -> None:
        super().__init__()
        self.exceptions = exceptions
        self._told: list[tuple[str, str]] = []

    def allows(self, rule: str, urn: str, name: str, message: str) -> bool:
        """Whether an exception allows what a rule says of a resource; then it is told in the end."""
        exception = self.exceptions.covering(rule, urn, name)
        if exception is not None:
            until = f"excepted until {exception.expires} by {exception.owner}: {exception.reason}"
            self._told.append((f"{rule}: {message}\n{until}", urn))
        return exception is not None

    def leaves_open(self, rule: str, urn: str, name: str) -> None:
        """A rule that needs a value which only the update knows may need an exception yet."""
        self.exceptions.covering(rule, urn, name)

    @property
    def some(self) -> bool:
        """Whether something waits to be told."""
        return bool(self._told)

    def tell(self, report_violation: ReportViolation) -> None:
        """Tell it, and forget it."""
        told, self._told = self._told, []
        for message, urn in told:
            report_violation(message, urn)


class ExceptedResources(ResourceValidationPolicy):
    """A policy that tells what was excepted in a resource. It has to stand behind all others on resources."""

    def __init__(self, excepted: ExceptedMessages) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType] (a bare `Awaitable` in the SDK)
            OF_A_RESOURCE, "An exception allows it.", enforcement_level=EnforcementLevel.ADVISORY
        )
        self._excepted = excepted

    def has_validation(self) -> bool:
        """Whether something was excepted: the host then calls `validate`."""
        return self._excepted.some

    def validate(self, args: ResourceValidationArgs, report_violation: ReportViolation) -> None:  # noqa: ARG002
        """Tells what was excepted."""
        self._excepted.tell(report_violation)


def on_exceptions(excepted: ExceptedMessages) -> list[Policy]:
    """The policies on exceptions, which have to stand behind all others."""

    def tell(_: StackValidationArgs, report_violation: ReportViolation) -> None:
        excepted.tell(report_violation)

    def are_used(args: StackValidationArgs, report_violation: ReportViolation) -> None:
        if not args.resources:
            return
        stack, names = stack_of_urn(args.resources[0].urn), [resource.name for resource in args.resources]
        for message in excepted.exceptions.mistakes(stack, names):
            report_violation(message, None)

    return [
        ExceptedResources(excepted),
        StackValidationPolicy(  # pyright: ignore[reportUnknownMemberType]
            OF_THE_STACK, "An exception allows it.", tell, enforcement_level=EnforcementLevel.ADVISORY
        ),
        StackValidationPolicy(  # pyright: ignore[reportUnknownMemberType]
            ARE_USED,
            "Every exception lasts, and something needs it.",
            are_used,
            enforcement_level=EnforcementLevel.MANDATORY,
            severity=Severity.MEDIUM,
        ),
    ]
