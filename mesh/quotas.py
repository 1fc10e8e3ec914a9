"""AWS quotas: `quotas.json` in this package has each with its source."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def quotas() -> dict[str, Any]:
    """The whole table: service -> quota -> number."""
    return json.loads(files("mesh").joinpath("quotas.json").read_text("utf-8"))


def limit(service: str, name: str) -> int:
    """One quota; raises KeyError for one that the table does not have."""
    return int(quotas()[service][name])
