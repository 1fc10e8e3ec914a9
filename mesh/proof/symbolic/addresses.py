"""Addresses for a counterexample: one that lies in some lists of ranges, and in none of the others."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final

from mesh.evaluator.errors import UnknownError

OF_NOBODY: Final = ("203.0.113.9", "192.0.2.9", "2001:db8:ffff::9", "198.18.0.9")
"""Addresses of documentation and of tests (RFC 5737, RFC 3849, RFC 2544)."""


def address_for(wanted: Mapping[tuple[str, ...], bool]) -> str:
    """An address that is in each list of ranges exactly if it is wanted there. UnknownError when none is found."""
    lists = {ranges: tuple(ipaddress.ip_network(text) for text in ranges) for ranges in wanted}
    ends = [str(network[place]) for networks in lists.values() for network in networks for place in (0, -1)]
    for text in (*OF_NOBODY, *ends):
        address = ipaddress.ip_address(text)
        if all(any(address in network for network in lists[ranges]) == truth for ranges, truth in wanted.items()):
            return text
    raise UnknownError("lists of addresses overlap in a way that has no encoding")
