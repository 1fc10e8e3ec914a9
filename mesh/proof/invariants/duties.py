"""Duties (U2): every role of the mesh can do its work, and nothing harmful beside it; one role of each form is asked."""

from __future__ import annotations

from collections.abc import Iterator

from mesh.plan.nodes import DomainPlan
from mesh.proof.claims import AnyClaim
from mesh.proof.duties import Work, boundaries, claims, deliveries, first_of_each, lakes, people, pipelines, queries
from mesh.proof.subject import WHOLE_UP_TO, Subject, form_of


def roles_do_their_work(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of U2: on one role of each form, at its duties and at all harm beside them; and on their boundary."""
    works = tuple(first_of_each(_with_forms(subject)))
    for work in works:
        yield from claims(work, subject.region)
    for account, _, _ in _one_account_of_each(subject):
        carriers = [work for work in works if _carries(subject, work) and _same_boundary(subject, work, account)]
        role = next(iter(carriers)).role
        yield from boundaries.boundary_claims(subject, role, carriers)


def _with_forms(subject: Subject) -> Iterator[tuple[str, Work]]:
    """The work of every role asked, with the form of the role's own policy."""
    for domain in subject.domains:
        yield from _of_domain(subject, domain)
    for partner in subject.partners:
        account = partner.access.account_id
        text = partner.partner.access.permissions.text()
        yield form_of([text], account, partner.name), queries.of_partner(subject, partner)
        if _exists(subject, (work := people.of_partner_people(subject, partner)).role):
            yield "permission set of partners", work
    yield "break-glass", people.of_break_glass(subject)
    yield "break-glass group", people.of_break_glass_group(subject)


def _of_domain(subject: Subject, domain: DomainPlan) -> Iterator[tuple[str, Work]]:
    account, name = domain.access.account_id, domain.name
    location = subject.plan.governance.locations[name]
    yield form_of([location.permissions.text()], account, name), lakes.of_location(subject, domain)
    yield form_of([location.publisher.permissions.text()], account, name), lakes.of_publisher(subject, domain)
    for clearance, role in domain.clearances.items():
        text = role.permissions.text()
        yield form_of([text], account, name), queries.of_clearance(subject, domain, clearance)
        if _exists(subject, (work := people.of_clearance_holder(subject, domain, clearance)).role):
            yield f"permission set {clearance}", work
    for product, role in list(domain.pipelines.items())[:WHOLE_UP_TO]:
        text = role.permissions.text()
        yield form_of([text], account, name, product), pipelines.of_pipeline(subject, domain.products[product])
    for product, delivery in domain.deliveries.items():
        text = delivery.permissions.text()
        yield form_of([text], account, name, product), deliveries.of_delivery(subject, domain, product)


def _exists(subject: Subject, role: str) -> bool:
    """Whether the world has the role: nobody may hold a permission set in an account."""
    return subject.world.role(role) is not None


def _one_account_of_each(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """The governance account, whose boundary lets publishers do more, and one of all others."""
    asked = list(subject.accounts_asked)
    return (each for each in (asked[0], next(each for each in asked if each[1] == "domains")))


def _carries(subject: Subject, work: Work) -> bool:
    role = subject.world.role(work.role)
    return role is not None and role.boundary is not None


def _same_boundary(subject: Subject, work: Work, account: str) -> bool:
    """Whether the boundary of the role has the form of the account's."""
    return (work.role.split(":")[4] == subject.hub) == (account == subject.hub)
