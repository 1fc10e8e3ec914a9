"""Live checks: every probe is called in the emulated organisation, and each answer compared with the Plan's."""

from __future__ import annotations

import datetime
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Self

from mesh.access import from_plan, planned_lakes
from mesh.access.data_locations import may_create_database
from mesh.evaluator import Request, decide
from mesh.iam.wake_ups import SWEEPS
from mesh.plan import Plan
from sandbox.emulator.athena_queries import unanswered
from sandbox.emulator.aws.resource import AwsError
from sandbox.emulator.identity_center import assignments
from sandbox.emulator.request_origin import coming_from
from sandbox.enforcement.origin_keys import from_elsewhere
from sandbox.enforcement.refusals import LAKE_REFUSAL, REFUSAL_CODES, UNDECIDED, cause, cause_in
from sandbox.rehearsal.credentials import credentials, issued_keys
from sandbox.rehearsal.elsewhere import probes_from_elsewhere
from sandbox.rehearsal.personas import Persona, provisioned
from sandbox.rehearsal.probes import Probe, probes, put_probe
from sandbox.rehearsal.probes_of_groups import probes_of_groups
from sandbox.rehearsal.probes_of_staff import probes_of_staff
from sandbox.rehearsal.probes_of_tokens import probes_of_tokens
from sandbox.rehearsal.stand_ins import stand_ins
from sandbox.rehearsal.stolen_deployments import probes_of_stolen_deployments
from sandbox.rehearsal.targets import PROBE_KEY, Targets, delete_probe_objects, put_probe_object

if TYPE_CHECKING:
    from sandbox.emulator.clients import RoleSession
    from sandbox.emulator.emulated_organization import EmulatedOrganization
    from sandbox.enforcement.enforced_organization import EnforcedOrganization

NO_SUCH_KEY: Final = "NoSuchKey"
"""The code of a call that was allowed, for an object that does not exist."""

ColumnsByTable = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """An answer that is not as planned: the caller and its call, the Plan's answer with its cause, and AWS's."""

    caller: str
    call: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.caller}: {self.call}: planned {self.expected}; answered {self.got}"


@dataclass(slots=True)
class Report:
    """The result of the live checks."""

    answers: Counter[bool] = field(default_factory=Counter[bool])
    """Numbers of allowed (True) and refused calls."""
    callers: int = 0
    differences: list[Difference] = field(default_factory=list[Difference])
    deployment: int = 0
    """Number of the deployment's calls that were decided before the checks."""
    exempted: dict[str, int] = field(default_factory=dict[str, int])
    seconds: float = 0.0
    undelivered: dict[str, int] = field(default_factory=dict[str, int])
    """Deliveries of events that came to nothing, by reason."""
    stand_ins: int = 0
    """Number of tables that nothing has published, and that stood in the mesh catalog while the checks looked."""
    unanswered: int = 0
    """Number of queries of Athena that were started and not executed: what rests on one is not published."""

    def to_json(self) -> dict[str, Any]:
        """The report as plain values."""
        names = ("callers", "deployment", "exempted", "seconds", "undelivered", "stand_ins", "unanswered")
        numbers = {name: getattr(self, name) for name in names}
        answers = {"allowed": self.answers[True], "refused": self.answers[False]}
        return {**numbers, "answers": answers, "differences": [asdict(difference) for difference in self.differences]}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The report that `to_json` gave; numbers may come as floats."""
        return cls(
            Counter({True: int(values["answers"]["allowed"]), False: int(values["answers"]["refused"])}),
            int(values["callers"]),
            [Difference(**difference) for difference in values["differences"]],
            int(values["deployment"]),
            {reason: int(count) for reason, count in values["exempted"].items()},
            float(values["seconds"]),
            {reason: int(count) for reason, count in values["undelivered"].items()},
            int(values["stand_ins"]),
            int(values["unanswered"]),
        )

    @property
    def calls(self) -> int:
        """Number of all calls."""
        return self.answers.total()


def check(organization: EnforcedOrganization, plan: Plan) -> Report:
    """Run the live checks, and leave nothing of them behind; what could be published before is published."""
    began, gate = time.perf_counter(), organization.gate
    deployment, exempted = gate.unreported()
    report = Report(deployment=deployment, exempted=exempted)
    targets, planned = Targets(plan), _PlannedAnswers(plan, gate.world.now)
    try:
        gate.deliveries.sweep(SWEEPS)
        with stand_ins(organization, plan) as report.stand_ins, provisioned(plan, planned.lists_role) as personas:
            report.callers = len(personas)
            sessions = _PersonaSessions(organization, targets.region)
            by_group = probes_of_groups(plan, set(assignments(organization)))
            for probe in chain(_all_probes(targets, personas), by_group):
                answer = sessions.answer(probe)
                report.answers[not answer.refusal] += 1
                if difference := _difference(probe, answer, planned):
                    report.differences.append(difference)
    finally:
        for bucket in targets.buckets:
            delete_probe_objects(bucket.name)
        gate.mark_reported()
    report.undelivered = gate.deliveries.undelivered()
    report.unanswered = unanswered()
    report.seconds = time.perf_counter() - began
    return report


def _all_probes(targets: Targets, personas: list[Persona]) -> Iterator[Probe]:
    return chain(
        _first_probes(targets, personas),
        probes(targets, personas),
        probes_from_elsewhere(targets, personas),
        probes_of_stolen_deployments(targets.plan, personas),
        probes_of_staff(targets.plan, personas),
        probes_of_tokens(targets.plan, personas),
    )


def _first_probes(targets: Targets, personas: list[Persona]) -> Iterator[Probe]:
    """Writes of each pipeline into its product, so that there is an object to be read; inboxes get theirs without."""
    for inbox in targets.inboxes:
        put_probe_object(inbox.name)
    pipelines = {(persona.home, persona.product): persona for persona in personas if persona.kind == "pipeline"}
    for bucket in targets.products:
        yield put_probe(targets, pipelines[bucket.home, bucket.product], bucket, PROBE_KEY)


# ---- answers


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer of AWS: a response, the message of a refusal, or that of another error."""

    response: Mapping[str, Any] = field(default_factory=dict[str, Any])
    refusal: str = ""
    error: str = ""


