"""Lines on what the policy pack said of stacks that were deployed: one for each exception, and one with all counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.console import screen
from mesh.guardrail_rules import guardrails

if TYPE_CHECKING:
    from sandbox.runs.asked_policies import AskedPolicies
    from sandbox.runs.stack_run import StackRun


def asked(runs: Sequence[StackRun]) -> AskedPolicies:
    """The answers of the pack in some runs; of violations the failures have them word for word."""
    from sandbox.runs.asked_policies import PackRules, asked_policies

    return asked_policies(
        runs, PackRules(len(guardrails()), {name: rule.severity for name, rule in guardrails().items()})
    )


def show(told: AskedPolicies) -> None:
    """Prints the exceptions, and the counts."""
    for exception in told.exceptions:
        screen().print(str(exception), markup=False, soft_wrap=True)
    screen().print(f"policies: {told}", markup=False, soft_wrap=True)
