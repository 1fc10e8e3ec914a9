"""Clients of boto3, unmodified, that a persona of a deployed mesh calls with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from mesh.folder import PlannedMesh
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.rehearsal.credentials import environment_or_error
from sandbox.runs.fresh_organization import enforced
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.sandbox.runs.in_memory_states import InMemoryStates

REFUSED: Final = ("AccessDenied", "AccessDeniedException", "AccessDeniedError")


@contextmanager
def deployed(mesh: PlannedMesh) -> Iterator[EnforcedOrganization]:
    """An organisation in which policies are enforced, with the mesh deployed into it, and served."""
    with enforced(mesh.plan) as organization:
        for run in Workspace(EmbeddedEngine.of(organization, InMemoryStates())).up(mesh):
            assert not run.result.failures, (run.stack, run.result.failures)
        organization.serve()
        yield organization


class Caller:
    """A persona, as `clearance:pii@ads`, with its environment variables, and its clients."""

    def __init__(self, organization: EnforcedOrganization, mesh: PlannedMesh, who: str) -> None:
        self.given = environment_or_error(mesh.plan, {"who": who}, organization.endpoint_from)["environment"]

    def client(self, service: str) -> Any:
        """A client of a service."""
        import boto3

        given = self.given
        return boto3.client(
            service,
            endpoint_url=given["AWS_ENDPOINT_URL"],
            region_name=given["AWS_DEFAULT_REGION"],
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=given.get("AWS_SESSION_TOKEN"),
        )

    def refusal(self, service: str, operation: str, **parameters: Any) -> str:
        """The words with which a call is refused, empty where access is given: the emulator may lack the answer."""
        from botocore.exceptions import ClientError

        try:
            getattr(self.client(service), operation)(**parameters)
        except ClientError as error:
            told: Any = error.response["Error"]
            return told["Message"] if told["Code"] in REFUSED else ""
        return ""
