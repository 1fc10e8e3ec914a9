"""Refusals as they are heard: who has the event `publication refused` on the default bus of its account."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from mesh import names
from mesh.plan import Plan
from sandbox.emulator import backends

LISTENER: Final = "sample-listener"


class RefusalsHeard:
    """Events of refusals that came to the accounts of domains since somebody listens."""

    def __init__(self, plan: Plan) -> None:
        self._region = plan.perimeter.region
        self._accounts: Final = {name: domain.access.account_id for name, domain in plan.domains.items()}

    def taken(self) -> dict[str, list[Mapping[str, Any]]]:
        """Details of the events by the domain whose account has them, each once; domains without any are left out."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for domain, account in self._accounts.items():
            queue = backends.queues(account, self._region)[LISTENER]
            events = [json.loads(message.body) for message in queue._messages]
            queue._messages.clear()
            if events:
                found[domain] = [event["detail"] for event in events]
        return found

    def begin(self) -> None:
        """Put a queue behind each default bus: a target as a domain's own stack may add, made without a call."""
        pattern = json.dumps({"detail-type": [names.REFUSED]})
        for account in self._accounts.values():
            arn = f"arn:aws:sqs:{self._region}:{account}:{LISTENER}"
            allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Resource": arn}
            policy = {"Version": "2012-10-17", "Statement": [{**allow, "Action": "sqs:SendMessage"}]}
            _queues(account, self._region).create_queue(LISTENER, tags={}, Policy=json.dumps(policy))
            events = _events(account, self._region)
            events.put_rule(name=LISTENER, event_bus_arn="default", event_pattern=pattern)
            events.put_targets(LISTENER, "default", [{"Id": LISTENER, "Arn": arn}])

    def end(self) -> None:
        """Take the queues away again."""
        for account in self._accounts.values():
            events = _events(account, self._region)
            events.remove_targets(LISTENER, "default", [LISTENER])
            events.delete_rule(LISTENER, "default")
            backends.queues(account, self._region).pop(LISTENER)


def _queues(account: str, region: str) -> Any:
    from moto.sqs.models import sqs_backends

    return sqs_backends[account][region]


def _events(account: str, region: str) -> Any:
    from moto.events.models import events_backends

    return events_backends[account][region]


@contextmanager
def listening_to_refusals(plan: Plan) -> Generator[RefusalsHeard]:
    """Inside, every account of a domain keeps the refusals that it hears of."""
    heard = RefusalsHeard(plan)
    heard.begin()
    try:
        yield heard
    finally:
        heard.end()
