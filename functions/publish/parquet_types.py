"""Types of Parquet files against those of a contract: whatever Athena would read as something else is refused.

Allowed is what writers for Athena write: Spark, Hive, Athena itself, pyarrow. Sources: Athena User Guide, "Data types
in Amazon Athena"; Apache Parquet, "Logical types" (lists of two levels, maps with the old mark).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from parquet_schema import GROUP, OPTIONAL, REPEATED, ParquetNode
from promised_types import GlueType

PLAIN: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "boolean": (("BOOLEAN", ""),),
    "tinyint": (("INT32", "INT(8)"),),
    "smallint": (("INT32", "INT(16)"),),
    "int": (("INT32", ""), ("INT32", "INT(32)")),
    "bigint": (("INT64", ""), ("INT64", "INT(64)")),
    "float": (("FLOAT", ""),),
    "double": (("DOUBLE", ""),),
    "string": (("BYTE_ARRAY", "STRING"), ("BYTE_ARRAY", "ENUM"), ("BYTE_ARRAY", "JSON")),
    "binary": (("BYTE_ARRAY", ""), ("FIXED_LEN_BYTE_ARRAY", "")),
    "date": (("INT32", "DATE"),),
    "timestamp": (("INT64", "TIMESTAMP(MICROS)"), ("INT64", "TIMESTAMP(MILLIS)"), ("INT96", "")),
}
"""Kinds that each type may be stored as, and their marks. Athena takes nanoseconds for another year."""

NESTED: Final[Mapping[str, str]] = {"array": "a LIST", "map": "a MAP of a key and a value", "struct": "unmarked"}
_DIGITS: Final[Mapping[str, int]] = {"INT32": 9, "INT64": 18, "BYTE_ARRAY": 38, "FIXED_LEN_BYTE_ARRAY": 38}


class ComparedPlace(NamedTuple):
    """A place where types are compared: the column or field, for a sentence, and the file.

    Of a run that was published already (`standing`) a part may be missing or too many: Athena goes by names.
    """

    path: str
    file: str
    standing: bool
    needs: frozenset[str] = frozenset()
    """Paths of parts that take no null."""
    full: frozenset[int] = frozenset()
    """Nodes (`id`) of which the writer counted that none is null."""

    def part(self, name: str) -> ComparedPlace:
        """A place in this one."""
        return self._replace(path=f"{self.path}.{name}")


def type_findings(place: ComparedPlace, wanted: GlueType, node: ParquetNode, in_list: bool = False) -> Iterator[str]:
    """Differences between a column, or a part of one, and its type in the contract."""
    if node.repetition == REPEATED and not in_list:
        yield _finding(place, wanted, f"repeated {node.said}", "one value, or a group with the mark LIST")
    elif wanted.name in NESTED:
        yield from _nested(place, wanted, node)
    else:
        yield from _plain(place, wanted, node)
    if node.repetition == OPTIONAL and place.path in place.needs and id(node) not in place.full:
        yield (
            f"'{place.path}' of '{place.file}' may be null, the contract says it is required: write the run with it as "
            "a field that takes no null"
        )


def _plain(place: ComparedPlace, wanted: GlueType, node: ParquetNode) -> Iterator[str]:
    allowed = tuple(_allowed(wanted))
    if (node.physical, node.mark) in allowed:
        return
    kinds = tuple(dict.fromkeys(physical for physical, _ in allowed))
    if node.physical not in kinds:
        yield _finding(place, wanted, node.physical, " or ".join(kinds))
    else:
        marks = dict.fromkeys(
            f"{physical} {mark}" if mark else f"{physical} without a mark" for physical, mark in allowed
        )
        yield _finding(place, wanted, node.said if node.mark else f"{node.said} without a mark", " or ".join(marks))


def _allowed(wanted: GlueType) -> Iterable[tuple[str, str]]:
    if wanted.name != "decimal":
        return PLAIN.get(wanted.name, ())
    precision, scale = (*wanted.numbers, 0)[:2] if wanted.numbers else (10, 0)
    return ((kind, f"DECIMAL({precision},{scale})") for kind, digits in _DIGITS.items() if precision <= digits)


def _nested(place: ComparedPlace, wanted: GlueType, node: ParquetNode) -> Iterator[str]:
    if node.physical != GROUP:
        yield _finding(place, wanted, node.physical, GROUP)
        return
    if wanted.name == "struct":
        if node.mark:
            yield _finding(place, wanted, node.said, f"{GROUP}, {NESTED['struct']}")
        else:
            yield from fields_findings(place, wanted.parts, node.children)
        return
    if wanted.name == "array":
        element = _element(node)
        found = () if element is None else (element,)
    else:
        found = _key_and_value(node)
    if not found:
        yield _finding(place, wanted, node.said, f"{GROUP}, {NESTED[wanted.name]}")
    for name, (_, type_), part in zip(
        ("element",) if len(found) == 1 else ("key", "value"), wanted.parts, found, strict=False
    ):
        yield from type_findings(place.part(name), type_, part, in_list=wanted.name == "array")


def fields_findings(
    place: ComparedPlace, wanted: Iterable[tuple[str, GlueType]], nodes: Iterable[ParquetNode]
) -> Iterator[str]:
    """Differences between the fields of a struct and the contract's."""
    promised, seen = dict(wanted), set[str]()
    for node in nodes:
        inside = place.part(node.name)
        if node.name in seen:
            yield f"'{inside.path}' is in '{place.file}' twice: write the run with each name once"
        elif node.name in promised:
            yield from type_findings(inside, promised[node.name], node)
        elif not place.standing:
            yield f"'{inside.path}' ({node.physical}) of '{place.file}' is not in the contract{_case(node, promised)}"
        seen.add(node.name)
    for name in promised:
        if name not in seen and (not place.standing or f"{place.path}.{name}" in place.needs):
            yield f"'{place.path}.{name}' ({promised[name]}) is missing in '{place.file}': write the run with it"


def _case(node: ParquetNode, promised: Mapping[str, GlueType]) -> str:
    lower = node.name.lower()
    return f", which has '{lower}': write its name so" if lower in promised else ": write the run without it"


def _element(node: ParquetNode) -> ParquetNode | None:
    """The element of a list of three levels, or of two ("Logical types", "Backward-compatibility rules")."""
    if node.mark != "LIST" or len(node.children) != 1 or node.children[0].repetition != REPEATED:
        return None
    repeated = node.children[0]
    is_two_levels = (
        len(repeated.children) != 1
        or repeated.mark
        or repeated.children[0].repetition == REPEATED
        or repeated.name in ("array", f"{node.name}_tuple")
    )
    return repeated if is_two_levels else repeated.children[0]


def _key_and_value(node: ParquetNode) -> tuple[ParquetNode, ...]:
    if node.mark not in ("MAP", "MAP_KEY_VALUE") or len(node.children) != 1:
        return ()
    (pairs,) = node.children
    if pairs.repetition != REPEATED or pairs.mark not in ("", "MAP_KEY_VALUE") or len(pairs.children) != 2:
        return ()
    return pairs.children


def _finding(place: ComparedPlace, wanted: GlueType, found: str, allowed: str) -> str:
    what = f"column '{place.path}'"
    return f"{what} of '{place.file}' is {found}, the contract says {wanted}, which is {allowed}: write the run so"
