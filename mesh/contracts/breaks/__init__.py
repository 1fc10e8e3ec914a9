"""Breaks: two versions of a data contract, and each change between them with a verdict by a written rule."""

from mesh.contracts.breaks.break_rule import BreakRule, BreakVerdict, ContractChange, VersionStep
from mesh.contracts.breaks.contract_side import ContractSide, contract_side
from mesh.contracts.breaks.judgement import RULES, breaks_of, demanded_step, product_breaks_of
from mesh.contracts.breaks.promise_breaks import LABEL_ADDED

__all__ = [
    "LABEL_ADDED",
    "RULES",
    "BreakRule",
    "BreakVerdict",
    "ContractChange",
    "ContractSide",
    "VersionStep",
    "breaks_of",
    "contract_side",
    "demanded_step",
    "product_breaks_of",
]
