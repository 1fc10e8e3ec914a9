"""Limits of AWS's members, by the property of Pulumi that becomes each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StructureShape

from mesh.aws.property_shapes import form_of_aws
from tools.shapes.members import MembersError, TypeMembers
from tools.shapes.pulumi_types import Property, properties_of, property_of

_SESSION: Final = botocore.session.get_session()
_LIMITS: Final = ("min", "max", "pattern")


class MemberPlace(NamedTuple):
    """A structure of a call in which a property's member is looked for, and the structure's own path."""

    call: str
    path: str
    shape: StructureShape


class CallMember(NamedTuple):
    """A member of a call, with whether AWS requires it."""

    place: MemberPlace
    name: str
    shape: Shape

    @property
    def path(self) -> str:
        """Names from the top of the call, without those of lists."""
        return f"{self.place.path}.{self.name}" if self.place.path else self.name

    @property
    def required(self) -> bool:
        """Whether the structure lacks something without it."""
        return self.name in self.place.shape.required_members


def limits_of(members: TypeMembers, pulumi_only: Iterable[str] = ()) -> dict[str, dict[str, Any]]:
    """Property path -> limits, in the order of the paths. Raises MembersError for what stands in no model."""
    walk = _Walk(members)
    annotations = {name: each for name, each in properties_of(members.type).items() if name not in pulumi_only}
    found = dict(walk.properties(annotations, "", walk.tops, frozenset()))
    for path, more in members.limits.items():
        found[path] = _formed({**found.get(path, {"type": "string"}), **more})
    wrong = sorted(members.members.keys() - walk.used)
    if wrong:
        raise MembersError(f"{members.type}: Pulumi has no property {', '.join(wrong)}")
    for path in members.filled_in:
        found[path].pop("required")
    return dict(sorted(found.items()))


class _Walk:
    """The walk over the properties of one type."""

    def __init__(self, members: TypeMembers) -> None:
        self._members = members
        self.used: set[str] = set()
        self._inputs = [MemberPlace(call, "", _input(call)) for call in members.calls]
        self.tops = [*self._inputs]
        for path in members.lift:
            member = self._explicit(path)
            self.tops.append(_inside(member))

    def properties(
        self, annotations: Mapping[str, Any], prefix: str, places: list[MemberPlace], above: frozenset[str]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Paths below a prefix with their limits; `above` are the structures that these ones stand in."""
        for name, annotation in annotations.items():
            path = f"{prefix}{name}"
            property_ = property_of(annotation)
            member = self._member(path, name, places)
            below: list[MemberPlace] = []
            if member is not None:
                if _item(member.shape).name in above:  # a structure that holds itself
                    continue
                below = [_inside(member)] if isinstance(_item(member.shape), StructureShape) else []
                yield path, _record(member, property_)
            if property_.form == "object":
                names = above | {place.shape.name for place in below}
                yield from self.properties(property_.inside, f"{path}.", below, names)

    def _member(self, path: str, name: str, places: list[MemberPlace]) -> CallMember | None:
        if path in self._members.members:
            self.used.add(path)
            return self._explicit(self._members.members[path])
        return None if path in self._members.aside else next(_named(name, places), None)

    def _explicit(self, path: str) -> CallMember:
        call, colon, rest = path.rpartition(" ")
        for place in self._inputs:
            if colon and place.call != call:
                continue
            found = _at(place, rest)
            if found:
                return found
        raise MembersError(f"{self._members.type}: no call has a member {path}")


def _input(call: str) -> StructureShape:
    service, _, operation = call.partition(":")
    shape = _SESSION.get_service_model(service).operation_model(operation).input_shape
    if shape is None:
        raise MembersError(f"{call} takes nothing")
    return shape


def _at(place: MemberPlace, path: str) -> CallMember | None:
    member: CallMember | None = None
    for name in path.split("."):
        if member is not None:
            place = _inside(member)
        if name not in place.shape.members:
            return None
        member = CallMember(place, name, place.shape.members[name])
    return member


def _inside(member: CallMember) -> MemberPlace:
    shape = _item(member.shape)
    if not isinstance(shape, StructureShape):
        raise MembersError(f"{member.place.call} {member.path} holds no members")
    return MemberPlace(member.place.call, member.path, shape)


def _item(shape: Shape) -> Shape:
    return _item(shape.member) if isinstance(shape, ListShape) else shape


def _named(name: str, places: list[MemberPlace]) -> Iterator[CallMember]:
    """Members of a property's name, in whatever spelling; a list may have its name in the plural, or not."""
    wanted = name.lower()
    for spelling in (wanted, wanted.removesuffix("s"), f"{wanted}s"):
        for place in places:
            for each, shape in place.shape.members.items():
                if each.lower() == spelling:
                    yield CallMember(place, each, shape)


def _record(member: CallMember, property_: Property) -> dict[str, Any]:
    """The limits of one member as `shapes.json` has them, with the property's form where it is not the member's."""
    form = "list" if property_.listed else property_.form
    return _formed({**_limits_of(member, property_), "form": form})


def _formed(record: dict[str, Any]) -> dict[str, Any]:
    """A record, without a form that is AWS's own."""
    if record.get("form") == form_of_aws(record["type"], listed="list" in record):
        del record["form"]
    return record


def _limits_of(member: CallMember, property_: Property) -> dict[str, Any]:
    shape = member.shape
    record: dict[str, Any] = {"member": f"{member.place.call} {member.path}"}
    if property_.form == "map":
        return {**record, **_map(shape), **_required(member)}
    if isinstance(shape, ListShape):
        record["list"] = {name: value for name, value in shape.metadata.items() if name in ("min", "max")}
    return {**record, **_scalar(_item(shape)), **_required(member)}


def _required(member: CallMember) -> dict[str, Any]:
    return {"required": True} if member.required else {}


def _map(shape: Shape) -> dict[str, Any]:
    size = {name: value for name, value in shape.metadata.items() if name in ("min", "max")}
    if isinstance(shape, MapShape):
        return {"type": "map", **size, "keys": _scalar(shape.key), "values": _scalar(_item(shape.value))}
    item = _item(shape)
    members = dict(item.members) if isinstance(item, StructureShape) else {}
    by_name = {name.lower().removeprefix("tag"): _scalar(member) for name, member in members.items()}
    if by_name.keys() != {"key", "value"}:
        return {"type": "map", **size}
    return {"type": "map", **size, "keys": by_name["key"], "values": by_name["value"]}


def _scalar(shape: Shape) -> dict[str, Any]:
    limits: dict[str, Any] = {"type": shape.type_name}
    limits |= {name: shape.metadata[name] for name in _LIMITS if name in shape.metadata}
    if shape.metadata.get("enum"):
        limits["enum"] = list(shape.metadata["enum"])
    return limits
