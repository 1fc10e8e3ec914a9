"""Runs as `--json` prints them: every resource as on the wire, or every step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from mesh.iam.statement import KEY_ARN
from mesh.plan import Plan
from sandbox.engine.state import ResourceState
from sandbox.engine.steps import Step
from sandbox.engine.urns import provider_urn
from sandbox.engine.wire import UNKNOWN, reveal
from sandbox.runs.stack_run import StackRun

SHOWN_UNKNOWN: Final = "<unknown>"


class BucketPolicies:
    """The bucket policies of a plan, as far as it knows them: the SDK knows an unknown value only as a whole."""

    def __init__(self, plan: Plan) -> None:
        self._products = {
            product.bucket: product for domain in plan.domains.values() for product in domain.products.values()
        }

    def text(self, bucket: str) -> str:
        """All of a bucket's policy but the ARN of its key, which AWS will say."""
        product = self._products.get(bucket)
        return product.bucket_policy.text({KEY_ARN: SHOWN_UNKNOWN}) if product else SHOWN_UNKNOWN


def as_json(plan: Plan, runs: Iterable[StackRun]) -> dict[str, Any]:
    """`mesh plan --json` and `mesh up --json`: every resource with its inputs.

    After an update with its id and outputs, too, and with the outputs of the stack.
    """
    policies = BucketPolicies(plan)
    return {
        "mesh": plan.mesh,
        "stacks": [
            {"stack": run.stack, "resources": resources_as_json(run, policies)}
            | ({} if run.preview else {"outputs": _shown(reveal(run.result.outputs))})
            for run in runs
        ],
    }


def steps_as_json(plan: Plan, runs: Iterable[StackRun]) -> dict[str, Any]:
    """`mesh refresh --json` and `mesh destroy --json`: what was done, or would not be, in the order it was done."""
    return {
        "mesh": plan.mesh,
        "stacks": [
            {
                "stack": run.stack,
                "steps": [_step(step) for step in run.result.steps if not run.preview and step.type.startswith("aws:")],
                "failures": [{"urn": failure.urn, "message": failure.message} for failure in run.result.failures],
            }
            for run in runs
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "operation": step.operation,
        "urn": step.urn,
        "type": step.type,
        "name": step.name,
        "properties": list(step.keys),
        **({"kept": step.kept} if step.kept else {}),
    }


def resources_as_json(run: StackRun, policies: BucketPolicies) -> list[dict[str, Any]]:
    """The resources of one stack."""
    accounts = {r.urn: _account(r) for r in run.result.resources if r.type.startswith("pulumi:providers:")}
    ordered = sorted(run.result.resources, key=lambda r: r.urn)  # the SDK registers in an order of its own each time
    return [_resource(r, accounts, policies, run.preview) for r in ordered]


def _resource(
    resource: ResourceState, accounts: Mapping[str, str | None], policies: BucketPolicies, preview: bool
) -> dict[str, Any]:
    inputs = _shown(reveal(resource.inputs))
    if resource.type == "aws:s3/bucketPolicy:BucketPolicy" and inputs.get("policy") == SHOWN_UNKNOWN:
        inputs["policy"] = policies.text(str(inputs.get("bucket")))
    account = accounts.get(provider_urn(resource.provider)) if resource.provider else accounts.get(resource.urn)
    shown: dict[str, Any] = {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "parent": resource.parent or None,
        "provider": resource.provider.replace(UNKNOWN, SHOWN_UNKNOWN) or None,
        "account": account,
        "inputs": inputs,
        "dependencies": sorted(resource.dependencies),
        "protect": resource.protect,
        "retainOnDelete": resource.retain_on_delete,
    }
    return (
        shown
        if preview
        else {**shown, "id": resource.id, "operation": resource.operation, "outputs": _shown(reveal(resource.outputs))}
    )


def _account(provider: ResourceState) -> str | None:
    allowed = reveal(provider.inputs).get("allowedAccountIds")
    if isinstance(allowed, str):
        return allowed.strip('[]"')
    return allowed[0] if allowed else None


def _shown(value: Any) -> Any:
    """A value of the wire without what is the engine's own (`__…`), unknowns as people read them, keys in one order.

    A message of protobuf has no order of its own: it is another one after the message was sent.
    """
    if isinstance(value, str):
        return value.replace(UNKNOWN, SHOWN_UNKNOWN)
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {key: _shown(members[key]) for key in sorted(members) if not key.startswith("__")}
    if isinstance(value, list):
        return [_shown(item) for item in cast("list[Any]", value)]
    return value
