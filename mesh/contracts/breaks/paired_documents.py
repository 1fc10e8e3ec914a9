"""Documents of two versions of a contract, compared: every key that is not the same, each at its place.

Entries of lists are compared with those of the same name, columns by the name in the catalog, and a column that is
`renamedFrom` another with that one. What several keys say together is compared as what they say: a type, a primary
key, the partitions and the labels of a column.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from mesh.contracts.breaks.contract_fields import (
    TYPE_KEYS,
    ContractField,
    fields_of,
    keys_of,
    labels_of,
    partitions_of,
)
from mesh.contracts.breaks.contract_side import ContractSide
from mesh.contracts.breaks.former_columns import renamed_tables
from mesh.contracts.breaks.former_fields import former_fields
from mesh.model import Element, LockedTable

DocumentPart = Mapping[str, Any]
"""A mapping of a document."""

NOTHING: Final[DocumentPart] = {}


@dataclass(frozen=True, slots=True)
class ContractDifference:
    """A key of a contract with its values before and after, None where it is not there.

    `place` names the kind of mapping that has the key, as `standard_keys.KEYS` does; the key is empty where the mapping
    came or went as a whole. `old` and `new` are that mapping in both versions; of an argument they are the quality rule
    around, and `old` of a new service level is the one that is of the same already. `subject` is the words for it all.
    `columns` are the columns that it bears on, as `profiles.avatar`; `profiles.*` is a table, and none is the product.
    """

    place: str
    key: str
    path: tuple[str, ...]
    before: Any
    after: Any
    old: DocumentPart
    new: DocumentPart
    subject: str
    columns: tuple[str, ...]

    @property
    def is_new(self) -> bool:
        """Whether the thing was not there before."""
        return self.before is None

    @property
    def is_gone(self) -> bool:
        """Whether the thing is not there any more."""
        return self.after is None


@dataclass(frozen=True, slots=True)
class _Around:
    """The surroundings of a mapping: its path, the words for it, and the columns that it bears on."""

    path: tuple[str, ...] = ()
    subject: str = "the contract"
    columns: tuple[str, ...] = ()

    def inside(self, *names: str, subject: str = "") -> _Around:
        return replace(self, path=(*self.path, *names), subject=subject or self.subject)

    def said(
        self, place: str, key: str, values: tuple[Any, Any], entries: tuple[DocumentPart, DocumentPart]
    ) -> ContractDifference:
        """A difference of what stands here."""
        return ContractDifference(place, key, self.path, *values, *entries, self.subject, self.columns)


def differences(before: ContractSide, after: ContractSide) -> Iterator[ContractDifference]:
    """Every difference of two versions, in the order of the document before; what is new stands last at its place."""
    yield from _mapping("contract", before.contract.data, after.contract.data, _Around(), {"schema"})
    yield from _tables(before, after)


# ---- mappings and lists of entries


def _names(*keys: str) -> Callable[[DocumentPart], str]:
    """The name of an entry: what the first of some keys says that it has."""

    def name(entry: DocumentPart) -> str:
        return next((str(entry[key]) for key in keys if entry.get(key) not in (None, "")), "")

    return name


def _level(entry: DocumentPart) -> str:
    """The name of a service level: its property, and the element that it is of."""
    name = str(entry.get("property", ""))
    return f"{name}({entry['element']})" if entry.get("element") else name


def _custom(entry: DocumentPart) -> str:
    return str(entry.get("property", "")).replace("_", "").replace("-", "").casefold()


def _quality(entry: DocumentPart) -> str:
    """The name of a quality rule: its own, else the metric and what it is asked of, else its query or text."""
    own = _names("id", "name")(entry)
    said = entry.get("metric") or entry.get("rule") or entry.get("type") or "text"
    asked: Any = entry.get("arguments")
    of = cast("DocumentPart", asked).get("properties") if isinstance(asked, Mapping) else None
    text = (
        entry.get("query") or entry.get("implementation") or ("" if entry.get("metric") else entry.get("description"))
    )
    return own or " ".join(str(part) for part in (said, of, text) if part)


def _relationship(entry: DocumentPart) -> str:
    ends = [f"{key} {_several(entry[key])}" for key in ("from", "to") if entry.get(key)]
    return " ".join(ends)


def _several(written: Any) -> str:
    return ", ".join(map(str, cast("list[Any]", written))) if isinstance(written, list) else str(written)


_LISTS: Final[Mapping[tuple[str, str], Callable[[DocumentPart], str]]] = {
    ("contract", "slaProperties"): _level,
    ("contract", "servers"): _names("server", "id"),
    ("contract", "support"): _names("channel", "id"),
    ("contract", "roles"): _names("role", "id"),
    ("schema", "quality"): _quality,
    ("properties", "quality"): _quality,
    ("schema", "relationships"): _relationship,
    ("properties", "relationships"): _relationship,
}
"""Lists of entries, with the name by which an entry is found in the other version."""

_MAPPINGS: Final = {
    ("contract", "description"),
    ("contract", "price"),
    ("properties", "logicalTypeOptions"),
    ("quality", "arguments"),
}


def same(one: Any, other: Any) -> bool:
    """Whether two values of a document are the same; `true` and 1 are not."""
    return one is other or json.dumps(one, sort_keys=True, default=str) == json.dumps(
        other, sort_keys=True, default=str
    )


def _mapping(
    place: str, old: DocumentPart, new: DocumentPart, around: _Around, skipped: Iterable[str] = ()
) -> Iterator[ContractDifference]:
    for key in dict.fromkeys((*old, *new)):
        one, other = old.get(key), new.get(key)
        if key in skipped or same(one, other):
            continue
        here = around.inside(str(key))
        if key == "customProperties":
            yield from _custom_properties(one, other, here)
        elif (place, key) in _LISTS and _are_entries(one, other):
            entries = _entries(str(key), one or (), other or (), here, _LISTS[place, key])
            yield from _with_alike(entries, old, new) if key == "slaProperties" else entries
        elif (place, key) in _MAPPINGS and isinstance(one or {}, Mapping) and isinstance(other or {}, Mapping):
            inner = _mapping(str(key), one or {}, other or {}, here)
            yield from (replace(each, old=old, new=new) for each in inner) if key == "arguments" else inner
        else:
            yield here.said(place, str(key), (one, other), (old, new))


def _are_entries(*lists: Any) -> bool:
    return all(isinstance(one or [], list) and all(isinstance(entry, Mapping) for entry in one or ()) for one in lists)


def _entries(
    place: str,
    old: Sequence[DocumentPart],
    new: Sequence[DocumentPart],
    around: _Around,
    name: Callable[[DocumentPart], str],
) -> Iterator[ContractDifference]:
    before, after = _named(old, name), _named(new, name)
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        here = around.inside(key, subject=_ENTRY_WORDS[place].format(key, around.subject))
        if one is None or other is None:
            yield here.said(place, "", (one, other), (one or NOTHING, other or NOTHING))
        else:
            yield from _mapping(place, one, other, here)


def _with_alike(
    every: Iterable[ContractDifference], old: DocumentPart, new: DocumentPart
) -> Iterator[ContractDifference]:
    """Differences of service levels; of a new one with the level that promised the same of the same element before."""
    known = {_promised(level, old): level for level in reversed(old.get("slaProperties") or [])}
    for one in every:
        whole = one.place == "slaProperties" and not one.key and one.is_new
        yield replace(one, old=known.get(_promised(one.new, new), NOTHING)) if whole else one


def _promised(level: DocumentPart, document: DocumentPart) -> tuple[str, str]:
    return level_name(level), str(level.get("element") or document.get("slaDefaultElement") or "")


def level_name(level: DocumentPart) -> str:
    """The name of a service level, as it is compared: `endofsupport`."""
    return re.sub("[^a-z]", "", str(level.get("property", "")).casefold())


_ENTRY_WORDS: Final = {
    "slaProperties": "the service level '{0}'",
    "servers": "the server '{0}'",
    "support": "the support channel '{0}'",
    "roles": "the role '{0}'",
    "quality": "the quality rule '{0}' of {1}",
    "relationships": "the relationship {0}, of {1},",
}


def _named(entries: Sequence[DocumentPart], name: Callable[[DocumentPart], str]) -> dict[str, DocumentPart]:
    """Entries by name; the second of a name has its number, too."""
    named: dict[str, DocumentPart] = {}
    for number, entry in enumerate(entries):
        wanted = name(entry) or str(number)
        count, key = 1, wanted
        while key in named:
            count += 1
            key = f"{wanted}#{count}"
        named[key] = entry
    return named


def _custom_properties(old: Any, new: Any, around: _Around) -> Iterator[ContractDifference]:
    """Differences of custom properties: each is a key of its own, with its value."""
    if not _are_entries(old, new):
        yield around.said("customProperties", "", (old, new), (NOTHING, NOTHING))
        return
    before, after = _named(old or (), _custom), _named(new or (), _custom)
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key, NOTHING), after.get(key, NOTHING)
        here = around.inside(str((other or one).get("property")))
        if not same(one.get("value"), other.get("value")):
            yield here.said("customProperties", key, (one.get("value"), other.get("value")), (one, other))
        elif not same(one, other):
            yield here.said("customProperties", "description", (one, other), (one, other))


# ---- tables and columns


def _tables(before: ContractSide, after: ContractSide) -> Iterator[ContractDifference]:
    olds = {table.catalog_name: table for table in before.contract.tables}
    news = {table.catalog_name: table for table in after.contract.tables}
    renamed = renamed_tables(before.contract, after.contract)
    for name, old in olds.items():
        other = renamed.get(name, name)
        around = _Around(("schema", name), f"table '{name}'", (f"{name}.*",))
        if other not in news:
            yield around.said("schema", "", (name, None), (old.data, NOTHING))
            continue
        if other != name:
            yield around.said("schema", "catalog name", (name, other), (old.data, news[other].data))
        yield from _TablePair(before, after, old, news[other], around).differences()
    for name, new in news.items():
        if name not in olds and name not in renamed.values():
            around = _Around(("schema", name), f"table '{name}'", (f"{name}.*",))
            yield around.said("schema", "", (None, name), (NOTHING, new.data))


@dataclass(frozen=True, slots=True)
class _TablePair:
    """A table in two versions of a contract."""

    before: ContractSide
    after: ContractSide
    old: Element
    new: Element
    around: _Around

    def differences(self) -> Iterator[ContractDifference]:
        """Differences of the table, of its fields, and of what several columns say together."""
        names = ("name", "physicalName") if self.old.catalog_name != self.new.catalog_name else ()
        yield from _mapping("schema", self.old.data, self.new.data, self.around, ("properties", *names))
        olds, news = fields_of(self.before.contract, self.old), fields_of(self.after.contract, self.new)
        came_from = former_fields(olds, news, *self._locked())
        together = [*self._wholes(came_from), *self._labels(came_from)]
        yield from together
        told = {(one.key, column) for one in together for column in one.columns}
        stays = {source: path for path, source in came_from.items() if source is not None}
        for path, one in olds.items():
            if path in stays:
                yield from self._field(one, news[stays[path]], told)
            elif one.parent not in olds or one.parent in stays:
                yield self._of(one).said("properties", "", (one.own, None), (one.data, NOTHING))
        for path, other in news.items():
            if came_from[path] is None and (other.parent not in news or came_from[other.parent] is not None):
                yield self._of(other).said("properties", "", (None, other.own), (NOTHING, other.data))

    def _locked(self) -> tuple[LockedTable | None, LockedTable | None]:
        """The table in both locks; neither where it has another name, for its ids begin anew."""
        name = self.old.catalog_name
        return (self.before.locked(name), self.after.locked(name)) if self.new.catalog_name == name else (None, None)

    def _of(self, one: ContractField) -> _Around:
        table = self.old.catalog_name
        return _Around(
            (*self.around.path, "properties", *one.path.split(".")),
            f"{'field' if one.parent else 'column'} '{table}.{one.path}'",
            (f"{table}.{one.column}",),
        )

    def _wholes(self, came_from: Mapping[str, str | None]) -> Iterator[ContractDifference]:
        """The primary key and the partitions, which keys of several columns say together."""
        entries = self.old.data, self.new.data
        for key, of in (("primaryKey", keys_of), ("partitions", partitions_of)):
            one, other = of(self.old), of(self.new)
            was = [text for _, text in one]
            now = [text.replace(path, came_from.get(path) or path) for path, text in other]
            if was == now:
                continue
            every = dict.fromkeys([path for path, _ in one] + [came_from.get(path) or path for path, _ in other])
            columns = tuple(dict.fromkeys(f"{self.old.catalog_name}.{path.partition('.')[0]}" for path in every))
            here = replace(self.around.inside(key), columns=columns)
            is_order = key == "primaryKey" and sorted(was) == sorted(now)
            yield here.said("schema", "key order" if is_order else key, (was or None, now or None), entries)

    def _labels(self, came_from: Mapping[str, str | None]) -> Iterator[ContractDifference]:
        """Labels of whole columns, as Lake Formation has them: what one lost, and what it got."""
        olds = labels_of(self.old, self.before.words)
        for name, now in labels_of(self.new, self.after.words).items():
            source = came_from.get(name)
            if source is None:
                continue
            here = _Around(
                (*self.around.path, "properties", source, "classification"),
                f"column '{self.old.catalog_name}.{source}'",
                (f"{self.old.catalog_name}.{source}",),
            )
            if gone := sorted(olds[source] - now):
                yield here.said("properties", "label", (gone, None), (NOTHING, NOTHING))
            if new := sorted(now - olds[source]):
                yield here.said("properties", "label", (None, new), (NOTHING, NOTHING))

    def _field(
        self, one: ContractField, other: ContractField, told: set[tuple[str, str]]
    ) -> Iterator[ContractDifference]:
        """Differences of a field: what it is called, its type, whether it may be missing, and every other key."""
        here, entries = self._of(one), (one.data, other.data)
        if one.name != other.name:
            yield here.said("properties", "catalog name", (one.name, other.name), entries)
        if one.own != other.own or any(not same(one.data.get(key), other.data.get(key)) for key in TYPE_KEYS):
            yield here.inside("type").said("properties", "type", (one.own, other.own), entries)
        if one.required != other.required:
            yield here.inside("required").said("properties", "required", (one.required, other.required), entries)
        renamed = ("name", "physicalName") if one.name != other.name else ()
        yield from _mapping("properties", *entries, here, (*TYPE_KEYS, *_WALKED, *_WHOLES, *renamed))
        for key, whole in _WHOLES.items():
            values = one.data.get(key), other.data.get(key)
            is_told = (
                key in renamed
                or (key == "required" and one.required != other.required)
                or any((whole, c) in told for c in here.columns)
            )
            if not same(*values) and not is_told:
                yield here.inside(key).said("properties", f"said {key}", values, entries)


_WALKED: Final = ("properties", "items", "map")
_WHOLES: Final = {
    "required": "",
    "primaryKey": "primaryKey",
    "primaryKeyPosition": "primaryKey",
    "partitioned": "partitions",
    "partitionKeyPosition": "partitions",
    "classification": "label",
    "physicalName": "",
}
"""Keys of a column that are judged as a whole, each with the key of that difference."""
