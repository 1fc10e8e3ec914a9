"""Inputs of the Plan: values that several of its nodes are made from, and ids of accounts that AWS has not numbered."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.aws.aws_regions import zone_letters
from mesh.bucket_names import (
    MeshBucket,
    audit_stem,
    inbox_stem,
    log_stem,
    product_stem,
    publications_stem,
    results_stem,
)
from mesh.contracts.labels import label_words, product_labels
from mesh.iam.ends import Ends, latest
from mesh.iam.perimeter import Perimeter
from mesh.model import AccountsFile, Agreement, Domain, Mesh, Partner, Product
from mesh.model.accounts import OrganizationRecord, Units
from mesh.plan.nodes import AccountAccess, Clearance, LetGoAccount

ASSUMED_UNITS: Final = Units(
    governance=names.assumed_unit_id("governance"),
    domains=names.assumed_unit_id("domains"),
    partners=names.assumed_unit_id("partners"),
)

ASSUMED_NETWORK: Final = "vpc-00000000000000000"
"""Id to plan with while the network has none: no network of AWS has it, so what needs the network is refused."""

ASSUMED_SUBNET: Final = "subnet-00000000000000000"
"""Id to plan with while the network's subnets have none."""


def assumed_accounts() -> AccountsFile:
    """Ids to plan with while there is no `accounts.yaml`: of AWS's form, and never AWS's own."""
    return AccountsFile(
        organization=OrganizationRecord(
            id="o-assumed000", root="r-none", management=names.assumed_account_id("", "management")
        )
    )


