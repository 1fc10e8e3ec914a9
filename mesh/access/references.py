"""What people ask about, by the names they use: `pii@ads`, `identity.profiles`, `identity.profiles.birth_year`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mesh.access.chains import PORTS, DecidedReads, Reader, ReadPort
from mesh.contracts import catalog
from mesh.evaluator.errors import UnknownError
from mesh.findings import NotPossibleError, listed, nearest, unknown
from mesh.model import Mesh
from mesh.plan import Plan
from mesh.plan.nodes import DataProductArgs


@dataclass(frozen=True, slots=True)
class Thing:
    """What is read: a product, or one column of it; `columns` are all of the product's with their labels."""

    product: DataProductArgs
    columns: Mapping[str, frozenset[str]]
    column: str | None = None

    @property
    def name(self) -> str:
        """`identity.profiles`, or `identity.profiles.birth_year`; with the table where the product has several."""
        whole = f"{self.product.domain}.{self.product.name}"
        if self.column is None:
            return whole
        table, _, column = self.column.partition(".")
        several = len({each.partition(".")[0] for each in self.columns}) > 1
        return f"{whole}.{table}.{column}" if several else f"{whole}.{column}"

    @property
    def labels(self) -> frozenset[str]:
        """Of the column, or of the product."""
        return self.product.labels if self.column is None else self.columns[self.column]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who reads: a principal, and the clearance it is the role of, if it is one."""

    name: str
    principal: str
    reader: Reader | None = None


def thing(mesh: Mesh, plan: Plan, text: str) -> Thing:
    """What `DOMAIN.PRODUCT[.COLUMN]` names. Raises NotPossibleError."""
    parts = text.split(".", 2)
    if len(parts) < 2 or not all(parts):
        raise NotPossibleError(f"'{text}' is no product: DOMAIN.PRODUCT or DOMAIN.PRODUCT.COLUMN, as identity.profiles")
    product = _product(plan, parts[0], parts[1])
    columns = columns_of(mesh, product)
    whole = Thing(product, columns)
    return whole if len(parts) == 2 else Thing(product, columns, _column(whole, parts[2]))


def columns_of(mesh: Mesh, product: DataProductArgs) -> Mapping[str, frozenset[str]]:
    """Every column that a product's contract has, as `table.column`, with its labels."""
    contract = mesh.contracts[f"{product.domain}.{product.name}"]
    return {
        f"{table.name}.{column.name}": frozenset(column.labels)
        for table in catalog.tables(contract)
        for column in (*table.columns, *table.partitions)
    }


def _product(plan: Plan, domain: str, name: str) -> DataProductArgs:
    if domain not in plan.domains:
        raise NotPossibleError(unknown("domain", domain, plan.domains))
    products = plan.domains[domain].products
    if name not in products:
        raise NotPossibleError(unknown(f"product of {domain}", name, products))
    return products[name]


def _column(whole: Thing, text: str) -> str:
    if text in whole.columns:
        return text
    found = [each for each in whole.columns if each.partition(".")[2] == text]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotPossibleError(f"{whole.name} has '{text}' in several tables; say which: {listed(found)}")
    short = [each.partition(".")[2] for each in whole.columns]
    raise NotPossibleError(unknown(f"column of {whole.name}", text, short))


def asker(access: DecidedReads, text: str) -> Asker:
    """Who `CLEARANCE@HOME`, an ARN, a service or `anonymous` is. Raises NotPossibleError."""
    if "@" in text and not text.startswith("arn:"):
        clearance, _, home = text.partition("@")
        reader = access.reader(known_clearance(access.plan, clearance), known_domain(access.plan, home))
        return Asker(text, reader.arn, reader)
    if text in _clearances(access.plan):
        raise NotPossibleError(
            f"the clearance '{text}' is held in a home: {listed(f'{text}@{d}' for d in access.plan.domains)}"
        )
    try:
        found = access.world.principal(text)
    except UnknownError:
        raise NotPossibleError(
            f"'{text}' is no role: a clearance in a home as pii@ads, the ARN of a role, a service, or anonymous"
        ) from None
    role = found.caller.role
    if role and ":role/mesh/" in role and access.world.role(role) is None:
        raise NotPossibleError(f"the plan has no role '{role}'{nearest(role, access.world.roles)}")
    return next((Asker(f"{r.clearance}@{r.home}", text, r) for r in access.readers if r.arn == role), Asker(text, text))


def known_clearance(plan: Plan, name: str) -> str:
    """The name of a clearance. Raises NotPossibleError."""
    known = _clearances(plan)
    if name not in known:
        raise NotPossibleError(unknown("clearance", name, known))
    return name


def _clearances(plan: Plan) -> list[str]:
    return [clearance.name for clearance in plan.governance.catalog.clearances]


def known_domain(plan: Plan, name: str) -> str:
    """The name of a domain. Raises NotPossibleError."""
    if name not in plan.domains:
        raise NotPossibleError(unknown("domain", name, plan.domains))
    return name


def ports(product: DataProductArgs, port: str | None) -> tuple[ReadPort, ...]:
    """The port asked for, or all that a product has. Raises NotPossibleError for one that it does not have."""
    own: tuple[ReadPort, ...] = tuple(each for each in PORTS if each in product.ports)
    if port is None:
        return own
    if known_port(port) not in own:
        raise NotPossibleError(f"{product.domain}.{product.name} has no port {port}; it has {listed(own)}")
    return (known_port(port),)


def known_port(name: str) -> ReadPort:
    """The name of a port. Raises NotPossibleError."""
    known: dict[str, ReadPort] = {port: port for port in PORTS}
    found = known.get(name)
    if found is None:
        raise NotPossibleError(unknown("port", name, PORTS))
    return found
