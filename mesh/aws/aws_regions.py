"""Regions of AWS: those that a mesh can be in, why it cannot be in the others, and their zones (`regions.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

from mesh.aws.packaged import packaged

_DEFAULT_ZONES: Final = 2
_COLUMNS: Final = frozenset({"place", "zones", "zones-of-some", "opt-in", "lacks"})


@dataclass(frozen=True, slots=True)
class AwsRegion:
    """A region; letters of the zones that every account has, and of those that some have.

    `opt_in` is off in a new account until somebody enables it; `lacks` are services of `RegionTable.needs`.
    """

    name: str
    place: str
    zones: tuple[str, ...]
    zones_of_some: tuple[str, ...]
    opt_in: bool
    lacks: tuple[str, ...]

    @property
    def default_zones(self) -> tuple[str, ...]:
        """Zones of a mesh that names none; empty where no two are in every account."""
        return self.zones[:_DEFAULT_ZONES] if len(self.zones) >= _DEFAULT_ZONES else ()

    @property
    def known_zones(self) -> tuple[str, ...]:
        """Letters of all zones that a source has."""
        return tuple(sorted({*self.zones, *self.zones_of_some}))

    @property
    def is_taken(self) -> bool:
        """Whether a mesh can be there: it is on in every account, and has every service."""
        return not self.opt_in and not self.lacks


@dataclass(frozen=True, slots=True)
class RegionTable:
    """Regions by name, services that the mesh needs in one, and patterns of the names of other partitions' regions."""

    partition: str
    needs: tuple[str, ...]
    in_one_place: tuple[str, ...]
    others: Mapping[str, str]
    regions: Mapping[str, AwsRegion]

    @property
    def taken(self) -> tuple[str, ...]:
        """Names of the regions that a mesh can be in."""
        return tuple(name for name, region in self.regions.items() if region.is_taken)

    def other_partition(self, name: str) -> str | None:
        """The partition of a region of another one; None for whatever is no name of such a region."""
        return next((partition for partition, pattern in self.others.items() if re.match(pattern, name)), None)


@cache
def region_table() -> RegionTable:
    """All rows of the file."""
    table = cast("dict[str, Any]", packaged("regions.yaml"))
    needs = tuple(table["needs"])
    regions = {name: _region(name, row, needs) for name, row in table["regions"].items()}
    return RegionTable(table["partition"], needs, tuple(table["in-one-place"]), table["others"], regions)


def _region(name: str, row: Mapping[str, Any], needs: tuple[str, ...]) -> AwsRegion:
    if unknown := row.keys() - _COLUMNS:
        raise ValueError(f"regions.yaml, {name}: no column {', '.join(sorted(unknown))}")
    lacks = row.get("lacks", ())
    return AwsRegion(
        name,
        row["place"],
        tuple(row.get("zones", ())),
        tuple(row.get("zones-of-some", ())),
        row.get("opt-in", False),
        needs if lacks == "all" else tuple(lacks),
    )


def zone_letters(region: str, zones: tuple[str, ...] | None) -> tuple[str, ...]:
    """Letters of the zones of a mesh: those that it names, by letter or whole name, or the region's default."""
    if zones is not None:
        return tuple(zone.removeprefix(region) for zone in zones)
    known = region_table().regions.get(region)
    return known.default_zones if known else ()
