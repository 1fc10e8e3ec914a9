"""A product as though it were new: its lock says nothing that its contract does not say."""

from __future__ import annotations

from pathlib import Path

from mesh.contracts import catalog, lock_text
from mesh.contracts.labels import label_words
from mesh.contracts.lock import following
from mesh.contracts.lock_shape import shapes
from mesh.load import load
from mesh.model import lock_file


def agree(folder: Path, reference: str) -> None:
    """Writes the first lock of a product, `<domain>.<product>`, if its contract can be locked."""
    domain, _, name = reference.partition(".")
    file = folder / lock_file(domain, name)
    file.unlink(missing_ok=True)
    mesh = load(folder).mesh
    if mesh is None or (contract := mesh.contracts.get(reference)) is None:
        return
    words = label_words(mesh.file)
    if not any(mistake.severity == "error" for mistake in catalog.mistakes(contract, words)):
        file.write_text(lock_text.write(following(None, shapes(contract, words)).lock), "utf-8")
