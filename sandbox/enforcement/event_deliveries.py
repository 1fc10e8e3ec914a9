"""Deliveries of events: what the rules of a bus ask for goes to their targets, each as EventBridge asks for it.

EventBridge User Guide, "Targets in Amazon EventBridge", "Using resource-based policies" and "Sending and receiving
events between AWS accounts": to a queue or a function it goes as the service, to another bus as the target's role. What
is refused is not tried again, and goes to the target's dead-letter queue, if it names one.
"""

from __future__ import annotations

import functools
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

from mesh.acceptance.event_matching import matches
from mesh.evaluator import Request
from sandbox.emulator import backends, emitted_events
from sandbox.emulator.asked_actions import unheard
from sandbox.emulator.emitted_events import EmittedEvent
from sandbox.emulator.request_origin import by_nobody_else
from sandbox.enforcement import glue
from sandbox.enforcement.aws_call import AwsCall
from sandbox.enforcement.event_sources import EventSources, key_name
from sandbox.enforcement.functions import Functions
from sandbox.enforcement.live_world import LiveWorld
from sandbox.enforcement.questions import Stored
from sandbox.enforcement.service_requests import assumption, first_refusal, session_arn, source_keys

EVENTS: Final = "events.amazonaws.com"
_ASYNCHRONOUS_TRIES: Final = 3
_STARTS: Final = {"glue": "glue:NotifyEvent", "states": "states:StartExecution"}
"""What EventBridge asks for to start a workflow of Glue or a state machine (EventBridge User Guide, "Amazon EventBridge
identity-based policies")."""
MOST_STEPS: Final = 1_000
"""Deliveries behind one call, after which what still waits is forgotten: a function may be woken by what it writes."""


