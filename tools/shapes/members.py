"""`members.yaml`: by Pulumi type the calls that its properties go to, and what no rule tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

FILE: Final = Path(__file__).with_name("members.yaml")
_KNOWN: Final = {"calls", "lift", "members", "aside", "limits", "filled-in"}


class MembersError(ValueError):
    """Something in `members.yaml` that is not known, or that botocore or Pulumi do not have."""


@dataclass(frozen=True, slots=True)
class TypeMembers:
    """One type: calls as `service:Operation`, and what the rule (one name in two spellings) does not tell."""

    type: str
    calls: tuple[str, ...]
    lift: tuple[str, ...] = ()
    """Members whose own members Pulumi has one level higher."""
    members: Mapping[str, str] = field(default_factory=dict[str, str])
    """Property path -> member path."""
    aside: Mapping[str, str] = field(default_factory=dict[str, str])
    """Property path -> reason for which it is no member of any call."""
    limits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """Property path -> limits that botocore lacks, each with its `source`."""
    filled_in: tuple[str, ...] = ()
    """Properties that AWS requires, and that the plugin has a default for."""


@dataclass(frozen=True, slots=True)
class Members:
    """The whole file."""

    pulumi_only: Mapping[str, str]
    types: Mapping[str, TypeMembers]


def read(text: str) -> Members:
    """The file from its text. Raises MembersError."""
    body: dict[str, Any] = yaml.safe_load(text)
    return Members(body["pulumi-only"], {name: _type(name, fields) for name, fields in body["types"].items()})


def _type(name: str, fields: dict[str, Any]) -> TypeMembers:
    strange = sorted(fields.keys() - _KNOWN)
    if strange:
        raise MembersError(f"{name}: {', '.join(strange)} is unknown; there are {', '.join(sorted(_KNOWN))}")
    unsourced = sorted(path for path, limits in fields.get("limits", {}).items() if not limits.get("source"))
    if unsourced:
        raise MembersError(f"{name}: the limits of {', '.join(unsourced)} have no source")
    return TypeMembers(
        type=name,
        calls=tuple(fields["calls"]),
        lift=tuple(fields.get("lift", ())),
        members=fields.get("members", {}),
        aside=fields.get("aside", {}),
        limits=fields.get("limits", {}),
        filled_in=tuple(fields.get("filled-in", ())),
    )
