"""Labels: the words of a contract's `classification`, as classifications of the mesh."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from mesh.findings import KeyPath, listed, nearest
from mesh.model import Contract, Element, MeshFile
from mesh.validation_messages import shorten


@dataclass(frozen=True)
class LabelWords:
    """Words that a contract may classify with: classifications, words for no label, and aliases of classifications."""

    classifications: frozenset[str]
    no_label: frozenset[str] = frozenset()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def labels(self, classification: str | None) -> tuple[str, ...]:
        """The labels of a text: words separated by commas, each a classification or what it stands for; sorted.

        An unknown word counts as a label of its own, which no clearance reads.
        """
        found: set[str] = set()
        for word in words(classification):
            if word not in self.no_label:
                found.update(self.aliases.get(word, (word,)))
        return tuple(sorted(found))

    def unknown(self, classification: str | None) -> list[str]:
        """The words of a text that the mesh does not know."""
        known = self.classifications | self.no_label | self.aliases.keys()
        return [word for word in words(classification) if word not in known]

    def of_element(self, element: Element) -> tuple[str, ...]:
        """The labels of an element and of all that is nested in it: Lake Formation tags whole columns only."""
        if not element.below:
            return self.labels(element.data.get("classification"))
        return tuple(sorted({label for one in element.walk() for label in self.labels(one.data.get("classification"))}))


def label_words(file: MeshFile) -> LabelWords:
    """The words of a mesh."""
    # A word of two meanings is an error; until that is mended it is a label.
    no_label = frozenset(file.no_label) - file.classifications.keys() - file.classification_aliases.keys()
    aliases = {word: meant for word, meant in file.classification_aliases.items() if word not in file.classifications}
    return LabelWords(frozenset(file.classifications), no_label, aliases)


_LOOKALIKES: Final = str.maketrans("аеорсухіјѕԁһԛԝαορνικ", "aeopcyxijsdhqwaopvik")
"""Letters of the Cyrillic and the Greek alphabet, and the Latin ones that they look like."""


def look(word: str) -> str:
    """A word as it looks: without its case, and with Latin letters for those that look like them."""
    return unicodedata.normalize("NFKC", word).casefold().translate(_LOOKALIKES)


@lru_cache(maxsize=1024)
def words(classification: str | None) -> tuple[str, ...]:
    """Words of a `classification`, which are separated by commas."""
    return tuple(part.strip() for part in classification.split(",")) if classification is not None else ()


def product_labels(contract: Contract, known: LabelWords) -> frozenset[str]:
    """Labels of a product: the union of those of all elements, tables included."""
    return frozenset(
        label for element in contract.classified for label in known.labels(element.data.get("classification"))
    )


def mistakes(contract: Contract, known: LabelWords) -> Iterator[tuple[KeyPath, str]]:
    """Words of a contract's classifications that the mesh does not know, or that stand twice, each with its place."""
    for element in contract.classified:
        written = words(element.data["classification"])
        for word in sorted({each for each in written if each and written.count(each) > 1}):
            message = (
                f"the classification of column '{contract.column_name(element.path)}' has '{word}' twice; keep one"
            )
            yield (*element.path, "classification"), message
        for word in known.unknown(element.data["classification"]):
            name = contract.column_name(element.path)
            message = f"column '{name}' is labelled with {_unknown(word, known)}" if word else _no_word(name)
            yield (*element.path, "classification"), message


_SEPARATORS: Final = re.compile(r"\s*[;|/&+\n]\s*|\s+(?:and|or)\s+|\s+")
"""Marks that people put between two words instead of a comma."""


def _no_word(column: str) -> str:
    return f"the classification of column '{column}' has no word where one belongs; remove the comma, or the key"


def _unknown(word: str, known: LabelWords) -> str:
    """The words on a classification that the mesh does not know: what is allowed, and how the mesh can know it."""
    every = sorted(known.classifications | known.no_label | known.aliases.keys())
    near = nearest(word, every)
    allowed = f"known: {listed(known.classifications)}"
    if known.no_label:
        allowed += f", for no label {listed(known.no_label)}"
    if known.aliases:
        allowed += f", and other words for them {listed(known.aliases)}"
    joined = f"{near} {allowed[0].upper()}{allowed[1:]}" if near else f"; {allowed}"
    parts = [part for part in _SEPARATORS.split(word) if part]
    if len(parts) > 1 and all(look(part) in map(look, every) for part in parts):
        return f"'{shorten(word)}'; several words are separated by commas: write '{', '.join(parts)}'"
    # A word in another case is a slip of the hand, and no other word to have.
    if any(word.casefold() == other.casefold() for other in every):
        return f"an unknown classification '{word}'{joined}"
    remedy = "mesh.yaml can take it in under 'no-label' or 'classification-aliases'"
    return f"an unknown classification '{word}'{joined}; {remedy}"
