"""Readers of a product or a column, each with its route; and roles that read nothing, each with what refuses it.

Every role of the plan is decided, not only those meant to read. Objects are encrypted with the product's own key, so a
role that may not decrypt reads nothing, whatever the bucket's policy says; one that may is tried on every prefix.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, cast

from mesh.access.chains import PORTS, Chain, DecidedReads, Reader
from mesh.access.people import Copy, Group, copies, groups
from mesh.access.references import Thing
from mesh.evaluator.decide import Cause, Decision
from mesh.evaluator.layers import layers
from mesh.evaluator.world import ANONYMOUS
from mesh.findings import listed
from mesh.model import Mesh
from mesh.plan.nodes import DataProductArgs

PREFIXES: Final[Mapping[str, str]] = {
    "files": "files/part-0.parquet",
    "tables": "tables/table/data/part-0.parquet",
    "metadata of tables": "tables/table/metadata/v1.avro",
    "outbound": "outbound/partner/part-0.parquet",
}
"""Prefixes of a product's bucket by what they hold, as the key of an object below each."""

GET_ACTIONS: Final = ("s3:GetObject", "s3:GetObjectVersionForReplication")
OUTSIDER: Final = "arn:aws:iam::999999999999:role/anyone"
ANY_ROLE: Final = "an-administrator"


@dataclass(frozen=True, slots=True)
class Holders:
    """A clearance that reads: its homes, the ports, the columns (of how many), and the statements and grants."""

    clearance: str
    homes: tuple[str, ...]
    ports: tuple[str, ...]
    columns: tuple[str, ...]
    of: int
    because: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class MachineReads:
    """A pipeline that reads: the product that it writes, its clearance, ports, columns (of how many), statements."""

    pipeline: str
    clearance: str
    ports: tuple[str, ...]
    columns: tuple[str, ...]
    of: int
    because: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class RoleReads:
    """A role without a clearance that reads: what it gets, and who assumes it."""

    role: str
    reads: tuple[str, ...]
    assumed_by: tuple[str, ...]
    because: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A class of callers that reads nothing; `stopped` names the refusing statement for table, bucket and key."""

    who: str
    principal: str
    stopped: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Everyone:
    """The answer of `mesh access who`; `others` counts the other roles by the statement that refuses them the key."""

    clearances: tuple[Holders, ...]
    machines: tuple[MachineReads, ...]
    roles: tuple[RoleReads, ...]
    people: tuple[Group, ...]
    copies: tuple[Copy, ...]
    refused: tuple[Refused, ...]
    others: Mapping[str, int]
    decided: int

    def as_json(self) -> dict[str, Any]:
        """The answer as `mesh access who --json` prints it; days as ISO dates."""
        fields: dict[str, Any] = _plain(asdict(self))
        return fields


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: days as text, causes with the names of their fields."""
    match value:
        case date():
            return value.isoformat()
        case Cause():
            return value._asdict()
        case dict():
            return {key: _plain(item) for key, item in cast("dict[str, Any]", value).items()}
        case tuple():
            return [_plain(item) for item in cast("tuple[Any, ...]", value)]
        case _:
            return value


def who(access: DecidedReads, mesh: Mesh, thing: Thing, as_of: date) -> Everyone:
    """Readers of a product or a column, classes of callers that read nothing, and what refuses those."""
    question = _Question(access, thing)
    representatives = dict(_representatives(access, thing.product))
    clearances, without = question.clearances()
    machines = dict(question.machines())
    roles, others = question.roles([*_other_roles(access, machines), *representatives.values()])
    roles = (*roles, *question.without_a_files_port(clearances))
    reading = {reads.role for reads in roles}
    held = [(holders.clearance, home) for holders in clearances for home in holders.homes]
    refused = (question.refused(name, arn) for name, arn in representatives.items() if arn not in reading)
    return Everyone(
        clearances=clearances,
        machines=tuple(machines.values()),
        roles=roles,
        people=tuple(groups(access.plan, mesh, held, as_of)),
        copies=tuple(copies(mesh, thing.product, as_of)),
        refused=(*without, *refused),
        others=others,
        decided=len(access.world.roles) + len(representatives),
    )


