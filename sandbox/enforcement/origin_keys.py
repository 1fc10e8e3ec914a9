"""Keys with which AWS says where a call comes from.

IAM User Guide, "AWS global condition context keys".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mesh.evaluator import UnknownError, facts
from mesh.evaluator.world import Endpoint
from sandbox.emulator.request_origin import Origin
from sandbox.enforcement.live_world import policy_of

OUTSIDE: Final = "203.0.113.9"
"""An address of nobody's (RFC 5737)."""

_FOREIGN: Final = {"aws:VpceAccount": "888888888888", "aws:VpceOrgID": "o-f0re1gn0000"}
_STRANGER: Final = {"aws:VpceAccount": "666666666666"}
"""What is known of the owner of an endpoint; an account without an organisation has no id of one."""


def from_elsewhere(origin: Origin, service: str, office: str) -> Mapping[str, Any]:
    """Keys of a request from anywhere but the mesh's network; `office` is an address where people work."""
    match origin:
        case "outside":
            return {"aws:SourceIp": OUTSIDE}
        case "office":
            return {"aws:SourceIp": office or OUTSIDE}
        case "foreign" | "stranger":
            owner = _FOREIGN if origin == "foreign" else _STRANGER
            told = owner if service in facts.TELL_THE_ENDPOINT else {}
            return {"aws:SourceVpce": f"vpce-{origin}", "aws:SourceVpc": f"vpc-{origin}", **told}
        case "network":
            raise UnknownError("a request from the network comes through one of its endpoints")


class StoredEndpoints:
    """Endpoints of the mesh's network as they are stored in the governance account."""

    def __init__(self, account: str, region: str) -> None:
        self._account, self._region = account, region

    def of(self, service: str) -> Endpoint:
        """The endpoint of a service. Raises UnknownError when the network has none: nothing gets out another way."""
        for stored in self._stored():
            if stored.service_name.rpartition(".")[2] == service:
                name = f"policy of the endpoint of {service}"
                return Endpoint(stored.id, self._account, policy_of(name, stored.policy_document), stored.vpc_id)
        raise UnknownError(f"the network has no endpoint of {service}, and no other way out")

    def _stored(self) -> list[Any]:
        from moto.ec2.models import ec2_backends

        backend: Any = ec2_backends[self._account][self._region]
        return list(backend.vpc_end_points.values())
