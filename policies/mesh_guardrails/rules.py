"""All rules of the pack, theme by theme."""

from __future__ import annotations

from typing import Final

from mesh_guardrails.rule import Rule, StackRule
from mesh_guardrails.themes import (
    accounts,
    at_rest,
    beside_the_mesh,
    catalog,
    cost,
    destinations,
    encryption,
    foreign_grants,
    glue_catalog,
    identity,
    internet,
    lake_grants,
    lifetime,
    outbound,
    ownership,
    partners,
    perimeter,
    permissions,
    pipelines,
    role_trust,
    secrets,
    storage,
    watching,
)

_THEMES: Final = (
    accounts,
    storage,
    lifetime,
    encryption,
    at_rest,
    catalog,
    lake_grants,
    glue_catalog,
    identity,
    role_trust,
    permissions,
    perimeter,
    foreign_grants,
    internet,
    outbound,
    destinations,
    beside_the_mesh,
    partners,
    pipelines,
    secrets,
    watching,
    ownership,
    cost,
)
RULES: Final[tuple[Rule, ...]] = tuple(rule for theme in _THEMES for rule in theme.RULES)
STACK_RULES: Final[tuple[StackRule, ...]] = tuple(rule for theme in _THEMES for rule in theme.STACK_RULES)
