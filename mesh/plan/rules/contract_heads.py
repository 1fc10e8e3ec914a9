"""Rules of what a contract says of itself: its version, and when the product ends that it deprecates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.contracts.breaks.break_notice import announced_end
from mesh.contracts.breaks.contract_versions import ContractVersion
from mesh.contracts.remarks import REMOVAL
from mesh.findings import Problem
from mesh.plan.rules.context import CrossFileRule, RuleContext
from mesh.validation_messages import shorten


def versions_can_be_compared(context: RuleContext) -> Iterator[Problem]:
    """Versions of contracts are numbers: from others no change can tell whether it makes the step that it demands."""
    for file, _, contract in context.every_contract:
        if ContractVersion.read(contract.version) is None:
            message = (
                f"the version '{shorten(contract.version)}' is none that two can be compared by; write it as 1.4.0: a "
                "break demands a major step (docs/breaks.md)"
            )
            yield Problem(file, ("version",), message, "warning")


def deprecated_contracts_have_an_end(context: RuleContext) -> Iterator[Problem]:
    """Deprecated contracts announce an end of the whole that is still ahead; nothing has to be done until then.

    Source: Open Data Contract Standard 3.2, "Service-Level Agreement", `endOfSupport` and `endOfLife`.
    """
    for file, product, contract in context.every_contract:
        status = contract.data.get("status")
        if not isinstance(status, str) or status.strip().lower() != "deprecated":
            continue
        end = announced_end(contract)
        if end is None:
            message = (
                "the contract is deprecated and announces no end; write a service level 'endOfSupport' with its day, "
                "and with what to use instead"
            )
            yield Problem(file, ("status",), message, "warning")
        elif end < context.as_of:
            message = (
                f"the end that this contract announces, {end}, is past, and '{product}' is still deployed; {REMOVAL}"
            )
            yield Problem(file, ("status",), message, "warning")


RULES: Final[tuple[CrossFileRule, ...]] = (versions_can_be_compared, deprecated_contracts_have_an_end)
