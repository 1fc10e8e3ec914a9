"""Rules of the region that the mesh is in, and of the zones of its network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.aws.aws_regions import AwsRegion, region_table, zone_letters
from mesh.findings import Problem, listed, nearest
from mesh.model.mesh_file import FEWEST_ZONES, MOST_ZONES
from mesh.plan.rules.context import CrossFileRule, RuleContext


def the_region_is_one_that_the_mesh_takes(context: RuleContext) -> Iterator[Problem]:
    """Regions are AWS's, of its ordinary partition, on in every account, and have every service that the mesh needs."""
    name = context.mesh.file.region
    if context.mesh.is_uncertain("mesh.yaml", "region"):
        return
    table = region_table()
    known, partition = table.regions.get(name), table.other_partition(name)
    # Those of the same part of the world first.
    ordered = sorted(table.taken, key=lambda other: (other[:2] != name[:2], other))
    near, allowed = nearest(name, table.taken), f"allowed: {', '.join(ordered)}"
    if partition is not None:
        message = (
            f"'{name}' is of AWS's partition '{partition}', and every ARN that the mesh writes is of "
            f"'{table.partition}'; {allowed}"
        )
    elif known is None:
        message = f"unknown region '{name}'{near}" + (f" Allowed: {allowed[9:]}" if near else f"; {allowed}")
    elif known.lacks:
        message = f"{name} ({known.place}) has no {_services(known)}, which the mesh needs in its region; {allowed}"
    elif known.opt_in:
        message = (
            f"{name} ({known.place}) is off in a new account until somebody enables it there, and accounts get their "
            f"first roles in the mesh's region the moment they are made; {allowed}"
        )
    else:
        return
    yield Problem("mesh.yaml", ("region",), message)


def _services(region: AwsRegion) -> str:
    shown = sorted(region.lacks)
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")


def zones_are_of_the_region(context: RuleContext) -> Iterator[Problem]:
    """Zones of the network are two or more of the region's own; each stands once."""
    file, mesh = context.mesh.file, context.mesh
    known = region_table().regions.get(file.region)
    if known is None or any(mesh.touches("mesh.yaml", key) for key in ("region", "zones")):
        return
    letters, ask = zone_letters(file.region, file.zones), _ask(file.region)
    if file.zones is None:
        if known.is_taken and not known.default_zones:
            message = (
                f"no two zones of {file.region} are in every account; say 'zones:' with two or more of "
                f"{listed(known.known_zones)}, as {ask}"
            )
            yield Problem("mesh.yaml", ("region",), message)
        return
    for number, letter in enumerate(letters):
        path = ("zones", number)
        if len(letter) > 1:
            message = f"'{letter}' is no zone of the mesh's region, {file.region}; write its letter alone, such as 'a'"
            yield Problem("mesh.yaml", path, message)
        elif letter in letters[:number]:
            yield Problem("mesh.yaml", path, f"zone '{letter}' stands twice; name it once")
        elif letter not in known.known_zones:
            message = (
                f"no source has a zone '{letter}' in {file.region}, only {listed(known.known_zones)}; see that {ask}"
            )
            yield Problem("mesh.yaml", path, message, "warning")
    if len(letters) < FEWEST_ZONES:
        message = (
            f"the network stands in {FEWEST_ZONES} zones or more, and goes on when one fails; name another of "
            f"{listed(known.known_zones)}"
        )
        yield Problem("mesh.yaml", ("zones",), message)
    if len(letters) > MOST_ZONES:
        message = f"the network has addresses for {MOST_ZONES} zones, not for {len(letters)}; name fewer"
        yield Problem("mesh.yaml", ("zones",), message)


def _ask(region: str) -> str:
    command = f"aws ec2 describe-availability-zones --region {region}"
    return f"`{command}` shows them in the governance account"


RULES: Final[tuple[CrossFileRule, ...]] = (the_region_is_one_that_the_mesh_takes, zones_are_of_the_region)
