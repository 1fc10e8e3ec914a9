"""Resources as the rules see them, for tests of the rules."""

from __future__ import annotations

from typing import Any

from mesh_guardrails.rule import RegisteredResource


def resource(
    type_: str, name: str = "x", *, provider: str = "account", source: str = "", by: str = "bucket", **props: Any
) -> RegisteredResource:
    """A resource; its property `by` was made from the resource `source`, where one is named."""
    return RegisteredResource(type_, name, f"urn:{name}", props, provider, {by: {f"urn:{source}"}} if source else {})
