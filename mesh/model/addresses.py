"""Ranges of public addresses, as people write them: what AWS sees as the address of a request."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from mesh.model.base import ONE

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
"""A range of addresses of either version of IP."""

SHORTEST_PREFIX: Final = {4: 16, 6: 32}
"""Bits that a range fixes at least, by version of IP: a wider one would admit addresses of half the world."""

MOST_RANGES: Final = 50
"""Ranges of a list: each stands in two policies, of which the resource control policy has 5,120 characters."""

NEVER_SEEN: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
        "::/8",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    )
)
"""Ranges from which no request reaches AWS over the internet (RFC 6890): private, shared, local and multicast ones."""


def _address_range(value: Any) -> Any:
    text = value if isinstance(value, str) else ""
    network = _network(text)
    if network is None or "/" not in text:
        instead = f": write {network}" if network else ONE
        raise _error(f"expected a range of addresses, such as 198.51.100.0/24, or 198.51.100.7/32 for one{instead}")
    if any(network.version == never.version and network.subnet_of(never) for never in NEVER_SEEN):  # pyright: ignore[reportArgumentType]  # of one version
        raise _error("no request reaches AWS from a private or local address; give the public one that it leaves with")
    if network.prefixlen < SHORTEST_PREFIX[network.version]:
        raise _error(
            f"expected a range of /{SHORTEST_PREFIX[network.version]} or narrower: name the addresses that people have"
        )
    if str(network) != text:
        raise _error(f"write {network}: a range begins at its first address and is in its short form")
    return value


def _network(text: str) -> Network | None:
    """The range that a text names, whatever stands behind its prefix."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _error(message: str) -> PydanticCustomError:
    return PydanticCustomError("address_range", "{message}", {"message": message})


AddressRange = Annotated[str, BeforeValidator(_address_range), WithJsonSchema({"type": "string"})]
"""A range of public addresses in CIDR notation, without bits behind its prefix."""

AddressRanges = Annotated[tuple[AddressRange, ...], Field(strict=False, max_length=MOST_RANGES)]
"""Ranges of public addresses; that none lies in another is a rule of the mesh."""
