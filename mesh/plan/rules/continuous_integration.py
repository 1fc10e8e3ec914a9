"""Rules of `ci:` of mesh.yaml: stacks that exist, and an environment of its own for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.findings import Problem, unknown
from mesh.model.continuous_integration import ci_stacks
from mesh.plan.rules.context import CrossFileRule, RuleContext


def ci_is_of_known_stacks(context: RuleContext) -> Iterator[Problem]:
    """Environments and repositories of `ci:` are those of stacks that the mesh has."""
    ci = context.mesh.file.ci
    if ci is None or context.mesh.unread:
        return
    known = _stacks(context)
    for key, written in (("environments", ci.environments), ("repositories", ci.repositories)):
        for stack in written:
            if stack not in known:
                yield Problem("mesh.yaml", ("ci", key, stack), unknown("stack", stack, known), on_key=True)


def ci_deploys_each_stack_from_a_place_of_its_own(context: RuleContext) -> Iterator[Problem]:
    """No two stacks are deployed from one environment of one repository: a token for one would deploy the other."""
    ci = context.mesh.file.ci
    if ci is None:
        return
    places: dict[str, str] = {}
    for stack in _stacks(context):
        here = ci.places(stack)
        first = next((places[place] for place in sorted(here) if place in places), stack)
        places |= {place: stack for place in here if place not in places}
        if first != stack:
            written = stack if stack in ci.environments else first
            message = (
                f"stacks '{first}' and '{stack}' would both be deployed from environment "
                f"'{ci.environments.get(written, written)}' of one repository; give each one of its own"
            )
            yield Problem("mesh.yaml", ("ci", "environments", written), message)


def _stacks(context: RuleContext) -> tuple[str, ...]:
    return ci_stacks(context.mesh.domains)


RULES: Final[tuple[CrossFileRule, ...]] = (
    ci_is_of_known_stacks,
    ci_deploys_each_stack_from_a_place_of_its_own,
)
