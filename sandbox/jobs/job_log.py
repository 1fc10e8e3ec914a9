"""The log of a run: what a job prints goes to the log groups of its product, as its role."""

from __future__ import annotations

import time
from typing import Any, Final

from sandbox.jobs.job_order import JobOrder, Stream

MOST_EVENTS: Final = 1_000
MOST_CHARACTERS: Final = 200_000
"""Of a batch: CloudWatch Logs takes 10,000 events and 1,048,576 bytes (API Reference, PutLogEvents)."""


class JobLog:
    """The log of one run: a stream, called as the run, in a group for output and in one for errors.

    `refused` says why lines are lost, once one is; the run goes on, as on AWS.
    """

    def __init__(self, order: JobOrder, logs: Any) -> None:
        self._order, self._logs = order, logs
        self._waiting: dict[Stream, list[dict[str, Any]]] = {"output": [], "error": []}
        self._characters = 0
        self._begun = set[Stream]()
        self.refused = ""

    def group(self, stream: Stream) -> str:
        """Name of a log group."""
        return f"{self._order.log_group}/{stream}"

    def put(self, stream: Stream, line: str) -> None:
        """Note a line; CloudWatch Logs takes none that is empty."""
        self._waiting[stream].append({"timestamp": int(time.time() * 1000), "message": line or " "})
        self._characters += len(line)
        if len(self._waiting[stream]) >= MOST_EVENTS or self._characters > MOST_CHARACTERS:
            self.write()

    def write(self) -> None:
        """Write what waits."""
        for stream, events in self._waiting.items():
            if events:
                self._write(stream, events)
                events.clear()
        self._characters = 0

    def _write(self, stream: Stream, events: list[dict[str, Any]]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        where = {"logGroupName": self.group(stream), "logStreamName": self._order.run}
        try:
            if stream not in self._begun:
                self._logs.create_log_stream(**where)
                self._begun.add(stream)
            self._logs.put_log_events(**where, logEvents=list(events))
        except ClientError as error:
            answer: Any = error.response
            self.refused = self.refused or f"{where['logGroupName']}: {answer['Error']['Message']}"
        except BotoCoreError as error:
            self.refused = self.refused or f"{where['logGroupName']}: {error}"
