"""Rules of locks: each product has one, it is that of its contract, and no label is lost without a decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.contracts.lock import following, is_current
from mesh.contracts.lock_shape import TableShape
from mesh.contracts.widened_clearances import gaining_clearances, who_is_asked
from mesh.findings import Problem
from mesh.model import contract_file, lock_file
from mesh.plan.rules.context import CrossFileRule, RuleContext

MOST_CHANGES: Final = 5
"""The most changes that a finding lists."""


def locks_are_of_their_contract(context: RuleContext) -> Iterator[Problem]:
    """Locks have what their contracts have, and labels are lost only by `mesh lock --widen`."""
    for product, file, wanted in _locked(context):
        lock = context.mesh.locks.get(product)
        if lock is None:
            yield from _missing(context, product, file)
        elif not is_current(lock, wanted):
            step = following(lock, wanted)
            for change in step.refused:
                yield Problem(file, change.place, change.text)
            for lost in step.widened:
                gaining = gaining_clearances(context.mesh.clearances, lost.before, lost.after)
                asked = who_is_asked(context.mesh.clearances, gaining)
                remedy = f"put it back, or {asked}let 'mesh lock --widen' write that more people may read it"
                yield Problem(file, lost.place, f"{lost.text}; {remedy}")
            if step.changes and not step.refused and not step.widened:
                told = [change.text for change in step.changes[:MOST_CHANGES]]
                more = len(step.changes) - len(told)
                told += [f"and {more} more"] if more else []
                message = f"the lock is of an earlier contract: {', '.join(told)}; run 'mesh lock'"
                yield Problem(file, step.changes[0].place, message)


def _missing(context: RuleContext, product: str, file: str) -> Iterator[Problem]:
    lock = lock_file(*product.split("."))
    if lock not in context.mesh.unread:
        message = (
            f"the contract of '{product}' has no lock: {lock} does not exist; run 'mesh lock', which writes it "
            "(one that was lost is restored from version control: data files know columns by its ids)"
        )
        yield Problem(file, (), message)


def keys_can_identify_rows(context: RuleContext) -> Iterator[Problem]:
    """Primary keys are columns that Iceberg takes as identifier fields."""
    for _, file, wanted in _locked(context):
        for shape in wanted:
            for path, message in shape.unfit:
                yield Problem(file, (*path, "primaryKey"), message, "warning")


def locks_have_a_product(context: RuleContext) -> Iterator[Problem]:
    """Locks belong to a product; others do nothing."""
    for file in context.mesh.stray_locks:
        message = "no product has this lock; declare the product in its domain's file, or remove the lock"
        yield Problem(file, (), message, "warning")


def _locked(context: RuleContext) -> Iterator[tuple[str, str, list[TableShape]]]:
    """Every product whose contract has no mistake, with the contract's file and the shape of its tables."""
    for domain, name, product in context.every_product():
        reference = f"{domain}.{name}"
        if reference in context.shapes:
            yield reference, contract_file(domain, name, product), context.shapes[reference]


RULES: Final[tuple[CrossFileRule, ...]] = (
    locks_are_of_their_contract,
    keys_can_identify_rows,
    locks_have_a_product,
)
