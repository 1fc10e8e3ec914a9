"""Drawn values: what a column, or what is nested in one, has at a row, from the row's number and a random one."""

from __future__ import annotations

import datetime
import json
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from mesh.contracts.column_types import TypePlace, column_type
from mesh.contracts.labels import LabelWords
from mesh.contracts.types import ColumnType
from mesh.findings import KeyPath
from mesh.model import Element
from sandbox.sample_rows.column_rules import ColumnRules, Placed, rules_of
from sandbox.sample_rows.leaf import Leaf, RuleFault, allowed_space, fitting
from sandbox.sample_rows.ordered_spaces import number_space, time_space
from sandbox.sample_rows.text_spaces import string_space
from sandbox.sample_rows.value_spaces import ComputedSpace, ListedSpace, Space, mixed, scatter, seed_of

Draw = Callable[[int, int], Any]
"""The value at a row: the row's number, and a random number of the row and column."""

_ITEMS: Final = 3
"""Most items of a list or map of whose number the contract says nothing."""


@dataclass(frozen=True, slots=True)
class DrawingPlace:
    """The table that values are drawn for: its contract's words, rows, and the moment (UTC, without a zone)."""

    place: TypePlace
    words: LabelWords
    rows: int
    now: datetime.datetime
    named: Callable[[KeyPath], str]
    faults: list[RuleFault]
    referred: Callable[[Leaf, Element], Space | None]
    """Values of what a nested element refers to; None, with the fault, where there are none."""


def leaf_space(leaf: Leaf) -> Space | None:
    """The values of a leaf; None, with its faults, where there is none."""
    if leaf.rules.allowed:
        return allowed_space(leaf)
    match leaf.type.name:
        case "boolean":
            return ListedSpace((False, True))
        case "string":
            return string_space(leaf)
        case "binary":
            text = string_space(replace(leaf, logical=None))
            return text and ComputedSpace(text.size, lambda number: text.at(number).encode())
        case "date" | "timestamp" | "timestamptz":
            made = time_space(leaf, leaf.type.name)
        case _:
            made = number_space(leaf)
    return None if made is None else _of_rules(leaf, made)


def _of_rules(leaf: Leaf, space: Space) -> Space | None:
    """Numbers and times that hold the patterns of a leaf, too, and are none of those that count as missing."""
    if not leaf.rules.patterns and not (leaf.rules.never and space.size <= 100_000):
        return space
    some = fitting(space, leaf)
    if some.size:
        return some
    rule = leaf.rules.patterns[0] if leaf.rules.patterns else None
    kind = "pattern" if rule else "rule on missing values"
    told = f"is of type {leaf.type}, and no value was found that holds its {kind}"
    leaf.fault(rule.path if rule else leaf.path, f"{told}: correct one of the two")
    return None


def leaf_of(
    element: Element,
    name: str,
    type_: ColumnType,
    where: DrawingPlace,
    rules: ColumnRules,
    need: int,
    fresh: Placed | None = None,
) -> Leaf:
    """The leaf of an element; `name` is that of the column, for an item of a list."""
    return Leaf(
        name,
        f"column '{where.named(element.path)}'",
        element.path,
        type_,
        rules,
        where.now,
        element.data.get("logicalType"),
        element.data.get("physicalType"),
        "pii" in where.words.of_element(element),
        need,
        fresh,
        tuple(element.data.get("examples") or ()),
        where.faults,
    )


def draw_of(type_: ColumnType, element: Element | None, name: str, seed: int, where: DrawingPlace) -> Draw | None:
    """The draw of the values of a type; `element` is None for what only the text of a type describes. None, with its
    faults, where no value holds the rules.
    """
    rules = rules_of(element) if element is not None else ColumnRules()
    if element is not None and type_.name == "string" and element.below:
        return _json_text(element, name, seed, where)
    if type_.parts and element is not None and element.data.get("logicalType") == "vector":
        return _vector(type_, rules)
    if type_.parts and element is not None and (rules.allowed or rules.patterns):
        told = f"column '{where.named(element.path)}' is nested, and its rule is on single values"
        path = (*rules.allowed, *rules.patterns)[0].path
        where.faults.append(RuleFault(path, f"{told}: write the rule at what is in it"))
        return None
    match type_.name:
        case "struct":
            return _struct(type_, element, seed, where)
        case "array":
            return _array(type_, element, name, rules, seed, where)
        case "map":
            return _map(type_, element, name, rules, seed, where)
        case _:
            pass
    need = where.rows if rules.unique else 1
    shown: KeyPath = () if element is None else element.path
    leaf = (
        Leaf(name, f"field '{name}'", shown, type_, rules, where.now, need=need, faults=where.faults)
        if element is None
        else leaf_of(element, name, type_, where, rules, need)
    )
    refers = element is not None and bool(element.data.get("relationships"))
    space = where.referred(leaf, element) if element is not None and refers else leaf_space(leaf)
    if space is None:
        return None
    if space.size < need:
        where.faults.append(too_few(leaf, space.size, need))
        return None
    order, at = scatter(seed, space.size), space.at
    if rules.unique:
        return lambda row, _: at(order.at(row))
    return lambda _, number: at(order.at(number))


