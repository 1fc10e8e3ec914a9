"""Mutations of a contract's text: lines and blocks of the file as an editor, a merge or a tired person changes them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final

Mutation = Callable[[list[str], random.Random], None]

LABEL_WORDS: Final = (
    *("pii", "financial", "pii, financial", "confidential", "restricted", "public", "internal"),
    *("PII", "very-secret", "pii,", "", "~", "[pii]", "{pii: true}", "'pii'", '"financial , pii"', "no", "1"),
)
ODD: Final = (
    *("", "~", "null", "true", "no", "0", "-1", "1.5", ".nan", "2027-01-01", "09:00-08:00", "''", "[]", "{}"),
    *("[[]]", "{a: b}", "a" * 300, "é", "pii", "classification", "decimal(99,9)", "struct<a:int,a:int>", "array<"),
    *("map<map<int,int>,int>", "${x}", "string", "object", "array", "map", "VARCHAR(20)", "'", "["),
)
NESTED: Final = (
    "- {name: nest_N, logicalType: object, properties: [{name: a, logicalType: string, classification: WORD}]}",
    "- {name: nest_N, logicalType: array, items: {logicalType: string, classification: WORD}}",
    "- {name: nest_N, logicalType: map, map: {key: {logicalType: string, classification: WORD}, "
    "value: {logicalType: string}}}",
    "- {name: nest_N, logicalType: map, map: {key: {logicalType: string}, "
    "value: {logicalType: string, classification: WORD}}}",
    "- {name: nest_N, logicalType: array, items: {logicalType: object, properties: "
    "[{name: a, logicalType: array, items: {logicalType: array, items: {logicalType: date, classification: WORD}}}]}}",
    "- {name: nest_N, logicalType: object, physicalType: 'struct<a:string>', properties: "
    "[{name: a, logicalType: string, physicalType: string, classification: WORD}]}",
    "- {name: nest_N, physicalType: 'array<struct<a:int>>', classification: WORD}",
    "- {name: nest_N, logicalType: array, physicalType: 'array<string>', items: "
    "{logicalType: string, physicalType: string, classification: WORD}}",
    "- {name: nest_N, logicalType: map, physicalType: 'map<string,string>', map: "
    "{key: {logicalType: string, physicalType: string}, "
    "value: {logicalType: string, physicalType: string, classification: WORD}}}",
    "- {name: nest_N, logicalType: string, customProperties: [{property: note, value: {classification: WORD}}]}",
    "- {name: nest_N, logicalType: string, quality: "
    "[{type: custom, engine: soda, implementation: {classification: WORD}}]}",
)
"""Columns with a label word somewhere in them, at places that the standard has and at places that are free."""

_KEY: Final = re.compile(r"^(\s*(?:- )?)([A-Za-z]+)(:.*)$")
_COLUMN: Final = re.compile(r"^(\s*)- (?:\{ ?)?name: ")


def depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def block(lines: list[str], start: int) -> int:
    """The end of the block that begins at a line: what is indented further."""
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or depth(lines[end]) > depth(lines[start])):
        end += 1
    return end


def anywhere(lines: list[str], draw: random.Random) -> int:
    return draw.randrange(len(lines))


def drop_a_line(lines: list[str], draw: random.Random) -> None:
    del lines[anywhere(lines, draw)]


def drop_a_block(lines: list[str], draw: random.Random) -> None:
    start = anywhere(lines, draw)
    del lines[start : block(lines, start)]


def repeat_a_line(lines: list[str], draw: random.Random) -> None:
    line = lines[anywhere(lines, draw)]
    lines.insert(anywhere(lines, draw), line)


def repeat_a_block(lines: list[str], draw: random.Random) -> None:
    start = anywhere(lines, draw)
    end = block(lines, start)
    lines[end:end] = lines[start:end]


def move_a_block(lines: list[str], draw: random.Random) -> None:
    start = anywhere(lines, draw)
    end = block(lines, start)
    moved = lines[start:end]
    del lines[start:end]
    if not lines:
        lines[:] = moved
        return
    target = anywhere(lines, draw)
    shift = depth(lines[target]) - depth(moved[0])
    lines[target:target] = [" " * max(0, depth(line) + shift) + line.lstrip(" ") for line in moved]


def indent_a_block(lines: list[str], draw: random.Random) -> None:
    start = anywhere(lines, draw)
    shift = draw.choice([-4, -2, -1, 1, 2, 4])
    for number in range(start, block(lines, start) if draw.random() < 0.8 else start + 1):
        lines[number] = " " * max(0, depth(lines[number]) + shift) + lines[number].lstrip(" ")


def change_the_case_of_a_key(lines: list[str], draw: random.Random) -> None:
    number = anywhere(lines, draw)
    change = draw.choice([str.lower, str.upper, str.title, str.swapcase])
    lines[number] = _KEY.sub(lambda match: match[1] + change(match[2]) + match[3], lines[number])


def insert_a_classification(lines: list[str], draw: random.Random) -> None:
    """A line with a label word, at the level of the keys around it."""
    number = anywhere(lines, draw)
    margin = depth(lines[number]) + (2 if lines[number].lstrip().startswith("- ") else 0)
    lines.insert(number + 1, f"{' ' * margin}classification: {draw.choice(LABEL_WORDS)}")


def insert_a_classification_among_braces(lines: list[str], draw: random.Random) -> None:
    numbers = [number for number, line in enumerate(lines) if "}" in line]
    if numbers:
        number = draw.choice(numbers)
        word = draw.choice(LABEL_WORDS[:9])
        word = f"'{word}'" if "," in word else word
        lines[number] = lines[number].replace("}", f", classification: {word}}}", 1)


def change_a_classification(lines: list[str], draw: random.Random) -> None:
    numbers = [number for number, line in enumerate(lines) if "classification:" in line]
    if numbers:
        number = draw.choice(numbers)
        word = draw.choice(LABEL_WORDS)
        lines[number] = re.sub(r"classification: *[\w-]+", f"classification: {word}", lines[number], count=1)


def insert_a_nested_column(lines: list[str], draw: random.Random) -> None:
    columns = [(number, match[1]) for number, line in enumerate(lines) if (match := _COLUMN.match(line))]
    if columns:
        number, margin = draw.choice(columns)
        text = draw.choice(NESTED).replace("_N", f"_{draw.randrange(1000)}")
        word = draw.choice(LABEL_WORDS[:9])
        lines.insert(number, margin + text.replace("WORD", f"'{word}'" if "," in word else word))


def nest_a_column(lines: list[str], draw: random.Random) -> None:
    """A column becomes the field, the items or the value of a map of a new one, at its place."""
    columns = [(number, match[1]) for number, line in enumerate(lines) if (match := _COLUMN.match(line))]
    if not columns:
        return
    number, margin = draw.choice(columns)
    end = block(lines, number)
    inner = lines[number:end]
    kind, place = draw.choice([("object", "properties"), ("array", "items"), ("map", "map")])
    head = [f"{margin}- name: nest_{draw.randrange(1000)}", f"{margin}  logicalType: {kind}", f"{margin}  {place}:"]
    if kind == "map":
        head += [f"{margin}    key: {{logicalType: string}}", f"{margin}    value:"]
    if kind != "object":
        inner[0] = inner[0].replace("- ", "  ", 1)
    further = 4 if kind == "map" else 2
    lines[number:end] = head + [" " * further + line for line in inner]


def swap_list_and_mapping(lines: list[str], draw: random.Random) -> None:
    number = anywhere(lines, draw)
    line = lines[number]
    text = line.lstrip(" ")
    margin = line[: depth(line)]
    lines[number] = f"{margin}  {text[2:]}" if text.startswith("- ") else f"{margin}- {text}"


def empty_a_value(lines: list[str], draw: random.Random) -> None:
    number = anywhere(lines, draw)
    lines[number] = re.sub(r"^(\s*(?:- )?[A-Za-z]+:).*$", r"\1", lines[number])


def put_an_odd_value(lines: list[str], draw: random.Random) -> None:
    number = anywhere(lines, draw)
    odd = draw.choice(ODD)
    lines[number] = re.sub(r"^(\s*(?:- )?[A-Za-z]+:).*$", lambda match: f"{match[1]} {odd}", lines[number])


MUTATIONS: Final[tuple[Mutation, ...]] = (
    drop_a_line,
    drop_a_block,
    repeat_a_line,
    repeat_a_block,
    move_a_block,
    indent_a_block,
    change_the_case_of_a_key,
    swap_list_and_mapping,
    empty_a_value,
    put_an_odd_value,
    *[insert_a_classification, insert_a_classification_among_braces, change_a_classification] * 2,
    *[insert_a_nested_column, nest_a_column] * 3,
)
"""Mutations; those that move labels stand more than once, for they are drawn more often."""


def mutated(text: str, draw: random.Random) -> str:
    """A contract after one to four mutations."""
    lines = text.splitlines()
    for _ in range(draw.choice([1, 1, 1, 2, 2, 3, 4])):
        if lines:
            draw.choice(MUTATIONS)(lines, draw)
    return "\n".join(lines) + "\n"
