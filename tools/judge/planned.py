"""Resources of `mesh plan --json`, as the judges are shown them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

UNKNOWN: Final = "<unknown>"
"""What stands in the plan where AWS says the value."""

AN_ACCOUNT: Final = "111122223333"
"""An account as AWS's examples have it, where a template fills one in."""
AN_ARN: Final = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
"""What takes the place of an ARN that AWS says, inside a text."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A resource of AWS in the plan of a stack."""

    stack: str
    urn: str
    type: str
    name: str
    parent: str
    account: str
    inputs: Mapping[str, Any]
    dependencies: tuple[str, ...]
    protect: bool


def resources(plan: Mapping[str, Any]) -> list[Planned]:
    """Every resource of AWS, stack after stack."""
    return [
        Planned(
            stack=stack["stack"],
            urn=each["urn"],
            type=each["type"],
            name=each["name"],
            parent=each["parent"],
            account=each["account"],
            inputs=each["inputs"],
            dependencies=tuple(each["dependencies"]),
            protect=each["protect"],
        )
        for stack in plan["stacks"]
        for each in stack["resources"]
        if each["type"].startswith("aws:")
    ]
