"""Rules of products: their ports and their contracts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.findings import Problem
from mesh.model import contract_file
from mesh.model.domain import NEEDED_PORTS
from mesh.plan.rules.context import CrossFileRule, RuleContext, domain_file


def kinds_have_their_ports(context: RuleContext) -> Iterator[Problem]:
    """Products have the port that their kind needs: reporting a table, models files; streams are not carried yet."""
    for domain, name, product in context.every_product():
        path = ("products", name, "ports")
        if context.mesh.is_uncertain(domain_file(domain), *path):
            continue
        if "stream" in product.ports:
            message = (
                "port 'stream' is not carried yet: Kafka topics are not part of this version; offer 'table' or 'files'"
            )
            yield Problem(domain_file(domain), path, message)
        unread = context.mesh.is_uncertain(domain_file(domain), "products", name, "kind")
        port, why = NEEDED_PORTS.get("" if unread else product.kind, ("", ""))
        if port and port not in product.ports:
            message = f"a product of kind '{product.kind}' needs the port '{port}': {why}; add it"
            yield Problem(domain_file(domain), path, message)
        if len(set(product.ports)) != len(product.ports):
            yield Problem(domain_file(domain), path, "a port stands twice; name each once")


def contracts_can_be_catalogued(context: RuleContext) -> Iterator[Problem]:
    """Contracts have tables, columns, types and labels that the catalog can show."""
    for domain, name, product in context.every_product():
        for mistake in context.contract_mistakes.get(f"{domain}.{name}", ()):
            yield Problem(contract_file(domain, name, product), *mistake)


def contracts_name_their_product(context: RuleContext) -> Iterator[Problem]:
    """Contracts that name a domain name the one that they belong to."""
    for domain, name, product in context.every_product():
        contract = context.mesh.contracts.get(f"{domain}.{name}")
        if contract is not None and contract.domain not in (None, domain):
            message = f"the contract says domain '{contract.domain}', but it is the contract of '{domain}.{name}'; "
            message += f"write '{domain}', or leave the key out"
            yield Problem(contract_file(domain, name, product), ("domain",), message)


def contracts_are_used_once(context: RuleContext) -> Iterator[Problem]:
    """Contract files belong to one product each."""
    products: dict[str, str] = {}
    for domain, name, product in context.every_product():
        file = contract_file(domain, name, product)
        if context.mesh.is_uncertain(domain_file(domain), "products", name, "contract"):
            continue
        if file in products:
            message = f"{file} is already the contract of '{products[file]}'; write one for '{domain}.{name}'"
            yield Problem(domain_file(domain), ("products", name), message, on_key=True)
        products.setdefault(file, f"{domain}.{name}")


def contracts_have_a_product(context: RuleContext) -> Iterator[Problem]:
    """Contract files belong to a product; others do nothing."""
    for file in context.mesh.stray_contracts:
        yield Problem(
            file, (), "no product has this contract; declare the product in its domain's file, or remove it", "warning"
        )


RULES: Final[tuple[CrossFileRule, ...]] = (
    kinds_have_their_ports,
    contracts_can_be_catalogued,
    contracts_name_their_product,
    contracts_are_used_once,
    contracts_have_a_product,
)
