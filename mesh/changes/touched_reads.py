"""Reads that a change can touch: those of which a document or a grant that they are decided by is another one.

A read of a product is decided by the documents of the reader and its account, by those of the product, and by what the
whole organisation has in common. Nodes of the plan that are equal emit equal documents; of nodes that are not, the
documents are compared, so that a budget is not taken for access.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TypeVar

from mesh.access.chains import Reader
from mesh.changes.decided_side import DecidedSide
from mesh.plan import Plan
from mesh.plan.nodes import AccountBaselineArgs, CatalogEntryArgs, ClearanceRoleArgs, DataProductArgs, PipelineRoleArgs

_Node = TypeVar("_Node")


class TouchedReads:
    """Readers and products of two sides, and which of them differ in what decides a read."""

    def __init__(self, before: DecidedSide, after: DecidedSide) -> None:
        self.before, self.after = before, after

    @cached_property
    def everything(self) -> bool:
        """Whether what all reads have in common differs, so that each of them has to be decided."""
        return _shared(self.before.plan) != _shared(self.after.plan)

    @cached_property
    def products(self) -> frozenset[str]:
        """References of products that differ, or stand on one side only."""
        every = self.before.products.keys() | self.after.products.keys()
        return frozenset(name for name in every if self.everything or self._product_differs(name))

    @cached_property
    def readers(self) -> frozenset[str]:
        """Names of clearances in homes that differ, or stand on one side only."""
        return self._differing(self.before.readers, self.after.readers)

    @cached_property
    def machines(self) -> frozenset[str]:
        """Pipelines that differ, or read on one side only, by the products that they write."""
        return self._differing(self.before.machines, self.after.machines)

    def _differing(self, before: Mapping[str, Reader], after: Mapping[str, Reader]) -> frozenset[str]:
        return frozenset(
            name
            for name in before.keys() | after.keys()
            if self.everything
            or name not in before
            or name not in after
            or self._reader_differs(before[name], after[name])
        )

    def _product_differs(self, name: str) -> bool:
        one, other = self.before.products.get(name), self.after.products.get(name)
        if one is None or other is None:
            return True
        domain, product = one.domain, one.name
        pairs = [
            _differs(one, other, _of_product),
            _differs(*(side.plan.domains[domain].catalog.get(product) for side in self._sides), _of_entry),
            _differs(*(side.plan.governance.locations[domain] for side in self._sides), _as_it_is),
            _differs(*(side.plan.governance.registered.get(name) for side in self._sides), _as_it_is),
        ]
        return any(pairs)

    def _reader_differs(self, one: Reader, other: Reader) -> bool:
        if one != other:
            return True
        homes = [side.plan.domains[one.home] for side in self._sides]
        roles = [home.pipelines[one.product] if one.product else home.clearances[one.clearance] for home in homes]
        if _differs(*roles, _of_role) or _differs(*(home.account for home in homes), _of_account):
            return True
        if one.product and _differs(*(home.products[one.product] for home in homes), _of_product):
            return True
        before, after = (_held(side, one) for side in self._sides)
        return before != after

    @property
    def _sides(self) -> tuple[DecidedSide, DecidedSide]:
        return self.before, self.after


def _differs(one: _Node, other: _Node, documents: Callable[[_Node], object]) -> bool:
    return one != other and documents(one) != documents(other)


def _shared(plan: Plan) -> object:
    """What every read is decided by: control policies but those of partners, the catalog, the network, the day."""
    partners = {f"partner-{name}" for name in plan.partners} | {
        account.name for account in plan.organization.args.let_go
    }
    policies = [
        (policy.type, policy.targets, policy.document.text())
        for policy in plan.organization.args.policies
        if not set(policy.targets) <= partners
    ]
    hub = plan.governance
    endpoints = {name: document.text() for name, document in hub.network.endpoints.items()}
    catalog = (hub.catalog.catalog_policy.text(), hub.catalog.administrators)
    return plan.perimeter, policies, catalog, endpoints


def _of_product(product: DataProductArgs) -> object:
    documents = (product.bucket_policy.text(), product.key_policy.text())
    return product.bucket, product.account_id, product.ports, documents


def _of_entry(entry: CatalogEntryArgs | None) -> object:
    if entry is None:
        return None
    tables = [(table.name, [column.name for column in table.every_column]) for table in entry.tables]
    return entry.database, entry.location, entry.publisher, entry.closing, entry.labelling, tables


def _as_it_is(node: object) -> object:
    return node


def _of_role(role: ClearanceRoleArgs | PipelineRoleArgs) -> object:
    reads = role.reads if isinstance(role, PipelineRoleArgs) else ()
    return role.arn, role.permissions.text(), reads


def _of_account(account: AccountBaselineArgs) -> object:
    documents = (account.boundary, account.key_policy, account.results_bucket_policy)
    return account.account_id, account.results_bucket, [document.text() for document in documents]


def _held(side: DecidedSide, reader: Reader) -> object:
    """Grants of Lake Formation that reach a reader, each by its name, its permissions and what it is on."""
    account = side.access.world.account(reader.account)
    held = side.access.lakes.held(reader.arn, account, side.access.hub)
    return [(grant.permissions, grant.on) for grant, _ in held]
