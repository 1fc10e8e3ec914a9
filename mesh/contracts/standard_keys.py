"""Keys of the Open Data Contract Standard, each with what becomes of it here.

No key of a contract is dropped in silence: it is used, checked, shown later, or told by `mesh validate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from mesh.contracts import row_counts
from mesh.model import Contract

Fate = Literal["used", "checked", "shown later", "told"]
"""Fate of a key: *used*, it reaches the plan; *checked*, a rule looks at it and no more; *shown later*, it describes
and waits for the catalog's pages; *told*, it promises what nothing here watches or enforces, and a note says so.
"""


class KeyFate(NamedTuple):
    """The fate of a key, with a few words on it."""

    fate: Fate
    words: str


def _all(fate: Fate, words: str, *names: str) -> dict[str, KeyFate]:
    return dict.fromkeys(names, KeyFate(fate, words))


def _shown(words: str, *names: str) -> dict[str, KeyFate]:
    return _all("shown later", words, *names)


_LINKS: Final = _shown("links to definitions elsewhere", "authoritativeDefinitions")
_ID: Final = _all("checked", "a relationship may refer to it", "id")
_NAMED: Final = _shown("names this entry for tools", "id")
_TAGS: Final = _all("checked", "a tag that is named like a classification is a warning", "tags")
_CUSTOM: Final = _all("checked", "one that is named like a classification is a warning", "customProperties")
_FREE: Final = _shown("what other tools read", "customProperties")

_ELEMENT: Final = {
    **_ID,
    **_TAGS,
    **_LINKS,
    **_shown("words for people", "businessName", "synonyms", "deprecated"),
    **_all("used", "name in the catalog, where there is no physicalName", "name"),
    **_all("used", "name in the catalog", "physicalName"),
    **_all("used", "comment in the catalog", "description"),
}

KEYS: Final[Mapping[str, Mapping[str, KeyFate]]] = {
    "contract": {
        **_all("checked", "the version of the standard that judges the file", "apiVersion", "kind"),
        **_all("checked", "no two contracts of the mesh have the same", "id"),
        **_all("used", "tag of the product's resources", "version"),
        **_all("checked", "a retired or deprecated contract is a warning", "status"),
        **_all("checked", "it is the product, domain or mesh of this contract", "dataProduct", "domain", "tenant"),
        **_all("used", "its purpose describes the product", "description"),
        **_all("used", "tables of the catalog", "schema"),
        **_all("checked", "the platform decides where data lies; another place is a warning", "servers"),
        **_all("told", "service levels, which nothing watches yet", "slaProperties"),
        **_all("checked", "it is an element of the schema", "slaDefaultElement"),
        **_all("told", "roles, which nothing grants: access follows from clearances", "roles"),
        **_shown(
            "for people who read the contract", "name", "team", "support", "price", "contractCreatedTs", "context"
        ),
        **_TAGS,
        **_LINKS,
        **_CUSTOM,
    },
    "description": {
        **_all("used", "describes the product and its database", "purpose"),
        **_shown("for people who read the contract", "usage", "limitations"),
        **_LINKS,
        **_FREE,
    },
    "servers": {
        **_NAMED,
        **_FREE,
        **_all("checked", "name in findings", "server"),
        **_all("checked", "another platform is a warning", "type"),
        **_all("checked", "another account is a warning", "account"),
        **_all("checked", "another region is a warning", "region", "regionName"),
        **_all("checked", "another database is a warning", "database", "schema", "namespace"),
        **_all("checked", "another bucket is a warning", "location", "warehouse"),
        **_all("told", "roles, which nothing grants: access follows from clearances", "roles"),
        **_shown("words for people", "description", "environment"),
        **_shown(
            "how other tools connect", "host", "port", "catalog", "catalogUrl", "dataset", "project", "serviceName"
        ),
        **_shown("how other tools connect", "endpointUrl", "path", "stagingDir", "stream", "workgroup"),
        **_shown("how files are written", "delimiter", "encoding", "format"),
    },
    "schema": {
        **_ELEMENT,
        **_all("used", "columns of the table", "properties"),
        **_all("used", "tableFormat; the others are for other tools", "customProperties"),
        **_all("checked", "a table, and not a topic or a view", "physicalType", "logicalType"),
        **_all("used", "the fewest rows, before each publication; other rules are told", "quality"),
        **_all("told", "relationships, which nothing enforces; what they name is checked", "relationships"),
        **_shown("for people who read the contract", "dataGranularityDescription", "context"),
    },
    "properties": {
        **_ELEMENT,
        **_all("used", "precision, scale, length, partition transform; others are for other tools", "customProperties"),
        **_all("used", "type in the catalog", "physicalType", "logicalType"),
        **_all("used", "what bears on the type; limits of values are told", "logicalTypeOptions"),
        **_all("used", "labels, and types, of what is nested", "properties", "items", "map"),
        **_all("used", "labels in Lake Formation", "classification"),
        **_all("used", "partition fields", "partitioned", "partitionKeyPosition"),
        **_all("used", "optional or required in the catalog", "required"),
        **_all(
            "used", "the key, of which a row is there once in what is published", "primaryKey", "primaryKeyPosition"
        ),
        **_all("told", "uniqueness, which nothing enforces", "unique"),
        **_all("told", "allowed values, which nothing watches yet", "enum"),
        **_all("told", "quality rules, which nothing watches yet", "quality"),
        **_all("told", "relationships, which nothing enforces; what they name is checked", "relationships"),
        **_shown("words for people", "criticalDataElement", "encryptedName", "examples", "semanticType"),
        **_shown("lineage, in words", "transformDescription", "transformLogic", "transformSourceObjects"),
    },
    "map": _all("used", "labels, and types, of keys and values", "key", "value"),
    "logicalTypeOptions": {
        **_all("used", "part of the type", "format", "timezone", "elementType"),
        **_all("used", "fields that have to be there", "required"),
        **_all(
            "told", "a limit of the values", "minLength", "maxLength", "minimum", "maximum", "multipleOf", "pattern"
        ),
        **_all("told", "a limit of the values", "exclusiveMinimum", "exclusiveMaximum"),
        **_all(
            "told", "a limit of the entries", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"
        ),
        **_shown("what the values are", "defaultTimezone", "dimensions", "normalized"),
        **_shown("how vectors are made", "distanceMetric", "embeddingModel", "embeddingModelVersion"),
    },
    "enum": {
        **_NAMED,
        **_LINKS,
        **_FREE,
        **_all("told", "an allowed value", "value"),
        **_shown("words for people", "label", "description", "tags"),
    },
    "synonyms": {
        **_NAMED,
        **_FREE,
        **_shown("words for people", "synonym", "locale", "source", "status", "description"),
    },
    "context": _shown("guidance for agents", "instructions", "constraints", "verifiedStatements"),
    "constraints": {**_NAMED, **_LINKS, **_FREE, **_shown("guidance for agents", "constraint", "tags")},
    "verifiedStatements": {**_NAMED, **_LINKS, **_FREE, **_shown("guidance for agents", "question", "answer", "tags")},
    "quality": {
        **_NAMED,
        **_LINKS,
        **_FREE,
        **_all("used", "of a table, rowCount is checked before each publication; the others are told", "metric"),
        **_all("told", "the kind of the rule", "type", "rule", "engine", "implementation", "unit"),
        **_all("checked", "columns that it names are columns of the table", "arguments", "query"),
        **_all("used", "the fewest rows of a table", "mustBeBetween", "mustBeGreaterThan", "mustBeGreaterOrEqualTo"),
        **_all("told", "what is allowed", "mustBe", "mustNotBe", "mustNotBeBetween"),
        **_all("told", "what is allowed", "mustBeLessThan", "mustBeLessOrEqualTo"),
        **_all("told", "when it is watched", "schedule", "scheduler"),
        **_shown(
            "words for people", "name", "description", "dimension", "method", "severity", "businessImpact", "tags"
        ),
    },
    "relationships": {
        **_NAMED,
        **_FREE,
        **_all("checked", "what it names is there", "from", "to"),
        **_shown("kind of the relationship", "type"),
    },
    "slaProperties": {
        **_NAMED,
        **_LINKS,
        **_FREE,
        **_all("checked", "it is an element of the schema", "element"),
        **_all("told", "what is promised", "property", "value", "valueExt", "unit"),
        **_all("told", "when it is watched", "schedule", "scheduler"),
        **_shown("words for people", "description", "driver"),
    },
    "roles": {
        **_NAMED,
        **_FREE,
        **_all("told", "who would have access", "role", "access", "firstLevelApprovers", "secondLevelApprovers"),
        **_shown("words for people", "description"),
    },
    "team": {
        **_NAMED,
        **_LINKS,
        **_FREE,
        **_shown("for people; the owner is in the domain's file", "name", "description", "members", "tags"),
        **_shown("a member, as versions before 3.1 list them", "username", "role", "dateIn", "dateOut"),
        **_shown("a member, as versions before 3.1 list them", "replacedByUsername"),
    },
    "members": {
        **_NAMED,
        **_LINKS,
        **_FREE,
        **_shown("for people; clearances are held by groups", "username", "name", "description", "role", "tags"),
        **_shown("for people", "dateIn", "dateOut", "replacedByUsername"),
    },
    "support": {
        **_NAMED,
        **_FREE,
        **_shown("whom to ask", "channel", "tool", "scope", "url", "invitationUrl", "description"),
    },
    "price": {**_NAMED, **_shown("what it costs", "priceAmount", "priceCurrency", "priceUnit")},
    "authoritativeDefinitions": {**_NAMED, **_shown("links to definitions elsewhere", "url", "type", "description")},
    "customProperties": {
        **_NAMED,
        **_all("checked", "one that is named like a classification is a warning", "property", "value"),
        **_shown("words for people", "description", "vendor"),
    },
}
"""By place, the keys that a published version of the standard has there.

