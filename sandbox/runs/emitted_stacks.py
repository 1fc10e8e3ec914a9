"""Stacks as `mesh plan` shows them: made in the process that previews a stack, and smaller to send than its run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from mesh.acceptance.emitted import emitted
from mesh.acceptance.own_findings import OwnFindings, own_findings
from mesh.plan import Plan
from sandbox.runs.run_json import BucketPolicies, resources_as_json
from sandbox.runs.stack_run import StackRun


@dataclass(frozen=True, slots=True)
class EmittedStack:
    """A previewed stack with its resources as `--json` has them."""

    run: StackRun
    """Without resources and steps."""
    created: int
    """AWS resources that would be made."""
    resources: list[dict[str, Any]]
    own: tuple[OwnFindings, ...] | None
    """Each of AWS compared with AWS's models by itself; None where nothing is compared yet."""


def emitted_stack(plan: Plan, run: StackRun, *, compare: bool = True) -> EmittedStack:
    """What a run has emitted; of one that failed, nothing but the failures."""
    rest = replace(run, result=replace(run.result, resources=[], steps=[]))
    if run.result.failures:
        return EmittedStack(rest, 0, [], ())
    one = {"stack": run.stack, "resources": resources_as_json(run, BucketPolicies(plan))}
    own = tuple(own_findings(each) for each in emitted({"stacks": [one]})) if compare else None
    return EmittedStack(rest, run.operations.get("create", 0), one["resources"], own)


def found_already(stacks: Iterable[EmittedStack]) -> list[OwnFindings] | None:
    """What was found of all resources, in their order; None where some are to be compared."""
    found: list[OwnFindings] = []
    for each in stacks:
        if each.own is None:
            return None
        found += each.own
    return found


def document(plan: Plan, stacks: Iterable[EmittedStack]) -> dict[str, Any]:
    """The document of `mesh plan --json`."""
    return {"mesh": plan.mesh, "stacks": [{"stack": each.run.stack, "resources": each.resources} for each in stacks]}
