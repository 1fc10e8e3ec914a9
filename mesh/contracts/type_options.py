"""Options and custom properties of an element that bear on its type: format, time zone, digits.

Sources: Bitol, Open Data Contract Standard, "Schema", `logicalTypeOptions`; custom properties as datacontract-cli
writes them (`create_property`, `map_type`) and as SQL's information schema names them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from mesh.model import Element

_TIME_OF_DAY: Final = re.compile(r"H|hh|ss|date-?time")
_ZONE_AT_END: Final = re.compile(r"(?<=[sSn. ])(?:X{1,5}|x{1,5}|Z{1,5}|z{1,4}|VV|O{1,4})\s*$")
_QUOTED: Final = re.compile(r"'[^']*'")
UTC: Final = frozenset({"etc/utc", "utc", "gmt", "etc/gmt", "z"})
"""Time zones that are none to ask about: the standard's default, and other names of it."""


class Said(NamedTuple):
    """Options and custom properties of an element that bear on its type."""

    format: str | None = None
    timezone: bool | None = None
    default_timezone: str | None = None
    multiple_of: str | None = None
    element_type: str | None = None
    precision: str | None = None
    scale: str | None = None
    map_types: tuple[str | None, str | None] = (None, None)
    bounds: tuple[str | None, str | None] = (None, None)


NOTHING_SAID: Final = Said()


_CUSTOM: Final = {
    "precision": "precision",
    "numericprecision": "precision",
    "scale": "scale",
    "numericscale": "scale",
    "mapkeytype": "key",
    "mapvaluetype": "value",
}
"""Custom properties that say digits or the types of a map, in lower case without `_`."""


def said(element: Element) -> Said:
    """Options and custom properties of an element, as far as they bear on its type."""
    options: Mapping[str, Any] = element.data.get("logicalTypeOptions") or {}
    custom = {
        _CUSTOM[key]: _text(entry.get("value"))
        for entry in element.data.get("customProperties") or ()
        if (key := str(entry.get("property")).replace("_", "").lower()) in _CUSTOM
    }
    timezone = options.get("timezone")
    return Said(
        _text(options.get("format")),
        timezone if isinstance(timezone, bool) else None,
        _text(options.get("defaultTimezone")),
        _text(options.get("multipleOf")),
        _text(options.get("elementType")),
        custom.get("precision") or _text(options.get("precision")),
        custom.get("scale") or _text(options.get("scale")),
        (custom.get("key"), custom.get("value")),
        (
            _text(options.get("minimum", options.get("exclusiveMinimum"))),
            _text(options.get("maximum", options.get("exclusiveMaximum"))),
        ),
    )


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, (Mapping, list)) else str(value)


def names_a_time(format_: str | None) -> bool:
    """Whether a format of dates, as Java's DateTimeFormatter has them, has a time of day."""
    return format_ is not None and _TIME_OF_DAY.search(_QUOTED.sub("", format_)) is not None


def names_a_zone(format_: str | None) -> bool:
    """Whether a format of dates has a time of day and, behind it, a time zone."""
    if format_ is None or not names_a_time(format_):
        return False
    return _ZONE_AT_END.search(_QUOTED.sub("", format_)) is not None


def is_whole(text: str | None) -> bool:
    """Whether a text is a whole number of a size that digits are counted in."""
    return text is not None and re.fullmatch(r"\d{1,4}", text) is not None


def whole(text: str | None) -> int:
    """The whole number that a text is; 0 when it is none."""
    return int(text) if text is not None and is_whole(text) else 0


def places(multiple_of: str | None) -> int:
    """Digits after the point of a number; 0 of a whole one."""
    try:
        exponent = Decimal(multiple_of or "1").normalize().as_tuple().exponent
    except InvalidOperation:
        return 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


_SECONDS: Final = re.compile(r"\(\s*([0-9]+)\s*\)")


def loses_digits(physical: str | None, told: Said) -> bool:
    """Whether a timestamp has more digits of a second than six, which Iceberg's format 2 keeps."""
    if physical is None:
        return False
    written = _SECONDS.search(physical)
    return max(whole(written[1]) if written else 0, whole(told.precision)) > 6
