"""Values on Pulumi's wire: protobuf `Struct` to plain Python and back, unknowns and secrets.

The signatures are those of the Pulumi SDK (`pulumi.runtime.rpc`); the conversion is written out because
`google.protobuf.json_format` takes three times as long, and every property of every resource passes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeGuard

from google.protobuf import struct_pb2

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The value, of whatever type, that the SDK sends for one that is not known yet."""

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of a secret, not one
OUTPUT_VALUE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"


def to_python(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The message as a dict of str, bool, int, float, None, list and dict; whole numbers become int."""
    return {key: value_of(item) for key, item in struct.fields.items()}


def value_of(value: struct_pb2.Value) -> Any:
    """The Python value of a protobuf value; None for a null and for one that is not set."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return to_python(value.struct_value)
    if kind == "list_value":
        return [value_of(item) for item in value.list_value.values]
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return None


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """The dict as a message; raises ValueError for a value that JSON has no form for."""
    struct = struct_pb2.Struct()
    struct.update(dict(values))
    return struct


def is_map(value: object) -> TypeGuard[dict[str, Any]]:
    """True for an object of the wire, the wrappers included."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """True for a list of the wire."""
    return isinstance(value, list)


def is_secret(value: object) -> bool:
    """True when the value is wrapped as a secret."""
    return is_map(value) and value.get(SIGNATURE) == SECRET


def reveal(value: Any) -> Any:
    """The value with the wrappers of secrets and output values removed at every depth; unknowns stay."""
    if is_map(value):
        if value.get(SIGNATURE) == SECRET:
            return reveal(value.get("value"))
        if value.get(SIGNATURE) == OUTPUT_VALUE:
            return reveal(value.get("value", UNKNOWN))
        return {key: reveal(item) for key, item in value.items()}
    if is_list(value):
        return [reveal(item) for item in value]
    return value


def has_unknown(value: Any) -> bool:
    """True when the value is unknown, or holds an unknown at any depth."""
    if isinstance(value, str):
        return value == UNKNOWN
    if is_map(value):
        return any(has_unknown(item) for item in value.values())
    if is_list(value):
        return any(has_unknown(item) for item in value)
    return False


def mentions(struct: struct_pb2.Struct, marker: str) -> bool:
    """True when the marker (`UNKNOWN`, `SIGNATURE`, ...) occurs anywhere in the message, without converting it."""
    return marker.encode() in struct.SerializeToString()


def wrap(value: Any) -> dict[str, Any]:
    """The value as a secret."""
    return {SIGNATURE: SECRET, "value": value}


def conceal(values: struct_pb2.Struct, names: Iterable[str]) -> struct_pb2.Struct:
    """The message with these properties wrapped as secrets, where they exist and are not wrapped yet."""
    open_names = [name for name in names if name in values.fields and not _is_secret_value(values.fields[name])]
    if not open_names:
        return values
    result = struct_pb2.Struct()
    result.CopyFrom(values)
    for name in open_names:
        wrapper = result.fields[name].struct_value
        wrapper.fields[SIGNATURE].string_value = SECRET
        wrapper.fields["value"].CopyFrom(values.fields[name])
    return result


def secret_names(values: struct_pb2.Struct) -> list[str]:
    """The top-level properties that are secrets."""
    if not mentions(values, SECRET):
        return []
    return [name for name, value in values.fields.items() if _is_secret_value(value)]


def _is_secret_value(value: struct_pb2.Value) -> bool:
    if value.WhichOneof("kind") != "struct_value":
        return False
    fields = value.struct_value.fields
    return SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET


def annotate(values: dict[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """The values with a property wrapped as a secret wherever the one of the same name in `like` holds a secret."""
    for name, model in like.items():
        value = values.get(name)
        if is_map(value) and not is_secret(value) and is_map(model) and not is_secret(model):
            annotate(value, model)
        elif name in values and not is_secret(value) and _holds_secret(model):
            values[name] = wrap(value)
    return values


def _holds_secret(value: Any) -> bool:
    if is_map(value):
        return is_secret(value) or any(_holds_secret(item) for item in value.values())
    return is_list(value) and any(_holds_secret(item) for item in value)


def settle(value: Any) -> Any:
    """The value with output values turned into the forms that an engine keeps: unknowns, secrets, plain values."""
    if is_map(value):
        if value.get(SIGNATURE) == OUTPUT_VALUE:
            inner = settle(value["value"]) if "value" in value else UNKNOWN
            return wrap(inner) if value.get("secret") else inner
        return {key: settle(item) for key, item in value.items()}
    if is_list(value):
        return [settle(item) for item in value]
    return value


def without_references(value: Any) -> Any:
    """The value with references to resources turned into ids (components: URNs), for a provider that takes none."""
    if is_map(value):
        if value.get(SIGNATURE) == RESOURCE:
            return value.get("id", value.get("urn")) or UNKNOWN
        return {key: without_references(item) for key, item in value.items()}
    if is_list(value):
        return [without_references(item) for item in value]
    return value
