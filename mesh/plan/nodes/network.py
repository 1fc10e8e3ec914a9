"""The private network of the mesh: one, in the governance account, shared with the domains."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mesh.iam import network
from mesh.iam.perimeter import Perimeter
from mesh.iam.statement import Document
from mesh.model.mesh_file import MOST_ZONES

CIDR: Final = "10.64.0.0/16"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkArgs:
    """The private network: subnets without a way out, and endpoints of the services that jobs call.

    `zones` are letters of availability zones of the region, each with a subnet, in this order.
    """

    perimeter: Perimeter
    zones: tuple[str, ...]
    cidr: str = CIDR

    @property
    def subnets(self) -> Mapping[str, str]:
        """Address ranges by availability zone, each an eighth of the network."""
        ranges = ipaddress.ip_network(self.cidr).subnets(prefixlen_diff=(MOST_ZONES - 1).bit_length())
        return {f"{self.perimeter.region}{zone}": str(part) for zone, part in zip(self.zones, ranges, strict=False)}

    @property
    def endpoints(self) -> Mapping[str, Document]:
        """Policy of each service's endpoint."""
        return {service: network.endpoint_policy(self.perimeter, service) for service in network.SERVICES}

    def service_name(self, service: str) -> str:
        """AWS's name of a service's endpoint: `com.amazonaws.eu-west-1.s3`."""
        return f"com.amazonaws.{self.perimeter.region}.{service}"
