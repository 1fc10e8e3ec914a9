"""Clients of the function: as itself, as the check role of a domain's account, as the publisher of a domain."""

from __future__ import annotations

import time
from typing import Any, Final

import boto3
import botocore.session
from botocore.loaders import Loader
from publish_settings import PublishSettings

MODELS: Final = Loader()
"""The descriptions of services, read once for all roles: botocore reads them anew for each session, a third of a second
a client."""

LONGEST: Final = 1800.0
"""Seconds after which sessions are made anew; those of an assumed role live an hour."""


class AwsSessions:
    """Clients by role and service, kept from one invocation to the next."""

    def __init__(self, settings: PublishSettings) -> None:
        self._settings = settings
        self._began = time.monotonic()
        self._sessions: dict[str, Any] = {}
        self._clients: dict[tuple[str, str], Any] = {}

    def begin(self) -> None:
        """Drop what might end during an invocation, which takes fifteen minutes at most."""
        if time.monotonic() - self._began > LONGEST:
            self._sessions.clear()
            self._clients.clear()
            self._began = time.monotonic()

    def own(self, service: str) -> Any:
        """A client as the function's own role."""
        return self._client("", service)

    def check(self, account_id: str, service: str) -> Any:
        """A client as the role that reads the drafts of a domain, in the domain's account."""
        return self._client(self._role(account_id, "check"), service)

    def publisher(self, domain: str, service: str) -> Any:
        """A client as the role that moves a domain's tables in the mesh catalog."""
        return self._client(self._role(self._settings.hub, f"publisher/publish-{domain}"), service)

    def _role(self, account_id: str, path: str) -> str:
        return f"arn:{self._settings.partition}:iam::{account_id}:role/mesh/{path}"

    def _client(self, role: str, service: str) -> Any:
        key = (role, service)
        if key not in self._clients:
            self._clients[key] = self._session(role).client(service)
        return self._clients[key]

    def _session(self, role: str) -> Any:
        if role not in self._sessions:
            credentials = self._assumed(role) if role else {}
            self._sessions[role] = session(self._settings.region, **credentials)
        return self._sessions[role]

    def _assumed(self, role: str) -> dict[str, str]:
        answer = self.own("sts").assume_role(RoleArn=role, RoleSessionName="publication", DurationSeconds=3600)
        issued = answer["Credentials"]
        return {
            "aws_access_key_id": issued["AccessKeyId"],
            "aws_secret_access_key": issued["SecretAccessKey"],
            "aws_session_token": issued["SessionToken"],
        }


def session(region: str, **credentials: str) -> Any:
    """A session of boto3 that reads no description of a service twice."""
    core: Any = botocore.session.get_session()
    core.register_component("data_loader", MODELS)
    return boto3.Session(region_name=region, botocore_session=core, **credentials)
