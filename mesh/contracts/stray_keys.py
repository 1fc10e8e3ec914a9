"""Keys that the standard does not have where they stand: the sentence on each, with the key that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, cast

from mesh.contracts import versions
from mesh.contracts.json_schema import ANY, below, is_valid, judges_at, keys_of
from mesh.findings import KeyPath, listed, nearest
from mesh.validation_messages import Schema, inside, shorten, shown

OTHER_WORDS: Final = {
    **dict.fromkeys(("columns", "fields"), "'properties'"),
    **dict.fromkeys(("tables", "models", "datasets"), "'schema'"),
    **dict.fromkeys(("type", "datatype", "dbtype", "columntype"), "'logicalType' or 'physicalType'"),
    **dict.fromkeys(("nullable", "optional", "isnullable"), "'required', which is true where this is false"),
    **dict.fromkeys(("notnull", "mandatory"), "'required'"),
    **dict.fromkeys(("pii", "sensitivity", "label", "confidentiality"), "'classification'"),
    **dict.fromkeys(("comment", "doc", "remarks"), "'description'"),
    **dict.fromkeys(("title", "displayname"), "'businessName'"),
    **dict.fromkeys(("owner", "owners", "stakeholders"), "'team'"),
    **dict.fromkeys(("contact", "contacts", "channels"), "'support'"),
    **dict.fromkeys(("sla", "slas", "servicelevels", "serviceleveltargets"), "'slaProperties'"),
    **dict.fromkeys(("foreignkey", "foreignkeys", "references"), "'relationships'"),
    **dict.fromkeys(("ispartitionkey", "partitionkey", "partition"), "'partitioned' and 'partitionKeyPosition'"),
    **dict.fromkeys(("info", "terms"), "'description'"),
    **dict.fromkeys(("extensions", "meta", "config"), "'customProperties'"),
}
"""Words of other formats, without case and hyphens, each with what the standard has instead, its key first."""

AT_COLUMNS: Final = (
    "a label stands at a column, or at a field in one: write 'classification' at each column that it is true of, and "
    "remove it here"
)

_NO_OPTION: Final = ("precision", "scale")
_DECIMAL: Final = "write it into 'physicalType', as decimal(18,2), or as an entry of the column's 'customProperties'"


class StrayKey(NamedTuple):
    """A key that does not belong where it stands.

    `deciding` is the place of the key that decides whether it does; `fits` tells whether its value is right there.
    """

    path: KeyPath
    message: str
    meant: str = ""
    deciding: KeyPath | None = None
    fits: bool = False


def said(value: object) -> str:
    """The sentence part on a value as it stands in the file."""
    return "has no value" if value is None else f"is {shown(value)}"


def alternatives(words: Iterable[str]) -> str:
    """Words as `a, b or c`."""
    return " or ".join(listed(words).rsplit(" and ", 1))


def stray_key(version: str, data: Mapping[str, Any], path: KeyPath, even_known: bool = False) -> StrayKey | None:
    """The sentence on a key; None for one that belongs there by the rules that its neighbours choose."""
    whole, place, name = versions.schema(version), path[:-1], str(path[-1])
    here = keys_of(judges_at(whole, place, data))
    if name in here:
        rivals = [key for key in _mapping(data, place) if key.startswith(("mustBe", "mustNotBe"))]
        message = (
            f"one operator only: {' or '.join(rivals)}; keep one" if len(rivals) > 1 else f"'{name}' is not as expected"
        )
        return StrayKey(path, message) if even_known else None
    start = f"unknown key '{shorten(name)}'{inside(path)}"
    if name.strip() in here:
        return StrayKey(
            path, f"the key '{name.strip()}' has a space before or behind it; remove the space", name.strip()
        )
    if same := next((key for key in here if _plain(key) == _plain(name)), ""):
        return StrayKey(path, f"{start}; did you mean '{same}'? Case and hyphens count", same)
    if choice := _goes_with(whole, data, path):
        return choice
    if later := _version_with(version, place, name):
        return StrayKey(path, f"'{name}' came with {later}, and this contract says {version}: raise 'apiVersion'")
    if name in _NO_OPTION:
        return StrayKey(path, f"{start}; {_DECIMAL}")
    if where := _other_level(whole, path, here):
        return StrayKey(path, f"'{name}' does not belong here; {where}")
    if _of_a_label(name) and "classification" not in here:
        return StrayKey(path, f"{start}; {AT_COLUMNS}")
    word = OTHER_WORDS.get(_plain(name), "''")
    if word.split("'")[1] in here:
        return StrayKey(path, f"{start}; the standard has {word}: write it so")
    extra = "extras go into 'customProperties'" if "customProperties" in here else f"known: {listed(here)}"
    near = nearest(name, here)
    meant = near.partition("'")[2].rpartition("'")[0]
    reason = f"Open Data Contract Standard has no such key here; {extra}"
    return StrayKey(path, start + (f"{near} The " if near else "; the ") + reason, meant)


def _of_a_label(name: str) -> bool:
    return _plain(name) == "classification" or OTHER_WORDS.get(_plain(name)) == "'classification'"


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def _mapping(data: Mapping[str, Any], place: KeyPath) -> Mapping[str, Any]:
    value: object = data
    for step in place:
        value = below(value, step)
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _goes_with(whole: Schema, data: Mapping[str, Any], path: KeyPath) -> StrayKey | None:
    """The sentence on a key that belongs where a neighbour is another: `items` goes with `logicalType: array`."""
    place, name = path[:-1], str(path[-1])
    by_rule = [
        judge for judge in judges_at(whole, place) if judge.condition and name in judge.node.get("properties", {})
    ]
    if not by_rule:
        return None
    key = by_rule[0].condition[0][0]
    wanted = {value for judge in by_rule for other, value in judge.condition if other == key}
    value = _mapping(data, place)[name]
    fits = any(is_valid(whole, judge.node["properties"][name], value) for judge in by_rule)
    start = f"'{name}' goes with '{key}: {alternatives(wanted)}'"
    for at in (place, place[:-1]):
        chosen = below(_mapping(data, at), key)
        if chosen is not ANY:
            return StrayKey(path, f"{start}; here '{key}' {said(chosen)}", deciding=(*at, key), fits=fits)
    return StrayKey(path, f"{start}; '{key}' is not given here", deciding=(*place, key), fits=fits)


def _version_with(version: str, place: KeyPath, name: str) -> str:
    """The first later version that has a key at a place; empty when none has it."""
    for later in versions.after(version):
        if name in keys_of(judges_at(versions.schema(later), place)):
            return later
    return ""


def _other_level(whole: Schema, path: KeyPath, here: list[str]) -> str:
    """The place one level up or down that has a key, when it is one place."""
    place, name = path[:-1], str(path[-1])
    if place and isinstance(place[-1], str) and name in keys_of(judges_at(whole, place[:-1])):
        return f"it stands beside '{place[-1]}'"
    for key in ("logicalTypeOptions", "description", "team"):
        if key in here and name in keys_of(judges_at(whole, (*place, key))):
            return f"it stands below '{key}'"
    if "properties" in here and name in keys_of(judges_at(whole, (*place, "properties", 0))):
        return "it stands at a column, below 'properties'"
    return ""
