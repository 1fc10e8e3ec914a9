"""Keys that say from where and when a request comes, of a request that does not say so itself.

AWS sends `aws:SourceIp` with every request over the internet, and `aws:SourceVpce` and `aws:SourceVpc` in its place
with one through an endpoint; a request that a service makes for a caller comes from the service (IAM User Guide, "AWS
global condition context keys").
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mesh.evaluator.moments import TIME_KEYS, at_one_moment

ORIGINS: Final = (
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:vpcsourceip",
)
"""Keys of which each says where a request comes from."""


def address_in(network: str) -> str:
    """An address of a range: the first one that a machine can have."""
    parsed = ipaddress.ip_network(network)
    return str(parsed[1] if parsed.num_addresses > 1 else parsed[0])


def transport_keys(home_address: str) -> Mapping[str, tuple[str, ...]]:
    """Keys of a request that says nothing else: over TLS, from the caller itself, from an address where people work."""
    keys = {"aws:securetransport": ("true",), "aws:viaawsservice": ("false",)}
    if home_address:
        keys["aws:sourceip"] = (home_address,)
    return MappingProxyType(keys)


def work_in(keys: dict[str, tuple[str, ...]], network: str) -> None:
    """Puts the VPC in which a role works in the place of the address that is assumed of others."""
    keys.pop("aws:sourceip", None)
    keys["aws:sourcevpc"] = (network,)


def say(keys: dict[str, tuple[str, ...]], said: Mapping[str, tuple[str, ...]]) -> None:
    """Puts what a request says itself in the place of what is assumed of one that does not.

    It has no assumed origin where it says another way in which it comes, and one time however that is said.
    """
    if any(key in said for key in ORIGINS) or said.get("aws:viaawsservice") == ("true",):
        for assumed in ORIGINS:
            keys.pop(assumed, None)
    keys.update(said)
    if not TIME_KEYS.isdisjoint(said):
        at_one_moment(keys, said)
