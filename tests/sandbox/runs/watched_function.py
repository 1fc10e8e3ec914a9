"""The publication function in an emulated organisation: run as its roles, watched, ending at any of its calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError
from handler import Batch
from publish_settings import PublishDocuments

from mesh import names
from mesh.folder import PlannedMesh
from sandbox.emulator.emulated_organization import EmulatedOrganization
from tests.sandbox.runs.lake_watch import CatalogCall, Fate, all_done

SWEEP: Final = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
_READS: Final = ("Get", "List", "Describe", "Head", "AssumeRole", "BatchGet", "Search")


class EndedError(BaseException):
    """The function ended in the middle: nothing of its own may catch it."""


@dataclass
class WatchedFunction:
    """The function with the documents of a mesh; `watch` is called after every change that it makes.

    `fate` lets changes fail: one that is refused comes back to the function, behind a lost answer it is no more.
    """

    organization: EmulatedOrganization
    mesh: PlannedMesh
    folder: Path
    watch: Callable[[str], None] = lambda _: None
    fate: Fate = all_done
    calls: list[CatalogCall] = field(default_factory=list[CatalogCall])

    def run(self, event: Mapping[str, Any] = SWEEP) -> bool:
        """Wakes it once; whether it came to its end without a fault."""
        documents = PublishDocuments(self._documents())
        batch = Batch(documents, _Sessions(self))  # pyright: ignore[reportArgumentType] - the same clients
        try:
            answer = batch.answer({"Records": [{"messageId": "1", "body": json.dumps(event)}]})
        except EndedError:
            return False
        return answer == {"batchItemFailures": []}

    def _documents(self) -> Path:
        for path, text in self.mesh.plan.governance.publication.documents.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return self.folder

    def called(self, made: Callable[[str, Any], Any], operation: str, parameters: Any) -> Any:
        """A call of the function."""
        if operation.startswith(_READS):
            return made(operation, parameters)
        call = CatalogCall(operation, json.dumps(parameters, sort_keys=True, default=str))
        self.calls.append(call)
        outcome = self.fate(len(self.calls), call)
        if outcome == "refused":
            error = {"Code": "InternalServiceException", "Message": "the test lets this call fail"}
            raise ClientError({"Error": error}, operation)
        answer = made(operation, parameters)
        self.watch(operation)
        if outcome == "answer lost":
            raise EndedError
        return answer


class _Sessions:
    """Clients of the function's roles, as `aws_sessions.AwsSessions` has them."""

    def __init__(self, function: WatchedFunction) -> None:
        self._function = function
        self._hub = function.mesh.plan.perimeter.governance_id

    def begin(self) -> None:
        """Nothing ends here."""

    def own(self, service: str) -> Any:
        return self._client(service, names.publication_role(self._hub))

    def check(self, account_id: str, service: str) -> Any:
        return self._client(service, names.check_role(account_id))

    def publisher(self, domain: str, service: str) -> Any:
        return self._client(service, names.publisher_role(self._hub, domain))

    def _client(self, service: str, role: str) -> Any:
        account, name = role.split(":")[4], role.partition(":role/")[2]
        client = self._function.organization.client(service, account, name)
        made = type(client)._make_api_call
        # The clients are kept from run to run: each run puts its own function before their calls.
        client._make_api_call = lambda operation, said: self._function.called(
            lambda *call: made(client, *call), operation, said
        )
        return client
