"""Accounts of one class differ in nothing but name and id; of a large mesh some of each class are asked."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from mesh.example import write
from mesh.load import load
from mesh.plan import Plan, build
from mesh.proof.forms import WHOLE_UP_TO
from mesh.proof.invariants import every_action, networks, origins, products, scripts
from mesh.proof.subject import Actor, Subject

DAY = datetime.date(2027, 1, 1)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Twenty domains and as many partners."""
    folder = tmp_path_factory.mktemp("many")
    write(folder, domains=20, products=2, partners=20, as_of=DAY)
    return build(load(folder).usable(), DAY)


def replaced(plan: Plan, domain: str, **changes: object) -> Plan:
    """The plan with another account of one domain."""
    own = plan.domains[domain]
    other = dataclasses.replace(own, account=dataclasses.replace(own.account, **changes))
    return dataclasses.replace(plan, domains={**plan.domains, domain: other})


def test_of_a_small_mesh_every_domain_and_partner_is_asked(plan: Plan) -> None:
    subject = Subject(plan)
    assert len(plan.domains) <= WHOLE_UP_TO
    assert subject.domains == tuple(plan.domains.values())
    assert subject.partners == tuple(plan.partners.values())


def test_of_domains_that_differ_in_nothing_two_are_asked(many: Plan) -> None:
    assert len(many.domains) > WHOLE_UP_TO
    assert [domain.name for domain in Subject(many).domains] == list(many.domains)[:2]


def test_a_domain_that_differs_is_asked_too(many: Plan) -> None:
    name = list(many.domains)[-1]
    elsewhere = dataclasses.replace(many.perimeter, domains_unit="ou-exam-somewhere")
    changed = replaced(many, name, perimeter=dataclasses.replace(elsewhere, region="us-east-1"))
    assert [domain.name for domain in Subject(changed).domains] == [*list(many.domains)[:2], name]


def test_a_domain_whose_document_names_another_account_is_asked_too(many: Plan) -> None:
    first, *_, last = many.domains
    strange = many.domains[first].account.account_id
    assert [d.name for d in Subject(replaced(many, last, account_id=strange)).domains][-1] == last


SAMPLED: dict[str, Callable[[Subject], Iterable[Actor]]] = {
    "every_action": every_action.everybody,
    "networks": networks._of_the_mesh,
    "origins": origins._callers,
    "products": lambda subject: (
        caller
        for caller in products.callers(subject, next(iter(subject.products)))
        if caller.account != next(iter(subject.products)).account_id
    ),
    "scripts": lambda subject: (
        caller
        for caller in scripts._callers(subject, subject.domains[0])
        if caller.account != subject.domains[0].access.account_id
    ),
}
"""Callers of claims that ask some jobs of a domain, and not all."""


@pytest.mark.parametrize("module", SAMPLED)
def test_where_some_jobs_are_asked_a_check_and_a_pipeline_are_among_them(plan: Plan, module: str) -> None:
    assert {"check", "pipeline"} <= {caller.kind for caller in SAMPLED[module](Subject(plan))}


def test_of_partners_that_differ_in_nothing_two_are_asked(many: Plan) -> None:
    assert [partner.name for partner in Subject(many).partners] == list(many.partners)[:2]


def test_names_that_databases_spell_otherwise_are_one_class_more_and_not_one_each(
    tmp_path: Path,
) -> None:
    write(tmp_path, domains=60, products=2, partners=1, as_of=DAY)
    plan = build(load(tmp_path).usable(), DAY)
    hyphened = [name for name in plan.domains if "-" in name]
    assert len(hyphened) > 10
    asked = [domain.name for domain in Subject(plan).domains]
    assert len(asked) < len(hyphened)
    assert set(asked) & set(hyphened)
