"""The context of a cross-file rule: the mesh, the day, and values that several rules look up."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from mesh.contracts import catalog
from mesh.contracts.labels import LabelWords, label_words, product_labels
from mesh.contracts.lock_shape import TableShape, shapes
from mesh.contracts.mistakes import ContractMistake
from mesh.findings import KeyPath, Problem, listed, nearest_reference
from mesh.model import (
    Agreement,
    Approver,
    ClearedPipeline,
    Contract,
    Domain,
    Member,
    Mesh,
    Partner,
    Product,
    contract_file,
)
from mesh.plan.build import Builder


@dataclass(frozen=True)
class RuleContext:
    """The mesh and the day that a rule looks at, with values that several rules look up."""

    mesh: Mesh
    as_of: datetime.date

    @cached_property
    def words_are_known(self) -> bool:
        """Whether every word that mesh.yaml has for a label could be read."""
        return not any(
            self.mesh.touches("mesh.yaml", key) for key in ("classifications", "no-label", "classification-aliases")
        )

    @property
    def owners(self) -> tuple[tuple[str, Mapping[str, Domain] | Mapping[str, Partner]], ...]:
        """Domains and partners, each with the folder that they stand in."""
        return ("domains", self.mesh.domains), ("partners", self.mesh.partners)

    def account_name(self, folder: str, name: str) -> str:
        """The name of the account of a domain or partner."""
        return f"{folder.removesuffix('s')}-{name}"

    @cached_property
    def products(self) -> frozenset[str]:
        """Every `<domain>.<product>`."""
        return frozenset(self.mesh.products())

    @cached_property
    def left_behind(self) -> dict[str, str]:
        """A file that no product has, by the product that it was of: the contract where there is one, else the lock."""
        found: dict[str, str] = {}
        for file in (*self.mesh.stray_locks, *self.mesh.stray_contracts):
            folder, _, name = file.removeprefix("contracts/").partition("/")
            reference = f"{folder}.{name.partition('.')[0]}"
            if file.startswith("contracts/") and "/" not in name and reference not in self.products:
                found[reference] = file
        return found

    @cached_property
    def builder(self) -> Builder:
        """Builder of single nodes of the Plan, for products that have a contract."""
        return Builder(self.mesh, self.as_of)

    @cached_property
    def words(self) -> LabelWords:
        """Words that a contract may classify with."""
        return label_words(self.mesh.file)

    @cached_property
    def labels(self) -> dict[str, frozenset[str]]:
        """Labels by product, of the products that have a contract."""
        return {name: product_labels(contract, self.words) for name, contract in self.mesh.contracts.items()}

    @cached_property
    def contract_mistakes(self) -> dict[str, list[ContractMistake]]:
        """Mistakes of contracts, by product; of the products whose contract has one."""
        every = ((name, list(catalog.mistakes(one, self.words))) for name, one in self.mesh.contracts.items())
        return {name: mistakes for name, mistakes in every if mistakes}

    @cached_property
    def shapes(self) -> dict[str, list[TableShape]]:
        """Tables as a lock has them, by product; of the products whose contract has no mistake."""
        if not self.words_are_known:
            return {}
        wrong = {
            name for name, found in self.contract_mistakes.items() if any(each.severity == "error" for each in found)
        }
        partial = {name for file, name, _ in self.every_contract if file in self.mesh.partial}
        good = ((name, one) for name, one in self.mesh.contracts.items() if name not in wrong | partial)
        return {name: shapes(contract, self.words) for name, contract in good}

    def every_product(self) -> Iterator[tuple[str, str, Product]]:
        """Domain, name and product of each product."""
        for domain, owner in self.mesh.domains.items():
            for name, product in owner.products.items():
                yield domain, name, product

    @cached_property
    def every_contract(self) -> list[tuple[str, str, Contract]]:
        """File, product (`<domain>.<product>`) and contract of each product that has one."""
        every = (
            (contract_file(domain, name, product), f"{domain}.{name}") for domain, name, product in self.every_product()
        )
        contracts = self.mesh.contracts
        return [(file, reference, contracts[reference]) for file, reference in every if reference in contracts]

    @cached_property
    def contracts_by_file(self) -> dict[str, Contract | None]:
        """Contracts by file; None for one that could not be used."""
        return {
            contract_file(domain, name, product): self.mesh.contracts.get(f"{domain}.{name}")
            for domain, name, product in self.every_product()
        }

    def every_member(self) -> Iterator[tuple[str, int, Member]]:
        """Clearance, position and member of each group that holds a clearance."""
        for name, clearance in self.mesh.clearances.items():
            for number, member in enumerate(clearance.members):
                yield name, number, member

    def every_cleared_pipeline(self) -> Iterator[tuple[str, int, ClearedPipeline]]:
        """Clearance, position and line of each pipeline that holds a clearance."""
        for name, clearance in self.mesh.clearances.items():
            for number, line in enumerate(clearance.pipelines):
                yield name, number, line

    def every_approver(self) -> Iterator[tuple[str, int, Approver]]:
        """Clearance, position and approver of each approver that could be read."""
        for name, clearance in self.mesh.clearances.items():
            for number, approver in enumerate(clearance.approvers):
                if not self.mesh.touches(clearance_file(name), "approvers", number):
                    yield name, number, approver

    def every_staff_group(self) -> Iterator[tuple[str, KeyPath, str]]:
        """File, place and name of each group of a domain's staff that could be read."""
        named: list[tuple[str, str, tuple[str, ...]]] = [("mesh.yaml", "auditors", self.mesh.file.auditors)]
        for name, domain in self.mesh.domains.items():
            named += [(domain_file(name), "engineers", domain.engineers), (domain_file(name), "owners", domain.owners)]
        for file, key, groups in named:
            for number, group in enumerate(groups):
                if not self.mesh.is_uncertain(file, key, number):
                    yield file, (key, number), group

    def every_agreement(self) -> Iterator[tuple[str, int, Agreement]]:
        """Partner, position and agreement of each agreement."""
        for partner, terms in self.mesh.partners.items():
            for number, agreement in enumerate(terms.agreements):
                yield partner, number, agreement


CrossFileRule = Callable[[RuleContext], Iterator[Problem]]
"""A rule: it yields the problems that it finds."""


def domain_file(name: str) -> str:
    """File of a domain, in the mesh folder."""
    return f"domains/{name}.yaml"


def clearance_file(name: str) -> str:
    """File of a clearance, in the mesh folder."""
    return f"clearances/{name}.yaml"


def partner_file(name: str) -> str:
    """File of a partner, in the mesh folder."""
    return f"partners/{name}.yaml"


def unknown_product(context: RuleContext, reference: str) -> str:
    """The sentence for a product that does not exist; empty when it may stand where its domain's file is not usable."""
    domain, _, name = reference.partition(".")
    if context.mesh.is_unread("domains", domain) or context.mesh.is_uncertain(domain_file(domain), "products", name):
        return ""
    owner = context.mesh.domains.get(domain)
    if left := context.left_behind.get(reference):
        return (
            f"product '{reference}' is in {domain_file(domain)} no more, and {left} is still there: take it out here "
            "as well, or put the product back until nobody reads it"
        )
    near = nearest_reference(reference, context.products)
    message = f"unknown product '{reference}'" + (f"{near} " if near else "; ")
    remedy = "" if near else "; choose one that is there, or take it out"
    if owner is None:
        return f"{message}there is no domain '{domain}', only {listed(context.mesh.domains)}{remedy}"
    return f"{message}domain '{domain}' has {listed(owner.products)}{remedy}"
