"""A mesh with one product of every type, deployed, its rows written by the pipeline and published, for clients."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
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
DATABASE: Final = "orders__readings"
TABLE: Final = "readings"
PIPELINE: Final = "pipeline:orders.readings"
GENERAL: Final = "clearance:general@orders"
PII: Final = "clearance:pii@orders"
LABELLED: Final = "email"
COUNT: Final = 1205
"""Rows: more than a page of GetQueryResults has."""

CONTRACT: Final = """\
apiVersion: v3.2.0
kind: DataContract
id: orders.readings
version: 1.0.0
status: active
domain: orders
description: {purpose: What the scales at the counter say.}
schema:
  - name: readings
    properties:
      - {name: id, logicalType: string, physicalType: string, required: true}
      - {name: at, logicalType: timestamp, physicalType: timestamp}
      - {name: seen, logicalType: timestamp, physicalType: timestamptz}
      - {name: day, logicalType: date, physicalType: date}
      - {name: price, logicalType: number, physicalType: "decimal(12,2)"}
      - {name: weight, logicalType: number, physicalType: double}
      - {name: tilt, logicalType: number, physicalType: float}
      - {name: amount, logicalType: integer, physicalType: bigint}
      - {name: shelf, logicalType: integer, physicalType: int}
      - {name: sold, logicalType: boolean, physicalType: boolean}
      - {name: seal, logicalType: string, physicalType: binary}
      - {name: note, logicalType: string, physicalType: string}
      - {name: email, logicalType: string, physicalType: string, classification: pii}
      - name: tags
        logicalType: array
        physicalType: array<string>
        items: {logicalType: string, physicalType: string}
      - name: counts
        logicalType: map
        physicalType: map<string,int>
        map:
          key: {logicalType: string, physicalType: string}
          value: {logicalType: integer, physicalType: int}
      - name: place
        logicalType: object
        physicalType: struct<city:string,shelf:int>
        properties:
          - {name: city, logicalType: string, physicalType: string}
          - {name: shelf, logicalType: integer, physicalType: int}
"""

TAKINGS: Final = """\
apiVersion: v3.2.0
kind: DataContract
id: orders.takings
version: 1.0.0
status: active
domain: orders
description: {purpose: What a day brought in.}
schema:
  - name: takings
    properties:
      - {name: day, logicalType: date, physicalType: date, required: true, primaryKey: true}
      - {name: sold, logicalType: integer, physicalType: bigint}
      - {name: revenue, logicalType: number, physicalType: "decimal(12,2)"}
      - {name: last_buyer, logicalType: string, physicalType: string, classification: pii}
"""

PRODUCTS: Final = """\
  readings: {kind: analytics, ports: [table, files]}
  takings: {kind: analytics, ports: [table], pipeline: {script: takings.py, reads: [orders.readings], clearance: pii}}
"""

ADMITTED: Final = (
    "  - {product: orders.takings, use: The takings, approved-by: privacy@tiny.example, review: 2027-12-31}\n"
)

COLUMNS: Final = tuple(
    line.partition("name: ")[2].split(",")[0].strip() for line in CONTRACT.splitlines() if line.startswith("      - ")
)
"""Columns of the table, in the contract's order."""

NOTES: Final = ("plain", 'said "so", twice', "two\nlines", "", "  kept  ", "Ærø, 東京 ☕", "NULL", "a,b;c")
"""Texts that a result file has to quote."""


def row(number: int) -> dict[str, Any]:
    """A row of the table; of every seventh all is NULL but its id."""
    empty: dict[str, Any] = dict.fromkeys(COLUMNS)
    if number % 7 == 6:
        return {**empty, "id": f"r{number:05}"}
    at = datetime.datetime(2026, 3, 1, 4, 5, 6, 789000) + datetime.timedelta(minutes=number)
    return {
        "id": f"r{number:05}",
        "at": at,
        "seen": at.replace(tzinfo=datetime.UTC),
        "day": at.date(),
        "price": (Decimal(number * 101) / 100 - 5).quantize(Decimal("0.01")),
        "weight": number / 8 + 0.1,
        "tilt": number / 4,
        "amount": number * 10_000_000_019,
        "shelf": -number,
        "sold": number % 2 == 0,
        "seal": bytes([number % 256, 0, 255]),
        "note": NOTES[number % len(NOTES)],
        "email": f"{number}@orders.example",
        "tags": [f"t{each}" for each in range(number % 3)],
        "counts": [(f"k{each}", each) for each in range(number % 3)],
        "place": {"city": f"city {number}", "shelf": number},
    }


def written() -> list[dict[str, Any]]:
    """The rows that the pipeline writes, in the order of their ids."""
    return [row(number) for number in range(COUNT)]


def mesh(folder: Path) -> PlannedMesh:
    """The tiny mesh with the product `orders.readings`, and `orders.takings`, whose pipeline reads it."""
    copied(TINY, folder)
    for name, contract in {"readings": CONTRACT, "takings": TAKINGS}.items():
        (folder / "contracts" / "orders" / f"{name}.odcs.yaml").write_text(contract, "utf-8")
    (folder / "pipelines" / "orders" / "takings.py").write_text("print('dbt run')\n", "utf-8")
    for file, more in {"domains/orders": PRODUCTS, "clearances/pii": ADMITTED}.items():
        path = folder / f"{file}.yaml"
        path.write_text(path.read_text("utf-8") + more, "utf-8")
    assert command.run(["lock", str(folder)]) == FINE
    return plan_folder(folder, datetime.date(2027, 1, 1))


class ClientGround:
    """The deployed mesh, whom its clients call as, and what is theirs."""

    def __init__(self, organization: EnforcedOrganization, planned: PlannedMesh) -> None:
        self.organization, self.mesh, self.plan = organization, planned, planned.plan
        self.bucket = self.plan.domains["orders"].products["readings"].bucket

    def caller(self, who: str) -> Caller:
        return Caller(self.organization, self.mesh, who)

    def draft(self) -> Any:
        """The draft, as pyiceberg loads it for the pipeline."""
        return self.iceberg(PIPELINE).load_table(f"{names.draft_database('orders', 'readings')}.{TABLE}")

    def iceberg(self, who: str) -> GlueCatalog:
        """The catalog of somebody's account, as pyiceberg opens it."""
        given = self.caller(who).given
        settings = {
            "endpoint": given["AWS_ENDPOINT_URL"],
            "region": given["AWS_DEFAULT_REGION"],
            "access-key-id": given["AWS_ACCESS_KEY_ID"],
            "secret-access-key": given["AWS_SECRET_ACCESS_KEY"],
            "session-token": given["AWS_SESSION_TOKEN"],
        }
        both = {f"{service}.{name}": value for service in ("glue", "s3") for name, value in settings.items()}
        return GlueCatalog("account", **both)

    def write(self, rows: list[dict[str, Any]]) -> None:
        """Append rows to the draft; each commit is published by the function."""
        table = self.draft()
        table.append(pa.Table.from_pylist(rows, schema=table.schema().as_arrow()))


@contextmanager
def client_ground(folder: Path) -> Iterator[ClientGround]:
    """Inside, there is the deployed mesh, and nothing is written yet."""
    planned = mesh(folder)
    with deployed(planned) as organization:
        yield ClientGround(organization, planned)
