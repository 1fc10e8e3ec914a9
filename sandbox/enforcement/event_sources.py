"""Event sources of functions: queues that Lambda polls as a function's role, and what happens to each message.

Lambda Developer Guide, "Using Lambda with Amazon SQS" and "Implementing partial batch responses"; SQS Developer Guide,
"Using dead-letter queues". A message that failed is seen again at once, as though its time out of sight had passed: up
to the queue's `maxReceiveCount`, behind which it is a dead letter; five times in a queue that has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from mesh.evaluator import Request
from sandbox.emulator import backends
from sandbox.emulator.clients import isolated_session
from sandbox.enforcement.functions import Functions, execution_session
from sandbox.enforcement.live_world import LiveWorld
from sandbox.enforcement.questions import Stored
from sandbox.enforcement.service_requests import (
    assumption,
    first_refusal,
    session_arn,
    source_keys,
    through,
)

_SESSION: Final = "event-source-mapping"
_TRIES: Final = 5
_MOST_MESSAGES: Final = 10
"""Messages of one ReceiveMessage."""


class EventSources:
    """Mappings of queues to functions; `failed` says of each poll that was refused why."""

    def __init__(self, world: LiveWorld, stored: Stored, functions: Functions) -> None:
        self._world, self._stored, self._functions = world, stored, functions
        self.failed: Final[list[str]] = []
        self.busy = False
        """Whether a queue may have messages that no function has seen."""
        self._tried: Counter[str] = Counter()
        self._refused: set[str] = set()
        self._clients: dict[tuple[str, str], Any] = {}

    def look(self) -> None:
        """Queues may have new messages."""
        self.busy = True

    def stop(self) -> None:
        """Poll no more until there is something new; a message that failed stays out of sight."""
        self.busy = False
        self._tried.clear()
        self._refused.clear()

    def poll(self) -> bool:
        """Hand one batch to one function; false when no function has anything to do."""
        if self.busy:
            for mapping, queue in self._mappings():
                if mapping.uuid not in self._refused and queue.messages and self._handed(mapping, queue):
                    return True
        self.stop()
        return False

    def _mappings(self) -> Iterator[tuple[Any, Any]]:
        for backend in backends.functions_of_all(self._world.region):
            for mapping in [*backend._event_source_mappings.values()]:
                region, account, name = mapping.event_source_arn.split(":")[3:6]
                queue = backends.queues(account, region).get(name)
                if mapping.enabled and queue is not None:
                    yield mapping, queue

    def _handed(self, mapping: Any, queue: Any) -> bool:
        function = backends.functions(mapping.account_id, mapping.region).get_function_by_arn(mapping.function_arn)
        refused = self._refusal(mapping, queue, function) if function else "its function is gone"
        if not refused:
            refused = self._batch(mapping, queue, function)
        if refused:
            self._refused.add(mapping.uuid)
            self.failed.append(f"{mapping.event_source_arn} to {mapping.function_arn}: {refused}")
        return not refused

    def _refusal(self, mapping: Any, queue: Any, function: Any) -> str:
        """The refusal of Lambda's polling: of the role, or of its use of the queue's key; empty where it polls."""
        keys = source_keys(self._world, function.function_arn, function.account_id)
        asked = [assumption("lambda.amazonaws.com", function.role, keys)]
        if name := key_name(queue):
            key = self._stored.key_arn(name, mapping.account_id, mapping.region)
            asked.append(Request(session_arn(function.role, _SESSION), "kms:Decrypt", key, through("sqs", key)))
        return first_refusal(self._world, asked)

    def _batch(self, mapping: Any, queue: Any, function: Any) -> str:
        """Hand a batch to a function, and settle its messages; the refusal of a call to SQS, if there is one."""
        from botocore.exceptions import ClientError

        client = self._client(function)
        count = min(int(mapping.batch_size or _MOST_MESSAGES), _MOST_MESSAGES)
        try:
            received = client.receive_message(
                QueueUrl=_url(queue), MaxNumberOfMessages=count, AttributeNames=["All"], WaitTimeSeconds=0
            )
            messages: Sequence[Mapping[str, Any]] = received.get("Messages") or ()
            if messages:  # otherwise what was there has become dead letters
                self._settle(client, queue, messages, self._failed_of(mapping, function, messages))
        except ClientError as error:
            return str(error)
        return ""

    def _client(self, function: Any) -> Any:
        """A client of SQS that is Lambda itself with a function's role, from a network of AWS's."""
        key = (function.role, function.region)
        if key not in self._clients:
            session = isolated_session("outside")
            session.set_credentials(*execution_session(function.role, function.region, _SESSION))
            self._clients[key] = session.create_client("sqs", region_name=function.region)
        return self._clients[key]

    def _failed_of(self, mapping: Any, function: Any, messages: Sequence[Mapping[str, Any]]) -> set[str]:
        """Ids of the messages of a batch that a function did not do."""
        every = {message["MessageId"] for message in messages}
        records = [_record(mapping, message) for message in messages]
        ended = self._functions.invoke(function, {"Records": records})
        if ended.error:
            return every
        if "ReportBatchItemFailures" not in (mapping.function_response_types or ()) or not ended.answer:
            return set()
        if not isinstance(ended.answer, Mapping):
            return every
        answer = cast("Mapping[str, Any]", ended.answer)
        named = {failure.get("itemIdentifier") for failure in answer.get("batchItemFailures") or ()}
        # An identifier that is empty, or of no message of the batch, makes it fail as a whole.
        return every if named - every else named

    def _settle(self, client: Any, queue: Any, messages: Sequence[Mapping[str, Any]], failed: set[str]) -> None:
        for message in messages:
            where = {"QueueUrl": _url(queue), "ReceiptHandle": message["ReceiptHandle"]}
            if message["MessageId"] not in failed:
                client.delete_message(**where)
                continue
            self._tried[message["MessageId"]] += 1
            letters: Mapping[str, Any] = queue.redrive_policy or {}
            # Once more behind the last try: that is when SQS moves it away.
            tries = int(letters["maxReceiveCount"]) if letters else _TRIES - 1
            if self._tried[message["MessageId"]] <= tries:
                _seen_again(queue, message["ReceiptHandle"])


def key_name(queue: Any) -> str:
    """The KMS key that a queue (moto's) says it is encrypted with; empty without one."""
    return str(getattr(queue, "kms_master_key_id", None) or "")


def _url(queue: Any) -> str:
    return f"https://sqs.{queue.region}.amazonaws.com/{queue.account_id}/{queue.name}"


def _seen_again(queue: Any, handle: str) -> None:
    """The message of a receipt, in sight at once: time passes, and nobody asks for it."""
    for message in queue._messages:
        if message.had_receipt_handle(handle):
            message.visible_at = 0


def _record(mapping: Any, message: Mapping[str, Any]) -> dict[str, Any]:
    """A message as a function gets it."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes") or {},
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": mapping.event_source_arn,
        "awsRegion": mapping.region,
    }
