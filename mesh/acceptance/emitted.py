"""Resources that the program emits, as `mesh plan --json` has them, and what AWS would refuse of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

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
    inherited: tuple[str, ...] = ()
    """What its components wait for: Pulumi registers a child when its parent is registered, and so after these."""

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
        above = {each["urn"]: each for each in stack["resources"]}
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
                    inherited=tuple(_inherited(each, above)),
                )


def _inherited(resource: Mapping[str, Any], above: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    parent = above.get(resource["parent"] or "")
    if parent is not None:
        yield from parent["dependencies"]
        yield from _inherited(parent, above)


def values_at(inputs: Any, path: str) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """Each value that AWS does not have to say at a path, with the object that holds it; lists have no names in it."""
    name, _, rest = path.partition(".")
    if isinstance(inputs, list):
        for item in cast("list[Any]", inputs):
            yield from values_at(item, path)
    elif isinstance(inputs, Mapping):
        holder = cast("Mapping[str, Any]", inputs)
        if rest:
            yield from values_at(holder.get(name), rest)
        else:
            value = holder.get(name)
            for each in cast("list[Any]", value) if isinstance(value, list) else (value,):
                if each is not None and not (isinstance(each, str) and UNKNOWN in each):
                    yield holder, each


def texts_at(inputs: Any, path: str) -> list[str]:
    """The texts at a path that AWS does not have to say."""
    return [value for _, value in values_at(inputs, path) if isinstance(value, str)]


def objects_at(inputs: Any, path: str) -> list[Mapping[str, Any]]:
    """The objects of a list, or the one, at a path; the inputs themselves at an empty one."""
    if not path:
        return [cast("Mapping[str, Any]", inputs)] if isinstance(inputs, Mapping) else []
    return [value for _, value in values_at(inputs, path) if isinstance(value, Mapping)]
