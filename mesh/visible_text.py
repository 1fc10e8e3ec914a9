"""Text of which every character can be seen: what cannot, such as a line break, is written as an escape."""

from __future__ import annotations

from typing import Final

_ESCAPES: Final = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def visible_text(text: str) -> str:
    """The text on one line, with the escapes that YAML has in double quotes for what a reader would not see."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return _ESCAPES.get(character) or (f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}")
