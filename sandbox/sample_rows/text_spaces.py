"""Spaces of texts: by pattern, format and length, and by what a column's name says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from mesh.validation_messages import shorten
from sandbox.sample_rows import text_shapes
from sandbox.sample_rows.leaf import Leaf, fitting
from sandbox.sample_rows.ordered_spaces import time_space
from sandbox.sample_rows.plausible_words import format_pattern, text_hint
from sandbox.sample_rows.text_shapes import UnsupportedPatternError
from sandbox.sample_rows.value_spaces import ComputedSpace, ListedSpace, Space, text_space

_TIMES: Final = {"date": "%Y-%m-%d", "timestamp": "%Y-%m-%dT%H:%M:%S", "time": "%H:%M:%S"}
"""Forms of times that are kept as text, where the contract has no format."""

_LETTERS: Final = {
    "yyyy": "%Y",
    "uuuu": "%Y",
    "MM": "%m",
    "dd": "%d",
    "HH": "%H",
    "mm": "%M",
    "ss": "%S",
    "SSSSSS": "%f",
    "XXX": "Z",
    "X": "Z",
}
"""Letters of Java's DateTimeFormatter ("Patterns for Formatting and Parsing") and the directives of Python's."""

_TOKENS: Final = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+")


def string_space(leaf: Leaf) -> Space | None:
    """Texts that a leaf has; None, with the fault, where none holds its rules."""
    least, most = leaf.lengths
    if most is not None and least > most:
        path = (*leaf.path, "logicalTypeOptions", "minLength")
        leaf.fault(path, f"has minLength {least}, above its most characters, {most}: correct one of the two")
        return None
    if leaf.logical in _TIMES:
        return _written_times(leaf, leaf.logical)
    top = text_shapes.LONGEST_TEXT if most is None else most
    if "" in leaf.rules.never:
        least = max(1, least)
    if not leaf.rules.patterns:
        return _without_pattern(leaf, least, top)
    made = _of_patterns(leaf, least, top)
    if made is None:
        return None
    format_ = leaf.rules.option("format")
    wanted = format_pattern(format_) if isinstance(format_, str) else None
    for pattern in _plausible(leaf, wanted):
        space = fitting(_space_of(pattern, least, top), leaf)
        if space.size >= max(1, leaf.need):
            return space
    words = fitting(ListedSpace(_words(leaf)), leaf)
    if words.size >= max(1, leaf.need) and wanted is None:
        return words
    return _of_format(leaf, made, wanted, least, top) if wanted else _without_missing(leaf, made)


def _of_patterns(leaf: Leaf, least: int, most: int) -> Space | None:
    shapes: tuple[text_shapes.TextShape, ...] | None = None
    for placed in leaf.rules.patterns:
        try:
            found = text_shapes.shapes(placed.value, least, most)
        except UnsupportedPatternError as error:
            told = f"has the pattern '{shorten(placed.value)}', which {error}"
            leaf.fault(
                placed.path, f"{told}: sample rows cannot be made of it; write a plainer one, or list the values"
            )
            return None
        shapes = found if shapes is None else text_shapes.common(shapes, found)
        if not shapes:
            told = f"has the pattern '{shorten(placed.value)}', and no text was found that matches it"
            leaf.fault(placed.path, f"{told} and holds the column's other rules: correct one of them")
            return None
    return text_space(shapes or ())


def _space_of(pattern: str, least: int, most: int) -> Space:
    return text_space(text_shapes.shapes(pattern, least, most))


def _of_format(leaf: Leaf, made: Space, wanted: str, least: int, most: int) -> Space | None:
    """Texts of a format that match the patterns, too."""
    shapes = text_shapes.shapes(wanted, least, most)
    both = text_space(text_shapes.common(shapes, getattr(made, "shapes", ())))
    if both.size >= max(1, leaf.need):
        return _without_missing(leaf, both)
    path = (*leaf.path, "logicalTypeOptions", "format")
    pattern = shorten(leaf.rules.patterns[0].value)
    leaf.fault(path, f"has the format {leaf.rules.option('format')}, and no such text matches '{pattern}': correct one")
    return None


def _without_missing(leaf: Leaf, space: Space) -> Space | None:
    """A space without values that count as missing."""
    if not any(isinstance(one, str) for one in leaf.rules.never) or not space.size:
        return space
    some = fitting(space, leaf)
    return some if some.size >= max(1, leaf.need) or space.size <= some.size else space


def _words(leaf: Leaf) -> tuple[str, ...]:
    hint = text_hint(leaf.name)
    return hint.words if hint else ()


def _plausible(leaf: Leaf, wanted: str | None) -> Iterator[str]:
    hint = text_hint(leaf.name)
    if wanted is not None:
        yield wanted
    elif hint and hint.pattern:
        yield hint.pattern
    elif example := _like_example(leaf):
        yield example


def _like_example(leaf: Leaf) -> str | None:
    """A pattern of the first example that the contract has, with other digits."""
    first: Any = leaf.examples[0] if leaf.examples else None
    if not isinstance(first, str) or sum(letter.isdigit() and letter.isascii() for letter in first) < 4:
        return None
    return "".join("[0-9]" if one.isdigit() and one.isascii() else re.escape(one) for one in first)


def _without_pattern(leaf: Leaf, least: int, most: int) -> Space | None:
    format_ = leaf.rules.option("format")
    wanted = format_pattern(format_) if isinstance(format_, str) else None
    for pattern in _plausible(leaf, wanted):
        space = _space_of(pattern, least, most)
        if space.size >= leaf.need and space.size:
            return _without_missing(leaf, space)
    if wanted is not None:
        path = (*leaf.path, "logicalTypeOptions", "format")
        leaf.fault(path, f"has the format {format_}, which has no {leaf.need} texts of its length: correct one of them")
        return None
    words = fitting(ListedSpace(_words(leaf)), leaf)
    if words.size >= max(1, leaf.need):
        return words
    stem = leaf.name.removesuffix("_id").replace("_", "-")[:24]
    stem = f"fake-{stem}" if leaf.personal else stem
    for pattern in (rf"{re.escape(stem)}-[0-9a-z]{{6}}", "[0-9a-z]{8}"):
        space = _space_of(pattern, least, most)
        if space.size >= max(1, leaf.need):
            return _without_missing(leaf, space)
    return _without_missing(leaf, _space_of(f"[0-9a-z]{{{min(max(8, least), most)}}}", least, most))


# ---- times as text


def _written_times(leaf: Leaf, logical: str) -> Space | None:
    """Times that are kept as text, in the contract's format or that of ISO 8601."""
    format_ = leaf.rules.option("format")
    form = _TIMES[logical] if format_ is None else _python_form(str(format_))
    if form is None:
        path = (*leaf.path, "logicalTypeOptions", "format")
        known = ", ".join(_LETTERS)
        leaf.fault(path, f"has the format '{format_}', which sample rows cannot be made of; known letters: {known}")
        return None
    has_time, has_day = "%H" in form, "%d" in form or "%Y" in form
    space = time_space(leaf, "timestamp" if has_time and has_day else "time" if has_time else "date")
    if space is None:
        return None
    made = ComputedSpace(space.size, lambda number: space.at(number).strftime(form))
    distinct = {"%Y", "%m", "%d"} <= set(re.findall("%.", form)) or not has_day
    if distinct and not leaf.rules.patterns and leaf.lengths == (0, None):
        return made
    some = ListedSpace(
        [text for text in dict.fromkeys(made.at(n) for n in range(min(made.size, 50_000))) if not _misses(leaf, text)]
    )
    if some.size:
        return some
    place = leaf.rules.patterns[0].path if leaf.rules.patterns else leaf.path
    leaf.fault(place, f"is a {logical} as text, and no '{form}' of it holds its other rules: correct one of them")
    return None


def _misses(leaf: Leaf, text: str) -> bool:
    least, most = leaf.lengths
    patterns = leaf.rules.patterns
    return not (least <= len(text) <= (len(text) if most is None else most)) or any(
        text_shapes.compiled(placed.value).search(text) is None for placed in patterns
    )


def _python_form(java: str) -> str | None:
    made: list[str] = []
    for match in _TOKENS.finditer(java):
        text = match[0]
        if text.startswith("'"):
            made.append((match[1] or "'").replace("%", "%%"))
        elif text[0].isalpha():
            if text not in _LETTERS:
                return None
            made.append(_LETTERS[text])
        else:
            made.append(text.replace("%", "%%"))
    return "".join(made) if java and "".join(m[0] for m in _TOKENS.finditer(java)) == java else None
