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
    """A previewed stack with its resources as `--json` has them, each compared with AWS's models by itself."""

    run: StackRun
    """Without resources and steps."""
    created: int
    """AWS resources that would be made."""
    resources: list[dict[str, Any]]
    own: tuple[OwnFindings, ...]


def emitted_stack(plan: Plan, run: StackRun) -> EmittedStack:
    """Resources that a run has emitted; of one that failed, nothing but the failures."""
    rest = replace(run, result=replace(run.result, resources=[], steps=[]))
    if run.result.failures:
        return EmittedStack(rest, 0, [], ())
    resources = resources_as_json(run, BucketPolicies(plan))
    of_aws = emitted({"stacks": [{"stack": run.stack, "resources": resources}]})
    return EmittedStack(rest, run.operations.get("create", 0), resources, tuple(map(own_findings, of_aws)))


def document(plan: Plan, stacks: Iterable[EmittedStack]) -> dict[str, Any]:
    """The document of `mesh plan --json`."""
    return {"mesh": plan.mesh, "stacks": [{"stack": each.run.stack, "resources": each.resources} for each in stacks]}
