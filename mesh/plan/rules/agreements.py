"""Rules of agreements with partners: their products, their classifications, and their expiry."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

from mesh.findings import Problem, listed, unknown
from mesh.model import Agreement
from mesh.plan.rules.context import CrossFileRule, RuleContext, partner_file, unknown_product

NOTICE: Final = ("defaults", "agreement-notice")


def agreements_name_products(context: RuleContext) -> Iterator[Problem]:
    """Agreements of a partner name products that exist and are not internal, once each."""
    agreed: set[tuple[str, str]] = set()
    for partner, number, agreement in context.every_agreement():
        reference, path = agreement.product, ("agreements", number, "product")
        product = context.mesh.product(reference)
        if product is None and (message := unknown_product(context, reference)):
            yield Problem(partner_file(partner), path, message)
        elif product is not None and product.kind == "internal":
            message = f"'{reference}' is internal to its domain; ask its owner to offer it as 'analytics' or 'ml'"
            yield Problem(partner_file(partner), path, message)
        if (partner, reference) in agreed:
            yield Problem(partner_file(partner), path, f"'{reference}' has an agreement already; keep one")
        agreed.add((partner, reference))


def agreements_allow_what_they_deliver(context: RuleContext) -> Iterator[Problem]:
    """Labels of a delivered product are among the agreement's classifications, and those are known."""
    known = context.mesh.file.classifications
    for partner, number, agreement in context.every_agreement():
        path = ("agreements", number, "classifications")
        for position, name in enumerate(agreement.classifications):
            if name not in known and not context.mesh.is_uncertain("mesh.yaml", "classifications", name):
                message = unknown("classification", name, known)
                yield Problem(partner_file(partner), (*path, position), message)
        if context.mesh.touches(partner_file(partner), *path):
            continue
        missing = context.labels.get(agreement.product, frozenset()) - set(agreement.classifications)
        if missing and missing <= known.keys():
            message = (
                f"'{agreement.product}' holds {listed(missing)}, which this agreement does not allow; "
                "deliver a product without it, or have the classification agreed"
            )
            yield Problem(partner_file(partner), path, message)


def agreements_last(context: RuleContext) -> Iterator[Problem]:
    """Agreements have not expired; one that has takes nothing any more, and is deployed as closed."""
    for partner, number, agreement in _with_an_end(context):
        if agreement.expires < context.as_of:
            message = (
                f"the agreement on '{agreement.product}' expired on {agreement.expires} and is closed; "
                "renew or remove it"
            )
            yield Problem(partner_file(partner), ("agreements", number, "expires"), message, "lapse")


def agreements_have_a_day_after(context: RuleContext) -> Iterator[Problem]:
    """Agreements end on a day that another follows, on which policies close them."""
    for partner, number, agreement in _with_an_end(context):
        if agreement.expires == datetime.date.max:
            message = (
                f"the agreement on '{agreement.product}' ends on {agreement.expires}, which no day follows on which "
                "it could be closed; give the day that was agreed"
            )
            yield Problem(partner_file(partner), ("agreements", number, "expires"), message)


def agreements_are_renewed_in_time(context: RuleContext) -> Iterator[Problem]:
    """Agreements are renewed before they expire."""
    if context.mesh.is_uncertain("mesh.yaml", *NOTICE):
        return
    notice = datetime.timedelta(days=context.mesh.file.defaults.agreement_notice)
    for partner, number, agreement in _with_an_end(context):
        path = ("agreements", number, "expires")
        if context.as_of <= agreement.expires and agreement.expires - context.as_of < notice:
            message = (
                f"the agreement on '{agreement.product}' expires on {agreement.expires}, within {notice.days} days; "
                "renew or remove it"
            )
            yield Problem(partner_file(partner), path, message, "lapse")


def _with_an_end(context: RuleContext) -> Iterator[tuple[str, int, Agreement]]:
    """Agreements whose last day could be read."""
    for partner, number, agreement in context.every_agreement():
        if not context.mesh.is_uncertain(partner_file(partner), "agreements", number, "expires"):
            yield partner, number, agreement


RULES: Final[tuple[CrossFileRule, ...]] = (
    agreements_name_products,
    agreements_allow_what_they_deliver,
    agreements_last,
    agreements_have_a_day_after,
    agreements_are_renewed_in_time,
)
