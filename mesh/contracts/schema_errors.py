"""Errors of the validator of a JSON schema: of several ways in which a value may be written, the nearest one."""

from __future__ import annotations

from collections.abc import Iterator

import jsonschema_rs

from mesh.findings import KeyPath

Kind = jsonschema_rs.ValidationErrorKind
Ways = list[list[jsonschema_rs.ValidationError]]


def place_of(error: jsonschema_rs.ValidationError) -> KeyPath:
    """The path of keys at which an error stands."""
    return tuple(error.instance_path)


def leaves(error: jsonschema_rs.ValidationError) -> Iterator[jsonschema_rs.ValidationError]:
    """The errors of the nearest way, where there is one; else the error itself."""
    if isinstance(error.kind, Kind.OneOfNotValid | Kind.AnyOf) and (way := _nearest_way(error, error.kind.context)):
        for inner in way:
            yield from leaves(inner)
    else:
        yield error


def _nearest_way(error: jsonschema_rs.ValidationError, ways: Ways) -> list[jsonschema_rs.ValidationError]:
    """The errors of the one way whose kind, and then whose keys, the value has; none when that is not one."""
    place = place_of(error)
    fitting = [way for way in ways if not any(_is_another_kind(inner, place) for inner in way)]
    if len(fitting) > 1:
        fitting = [way for way in fitting if not any(is_missing(inner, place) for inner in way)]
    return fitting[0] if len(fitting) == 1 else []


def _is_another_kind(error: jsonschema_rs.ValidationError, place: KeyPath) -> bool:
    if place_of(error) != place:
        return False
    if isinstance(error.kind, Kind.OneOfNotValid | Kind.AnyOf):
        return all(any(_is_another_kind(inner, place) for inner in way) for way in error.kind.context)
    return isinstance(error.kind, Kind.Type)


def is_missing(error: jsonschema_rs.ValidationError, place: KeyPath) -> bool:
    """Whether an error says that a key is missing at a place."""
    return isinstance(error.kind, Kind.Required) and place_of(error) == place


def kinds_of(error: jsonschema_rs.ValidationError) -> list[str]:
    """The kinds of value that an error, or each of its ways, asks for."""
    if isinstance(error.kind, Kind.Type):
        return list(error.kind.types)
    ways: Ways = getattr(error.kind, "context", [])
    return [kind for way in ways for inner in way if place_of(inner) == place_of(error) for kind in kinds_of(inner)]
