"""Breaks: how two versions of a data contract differ, each change with a verdict by a written rule."""

from mesh.contracts.breaks.break_rule import BreakRule, ContractChange, Verdict, VersionStep
from mesh.contracts.breaks.judgement import RULES, breaks_of, demanded_step

__all__ = ["RULES", "BreakRule", "ContractChange", "Verdict", "VersionStep", "breaks_of", "demanded_step"]
