"""Fields of resource types: a property of Pulumi and the member of the AWS API that carries it, declared once.

One tree of `Field` checks inputs (offline), compares them, and translates to and from the AWS API.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Final, Literal, cast

from sandbox.engine.wire import UNKNOWN, has_unknown

FieldKind = Literal["text", "flag", "number", "texts", "numbers", "map", "pairs", "document", "one", "many"]
Fields = Mapping[str, "Field"]
PropertyValues = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conversion:
    """A conversion of a property's value into the member of the AWS API that carries it, and back."""

    to_aws: Callable[[Any], Any]
    from_aws: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A property: its type, its name in the AWS API and the AWS provider's treatment of a change.

    `computed`: AWS chooses a value when none is given. `local`: the provider's own switch, never sent.
    `by_hand`: the functions of the type translate it. `recorded`: the reason why moto does not keep it; the records
    keep it instead. `unread`: moto keeps it but does not answer with all of it, so the records keep it as well.
    `as_read`: AWS may have another value than was written, so a new one is compared with what was read.
    `replaces`: a change replaces the resource, but for those changes (from, to) that `keeps` names.
    """

    kind: FieldKind
    aws: str = ""
    of: Fields | None = None
    required: bool = False
    replaces: bool = False
    keeps: tuple[tuple[Any, Any], ...] = ()
    computed: bool = False
    unordered: bool = False
    local: bool = False
    by_hand: bool = False
    recorded: str = ""
    unread: bool = False
    as_read: bool = False
    default: Any = None
    convert: Conversion | None = None

    @property
    def stays_here(self) -> bool:
        """True when the value is no part of a translated request."""
        return self.local or self.by_hand or bool(self.recorded)


def text(aws: str = "", **traits: Any) -> Field:
    """A string."""
    return Field("text", aws, **traits)


def flag(aws: str = "", **traits: Any) -> Field:
    """A boolean."""
    return Field("flag", aws, **traits)


def number(aws: str = "", **traits: Any) -> Field:
    """A number."""
    return Field("number", aws, **traits)


def texts(aws: str = "", **traits: Any) -> Field:
    """A list of strings, in no particular order unless `unordered=False`."""
    return Field("texts", aws, unordered=traits.pop("unordered", True), **traits)


def numbers(aws: str = "", **traits: Any) -> Field:
    """A list of numbers, in no particular order."""
    return Field("numbers", aws, unordered=True, **traits)


def mapping(aws: str = "", **traits: Any) -> Field:
    """Strings by string."""
    return Field("map", aws, **traits)


def pairs(aws: str = "", **traits: Any) -> Field:
    """Strings by string, which AWS has as a list of Key and Value."""
    return Field("pairs", aws, **traits)


def document(aws: str = "", **traits: Any) -> Field:
    """A JSON document as text; compared as a JSON value."""
    return Field("document", aws, **traits)


def one(of: Fields, aws: str = "", **traits: Any) -> Field:
    """A nested structure."""
    return Field("one", aws, of, **traits)


def archive(**traits: Any) -> Field:
    """An archive of Pulumi's, whose parts no type declares; the functions of the type read it."""
    return Field("one", by_hand=True, **traits)


def many(of: Fields, aws: str = "", **traits: Any) -> Field:
    """A list of nested structures."""
    return Field("many", aws, of, **traits)


def aws_name(name: str, field: Field) -> str:
    """The member's name in the AWS API; unless declared, the property's with a capital."""
    return field.aws or name[0].upper() + name[1:]


# --- to AWS and back ---------------------------------------------------------------------------------------


def to_aws(fields: Fields, values: Mapping[str, Any]) -> PropertyValues:
    """The values as a request of the AWS API, with defaults, and without those that are absent or stay here."""
    settled = {name: field.default if values.get(name) is None else values[name] for name, field in fields.items()}
    request = {
        aws_name(name, field): _to_aws(field, settled[name])
        for name, field in fields.items()
        if not field.stays_here and settled[name] is not None
    }
    return {name: value for name, value in request.items() if value is not None}


def _to_aws(field: Field, value: Any) -> Any:
    if field.convert:
        return field.convert.to_aws(value)
    if field.kind == "one" and field.of is not None:
        return to_aws(field.of, value)
    if field.kind == "many" and field.of is not None:
        return [to_aws(field.of, item) for item in value]
    if field.kind == "pairs":
        return [{"Key": key, "Value": item} for key, item in value.items()]
    return value


def from_aws(fields: Fields, answer: Mapping[str, Any]) -> PropertyValues:
    """The answer of AWS as values of properties; a member that AWS left out is left out."""
    return {
        name: _from_aws(field, answer[aws_name(name, field)])
        for name, field in fields.items()
        if not field.stays_here and answer.get(aws_name(name, field)) is not None
    }


def _from_aws(field: Field, value: Any) -> Any:
    if field.convert:
        return field.convert.from_aws(value)
    if field.kind == "one" and field.of is not None:
        return from_aws(field.of, value)
    if field.kind == "many" and field.of is not None:
        return [from_aws(field.of, item) for item in value]
    if field.kind == "pairs":
        return {pair["Key"]: pair["Value"] for pair in value}
    if field.kind == "document" and not isinstance(value, str):
        return json.dumps(value)
    if field.kind == "text" and not isinstance(value, str):
        return value.isoformat() if hasattr(value, "isoformat") else str(value)
    return value


