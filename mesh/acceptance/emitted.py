"""Resources that the program emits, as `mesh plan --json` has them, and what AWS would refuse of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

UNKNOWN: Final = "<unknown>"
"""Text in the place of what only AWS will say."""


class EmittedResource(NamedTuple):
    """A resource of AWS; `inputs` are as on the wire, unknown values as `UNKNOWN`."""

    stack: str
    urn: str
    type: str
    name: str
    account: str
    inputs: Mapping[str, Any]
    dependencies: tuple[str, ...] = ()

    def refused(self, path: str, why: str) -> InputRefusal:
        """A refusal of one of its properties."""
        return InputRefusal(self.stack, self.type, self.name, path, why)


class InputRefusal(NamedTuple):
    """A property whose value AWS would refuse, and why; the path has no numbers of list items."""

    stack: str
    type: str
    name: str
    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.stack}: {self.type.rpartition(':')[2]} {self.name}: {self.path}: {self.why}"


def emitted(plan: Mapping[str, Any]) -> Iterator[EmittedResource]:
    """The resources of AWS of a plan, stack after stack in their order."""
    for stack in plan["stacks"]:
        for each in stack["resources"]:
            if each["type"].startswith("aws:"):
                yield EmittedResource(
                    stack=stack["stack"],
                    urn=each["urn"],
                    type=each["type"],
                    name=each["name"],
                    account=each["account"] or "",
                    inputs=each["inputs"],
                    dependencies=tuple(each["dependencies"]),
                )
