"""Data that a change keeps for less long, or not at all: retention, protection, and products that go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from mesh.approvals.needs import ChangeRequest, Need, Notice, owner_of
from mesh.findings import listed
from mesh.model import Domain, Mesh, Product


class _Kept(NamedTuple):
    """Days that a product's data are kept, and whether they survive the product's removal."""

    days: int
    protected: bool


def _kept(mesh: Mesh, domain: Domain, product: Product) -> _Kept:
    defaults = mesh.file.defaults
    said = (product.deletion_protection, domain.deletion_protection, defaults.deletion_protection)
    return _Kept(product.retention or defaults.retention, next(each for each in said if each is not None))


class _Loss(NamedTuple):
    """A loss of products of a domain, with the file that says so; `what` goes on behind their names."""

    place: str
    domain: str
    what: str
    at_once: bool = True


def data_needs(request: ChangeRequest) -> Iterator[Need]:
    """A need of the owner of products that lose data, or their protection.

    They come back by no revert, so an owner does not say yes to himself.
    """
    for loss, products in _losses(request).items():
        by = owner_of(request.before.domains[loss.domain].owner)
        yield Need("data", f"{loss.place}: {listed(products)}", by, f"{listed(products)}: {loss.what}")


def _losses(request: ChangeRequest) -> dict[_Loss, list[str]]:
    """Products by what they lose."""
    found: defaultdict[_Loss, list[str]] = defaultdict(list)
    for name, domain in request.before.domains.items():
        for product, written in domain.products.items():
            for loss in _of_product(request, name, product, written):
                found[loss].append(f"{name}.{product}")
    return found


def _of_product(request: ChangeRequest, name: str, product: str, written: Product) -> Iterator[_Loss]:
    before, after = request.before, request.after
    kept, place = _kept(before, before.domains[name], written), f"{request.folder}/domains/{name}.yaml"
    domain, now = after.domains.get(name), after.product(f"{name}.{product}")
    if domain is None or now is None:
        yield _Loss(place, name, _gone(kept))
        return
    has = _kept(after, domain, now)
    # A default that becomes another one is in mesh.yaml, and is the platform team's to write.
    if now == written and domain.deletion_protection == before.domains[name].deletion_protection:
        place = f"{request.folder}/mesh.yaml"
    if has.days < kept.days:
        yield _Loss(
            place,
            name,
            f"kept {has.days} days instead of {kept.days}; what is older is deleted within a day or two of the "
            "deployment, and nobody brings it back",
        )
    if kept.protected and not has.protected:
        yield _Loss(place, name, "data no longer survive their removal from the YAML", at_once=False)


def _gone(kept: _Kept) -> str:
    if kept.protected:
        return (
            "there no more; the data are protected, so the deployment is refused until 'deletion-protection: false' "
            "was deployed, and then deletes them"
        )
    return "there no more; the data, which nothing protects, go as well"


def data_notices(request: ChangeRequest) -> Iterator[Notice]:
    """Consumers and partners of a product that loses data: they are told."""
    lost = {reference for loss, products in _losses(request).items() if loss.at_once for reference in products}
    for reference in sorted(lost):
        for name, domain in request.before.domains.items():
            if reference in domain.consumes:
                yield Notice(owner_of(domain.owner), f"{reference}, which domain '{name}' uses, loses data")
        for name, partner in request.before.partners.items():
            if any(agreement.product == reference for agreement in partner.agreements):
                yield Notice(owner_of(partner.owner), f"{reference}, which the partner '{name}' gets, loses data")
