"""One side of a change of a contract: the contract, the label words of its mesh, and its lock."""

from __future__ import annotations

from typing import Final, NamedTuple

from mesh.contracts.labels import LabelWords, label_words
from mesh.model import Contract, Lock, LockedTable, Mesh

PLAIN_WORDS: Final = LabelWords(frozenset())
"""Words of no mesh, in which every word of a classification is a label."""


class ContractSide(NamedTuple):
    """A contract before or after a change; what its words mean says its own mesh, and which column is which its lock.

    The lock is None where there is none.
    """

    contract: Contract
    words: LabelWords = PLAIN_WORDS
    lock: Lock | None = None

    def locked(self, table: str) -> LockedTable | None:
        """The lock of a table that is there."""
        found = self.lock.tables.get(table) if self.lock else None
        return found if found and found.fields else None

    def says_the_same(self, other: ContractSide) -> bool:
        """Whether nothing differs from another side: no key, no meaning of a word, no id."""
        return self.contract.data == other.contract.data and self[1:] == other[1:]


def contract_side(mesh: Mesh, product: str) -> ContractSide | None:
    """The side of a product in a mesh; None where it has no contract."""
    contract = mesh.contracts.get(product)
    return contract and ContractSide(contract, label_words(mesh.file), mesh.locks.get(product))
