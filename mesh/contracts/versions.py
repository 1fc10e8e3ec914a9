"""Versions of the Open Data Contract Standard: the JSON schema of each, as differences from that of the latest.

The package `open_data_contract_standard` holds an early schema of 3.2 only. A difference is a merge patch (RFC 7386):
a mapping laid over the schema, in which None takes a key away. Beyond that standard, `More` and `Fewer` change a list,
and a mapping with numbers for keys changes the entries of a list.

Source: the JSON schemas that the standard published (github.com/bitol-io/open-data-contract-standard, `schema/`), and
as `datacontract-cli` 1.2 carries them, which the tests hold these differences against.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final, cast

from mesh.validation_messages import Schema

LATEST: Final = "v3.2.0"

Patch = Mapping[str | int, Any]


class More(tuple[str, ...]):
    """Entries that a list gets."""

    __slots__ = ()


class Fewer(tuple[str, ...]):
    """Entries that a list loses."""

    __slots__ = ()


def schema(version: str) -> Schema:
    """The JSON schema of one version of the standard, one of `PATCHES`."""
    text = files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8")
    whole: Any = json.loads(text)
    for patch in PATCHES[version]:
        whole = merged(whole, patch)
    # A rule for a kind of server or a logical type that this version has not goes with it.
    for name, key in (("Server", "type"), ("SchemaBaseProperty", "logicalType")):
        definition = whole["$defs"][name]
        known = set(definition["properties"][key]["enum"])
        definition["allOf"] = [rule for rule in definition["allOf"] if _is_for(rule, key, known)]
    return cast("Schema", whole)


def merged(target: Any, patch: Any) -> Any:
    """A value with a patch laid over it."""
    if isinstance(patch, More):
        return [*target, *patch]
    if isinstance(patch, Fewer):
        return [item for item in target if item not in patch]
    if not isinstance(patch, Mapping):
        return patch
    changes = cast("Patch", patch)
    if isinstance(target, list):
        entries = cast("list[Any]", target)
        return [merged(entry, changes[number]) if number in changes else entry for number, entry in enumerate(entries)]
    result: dict[str | int, Any] = dict(target) if isinstance(target, Mapping) else {}
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _is_for(rule: Schema, key: str, known: set[str]) -> bool:
    wanted = set(_wanted(rule.get("if", {}), key))
    return not wanted or not wanted.isdisjoint(known)


def _wanted(condition: Schema, key: str) -> Iterator[str]:
    """The values of a key of which a condition wants one."""
    if const := condition.get("properties", {}).get(key, {}).get("const"):
        yield const
    for branch in condition.get("anyOf", ()):
        yield from _wanted(branch, key)


# ---- the differences

_NUMBERS: Final = {"type": "array", "minItems": 2, "maxItems": 2, "uniqueItems": True, "items": {"type": "number"}}

_DATE, _INTEGER, _NUMBER, _MAP, _VECTOR = 2, 4, 5, 8, 9
"""Positions of the rules about logical types among those of a property."""

_LATER_3_2: Final[Patch] = {
    "$defs": {
        "StableId": {"pattern": r"^[^\s.#/\\@!%&^]+$"},
        "FullyQualifiedReference": {
            "pattern": r"^(?:(?:https?:\/\/)?[A-Za-z0-9._\-\/]+\.ya?ml#)?\/?[A-Za-z_][A-Za-z0-9_]*\/[^\s.#/\\@!%&^]+"
            r"(?:\/[A-Za-z_][A-Za-z0-9_]*\/[^\s.#/\\@!%&^]+)*$"
        },
        "SchemaObject": {"properties": {"logicalType": {"enum": More(("blob",))}}},
        # Without this every element that names no logical type needs a `map`.
        "SchemaBaseProperty": {
            "allOf": {
                _MAP: {"if": {"required": ["logicalType"]}},
                _VECTOR: {"if": {"required": ["logicalType"]}, "then": {"required": ["logicalTypeOptions"]}},
            }
        },
    }
}
"""Corrections that the standard made to its schema of 3.2 after the package was published.

