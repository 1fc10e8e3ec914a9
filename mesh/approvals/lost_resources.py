"""Lost resources: keys, logs, queues, topics and histories that go, become others, or are protected no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from mesh.approvals.held_resources import GOES, HeldResource, held_resources
from mesh.approvals.needs import ChangeRequest, Need, approvers_of, platform_of
from mesh.findings import listed
from mesh.model import Mesh

UNPROTECTED_KEY: Final = "nothing keeps it any more when it is removed from the YAML, and with it all that it encrypted"

_LEFT: Final = "another one, in another account or region; the old one is in no stack any more"
_REFUSED: Final = (
    "it is protected, so the deployment is refused until 'deletion-protection: false' was deployed; after that "
)


class _ResourceLoss(NamedTuple):
    """A loss, with the file that says so and who answers for it; `what` goes on behind the names of resources."""

    place: str
    by: tuple[str, ...]
    what: str


def resource_needs(request: ChangeRequest) -> Iterator[Need]:
    """A need of the owner of each key, log, queue, topic and history that a change loses, each kind in its own words.

    They come back by no revert, so an owner does not say yes to himself. What cannot be read is no loss.
    """
    found: defaultdict[_ResourceLoss, list[str]] = defaultdict(list)
    after = held_resources(request.after)
    for keys, old in held_resources(request.before).items():
        if not _is_unknown(request.after, old):
            for loss in _losses(request, old, after.get(keys)):
                found[loss].append(old.what)
    for loss, names in found.items():
        yield Need("data", f"{loss.place}: {listed(names)}", loss.by, f"{listed(names)}: {loss.what}")


def _is_unknown(after: Mesh, old: HeldResource) -> bool:
    """Whether it cannot be told what becomes of a resource, for a file that it follows from cannot be read."""
    named_by = {"accounts.yaml", old.file, old.file.partition("/")[0], *(["clearances"] if old.clearance else [])}
    if after.unread & named_by or after.is_unread("clearances", old.clearance):
        return True
    domain, _, name = old.product.partition(".")
    # The name of a log has the labels of its product, which the contract says.
    unlabelled = after.product(old.product) is not None and old.product not in after.contracts
    return bool(name) and (unlabelled or after.is_uncertain(f"domains/{domain}.yaml", "products", name))


def _losses(request: ChangeRequest, old: HeldResource, new: HeldResource | None) -> Iterator[_ResourceLoss]:
    place, goes = f"{request.folder}/{old.file}", GOES[old.type]
    if old.clearance and old.clearance not in request.after.clearances:
        by = approvers_of(request.before, [old.clearance]) or platform_of(request.before)
        yield _ResourceLoss(f"{request.folder}/clearances/{old.clearance}.yaml", by, f"there no more; lost is {goes}")
    elif new is None and _has_no_id(request.after, old.file):
        yield _ResourceLoss(f"{request.folder}/accounts.yaml", old.by, f"{_LEFT}; not to be had any more is {goes}")
    elif new is None:
        yield _ResourceLoss(place, old.by, f"there no more; {_REFUSED if old.protected else ''}lost is {goes}")
    elif new.place != old.place:
        changing = "mesh.yaml" if new.place[1] != old.place[1] else "accounts.yaml"
        yield _ResourceLoss(f"{request.folder}/{changing}", old.by, f"{_LEFT}; not to be had any more is {goes}")
    elif new.name != old.name:
        yield _ResourceLoss(place, old.by, f"another one, for it gets another name; lost with the old one is {goes}")
    elif old.protected and not new.protected:
        yield _ResourceLoss(place, old.by, UNPROTECTED_KEY)


def _has_no_id(mesh: Mesh, file: str) -> bool:
    """Whether a domain, a partner or the hub, by its file, is there and its account has no id any more."""
    folder, _, name = file.removesuffix(".yaml").partition("/")
    known = mesh.accounts
    if folder == "mesh":
        return known is None or known.governance is None
    ids = (known.domains if folder == "domains" else known.partners) if known else ()
    return name in (mesh.domains if folder == "domains" else mesh.partners) and name not in ids
