"""Declarative policy for EC2: it holds in every account, whatever policies and roles say there.

A declarative policy is enforced by the service, not where requests are authorised: no role of a member account gets
around it, a service-linked one included, and new APIs are covered (Organizations User Guide, "Declarative policies").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declarative policy for EC2: attribute -> setting -> value, each assigned for all accounts below."""

    attributes: Mapping[str, Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """JSON as Organizations takes it ("Declarative policy syntax and examples")."""
        return {"ec2_attributes": _assigned(self.attributes)}

    def text(self) -> str:
        """Minified JSON, the same text for the same value."""
        return json.dumps(self.as_json(), separators=(",", ":"))

    @property
    def size(self) -> int:
        """Characters of the minified text."""
        return len(self.text())


def _assigned(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _assigned(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {"@@assign": value}
        for name, value in values.items()
    }


def no_way_out() -> Declaration:
    """Declarative policy of the root: no network reaches the internet, no image or snapshot is public.

    Values: "Declarative policy syntax and examples". `required` asks new instances for IMDSv2; two hops are what AWS
    recommends with it.
    """
    return Declaration(
        {
            "vpc_block_public_access": {
                "internet_gateway_block": {"mode": "block_bidirectional", "exclusions_allowed": "disabled"}
            },
            "snapshot_block_public_access": {"state": "block_all_sharing"},
            "image_block_public_access": {"state": "block_new_sharing"},
            "serial_console_access": {"status": "disabled"},
            "instance_metadata_defaults": {"http_tokens": "required", "http_put_response_hop_limit": "2"},
        }
    )
