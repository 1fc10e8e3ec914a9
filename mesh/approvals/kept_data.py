"""Data that a change keeps for less long, or not at all: days, protection, products, tables and buckets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from mesh.approvals.held_buckets import BucketKeys, HeldBucket, changing_file, held_buckets
from mesh.approvals.needs import ChangeRequest, Need, Notice, owner_of
from mesh.findings import listed
from mesh.model import Domain, Mesh, Product
from mesh.model.names_lock import NAMES_LOCK_FILE

LOST_DAYS: Final = "what is older is deleted within a day or two of the deployment, and nobody brings it back"
UNPROTECTED: Final = "data no longer survive their removal from the YAML"
_REFUSED: Final = (
    "the data are protected, so the deployment is refused until 'deletion-protection: false' was deployed, and then "
    "deletes them"
)


class _Kept(NamedTuple):
    """Days that a product's data are kept, and whether they survive the product's removal."""

    days: int
    protected: bool


def _kept(mesh: Mesh, domain: Domain, product: Product) -> _Kept:
    defaults = mesh.file.defaults
    said = (product.deletion_protection, domain.deletion_protection, defaults.deletion_protection)
    return _Kept(product.retention or defaults.retention, next(each for each in said if each is not None))


class _Loss(NamedTuple):
    """A loss of data, with the file that says so and who answers for them; `what` goes on behind their names.

    It is `at_once` where what is there at the moment goes, or cannot be reached.
    """

    place: str
    by: tuple[str, ...]
    what: str
    at_once: bool = True


def data_needs(request: ChangeRequest) -> Iterator[Need]:
    """A need of the owner of products and buckets that lose data, or their protection.

    They come back by no revert, so an owner does not say yes to himself.
    """
    for loss, names in _losses(request).items():
        yield Need("data", f"{loss.place}: {listed(names)}", loss.by, f"{listed(names)}: {loss.what}")


def _losses(request: ChangeRequest) -> dict[_Loss, list[str]]:
    """Products, and other things that buckets hold, by what they lose."""
    after = request.after
    found: defaultdict[_Loss, list[str]] = defaultdict(list)
    for name, domain in request.before.domains.items():
        for product, written in domain.products.items():
            # What cannot be read is no loss; its mistake is told.
            place = (f"domains/{name}.yaml", "products", product)
            if not after.is_unread("domains", name) and not after.is_uncertain(*place):
                for loss in _of_product(request, name, product, written):
                    found[loss].append(f"{name}.{product}")
    buckets = held_buckets(after)
    for keys, bucket in held_buckets(request.before).items():
        named_by = {NAMES_LOCK_FILE, "accounts.yaml", bucket.file, bucket.file.partition("/")[0]}
        if bucket.is_made and not after.unread & named_by:
            for loss in _of_bucket(request, keys, bucket, buckets.get(keys)):
                found[loss].append(bucket.what)
    return found


def _of_product(request: ChangeRequest, name: str, product: str, written: Product) -> Iterator[_Loss]:
    before, after = request.before, request.after
    kept, place = _kept(before, before.domains[name], written), f"{request.folder}/domains/{name}.yaml"
    domain, now = after.domains.get(name), after.product(f"{name}.{product}")
    by = owner_of(before.domains[name].owner)
    if domain is None or now is None:
        yield _Loss(place, by, _gone(kept.protected))
        return
    has = _kept(after, domain, now)
    # A default that becomes another one is in mesh.yaml, and is the platform team's to write.
    if now == written and domain.deletion_protection == before.domains[name].deletion_protection:
        place = f"{request.folder}/mesh.yaml"
    if has.days < kept.days:
        yield _Loss(place, by, f"kept {has.days} days instead of {kept.days}; {LOST_DAYS}")
    if kept.protected and not has.protected:
        yield _Loss(place, by, UNPROTECTED, at_once=False)
    yield from _of_tables(request, f"{name}.{product}", by)


def _of_tables(request: ChangeRequest, reference: str, by: tuple[str, ...]) -> Iterator[_Loss]:
    """Tables of a product that stays which go, and snapshots of those that stay."""
    had, has = _tables(request.before, reference), _tables(request.after, reference)
    if had is None or has is None:
        return
    place, domain = f"{request.folder}/mesh.yaml", reference.partition(".")[0]
    if gone := had - has:
        what = f"without {listed(gone)}: which files are current goes with a table, and its snapshots"
        yield _Loss(f"{request.folder}/domains/{domain}.yaml", by, f"{what}; the files stay in S3")
    old, new = (each.file.defaults.snapshots for each in (request.before, request.after))
    if new < old and had & has:
        yield _Loss(place, by, f"snapshots are kept {new} days instead of {old}; {LOST_DAYS}", at_once=False)


def _tables(mesh: Mesh, reference: str) -> set[str] | None:
    """The tables of a product that stand in the catalog; None where its contract cannot be read."""
    product, contract = mesh.product(reference), mesh.contracts.get(reference)
    if product is None or contract is None:
        return None
    return {table.catalog_name for table in contract.tables} if "table" in product.ports else set()


def _of_bucket(request: ChangeRequest, keys: BucketKeys, old: HeldBucket, new: HeldBucket | None) -> Iterator[_Loss]:
    """Losses of a bucket, besides what is told of the product that it holds."""
    is_product, place = keys[0] == "products", f"{request.folder}/{old.file}"
    if new is None:
        if not is_product:
            yield _Loss(place, old.by, _gone(old.protected))
        return
    if (new.name, new.place) != (old.name, old.place):
        changing = f"{request.folder}/{changing_file(request.before, request.after, keys)}"
        yield _Loss(changing, old.by, _elsewhere(old, new))
    if not is_product and old.protected and not new.protected:
        yield _Loss(place, old.by, UNPROTECTED, at_once=False)
    before, after = (_days(mesh, keys) for mesh in (request.before, request.after))
    if after < before:
        what = f"kept {after} days instead of {before}; {LOST_DAYS}"
        yield _Loss(f"{request.folder}/mesh.yaml", old.by, what)


def _days(mesh: Mesh, keys: BucketKeys) -> int:
    """Days that objects of a bucket are kept by a setting of `mesh.yaml`; 0 for one that has no such setting."""
    defaults = mesh.file.defaults
    return {"logs": defaults.log_retention, "results": defaults.results_retention}.get(keys[0], 0)


def _gone(protected: bool) -> str:
    return f"there no more; {_REFUSED if protected else 'the data, which nothing protects, go as well'}"


def _elsewhere(old: HeldBucket, new: HeldBucket) -> str:
    if new.place != old.place:
        return (
            "another bucket, in another account or region; the data stay in the old one, which no stack knows any more"
        )
    lost = _REFUSED if old.protected and new.protected else "the data, which nothing protects, go with the old one"
    return f"another bucket, for it gets another name; {lost}"


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
