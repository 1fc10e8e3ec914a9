"""Two accounts in moto: a domain with its drafts, the hub with the mesh catalog; and what the function is run with.

moto lacks what the function relies on: `UpdateTable` with a stale `VersionId` is refused, as Glue does, and LF-tags are
added to those that a column has.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import botocore.client
from aws_sessions import AwsSessions, session
from handler import Batch
from moto import mock_aws
from moto.core.base_backend import BaseBackend
from moto.glue.exceptions import ConcurrentRunsExceededException
from moto.glue.models import glue_backends
from moto.glue.responses import GlueResponse
from moto.lakeformation.models import LakeFormationBackend
from publish_settings import PublishDocuments
from pyiceberg.utils.concurrent import ExecutorFactory

from sandbox.emulator.kept_optimizers import table_optimizers

REGION = "eu-west-1"
HUB = "123456789012"
DOMAIN = "222222222222"
BUCKET = "mesh-harbour--berths"
PUBLICATIONS = "mesh-publications"
DATABASE, DRAFT = "harbour__berths", "harbour__berths__draft"

MESH = {
    "mesh": "harbour",
    "region": REGION,
    "hub": HUB,
    "bus": f"arn:aws:events:{REGION}:{HUB}:event-bus/mesh",
    "publications_bucket": PUBLICATIONS,
    "classifications": ["financial", "pii"],
    "domains": {DOMAIN: "harbour"},
    "rollbacks": 5,
    "workgroup": "mesh-check",
    "lag_days": 14,
    "snapshot_days": 30,
}


def column(number: int | None, name: str, type_: str = "string", iceberg: Any = None, **more: Any) -> dict[str, Any]:
    words = {"string": "string", "bigint": "long", "int": "int", "double": "double"}
    said = iceberg or words.get(type_)
    return {"id": number, "name": name, "type": type_, "iceberg_type": said, "comment": f"{name}.", **DEFAULTS, **more}


DEFAULTS: dict[str, Any] = {"required": False, "labels": []}

SHIPS = [
    column(1, "ship", "bigint", required=True),
    column(2, "captain", labels=["pii"]),
    column(3, "country"),
    column(4, "tons", "double"),
]


def table(name: str = "ships", columns: Sequence[Mapping[str, Any]] = SHIPS, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "format": "iceberg",
        "location": f"s3://{BUCKET}/tables/{name}/",
        "description": f"All {name}.",
        "schema_id": 0,
        "columns": list(columns),
        "partitions": [],
        "key": [],
        "rows": {"at_least": None},
        **more,
    }


def contract(*tables: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "domain": "harbour",
        "product": "berths",
        "account_id": DOMAIN,
        "bucket": BUCKET,
        "database": DATABASE,
        "draft": DRAFT,
        "owner": {"team": "harbour-office", "email": "harbour@example.com"},
        "version": "1.0.0",
        "tables": list(tables or (table(),)),
        **more,
    }


class DiedError(BaseException):
    """The function ended in the middle: nothing of its own may catch it."""


class KeptSession:
    """A session whose clients are made once a process, for to make one takes longer than most tests ask of it.

    moto is the same for every organisation; the keys of a session of a role are of its organisation alone.
    """

    def __init__(self) -> None:
        self._session: Any = session(REGION)
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The client of a service."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service)
        return self._clients[service]

    def taking(self, keys: Mapping[str, str]) -> KeptSession:
        """The session, which signs with these keys from now on, as do all its clients."""
        held = self._session.get_credentials()
        held.access_key, held.secret_key, held.token = (
            keys[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")
        )
        return self


@cache
def kept(_account: str) -> KeptSession:
    """The session of an account."""
    return KeptSession()


class _KeptRoles(AwsSessions):
    """The function's roles, each assumed anew by an organisation, with clients that are made once a process."""

    def _session(self, role: str) -> Any:
        if role not in self._sessions:
            held = kept(role or "the function's own")
            self._sessions[role] = held.taking(_as_issued(self._assumed(role))) if role else held
        return self._sessions[role]


def _as_issued(credentials: Mapping[str, str]) -> dict[str, str]:
    names = {"AccessKeyId": "access_key_id", "SecretAccessKey": "secret_access_key", "SessionToken": "session_token"}
    return {name: credentials[f"aws_{ours}"] for name, ours in names.items()}


