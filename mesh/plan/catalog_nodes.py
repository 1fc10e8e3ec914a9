"""Mesh -> nodes of catalogs: places and entries of the mesh catalog, drafts and links of the domains' own."""

from __future__ import annotations

from mesh import names
from mesh.contracts import catalog
from mesh.model import Contract, Domain, Product
from mesh.plan.inputs import PlanInputs
from mesh.plan.nodes import (
    CatalogEntryArgs,
    CheckRoleArgs,
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

    def entry(self, domain: str, name: str, product: Product, contract: Contract) -> CatalogEntryArgs:
        """The entry of a product in the mesh catalog."""
        return CatalogEntryArgs(
            perimeter=self.perimeter,
            domain=domain,
            product=name,
            description=contract.purpose,
            bucket=self.perimeter.buckets.of_product(domain, name, self.domain_id(domain)),
            tables=catalog.tables(contract, self.words, self.mesh.locks.get(f"{domain}.{name}")),
            classifications=self.classifications,
            deletion_protection=self.protected(self.mesh.domains[domain], product),
        )

    def draft(self, entry: CatalogEntryArgs) -> DraftTablesArgs:
        """The tables of an entry as the product's pipeline writes them, before they are published."""
        return DraftTablesArgs(
            account_id=self.domain_id(entry.domain),
            domain=entry.domain,
            product=entry.product,
            bucket=entry.bucket,
            tables=entry.tables,
            snapshots=self.file.defaults.snapshots,
            deletion_protection=entry.deletion_protection,
        )

    def check(self, domain: str) -> CheckRoleArgs:
        """The role with which the drafts of a domain are checked."""
        return CheckRoleArgs(perimeter=self.perimeter, domain=domain, account_id=self.domain_id(domain))

    def optimizers(self, entry: CatalogEntryArgs) -> TableOptimizersArgs | None:
        """The optimizers of a product's drafts; None where it has no Iceberg table."""
        tables = iceberg_tables(entry.tables)
        if not tables:
            return None
        return TableOptimizersArgs(
            account_id=self.domain_id(entry.domain),
            database=names.draft_database(entry.domain, entry.product),
            tables=tables,
            days=self.file.defaults.snapshots,
        )

    def retention(self, domain: str) -> RetentionRoleArgs | None:
        """The role of those optimizers; None where no product of a domain has tables."""
        if not any("table" in product.ports for product in self.mesh.domains[domain].products.values()):
            return None
        return RetentionRoleArgs(perimeter=self.perimeter, domain=domain, account_id=self.domain_id(domain))

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
