"""Values on Pulumi's wire: protobuf `Struct` to plain Python and back, unknowns and secrets.

The signatures are those of the Pulumi SDK (`pulumi.runtime.rpc`); the conversion is written out because
`google.protobuf.json_format` takes three times as long, and every property of every resource passes here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the SDK sends for a value that is not known yet (any type)."""

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT_VALUE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def to_python(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The message as a dict of str, bool, int, float, None, list and dict; whole numbers become int."""
    return {key: _value(value) for key, value in struct.fields.items()}


def _value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "struct_value":
        return to_python(value.struct_value)
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
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


def is_secret(value: object) -> bool:
    """True when the value is wrapped as a secret."""
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def reveal(value: Any) -> Any:
    """The value with the wrappers of secrets and output values removed at every depth; unknowns stay."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return reveal(value.get("value"))
        if value.get(SIGNATURE) == OUTPUT_VALUE:
            return reveal(value.get("value", UNKNOWN))
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [reveal(item) for item in value]
    return value


def has_unknown(value: Any) -> bool:
    """True when the value is unknown, or holds an unknown at any depth."""
    if isinstance(value, str):
        return value == UNKNOWN
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return False
