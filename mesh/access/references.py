"""References of `mesh access` to readers, products and columns: `pii@ads`, `ads.clicks`, `ads.clicks.country`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mesh.access.chains import PORTS, DecidedReads, Reader, ReadPort
from mesh.contracts import catalog
from mesh.contracts.labels import label_words
from mesh.evaluator.errors import UnknownError
from mesh.findings import NotPossibleError, listed, nearest, unknown
from mesh.model import Mesh
from mesh.plan import Plan
from mesh.plan.nodes import DataProductArgs


@dataclass(frozen=True, slots=True)
class Thing:
    """A product, or one column of it, that is read; `columns` are all of the product's, with their labels."""

    product: DataProductArgs
    columns: Mapping[str, frozenset[str]]
    column: str | None = None

    @property
    def name(self) -> str:
        """Reference to the product or column; with the name of the table where the product has several."""
        whole = f"{self.product.domain}.{self.product.name}"
        if self.column is None:
            return whole
        table, _, column = self.column.partition(".")
        several = len({name.partition(".")[0] for name in self.columns}) > 1
        return f"{whole}.{table}.{column}" if several else f"{whole}.{column}"

    @property
    def labels(self) -> frozenset[str]:
        """Labels of the column, or of the whole product."""
        return self.product.labels if self.column is None else self.columns[self.column]


@dataclass(frozen=True, slots=True)
class Asker:
    """A principal that reads, with its clearance if it is the role of one."""

    name: str
    principal: str
    reader: Reader | None = None


def thing(mesh: Mesh, plan: Plan, text: str) -> Thing:
    """The product or column that `DOMAIN.PRODUCT[.COLUMN]` names. Raises NotPossibleError."""
    parts = text.split(".", 2)
    if len(parts) < 2 or not all(parts):
        raise NotPossibleError(f"'{text}' is no product: DOMAIN.PRODUCT or DOMAIN.PRODUCT.COLUMN, as identity.profiles")
    product = _product(plan, parts[0], parts[1])
    columns = columns_of(mesh, product)
    whole = Thing(product, columns)
    return whole if len(parts) == 2 else Thing(product, columns, _column(whole, parts[2]))


def columns_of(mesh: Mesh, product: DataProductArgs) -> Mapping[str, frozenset[str]]:
    """Columns of a product's contract, as `table.column`, with their labels."""
    contract = mesh.contracts[f"{product.domain}.{product.name}"]
    return {
        f"{table.name}.{column.name}": frozenset(column.labels)
        for table in catalog.tables(contract, label_words(mesh.file), None)
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
    matching = [name for name in whole.columns if name.partition(".")[2] == text]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise NotPossibleError(f"{whole.name} has '{text}' in several tables; say which: {listed(matching)}")
    short = [name.partition(".")[2] for name in whole.columns]
    raise NotPossibleError(unknown(f"column of {whole.name}", text, short))


def asker(access: DecidedReads, text: str) -> Asker:
    """The principal that `CLEARANCE@HOME`, `DOMAIN.PRODUCT`, an ARN, a service or `anonymous` names.

    A product stands for its pipeline, if that reads another one. Raises NotPossibleError.
    """
    machine = next((each for each in access.machines if text in (each.name, f"{each.home}.{each.product}")), None)
    if machine is not None:
        return Asker(machine.name, machine.arn, machine)
    if "@" in text and not text.startswith("arn:"):
        clearance, _, home = text.partition("@")
        reader = access.reader(known_clearance(access.plan, clearance), known_domain(access.plan, home))
        return Asker(text, reader.arn, reader)
    if text in _clearances(access.plan):
        raise NotPossibleError(
            f"the clearance '{text}' is held in a home: {listed(f'{text}@{d}' for d in access.plan.domains)}"
        )
    try:
        role = access.world.principal(text).caller.role
    except UnknownError:
        raise NotPossibleError(
            f"'{text}' is no role: a clearance in a home as pii@ads, the ARN of a role, a service, or anonymous"
        ) from None
    if role and ":role/mesh/" in role and access.world.role(role) is None:
        raise NotPossibleError(f"the plan has no role '{role}'{nearest(role, access.world.roles)}")
    readers = (*access.readers, *access.machines)
    return next((Asker(reader.name, text, reader) for reader in readers if reader.arn == role), Asker(text, text))


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
    """The named port, or all that a product has. Raises NotPossibleError for one that it does not have."""
    offered: tuple[ReadPort, ...] = tuple(name for name in PORTS if name in product.ports)
    if port is None:
        return offered
    if known_port(port) not in offered:
        raise NotPossibleError(f"{product.domain}.{product.name} has no port {port}; it has {listed(offered)}")
    return (known_port(port),)


def known_port(name: str) -> ReadPort:
    """The name of a port. Raises NotPossibleError."""
    for port in PORTS:
        if port == name:
            return port
    raise NotPossibleError(unknown("port", name, PORTS))
