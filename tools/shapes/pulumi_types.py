"""Properties of Pulumi's types, from the classes of its SDK."""

from __future__ import annotations

import importlib
import re
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import pulumi_aws
from pulumi import _types  # pyright: ignore[reportPrivateUsage] (names on the wire stand nowhere else in the SDK)

Form = typing.Literal["scalar", "list", "map", "object"]
RENAMED: Final = {"lambda": "lambda_"}
"""Packages of the SDK whose name is a word of Python."""

_NOT_VALUES: Final = ("Awaitable", "Output", "NoneType")


class Property(NamedTuple):
    """One property: how it is shaped, and of an object, or a list of them, the properties inside."""

    form: Form
    listed: bool
    inside: Mapping[str, Any]
    """Name -> annotation, for `properties`."""


def properties_of(token: str) -> Mapping[str, Any]:
    """Names and annotations of the inputs of a type (`aws:iam/role:Role`)."""
    _, path, name = token.split(":")
    package, _, module_name = path.partition("/")
    package = RENAMED.get(package, package)
    file = f"{package}." + re.sub("([A-Z])", r"_\1", module_name).lower()
    # Packages of the SDK load when they are first looked into; one whose module is imported before stays empty.
    getattr(getattr(pulumi_aws, package), name)
    module = importlib.import_module(f"pulumi_aws.{file}")
    # Where an object inside another type has the usual name of the arguments, theirs is another one.
    arguments = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
    return _types.input_type_types(arguments)


def property_of(annotation: Any) -> Property:
    """The shape of a property from its annotation."""
    kind = _value(annotation)
    origin = typing.get_origin(kind)
    if origin is not None and issubclass(origin, Mapping):
        return Property("map", False, {})
    if origin is not None and issubclass(origin, Sequence):
        item = property_of(typing.get_args(kind)[0])
        return item._replace(listed=True)
    if isinstance(kind, type) and _types.is_input_type(kind):
        return Property("object", False, _types.input_type_types(kind))
    return Property("scalar", False, {})


def _value(annotation: Any) -> Any:
    """What is left of a union once promises of a value are taken out: the value itself."""
    if typing.get_origin(annotation) is not typing.Union:
        return annotation
    values = [each for each in typing.get_args(annotation) if not _promise(each)]
    return _value(values[0]) if values else str


def _promise(annotation: Any) -> bool:
    return any(name in str(annotation).partition("[")[0] for name in _NOT_VALUES)
