"""Homes that are alike: what a clearance reads in one of them it reads in the others, and one is asked for all.

That they differ in names and ids alone is seen from their documents and grants, not assumed. A home is asked by itself
for a product of its own, for one whose documents name its account, and where what all have in common names it.
"""

from __future__ import annotations

import json
from functools import cached_property

from mesh.access.chains import DecidedReads, Reader
from mesh.plan import Plan
from mesh.plan.nodes import DataProductArgs, DomainPlan
from mesh.proof.forms import WHOLE_UP_TO, domain_form


class AlikeHomes:
    """Homes of a plan by their form; of a mesh with few of them each is asked by itself."""

    def __init__(self, access: DecidedReads, whole_up_to: int = WHOLE_UP_TO) -> None:
        self._access, self._plan = access, access.plan
        self._is_small = len(access.plan.domains) <= whole_up_to
        self._named: dict[str, frozenset[str]] = {}

    def stand_in(self, reader: Reader, product: DataProductArgs) -> Reader:
        """The reader that is asked for a reader of a product: the same clearance in the first home that is alike."""
        if self._is_small or reader.product or reader.home == product.domain:
            return reader
        alike, named = self._forms[reader.home], self._named_by(product)
        if reader.home in named:
            return reader
        home = next(each for each in alike if each != product.domain and each not in named)
        return reader if home == reader.home else self._access.reader(reader.clearance, home)

    @cached_property
    def _forms(self) -> dict[str, tuple[str, ...]]:
        """By home, those that are alike, itself among them, in the order of the plan."""
        together, common = dict[str, list[str]](), common_text(self._plan)
        for name, domain in self._plan.domains.items():
            own = name if domain.access.account_id in common else ""
            together.setdefault(json.dumps([own, domain_form(domain), self._held(domain)]), []).append(name)
        return {name: tuple(names) for names in together.values() for name in names}

    def _held(self, domain: DomainPlan) -> list[str]:
        """Grants that reach each clearance of a home, and the control policies of its account."""
        account = self._access.world.account(domain.access.account_id)
        held = [
            f"{name} {grant.permissions} {grant.on}"
            for name, role in domain.clearances.items()
            for grant, _ in self._access.lakes.held(role.arn, account, self._access.hub)
        ]
        nodes = (*account.service_control, *account.resource_control)
        return [*held, *(policy.name for node in nodes for policy in node)]

    def _named_by(self, product: DataProductArgs) -> frozenset[str]:
        """Homes whose account the documents of a product name."""
        key = f"{product.domain}.{product.name}"
        if key not in self._named:
            text = product.bucket_policy.text() + product.key_policy.text()
            self._named[key] = frozenset(
                name for name, domain in self._plan.domains.items() if domain.access.account_id in text
            )
        return self._named[key]


def common_text(plan: Plan) -> str:
    """Text of the documents that every read is decided by."""
    hub, policies = plan.governance, plan.organization.args.policies
    documents = [
        *(policy.document for policy in policies if not all(each.startswith("partner-") for each in policy.targets)),
        *hub.network.endpoints.values(),
        hub.catalog.catalog_policy,
    ]
    return "\n".join(document.text() for document in documents)