def too_few(leaf: Leaf, values: int, rows: int) -> RuleFault:
    """The fault of a unique leaf that has fewer values than its table rows."""
    path = leaf.rules.unique.path if leaf.rules.unique else (*leaf.path, "primaryKey")
    message = f"{leaf.words} is unique and has {values} values for {rows} rows: ask for at most {values} rows"
    return RuleFault(path, message)


# ---- nested


def _optional(draw: Draw, seed: int) -> Draw:
    """A draw that is null in a tenth of the rows."""
    return lambda row, number: None if mixed(seed, number) % 10 == 0 else draw(row, number)


def _struct(type_: ColumnType, element: Element | None, seed: int, where: DrawingPlace) -> Draw | None:
    below = {field.catalog_name: field for field in element.columns} if element is not None else {}
    least = 0 if element is None else rules_of(element).option("minProperties") or 0
    draws: dict[str, tuple[int, Draw]] = {}
    for part in type_.parts:
        inner, inner_seed = below.get(part.name), seed_of(seed, part.name)
        draw = draw_of(part.type, inner, part.name, inner_seed, where)
        if draw is None:
            continue
        has_nulls = not part.required and least == 0 and (inner is None or takes_nulls(inner, where.rows))
        draws[part.name] = inner_seed, _optional(draw, inner_seed) if has_nulls else draw
    if len(draws) < len(type_.parts):
        return None
    return lambda row, number: {name: draw(row, mixed(salt, number)) for name, (salt, draw) in draws.items()}


def takes_nulls(element: Element, rows: int) -> bool:
    """Whether some values of an element may be null, by its key, its labels of uniqueness and its quality rules."""
    rules = rules_of(element)
    if element.data.get("required") or element.data.get("primaryKey"):
        return False
    return all(taken.rows(rows)[1] * 8 > rows for taken in rules.nulls)


def _counts(rules: ColumnRules, element: Element | None, where: DrawingPlace, enough: int | None) -> range | None:
    """Numbers of items; None, with the fault, where there is none. `enough` is how many different items there are."""
    low, high = rules.option("minItems"), rules.option("maxItems")
    least = low if isinstance(low, int) else min(1, high) if isinstance(high, int) else 1
    most = high if isinstance(high, int) else max(least, _ITEMS)
    assert element is not None or (low is None and high is None)
    if least > most and element is not None:
        path = rules.options["minItems"].path
        told = f"column '{where.named(element.path)}' has minItems {least}, above its maxItems {most}"
        where.faults.append(RuleFault(path, f"{told}: correct one of the two"))
        return None
    if enough is not None and enough < least and element is not None:
        told = f"column '{where.named(element.path)}' has at least {least} items that differ, and {enough} values"
        path = rules.options["minItems"].path if "minItems" in rules.options else element.path
        where.faults.append(RuleFault(path, f"{told} for them: correct one of the two"))
        return None
    return range(least, min(most, least + 8, most if enough is None else max(enough, least)) + 1)


def _array(
    type_: ColumnType, element: Element | None, name: str, rules: ColumnRules, seed: int, where: DrawingPlace
) -> Draw | None:
    items = element.nested("items") if element is not None else None
    part = type_.parts[0].type
    if rules.option("uniqueItems"):
        return _different(part, items, element, name, rules, seed, where)
    counts = _counts(rules, element, where, None)
    draw = draw_of(part, items, name, seed, where)
    if counts is None or draw is None or _is_unique_inside(items, where):
        return None
    return lambda row, number: [draw(row, mixed(number, n)) for n in range(counts[number % len(counts)])]