class PlanInputs:
    """Values of a mesh on a day: perimeter, ids, clearances, labels, agreements; each method is a pure function."""

    def __init__(self, mesh: Mesh, as_of: datetime.date) -> None:
        self.mesh, self.as_of, self.file = mesh, as_of, mesh.file
        self.accounts = mesh.accounts or assumed_accounts()
        self.classifications = tuple(sorted(mesh.file.classifications))
        organization, units = self.accounts.organization, self.accounts.units or ASSUMED_UNITS
        self.perimeter = Perimeter(
            mesh=mesh.file.name,
            region=mesh.file.region,
            organization=organization.id,
            root=organization.root,
            governance_unit=units.governance,
            domains_unit=units.domains,
            partners_unit=units.partners,
            management_id=organization.management,
            governance_id=self.governance_id,
            security_contact=mesh.file.security_contact,
            network=self.accounts.network or ASSUMED_NETWORK,
            people_addresses=mesh.file.people_addresses,
            kept_buckets=self._kept_stems(),
        )
        self.clearances = {
            name: Clearance(name=name, reads=frozenset(file.reads), classifications=self.classifications)
            for name, file in mesh.clearances.items()
        }
        self.words = label_words(mesh.file)
        self.labels = {name: product_labels(contract, self.words) for name, contract in mesh.contracts.items()}
        self.agreements: dict[str, list[tuple[str, Agreement]]] = {}
        for partner, terms in mesh.partners.items():
            for agreement in terms.agreements:
                self.agreements.setdefault(agreement.product, []).append((partner, agreement))
        self._covering: dict[frozenset[str], tuple[str, ...]] = {}

    @property
    def governance_id(self) -> str:
        """Id of the governance account; an assumed one while AWS has given none."""
        return self.accounts.governance or names.assumed_account_id("", "governance")

    @property
    def job_subnet(self) -> tuple[str, str]:
        """Zone and id of the subnet that jobs join, the first of the network; an assumed id while it has none."""
        zone = f"{self.file.region}{zone_letters(self.file.region, self.file.zones)[0]}"
        return zone, self.accounts.subnets.get(zone, ASSUMED_SUBNET)

    @property
    def governance_is_assumed(self) -> bool:
        """Whether the governance account or a unit has no id yet; every stack but `organization` names them."""
        return self.accounts.governance is None or self.accounts.units is None

    def inbox_key(self, partner: str) -> str:
        """ARN of the key of a partner's inbox, by its id where AWS has given one, by its alias where not."""
        key_id = self.accounts.inbox_keys.get(partner, "")
        return names.inbox_key(self.perimeter.region, self.partner_id(partner), key_id)

    def domain_id(self, name: str) -> str:
        """Id of a domain's account; an assumed one while AWS has given none."""
        return self.accounts.domains.get(name) or names.assumed_account_id("domain", name)

    def partner_id(self, name: str) -> str:
        """Id of a partner's account; an assumed one while AWS has given none."""
        return self.accounts.partners.get(name) or names.assumed_account_id("partner", name)

    def let_go(self) -> Iterator[LetGoAccount]:
        """Accounts whose domain or partner has no file any more, and that have a line until a person closed them."""
        for kind, lines, owners in (
            ("domain", self.accounts.domains, self.mesh.domains),
            ("partner", self.accounts.partners, self.mesh.partners),
        ):
            for name, account_id in lines.items():
                if name not in owners:
                    yield LetGoAccount(name=f"{kind}-{name}", unit=f"{kind}s", account_id=account_id)

    @property
    def partner_names(self) -> tuple[str, ...]:
        """Partners, and those whose file is gone and whose account is not closed."""
        return tuple(dict.fromkeys((*self.mesh.partners, *self.accounts.partners)))

    def every_bucket(self) -> Iterator[MeshBucket]:
        """Every bucket of the mesh, those of the platform first."""
        mesh, hub = self.file.name, self.governance_id
        yield MeshBucket(("audit",), audit_stem(mesh), hub)
        yield MeshBucket(("publications",), publications_stem(mesh), hub, is_keepable=False)
        yield from self._kept_for_itself("governance", "governance", hub)
        for partner in self.mesh.partners:
            account, own = self.partner_id(partner), f"partner-{partner}"
            yield MeshBucket(("inboxes", partner), inbox_stem(mesh, partner), account)
            yield from self._kept_for_itself(own, own, account)
        for domain, owner in self.mesh.domains.items():
            account = self.domain_id(domain)
            yield from self._kept_for_itself(domain, f"domain-{domain}", account)
            for product in owner.products:
                stem = product_stem(mesh, domain, product)
                yield MeshBucket(("products", f"{domain}.{product}"), stem, account)

    def _kept_for_itself(self, owner: str, account_name: str, account_id: str) -> Iterator[MeshBucket]:
        yield MeshBucket(("logs", account_name), log_stem(self.file.name, owner), account_id)
        yield MeshBucket(("results", account_name), results_stem(self.file.name, owner), account_id)

    def _kept_stems(self) -> frozenset[str]:
        """Stems of the buckets that keep them as their names: each has a line of its own, which says its own stem."""
        if self.mesh.names_lock is None:
            return frozenset()
        kept = self.mesh.names_lock.buckets.entries
        return frozenset(bucket.stem for bucket in self.every_bucket() if kept.get(bucket.keys) == bucket.stem)

    def tags(self, stack: str, owner: str) -> dict[str, str]:
        """Default tags of a stack."""
        return {"mesh": self.file.name, "mesh:stack": stack, "mesh:owner": owner}

    def access(self, account_id: str, stack: str, owner: str, assumed: bool = False) -> AccountAccess:
        """Access of a stack to an account."""
        return AccountAccess(
            account_id=account_id,
            region=self.file.region,
            deploy_role=names.deploy_role(account_id),
            preview_role=names.preview_role(account_id),
            tags=self.tags(stack, owner),
            assumed=assumed or self.mesh.accounts is None,
        )

    def deciding(self, account_id: str, domain: str, owner: str) -> AccountAccess:
        """Access of the stack `access-<d>` to a domain's account, as the role that makes what decides who reads."""
        access = self.access(account_id, f"access-{domain}", owner, domain not in self.accounts.domains)
        return dataclasses.replace(access, deploy_role=names.deploy_access_role(account_id))

    def covering(self, labels: frozenset[str]) -> tuple[str, ...]:
        """Names of the clearances that cover every label, those that read least first."""
        if labels not in self._covering:
            self._covering[labels] = tuple(name for name, c in self.clearances.items() if c.covers(labels))
        return self._covering[labels]

    def protected(self, owner: Domain | Partner, product: Product | None = None) -> bool:
        """Whether an account with what is in it, or one of its products, survives its removal from the YAML.

        What the product's file entry says counts first, then the owner's file, then the mesh's default.
        """
        said = (product.deletion_protection if product else None, owner.deletion_protection)
        return next((each for each in said if each is not None), self.file.defaults.deletion_protection)

    def is_open(self, agreement: Agreement) -> bool:
        """Whether an agreement is open on the day."""
        return agreement.expires >= self.as_of

    def writers(self, partner: str) -> Ends:
        """ARNs of the delivery roles of a partner's open agreements, each with its last day; a gone one has none."""
        agreements = self.mesh.partners[partner].agreements if partner in self.mesh.partners else ()
        return latest((self._writer(each.product), each.expires) for each in agreements if self.is_open(each))

    def _writer(self, reference: str) -> str:
        domain, _, product = reference.partition(".")
        return names.delivery_role(self.domain_id(domain), product)
