"""Makes the calls, and compares each answer with what the evaluator says of the Plan."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from mesh.access.from_plan import lakes, world
from mesh.access.lake import Lakes
from mesh.evaluator import Decision, Request, World, decide
from mesh.plan import Plan
from sandbox.emulator.aws.resource import AwsError
from sandbox.rehearsal.personas import Persona, credentials, staged
from sandbox.rehearsal.probes import Probe, probes
from sandbox.rehearsal.targets import PROBE, Targets, delivered, swept

if TYPE_CHECKING:
    from sandbox.emulator.clients import RoleSession
    from sandbox.emulator.emulated_organization import EmulatedOrganization
    from sandbox.enforcement.enforced_organization import EnforcedOrganization

REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"})
NOTHING_THERE: Final = "NoSuchKey"
"""An answer all the same: the call was allowed, and there is no such object."""

_UNDECIDED: Final = "not decided"
Seen = Mapping[str, frozenset[str]]
"""Columns by table."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An answer that is not as planned: who called what, what the Plan says and why, and what came."""

    caller: str
    call: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.caller}: {self.call}: planned {self.expected}; answered {self.got}"


@dataclass(slots=True)
class Report:
    """What the live checks found."""

    answers: Counter[bool] = field(default_factory=Counter[bool])
    """Calls by whether they were allowed."""
    callers: int = 0
    differences: list[Difference] = field(default_factory=list[Difference])
    deployment: int = 0
    """Calls of the deployment that were decided on the way."""
    exempted: dict[str, int] = field(default_factory=dict[str, int])
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """As one process tells another."""
        told = {name: getattr(self, name) for name in ("callers", "deployment", "exempted", "seconds")}
        answers = {"allowed": self.answers[True], "refused": self.answers[False]}
        return {**told, "answers": answers, "differences": [asdict(each) for each in self.differences]}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """What `to_json` made; numbers may come as floats."""
        return cls(
            Counter({True: int(told["answers"]["allowed"]), False: int(told["answers"]["refused"])}),
            int(told["callers"]),
            [Difference(**each) for each in told["differences"]],
            int(told["deployment"]),
            {reason: int(count) for reason, count in told["exempted"].items()},
            float(told["seconds"]),
        )

    @property
    def calls(self) -> int:
        """All calls made."""
        return self.answers.total()


