"""The archive that AWS is given: the function's sources at its top, fastavro's, and the documents of the plan."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fastavro

SOURCES = Path(__file__).resolve().parents[3] / "functions" / "publish"


def build(path: Path, mesh: Mapping[str, Any], contract: Mapping[str, Any]) -> Path:
    """Write the archive."""
    with zipfile.ZipFile(path, "w") as archive:
        for source in sorted(SOURCES.glob("*.py")):
            archive.write(source, source.name)
        package = Path(fastavro.__file__).parent
        for source in sorted(package.rglob("*.py")):
            archive.write(source, f"fastavro/{source.relative_to(package)}")
        archive.writestr("mesh.json", json.dumps(mesh))
        archive.writestr(f"contracts/{contract['domain']}/{contract['product']}.json", json.dumps(contract))
    return path
