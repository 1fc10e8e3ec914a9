"""Length of a text as AWS counts it, where its pages disagree: in bytes of UTF-8, the most that any of them counts.

The Glue Developer Guide says bytes ("Table API", Column structure: a comment is "not more than 255 bytes long"). The
API references and botocore's models have a length without a unit, which services in Java take as units of UTF-16. A
text that fits in bytes fits in each.
"""

from __future__ import annotations

from typing import Final

_ELLIPSIS: Final = "…"


def longest_count(text: str) -> int:
    """The bytes of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def shortened(text: str, longest: int) -> str:
    """A text that is cut behind a whole character, so that AWS counts no more than `longest`."""
    if longest_count(text) <= longest:
        return text
    kept = text.encode("utf-8", "surrogatepass")[: longest - longest_count(_ELLIPSIS)]
    while kept and not _is_whole(kept):
        kept = kept[:-1]
    return kept.decode("utf-8", "surrogatepass") + _ELLIPSIS


def _is_whole(text: bytes) -> bool:
    try:
        text.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True
