"""Patience of the AWS plugin: the errors of AWS at which it asks once more by itself (`plugin_retries.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

from mesh.aws.packaged import packaged

ANY: Final = "*"
A_MINUTE: Final = 4
"""Times that the plugin asks in a minute, at the least: it waits longer each time, and never more than ten seconds."""


@dataclass(frozen=True, slots=True)
class Patience:
    """An error at which the plugin asks again, and how often it does; `operations` empty is all of the services'.

    Services and operations are named as in boto3. `message` is a part of the error's message.
    """

    source: str
    services: frozenset[str]
    operations: frozenset[str]
    codes: frozenset[str]
    message: str
    times: int

    def meets(self, service: str, operation: str, code: str, message: str) -> bool:
        """Whether the plugin asks again after this error of a call."""
        return (
            bool(self.services & {ANY, service})
            and (not self.operations or operation in self.operations)
            and bool(self.codes & {ANY, code})
            and self.message in message
        )


@cache
def patience() -> tuple[Patience, ...]:
    """All rows of the table."""
    rows = cast("list[dict[str, Any]]", packaged("plugin_retries.yaml"))
    return tuple(_patience(**row) for row in rows)


def asked_again(service: str, operation: str, code: str, message: str) -> int:
    """The number of times that the plugin asks once more when a call is answered by this error, 0 for never."""
    return max((each.times for each in patience() if each.meets(service, operation, code, message)), default=0)


def _patience(
    source: str,
    services: list[str],
    codes: list[str],
    operations: list[str] | None = None,
    message: str = "",
    times: int = 0,
    minutes: int = 0,
    seconds: int = 0,
) -> Patience:
    asks = times or max(1, (60 * minutes + seconds) * A_MINUTE // 60)
    return Patience(source, frozenset(services), frozenset(operations or ()), frozenset(codes), message, asks)
