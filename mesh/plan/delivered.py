"""Tables of a partner's own catalog, one for each table of a contract that it is given."""

from __future__ import annotations

from collections.abc import Mapping

from mesh.contracts import catalog
from mesh.contracts.labels import LabelWords
from mesh.iam.perimeter import Perimeter
from mesh.model import Mesh
from mesh.plan.nodes import InboxTablesArgs


def inbox_tables(
    mesh: Mesh, perimeter: Perimeter, words: LabelWords, partner: str, account_id: str
) -> Mapping[str, InboxTablesArgs]:
    """Tables by product, of every agreement, open or not; columns beyond its classifications have no place there."""
    found: dict[str, InboxTablesArgs] = {}
    for agreement in mesh.partners[partner].agreements:
        domain, _, product = agreement.product.partition(".")
        reads = frozenset(agreement.classifications)
        made = catalog.tables(mesh.contracts[agreement.product], words, None)
        found[agreement.product] = InboxTablesArgs(
            perimeter=perimeter,
            partner=partner,
            account_id=account_id,
            domain=domain,
            product=product,
            tables=tuple(table for each in made if (table := catalog.delivered(each, reads))),
        )
    return found
