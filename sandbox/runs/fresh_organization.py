"""A new emulated organisation in this process, with the states of its stacks, which it can serve to other processes."""

from __future__ import annotations

import datetime
import os
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from mesh import names
from mesh.access.from_plan import home_address
from mesh.evaluator.moments import midday, written
from mesh.findings import BadInputError, NotPossibleError
from mesh.folder import PlannedMesh, plan_folder
from mesh.plan import Plan
from sandbox.emulator.aws.records import Inventory
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.identity_center import assignments
from sandbox.emulator.organization_ids import OrganizationIds
from sandbox.emulator.stored_reads import reads_of_others
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.enforcement.seeding import FirstRoles
from sandbox.filling.data_extra import require_data_extra
from sandbox.filling.filled import Filled, Sample
from sandbox.jobs.deployed_jobs import DeployedJobs
from sandbox.rehearsal.check import Report, check
from sandbox.rehearsal.credentials import environment_or_error
from sandbox.runs.organization_questions import (
    AS,
    ASSIGNMENTS,
    CHECK,
    CLOCK,
    FILL,
    IDENTITY,
    INVENTORY,
    JOBS,
    QUERY,
    READING,
    STOP,
)
from sandbox.runs.persona_queries import PersonaQueries
from sandbox.runs.provider_server import Answers, ProviderServer
from sandbox.runs.served_organization import ServedOrganization, alive, announced
from sandbox.runs.stack_run import EngineName
from sandbox.runs.states import StateDirectory, state_directory


def organization_ids(plan: Plan) -> OrganizationIds:
    """The ids that the emulated AWS gives out: those of the plan, assumed ones included."""
    p = plan.perimeter
    return OrganizationIds(
        management_account=p.management_id,
        organization_id=p.organization,
        root_id=p.root,
        units={"governance": p.governance_unit, "domains": p.domains_unit, "partners": p.partners_unit},
        accounts={account.name: plan.access[account.name].account_id for account in plan.organization.args.accounts},
        network=p.network,
        subnets={jobs.zone: jobs.subnet for d in plan.domains.values() if (jobs := d.job_baseline) is not None},
        keys={names.inbox_key_description(partner): key for partner, key in plan.inbox_keys.items()},
    )


def emulated(plan: Plan) -> EmulatedOrganization:
    """The organisation of a plan, in which every call is allowed."""
    return EmulatedOrganization(organization_ids(plan), plan.perimeter.region)


def enforced(plan: Plan) -> EnforcedOrganization:
    """The organisation of a plan, with policies enforced, at midday of its day.

    Accounts start with the roles of the bootstrap templates.
    """
    args = plan.organization.args
    roles = FirstRoles(args.bootstrap, args.access_bootstrap)
    return EnforcedOrganization(
        organization_ids(plan), plan.perimeter.region, roles, office=home_address(plan), now=midday(plan.as_of)
    )


class FreshOrganization:
    """The organisation of a mesh, `aws`, with policies enforced, the states of its stacks, and its deployed jobs."""

    def __init__(self, mesh: PlannedMesh, aws: EnforcedOrganization, states: StateDirectory, ends: ExitStack) -> None:
        self.aws: Final = aws
        self.states: Final = states
        self.jobs: Final = DeployedJobs(aws, alive)
        self._mesh = mesh
        self._ends = ends

    @cached_property
    def provider_port(self) -> int:
        """The port at which its provider is served, from the first use of this property on."""
        queries = PersonaQueries(self._as_it_stands, self.aws)
        questions: Mapping[str, Answers] = {
            IDENTITY: lambda _: {"identity": self.states.identity},
            INVENTORY: lambda _: self.inventory().to_json(),
            AS: lambda question: environment_or_error(self._as_it_stands().plan, question, self.aws.endpoint_from),
            ASSIGNMENTS: lambda _: {"assignments": [list(each) for each in assignments(self.aws)]},
            CHECK: self._checked,
            CLOCK: self._clock,
            FILL: self._fill,
            JOBS: self.jobs,
            READING: lambda question: {"roles": [role for role in question["roles"] if reads_of_others(role)]},
            QUERY: queries.answer,
            STOP: queries.stop,
        }
        return self._ends.enter_context(ProviderServer(self.aws, questions)).port

    def _as_it_stands(self) -> PlannedMesh:
        """The mesh as its folder stands, or last stood without an error: who was deployed since is known, too."""
        with suppress(BadInputError):
            self._mesh = plan_folder(self._mesh.directory, self._mesh.as_of)
        return self._mesh

    def _checked(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """The checks against the mesh as it stands in a folder: `{"directory": …, "as-of": "2026-12-01"}`."""
        day = datetime.date.fromisoformat(question["as-of"])
        return self.check(plan_folder(Path(question["directory"]), day)).to_json()

    def _fill(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """A sample in the mesh as it stands in a folder: `{"directory", "as-of", "rows", "seed", …}`."""
        day = datetime.date.fromisoformat(question["as-of"])
        try:
            mesh = plan_folder(Path(question["directory"]), day)
            return self.fill(mesh, Sample.from_json(question)).to_json()
        except BadInputError as error:
            return {"error": "\n".join(str(finding) for finding in error.findings)}
        except NotPossibleError as error:
            return {"error": str(error)}

    def _clock(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """`{}` -> `{"now": "2026-12-01T12:00:00Z"}`; with `{"to": …}` the clock is moved there, and schedules fire."""
        world = self.aws.gate.world
        if question:
            world.now = datetime.datetime.fromisoformat(question["to"])
            self.aws.gate.deliveries.sweep()
        return {"now": written(world.now) if world.now else ""}

    def inventory(self) -> Inventory:
        """Resources that exist in it, counted."""
        return self.aws.inventory()

    def check(self, mesh: PlannedMesh) -> Report:
        """The live checks against a mesh."""
        return check(self.aws, mesh.plan)

    def fill(self, mesh: PlannedMesh, sample: Sample) -> Filled:
        """A sample of data in a mesh that is deployed. Raises NotPossibleError without the extra `data`."""
        require_data_extra()
        from sandbox.filling.fill import fill

        with self.aws.gate.uncounted():
            return fill(self.aws, mesh, self.jobs, sample)

    @contextmanager
    def served(self, engine: EngineName, port: int) -> Generator[None]:
        """Inside, AWS's API answers on a port of the loopback interface, and other processes find the organisation."""
        self.aws.serve(port)
        served = ServedOrganization(
            identity=self.states.identity,
            organization=self._mesh.plan.perimeter.organization,
            mesh=self._mesh.plan.mesh,
            engine=engine,
            endpoint=self.aws.endpoint,
            provider_port=self.provider_port,
            pid=os.getpid(),
            state=str(self.states.path),
        )
        with announced(served):
            yield


@contextmanager
def fresh_organization(mesh: PlannedMesh) -> Generator[FreshOrganization]:
    """Inside, there is the organisation, and nothing is deployed; outside, nothing of it and its states is left."""
    with state_directory() as states, enforced(mesh.plan) as aws, ExitStack() as ends:
        yield FreshOrganization(mesh, aws, states, ends)
