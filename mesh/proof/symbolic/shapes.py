"""Shapes of texts, in which a theorem says what an ARN looks like: literals, and what stands between them.

A theorem takes no pattern from a policy: it would only repeat it.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from mesh import names


class ShapePart(Enum):
    """A part of a shape that is no literal text."""

    ACCOUNT = "twelve digits"
    WORD = "any text without a colon"
    ANY = "any text"
    NO_COLON = "a character that is no colon"
    CHARACTER = "a character"


Shape = tuple[str | ShapePart, ...]

ACCOUNT, WORD, ANY = ShapePart.ACCOUNT, ShapePart.WORD, ShapePart.ANY


def role(path: str, account: str | ShapePart = ACCOUNT, *more: str | ShapePart) -> Shape:
    """The ARN of a role of the mesh with that path, in an account."""
    return ("arn:aws:iam::", account, f":role/{names.PATH}/{path}", *more)


DEPLOY: Final = role("deploy")
"""The deploy role of any account."""

DEPLOY_ACCESS: Final = role("deploy-access")
"""The role of any domain's account that deploys who reads."""

BOOTSTRAP: Final[Shape] = ("arn:aws:iam::", ACCOUNT, ":role/stacksets-exec-", ANY)
"""The role with which StackSets makes the deploy role of a new account."""

OF_AWS: Final[tuple[Shape, ...]] = (
    ("arn:aws:iam::aws:policy/", ANY),
    ("arn:aws:ssm:", WORD, "::parameter/aws/", ANY),
    ("arn:aws:ec2:", WORD, ":aws:prefix-list/", ANY),
)
"""Resources that AWS itself owns: its managed policies, public parameters and prefix lists."""

PERMISSIONS_OF_RAM: Final[Shape] = ("arn:aws:ram::aws:permission/", ANY)
"""Permissions that AWS wrote for shares."""

ARN: Final[Shape] = ("arn:", WORD, ":", WORD, ":", WORD, ":", WORD, ":", ANY)
ARN_OF_AN_ACCOUNT: Final[Shape] = ("arn:", WORD, ":", WORD, ":", WORD, ":", ACCOUNT, ":", ANY)
