"""Ids in a text, by the forms that AWS gives them: it knows nothing of which ids a plan assumes."""

from __future__ import annotations

import re
from typing import Final

FORMS: Final = (
    # A UUID first: its last part may be twelve digits.
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    r"(?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|[or]-[0-9a-z]{4,32})",
    r"(?:vpc|vpce|subnet|sg|rtb|acl|eni)-[0-9a-f]{8,17}",
    r"(?:sso)?ins-[0-9a-f]{16}",
    r"p-[0-9a-z]{8,32}",
    r"\d{12}",
)
"""Keys and groups of people; units, organisations, roots; parts of a network; instances of Identity Center; policies;
accounts (the patterns of the API references)."""

_ID: Final = re.compile(rf"(?<![0-9A-Za-z-])(?:{'|'.join(FORMS)})(?![0-9A-Za-z])(?!-[0-9a-z])")
_IN_NAMES: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
_UUID: Final = re.compile(FORMS[0])


def named_ids(text: str) -> set[str]:
    """Every id that a text names; that of an account also inside a name, as in `<bucket>-<account>-<region>`."""
    return {*_ID.findall(text), *_IN_NAMES.findall(_UUID.sub("", text))}
