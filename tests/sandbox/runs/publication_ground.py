"""A deployed mesh of two domains, and unmodified clients that write drafts, read what is published, and ask."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pyarrow
from pyiceberg.catalog.glue import GlueCatalog

from cli import main as command
from cli.exit_codes import FINE
from mesh import names
from mesh.folder import PlannedMesh, plan_folder
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from tests.mesh_copies import copied
from tests.sandbox.runs.real_clients import Caller, deployed

pa: Any = pyarrow  # it has no types
TINY: Final = Path(__file__).parents[2] / "mesh" / "tiny"
HEARD: Final = "heard"
Told = tuple[str, str, Mapping[str, Any]]
"""Type, source and detail of an event."""

PRODUCTS: Final = {
    "visits": """\
apiVersion: v3.2.0
kind: DataContract
id: orders.visits
version: 1.0.0
status: active
domain: orders
description: {purpose: Who came to the counter.}
schema:
  - name: visits
    customProperties: [{property: tableFormat, value: parquet}]
    properties:
      - {name: id, logicalType: string, physicalType: string, required: true}
      - {name: phone, logicalType: string, physicalType: string, classification: pii}
""",
    "invoices": """\
apiVersion: v3.2.0
kind: DataContract
id: orders.invoices
version: 1.0.0
status: active
domain: orders
description: {purpose: What is to be paid.}
schema:
  - name: invoices
    properties:
      - {name: id, logicalType: string, physicalType: string, required: true, primaryKey: true}
