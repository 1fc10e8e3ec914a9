"""Calls to the emulated AWS: one client per service and region, signed as whoever is calling."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sandbox.emulator.aws.records import Records
from sandbox.emulator.aws.resource import AwsError


class Credentials(NamedTuple):
    """Keys as botocore has them."""

    access_key: str
    secret_key: str
    token: str | None


_NOBODY = Credentials("", "", None)
_caller: ContextVar[Credentials] = ContextVar("credentials of the role that calls")


class _Caller:
    """Credentials as botocore asks for them: those of the role that is calling."""

    def get_frozen_credentials(self) -> Credentials:
        """The credentials of the calling role."""
        return _caller.get()

    def get_deferred_property(self, _: str) -> Callable[[], None]:
        """botocore asks for an account id to put into some endpoints; none is needed here."""
        return lambda: None


class Clients:
    """boto3's clients, whose requests moto answers in this process. Safe under threads.

    A client costs about 4 ms and one for each account, service and region would be hundreds, so roles share them.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str | None], Any] = {}
        self._lock = threading.RLock()

    def shared(self, service: str, region: str) -> Any:
        """A client that signs as whoever is calling; only for use through a `RoleSession`."""
        return self._client(service, region, None)

    def unsigned(self, service: str, region: str) -> Any:
        """A client whose calls nobody signs."""
        return self._client(service, region, _NOBODY)

    def own(self, service: str, region: str, credentials: Credentials) -> Any:
        """An ordinary client that signs with these credentials."""
        return self._client(service, region, credentials)

    def _client(self, service: str, region: str, credentials: Credentials | None) -> Any:
        key = (service, region, credentials.access_key if credentials else None)
        found = self._known.get(key)
        if found is None:
            with self._lock:
                found = self._known.get(key) or self._new(service, region, credentials)
                self._known[key] = found
        return found

    def _new(self, service: str, region: str, credentials: Credentials | None) -> Any:
        from botocore import UNSIGNED
        from botocore.config import Config

        signed: Any = {"signature_version": UNSIGNED} if credentials == _NOBODY else {}
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, **signed)
        keys: dict[str, str] = {}
        if credentials and credentials != _NOBODY:
            keys = {"aws_access_key_id": credentials.access_key, "aws_secret_access_key": credentials.secret_key}
            keys |= {"aws_session_token": credentials.token} if credentials.token else {}
        return self._session.create_client(service, region_name=region, config=config, **keys)

    @cached_property
    def _session(self) -> Any:
        """A session that reads no profile, no file and no endpoint of the user."""
        from botocore.session import Session

        from sandbox.emulator.moto_transport import answer

        nothing: Any = {
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
            "ignore_configured_endpoint_urls": (None, None, True, None),
        }
        session: Any = Session(session_vars=nothing)
        session._credentials = _Caller()  # where botocore's own tests inject them
        session.register("before-send", answer)
        return session


@dataclass(frozen=True, slots=True)
class RoleSession:
    """A role assumed in an account: calls made with it land there."""

    clients: Clients
    records: Records
    account_id: str
    credentials: Credentials

    def call(self, service: str, region: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Call AWS as this role; `operation` and the answer are as boto3 has them. Raises AwsError."""
        anonymous = self.credentials == _NOBODY
        client = self.clients.unsigned(service, region) if anonymous else self.clients.shared(service, region)
        token = _caller.set(self.credentials)
        try:
            answer: dict[str, Any] = getattr(client, operation)(**parameters)
        except Exception as error:
            raise _aws_error(error) from error
        finally:
            _caller.reset(token)
        return answer


def _aws_error(error: Exception) -> AwsError:
    from botocore.exceptions import BotoCoreError, ClientError

    from sandbox.emulator.moto_transport import NotServedError

    if isinstance(error, ClientError):
        response: Any = error.response
        found: dict[str, Any] = response.get("Error", {})
        return AwsError(str(found.get("Code", "Unknown")), str(found.get("Message", error)))
    if isinstance(error, NotServedError):
        return AwsError("NotImplemented", str(error))
    if isinstance(error, BotoCoreError):
        return AwsError(type(error).__name__, str(error))
    return AwsError("InternalFailure", f"moto failed with {type(error).__name__}: {error}")
