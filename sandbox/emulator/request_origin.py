"""Origin of a request: the network that it comes from, said by the port that it comes in at, or by who calls here.

AWS sees from which network a request comes, and no request can say so itself. All ports are on the loopback interface.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Literal

Origin = Literal["outside", "office", "network", "foreign", "stranger"]
"""Some address of the internet; an address where people of the mesh work; the mesh's network, by its endpoints; an
endpoint of another organisation; an endpoint of an account without an organisation."""

ORIGINS: Final[tuple[Origin, ...]] = ("outside", "office", "network", "foreign", "stranger")

_forwarding: ContextVar[str | None] = ContextVar("service that calls in place of its caller", default=None)
_under_way: ContextVar[Origin] = ContextVar("origin of the calls of this process", default="outside")
_by_port: Final[dict[str, Origin]] = {}


@contextmanager
def coming_from(origin: Origin) -> Generator[None]:
    """Inside, calls of this process come from there."""
    token = _under_way.set(origin)
    try:
        yield
    finally:
        _under_way.reset(token)


def listening(port: int, origin: Origin) -> None:
    """Requests that come in at a port are from there."""
    _by_port[str(port)] = origin


def closed(port: int) -> None:
    """No request comes in at a port any more."""
    _by_port.pop(str(port), None)


def origin_of(request: Any) -> Origin:
    """The origin of a request (moto's)."""
    return _by_port.get(str(request.environ.get("SERVER_PORT", ""))) or origin_here()


def origin_here() -> Origin:
    """The origin of calls of this process."""
    return _under_way.get()


@contextmanager
def forwarded_by(service: str | None) -> Generator[None]:
    """Inside, a service calls in the name of who asked it; or, without a name, one that has assumed a role.

    With None the caller calls itself.

    IAM User Guide, "Forward access sessions": such a request says so, and comes from no network of the caller's.
    """
    token = _forwarding.set(service)
    try:
        yield
    finally:
        _forwarding.reset(token)


@contextmanager
def by_nobody_else() -> Generator[None]:
    """Inside, whoever calls does so itself: what follows from a call knows nothing of who forwarded it."""
    token = _forwarding.set(None)
    try:
        yield
    finally:
        _forwarding.reset(token)


def forwarding() -> str | None:
    """The service whose calls these are, empty for one that has assumed a role; None where a caller calls itself."""
    return _forwarding.get()
