"""Troubles of a deployment on AWS: what an answer of AWS means, and what to do about it (`troubles.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from mesh.aws.packaged import packaged


@dataclass(frozen=True, slots=True)
class Trouble:
    """Codes of AWS with a part of their message, empty for any; what they mean and what to do.

    A code is what the wire says: IAM's `MalformedPolicyDocument` is `MalformedPolicyDocumentException` in KMS. Without
    codes the part of the message is the plugin's own.
    """

    codes: tuple[str, ...]
    means: str
    do: str
    says: str = ""

    def in_message(self, message: str) -> bool:
        """Whether a message, of the plugin or of the emulator, tells of this trouble."""
        is_code = not self.codes or any(re.search(rf"\b{re.escape(code)}\b", message) for code in self.codes)
        return is_code and self.says.lower() in message.lower()

    @property
    def title(self) -> str:
        """Title of the row: its codes, or the words that it knows."""
        return " or ".join(self.codes) or f"… {self.says} …"


@cache
def troubles() -> tuple[Trouble, ...]:
    """All rows of the table."""
    rows = cast("list[dict[str, Any]]", packaged("troubles.yaml"))
    return tuple(_trouble(**row) for row in rows)


def _trouble(codes: list[str], means: str, do: str, says: str = "") -> Trouble:
    return Trouble(tuple(codes), means, do, says)


def troubles_in(messages: Iterable[str]) -> tuple[Trouble, ...]:
    """Troubles that messages tell of, each once, in the order of the table."""
    said = tuple(messages)
    return tuple(each for each in troubles() if any(each.in_message(message) for message in said))
