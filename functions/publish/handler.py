"""Handler of the publication function: wake-ups out of the queue, each product of them looked at once.

`handler.handler` is what AWS calls. A message whose product could not be looked at to the end goes back to the queue
(partial batch responses), and after some attempts to the dead-letter queue; the others are done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import optimizers
from aws_sessions import AwsSessions
from catalog_tables import OvertakenError
from product_publication import ProductPublication
from publish_settings import PublishDocuments
from telling import lag_line
from wakeup_messages import Wakeup, wakeup

ENOUGH: Final = 600_000
"""Milliseconds that have to be left for a product to begin, more than a look at its files may take: a sweep of a large
mesh goes on with the next one, and a hint goes back to the queue."""

TURNS: Final = 3
"""Times that a product is looked at anew when another run has overtaken this one: the queue would try again much later,
and a person may wait for the answer."""

_configuration: Final = PublishDocuments()
_kept: dict[str, AwsSessions] = {}


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer a batch of the queue: the messages that it has to give again."""
    left: Callable[[], int] = context.get_remaining_time_in_millis if context else lambda: ENOUGH
    if "sessions" not in _kept:
        _kept["sessions"] = AwsSessions(_configuration.settings)
    return Batch(_configuration, _kept["sessions"], left).answer(event)


@dataclass
class Batch:
    """A batch of messages, answered with one configuration."""

    configuration: PublishDocuments
    sessions: AwsSessions
    left: Callable[[], int] = lambda: ENOUGH

    def answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The messages that failed; each product is looked at once for all hints of the batch."""
        self.sessions.begin()
        self._looked: dict[str, bool] = {}
        failures: list[dict[str, str]] = []
        messages = [
            (record["messageId"], wakeup(record["body"], self.configuration.products))
            for record in event.get("Records") or ()
        ]
        # People wait for what they ask: that comes first, while there is time.
        for number, wanted in sorted(messages, key=lambda each: each[1].action is None):
            if wanted.ignored:
                _log(number, wanted.ignored)
            elif not self._answered(wanted, number):
                failures.append({"itemIdentifier": number})
        return {"batchItemFailures": failures}

    def _answered(self, wanted: Wakeup, message: str) -> bool:
        names = wanted.products
        done = wanted.action is None and self._looked.keys() >= set(names)
        if not (wanted.sweep or done) and self.left() < ENOUGH:
            return False
        if len(names) > 1:  # a sweep that ran out of time begins elsewhere the next time
            start = sum(message.encode()) % len(names)
            names = (*names[start:], *names[:start])
        results = [self._look(name, wanted, message) for name in names if done or self.left() >= ENOUGH]
        return all(results)

    def _look(self, name: str, wanted: Wakeup, message: str) -> bool:
        if wanted.action is None and name in self._looked:
            return self._looked[name]
        came: bool | None = False
        for turn in range(TURNS):
            came = self._ran(name, wanted, message, last=turn == TURNS - 1 or self.left() < ENOUGH)
            if came is not None:
                break
        self._looked[name] = bool(came)
        return bool(came)

    def _ran(self, name: str, wanted: Wakeup, message: str, *, last: bool) -> bool | None:
        """Whether a look came to its end; None when another run overtook it, and it is to begin anew."""
        publication: ProductPublication | None = None
        try:
            publication = ProductPublication(
                self.configuration.products[name], self.configuration.settings, self.sessions, self.left() / 1000
            )
            _log(message, f"{name}: {publication.run(wanted)}")
            self._lags(publication, message)
        except OvertakenError as error:
            _log(message, f"{name}: {error}")
            if not last:
                return None
            self._failed(publication, error, message)
        except Exception as error:  # noqa: BLE001 - one product's fault must not hold up the others; the queue repeats it
            _log(message, f"{name}: {error!r}")
            self._failed(publication, error, message)
            if publication:
                self._tell_lag(publication)
        else:
            return True
        return False

    def _failed(self, publication: ProductPublication | None, error: Exception, message: str) -> None:
        """Have the record say that a look failed; where not even that can be written, the log alone says so."""
        if publication is None:
            return
        try:
            publication.fail(error)
        except Exception as second:  # noqa: BLE001 - the look has failed already, and is repeated whatever this is
            _log(message, f"{publication.product.name}: the record cannot say so: {second!r}")

    def _lags(self, publication: ProductPublication, message: str) -> None:
        """Tell since when a draft waits; nothing deletes its files any more before it could take what readers see."""
        product, behind = publication.product, self._tell_lag(publication)
        if behind and optimizers.are_due(publication.record, self.configuration.settings, publication.clock()):
            for line in optimizers.stop(self.sessions.check(product.account_id, "glue"), product):
                _log(message, line)

    def _tell_lag(self, publication: ProductPublication) -> str | None:
        behind: str | None = publication.record["behind"]
        if behind:
            settings = self.configuration.settings
            print(lag_line(settings, publication.product, behind, publication.clock()))  # noqa: T201 - the log is its output
        return behind


def _log(message: str, what: str) -> None:
    print(json.dumps({"message": message, "what": what}))  # noqa: T201 - the function's log is its output