""",
}
"""Products beside those of the tiny mesh: one of plain Parquet, and one with a primary key."""


def mesh(folder: Path) -> PlannedMesh:
    """The tiny mesh with these products, and owners and engineers in both domains."""
    copied(TINY, folder)
    for name, contract in PRODUCTS.items():
        (folder / "contracts" / "orders" / f"{name}.odcs.yaml").write_text(contract, "utf-8")
    orders, shop = folder / "domains" / "orders.yaml", folder / "domains" / "shop.yaml"
    more = "".join(f"  {name}: {{kind: analytics, ports: [table]}}\n" for name in PRODUCTS)
    orders.write_text(orders.read_text("utf-8") + more + "engineers: [orders-engineers]\n", "utf-8")
    shop.write_text(shop.read_text("utf-8") + "owners: [shop-owners]\n", "utf-8")
    assert command.run(["lock", str(folder)]) == FINE
    return plan_folder(folder, datetime.date(2027, 1, 1))


class Ground:
    """The deployed mesh. `heard` are events on the mesh bus since it was last asked, `at_home` on a domain's own."""

    def __init__(self, organization: EnforcedOrganization, planned: PlannedMesh) -> None:
        self.organization, self.mesh, self.plan = organization, planned, planned.plan
        self.hub = planned.plan.perimeter.governance_id
        self.region = planned.plan.perimeter.region
        self._queue(self.hub, names.BUS)
        for domain in self.plan.domains.values():
            self._queue(domain.access.account_id, "default")

    def caller(self, who: str) -> Caller:
        return Caller(self.organization, self.mesh, who)

    # ---- the bus

    def _queue(self, account: str, bus: str) -> None:
        """A queue that hears what a bus has of products: not of the mesh, and put there without a call."""
        from moto.events.models import events_backends
        from moto.sqs.models import sqs_backends

        arn = f"arn:aws:sqs:{self.region}:{account}:{HEARD}"
        allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Resource": arn}
        policy = {"Version": "2012-10-17", "Statement": [{**allow, "Action": "sqs:SendMessage"}]}
        queues: Any = sqs_backends[account][self.region]
        queues.create_queue(HEARD, tags={}, Policy=json.dumps(policy))
        events: Any = events_backends[account][self.region]
        of_the_mesh = json.dumps({"source": [{"prefix": "mesh."}]})
        events.put_rule(name=HEARD, event_bus_arn=bus, event_pattern=of_the_mesh)
        events.put_targets(HEARD, bus, [{"Id": HEARD, "Arn": arn}])

    def heard(self) -> list[Told]:
        return self._taken(self.hub)

    def at_home(self, domain: str) -> list[Told]:
        """What came to the default bus of a domain's account, where its own stack may add a target."""
        return self._taken(self.plan.domains[domain].access.account_id)

    def _taken(self, account: str) -> list[Told]:
        from moto.sqs.models import sqs_backends

        queue: Any = sqs_backends[account][self.region].queues[HEARD]
        events = [json.loads(message.body) for message in queue._messages]
        queue._messages.clear()
        return [(event["detail-type"], event["source"], event["detail"]) for event in events]

    # ---- drafts

    def draft(self, product: str) -> Any:
        """The draft of a product's only table, as pyiceberg loads it for its pipeline."""
        given = self.caller(f"pipeline:orders.{product}").given
        settings = {
            "endpoint": given["AWS_ENDPOINT_URL"],
            "region": given["AWS_DEFAULT_REGION"],
            "access-key-id": given["AWS_ACCESS_KEY_ID"],
            "secret-access-key": given["AWS_SECRET_ACCESS_KEY"],
            "session-token": given["AWS_SESSION_TOKEN"],
        }
        both = {f"{service}.{name}": value for service in ("glue", "s3") for name, value in settings.items()}
        return GlueCatalog("draft", **both).load_table(f"{names.draft_database('orders', product)}.{product}")

    def write_run(self, run: str, *, end: bool = True, **columns: Any) -> None:
        """A run of `orders.visits`: one Parquet file and its end marker, by boto3 and pyarrow."""
        import pyarrow.parquet

        content = BytesIO()
        pyarrow.parquet.write_table(pa.table(columns), content)  # pyright: ignore[reportUnknownMemberType]
        s3 = self.caller("pipeline:orders.visits").client("s3")
        place = {"Bucket": self.plan.domains["orders"].products["visits"].bucket}
        s3.put_object(**place, Key=f"tables/visits/run={run}/part-0.parquet", Body=content.getvalue())
        if end:
            s3.put_object(**place, Key=f"tables/visits/run={run}/_SUCCESS", Body=b"")

    # ---- what is published

    def record(self, product: str, who: str = "owner@orders") -> Any:
        """The record of a product's publications, as somebody reads it."""
        account = self.plan.domains["orders"].access.account_id
        bucket = self.plan.perimeter.buckets.publications(self.hub)
        answer = self.caller(who).client("s3").get_object(Bucket=bucket, Key=f"{account}/{product}.json")
        return json.loads(answer["Body"].read())

    def columns(self, who: str, product: str) -> list[str]:
        """The columns that somebody sees of a product through the link of the own account."""
        glue = self.caller(who).client("glue")
        table = glue.get_table(DatabaseName=f"orders__{product}", Name=product)["Table"]
        return [column["Name"] for column in table["StorageDescriptor"]["Columns"]]

    def published(self, product: str) -> Mapping[str, Any]:
        """The table of the hub, as it is stored."""
        from moto.glue.models import glue_backends

        backend: Any = glue_backends[self.hub][self.region]
        return backend.get_table(f"orders__{product}", product).as_dict()

    def labels(self, product: str) -> dict[str, dict[str, str]]:
        """The LF-tags of each column of the hub's table, as they are stored."""
        from moto.lakeformation.models import lakeformation_backends

        tags: Any = lakeformation_backends[self.hub][self.region].lf_columns_tags
        place = (self.hub, f"orders__{product}", product)
        return {
            key[3]: {tag["TagKey"]: tag["TagValues"][0] for tag in each}
            for key, each in tags.items()
            if key[:3] == place
        }

    def log(self) -> list[str]:
        """The log of the publication function."""
        from moto.logs.models import logs_backends

        group: Any = logs_backends[self.hub][self.region].groups[f"/{names.PATH}/publication"]
        return [event.message for stream in group.streams.values() for event in stream.events]

    def ask(self, who: str, product: str, *, speaking_of: str = "", **detail: str) -> str:
        """Ask on the bus for something about a product; the refusal, empty where it was taken."""
        bus = f"arn:aws:events:{self.region}:{self.hub}:event-bus/{names.BUS}"
        entry = {
            "EventBusName": bus,
            "Source": f"mesh.{speaking_of or product}",
            "DetailType": names.REQUESTED,
            "Detail": json.dumps({"product": product, **detail}),
        }
        return self.caller(who).refusal("events", "put_events", Entries=[entry])


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Inside, there is the deployed mesh."""
    planned = mesh(folder)
    with deployed(planned) as organization:
        yield Ground(organization, planned)
