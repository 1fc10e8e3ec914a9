"""Versions of a contract: which step one makes from another (Semantic Versioning 2.0.0)."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple, Self

from mesh.contracts.breaks.break_rule import VersionStep

_SEMVER: Final = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")


class ContractVersion(NamedTuple):
    """A version as numbers; one that is released is later than each that is not (`2.0.0-rc.1`)."""

    major: int
    minor: int
    patch: int
    is_released: bool = True
    before_release: tuple[tuple[bool, int, str], ...] = ()

    @classmethod
    def read(cls, text: Any) -> Self | None:
        """The version in a text such as `2.4.1`, `2.4` or `v2.4.1`; None for anything else."""
        match = _SEMVER.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            return None
        parts = match[4].split(".") if match[4] else []
        # Identifiers of digits only are compared as numbers, and come before others (item 11).
        order = tuple((not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts)
        return cls(int(match[1]), int(match[2]), int(match[3] or 0), not parts, order)


def step_between(before: ContractVersion, after: ContractVersion) -> VersionStep | None:
    """The step from one version to a later one; None where it is not later."""
    if after <= before:
        return None
    if after.major != before.major:
        return "major"
    return "minor" if after.minor != before.minor else "patch"
