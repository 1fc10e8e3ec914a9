"""Values as YAML on one line, which each parser of mesh files reads back as they are, in a block and in brackets."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

import ryaml
import yaml

_PLAIN: Final = re.compile(r"[\w/.(][\w /.()+'=;@%-]*")
"""Texts that may stand without quotes: none has a mark that means something to YAML in a block or in brackets."""


def scalar(value: Any) -> str:
    """A value on one line; a text stands in quotes wherever a parser could take it for something else.

    Lists and mappings stand in brackets. Raises TypeError for what YAML has no form for.
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        entries = cast("Mapping[Any, Any]", value).items()
        return f"{{{', '.join(f'{scalar(key)}: {scalar(one)}' for key, one in entries)}}}"
    if isinstance(value, Sequence):
        return f"[{', '.join(scalar(one) for one in cast('Sequence[Any]', value))}]"
    raise TypeError(f"no form in YAML for a {type(value).__name__}")


@lru_cache(maxsize=2048)
def _text(value: str) -> str:
    if _PLAIN.fullmatch(value) and value == value.strip() and _is_read_back(value):
        return value
    # JSON's texts are YAML's in double quotes (YAML 1.2.2, section 1.3).
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f")


def _is_read_back(value: str) -> bool:
    """Whether a plain text is that text to YAML 1.1 and 1.2, also where it is one of a list."""
    try:
        newer: object = ryaml.loads(f"[{value}]")  # pyright: ignore[reportPrivateImportUsage] (ryaml has no __all__)
        return newer == [value] == yaml.load(f"[{value}]", Loader=yaml.CSafeLoader)
    except (ValueError, yaml.YAMLError):
        return False
