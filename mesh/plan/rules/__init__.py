"""Validation rules that span files, one small function each, which yields problems with place and remedy."""

from __future__ import annotations

import datetime
from typing import Final

from mesh.findings import Problem
from mesh.model import Mesh
from mesh.plan.rules import (
    accounts,
    agreements,
    bucket_naming,
    clearances,
    cleared_pipelines,
    consumers,
    continuous_integration,
    contract_contents,
    contract_heads,
    exceptions,
    home_region,
    limits,
    locks,
    machine_reads,
    members,
    mesh_file,
    naming,
    pipeline_arguments,
    pipelines,
    products,
)
from mesh.plan.rules.context import CrossFileRule, RuleContext

RULES: Final[tuple[CrossFileRule, ...]] = (
    *mesh_file.RULES,
    *home_region.RULES,
    *continuous_integration.RULES,
    *accounts.RULES,
    *naming.RULES,
    *bucket_naming.RULES,
    *products.RULES,
    *contract_contents.RULES,
    *contract_heads.RULES,
    *locks.RULES,
    *clearances.RULES,
    *consumers.RULES,
    *pipelines.RULES,
    *pipeline_arguments.RULES,
    *machine_reads.RULES,
    *cleared_pipelines.RULES,
    *members.RULES,
    *agreements.RULES,
    *exceptions.RULES,
    *limits.RULES,
)


INERT: Final = frozenset(
    "authoritativeDefinitions businessName dataGranularityDescription description encryptedName examples limitations "
    "quality tags transformDescription transformLogic transformSourceObjects usage".split()
)
"""Keys of a contract that say nothing of names, types, labels or keys: a mistake in one hides no other problem."""


def problems(mesh: Mesh, as_of: datetime.date) -> list[Problem]:
    """Problems that the rules find in a mesh on a day."""
    context = RuleContext(mesh, as_of)
    told = (problem for check in RULES for problem in check(context))
    whole = not mesh.partial and not mesh.unread
    return [problem for problem in told if whole or _can_be_told(context, problem)]


def _can_be_told(context: RuleContext, problem: Problem) -> bool:
    """Whether a problem is of what stands in the files, and not of what was left out of them."""
    mesh, path = context.mesh, problem.path
    if problem.file not in context.contracts_by_file:
        return True  # each rule asks for itself what it cannot tell
    labels = path[-1:] == ("classification",) or "tags" in path or "customProperties" in path
    return not mesh.touches(problem.file, *path, inert=INERT) and (context.words_are_known or not labels)
