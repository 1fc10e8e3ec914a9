"""What a theorem says of a text, in its own words and not in those of a policy: literals, and what stands between."""

from __future__ import annotations

from enum import Enum
from typing import Final

from mesh import names


class Part(Enum):
    """What may stand in a shape besides literal text."""

    ACCOUNT = "twelve digits"
    WORD = "any text without a colon"
    ANY = "any text"


Shape = tuple[str | Part, ...]

ACCOUNT, WORD, ANY = Part.ACCOUNT, Part.WORD, Part.ANY


def role(path: str, account: str | Part = ACCOUNT, *more: str | Part) -> Shape:
    """The ARN of a role of the mesh: that path and no other, in an account."""
    return ("arn:aws:iam::", account, f":role/{names.PATH}/{path}", *more)


DEPLOY: Final = role("deploy")
"""The deploy role of any account."""

BOOTSTRAP: Final[Shape] = ("arn:aws:iam::", ACCOUNT, ":role/stacksets-exec-", ANY)
"""The role with which StackSets makes the deploy role of a new account."""

ARN: Final[Shape] = ("arn:", WORD, ":", WORD, ":", WORD, ":", WORD, ":", ANY)
ARN_OF_AN_ACCOUNT: Final[Shape] = ("arn:", WORD, ":", WORD, ":", WORD, ":", ACCOUNT, ":", ANY)
