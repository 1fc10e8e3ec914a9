"""Forms of documents: those that are equal but for names of owners, ids of accounts and ends of deliveries are one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from mesh import names
from mesh.evaluator.policies import Policy
from mesh.iam.ends import undated
from mesh.plan import Plan
from mesh.plan.nodes import DomainPlan, PartnerPlan

WHOLE_UP_TO: Final = 8
"""The most domains, partners or jobs of a domain of which claims are made of all, instead of some of each class."""

_Node = TypeVar("_Node")


def by_form(plan: Plan, policies: Iterable[Policy]) -> list[list[Policy]]:
    """The policies, those of one form together, in the order of the first of each."""
    form, forms = marker(plan), dict[str, list[Policy]]()
    for policy in policies:
        forms.setdefault(form(f"{policy.name}\n{json.dumps(policy.document)}"), []).append(policy)
    return list(forms.values())


def marker(plan: Plan) -> Callable[[str], str]:
    """Function of a text that puts marks in the place of ids and names, by the order in which they first stand.

    A name that databases spell otherwise has the same number there, and a mark of its own, so that a text which mixes
    the spellings up is like no other.
    """
    products = (name for domain in plan.domains.values() for name in domain.products)
    partners = (f"partner-{name}" for name in plan.partners)
    called = {"governance", *plan.domains, *plan.partners, *partners, *products}
    spelled = {names.snake(name): name for name in called if names.snake(name) not in called}
    known = sorted(called | spelled.keys(), key=len, reverse=True)
    days = r"\d{4}-\d\d-\d\dT00:00:00Z"
    owners = re.compile(rf"(?<![A-Za-z0-9])(\d{{12}}|{days}|{'|'.join(map(re.escape, known))})(?![A-Za-z0-9])")

    def marked(text: str) -> str:
        marks: dict[str, str] = {}

        def mark(found: re.Match[str]) -> str:
            name = spelled.get(found[1], found[1])
            number = marks.setdefault(name, str(len(marks)))
            return f"<{number}>" if name == found[1] else f"<{number}, spelled for databases>"

        return owners.sub(mark, undated(text))

    return marked


def without_names(text: str, account_id: str, *owners: str) -> str:
    """The text with marks in the place of an account's id and of names, as buckets and as databases have them."""
    text = text.replace(account_id, "<account>")
    for number, name in enumerate(owners):
        if name:
            words = "|".join(map(re.escape, dict.fromkeys((name, names.snake(name)))))
            text = _marked(text, words, f"<{number}>")
    return text


def some_of_each(every: Mapping[str, _Node], forms: Mapping[str, str]) -> tuple[_Node, ...]:
    """All of a few nodes; of more, two of each form."""
    if len(every) <= WHOLE_UP_TO:
        return tuple(every.values())
    classes: dict[str, list[str]] = {}
    for name, form in forms.items():
        classes.setdefault(form, []).append(name)
    return tuple(every[name] for members in classes.values() for name in members[:2])


def domain_form(domain: DomainPlan) -> str:
    """Text of the documents of a domain's clearance roles and account, without its name and id."""
    documents = [
        *(document for role in domain.clearances.values() for document in (role.permissions, role.trust)),
        *(document for role in domain.staff.values() for document in (role.permissions, role.trust)),
        domain.account.boundary,
        domain.account.key_policy,
        domain.account.results_bucket_policy,
    ]
    return form_of([d.text() for d in documents], domain.access.account_id, domain.name)


def partner_form(partner: PartnerPlan) -> str:
    """Text of the documents of a partner's role and account, without its name and id."""
    access = partner.partner.access
    documents = [access.permissions, access.trust, partner.account.boundary, partner.account.key_policy]
    return form_of([d.text() for d in documents], partner.access.account_id, partner.name)


def form_of(texts: list[str], account_id: str, *owners: str) -> str:
    """The texts with marks in the place of an account's id and the names of its owner.

    A name that databases spell otherwise has another mark where it is spelled so: a document that mixes the spellings
    up is of no form but its own.
    """
    text = json.dumps(texts)
    for number, name in enumerate(owners):
        if (snake := names.snake(name)) != name:
            text = _marked(text, snake, f"<{number}, spelled for databases>")
    return without_names(text, account_id, *owners)


def _marked(text: str, words: str, mark: str) -> str:
    return re.sub(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])", mark, text)
