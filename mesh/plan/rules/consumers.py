"""Rules of consumers: products that a domain consumes, and the clearances of its groups for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mesh.contracts import catalog
from mesh.contracts.consumed_columns import columns_by_name, named_columns
from mesh.findings import Problem, listed, nearest
from mesh.model.domain import Consumption
from mesh.plan.rules.context import CrossFileRule, RuleContext, domain_file, unknown_product


def consumed_products_exist(context: RuleContext) -> Iterator[Problem]:
    """Products in `consumes` are of other domains, named once each, and not internal."""
    for domain, owner in context.mesh.domains.items():
        for number, reference in enumerate(owner.consumes):
            reason = _not_consumable(context, domain, reference)
            if not reason and reference in owner.consumes[:number]:
                reason = f"'{reference}' stands twice; name it once"
            if reason:
                yield Problem(domain_file(domain), ("consumes", number), reason)


def _not_consumable(context: RuleContext, domain: str, reference: str) -> str:
    """The sentence for a product that the domain cannot consume; empty when it can."""
    product = context.mesh.product(reference)
    if product is None:
        return unknown_product(context, reference)
    if reference.startswith(f"{domain}."):
        return f"'{reference}' is this domain's own product; 'consumes' names products of other domains"
    if product.kind == "internal":
        return f"'{reference}' is internal to its domain; ask its owner to offer it as 'analytics' or 'ml'"
    return ""


def consumed_columns_exist(context: RuleContext) -> Iterator[Problem]:
    """Columns in `consumes` are columns of the product, by their names in the catalog."""
    for domain, owner in context.mesh.domains.items():
        for number, used in enumerate(owner.consumption):
            contract = context.mesh.contracts.get(used.product)
            if contract is None or used.columns is None or _is_partial(context, used.product):
                continue
            known = columns_by_name(contract)
            for place, column in enumerate(used.columns):
                if column not in known:
                    message = _no_column(used.product, column, known)
                    yield Problem(domain_file(domain), ("consumes", number, "columns", place), message)


def _is_partial(context: RuleContext, product: str) -> bool:
    """Whether columns of a product may be there that could not be read."""
    return any(name == product and file in context.mesh.partial for file, name, _ in context.every_contract)


def _no_column(product: str, column: str, known: Mapping[str, frozenset[str]]) -> str:
    """The sentence for a column that a product does not have."""
    near = nearest(column, known)
    every = sorted({path for paths in known.values() for path in paths})
    has = f"'{product}' has {listed(path.partition('.')[2] for path in every)}"
    remedy = "name another, or take the line out, once nothing uses it"
    return f"unknown column '{column}'{near}{' ' if near else '; '}{has}; {remedy}"


def consumers_have_a_clearance(context: RuleContext) -> Iterator[Problem]:
    """A consumer has a group whose clearance covers the labels of each product that it consumes."""
    known = frozenset(context.mesh.file.classifications)
    clearances = {name: frozenset(file.reads) for name, file in context.mesh.clearances.items()}
    # Unknown names in mesh.yaml or in a clearance's file have findings of their own, as has a mesh without a clearance;
    # what they cover cannot be said.
    unread = context.mesh.touches("mesh.yaml", "classifications") or any(
        file.startswith("clearances") for file in (*context.mesh.unread, *context.mesh.partial)
    )
    unread = unread or context.mesh.touches("mesh.yaml", "clearances")  # where an earlier form of the mesh has them
    # That there is no clearance at all is told once, of mesh.yaml.
    if unread or not clearances or not all(reads <= known for reads in clearances.values()):
        return
    held_in: dict[str, list[frozenset[str]]] = {}
    for clearance, _, member in context.every_member():
        held_in.setdefault(member.domain, []).append(clearances[clearance])
    for domain, owner in context.mesh.domains.items():
        if context.mesh.touches(domain_file(domain), "members"):
            continue
        held = held_in.get(domain, [])
        for number, used in enumerate(owner.consumption):
            if context.mesh.touches(domain_file(domain), "consumes", number):
                continue
            reference, labels = used.product, _labels(context, used)
            if labels and labels <= known and not any(labels <= reads for reads in held):
                message = _uncovered(
                    domain, f"{'those columns' if used.columns else 'all'} of '{reference}'", labels, clearances
                )
                yield Problem(domain_file(domain), ("consumes", number), message, "warning")


def _labels(context: RuleContext, used: Consumption) -> frozenset[str]:
    """Labels of what a consumer reads of a product: of the columns that it names, or of the whole."""
    contract = context.mesh.contracts.get(used.product)
    if used.columns is None or contract is None:
        return context.labels.get(used.product, frozenset())
    named = named_columns(contract, used.columns)
    of_columns = {
        f"{table.name}.{column.name}": column.labels
        for table in catalog.tables(contract, context.words, None)
        for column in (*table.columns, *table.partitions)
    }
    return frozenset(label for path in named for label in of_columns.get(path, ()))


def _uncovered(domain: str, what: str, labels: frozenset[str], clearances: Mapping[str, frozenset[str]]) -> str:
    """The sentence for what no group of its consumer can read: a whole product, or the columns that it uses."""
    covering = [name for name, reads in clearances.items() if labels <= reads]
    remedy = f"clearances that cover it: {listed(covering)}" if covering else "no clearance covers it"
    return f"no group of '{domain}' can read {what}, which holds {listed(labels)}; {remedy}"


RULES: Final[tuple[CrossFileRule, ...]] = (
    consumed_products_exist,
    consumed_columns_exist,
    consumers_have_a_clearance,
)
