"""Troubles of a deployment on AWS: what an answer of AWS means, and what to do about it (`troubles.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import cast

from mesh.aws.packaged import packaged


@dataclass(frozen=True, slots=True)
class Trouble:
    """A code of AWS with a part of its message, empty for any; what it means and what to do, a sentence each."""

    code: str
    means: str
    do: str
    says: str = ""

    def in_message(self, message: str) -> bool:
        """Whether a message, of the plugin or of the emulator, tells of this trouble."""
        return bool(re.search(rf"\b{self.code}\b", message)) and self.says.lower() in message.lower()


@cache
def troubles() -> tuple[Trouble, ...]:
    """All rows of the table."""
    rows = cast("list[dict[str, str]]", packaged("troubles.yaml"))
    return tuple(Trouble(**row) for row in rows)


def troubles_in(messages: Iterable[str]) -> tuple[Trouble, ...]:
    """Troubles that messages tell of, each once, in the order of the table."""
    said = tuple(messages)
    return tuple(each for each in troubles() if any(each.in_message(message) for message in said))