Source: issue 322 of the standard and its pull requests 324 and 328 (`map` and `vector`); the schema of the tag v3.2.0.
"""

_ENCODED: Final = ("AzureServer", "CustomServer", "GlueServer", "KafkaServer", "KinesisServer", "LocalServer")

_SERVERS_OF_3_2: Final = (
    *("btrieve", "exasol", "fastobjects", "hana", "iceberg"),
    *("ingres", "poet", "teradata", "vectorwise", "versant"),
)

_SINCE_3_2: Final[Patch] = {
    "properties": {"apiVersion": {"enum": Fewer(("v3.2.0",))}, "context": None},
    "required": More(("status",)),
    "$defs": {
        "CustomProperty": {"properties": {"vendor": None}},
        "FullyQualifiedReference": {
            "pattern": r"^(?:(?:https?:\/\/)?[A-Za-z0-9._\-\/]+\.yaml#)?\/?[A-Za-z_][A-Za-z0-9_]*\/[A-Za-z0-9_-]+"
            r"(?:\/[A-Za-z_][A-Za-z0-9_]*\/[A-Za-z0-9_-]+)*$"
        },
        "Port": {"type": "integer"},
        "RelationshipBase": {"properties": {"id": None}},
        "SchemaBaseProperty": {
            "properties": {"enum": None, "semanticType": None, "logicalType": {"enum": Fewer(("map", "vector"))}}
        },
        "SchemaElement": {"properties": {"deprecated": None, "synonyms": None}},
        "SchemaObject": {"properties": {"context": None}},
        "Server": {"properties": {"type": {"enum": Fewer(_SERVERS_OF_3_2)}}},
        "ServerSource": {
            **{name: {"properties": {"encoding": None}} for name in (*_ENCODED, "S3Server", "SftpServer")},
            "AthenaServer": {"properties": {"workgroup": None}, "required": More(("stagingDir",))},
        },
        "ServiceLevelAgreementProperty": {"properties": {"authoritativeDefinitions": None, "customProperties": None}},
        "ShorthandReference": {"pattern": r"^[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*$"},
        "StableId": {"pattern": "^[A-Za-z0-9_-]+$"},
    },
}
"""3.1 as against 3.2: no maps, vectors, enumerations, synonyms, and ten kinds of servers fewer; `status` is required."""

_OPEN: Final = {"additionalProperties": None, "properties": {"id": None}}
"""A mapping that has no id, and takes any other key."""

_FILES: Final = {
    "properties": {
        "format": {"enum": ["parquet", "delta", "json", "csv"]},
        "delimiter": {"enum": ["new_line", "array"]},
    }
}

_EXCLUSIVE: Final = {
    "then": {
        "properties": {
            "logicalTypeOptions": {
                "properties": {
                    "exclusiveMaximum": {"type": "boolean"},
                    "exclusiveMinimum": {"type": "boolean"},
                }
            }
        }
    }
}
"""Whether a limit is itself allowed: true or false, where later versions have the limit."""

_SINCE_3_1: Final[Patch] = {
    "properties": {
        "apiVersion": {"enum": Fewer(("v3.1.0",))},
        "team": {"oneOf": None, "type": "array", "items": {"$ref": "#/$defs/TeamMember"}},
    },
    "unevaluatedProperties": None,
    "$defs": {
        "AuthoritativeDefinitions": {
            "items": {"additionalProperties": None, "properties": {"id": None, "description": None}}
        },
        "CustomProperty": {
            "additionalProperties": None,
            "properties": {"id": None, "description": None},
            "required": None,
        },
        "DataQuality": {
            "properties": {"id": None},
            "allOf": {0: {"if": {"anyOf": None, "properties": {"type": {"const": "library"}}}}},
            "unevaluatedProperties": None,
        },
        "DataQualityLibrary": {
            "allOf": None,
            "properties": {
                "metric": None,
                "arguments": None,
                "mustBe": {},
                "mustNotBe": {},
                "mustBeGreaterThan": {"type": "number"},
                "mustBeGreaterOrEqualTo": {"type": "number"},
                "mustBeLessThan": {"type": "number"},
                "mustBeLessOrEqualTo": {"type": "number"},
                "mustBeBetween": _NUMBERS,
                "mustNotBeBetween": _NUMBERS,
            },
            "required": ["rule"],
        },
        "DataQualitySql": {"allOf": None},
        "Pricing": _OPEN,
        "Role": _OPEN,
        "SchemaBaseProperty": {
            "properties": {"relationships": None, "logicalType": {"enum": Fewer(("timestamp", "time"))}},
            "allOf": {_DATE: _EXCLUSIVE, _INTEGER: _EXCLUSIVE, _NUMBER: _EXCLUSIVE},
            "unevaluatedProperties": None,
        },
        "SchemaElement": {"properties": {"id": None}},
        "SchemaObject": {"properties": {"relationships": None, "logicalType": {"enum": Fewer(("blob",))}}},
        "Server": {
            "properties": {"id": None, "type": {"enum": Fewer(("hive", "impala", "zen"))}},
            "unevaluatedProperties": None,
        },
        "ServerSource": {
            "AzureServer": _FILES,
            "S3Server": _FILES,
            "SftpServer": _FILES,
            "CustomServer": {"properties": {"stream": None}},
            "DuckdbServer": {"properties": {"schema": {"type": "integer"}}},
        },
        "ServiceLevelAgreementProperty": {
            "additionalProperties": None,
            "properties": {"id": None, "description": None, "schedule": None, "scheduler": None},
        },
        "SupportItem": {
            "additionalProperties": None,
            "properties": {"id": None, "customProperties": None},
            "required": More(("url",)),
        },
        "TeamMember": {
            "additionalProperties": None,
            "properties": {"id": None, "tags": None, "customProperties": None, "authoritativeDefinitions": None},
            "required": None,
        },
    },
}
"""3.0 as against 3.1: a team is a list, a rule of quality has a `rule`, and most mappings take any other key."""

_SINCE_3_0_2: Final[Patch] = {
    "$defs": {
        "ServerSource": {
            "AthenaServer": {
                "required": Fewer(("stagingDir",)),
                "anyOf": [{"required": ["stagingDir"]}, {"required": ["staging_dir"]}],
            }
        }
    }
}
"""3.0.0 and 3.0.1 as against 3.0.2: their schema had `staging_dir` for what their documentation called `stagingDir`.

The few keys that only 3.0.2 has are taken from these, too, as `datacontract lint` takes them.
"""

_3_1: Final = (_LATER_3_2, _SINCE_3_2)
_3_0_2: Final = (*_3_1, _SINCE_3_1)

PATCHES: Final[Mapping[str, tuple[Patch, ...]]] = {
    LATEST: (_LATER_3_2,),
    "v3.1.0": _3_1,
    "v3.0.2": _3_0_2,
    "v3.0.1": (*_3_0_2, _SINCE_3_0_2),
    "v3.0.0": (*_3_0_2, _SINCE_3_0_2),
}
"""The patches of each version, in the order in which they are laid over the schema of the package."""
