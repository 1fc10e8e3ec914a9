"""Everyone who can read a product or a column, by which route; and who cannot, by which statement.

Every role of the plan is decided, not only those meant to read. Objects are encrypted with the product's own key, so
whoever may not decrypt reads nothing, whatever the bucket says; whoever may is tried on every place of the bucket.
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

PLACES: Final[Mapping[str, str]] = {
    "files": "files/part-0.parquet",
    "tables": "tables/table/data/part-0.parquet",
    "metadata of tables": "tables/table/metadata/v1.metadata.json",
    "outbound": "outbound/partner/part-0.parquet",
}
"""Where a product's bucket keeps what, and an object of each (`mesh/iam/product/bucket_policy.py`)."""

GET_ACTIONS: Final = ("s3:GetObject", "s3:GetObjectVersionForReplication")
OUTSIDER: Final = "arn:aws:iam::999999999999:role/anyone"
ANY_ROLE: Final = "an-administrator"


@dataclass(frozen=True, slots=True)
class Holders:
    """A clearance that reads: in which homes, through which ports, which of how many columns, by what."""

    clearance: str
    homes: tuple[str, ...]
    ports: tuple[str, ...]
    columns: tuple[str, ...]
    of: int
    because: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class RoleReads:
    """A role that no clearance is behind, what of the bucket it gets, and who steps into it."""

    role: str
    reads: tuple[str, ...]
    assumed_by: tuple[str, ...]
    because: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A class of callers that reads nothing; `stopped` says by what on the way through the catalog, bucket and key."""

    who: str
    principal: str
    stopped: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Everyone:
    """The whole answer. `others` are the other roles of the plan, counted by what refuses them the product's key."""

    clearances: tuple[Holders, ...]
    roles: tuple[RoleReads, ...]
    people: tuple[Group, ...]
    copies: tuple[Copy, ...]
    refused: tuple[Refused, ...]
    others: Mapping[str, int]
    decided: int

    def as_json(self) -> dict[str, Any]:
        """As `mesh access who --json` prints it; days as ISO dates."""
        found: dict[str, Any] = _plain(asdict(self))
        return found


def _plain(value: Any) -> Any:
    """What JSON can hold: days as text; causes keep their names."""
    match value:
        case date():
            return value.isoformat()
        case Cause():
            return value._asdict()
        case dict():
            return {key: _plain(each) for key, each in cast("dict[str, Any]", value).items()}
        case tuple():
            return [_plain(each) for each in cast("tuple[Any, ...]", value)]
        case _:
            return value


def who(access: DecidedReads, mesh: Mesh, thing: Thing, as_of: date) -> Everyone:
    """Everyone who reads it, the classes of callers that do not, and what stops those."""
    question = _Question(access, thing)
    standing = dict(_standing(access, thing.product))
    clearances, without = question.clearances()
    roles, others = question.roles([*_other_roles(access), *standing.values()])
    roles = (*roles, *question.beside_the_files(clearances))
    reading = {each.role for each in roles}
    held = [(each.clearance, home) for each in clearances for home in each.homes]
    refused = (question.refused(name, arn) for name, arn in standing.items() if arn not in reading)
    return Everyone(
        clearances=clearances,
        roles=roles,
        people=tuple(groups(access.plan, mesh, held, as_of)),
        copies=tuple(copies(mesh, thing.product, as_of)),
        refused=(*without, *refused),
        others=others,
        decided=len(access.world.roles) + len(standing),
    )


def _other_roles(access: DecidedReads) -> Iterator[str]:
    """Every role of the plan that is not a clearance's."""
    cleared = {reader.arn for reader in access.readers}
    return (arn for arn in access.world.roles if arn not in cleared)


