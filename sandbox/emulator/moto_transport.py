"""Transport of botocore's requests to moto in this process: no socket, and never the network.

Measured (seven kinds of call, one thread): HTTP on loopback 205 calls/s, moto's WSGI application called in process 326,
this 620 or more. Backends are global to the process, so a `ThreadedMotoServer` beside it serves the same state.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto import backend_index, backends
from moto.core.request import normalize_request
from werkzeug.exceptions import HTTPException

HttpResponse = tuple[int, Any, str | bytes]
"""Status, headers and body, as moto's handlers return them."""

MotoHandler = Callable[..., HttpResponse]
"""A function of moto that answers the requests of one URL pattern."""

Guard = Callable[[str, Any, MotoHandler], HttpResponse]
"""The check of a request to one of moto's services: a response of its own, or that of the handler."""

_TURN = threading.RLock()
"""One request at a time: moto iterates over dictionaries that other threads add to, and fails when one does."""


def unguarded(_service: str, request: Any, handler: MotoHandler) -> HttpResponse:
    """The response of moto, to every caller."""
    return handler(request, request.raw_url, request.headers)


guard: Guard = unguarded
"""The guard of every request, from this process or over HTTP; the gate takes its place where policies are enforced."""


def _nothing() -> None:
    """No work behind a request."""


afterwards: Callable[[], None] = _nothing
"""Work behind each request, when it has been answered and others may have their turn: deliveries of events."""


@contextmanager
def guarded_by(other: Guard, behind: Callable[[], None] = _nothing) -> Generator[None]:
    """Inside, this is the guard, and this the work behind each request."""
    global guard, afterwards
    before, (guard, afterwards) = (guard, afterwards), (other, behind)
    try:
        yield
    finally:
        guard, afterwards = before


def guarded(service: str, request: Any, handler: MotoHandler) -> HttpResponse:
    """The response of the guard, one request at a time."""
    with in_turn():
        response = guard(service, request, handler)
    afterwards()
    return response


@contextmanager
def in_turn() -> Generator[None]:
    """Inside, no request changes anything."""
    with _TURN:
        yield


class _Body(BytesIO):
    """The body of a response, with the method that botocore calls on urllib3's."""

    def stream(self, *_: Any, **__: Any) -> Any:
        """The whole body as one chunk."""
        yield self.read()


def not_served(request: Any, why: str) -> HttpResponse:
    """The error `NotImplemented` as clients of each protocol read it; of 501 SDKs ask no second time."""
    code = {
        "x-amzn-errortype": "NotImplemented"
    }  # REST in JSON has no more, of a GET not even the type of what is sent
    if request.headers.get("X-Amz-Target") or "json" in str(request.content_type):
        told = {"__type": "NotImplemented", "message": why}
        return 501, {"Content-Type": "application/json", **code}, json.dumps(told)
    error = f"<Error><Code>NotImplemented</Code><Message>{escape(why)}</Message></Error>"
    return 501, {"Content-Type": "text/xml", **code}, f"<ErrorResponse>{error}</ErrorResponse>"


class NotServedError(Exception):
    """A request to an API that moto does not have."""


def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    """The `before-send` hook of botocore: it always answers or raises, so that no request leaves the process."""
    normalized: Any = normalize_request(request)
    host, path = normalized.host, normalized.raw_path
    service, handler = _handler(normalized.scheme, host, path)
    try:
        status, headers, body = guarded(service, normalized, handler)
    except NotImplementedError as error:
        raise NotServedError(str(error)) from error
    except HTTPException as error:
        status, headers, body = error.code or 500, dict(error.get_headers()), error.get_body()
    content = body.encode() if isinstance(body, str) else body
    return AWSResponse(str(request.url), status, headers, _Body(content))  # pyright: ignore[reportArgumentType]  # as moto's own stubber does


def _handler(scheme: str, host: str, path: str) -> tuple[str, MotoHandler]:
    url = f"{scheme}://{host}{path}"
    for service, pattern, handler in _routes(f"{scheme}://{host}"):
        if pattern.match(url):
            return service, handler
    raise NotServedError(f"moto does not serve {host}{path}")


@lru_cache(maxsize=1024)
def _routes(origin: str) -> list[tuple[str, re.Pattern[str], MotoHandler]]:
    """The URL patterns of the services that answer at a host, each with its handler."""
    services = [service for service, pattern in backend_index.backend_url_patterns if pattern.match(origin)]
    return [(service, *route) for service in services for route in _routes_of(service)]


@lru_cache(maxsize=256)
def _routes_of(service: str) -> list[tuple[re.Pattern[str], MotoHandler]]:
    get_backend: Any = backends.get_backend
    account = get_backend(service)["000000000000"]  # the patterns are the same in every account
    urls: dict[str, MotoHandler] = account["us-east-1" if "us-east-1" in account else "aws"].urls
    return [(re.compile(url), handler) for url, handler in urls.items()]