def _other_roles(access: DecidedReads, machines: Mapping[str, MachineReads]) -> Iterator[str]:
    """Roles of the plan that are neither a clearance's nor those of pipelines that read."""
    cleared = {reader.arn for reader in access.readers} | machines.keys()
    return (arn for arn in access.world.roles if arn not in cleared)


def _representatives(access: DecidedReads, product: DataProductArgs) -> Iterator[tuple[str, str]]:
    """Classes of callers that the plan does not list, each with one caller that stands for all of its class."""
    plan, perimeter = access.plan, access.plan.perimeter

    def administrator(account_id: str) -> str:
        return f"arn:aws:iam::{account_id}:role/{ANY_ROLE}"

    yield f"any administrator in the account of {product.domain}", administrator(product.account_id)
    yield f"the root user of the account of {product.domain}", f"arn:aws:iam::{product.account_id}:root"
    other = next((domain for name, domain in plan.domains.items() if name != product.domain), None)
    if other:
        yield "any administrator of another domain", administrator(other.access.account_id)
    yield "any administrator of the governance account", administrator(perimeter.governance_id)
    yield "any administrator of the management account", administrator(perimeter.management_id)
    for partner in list(plan.partners.values())[:1]:
        yield "any administrator of a partner's account", administrator(partner.access.account_id)
    yield "anyone outside the organisation", OUTSIDER
    yield "a service of AWS, for itself", "athena.amazonaws.com"
    yield "anonymous callers", ANONYMOUS