def _standing(access: DecidedReads, product: DataProductArgs) -> Iterator[tuple[str, str]]:
    """One caller of each class that no plan lists: what holds of it holds of every other of its class."""
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
    def __init__(self, access: DecidedReads, thing: Thing) -> None:
        self.access, self.thing, self.product = access, thing, thing.product

    # ---- clearances

    def clearances(self) -> tuple[tuple[Holders, ...], tuple[Refused, ...]]:
        """Those that read, homes that agree together; and those that do not."""
        alike: dict[tuple[str, tuple[str, ...], tuple[str, ...], tuple[Cause, ...]], list[str]] = {}
        without: dict[str, list[Reader]] = {}
        for reader in self.access.readers:
            ports, columns, because = self._reads(reader)
            if ports:
                alike.setdefault((reader.clearance, ports, columns, because), []).append(reader.home)
            else:
                without.setdefault(reader.clearance, []).append(reader)
        of = 1 if self.thing.column else len(self.thing.columns)
        found = (
            Holders(clearance, tuple(homes), ports, columns, of, because)
            for (clearance, ports, columns, because), homes in alike.items()
        )
        every = len(self.access.plan.domains)
        refused = (
            self.refused(
                f"clearance {name} in {'every home' if len(r) == every else listed(x.home for x in r)}", r[0].arn
            )
            for name, r in without.items()
        )
        return tuple(sorted(found, key=lambda each: each.clearance)), tuple(refused)

    def _reads(self, reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Cause, ...]]:
        """Ports through which a clearance reads, the columns that come out, and what decides it."""
        ports: list[str] = []
        columns: set[str] = set()
        because: dict[Cause, None] = {}
        for port in PORTS:
            if port not in self.product.ports:
                continue
            chain = self.access.read(reader, self.product, port)
            got = self._out_of(chain, port)
            if got:
                ports.append(port)
                columns |= got
                because |= dict.fromkeys(self._decisive(chain, port))
        return tuple(ports), tuple(each for each in self.thing.columns if each in columns), tuple(because)

    def _out_of(self, chain: Chain, port: str) -> set[str]:
        """The columns asked for that come out: files are whole."""
        if chain.broken:
            return set()
        wanted = {self.thing.column} if self.thing.column else set(self.thing.columns)
        return wanted & set(self.thing.columns if port == "files" else chain.columns)

    def _decisive(self, chain: Chain, port: str) -> Iterator[Cause]:
        """The hub's grant of a table; of files what the bucket and the key say."""
        for link in chain.links:
            if port == "table" and link.request is None:
                hub = f"Lake Formation of {self.access.hub}"
                yield from (cause for cause in link.decision.because if cause.document == hub)
            elif port == "files" and link.request:
                verdicts = layers(link.request, self.access.world)
                yield from (cause for verdict in verdicts if verdict.layer == "resource" for cause in verdict.because)

    # ---- everyone else

    def roles(self, principals: Iterable[str]) -> tuple[tuple[RoleReads, ...], Mapping[str, int]]:
        """Of other principals those that get something, and how many each statement refuses the key."""
        found: list[RoleReads] = []
        others: Counter[str] = Counter()
        for principal in principals:
            reads, because = self._gets(principal)
            if reads:
                found.append(RoleReads(principal, tuple(reads), tuple(self._steps_in(principal)), because))
            elif self.access.world.role(principal):
                others[_named(self.access.decrypts(principal, self.product))] += 1
        return tuple(found), dict(others.most_common())

    def beside_the_files(self, clearances: Iterable[Holders]) -> Iterator[RoleReads]:
        """Clearances that get objects though no files port lets them; there is none while the policies are right."""
        by_files = {(each.clearance, home) for each in clearances if "files" in each.ports for home in each.homes}
        for reader in self.access.readers:
            if (reader.clearance, reader.home) not in by_files:
                reads, because = self._bucket(reader.arn)
                if reads:
                    yield RoleReads(reader.arn, tuple(reads), tuple(self._steps_in(reader.arn)), because)

    def _gets(self, principal: str) -> tuple[list[str], tuple[Cause, ...]]:
        """What a principal gets: columns through Lake Formation, places of the bucket."""
        reads: list[str] = []
        because: dict[Cause, None] = {}
        if "table" in self.product.ports:
            chain = self.access.read_as(principal, self.product, "table")
            if self._out_of(chain, "table"):
                reads.append("the table")
                because |= dict.fromkeys(self._decisive(chain, "table"))
        places, statements = self._bucket(principal)
        return [*reads, *places], (*because, *statements)

    def _bucket(self, principal: str) -> tuple[list[str], tuple[Cause, ...]]:
        """The places of the bucket that a principal gets and decrypts."""
        reads: list[str] = []
        because: dict[Cause, None] = {}
        decrypts = self.access.decrypts(principal, self.product)
        for place, key in PLACES.items() if decrypts.allowed else ():
            for action in GET_ACTIONS:
                got = self.access.gets(principal, self.product, key, action)
                if got.allowed:
                    reads.append(place)
                    because |= dict.fromkeys((*got.because, *decrypts.because))
                    break
        return reads, tuple(because)

    def _steps_in(self, principal: str) -> Iterator[str]:
        """Who assumes a role, as its trust policy has it."""
        role = self.access.world.role(principal)
        for statement in role.trust.document["Statement"] if role and role.trust else ():
            arns = statement.get("Condition", {}).get("ArnLike", {}).get("aws:PrincipalArn")
            named: dict[str, Any] = {"AWS": arns} if arns else statement["Principal"]
            for names in named.values():
                yield from [names] if isinstance(names, str) else names

    def refused(self, name: str, principal: str) -> Refused:
        """What stops a caller, route by route; the bucket and the key each stop it."""
        stopped: dict[str, str] = {}
        if "table" in self.product.ports:
            chain = self.access.read_as(principal, self.product, "table")
            broken = chain.broken
            stopped["table"] = _named(broken.decision) if broken else "its grant does not cover it"
        stopped["bucket"] = _named(self.access.gets(principal, self.product, PLACES["files"]))
        stopped["key"] = _named(self.access.decrypts(principal, self.product))
        return Refused(name, principal, stopped)


def _named(decision: Decision) -> str:
    """The statement that refuses, or the layer that lacks an Allow."""
    if decision.allowed:
        return "allowed"
    if decision.because:
        return decision.because[0].sid
    return "no grant" if decision.layer == "lake-formation" else f"nothing allows it ({decision.layer})"
