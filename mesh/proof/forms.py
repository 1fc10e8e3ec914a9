"""Forms of documents: those that are equal but for names of owners, ids of accounts and ends of deliveries are one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable

from mesh import names
from mesh.evaluator.policies import Policy
from mesh.iam.ends import undated
from mesh.plan import Plan


def by_form(plan: Plan, policies: Iterable[Policy]) -> list[list[Policy]]:
    """The policies, those of one form together, in the order of the first of each."""
    form, forms = marker(plan), dict[str, list[Policy]]()
    for policy in policies:
        forms.setdefault(form(f"{policy.name}\n{json.dumps(policy.document)}"), []).append(policy)
    return list(forms.values())


def marker(plan: Plan) -> Callable[[str], str]:
    """Function of a text that puts marks in the place of ids and names, by the order in which they first stand."""
    products = (name for domain in plan.domains.values() for name in domain.products)
    partners = (f"partner-{name}" for name in plan.partners)
    known = sorted({"governance", *plan.domains, *plan.partners, *partners, *products}, key=len, reverse=True)
    days = r"\d{4}-\d\d-\d\dT00:00:00Z"
    owners = re.compile(rf"(?<![A-Za-z0-9])(\d{{12}}|{days}|{'|'.join(map(re.escape, known))})(?![A-Za-z0-9])")

    def marked(text: str) -> str:
        marks: dict[str, str] = {}
        return owners.sub(lambda found: marks.setdefault(found[1], f"<{len(marks)}>"), undated(text))

    return marked


def without_names(text: str, account_id: str, *owners: str) -> str:
    """The text with marks in the place of an account's id and of names, as buckets and as databases have them."""
    text = text.replace(account_id, "<account>")
    for number, name in enumerate(owners):
        if name:
            words = "|".join(map(re.escape, dict.fromkeys((name, names.snake(name)))))
            text = re.sub(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])", f"<{number}>", text)
    return text
