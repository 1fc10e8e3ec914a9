"""Actions of AWS that the mesh allows, read from `actions/*.yaml`: what each can do with data, and what bounds it.

One file a service. Every action of the service stands in it once, as allowed or as refused; the allow lists (SCPs) are
made of the allowed names, and `mesh prove` compares the files with AWS's own reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, cast, get_args

import yaml

from mesh.aws.packaged import InvalidYamlError, packaged_texts, parsed

Power = Literal[
    "carries out",
    "shares",
    "opens",
    "runs code",
    "changes who reads",
    "reads data",
    "own account only",
    "nothing",
]
"""A thing that an action can do with data; the last two are harmless."""

POWERS: Final[tuple[str, ...]] = get_args(Power)
HARMLESS: Final[frozenset[Power]] = frozenset({"own account only", "nothing"})
"""Powers that need no bound, but a second reading."""

_Path = tuple[str | int, ...]


class MalformedActionsError(ValueError):
    """A file of actions that is not as it must be; the text says file, line and what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedAction:
    """An allowed action; `bound` names the statements (by Sid) or invariants that bound what it can do."""

    name: str
    can: tuple[Power, ...]
    bound: tuple[str, ...]
    reason: str

    @property
    def harmless(self) -> bool:
        """Whether it can do nothing with data of a product, so that no statement has to bound it."""
        return HARMLESS.issuperset(self.can)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedService:
    """A service that the mesh has a use for; `refused` has the reason of each action that is refused all the same.

    Names are without the prefix of the service: `GetQueryResults`.
    """

    prefix: str
    use: str
    allowed: Mapping[str, AllowedAction]
    refused: Mapping[str, str]


@cache
def listed_services() -> Mapping[str, ListedService]:
    """Every listed service by its prefix, in order. Raises MalformedActionsError."""
    services: dict[str, ListedService] = {}
    for name, text in packaged_texts("actions"):
        service = service_of(text, f"mesh/aws/actions/{name}")
        if name != f"{service.prefix}.yaml":
            raise MalformedActionsError(f"mesh/aws/actions/{name}:1: the file of {service.prefix} has its name")
        services[service.prefix] = service
    return services


def allowed_actions() -> Iterator[tuple[str, AllowedAction]]:
    """Every allowed action with its full name, as `athena:GetQueryResults`."""
    for service in listed_services().values():
        yield from ((f"{service.prefix}:{name}", action) for name, action in service.allowed.items())


@cache
def _names() -> frozenset[str]:
    return frozenset(name.lower() for name, _ in allowed_actions())


def is_allowed(action: str) -> bool:
    """Whether an action, in whatever case, is allowed to anybody."""
    return action.lower() in _names()


def of_action(action: str) -> AllowedAction:
    """An allowed action as the files have it, by its full name. Raises KeyError."""
    prefix, _, name = action.partition(":")
    return listed_services()[prefix].allowed[name]


@cache
def actions_that(*powers: Power) -> tuple[str, ...]:
    """The allowed actions that can do one of these things, by full name."""
    return tuple(name for name, action in allowed_actions() if not set(powers).isdisjoint(action.can))


@cache
def second_reading() -> Mapping[str, tuple[Power, ...]]:
    """The powers of each allowed action, by full name, as another reader saw them. Raises MalformedActionsError."""
    seen: dict[str, tuple[Power, ...]] = {}
    for file, text in packaged_texts("second_reading"):
        read = reading_of(text, f"mesh/aws/second_reading/{file}")
        seen |= {f"{file.removesuffix('.yaml')}:{name}": powers for name, powers in read.items()}
    return seen


def reading_of(text: str, where: str) -> Mapping[str, tuple[Power, ...]]:
    """The powers by action of one file of the second reading. Raises MalformedActionsError."""
    place = _Place(text, where)
    body = _mapping(_parsed(text, where), place, (), None)
    return {name: _powers(name, value, place, (name,)) for name, value in body.items()}


def disagreements(
    first: Mapping[str, tuple[Power, ...]], second: Mapping[str, tuple[Power, ...]]
) -> Iterator[tuple[str, str]]:
    """Each action of which two readings say other things, with what is wrong.

    What either calls harmless both do, in the same word; of the rest the first has every power that the second saw.
    """
    for name in sorted(first.keys() | second.keys()):
        one, other = first.get(name), second.get(name)
        if one is None or other is None:
            yield name, "nobody read it a second time" if other is None else "it is not allowed (any more)"
        elif HARMLESS.isdisjoint((*one, *other)):
            unseen = [power for power in other if power not in one]
            if unseen:
                yield name, f"the second reader saw more: {' and '.join(unseen)}"
        elif one != other:
            yield name, f"{' and '.join(one)}, or {' and '.join(other)}"