def _is_unique_inside(items: Element | None, where: DrawingPlace) -> bool:
    """Whether something in a list is to be unique in the whole table, which is told as a fault."""
    found = [one for one in items.walk() if rules_of(one).unique] if items is not None else []
    for one in found:
        told = f"column '{where.named(one.path)}' is unique within a list, which sample rows cannot have"
        where.faults.append(RuleFault((*one.path, "unique"), f"{told}: write uniqueItems at the list"))
    return bool(found)


def _different(
    part: ColumnType,
    items: Element | None,
    element: Element | None,
    name: str,
    rules: ColumnRules,
    seed: int,
    where: DrawingPlace,
) -> Draw | None:
    """Lists whose items differ."""
    if part.parts:
        draw = draw_of(part, items, name, seed, where)
        low = rules.option("minItems") or 0
        if draw is None or (low > 1 and element is not None):
            if element is not None and draw is not None:
                told = f"column '{where.named(element.path)}' has nested items that differ, which sample rows cannot"
                where.faults.append(RuleFault(rules.options["uniqueItems"].path, f"{told} have: remove uniqueItems"))
            return None
        return lambda row, number: [draw(row, number)] if rules.option("maxItems") != 0 else []
    space = _plain_space(part, items, name, where)
    if space is None:
        return None
    counts = _counts(rules, element, where, space.size)
    if counts is None:
        return None
    order, at = scatter(seed, space.size), space.at
    return lambda _, number: [at(order.at(number + n)) for n in range(counts[number % len(counts)])]


def _plain_space(type_: ColumnType, element: Element | None, name: str, where: DrawingPlace) -> Space | None:
    """Values that differ, of what has no parts."""
    if element is None:
        return leaf_space(Leaf(name, f"field '{name}'", (), type_, ColumnRules(), where.now, need=8))
    rules = rules_of(element)
    return leaf_space(leaf_of(element, name, type_, where, rules, 1))


def _map(
    type_: ColumnType, element: Element | None, name: str, rules: ColumnRules, seed: int, where: DrawingPlace
) -> Draw | None:
    key, value = type_.parts
    key_element = element.nested("map", "key") if element is not None else None
    value_element = element.nested("map", "value") if element is not None else None
    draw = draw_of(value.type, value_element, f"{name}_value", seed_of(seed, "value"), where)
    if key.type.parts:
        keys = draw_of(key.type, key_element, f"{name}_key", seed, where)
        if keys is None or draw is None:
            return None
        return lambda row, number: [(keys(row, number), draw(row, number))]
    space = _plain_space(key.type, key_element, f"{name}_key", where)
    if space is None or draw is None:
        return None
    counts = _counts(rules, element, where, space.size)
    if counts is None:
        return None
    order, at = scatter(seed, space.size), space.at
    return lambda row, number: [
        (at(order.at(number + n)), draw(row, mixed(number, n))) for n in range(counts[number % len(counts)])
    ]


def _vector(type_: ColumnType, rules: ColumnRules) -> Draw:
    """Vectors of as many numbers as the contract says, of length 1 where they are normalised."""
    size = rules.option("dimensions") or 8
    is_whole = type_.parts[0].type.name not in ("float", "double")
    normalized = bool(rules.option("normalized")) and not is_whole

    def drawn(_: int, number: int) -> list[Any]:
        source = random.Random(number)  # noqa: S311 (made-up rows are no secret)
        if is_whole:
            return [source.randrange(0, 128) for _n in range(size)]
        values = [source.uniform(-1, 1) for _n in range(size)]
        length = math.sqrt(sum(one * one for one in values)) if normalized else 1.0
        return [one / length for one in values]

    return drawn


def _json_text(element: Element, name: str, seed: int, where: DrawingPlace) -> Draw | None:
    """JSON as text, of what the contract describes below a column."""
    data = {key: value for key, value in element.data.items() if key != "physicalType"}
    plain = Element(element.path, data, element.below)
    draw = draw_of(column_type(plain, where.place), plain, name, seed, where)
    if draw is None:
        return None
    return lambda row, number: json.dumps(_plain(draw(row, number)), default=str, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A value as JSON has it: a map is an object."""
    if isinstance(value, list):
        entries = cast("list[Any]", value)
        if entries and all(isinstance(one, tuple) for one in entries):
            return {str(key): _plain(inner) for key, inner in entries}
        return [_plain(one) for one in entries]
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in cast("Mapping[str, Any]", value).items()}
    return value
