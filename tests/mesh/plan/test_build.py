"""Mesh -> Plan: the same each time, open or closed by the day, and no document that grows with the mesh."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh import names
from mesh.contracts import elements
from mesh.iam.statement import Document
from mesh.load import load
from mesh.model import Mesh, Scripts
from mesh.model.names_lock import KeptBuckets, NamesLock
from mesh.plan import Plan, build, problems
from mesh.plan.nodes import Clearance

DAY = datetime.date(2027, 1, 1)
LABELS = ("financial", "health", "pii")


def documents_of(node: object, kind: str = "") -> Iterator[tuple[str, Document]]:
    """Every document below a node, with the class and the property that it is of."""
    if isinstance(node, Document):
        yield kind, node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from documents_of(value, kind)
    elif isinstance(node, tuple):
        for value in node:
            yield from documents_of(value, kind)
    elif dataclasses.is_dataclass(node):
        properties = [name for name, value in vars(type(node)).items() if isinstance(value, property | cached_property)]
        for name in (*(field.name for field in dataclasses.fields(node)), *properties):
            yield from documents_of(getattr(node, name), f"{type(node).__name__}.{name}")


def largest(plan: Plan) -> dict[str, int]:
    """The size of the largest document of each kind."""
    sizes: dict[str, int] = {}
    for kind, document in documents_of(plan):
        sizes[kind] = max(sizes.get(kind, 0), document.size)
    return sizes


def grown(tiny: Mesh, domains: int, products: int) -> Mesh:
    """A mesh of domains and products with names of one length, made from the tiny one; ids are assumed."""
    orders = tiny.domains["orders"]
    said = tiny.contracts["orders.customers"].data
    written = {key: value for key, value in said.items() if key != "domain"}
    many = {f"p{number:05}": orders.products["customers"] for number in range(products)}
    script = tiny.scripts.files["orders/customers.asl.json"]
    owners = {f"d{number:05}": orders.model_copy(update={"products": many}) for number in range(domains)}
    return dataclasses.replace(
        tiny,
        accounts=None,
        domains=owners,
        partners={},
        clearances={
            name: file.model_copy(update={"members": (), "pipelines": ()}) for name, file in tiny.clearances.items()
        },
        contracts={
            f"{domain}.{product}": elements.read({**written, "id": f"{domain}.{product}"})
            for domain in owners
            for product in many
        },
        locks={f"{domain}.{product}": tiny.locks["orders.customers"] for domain in owners for product in many},
        names_lock=NamesLock(buckets=KeptBuckets()),
        scripts=Scripts(files={f"{domain}/customers.asl.json": script for domain in owners}),
    )


@pytest.fixture
def mesh(tiny: Path) -> Mesh:
    return load(tiny).usable()


def test_the_plan_is_the_same_each_time(sample: Mesh, plan: Plan) -> None:
    assert build(sample, DAY) == plan
    assert [d.text() for _, d in documents_of(build(sample, DAY))] == [d.text() for _, d in documents_of(plan)]


def test_no_document_grows_with_the_number_of_domains_or_products(mesh: Mesh) -> None:
    few, many = largest(build(grown(mesh, 2, 2), DAY)), largest(build(grown(mesh, 60, 12), DAY))
    assert few == many
    assert len(few) >= 20


def test_a_large_mesh_has_no_findings_but_that_ids_are_assumed(mesh: Mesh) -> None:
    assert {problem.message.split(":")[0] for problem in problems(grown(mesh, 300, 10), DAY)} == {
        "there is no accounts.yaml"
    }


def test_stacks_come_in_the_order_of_the_first_deployment(plan: Plan) -> None:
    assert plan.stacks[:2] == ("organization", "governance")
    kinds = [stack.partition("-")[0] for stack in plan.stacks[2:]]
    assert kinds == sorted(kinds, key=["partner", "access", "domain"].index)
    stacks = Path(__file__).resolve().parents[3] / "stacks"
    files = [*stacks.glob("domains/*.yaml"), *stacks.glob("partners/*.yaml")]
    of_files = [f"{file.parent.name.removesuffix('s')}-{file.stem}" for file in files]
    deciding = [stack.replace("domain-", "access-") for stack in of_files if stack.startswith("domain-")]
    assert sorted(plan.stacks[2:]) == sorted((*of_files, *deciding))


def test_a_domain_has_two_stacks_in_its_account_each_with_a_role_of_its_own(plan: Plan) -> None:
    for name, domain in plan.domains.items():
        deciding, owning = plan.access[f"access-{name}"], plan.access[f"domain-{name}"]
        assert deciding.account_id == owning.account_id == domain.account.account_id
        assert deciding.deploy_role == names.deploy_access_role(owning.account_id)
        assert owning.deploy_role == names.deploy_role(owning.account_id)
        assert deciding.tags["mesh:stack"] == f"access-{name}"


def test_an_account_that_aws_has_not_numbered_is_planned_with_an_assumed_id(mesh: Mesh) -> None:
    assert mesh.accounts is not None
    accounts = mesh.accounts.model_copy(update={"domains": {"shop": "320000000021"}})
    planned = build(dataclasses.replace(mesh, accounts=accounts), DAY)
    assert planned.domains["orders"].access.assumed
    assert planned.domains["orders"].access.account_id == names.assumed_account_id("domain", "orders")
    assert not planned.domains["shop"].access.assumed
    unmade = build(dataclasses.replace(mesh, accounts=None), DAY)
    assert all(access.assumed for access in unmade.access.values())


@pytest.mark.parametrize(("day", "is_open"), [("2028-06-30", True), ("2028-07-01", False)])
def test_an_agreement_is_open_to_its_last_day_and_then_closed(mesh: Mesh, day: str, is_open: bool) -> None:
    planned = build(mesh, datetime.date.fromisoformat(day))
    delivery = planned.domains["orders"].deliveries["parcels"]
    writer = names.delivery_role("310000000013", "parcels")
    assert [one.open for one in delivery.deliveries] == [is_open]
    assert ("tiny-partner-courier--inbox" in delivery.permissions.text()) is is_open
    partner = planned.partners["courier"].partner
    assert tuple(partner.writers) == ((writer,) if is_open else ())
    for document in (partner.bucket_policy, partner.key_policy, planned.organization.args.policies[-1].document):
        assert (writer in document.text()) is is_open
    assert all(statement.resources for statement in delivery.permissions.statements)


def test_a_member_whose_review_is_past_holds_nothing(mesh: Mesh) -> None:
    def held(day: str) -> set[str]:
        people = build(mesh, datetime.date.fromisoformat(day)).organization.people
        assert people is not None
        return {one.group for one in people.assignments} - {"internal-audit", "orders-owners", "shop-engineers"}

    assert held("2027-11-30") == {"shop-analysts", "couriers"}
    assert held("2027-12-01") == {"couriers"}


def test_staff_is_assigned_where_its_file_says_and_auditors_everywhere(mesh: Mesh) -> None:
    people = build(mesh, datetime.date(2026, 12, 1)).organization.people
    assert people is not None
    staff = {(one.group, one.permission_set, one.account) for one in people.assignments}
    assert {each for each in staff if each[1].removeprefix("mesh-") in names.STAFF} == {
        ("shop-engineers", "mesh-engineer", "domain-shop"),
        ("orders-owners", "mesh-owner", "domain-orders"),
        ("internal-audit", "mesh-auditor", "domain-orders"),
        ("internal-audit", "mesh-auditor", "domain-shop"),
    }


def test_a_duty_that_is_none_has_no_permissions(mesh: Mesh) -> None:
    staff = build(mesh, datetime.date(2026, 12, 1)).domains["shop"].staff["engineer"]
    with pytest.raises(ValueError, match="'clerk' is no duty"):
        _ = dataclasses.replace(staff, duty="clerk").permissions


@given(st.sets(st.sampled_from(LABELS)), st.sets(st.sampled_from(LABELS)))
def test_a_clearance_covers_what_its_expression_matches(reads: set[str], labels: set[str]) -> None:
    clearance = Clearance(name="c", reads=frozenset(reads), classifications=LABELS)
    tags = {label: "true" if label in labels else "false" for label in LABELS}
    matched = all(tags[key] in values for key, values in clearance.expression)
    assert clearance.covers(frozenset(labels)) == matched == (labels <= reads)
    assert [key for key, _ in clearance.expression] == list(LABELS)


@given(*[st.sets(st.sampled_from(LABELS))] * 3)
def test_a_larger_clearance_covers_whatever_a_smaller_one_does(a: set[str], b: set[str], labels: set[str]) -> None:
    small = Clearance(name="s", reads=frozenset(a), classifications=LABELS)
    large = Clearance(name="l", reads=frozenset(a | b), classifications=LABELS)
    assert not small.covers(frozenset(labels)) or large.covers(frozenset(labels))


def test_the_readers_of_a_product_are_the_clearances_that_cover_all_its_labels(sample: Mesh, plan: Plan) -> None:
    for domain, owner in plan.domains.items():
        for name, product in owner.products.items():
            expected = {c for c, file in sample.clearances.items() if product.labels <= set(file.reads)}
            assert set(product.readers) == expected, f"{domain}.{name}"


def test_only_products_with_a_files_port_admit_clearance_roles_to_their_bucket(plan: Plan) -> None:
    for owner in plan.domains.values():
        for product in owner.products.values():
            admitted = "ClearedPeopleRead" in product.bucket_policy.text()
            assert admitted == ("files" in product.ports and bool(product.readers))


def test_only_products_with_a_table_port_are_in_the_catalog_and_known_to_its_roles(plan: Plan) -> None:
    for owner in plan.domains.values():
        for name, product in owner.products.items():
            assert (name in owner.catalog) == ("table" in product.ports)
            assert ("LakeFormationReads" in product.bucket_policy.text()) == ("table" in product.ports)


def test_a_clearance_keeps_its_query_results_to_itself(plan: Plan) -> None:
    for owner in plan.domains.values():
        for name, role in owner.clearances.items():
            others = [found for found in owner.clearances if found != name]
            text = role.permissions.text()
            assert names.workgroup(name) in owner.account.workgroups
            assert f"workgroup/{names.workgroup(name)}" in text
            assert f"{owner.account.results_bucket}/{name}/*" in text
            assert not any(f'workgroup/{names.workgroup(other)}"' in text for other in others)
            assert not any(f"{owner.account.results_bucket}/{other}/" in text for other in others)


def test_an_account_of_nobody_is_no_account(plan: Plan) -> None:
    domain, partner = next(iter(plan.domains)), next(iter(plan.partners))
    assert plan.account_of("management") == plan.perimeter.management_id
    assert plan.account_of("governance") == plan.perimeter.governance_id
    assert plan.account_of(domain) == plan.domains[domain].access.account_id
    assert plan.account_of(f"partner-{partner}") == plan.partners[partner].access.account_id
    for nobody in (f"{domain}x", partner, "partner-", ""):
        with pytest.raises(KeyError):
            plan.account_of(nobody)