# --- check -------------------------------------------------------------------------------------------------

_TYPES: Final[Mapping[FieldKind, tuple[type, ...]]] = {
    "text": (str,),
    "flag": (bool,),
    "number": (int, float),
    "texts": (list,),
    "numbers": (list,),
    "map": (dict,),
    "pairs": (dict,),
    "document": (str,),
    "one": (dict,),
    "many": (list,),
}
_TYPE_NAMES: Final[Mapping[FieldKind, str]] = {
    "text": "a string",
    "flag": "a boolean",
    "number": "a number",
    "texts": "a list of strings",
    "numbers": "a list of numbers",
    "map": "a map of strings",
    "pairs": "a map of strings",
    "document": "a JSON document as a string",
    "one": "an object",
    "many": "a list of objects",
}


def faults(fields: Fields, values: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Faults of values, each as (property, reason): unknown to the sandbox, missing, of a wrong type, not JSON."""
    for name, value in values.items():
        if name not in fields and value is not None:
            yield path + name, "the sandbox does not handle this property"
    for name, field in fields.items():
        value = values.get(name)
        if value is None:
            if field.required:
                yield path + name, "a required property is missing"
        elif value != UNKNOWN:
            yield from _faults_of(field, value, path + name)


def _faults_of(field: Field, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if not _fits(field.kind, value):
        yield path, f"expected {_TYPE_NAMES[field.kind]}, got {value!r:.60}"
    elif field.kind == "document":
        yield from _faults_of_document(value, path)
    elif field.kind == "one" and field.of is not None:
        yield from faults(field.of, value, path + ".")
    elif field.kind == "many":
        yield from _faults_of_items(field, value, path)
    elif field.kind in ("texts", "map", "pairs"):
        yield from _faults_of_texts(value, path)


def _fits(kind: FieldKind, value: object) -> bool:
    return isinstance(value, _TYPES[kind]) and not (isinstance(value, bool) and kind == "number")


def _faults_of_document(value: str, path: str) -> Iterator[tuple[str, str]]:
    if UNKNOWN in value:
        return
    try:
        json.loads(value)
    except ValueError as error:
        yield path, f"contains an invalid JSON document: {error}"


def _faults_of_items(field: Field, value: list[Any], path: str) -> Iterator[tuple[str, str]]:
    for index, item in enumerate(value):
        if _fits("one", item):
            yield from faults(field.of or {}, item, f"{path}[{index}].")
        elif item != UNKNOWN:
            yield f"{path}[{index}]", f"expected an object, got {item!r:.60}"


def _faults_of_texts(value: list[Any] | dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    items: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if not isinstance(item, str):
            yield f"{path}[{key}]", f"expected a string, got {item!r:.60}"


# --- differences -------------------------------------------------------------------------------------------


def changed(fields: Fields, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The names of the properties whose values differ in meaning, in the order of declaration."""
    return [name for name, field in fields.items() if not same(field, old.get(name), new.get(name))]


def same(field: Field, old: Any, new: Any) -> bool:
    """True when two values mean the same to AWS.

    An absent value means an empty one and the default; a value that AWS chose stays when it is no longer given; sets
    have no order, and JSON has no layout.
    """
    if field.computed and new is None:
        return True
    old, new = _settled(field, old), _settled(field, new)
    if old is None or new is None or has_unknown(old) or has_unknown(new):
        return bool(old == new) and not has_unknown(new)
    if field.kind == "document":
        return _parsed(old) == _parsed(new)
    if field.kind == "one" and field.of is not None:
        return not changed(field.of, old, new)
    if field.kind == "many":
        return _same_items(field, old, new)
    return sorted(old) == sorted(new) if field.unordered else bool(old == new)


def forces_replacement(field: Field, old: Any, new: Any) -> bool:
    """Whether a change from one value to another replaces the resource: by itself, or by a part that changes."""
    if same(field, old, new):
        return False
    old, new = _settled(field, old), _settled(field, new)
    if field.replaces:
        return (old, new) not in field.keeps
    if field.kind == "many":
        whole = replace(field, kind="one")
        return any(forces_replacement(whole, before, after) for before, after in zip_longest(old or [], new or []))
    before, after = _parts(old), _parts(new)
    return any(forces_replacement(part, before.get(name), after.get(name)) for name, part in (field.of or {}).items())


def _parts(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _settled(field: Field, value: Any) -> Any:
    return field.default if value is None or value == [] or value == {} else value


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def _same_items(field: Field, old: list[Any], new: list[Any]) -> bool:
    of = field.of or {}
    if len(old) != len(new):
        return False
    if not field.unordered:
        return not any(changed(of, a, b) for a, b in zip(old, new, strict=True))
    unmatched = list(new)
    for item in old:
        match = next((other for other in unmatched if not changed(of, item, other)), None)
        if match is None:
            return False
        unmatched.remove(match)
    return True
