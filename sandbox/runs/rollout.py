"""The whole mesh through the embedded engine: every stack in its order, in preview or in an emulated organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from mesh.iam.bootstrap import template
from mesh.iam.statement import KEY_ARN
from mesh.plan import Plan
from mesh.plan.build import by_stack
from sandbox.emulator.emulated_organization import EmulatedOrganization, OrganizationIds
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import entry_point, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import ResourceState, StackState
from sandbox.engine.steps import Step
from sandbox.engine.urns import provider_urn
from sandbox.engine.wire import UNKNOWN, reveal
from sandbox.runs.engines import EmbeddedEngine, InMemoryStates
from sandbox.runs.run import ENTRY_POINT, PROJECT, OnStep, Run, RunInput, StackRun, told

__all__ = [
    "OnStep",
    "Rollout",
    "RunInput",
    "StackRun",
    "as_json",
    "enforcing",
    "organization_ids",
    "preview",
    "steps_as_json",
]

SHOWN_UNKNOWN: Final = "<unknown>"


def preview(mesh: RunInput, stacks: Iterable[str], on_step: OnStep | None = None) -> list[StackRun]:
    """Each stack in preview, against nothing: no emulator, no state, every resource is new."""

    def one(stack: str) -> StackRun:
        engine = Engine(
            project=PROJECT,
            stack=stack,
            preview=True,
            state=StackState(),
            provider=lambda _: AwsProvider(),
            config=mesh.config(emulated=False),
            on_step=told(on_step, stack),
        )
        return StackRun(stack, by_stack(mesh.plan)[stack].account_id, True, run(engine, entry_point(ENTRY_POINT)))

    return [one(stack) for stack in stacks]


def organization_ids(plan: Plan) -> OrganizationIds:
    """The ids that the emulated AWS gives out: those of the plan, assumed ones included."""
    p = plan.perimeter
    return OrganizationIds(
        management_account=p.management_id,
        organization_id=p.organization,
        root_id=p.root,
        units={"governance": p.governance_unit, "domains": p.domains_unit, "partners": p.partners_unit},
        accounts={name: access.account_id for name, access in by_stack(plan).items() if name != "organization"},
    )


def enforcing(plan: Plan) -> EmulatedOrganization:
    """The organisation of a plan, with policies enforced; accounts start with the roles of the bootstrap template."""
    starts = plan.organization.args
    return EmulatedOrganization(organization_ids(plan), template=template(starts.deploy_trust, starts.preview_trust))


class Rollout(Run):
    """Deployments of the embedded engine, in this process, into one emulated organisation; `states` by stack."""

    def __init__(self, organization: EmulatedOrganization) -> None:
        kept = InMemoryStates()
        super().__init__(EmbeddedEngine.of(organization, kept))
        self.organization = organization
        self.states = kept.states


def as_json(mesh: RunInput, runs: Iterable[StackRun]) -> dict[str, Any]:
    """`mesh plan --json` and `mesh up --json` (docs/reference: every resource with its inputs, as on the wire)."""
    documents = {
        product.bucket: product.bucket_policy.text({KEY_ARN: SHOWN_UNKNOWN})
        for domain in mesh.plan.domains.values()
        for product in domain.products.values()
    }
    return {
        "mesh": mesh.plan.mesh,
        "stacks": [{"stack": run.stack, "resources": _resources(run, documents)} for run in runs],
    }


def steps_as_json(mesh: RunInput, runs: Iterable[StackRun]) -> dict[str, Any]:
    """`mesh refresh --json` and `mesh destroy --json`: what was done, or would not be, in the order it was done."""
    return {
        "mesh": mesh.plan.mesh,
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
    }


def _resources(run: StackRun, documents: Mapping[str, str]) -> list[dict[str, Any]]:
    accounts = {r.urn: _account(r) for r in run.result.resources if r.type.startswith("pulumi:providers:")}
    ordered = sorted(run.result.resources, key=lambda r: r.urn)  # the SDK registers in an order of its own each time
    return [_resource(r, accounts, documents, run.preview) for r in ordered]


def _resource(
    resource: ResourceState, accounts: Mapping[str, str | None], documents: Mapping[str, str], preview: bool
) -> dict[str, Any]:
    inputs = _shown(reveal(resource.inputs))
    if resource.type == "aws:s3/bucketPolicy:BucketPolicy" and inputs.get("policy") == SHOWN_UNKNOWN:
        # The SDK knows an unknown value only as a whole; the Plan knows all of the document but the key's ARN.
        inputs["policy"] = documents.get(str(inputs.get("bucket")), SHOWN_UNKNOWN)
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
    }
    return shown if preview else {**shown, "operation": resource.operation, "outputs": _shown(reveal(resource.outputs))}


def _account(provider: ResourceState) -> str | None:
    allowed = reveal(provider.inputs).get("allowedAccountIds")
    if isinstance(allowed, str):
        return allowed.strip('[]"')
    return allowed[0] if allowed else None


def _shown(value: Any) -> Any:
    """A value of the wire without what is the engine's own (`__…`), unknowns as people read them."""
    if isinstance(value, str):
        return value.replace(UNKNOWN, SHOWN_UNKNOWN)
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {key: _shown(item) for key, item in members.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [_shown(item) for item in cast("list[Any]", value)]
    return value
