"""Judgement of two versions of a contract: every change with its verdict, and the step that all demand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from mesh.contracts.breaks import (
    column_breaks,
    key_breaks,
    product_breaks,
    promise_breaks,
    quality_breaks,
    service_level_breaks,
    type_breaks,
)
from mesh.contracts.breaks.break_rule import STEPS, BreakRule, ContractChange, VersionStep
from mesh.contracts.breaks.contract_side import ContractSide
from mesh.contracts.breaks.paired_documents import ContractDifference, differences
from mesh.model import Product

RULES: Final[tuple[BreakRule, ...]] = (
    *column_breaks.RULES,
    *type_breaks.RULES,
    *key_breaks.RULES,
    *quality_breaks.RULES,
    *service_level_breaks.RULES,
    *product_breaks.RULES,
    *promise_breaks.RULES,
)
"""Every rule in its order: the first that has a sentence on a difference judges it; the last judges all."""


def breaks_of(
    before: ContractSide, after: ContractSide, rules: Sequence[BreakRule] = RULES
) -> tuple[ContractChange, ...]:
    """Every change of a contract, judged; none where both say the same."""
    return tuple(_judged(one, rules) for one in differences(before, after))


def product_breaks_of(
    name: str,
    before: Product | None,
    after: Product | None,
    retention: tuple[int, int],
    renamed: str = "",
    rules: Sequence[BreakRule] = RULES,
) -> tuple[ContractChange, ...]:
    """Every change of a product in its domain's file, judged, as `product_differences` finds them."""
    every = product_breaks.product_differences(name, before, after, retention, renamed)
    return tuple(_judged(one, rules) for one in every)


def _judged(one: ContractDifference, rules: Sequence[BreakRule]) -> ContractChange:
    for rule in rules:
        if sentence := rule.judge(one):
            path = ".".join(one.path)
            return ContractChange(path, one.before, one.after, rule.verdict, rule.id, sentence, rule.step, one.columns)
    raise LookupError(f"no rule judges {'.'.join(one.path)}")


def demanded_step(changes: Iterable[ContractChange]) -> VersionStep | None:
    """The step of the version that changes demand together; None where there is none."""
    steps = {change.step for change in changes}
    return next((step for step in reversed(STEPS) if step in steps), None)