A place is named after the key that holds it; `contract` is the top, `properties` are also `items`, `key` and `value`.
"""


class UnwatchedKind(NamedTuple):
    """A kind of things that a contract declares and nothing watches: how one and how several of them are called."""

    one: str
    many: str


QUALITY: Final = UnwatchedKind("quality rule", "quality rules")
SERVICE_LEVELS: Final = UnwatchedKind("service level", "service levels")
ROLES: Final = UnwatchedKind("role", "roles")
RELATIONSHIPS: Final = UnwatchedKind("relationship", "relationships")
UNIQUE: Final = UnwatchedKind("unique column", "unique columns")
LIMITS: Final = UnwatchedKind("limit of values", "limits of values")
VALUES: Final = UnwatchedKind("list of allowed values", "lists of allowed values")

OF_ELEMENTS: Final[Mapping[str, UnwatchedKind]] = {
    "quality": QUALITY,
    "relationships": RELATIONSHIPS,
    "unique": UNIQUE,
    "logicalTypeOptions": LIMITS,
    "enum": VALUES,
}
"""Kinds by the key of an element that declares them."""

_DECLARING: Final = frozenset(OF_ELEMENTS)
_LIMITS: Final = frozenset(key for key, fate in KEYS["logicalTypeOptions"].items() if fate.fate == "told")


def unwatched(contract: Contract) -> dict[UnwatchedKind, int]:
    """Numbers of what a contract declares and nothing watches, by kind."""
    data = contract.data
    counts = {SERVICE_LEVELS: len(data.get("slaProperties") or ()), ROLES: len(data.get("roles") or ())}
    counts[ROLES] += sum(len(server.get("roles") or ()) for server in data.get("servers") or ())
    for element in contract.elements:
        if not _DECLARING.isdisjoint(element.data):
            for key in _DECLARING.intersection(element.data):
                kind = OF_ELEMENTS[key]
                counts[kind] = counts.get(kind, 0) + _number(kind, element.data[key])
    for table in contract.tables:
        counts[QUALITY] = counts.get(QUALITY, 0) - sum(map(row_counts.is_checked, table.data.get("quality") or ()))
    return {kind: counts[kind] for kind in _KINDS if counts.get(kind)}


_KINDS: Final = (*OF_ELEMENTS.values(), SERVICE_LEVELS, ROLES)


def _number(kind: UnwatchedKind, value: Any) -> int:
    if kind in (QUALITY, RELATIONSHIPS):
        return len(value or ())
    return len(_LIMITS & value.keys()) if kind is LIMITS else int(bool(value))