class Harbour:
    """The organisation, with one product, and the function's configuration in a folder."""

    def __init__(self, folder: Path, said: Mapping[str, Any]) -> None:
        self.folder = folder
        self.configure(said)
        self.domain = self.session(DOMAIN)
        self.hub = kept(HUB)
        self.sessions = _KeptRoles(PublishDocuments(self.folder).settings)
        self.s3, self.glue = self.domain.client("s3"), self.domain.client("glue")
        self.hub_glue, self.lake = self.hub.client("glue"), self.hub.client("lakeformation")
        self.hub_s3 = self.hub.client("s3")
        self.events: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.before_call: Callable[[int, str], None] = lambda *_: None
        self.after_call: Callable[[int, str], None] = lambda *_: None
        self.answers: list[list[int]] = []
        self.queries: list[str] = []
        self.running = False
        self.depth = 0
        self._make()

    @staticmethod
    def session(account: str) -> KeptSession:
        role = f"arn:aws:iam::{account}:role/mesh/tester"
        answer = kept(HUB).client("sts").assume_role(RoleArn=role, RoleSessionName="tester")
        return kept(account).taking(answer["Credentials"])

    def _make(self) -> None:
        place: Any = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
        for bucket in (BUCKET, "elsewhere"):
            self.s3.create_bucket(Bucket=bucket, **place)
        self.hub_s3.create_bucket(Bucket=PUBLICATIONS, **place)
        self.hub.client("events").create_event_bus(Name="mesh")
        self.hub_glue.create_database(DatabaseInput={"Name": DATABASE})
        self.glue.create_database(DatabaseInput={"Name": DRAFT})
        for key in MESH["classifications"]:
            self.lake.create_lf_tag(TagKey=key, TagValues=["true", "false"])

    def configure(self, said: Mapping[str, Any]) -> None:
        """Deploy the function with a contract."""
        self.contract = dict(said)
        (self.folder / "contracts" / "harbour").mkdir(parents=True, exist_ok=True)
        (self.folder / "mesh.json").write_text(json.dumps(MESH))
        (self.folder / "contracts" / "harbour" / "berths.json").write_text(json.dumps(said))

    # --- the function -------------------------------------------------------------------------------------

    def run(self, *events: Mapping[str, Any]) -> list[str]:
        """Wake the function; the messages that it gives back."""
        records = [
            {"messageId": str(number), "body": json.dumps(event)} for number, event in enumerate(events or (SWEEP,))
        ]
        outer, self.calls = self.calls, []
        self.depth += 1
        self.running = True
        try:
            answer = Batch(PublishDocuments(self.folder), self.sessions).answer({"Records": records})
        finally:
            self.running = False
            self.depth -= 1
            if self.depth:  # a second run, while another one is at it
                self.calls = outer
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]

    def published(self) -> None:
        """Wake the function, which has no fault."""
        assert self.run() == []

    def request(self, action: str, to: str | None = None, account: str = DOMAIN, number: str = "") -> dict[str, Any]:
        detail = {"action": action, "product": "harbour.berths", **({"to": to} if to else {})}
        said = number or f"request-{len(self.events)}-{len(self.record.get('history', []))}-{action}-{to}"
        return {
            "source": "mesh.harbour.berths",
            "detail-type": "publication requested",
            "account": account,
            "id": said,
            "detail": detail,
        }

    # --- what came of it ----------------------------------------------------------------------------------

    @property
    def record(self) -> dict[str, Any]:
        """The record of publications."""
        s3 = self.hub_s3
        try:
            return json.loads(s3.get_object(Bucket=PUBLICATIONS, Key=f"{DOMAIN}/berths.json")["Body"].read())
        except s3.exceptions.NoSuchKey:
            return {}

    def hub_table(self, name: str = "ships") -> dict[str, Any] | None:
        try:
            return dict(self.hub_glue.get_table(DatabaseName=DATABASE, Name=name)["Table"])
        except self.hub_glue.exceptions.EntityNotFoundException:
            return None

    def pointer(self, name: str = "ships") -> str | None:
        """The metadata file that readers see."""
        stored = self.hub_table(name)
        return stored["Parameters"]["metadata_location"] if stored else None

    def seen(self, name: str = "ships") -> str | None:
        """The same, out of moto itself: without a call, for who looks all the time."""
        stored = glue_backends[HUB][REGION].databases[DATABASE].tables.get(name)
        return stored.as_dict()["Parameters"]["metadata_location"] if stored else None

    @property
    def sentences(self) -> list[str]:
        """The sentences of the last refusal that the owner was told of."""
        refusals = [event for event in self.events if event["DetailType"] == "publication refused"]
        return json.loads(refusals[-1]["Detail"])["sentences"] if refusals else []

    def told(self) -> list[str]:
        """The kinds of all events, in their order."""
        return [event["DetailType"] for event in self.events]

    def labels(self, name: str = "ships") -> dict[str, dict[str, str]]:
        """The LF-tags that columns of the hub have of their own."""
        stored = self.hub_table(name)
        if stored is None:
            return {}
        names = [each["Name"] for each in stored["StorageDescriptor"]["Columns"]]
        place = {"CatalogId": HUB, "DatabaseName": DATABASE, "Name": name, "ColumnNames": names}
        answer = self.lake.get_resource_lf_tags(CatalogId=HUB, Resource={"TableWithColumns": place})
        return {
            each["Name"]: {tag["TagKey"]: tag["TagValues"][0] for tag in each["LFTags"]}
            for each in answer.get("LFTagsOnColumns", [])
        }

    # --- calls --------------------------------------------------------------------------------------------

    def call(self, made: Callable[..., Any], client: Any, name: str, parameters: Any) -> Any:
        """A call of the function: watched, and Athena's answered here."""
        number = len(self.calls)
        self.calls.append(f"{client.meta.service_model.service_name}:{name}")
        self._watched(self.before_call, number, name)
        answer = self._athena(name, parameters) or made(client, name, parameters)
        if name == "PutEvents":
            self.events += parameters["Entries"]
        self._watched(self.after_call, number, name)
        return answer

    def _watched(self, watcher: Callable[[int, str], None], number: int, name: str) -> None:
        self.running = False
        try:
            watcher(number, name)
        finally:
            self.running = True

    def _athena(self, name: str, parameters: Mapping[str, Any]) -> Any:
        if name == "StartQueryExecution":
            assert parameters["WorkGroup"] == "mesh-check"
            self.queries.append(parameters["QueryString"])
            return {"QueryExecutionId": "q"}
        if name == "GetQueryExecution":
            return {"QueryExecution": {"Status": {"State": "SUCCEEDED"}}}
        if name == "GetQueryResults":
            numbers = self.answers.pop(0) if self.answers else [0] * self.queries[-1].count(" AS q")
            row = {"Data": [{"VarCharValue": str(number)} for number in numbers]}
            return {"ResultSet": {"Rows": [{"Data": []}, row]}}
        return None


