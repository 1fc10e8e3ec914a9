"""Attributes of queues that are taken and else not told: which queues may have a queue for their dead letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def telling_redrive() -> Iterator[tuple[Any, str, Any]]:
    """Replacements in moto's SQS, for GetQueueAttributes."""
    from moto.sqs.models import Queue

    plain: Any = Queue.attributes

    def attributes(queue: Any) -> dict[str, Any]:
        allowed = getattr(queue, "redrive_allow_policy", None)
        return {**plain.fget(queue), **({"RedriveAllowPolicy": allowed} if allowed else {})}

    yield Queue, "attributes", property(attributes)
