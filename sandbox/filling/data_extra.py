"""The extra `data`: what it takes to have rows, and whether it is there."""

from __future__ import annotations

import importlib.util
from typing import Final

from mesh.findings import NotPossibleError, listed

PACKAGES: Final = ("duckdb", "pyarrow", "pyiceberg")


def missing_packages() -> list[str]:
    """The packages of the extra that are not installed."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def require_data_extra() -> None:
    """Raises NotPossibleError where something of the extra is not installed."""
    if missing := missing_packages():
        raise NotPossibleError(
            f"rows take the extra `data`, of which {listed(missing)} is not installed: pip install -e '.[data]'"
        )
