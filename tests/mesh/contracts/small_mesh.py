"""The tiny mesh with one more product, whose contract the tests lay there, and with the usual label words."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mesh.contracts.catalog import CatalogTable
from mesh.findings import Finding
from mesh.folder import findings_of, plan_folder
from mesh.model import Mesh
from mesh.plan import Plan, build
from tests.mesh.new_locks import agree

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
    return _laid(folder, text)[1]


def planned(folder: Path, text: str) -> tuple[Sequence[Finding], Plan | None]:
    """The same, and the plan of the mesh as it was read for them; no plan of a mesh with errors."""
    mesh, found = _laid(folder, text)
    if mesh is None or any(finding.severity == "error" for finding in found):
        return found, None
    return found, build(mesh, DAY)


def _laid(folder: Path, text: str) -> tuple[Mesh | None, Sequence[Finding]]:
    (folder / CONTRACT).write_text(text, "utf-8")
    agree(folder, "orders.laid")
    return findings_of(folder, DAY)


def tables(folder: Path) -> tuple[CatalogTable, ...]:
    """The product's tables in the plan, for a contract without errors."""
    return plan_folder(folder, DAY).plan.domains["orders"].catalog["laid"].tables
