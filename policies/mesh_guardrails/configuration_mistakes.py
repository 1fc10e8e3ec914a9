"""Configuration of the pack: what Pulumi's engine does not say of it.

The engine checks levels, and parameters by their schemas (`pkg/resource/analyzer/config.go`). A rule that does not
exist it hands on, and a parameter that does not exist it takes for one: what was meant to be stricter would stay as it
is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, Final, cast

from mesh_guardrails.rule import AnyRule, severity_of

LEVEL: Final = "enforcementLevel"
EVERY: Final = "all"
"""The name by which a configuration gives every policy a level."""


def mistakes(configured: Mapping[str, Any], rules: Collection[AnyRule], others: Collection[str] = ()) -> list[str]:
    """Sentences on policies and parameters that do not exist; `others` are policies of the pack beside its rules.

    A policy has a level, or an object of parameters, as in the file of `--policy-pack-config`.
    """
    known = {rule.name: [one.name for one in (*rule.parameters, severity_of(rule))] for rule in rules}
    found: list[str] = []
    for name, value in configured.items():
        if name not in known:
            if name != EVERY and name not in others:
                found.append(f"there is no rule '{name}'{_near(name, known)}; docs/policies.md has the rules")
        elif isinstance(value, Mapping):
            allowed = [*known[name], LEVEL]
            unknown = [one for one in cast("Mapping[str, Any]", value) if one not in allowed]
            it_has = f"it has {', '.join(allowed)}"
            found += [f"'{name}' has no parameter '{one}'{_near(one, allowed)}; {it_has}" for one in unknown]
    return found


def _near(name: str, names: Collection[str]) -> str:
    close = get_close_matches(name, names, 1)
    return f" (did you mean '{close[0]}'?)" if close else ""