class _PersonaSessions:
    """The callers with their credentials."""

    def __init__(self, organization: EmulatedOrganization, callers: list[Persona]) -> None:
        self._organization = organization
        self._roles: dict[str, RoleSession] = {}
        self.callers = callers

    def call(self, caller: Persona, service: str, region: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        return self._role(caller).call(service, region, operation, dict(parameters))

    def _role(self, caller: Persona) -> RoleSession:
        found = self._roles.get(caller.who)
        if found is None:
            found = self._roles[caller.who] = self._organization.acting(
                caller.account, credentials(caller, self._organization.region)
            )
        return found


def check(organization: EnforcedOrganization, plan: Plan) -> Report:
    """Makes every call, and compares its answer; in the end everything that was made for it is gone."""
    began, gate = time.perf_counter(), organization.gate
    report = Report(
        deployment=gate.decided.total() - gate.reported.total(),
        exempted=dict(gate.exempted - gate.reported_exempted),
    )
    planned, governed, scene = world(plan), lakes(plan), Targets(plan)
    try:
        with staged(plan, lambda role: planned.role(role) is not None) as callers:
            company = _PersonaSessions(organization, callers)
            report.callers = len(callers)
            _set(scene, company, report, planned, governed)
            for probe in probes(scene, callers):
                _compare(probe, company, scene, planned, governed, report)
    finally:
        for bucket in scene.every:
            swept(bucket.name)
        gate.reported, gate.reported_exempted = Counter(gate.decided), Counter(gate.exempted)
    report.seconds = time.perf_counter() - began
    return report


def _set(scene: Targets, company: _PersonaSessions, report: Report, planned: World, governed: Lakes) -> None:
    """Each pipeline puts an object into its product: what is there to be read."""
    for inbox in scene.inboxes:
        delivered(inbox.name)
    pipelines = {(c.home, c.product): c for c in company.callers if c.kind == "pipeline"}
    for bucket in scene.products:
        caller = pipelines[bucket.home, bucket.product]
        asked = tuple(scene.put(caller.principal, bucket, PROBE))
        at = {"Bucket": bucket.name, "Key": PROBE, "Body": b"x"}
        probe = Probe(caller, f"put {bucket.name}", "s3", "put_object", at, asked)
        _compare(probe, company, scene, planned, governed, report)


def _compare(
    probe: Probe, company: _PersonaSessions, scene: Targets, planned: World, governed: Lakes, report: Report
) -> None:
    no = _planned_refusal(probe.asks, planned)
    answer: Mapping[str, Any] = {}
    refused = failed = ""
    try:
        answer = company.call(probe.caller, probe.service, scene.region, probe.operation, probe.parameters)
    except AwsError as error:
        if error.code in REFUSED:
            refused = str(error)
        elif error.code != NOTHING_THERE:
            failed = str(error)
    report.answers[not refused] += 1
    difference = ""
    if _UNDECIDED in refused or failed:
        difference = refused or failed
    elif bool(refused) != bool(no) or (refused and said_why(refused) != no):
        difference = refused or "allowed"
    elif probe.database and not no:
        difference = _unlike(_seen(answer), _to_see(probe, scene.plan, planned, governed))
    if difference:
        expected = f"refused ({no})" if no else "allowed"
        report.differences.append(Difference(probe.caller.who, probe.says, expected, difference))


def _planned_refusal(asks: tuple[Request, ...], planned: World) -> str:
    for asked in asks:
        decision = decide(asked, planned)
        if not decision.allowed:
            return f"{asked.action}: {_cause(decision)}"
    return ""


def _cause(decision: Decision) -> str:
    sid = decision.because[0].sid if decision.because else ""
    return f"{decision.layer}, statement {sid}" if sid else f"no {decision.layer} policy allows it"


_WHY: Final = re.compile(
    r"perform: (?P<action>\S+) on .*?"
    r"(?:explicit deny in (?P<layer>\w+) \(.*, statement (?P<sid>\S+)\)|because (?P<lack>no \w+ policy allows it))"
)


def said_why(refusal: str) -> str:
    """The action, layer and statement of a refusal in the gate's words, as the Plan's are written."""
    found = _WHY.search(refusal)
    if not found:
        return refusal
    return f"{found['action']}: {found['lack'] or '{}, statement {}'.format(found['layer'], found['sid'])}"


def _seen(answer: Mapping[str, Any]) -> Seen:
    return {table["Name"]: frozenset(_columns(table)) for table in answer.get("TableList", ())}


def _columns(table: Mapping[str, Any]) -> list[str]:
    described = [*table.get("StorageDescriptor", {}).get("Columns", ()), *table.get("PartitionKeys", ())]
    return [column["Name"] for column in described]


def _to_see(probe: Probe, plan: Plan, planned: World, governed: Lakes) -> Seen:
    """What Lake Formation lets the caller see; all of it when it administers the lake."""
    caller, hub = probe.caller, plan.perimeter.governance_id
    database = governed.lakes[hub].databases[probe.database]
    if caller.role in governed.lakes[hub].administrators:
        return {name: frozenset(table.columns) for name, table in database.tables.items()}
    account = planned.account(caller.account)
    found = {name: governed.readable(caller.role, account, hub, probe.database, name) for name in database.tables}
    return {name: frozenset(columns) for name, columns in found.items() if columns}


def _unlike(seen: Seen, to_see: Seen) -> str:
    return "" if seen == to_see else f"{_said(seen)} instead of {_said(to_see)}"


def _said(seen: Seen) -> str:
    return "; ".join(f"{table}: {', '.join(sorted(columns))}" for table, columns in sorted(seen.items())) or "no table"
