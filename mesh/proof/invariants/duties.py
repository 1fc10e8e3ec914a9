"""Duties (U2): roles of the mesh can do their work, and nothing harmful beside it; one of each form is asked."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.plan.nodes import DomainPlan
from mesh.proof.claims import AnyClaim
from mesh.proof.duties import RoleWork, claims, first_of_each
from mesh.proof.duties.boundaries import boundary_claims
from mesh.proof.duties.clearance_holders import of_clearance
from mesh.proof.duties.deliveries import of_delivery
from mesh.proof.duties.deploying_access import of_deploy_access
from mesh.proof.duties.keeping import of_retention, of_start
from mesh.proof.duties.lakes import of_location
from mesh.proof.duties.partner_people import of_partner
from mesh.proof.duties.pipelines import of_pipeline
from mesh.proof.duties.previews import preview_claims
from mesh.proof.duties.publishing import of_check, of_forward, of_publication, of_publisher
from mesh.proof.duties.signing_in import (
    of_break_glass,
    of_break_glass_group,
    of_ci,
    of_clearance_holder,
    of_partner_people,
)
from mesh.proof.duties.staff import of_staff, of_staff_people
from mesh.proof.forms import WHOLE_UP_TO, form_of
from mesh.proof.invariants.continuous_integration import ci_roles
from mesh.proof.subject import Subject


def roles_do_their_work(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of U2: on one role of each form, at its duties and at all harm beside them; and on their boundary."""
    works = tuple(first_of_each(_with_forms(subject)))
    for work in works:
        yield from claims(work, subject.region)
    yield from preview_claims(subject)
    bound = [work for work in works if _carries(subject, work)]
    at_the_hub = [work for work in bound if _account(work) == subject.hub]
    staff = [work for work in bound if _is_staff(work)]
    elsewhere = [work for work in bound if _account(work) != subject.hub and work not in staff]
    # The boundary has two texts: publishers, who are at the hub, do what nobody does elsewhere. And staff does, by a
    # statement that names it, what no other role does.
    for carriers in (at_the_hub, elsewhere, staff):
        if carriers:
            yield from boundary_claims(subject, carriers[0].role, carriers)


def _with_forms(subject: Subject) -> Iterator[tuple[str, RoleWork]]:
    """The work of every role asked, with the form of the role's own policy."""
    for domain in subject.domains[:1]:  # one text in every account
        yield "deploy-access", of_deploy_access(subject, domain)
    # Those with products first: of a form the first is asked, and what is about products has to be asked of one.
    for domain in sorted(subject.domains, key=lambda each: not each.products):
        yield from _of_domain(subject, domain)
    for partner in subject.partners:
        account = partner.access.account_id
        text = partner.partner.access.permissions.text()
        yield form_of([text], account, partner.name), of_partner(subject, partner)
        if _exists(subject, (work := of_partner_people(subject, partner)).role):
            yield "permission set of partners", work
    for role in ci_roles(subject):
        yield form_of([role.permissions.text()], role.stack.removeprefix("domain-"), role.stack), of_ci(subject, role)
    yield "publication", of_publication(subject)
    yield "break-glass", of_break_glass(subject)
    yield "break-glass group", of_break_glass_group(subject)


def _of_domain(subject: Subject, domain: DomainPlan) -> Iterator[tuple[str, RoleWork]]:
    account, name = domain.access.account_id, domain.name
    if domain.products:
        location = subject.plan.governance.locations[name]
        yield form_of([location.permissions.text()], account, name), of_location(subject, domain)
        yield form_of([location.publisher.permissions.text()], account, name), of_publisher(subject, domain)
    yield form_of([domain.forward.permissions.text()], account, name), of_forward(subject, domain)
    if domain.catalog:
        yield form_of([domain.check.permissions.text()], account, name), of_check(subject, domain)
    yield from _of_services(subject, domain)
    for clearance, role in domain.clearances.items():
        text = role.permissions.text()
        yield form_of([text], account, name), of_clearance(subject, domain, clearance)
        if _exists(subject, (work := of_clearance_holder(subject, domain, clearance)).role):
            yield f"permission set {clearance}", work
    for duty, role in domain.staff.items():
        text = role.permissions.text()
        yield f"{duty} {form_of([text], account, name)}", of_staff(subject, domain, duty)
        if _exists(subject, (work := of_staff_people(subject, domain, duty)).role):
            yield f"permission set {names.staff_permission_set(duty)}", work
    for product, role in list(domain.pipelines.items())[:WHOLE_UP_TO]:
        text = role.permissions.text()
        form = form_of([text], account, name, product, names.snake(product))
        yield form, of_pipeline(subject, domain.products[product])
    for product, delivery in domain.deliveries.items():
        text = delivery.permissions.text()
        yield form_of([text], account, name, product), of_delivery(subject, domain, product)


def _of_services(subject: Subject, domain: DomainPlan) -> Iterator[tuple[str, RoleWork]]:
    account, name = domain.access.account_id, domain.name
    if domain.retention:
        yield form_of([domain.retention.permissions.text()], account, name), of_retention(subject, domain)
    if domain.start:
        yield form_of([domain.start.permissions.text()], account, name), of_start(subject, domain)


def _exists(subject: Subject, role: str) -> bool:
    """Whether the world has the role: nobody may hold a permission set in an account."""
    return subject.world.role(role) is not None


def _carries(subject: Subject, work: RoleWork) -> bool:
    role = subject.world.role(work.role)
    return role is not None and role.boundary is not None


def _is_staff(work: RoleWork) -> bool:
    return work.role in (names.staff_role(_account(work), duty) for duty in names.STAFF)


def _account(work: RoleWork) -> str:
    return work.role.split(":")[4]
