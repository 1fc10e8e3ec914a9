"""The whole mesh through the embedded engine: every stack in its order, in preview or in an emulated organisation."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from mesh.iam.values import KEY_ARN
from mesh.plan import Plan
from mesh.plan.build import by_stack
from sandbox.driver import Result, entry_point, run
from sandbox.engine import Engine
from sandbox.organization import EmulatedOrganization, OrganizationIds
from sandbox.provider import AwsProvider
from sandbox.state import Resource, StackState
from sandbox.steps import Step
from sandbox.urns import provider_urn
from sandbox.wire import UNKNOWN, reveal

PROJECT: Final = "mesh"
SHOWN_UNKNOWN: Final = "<unknown>"
ENTRY_POINT: Final = Path(__file__).resolve().parent.parent / "__main__.py"

OnStep = Callable[[str, Step], None]


@dataclass(frozen=True, slots=True)
class StackRun:
    """What one stack came to; `preview` when nothing was made."""

    stack: str
    account_id: str
    preview: bool
    result: Result

    @property
    def operations(self) -> dict[str, int]:
        """How many AWS resources were created, updated, ...: neither components nor providers are counted."""
        counts: dict[str, int] = {}
        for step in self.result.steps:
            if step.type.startswith("aws:"):
                counts[step.operation] = counts.get(step.operation, 0) + 1
        return counts


@dataclass(frozen=True, slots=True)
class Mesh:
    """What is run: a mesh folder, its plan, and the day."""

    directory: Path
    plan: Plan
    as_of: datetime.date

    def config(self, emulated: bool) -> dict[str, str]:
        """The stack configuration that `__main__.py` reads."""
        values = {
            f"{PROJECT}:directory": str(self.directory.resolve()),
            f"{PROJECT}:as-of": self.as_of.isoformat(),
        }
        return {**values, f"{PROJECT}:emulated": "true"} if emulated else values


def preview(mesh: Mesh, stacks: Iterable[str], on_step: OnStep | None = None) -> list[StackRun]:
    """Each stack in preview, against nothing: no emulator, no state, every resource is new."""
    return [_run(mesh, stack, True, StackState(), None, on_step) for stack in stacks]


def _run(
    mesh: Mesh,
    stack: str,
    dry: bool,
    state: StackState,
    organization: EmulatedOrganization | None,
    on_step: OnStep | None,
) -> StackRun:
    engine = Engine(
        project=PROJECT,
        stack=stack,
        preview=dry,
        state=state,
        provider=lambda _: AwsProvider(organization),
        config=mesh.config(emulated=organization is not None),
        on_step=(lambda step: on_step(stack, step)) if on_step else None,
    )
    result = run(engine, entry_point(ENTRY_POINT))
    return StackRun(stack, by_stack(mesh.plan)[stack].account_id, dry, result)


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


@dataclass(slots=True)
class Rollout:
    """Deployments into one emulated organisation; the state of every stack is kept from run to run."""

    organization: EmulatedOrganization
    states: dict[str, StackState] = field(default_factory=dict[str, StackState])

    def up(self, mesh: Mesh, stacks: Iterable[str] | None = None, on_step: OnStep | None = None) -> list[StackRun]:
        """Every stack (or those named) in order; stops behind the first that fails, with what it did in the result.

        A stack that is there already is previewed first, as `pulumi up` does: what its preview refuses, such as the
        deletion of something protected, leaves everything as it was.
        """
        runs: list[StackRun] = []
        for stack in stacks if stacks is not None else mesh.plan.stacks:
            state = self.states.setdefault(stack, StackState())
            if (
                state.resources
                and (
                    seen := _run(mesh, stack, True, StackState(list(state.resources)), self.organization, None)
                ).result.failures
            ):
                runs.append(seen)
                break
            runs.append(_run(mesh, stack, False, state, self.organization, on_step))
            if runs[-1].result.failures:
                break
        return runs


def as_json(mesh: Mesh, runs: Iterable[StackRun]) -> dict[str, Any]:
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


def _resources(run: StackRun, documents: Mapping[str, str]) -> list[dict[str, Any]]:
    accounts = {r.urn: _account(r) for r in run.result.resources if r.type.startswith("pulumi:providers:")}
    ordered = sorted(run.result.resources, key=lambda r: r.urn)  # the SDK registers in an order of its own each time
    return [_resource(r, accounts, documents, run.preview) for r in ordered]


def _resource(
    resource: Resource, accounts: Mapping[str, str | None], documents: Mapping[str, str], preview: bool
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


def _account(provider: Resource) -> str | None:
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
