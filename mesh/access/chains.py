"""Chains of requests: a read of a product is a chain, each link is decided on its own, and all have to allow.

A table is read through Athena, the catalog, Lake Formation, the location role and the results bucket; files through
the bucket and its key. (Athena User Guide, "How Athena accesses data registered with Lake Formation"; S3 User Guide,
"Using server-side encryption with AWS KMS": reading an object takes `kms:Decrypt` through S3.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from mesh import names
from mesh.access import from_plan, planned_lakes
from mesh.access.lake import Lakes
from mesh.evaluator.decide import Cause, Decision, Request, decide
from mesh.evaluator.world import World
from mesh.plan import Plan
from mesh.plan.nodes import DataProductArgs

ReadPort = Literal["table", "files"]
PORTS: tuple[ReadPort, ...] = ("table", "files")


class Link(NamedTuple):
    """A link of a chain: its purpose, its request (None for Lake Formation's own decision), and the decision."""

    purpose: str
    request: Request | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class Chain:
    """The links of a read; `columns` are those that it returns of a table, as `table.column`."""

    links: tuple[Link, ...]
    columns: tuple[str, ...] = ()

    @property
    def broken(self) -> Link | None:
        """The first link that refuses."""
        return next((link for link in self.links if not link.decision.allowed), None)

    @property
    def because(self) -> tuple[Cause, ...]:
        """The statements that allow the read, or those that refuse it."""
        broken = self.broken
        if broken:
            return broken.decision.because
        return tuple(dict.fromkeys(cause for link in self.links for cause in link.decision.because))


class Reader(NamedTuple):
    """A clearance held in a domain's account: the domain is its `home`, `arn` its role there.

    `product` is the one that a pipeline writes, where no people but a pipeline holds it.
    """

    clearance: str
    home: str
    arn: str
    account: str
    product: str = ""

    @property
    def name(self) -> str:
        """Reference to the reader: `pii@ads`, `pipeline/pii/device-graph@identity`."""
        return (
            f"pipeline/{self.clearance}/{self.product}@{self.home}" if self.product else f"{self.clearance}@{self.home}"
        )


class DecidedReads:
    """Reads of the planned mesh, decided; links that many reads have in common are decided once."""

    def __init__(self, plan: Plan, world: World | None = None, lakes: Lakes | None = None) -> None:
        self.plan = plan
        self.world = world or from_plan.world(plan)
        self.lakes = lakes or planned_lakes.lakes(plan)
        self.hub = plan.perimeter.governance_id
        self._query_links: dict[tuple[str, str], tuple[Link, ...]] = {}
        self._location_links: dict[tuple[str, str], tuple[Link, ...]] = {}

    def fresh(self) -> DecidedReads:
        """Reads of the same plan and world, with nothing remembered."""
        return DecidedReads(self.plan, self.world, self.lakes)

    @cached_property
    def readers(self) -> tuple[Reader, ...]:
        """Readers of the mesh: every clearance in every home."""
        return tuple(
            Reader(name, domain.name, role.arn, role.account_id)
            for domain in self.plan.domains.values()
            for name, role in domain.clearances.items()
        )

    @cached_property
    def machines(self) -> tuple[Reader, ...]:
        """Pipelines that read other products than their own."""
        return tuple(
            Reader(role.clearance, domain.name, role.arn, role.account_id, name)
            for domain in self.plan.domains.values()
            for name, role in domain.pipelines.items()
            if role.clearance
        )

    def reader(self, clearance: str, home: str) -> Reader:
        """A clearance in a home; KeyError when there is none."""
        role = self.plan.domains[home].clearances[clearance]
        return Reader(clearance, home, role.arn, role.account_id)

    def read(self, reader: Reader, product: DataProductArgs, port: ReadPort) -> Chain:
        """The chain of one read through one port of a product."""
        return self._table(reader, product) if port == "table" else self._files(reader, product)

    def read_as(self, principal: str, product: DataProductArgs, port: ReadPort) -> Chain:
        """The chain of a read by anyone: a role that holds no clearance, an account, a service, `anonymous`.

        Raises UnknownError for what names no caller.
        """
        # One object stands for all of its prefix: no policy of the mesh names single objects.
        if port == "files":
            return Chain(tuple(self._objects(principal, product, "files/part-0.parquet", "reads the object")))
        database, tables = self._entry(product)
        credentials = Request(principal, "lakeformation:GetDataAccess", "*")
        requests = [("asks Lake Formation for credentials", credentials), *self._catalog(principal, database, tables)]
        columns, causes = self._columns(principal, database, tables)
        opened = Link("Lake Formation lets columns through", None, Decision(bool(columns), "lake-formation", causes))
        links = (
            *(self._link(*purpose_and_request) for purpose_and_request in requests),
            opened,
            *self._location_reads(product),
        )
        whole = Chain(links)
        return Chain(links, () if whole.broken else columns)

    def gets(self, principal: str, product: DataProductArgs, key: str, action: str = "s3:GetObject") -> Decision:
        """Whether a principal gets one object of a product's bucket; it still has to decrypt it."""
        return decide(Request(principal, action, f"arn:aws:s3:::{product.bucket}/{key}"), self.world)

    def decrypts(self, principal: str, product: DataProductArgs) -> Decision:
        """Whether a principal decrypts, through S3, what is in a product's bucket."""
        return decide(self._decrypt(principal, product), self.world)

    def _decrypt(self, principal: str, product: DataProductArgs) -> Request:
        region = self.plan.perimeter.region
        data_key = from_plan.key_arn(region, product.account_id, names.key_alias(product.name))
        return Request(principal, "kms:Decrypt", data_key, {"kms:ViaService": f"s3.{region}.amazonaws.com"})

    # ---- files

    def _files(self, reader: Reader, product: DataProductArgs) -> Chain:
        return Chain(tuple(self._objects(reader.arn, product, "files/part-0.parquet", "reads the object")))

    def _objects(self, arn: str, product: DataProductArgs, key: str, purpose: str) -> Iterator[Link]:
        """List, get and decrypt an object of a product's bucket."""
        bucket = f"arn:aws:s3:::{product.bucket}"
        yield self._link("finds the object", Request(arn, "s3:ListBucket", bucket))
        yield self._link(purpose, Request(arn, "s3:GetObject", f"{bucket}/{key}"))
        yield self._link("decrypts it", self._decrypt(arn, product))

    # ---- tables

    def _table(self, reader: Reader, product: DataProductArgs) -> Chain:
        database, tables = self._entry(product)
        columns, causes = self._columns(reader.arn, database, tables)
        opened = Decision(bool(columns), "lake-formation", causes)
        links = (
            *self._queries(reader),
            *(self._link(purpose, request) for purpose, request in self._catalog(reader.arn, database, tables)),
            Link("Lake Formation lets columns through", None, opened),
            *self._location_reads(product),
        )
        whole = Chain(links)
        return Chain(links, () if whole.broken else columns)

    def _entry(self, product: DataProductArgs) -> tuple[str, tuple[str, ...]]:
        """A product's database in the mesh catalog, and its tables."""
        entry = self.plan.domains[product.domain].catalog.get(product.name)
        tables = tuple(table.name for table in entry.tables) if entry else ()
        return names.database(product.domain, product.name), tables

    def _columns(
        self, principal: str, database: str, tables: tuple[str, ...]
    ) -> tuple[tuple[str, ...], tuple[Cause, ...]]:
        """The columns that Lake Formation lets a principal read, as `table.column`, and by which grants."""
        caller = self.world.principal(principal)
        if caller.account is None:
            return (), ()
        columns: list[str] = []
        causes: dict[Cause, None] = {}
        for table in tables:
            readable = self.lakes.readable(caller.caller.role or principal, caller.account, self.hub, database, table)
            columns += [f"{table}.{column}" for column in readable]
            causes |= {
                Cause(f"Lake Formation of {account}", grant): None
                for reasons in readable.values()
                for account, grant in reasons
            }
        return tuple(columns), tuple(causes)

    def _catalog(self, principal: str, database: str, tables: tuple[str, ...]) -> Iterator[tuple[str, Request]]:
        catalog = f"arn:aws:glue:{self.plan.perimeter.region}:{self.hub}"
        resources = [f"{catalog}:catalog", f"{catalog}:database/{database}"]
        resources += [f"{catalog}:table/{database}/{table}" for table in tables]
        for resource in resources:
            yield "finds the table in the mesh catalog", Request(principal, "glue:GetTable", resource)

    def _queries(self, reader: Reader) -> tuple[Link, ...]:
        """Links of every query, whatever it reads: workgroup, credentials for data, results."""
        key = (reader.arn, reader.home)
        if key not in self._query_links:
            requests = self.query_requests(reader)
            self._query_links[key] = tuple(self._link(purpose, request) for purpose, request in requests)
        return self._query_links[key]

    def query_requests(self, reader: Reader) -> Iterator[tuple[str, Request]]:
        """Requests of every query, whatever it reads, each with its purpose."""
        region, arn = self.plan.perimeter.region, reader.arn
        name, result, alias = self._where_it_queries(reader)
        workgroup = f"arn:aws:athena:{region}:{reader.account}:workgroup/{name}"
        results_key = from_plan.key_arn(region, reader.account, alias)
        through = {"kms:ViaService": f"s3.{region}.amazonaws.com"}
        # GetDataAccess takes no resource: Lake Formation decides on the columns by its grants.
        yield "starts the query", Request(arn, "athena:StartQueryExecution", workgroup)
        yield "asks Lake Formation for credentials", Request(arn, "lakeformation:GetDataAccess", "*")
        yield "keeps the result", Request(arn, "s3:PutObject", result)
        yield "encrypts the result", Request(arn, "kms:GenerateDataKey", results_key, through)
        yield "fetches the result", Request(arn, "s3:GetObject", result)
        yield "decrypts the result", Request(arn, "kms:Decrypt", results_key, through)

    def _where_it_queries(self, reader: Reader) -> tuple[str, str, str]:
        """Workgroup, result and alias of the result's key of a reader."""
        if not reader.product:
            result = f"arn:aws:s3:::{self.plan.results_bucket(reader.home)}/{reader.clearance}/result.csv"
            return names.workgroup(reader.clearance), result, names.ACCOUNT_KEY_ALIAS
        bucket = self.plan.domains[reader.home].products[reader.product].bucket
        result = f"arn:aws:s3:::{bucket}/{names.QUERIES}/result.csv"
        return names.pipeline_workgroup(reader.product), result, names.key_alias(reader.product)

    def _location_reads(self, product: DataProductArgs) -> tuple[Link, ...]:
        """Links of Lake Formation's own read with the location role, whoever the caller is."""
        key = (product.domain, product.name)
        if key not in self._location_links:
            self._location_links[key] = tuple(self._location_read(product))
        return self._location_links[key]

    def _location_read(self, product: DataProductArgs) -> Iterator[Link]:
        role = names.location_role(self.hub, product.domain)
        source = {"aws:SourceAccount": self.hub, "aws:SourceOrgID": self.plan.perimeter.organization}
        assume = Request("lakeformation.amazonaws.com", "sts:AssumeRole", role, source)
        yield self._link("Lake Formation takes the location role", assume)
        yield from self._objects(role, product, "tables/data/part-0.parquet", "the location role reads the data")

    def _link(self, purpose: str, request: Request) -> Link:
        return Link(purpose, request, decide(request, self.world))


def labels_by_column(plan: Plan, domain: str, product: str) -> Mapping[str, frozenset[str]]:
    """Labels of every column of a product with a table port, by `table.column`."""
    entry = plan.domains[domain].catalog.get(product)
    return {
        f"{table.name}.{column.name}": frozenset(column.labels)
        for table in (entry.tables if entry else ())
        for column in (*table.columns, *table.partitions)
    }
