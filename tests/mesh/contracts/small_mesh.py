"""The tiny mesh with one more product, whose contract the tests lay there, and with the usual label words."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mesh.contracts import catalog, lock_text
from mesh.contracts.catalog import CatalogTable
from mesh.contracts.labels import label_words
from mesh.contracts.lock import following
from mesh.contracts.lock_shape import shapes
from mesh.findings import Finding
from mesh.folder import findings_of, plan_folder
from mesh.load import load
from mesh.plan.nodes import DataProductArgs

TINY: Final = Path(__file__).parents[1] / "tiny"
DAY: Final = datetime.date(2027, 1, 1)
CONTRACT: Final = "contracts/orders/laid.odcs.yaml"
LOCK: Final = "contracts/orders/laid.lock.yaml"

WORDS: Final = """
no-label: [public, internal]
classification-aliases: {confidential: [pii], restricted: [pii], sensitive: [pii]}
"""
"""The label words that are usual elsewhere, as `mesh.yaml` says them."""


def small_mesh(where: Path) -> Path:
    """A folder with the mesh, whose product `orders.laid` waits for its contract."""
    folder = Path(shutil.copytree(TINY, where / "mesh"))
    with (folder / "mesh.yaml").open("a", encoding="utf-8") as stream:
        stream.write(WORDS)
    domain = folder / "domains" / "orders.yaml"
    with domain.open("a", encoding="utf-8") as stream:
        stream.write("  laid: {kind: analytics, ports: [table]}\n")
    return folder


def findings(folder: Path, text: str) -> Sequence[Finding]:
    """The findings about the mesh with a new product of this contract."""
    (folder / CONTRACT).write_text(text, "utf-8")
    agree(folder)
    return findings_of(folder, DAY)[1]


def agree(folder: Path) -> None:
    """Makes the product a new one, whose lock says nothing that its contract does not say."""
    (folder / LOCK).unlink(missing_ok=True)
    mesh = load(folder).mesh
    if mesh is None or (contract := mesh.contracts.get("orders.laid")) is None:
        return
    words = label_words(mesh.file)
    if not any(mistake.severity == "error" for mistake in catalog.mistakes(contract, words)):
        text = lock_text.write(following(None, shapes(contract, words)).lock)
        (folder / LOCK).write_text(text, "utf-8")


def product(folder: Path) -> DataProductArgs:
    """The product in the plan, for a contract without errors."""
    return plan_folder(folder, DAY).plan.domains["orders"].products["laid"]


def tables(folder: Path) -> tuple[CatalogTable, ...]:
    """The product's tables in the plan, for a contract without errors."""
    return plan_folder(folder, DAY).plan.domains["orders"].catalog["laid"].tables