class Deliveries:
    """Deliveries of an organisation; nothing is delivered but by `drain`.

    `failed` says of each delivery that was refused why, `impossible` counts those to targets that the emulator lacks,
    `started` are workflows and state machines that began, by their ARNs.
    """

    def __init__(self, world: LiveWorld, stored: Stored) -> None:
        self._world, self._stored = world, stored
        self._turn = threading.Lock()
        self.functions: Final = Functions(world)
        self._sources: Final = EventSources(world, stored, self.functions)
        self.failed: Final[list[str]] = self._sources.failed
        self.impossible: Final[Counter[str]] = Counter()
        self.started: Final[list[str]] = []

    def follow(self, call: AwsCall, owner: str, sender: str, answer: str | bytes) -> None:
        """Note what a call that was answered has put on a bus, changed in a catalog, or sent to a queue."""
        match call.service, call.operation:
            case "events", "PutEvents":
                answered = json.loads(answer)["Entries"]
                emitted_events.put(owner, call.region, sender, call.parameters["Entries"], answered)
            case "glue", operation:
                emitted_events.of_glue(owner, call.region, operation, glue.database(call), glue.table(call))
            case "sqs", "SendMessage" | "SendMessageBatch" | "ChangeMessageVisibility" | "StartMessageMoveTask":
                self._sources.look()
            case "lambda", "CreateEventSourceMapping" | "UpdateEventSourceMapping":
                # moto would hand messages to a function in a container, by a queue that knows its mappings.
                for queue in [*backends.queues(owner, call.region).values()]:
                    queue.lambda_event_source_mappings.clear()
                self._sources.look()
            case "lambda", "CreateFunction" | "UpdateFunctionConfiguration" if call.parameters.get("LoggingConfig"):
                function = backends.functions(owner, call.region).get_function(call.text("FunctionName"))
                function.logging_config = call.parameters["LoggingConfig"]  # moto keeps none
            case _:
                pass

    def undelivered(self) -> dict[str, int]:
        """Numbers of deliveries that came to nothing, by reason."""
        refused = {"a delivery or a poll was refused": len(self.failed)} if self.failed else {}
        return {**{f"{what}, of which the emulator has none": n for what, n in self.impossible.items()}, **refused}

    def drain(self) -> None:
        """Deliver what waits, and what follows from it, unless somebody is at it already."""
        while self._sources.busy or emitted_events.waiting:
            # Not again by the thread that is at it: a function's own calls end here, too.
            if not self._turn.acquire(blocking=False):
                return
            try:
                with unheard(), by_nobody_else():
                    self._deliver_all()
            finally:
                self._turn.release()

    def sweep(self, name: str = "") -> int:
        """Fire every rule that has a schedule and is enabled, or those of a name, once; the number of rules."""
        rules = [
            (backend, rule)
            for backend in backends.buses_of_all(self._world.region)
            for rule in _scheduled(backend)
            if name in ("", rule.name)
        ]
        for backend, rule in rules:
            event: dict[str, Any] = {
                "detail-type": "Scheduled Event",
                "source": "aws.events",
                "resources": [rule.arn],
                "detail": {},
            }
            said: dict[str, Any] = {
                "version": "0",
                "id": f"schedule-{rule.name}",
                "account": backend.account_id,
                **event,
            }
            self._to_targets(rule, {**said, "region": backend.region_name, "time": self._now()})
        self._sources.look()
        self.drain()
        return len(rules)

    def _deliver_all(self) -> None:
        for _ in range(MOST_STEPS):
            if emitted_events.waiting:
                self._deliver(emitted_events.waiting.popleft())
                self._sources.look()
            elif not self._sources.poll():
                return
        self.failed.append(f"after {MOST_STEPS} deliveries behind one call the rest was forgotten")
        emitted_events.waiting.clear()
        self._sources.stop()

    def _deliver(self, event: EmittedEvent) -> None:
        body = {**event.body, "time": event.body.get("time") or self._now()}
        bus = backends.buses(event.account, event.region).get(event.bus)
        for rule in [*bus.rules.values()] if bus else ():
            pattern = json.loads(rule.event_pattern.dump() or "null")
            if rule.state != "DISABLED" and pattern is not None and matches(pattern, body):
                self._to_targets(rule, body)

    def _to_targets(self, rule: Any, body: Mapping[str, Any]) -> None:
        for target in rule.targets:
            service = target["Arn"].split(":")[2]
            if service not in ("sqs", "events", "lambda", *_STARTS):
                self.impossible[f"events to {service}"] += 1
                continue
            if refused := self._sent(rule, target, body):
                self.failed.append(f"{rule.arn} to {target['Arn']}: {refused}")
                letters: Mapping[str, str] = target.get("DeadLetterConfig") or {}
                if letters.get("Arn"):
                    self._to_queue(rule, letters["Arn"], json.dumps(body))

    def _sent(self, rule: Any, target: Mapping[str, Any], body: Mapping[str, Any]) -> str:
        """The refusal of a target; empty when the event has got there."""
        arn: str = target["Arn"]
        if ":event-bus/" in arn:
            return self._to_bus(rule, target, body)
        if arn.split(":")[2] == "sqs":
            return self._to_queue(rule, arn, json.dumps(_input(target, body)), target)
        if arn.split(":")[2] in _STARTS:
            return self._start(rule, target, body)
        return self._to_function(rule, arn, _input(target, body))

    # ---- kinds of targets

    def _to_queue(self, rule: Any, arn: str, text: str, target: Mapping[str, Any] | None = None) -> str:
        region, account, name = arn.split(":")[3:6]
        queue = backends.queues(account, region).get(name)
        if queue is None:
            return "there is no such queue"
        keys = source_keys(self._world, rule.arn, rule.account_id)
        asked = [Request(EVENTS, "sqs:SendMessage", arn, keys)]
        if named := key_name(queue):
            key = self._stored.key_arn(named, account, region)
            asked += [Request(EVENTS, action, key, keys) for action in ("kms:GenerateDataKey", "kms:Decrypt")]
        if refused := first_refusal(self._world, asked):
            return refused
        from moto.sqs.models import sqs_backends

        group: Mapping[str, str] = (target or {}).get("SqsParameters") or {}
        backend: Any = sqs_backends[account][region]
        backend.send_message(queue_name=name, message_body=text, group_id=group.get("MessageGroupId"))
        return ""

    def _to_bus(self, rule: Any, target: Mapping[str, Any], body: Mapping[str, Any]) -> str:
        arn, role = target["Arn"], target.get("RoleArn") or ""
        region, account, bus = arn.split(":", 5)[3:6]
        keys = source_keys(self._world, rule.arn, rule.account_id)
        told = {"events:source": body["source"], "events:detail-type": body["detail-type"]}
        if role:
            session, by_rule = session_arn(role, "events"), {**told, "events:eventBusInvocation": "true"}
            asked = [assumption(EVENTS, role, keys), Request(session, "events:PutEvents", arn, by_rule)]
        else:
            asked = [Request(EVENTS, "events:PutEvents", arn, {**keys, **told})]
        refused = first_refusal(self._world, asked)
        if not refused:
            emitted_events.waiting.append(EmittedEvent(account, region, bus.removeprefix("event-bus/"), body))
        return refused

    def _start(self, rule: Any, target: Mapping[str, Any], body: Mapping[str, Any]) -> str:
        """Start a workflow of Glue, or a state machine; the emulator runs neither."""
        arn, role = target["Arn"], target.get("RoleArn") or ""
        service = arn.split(":")[2]
        keys = source_keys(self._world, rule.arn, rule.account_id)
        session = session_arn(role, "events") if role else EVENTS
        asked = [assumption(EVENTS, role, keys)] if role else []
        refused = first_refusal(self._world, [*asked, Request(session, _STARTS[service], arn, {} if role else keys)])
        if not refused:
            refused = started_in(service, arn, json.dumps(_input(target, body)))
        if not refused:
            self.started.append(arn)
        return refused

    def _to_function(self, rule: Any, arn: str, event: Mapping[str, Any]) -> str:
        function = function_of(arn)
        if function is None:
            return "there is no such function"
        keys = source_keys(self._world, rule.arn, rule.account_id)
        refused = first_refusal(self._world, [Request(EVENTS, "lambda:InvokeFunction", arn, keys)])
        if refused:
            return refused
        error = ""
        for _ in range(_ASYNCHRONOUS_TRIES):
            error = self.functions.invoke(function, event).error
            if not error:
                break
        return error

    def _now(self) -> str:
        now = self._world.now or datetime.now(UTC)
        return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def started_in(service: str, arn: str, given: str) -> str:
    """Begin a run of a workflow or a state machine in moto; why not, where it does not."""
    from moto.core.exceptions import JsonRESTError

    region, account = arn.split(":")[3:5]
    try:
        if service == "glue":
            backends.workflows(account, region).start_workflow_run(arn.rpartition("/")[2], None)
        else:
            backends.state_machines(account, region).start_execution(arn, "", given)
    except JsonRESTError as error:
        return str(error.message)
    return ""


