"""The gate in front of moto: a call is decided by what is stored, and moto hears of those that are allowed only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from mesh.aws.plugin_types import AskedAction
from mesh.evaluator import Request, UnknownError, decide
from sandbox.emulator.asked_actions import note
from sandbox.emulator.followed_links import going_to
from sandbox.emulator.moto_patches import acting
from sandbox.emulator.moto_transport import HttpResponse, MotoHandler, in_turn
from sandbox.emulator.organization_ids import OrganizationIds
from sandbox.emulator.request_origin import Origin, forwarding, origin_here, origin_of
from sandbox.enforcement import catalog_answers, glue, lake_locations, put_policies, resource_links
from sandbox.enforcement.aws_call import AwsCall, parse
from sandbox.enforcement.callers import Callers, SignedCaller
from sandbox.enforcement.dispatch import question, questions
from sandbox.enforcement.event_deliveries import Deliveries
from sandbox.enforcement.lake_view import Catalogs
from sandbox.enforcement.live_lake import governed
from sandbox.enforcement.live_world import LiveWorld
from sandbox.enforcement.origin_keys import StoredEndpoints, from_elsewhere
from sandbox.enforcement.query_runs import QueryRuns
from sandbox.enforcement.questions import Question
from sandbox.enforcement.refusals import LAKE_REFUSAL, UNDECIDED, malformed, refusal, refusal_message
from sandbox.enforcement.replication import Replication
from sandbox.enforcement.resource_links import FollowedCall, LinkTarget
from sandbox.enforcement.sessions import Sessions
from sandbox.enforcement.stored import MotoStored
from sandbox.enforcement.web_identity import bearer, shows_token

Exempt = Callable[[SignedCaller, AwsCall], str]
"""Why a call is let through undecided; empty for one that is decided."""

_OK: Final = 200
_SUCCESS: Final = range(200, 300)


def _nothing(_caller: SignedCaller, _call: AwsCall) -> str:
    return ""


class Gate:
    """Decides every call. `exempt` gives a reason for what is not decided; those calls are counted by it.

    Calls are made at the moment that the clock of `world` says, which stands still until somebody moves it.
    """

    def __init__(self, ids: OrganizationIds, region: str, exempt: Exempt = _nothing, office: str = "") -> None:
        self.world: Final = LiveWorld(ids.management_account, ids.organization_id, region)
        self._endpoints = StoredEndpoints(ids.account("governance"), region)
        self._office = office
        self.catalogs: Final = Catalogs(self.world)
        self.exempted: Final[Counter[str]] = Counter()
        """Calls that were let through, by reason."""
        self.inexact: Final[Counter[str]] = Counter()
        """Actions decided on `*` because the call does not say which resource it means."""
        self._exempt = exempt
        self._management = ids.management_account
        self._decided = 0
        self._reported = 0
        self._reported_exempted: Counter[str] = Counter()
        self._callers = Callers()
        self._sessions = Sessions()
        self._stored = MotoStored(self.world)
        self.replication: Final = Replication(self.world, self._stored)
        self.deliveries: Final = Deliveries(self.world, self._stored)
        self.queries: Final = QueryRuns(self.world, self)

    def behind(self) -> None:
        """Do what follows from a call when it was answered: queries that it started, and deliveries of events."""
        self.queries.run_waiting()
        self.deliveries.drain()

    def unreported(self) -> tuple[int, dict[str, int]]:
        """Number of the calls decided since `mark_reported`, and of those let through by reason."""
        return self._decided - self._reported, dict(self.exempted - self._reported_exempted)

    def mark_reported(self) -> None:
        """Count the calls up to now as reported: `unreported` leaves them out."""
        self._reported, self._reported_exempted = self._decided, Counter(self.exempted)

    @contextmanager
    def uncounted(self) -> Generator[None]:
        """Inside, calls are decided, and `unreported` leaves them out."""
        decided, exempted = self._decided, Counter(self.exempted)
        try:
            yield
        finally:
            self._reported += self._decided - decided
            self._reported_exempted += self.exempted - exempted

    def __call__(self, service: str, request: Any, handler: MotoHandler) -> HttpResponse:
        """The answer to a request: a refusal, or moto's."""
        try:
            call = self._sessions.continued(parse(service, request))
            caller = bearer(call) if shows_token(call) else self._callers.of(call.key)
        except UnknownError as error:
            self._decided += 1
            return refusal(service, f"{UNDECIDED}: {error}")
        if caller.session_policy:
            self.world.sessions[caller.principal] = caller.session_policy
        reason, through = self._exempt(caller, call), resource_links.followed(call, caller.account)
        if reason:
            self.exempted[reason] += 1
        else:
            self._decided += 1
            if message := self._refusal_of(caller, call, through, origin_of(request)):
                return refusal(service, message, call)
        try:
            wrong = put_policies.check(call, self._management)
        except UnknownError as error:
            return refusal(service, f"{call.service}:{call.operation} is {UNDECIDED}: {error}", call)
        if wrong:
            return malformed(service, wrong, call)
        with going_to(through.names if through else {}):
            return self._answered(caller, through.call if through else call, service, request, handler)

    def _refusal_of(self, caller: SignedCaller, call: AwsCall, through: FollowedCall | None, origin: Origin) -> str:
        """The message of a refusal, of a call or, where it goes through a link, of what it comes to."""
        refused = self._refusal(caller, call, origin)
        if refused or through is None:
            return refused
        link, database = glue.owner(call, caller.account), glue.database(call)
        if not self.catalogs.shows(call, link, caller, database):
            return f"{LAKE_REFUSAL}: {caller.principal} sees no link '{database}'"
        return self._refusal(caller, through.call, origin)

    def _refusal(self, caller: SignedCaller, call: AwsCall, origin: Origin) -> str:
        """The message of a refusal, in AWS's words and with the statement; empty when the call is allowed."""
        try:
            for asked in questions(call, caller.account, self._stored):
                if not asked.exact:
                    self.inexact[asked.action] += 1
                if refused := self._refused(caller, call, asked, origin):
                    return refused
                note(asked.action, asked.resource, asked.context)
            return self._lacking(caller, call)
        except UnknownError as error:
            return f"{call.service}:{call.operation} by {caller.principal} is {UNDECIDED}: {error}"

    def _refused(self, caller: SignedCaller, call: AwsCall, asked: Question, origin: Origin) -> str:
        """The message of a refusal of one question. Raises UnknownError."""
        session = self._sessions.keys(caller, call)
        request = _request(caller, asked, {**session, **self._origin_keys(origin, asked)})
        decision = decide(request, self.world)
        return "" if decision.allowed else refusal_message(request, decision)

    def refusals(self, key: str, region: str, asked: Sequence[AskedAction]) -> Sequence[str]:
        """For each action the refusal of the caller with an access key, empty where it is allowed; nothing is sent.

        Lake Formation is not asked: what it decides hangs on what a call says. Nothing is counted: it is no call.
        """
        with in_turn(), self.world.still():
            caller = self._callers.of(key)
            if caller.session_policy:
                self.world.sessions[caller.principal] = caller.session_policy
            return [self._only_asked(caller, key, region, each) for each in asked]

    def _only_asked(self, caller: SignedCaller, key: str, region: str, asked: AskedAction) -> str:
        call, named = question(asked, key, region)
        try:
            return self._refused(caller, call, named, origin_here())
        except UnknownError as error:
            return f"{asked.action} by {caller.principal} is {UNDECIDED}: {error}"

    def _lacking(self, caller: SignedCaller, call: AwsCall) -> str:
        """The permission of Lake Formation that a caller lacks to point a database or a table at a place."""
        if call.service != "glue" or call.operation not in lake_locations.POINTS:
            return ""
        catalog = glue.owner(call, caller.account)
        if not governed(self.world.region, catalog):
            return ""
        lacking = lake_locations.refusal(call, self.catalogs.lakes(catalog).lakes[catalog], caller.identity)
        return f"{LAKE_REFUSAL}: {lacking}" if lacking else ""

    def _origin_keys(self, origin: Origin, question: Question) -> Mapping[str, Any]:
        """Keys of where a request comes from; none of one that a service makes for the caller."""
        if question.context.get("aws:ViaAWSService"):
            return {}
        by_service = forwarding()
        if by_service is not None:
            return {"aws:ViaAWSService": True, "aws:CalledVia": [by_service]} if by_service else {}
        service = question.action.partition(":")[0]
        if origin != "network":
            return from_elsewhere(origin, service, self._office)
        endpoint = self._endpoints.of(service)
        self.world.endpoints = {endpoint.id: endpoint}
        return {"aws:SourceVpce": endpoint.id}

    def _answered(
        self, caller: SignedCaller, call: AwsCall, service: str, request: Any, handler: MotoHandler
    ) -> HttpResponse:
        owner = glue.owner(call, caller.account) if call.service == "glue" else self._stored.owner(call, caller.account)
        told = catalog_answers.answer(call, lambda: self.queries.catalog(owner, call.key))
        if told is not None:
            return told
        token = acting.set(owner)
        try:
            answer = handler(request, request.raw_url, request.headers)
        finally:
            acting.reset(token)
        self._sessions.begun(call, answer[2])
        if int(answer[0]) == _OK:
            self.replication.follow(call)
        if int(answer[0]) in _SUCCESS:
            self.deliveries.follow(call, owner, caller.account, answer[2])
        if call.operation == "StartQueryExecution" and int(answer[0]) == _OK:
            self.queries.follow(call, owner, json.loads(answer[2])["QueryExecutionId"])
        if call.operation == "StopQueryExecution" and int(answer[0]) == _OK:
            self.queries.stop(call.text("QueryExecutionId"))
        if call.service != "glue" or int(answer[0]) != _OK:
            return answer
        answer = self._with_targets(caller, call, origin_of(request), answer)
        if call.operation == "CreateDatabase":
            self.catalogs.created(caller.identity, owner, glue.database(call))
        if call.operation == "CreateTable":
            self.catalogs.created(caller.identity, owner, glue.database(call), glue.table(call))
        return self._as_seen(caller, call, service, owner, answer)

    def _with_targets(self, caller: SignedCaller, call: AwsCall, origin: Origin, answer: HttpResponse) -> HttpResponse:
        """The answer of the catalog, in which links tell of targets that the caller may see."""

        def sees(target: LinkTarget) -> bool:
            asked = resource_links.about(call, target)
            if self._refusal(caller, asked, origin):
                return False
            return self.catalogs.shows(asked, target.catalog, caller, target.database, target.table)

        status, headers, body = answer
        told = resource_links.with_targets(call, json.loads(body or "{}"), sees)
        return (status, headers, json.dumps(told)) if told else answer

    def _as_seen(
        self, caller: SignedCaller, call: AwsCall, service: str, owner: str, answer: HttpResponse
    ) -> HttpResponse:
        """The answer of the catalog with what Lake Formation lets the caller see of it."""
        status, headers, body = answer
        if not self.catalogs.filters(call, owner, caller):
            return answer
        try:
            seen = self.catalogs.seen(call, owner, caller, json.loads(body))
        except UnknownError as error:
            return refusal(service, f"{UNDECIDED}: {error}", call)
        if seen is None:
            nothing = f"{caller.principal} sees nothing of what {call.operation} asks for"
            return refusal(service, f"{LAKE_REFUSAL}: {nothing}", call)
        return status, headers, json.dumps(seen)


def _request(caller: SignedCaller, question: Question, session: Mapping[str, Any]) -> Request:
    context = {**session, **dict(caller.issued), **question.context}
    return Request(caller.principal, question.action, question.resource, context)
