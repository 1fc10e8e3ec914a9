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
from mesh.changes.alike_homes import common_text
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
        return (
            _differs(one, other, _of_product)
            or self._node_differs(lambda plan: plan.domains[domain].catalog.get(product), _of_entry)
            or self._node_differs(lambda plan: plan.governance.locations[domain])
            or self._node_differs(lambda plan: plan.governance.registered.get(name))
        )

    def _reader_differs(self, one: Reader, other: Reader) -> bool:
        home, product = one.home, one.product
        return (
            one != other
            or self._node_differs(lambda plan: _role(plan, one), _of_role)
            or self._node_differs(lambda plan: plan.domains[home].account, _of_account)
            or (bool(product) and self._node_differs(lambda plan: plan.domains[home].products[product], _of_product))
            or _held(self.before, one) != _held(self.after, one)
        )

    def _node_differs(self, node: Callable[[Plan], _Node], documents: Callable[[_Node], object] = repr) -> bool:
        return _differs(node(self.before.plan), node(self.after.plan), documents)


def _role(plan: Plan, reader: Reader) -> ClearanceRoleArgs | PipelineRoleArgs:
    """The role of a reader."""
    home = plan.domains[reader.home]
    return home.pipelines[reader.product] if reader.product else home.clearances[reader.clearance]


def _differs(one: _Node, other: _Node, documents: Callable[[_Node], object]) -> bool:
    return one != other and documents(one) != documents(other)


def _shared(plan: Plan) -> object:
    """Nodes that every read is decided by: control policies but those of partners, the catalog, the network."""
    targets = [(policy.name, policy.type, policy.targets) for policy in plan.organization.args.policies]
    ours = [each for each in targets if not all(name.startswith("partner-") for name in each[2])]
    return plan.perimeter, ours, plan.governance.catalog.administrators, common_text(plan)


def _of_product(product: DataProductArgs) -> object:
    documents = (product.bucket_policy.text(), product.key_policy.text())
    return product.bucket, product.account_id, product.ports, documents


def _of_entry(entry: CatalogEntryArgs | None) -> object:
    if entry is None:
        return None
    tables = [(table.name, [column.name for column in table.every_column]) for table in entry.tables]
    return entry.database, entry.location, entry.publisher, entry.closing, entry.labelling, tables


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
