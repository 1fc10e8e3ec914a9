"""Values of JSON that others wrote: what is no object is an empty one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast


def mapping(value: object) -> Mapping[str, Any]:
    """An object of JSON; an empty one in the place of anything else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
