"""Clients of the emulated AWS: boto3's, shared by the sessions of all roles, each call signed with its own keys."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

from sandbox.emulator.asked_actions import AnsweringGate, Decides
from sandbox.emulator.aws.records import Records
from sandbox.emulator.aws.resource import INTERNAL_FAILURE, NOT_IMPLEMENTED, AwsError
from sandbox.emulator.request_origin import Origin, coming_from, origin_here


class Credentials(NamedTuple):
    """Access key, secret key and session token; all empty for an anonymous caller."""

    access_key: str
    secret_key: str
    token: str | None


_ANONYMOUS = Credentials("", "", None)
_signing: ContextVar[Credentials] = ContextVar("credentials that sign the call")


class _SigningCredentials:
    """The credentials of a shared client, with the methods that botocore calls."""

    def get_frozen_credentials(self) -> Credentials:
        """The credentials that sign the call under way."""
        return _signing.get()

    def get_deferred_property(self, _: str) -> Callable[[], None]:
        """None for every property: botocore asks for an account id, to put it into some endpoints."""
        return lambda: None


class Clients:
    """Clients of boto3 whose requests moto answers in this process. Thread-safe.

    A client takes about 4 ms to make, and one for each account, service and region would be hundreds: roles share them.
    """

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str, str | None, bool], Any] = {}
        self._lock = threading.RLock()

    def shared(self, service: str, region: str) -> Any:
        """A client that signs with the keys of the session under way; only for use through a `RoleSession`."""
        return self._client(service, region, None)

    def presigning(self, service: str, region: str) -> Any:
        """A shared client that signs in the URL, as presigned ones are."""
        return self._client(service, region, None, presigns=True)

    def unsigned(self, service: str, region: str) -> Any:
        """A client whose calls are not signed."""
        return self._client(service, region, _ANONYMOUS)

    def own(self, service: str, region: str, credentials: Credentials) -> Any:
        """A client that always signs with these credentials."""
        return self._client(service, region, credentials)

    def _client(self, service: str, region: str, credentials: Credentials | None, *, presigns: bool = False) -> Any:
        key = (service, region, credentials.access_key if credentials else None, presigns)
        client = self._clients.get(key)
        if client is None:
            with self._lock:
                client = self._clients.get(key) or self._new(service, region, credentials, presigns)
                self._clients[key] = client
        return client

    def _new(self, service: str, region: str, credentials: Credentials | None, presigns: bool) -> Any:
        from botocore import UNSIGNED
        from botocore.config import Config

        signature: Any = {"signature_version": UNSIGNED} if credentials == _ANONYMOUS else {}
        signature = {"signature_version": "s3v4-query"} if presigns else signature
        # No wire is between a client here and moto: a checksum of each body takes as long as all else together.
        config = Config(
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            **signature,
        )
        keys: dict[str, str] = {}
        if credentials and credentials != _ANONYMOUS:
            keys = {"aws_access_key_id": credentials.access_key, "aws_secret_access_key": credentials.secret_key}
            keys |= {"aws_session_token": credentials.token} if credentials.token else {}
        return self._session.create_client(service, region_name=region, config=config, **keys)

    @cached_property
    def _session(self) -> Any:
        """A session of botocore that signs for the session under way."""
        session = isolated_session()
        session._credentials = _SigningCredentials()  # where botocore's own tests inject them
        return session


def isolated_session(origin: Origin | None = None) -> Any:
    """A session of botocore that reads no profile, no file and no endpoint of the user, and whose calls moto answers.

    They come from an origin, or from where the calls of this process come from.
    """
    from sandbox.emulator.moto_transport import answer

    def from_there(request: Any, **parts: Any) -> Any:
        with coming_from(origin or origin_here()):
            return answer(request, **parts)

    session = unconfigured_session()
    session.register("before-send", from_there)
    return session


def unconfigured_session() -> Any:
    """A session of botocore that reads no profile, no file and no endpoint of the user."""
    from botocore.session import Session

    isolated: Any = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
        "ignore_configured_endpoint_urls": (None, None, True, None),
    }
    session: Any = Session(session_vars=isolated)
    session.register_component("data_loader", _loader())
    return session


@cache
def _loader() -> Any:
    """The loader of botocore's models, each of which is read once for all sessions."""
    from botocore.loaders import create_loader

    return create_loader()


@dataclass(frozen=True, slots=True)
class RoleSession:
    """A session of a role in an account, in which its calls land."""

    clients: Clients
    records: Records
    account_id: str
    credentials: Credentials
    gate: AnsweringGate | None = None

    @property
    def decides(self) -> Decides | None:
        """Refusals of this role for actions that nothing is sent for; None where no policies are enforced."""
        return partial(self.gate.refusals, self.credentials.access_key) if self.gate else None

    def call(
        self, service: str, region: str, operation: str, parameters: dict[str, Any], *, presigned: bool = False
    ) -> dict[str, Any]:
        """Call AWS as this role; `operation` and the answer are as boto3 has them. Raises AwsError."""
        is_anonymous = self.credentials == _ANONYMOUS
        clients = self.clients
        signs = clients.unsigned if is_anonymous else clients.presigning if presigned else clients.shared
        client = signs(service, region)
        token = _signing.set(self.credentials)
        try:
            # The gate finds by itself where a bus of another account is.
            with nullcontext() if self.gate or service != "events" else _at_its_bus(parameters):
                answer: dict[str, Any] = getattr(client, operation)(**parameters)
        except Exception as error:
            raise _aws_error(error) from error
        finally:
            _signing.reset(token)
        return answer


@contextmanager
def _at_its_bus(parameters: Mapping[str, Any]) -> Generator[None]:
    """Inside, the account answers whose bus a call names by its ARN; moto looks in the caller's."""
    from sandbox.emulator.moto_patches import acting

    named = (parameters.get(name) or "" for name in ("EventBusName", "ResourceARN"))
    owner = next((arn.split(":")[4] for arn in named if arn.startswith("arn:")), "")
    token = acting.set(owner)
    try:
        yield
    finally:
        acting.reset(token)


def _aws_error(error: Exception) -> AwsError:
    from botocore.exceptions import BotoCoreError, ClientError

    from sandbox.emulator.moto_transport import NotServedError

    if isinstance(error, ClientError):
        response: Any = error.response
        details: dict[str, Any] = response.get("Error", {})
        return AwsError(str(details.get("Code", "Unknown")), str(details.get("Message", error)))
    if isinstance(error, NotServedError):
        return AwsError(NOT_IMPLEMENTED, str(error))
    if isinstance(error, BotoCoreError):
        return AwsError(type(error).__name__, str(error))
    return AwsError(INTERNAL_FAILURE, f"moto failed with {type(error).__name__}: {error}")