class _PersonaSessions:
    """The sessions of the personas, each begun with its first call."""

    def __init__(self, organization: EmulatedOrganization, region: str) -> None:
        self._organization, self._region = organization, region
        self._sessions: dict[tuple[str, str], RoleSession] = {}

    def answer(self, probe: Probe) -> _Answer:
        session, parameters = self._session(probe.persona, probe.issuer), dict(probe.parameters)
        try:
            with coming_from(probe.origin or probe.persona.origin):
                answer = session.call(
                    probe.service, self._region, probe.operation, parameters, presigned=probe.presigned
                )
            return _Answer(answer)
        except AwsError as error:
            if error.code in REFUSAL_CODES:
                return _Answer(refusal=str(error))
            return _Answer() if error.code == NO_SUCH_KEY else _Answer(error=str(error))

    def _session(self, persona: Persona, issuer: str) -> RoleSession:
        session = self._sessions.get((persona.who, issuer))
        if session is None:
            keys = credentials(persona, self._region, issuer=issuer)
            session = self._sessions[persona.who, issuer] = self._organization.acting(persona.account, keys)
        return session


class _PlannedAnswers:
    """The answers of the Plan: refusals with their causes, and the columns that Lake Formation shows."""

    def __init__(self, plan: Plan, now: datetime.datetime | None) -> None:
        self._region = plan.perimeter.region
        self._hub, self._office = plan.perimeter.governance_id, from_plan.home_address(plan)
        self._world, self._lakes = from_plan.world(plan), planned_lakes.lakes(plan)
        self._world.now = now  # where the organisation's clock was moved, the plan answers at that time

    def lists_role(self, role: str) -> bool:
        return self._world.role(role) is not None

    def refusal(self, probe: Probe) -> str:
        """The action and the cause of the first refused request; empty when all are allowed."""
        for asked in probe.requests:
            request = asked._replace(context={**self._keys(probe, asked), **asked.context})
            decision = decide(request, self._world)
            if not decision.allowed:
                return cause(request.action, decision)
        hub = self._lakes.lakes[self._hub]
        return LAKE_REFUSAL if probe.place and not may_create_database(hub, probe.persona.role, probe.place) else ""

    def _keys(self, probe: Probe, request: Request) -> Mapping[str, Any]:
        """Keys of where a request comes from, and of the service that made the credentials."""
        issued = issued_keys(probe.persona, self._region, probe.issuer)
        if request.context.get("aws:ViaAWSService"):
            return issued
        origin, service = probe.origin or probe.persona.origin, request.action.partition(":")[0]
        if origin == "network":
            return {**issued, "aws:SourceVpce": from_plan.endpoint_id(service)}
        return {**issued, **from_elsewhere(origin, service, self._office)}

    def columns(self, persona: Persona, database: str) -> ColumnsByTable:
        """The columns that Lake Formation shows to a persona; an administrator of the lake sees all of them."""
        lake = self._lakes.lakes[self._hub]
        tables = lake.databases[database].tables
        if persona.role in lake.administrators:
            return {name: frozenset(table.columns) for name, table in tables.items()}
        account = self._world.account(persona.account)
        readable = {
            name: frozenset(self._lakes.readable(persona.role, account, self._hub, database, name)) for name in tables
        }
        return {name: columns for name, columns in readable.items() if columns}


# ---- differences


def _difference(probe: Probe, answer: _Answer, planned: _PlannedAnswers) -> Difference | None:
    planned_refusal = planned.refusal(probe)
    got = ""
    if answer.error or UNDECIDED in answer.refusal:
        got = answer.refusal or answer.error
    elif cause_in(answer.refusal) != planned_refusal:
        got = answer.refusal or "allowed"
    elif probe.database and not planned_refusal:
        visible, planned_columns = _columns_of(answer.response), planned.columns(probe.persona, probe.database)
        got = "" if visible == planned_columns else f"{_as_text(visible)} instead of {_as_text(planned_columns)}"
    expected = f"refused ({planned_refusal})" if planned_refusal else "allowed"
    return Difference(probe.persona.who, probe.label, expected, got) if got else None


def _columns_of(response: Mapping[str, Any]) -> ColumnsByTable:
    return {table["Name"]: frozenset(_column_names(table)) for table in response.get("TableList", ())}


def _column_names(table: Mapping[str, Any]) -> list[str]:
    columns = [*table.get("StorageDescriptor", {}).get("Columns", ()), *table.get("PartitionKeys", ())]
    return [column["Name"] for column in columns]


def _as_text(tables: ColumnsByTable) -> str:
    lines = (f"{table}: {', '.join(sorted(columns))}" for table, columns in sorted(tables.items()))
    return "; ".join(lines) or "no table"