def function_of(arn: str) -> Any:
    """The function of an ARN (moto's); None where there is none."""
    region, account = arn.split(":")[3:5]
    return backends.functions(account, region).get_function_by_arn(arn)


def _scheduled(backend: Any) -> Iterator[Any]:
    """Rules with a schedule of the buses of an account."""
    for bus in [*backend.event_buses.values()]:
        yield from (rule for rule in [*bus.rules.values()] if rule.scheduled_expression and rule.state != "DISABLED")


def _member(value: Any, name: str) -> Any:
    return cast("Mapping[str, Any]", value).get(name) if isinstance(value, Mapping) else None


def _input(target: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
    """The input of a target: a constant, a part of the event, a text made of it, or the event itself."""
    if target.get("Input"):
        return json.loads(target["Input"])
    if target.get("InputPath"):
        names = [name for name in target["InputPath"].removeprefix("$").split(".") if name]
        return functools.reduce(_member, names, body)
    if target.get("InputTransformer"):
        from moto.events.utils import EventTemplateParser

        transformer: Mapping[str, Any] = target["InputTransformer"]
        parse: Any = EventTemplateParser.parse
        paths: Mapping[str, str] = transformer.get("InputPathsMap") or {}
        return parse(input_template=transformer["InputTemplate"], input_paths_map=paths, event=body)
    return body