class SameThread(Executor):
    """pyiceberg's threads, one after the other in this one: moto's backends are not safe under them."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as an executor does
            future.set_exception(error)
        return future


SWEEP = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


@contextmanager
def harbour(folder: Path, said: Mapping[str, Any] | None = None) -> Generator[Harbour]:
    """An organisation of its own, gone afterwards."""
    with mock_aws(), patch.dict(os.environ, {"AWS_DEFAULT_REGION": REGION}):
        organization = Harbour(folder, said or contract())
        made = botocore.client.BaseClient._make_api_call

        def call(client: Any, name: str, parameters: Any) -> Any:
            if not organization.running:
                return made(client, name, parameters)
            return organization.call(made, client, name, parameters)

        with (
            ExitStack() as optimizers,
            patch.object(botocore.client.BaseClient, "_make_api_call", call),
            patch.object(ExecutorFactory, "get_or_create", SameThread),
            patch.object(BaseBackend, "urls", property(lambda backend: _urls(type(backend), backend))),
            patch.object(GlueResponse, "update_table", _versioned(GlueResponse.update_table)),
            patch.object(LakeFormationBackend, "add_lf_tags_to_resource", _added()),
        ):
            for response, name, operation in table_optimizers():
                optimizers.enter_context(patch.object(response, name, operation, create=True))
            yield organization


_USUAL_URLS: Any = BaseBackend.urls.fget  # type: ignore[attr-defined]
_URLS: dict[type, Any] = {}


def _urls(service: type, backend: BaseBackend) -> Any:
    """The addresses of a service, which moto formats anew at each call; they are the same for all of its backends."""
    if service not in _URLS:
        _URLS[service] = _USUAL_URLS(backend)
    return _URLS[service]


def _versioned(update: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def update_table(response: Any) -> Any:
        said = response.parameters
        name = said.get("Name") or said["TableInput"]["Name"]
        stored = response.glue_backend.get_table(said["DatabaseName"], name)
        if said.get("VersionId") not in (None, str(stored._current_version)):
            error = ConcurrentRunsExceededException("Update table failed due to concurrent modifications.")
            error.error_type = error.code = "ConcurrentModificationException"
            raise error
        return update(response)

    return update_table


def _added() -> Callable[..., Any]:
    add = LakeFormationBackend.add_lf_tags_to_resource

    def add_lf_tags(backend: Any, catalog_id: str, resource: dict[str, Any], tags: list[dict[str, Any]]) -> Any:
        before = {key: list(value) for key, value in backend.lf_columns_tags.items()}
        failures = add(backend, catalog_id, resource, tags)
        keys = {tag["TagKey"] for tag in tags}
        for target, now in list(backend.lf_columns_tags.items()):
            if now is tags:
                kept = [tag for tag in before.get(target, []) if tag["TagKey"] not in keys]
                backend.lf_columns_tags[target] = [*kept, *tags]
        return failures

    return add_lf_tags