class _Question:
    """One product or column, and everyone's reads of it."""

    def __init__(self, access: DecidedReads, thing: Thing) -> None:
        self.access, self.thing, self.product = access, thing, thing.product

    # ---- clearances

    def clearances(self) -> tuple[tuple[Holders, ...], tuple[Refused, ...]]:
        """Clearances that read, with all homes that agree; and clearances that do not."""
        readers: dict[tuple[str, tuple[str, ...], tuple[str, ...], tuple[Cause, ...]], list[str]] = {}
        without: dict[str, list[Reader]] = {}
        for reader in self.access.readers:
            ports, columns, because = self._reads(reader)
            if ports:
                readers.setdefault((reader.clearance, ports, columns, because), []).append(reader.home)
            else:
                without.setdefault(reader.clearance, []).append(reader)
        of = 1 if self.thing.column else len(self.thing.columns)
        holders = (
            Holders(clearance, tuple(homes), ports, columns, of, because)
            for (clearance, ports, columns, because), homes in readers.items()
        )
        every = len(self.access.plan.domains)
        refused = (
            self.refused(
                f"clearance {name} in {'every home' if len(r) == every else listed(x.home for x in r)}", r[0].arn
            )
            for name, r in without.items()
        )
        return tuple(sorted(holders, key=lambda reads: reads.clearance)), tuple(refused)

    def machines(self) -> Iterator[tuple[str, MachineReads]]:
        """Pipelines of other products that read, by the ARNs of their roles."""
        of = 1 if self.thing.column else len(self.thing.columns)
        for reader in self.access.machines:
            if (reader.home, reader.product) != (self.product.domain, self.product.name):
                ports, columns, because = self._reads(reader)
                if ports:
                    pipeline = f"{reader.home}.{reader.product}"
                    yield reader.arn, MachineReads(pipeline, reader.clearance, ports, columns, of, because)

    def _reads(self, reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Cause, ...]]:
        """Ports through which a clearance reads, the columns that it gets, and the grants and statements."""
        ports: list[str] = []
        columns: set[str] = set()
        because: dict[Cause, None] = {}
        for port in PORTS:
            if port not in self.product.ports:
                continue
            chain = self.access.read(reader, self.product, port)
            returned = self._returned(chain, port)
            if returned:
                ports.append(port)
                columns |= returned
                because |= dict.fromkeys(self._decisive(chain, port))
        return tuple(ports), tuple(name for name in self.thing.columns if name in columns), tuple(because)

    def _returned(self, chain: Chain, port: str) -> set[str]:
        """The columns in question that a read returns; files return all of them."""
        if chain.broken:
            return set()
        wanted = {self.thing.column} if self.thing.column else set(self.thing.columns)
        return wanted & set(self.thing.columns if port == "files" else chain.columns)

    def _decisive(self, chain: Chain, port: str) -> Iterator[Cause]:
        """Causes that decide a read: the hub's grant for a table, statements of bucket and key for files."""
        for link in chain.links:
            if port == "table" and link.request is None:
                hub = f"Lake Formation of {self.access.hub}"
                yield from (cause for cause in link.decision.because if cause.document == hub)
            elif port == "files" and link.request:
                verdicts = layers(link.request, self.access.world)
                yield from (cause for verdict in verdicts if verdict.layer == "resource" for cause in verdict.because)

    # ---- everyone else

    def roles(self, principals: Iterable[str]) -> tuple[tuple[RoleReads, ...], Mapping[str, int]]:
        """Principals that get something, and how many others each statement refuses the key."""
        reading: list[RoleReads] = []
        others: Counter[str] = Counter()
        for principal in principals:
            reads, because = self._gets(principal)
            if reads:
                reading.append(RoleReads(principal, tuple(reads), tuple(self._assumed_by(principal)), because))
            elif self.access.world.role(principal):
                others[_named(self.access.decrypts(principal, self.product))] += 1
        return tuple(reading), dict(others.most_common())

    def without_a_files_port(self, clearances: Iterable[Holders]) -> Iterator[RoleReads]:
        """Clearances that get objects though no files port admits them; none, if the policies are right."""
        by_files = {
            (holders.clearance, home) for holders in clearances if "files" in holders.ports for home in holders.homes
        }
        for reader in self.access.readers:
            if (reader.clearance, reader.home) not in by_files:
                reads, because = self._bucket(reader.arn)
                if reads:
                    yield RoleReads(reader.arn, tuple(reads), tuple(self._assumed_by(reader.arn)), because)

    def _gets(self, principal: str) -> tuple[list[str], tuple[Cause, ...]]:
        """The table and the prefixes that a principal reads, and the causes."""
        reads: list[str] = []
        because: dict[Cause, None] = {}
        if "table" in self.product.ports:
            chain = self.access.read_as(principal, self.product, "table")
            if self._returned(chain, "table"):
                reads.append("the table")
                because |= dict.fromkeys(self._decisive(chain, "table"))
        prefixes, statements = self._bucket(principal)
        return [*reads, *prefixes], (*because, *statements)

    def _bucket(self, principal: str) -> tuple[list[str], tuple[Cause, ...]]:
        """Prefixes of the bucket of which a principal gets and decrypts an object."""
        reads: list[str] = []
        because: dict[Cause, None] = {}
        decrypts = self.access.decrypts(principal, self.product)
        # A location role reads with GetObject, replication with an action of its own.
        for prefix, key in PREFIXES.items() if decrypts.allowed else ():
            for action in GET_ACTIONS:
                decision = self.access.gets(principal, self.product, key, action)
                if decision.allowed:
                    reads.append(prefix)
                    because |= dict.fromkeys((*decision.because, *decrypts.because))
                    break
        return reads, tuple(because)

    def _assumed_by(self, principal: str) -> Iterator[str]:
        """Principals of a role's trust policy."""
        role = self.access.world.role(principal)
        for statement in role.trust.document["Statement"] if role and role.trust else ():
            arns = statement.get("Condition", {}).get("ArnLike", {}).get("aws:PrincipalArn")
            named: dict[str, Any] = {"AWS": arns} if arns else statement["Principal"]
            for names in named.values():
                yield from [names] if isinstance(names, str) else names

    def refused(self, name: str, principal: str) -> Refused:
        """A caller that reads nothing, with the statement that refuses it on each route; bucket and key each do."""
        stopped: dict[str, str] = {}
        if "table" in self.product.ports:
            chain = self.access.read_as(principal, self.product, "table")
            broken = chain.broken
            stopped["table"] = _named(broken.decision) if broken else "its grant does not cover it"
        stopped["bucket"] = _named(self.access.gets(principal, self.product, PREFIXES["files"]))
        stopped["key"] = _named(self.access.decrypts(principal, self.product))
        return Refused(name, principal, stopped)


def _named(decision: Decision) -> str:
    """The statement that refuses, or the layer that lacks an Allow."""
    if decision.allowed:
        return "allowed"
    if decision.because:
        return decision.because[0].sid
    return "no grant" if decision.layer == "lake-formation" else f"nothing allows it ({decision.layer})"
