"""Validation rules that span files, one small function each, which yields problems with place and remedy."""

from __future__ import annotations

import datetime
from typing import Final

from mesh.findings import Problem
from mesh.model import Mesh
from mesh.plan.rules import (
    accounts,
    agreements,
    consumers,
    contract_contents,
    limits,
    locks,
    members,
    mesh_file,
    naming,
    products,
)
from mesh.plan.rules.context import CrossFileRule, RuleContext

RULES: Final[tuple[CrossFileRule, ...]] = (
    *mesh_file.RULES,
    *accounts.RULES,
    *naming.RULES,
    *products.RULES,
    *contract_contents.RULES,
    *locks.RULES,
    *consumers.RULES,
    *members.RULES,
    *agreements.RULES,
    *limits.RULES,
)


def problems(mesh: Mesh, as_of: datetime.date) -> list[Problem]:
    """Problems that the rules find in a mesh on a day."""
    context = RuleContext(mesh, as_of)
    return [problem for check in RULES for problem in check(context)]
