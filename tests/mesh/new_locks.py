"""A product as though it were new: its lock says nothing that its contract does not say."""

from __future__ import annotations

from pathlib import Path

from mesh import load as mesh_load
from mesh.contracts import catalog, lock_text
from mesh.contracts.labels import label_words
from mesh.contracts.lock import following
from mesh.contracts.lock_shape import shapes
from mesh.model import Domain, MeshFile, lock_file


def agree(folder: Path, reference: str) -> None:
    """Writes the first lock of a product, `<domain>.<product>`, if its contract can be locked.

    Reads no file but the three that it depends on: ten thousand contracts are locked so.
    """
    domain, _, name = reference.partition(".")
    file = folder / lock_file(domain, name)
    file.unlink(missing_ok=True)
    reader = mesh_load._Reader(mesh_load.Loaded(folder))
    owner, mesh_file = reader.read(f"domains/{domain}.yaml", Domain), reader.read("mesh.yaml", MeshFile)
    if owner is None or mesh_file is None or name not in owner.products:
        return
    contract = reader.contract(domain, name, owner.products[name], inside=True)
    if contract is None:
        return
    words = label_words(mesh_file)
    if not any(mistake.severity == "error" for mistake in catalog.mistakes(contract, words)):
        file.write_text(lock_text.write(following(None, shapes(contract, words)).lock), "utf-8")
