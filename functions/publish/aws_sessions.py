"""Clients of the function: as itself, as the check role of a domain's account, as the publisher of a domain."""

from __future__ import annotations

from typing import Any

import boto3
from publish_settings import PublishSettings


class AwsSessions:
    """Clients by role and service, made once an invocation: no session outlives its hour."""

    def __init__(self, settings: PublishSettings) -> None:
        self._settings = settings
        self._sessions: dict[str, Any] = {}
        self._clients: dict[tuple[str, str], Any] = {}

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
            self._sessions[role] = boto3.Session(region_name=self._settings.region, **credentials)
        return self._sessions[role]

    def _assumed(self, role: str) -> dict[str, str]:
        answer = self.own("sts").assume_role(RoleArn=role, RoleSessionName="publication", DurationSeconds=3600)
        issued = answer["Credentials"]
        return {
            "aws_access_key_id": issued["AccessKeyId"],
            "aws_secret_access_key": issued["SecretAccessKey"],
            "aws_session_token": issued["SessionToken"],
        }
