"""Mesh -> nodes of catalogs: places and entries of the mesh catalog, drafts and links of the domains' own."""

from __future__ import annotations

from functools import cached_property

from mesh import names
from mesh.contracts import catalog
from mesh.contracts.catalog import CatalogTable
from mesh.model import Contract, Domain, Product
from mesh.plan.inputs import PlanInputs
from mesh.plan.nodes import (
    CatalogEntryArgs,
    DraftTablesArgs,
    RegisteredLocationArgs,
    ResourceLinkArgs,
    RetentionRoleArgs,
    TableOptimizersArgs,
)
from mesh.plan.nodes.retention import iceberg_tables


class CatalogNodes(PlanInputs):
    """Nodes of tables: where they are, who writes their drafts, what is published of them, who sees them."""

    def registered(self) -> dict[str, RegisteredLocationArgs]:
        """The places of the tables of every product with a table port."""
        return {
            f"{domain}.{name}": RegisteredLocationArgs(
                perimeter=self.perimeter,
                domain=domain,
                bucket=self.perimeter.buckets.of_product(domain, name, self.domain_id(domain)),
                deletion_protection=self.protected(owner, product),
            )
            for domain, owner in self.mesh.domains.items()
            for name, product in owner.products.items()
            if "table" in product.ports
        }

    def entries(self) -> dict[str, CatalogEntryArgs]:
        """The entries of every product with a table port in the mesh catalog."""
        return {
            f"{domain}.{name}": self.entry(domain, name, product, self.mesh.contracts[f"{domain}.{name}"])
            for domain, owner in self.mesh.domains.items()
            for name, product in owner.products.items()
            if "table" in product.ports
        }

    def entry(self, domain: str, name: str, product: Product, contract: Contract) -> CatalogEntryArgs:
        """The entry of a product in the mesh catalog."""
        return CatalogEntryArgs(
            perimeter=self.perimeter,
            domain=domain,
            product=name,
            description=contract.purpose,
            bucket=self.perimeter.buckets.of_product(domain, name, self.domain_id(domain)),
            tables=self._tables(f"{domain}.{name}", contract),
            classifications=self.classifications,
            deletion_protection=self.protected(self.mesh.domains[domain], product),
        )

    def draft(self, domain: str, name: str, product: Product, contract: Contract) -> DraftTablesArgs:
        """The tables of a product as its pipeline writes them, before they are published."""
        account_id = self.domain_id(domain)
        return DraftTablesArgs(
            account_id=account_id,
            domain=domain,
            product=name,
            bucket=self.perimeter.buckets.of_product(domain, name, account_id),
            tables=self._tables(f"{domain}.{name}", contract),
            snapshots=self.file.defaults.snapshots,
            deletion_protection=self.protected(self.mesh.domains[domain], product),
        )

    def optimizers(self, domain: str, name: str, contract: Contract) -> TableOptimizersArgs | None:
        """The optimizers of a product's drafts; None where it has no Iceberg table."""
        tables = iceberg_tables(self._tables(f"{domain}.{name}", contract))
        if not tables:
            return None
        return TableOptimizersArgs(
            account_id=self.domain_id(domain),
            database=names.draft_database(domain, name),
            tables=tables,
            days=self.file.defaults.snapshots,
        )

    def retention(self, domain: str) -> RetentionRoleArgs | None:
        """The role of those optimizers; None where no product of a domain has tables."""
        if not any("table" in product.ports for product in self.mesh.domains[domain].products.values()):
            return None
        return RetentionRoleArgs(perimeter=self.perimeter, domain=domain, account_id=self.domain_id(domain))

    def _tables(self, reference: str, contract: Contract) -> tuple[CatalogTable, ...]:
        if reference not in self._of_contracts:
            self._of_contracts[reference] = catalog.tables(contract, self.words, self.mesh.locks.get(reference))
        return self._of_contracts[reference]

    @cached_property
    def _of_contracts(self) -> dict[str, tuple[CatalogTable, ...]]:
        return {}

    def links(self, name: str, domain: Domain, account_id: str) -> dict[str, ResourceLinkArgs]:
        """Resource links to the products with a table port that a domain has, and that it consumes."""
        links: dict[str, ResourceLinkArgs] = {}
        own = (f"{name}.{product}" for product in domain.products)
        for reference in (*own, *domain.consumes):
            product = self.mesh.product(reference)
            if product is not None and "table" in product.ports:
                producer, _, linked = reference.partition(".")
                links[reference] = ResourceLinkArgs(
                    perimeter=self.perimeter, account_id=account_id, producer=producer, product=linked
                )
        return links