# ---- one file


@dataclass(frozen=True, slots=True)
class _Place:
    """A file, to say where in it something is wrong."""

    text: str
    name: str

    def error(self, path: _Path, what: str) -> MalformedActionsError:
        return MalformedActionsError(f"{self.name}:{self._line(path)}: {what}")

    def _line(self, path: _Path) -> int:
        """Line of the key or the item at the end of a path; of the last part of it that exists."""
        # Positions are looked up for mistakes only: ryaml, which has none, is twenty times faster.
        node, line = yaml.compose(self.text, yaml.SafeLoader), 1
        for part in path:
            if isinstance(node, yaml.MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == part), None)
                if pair is None:
                    break
                line, node = pair[0].start_mark.line + 1, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
                node = node.value[part]
                line = node.start_mark.line + 1
        return line


def service_of(text: str, where: str) -> ListedService:
    """The service of one file; `where` names the file in errors. Raises MalformedActionsError."""
    place = _Place(text, where)
    body = _mapping(_parsed(text, where), place, (), {"service", "use", "allowed", "refused"})
    prefix = _text(body, "service", place, ())
    allowed = {
        name: _action(name, fields, place)
        for name, fields in _mapping(body.get("allowed", {}), place, ("allowed",), None).items()
    }
    refused: dict[str, str] = {}
    for reason, names in _mapping(body.get("refused", {}), place, ("refused",), None).items():
        for number, name in enumerate(_texts(names, place, ("refused", reason))):
            if name in allowed or name in refused:
                other = "allowed" if name in allowed else f"refused as {refused[name]!r}"
                path = ("refused", reason, number)
                raise place.error(path, f"{prefix}:{name} stands twice: it is {other} as well; strike one of the two")
            refused[name] = reason
    return ListedService(prefix=prefix, use=_text(body, "use", place, ()), allowed=allowed, refused=refused)


def _action(name: str, fields: Any, place: _Place) -> AllowedAction:
    path = ("allowed", name)
    body = _mapping(fields, place, path, {"can", "bound", "reason"})
    can = _powers(name, body.get("can"), place, (*path, "can"))
    bound = _texts(body["bound"], place, (*path, "bound")) if "bound" in body else ()
    if not HARMLESS.issuperset(can) and not bound:
        raise place.error(path, f"{name} {' and '.join(can)}: `bound` names the statement or invariant that bounds it")
    return AllowedAction(name=name, can=can, bound=bound, reason=_text(body, "reason", place, path))


def _powers(name: str, value: Any, place: _Place, path: _Path) -> tuple[Power, ...]:
    can = _texts(value, place, path)
    for power in can:
        if power not in POWERS:
            raise place.error(path, f"{name} can {power!r}; there are {', '.join(POWERS)}")
    if not HARMLESS.isdisjoint(can) and len(can) > 1:
        raise place.error(path, f"{name} is harmless ({', '.join(can)}) or it is not: one power")
    return cast("tuple[Power, ...]", can)


def _parsed(text: str, where: str) -> Any:
    try:
        return parsed(text)
    except InvalidYamlError as error:
        raise MalformedActionsError(f"{where}:{_line_of(text)}: {error}") from error


def _line_of(text: str) -> int:
    """The line at which the text is no YAML, as far as a second reader sees it."""
    try:
        yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        return error.problem_mark.line + 1 if error.problem_mark else 1
    return 1


def _mapping(value: Any, place: _Place, path: _Path, known: set[str] | None) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise place.error(path, f"{'.'.join(map(str, path)) or 'the file'} is a map of names")
    body = cast("dict[str, Any]", value)
    strange = sorted(set(body) - known) if known is not None else []
    if strange:
        raise place.error((*path, strange[0]), f"{strange[0]!r} is unknown; there are {', '.join(sorted(known or ()))}")
    return body


def _text(body: Mapping[str, Any], name: str, place: _Place, path: _Path) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise place.error((*path, name), f"`{name}` is a text, and not empty")
    return value.strip()


def _texts(value: Any, place: _Place, path: _Path) -> tuple[str, ...]:
    """One text or a list of them."""
    items = cast("list[Any]", value) if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, str) and item for item in items):
        raise place.error(path, f"`{path[-1]}` is a text or a list of texts, and not empty")
    return tuple(cast("list[str]", items))
