"""Access of a stack to an account: region, roles, tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAccess:
    """Access of a stack to an account, from which an `aws.Provider` is made.

    `assumed` marks an id that AWS has not given yet: it is planned and proven with, and never deployed to.
    """

    account_id: str
    region: str
    deploy_role: str
    preview_role: str
    tags: Tags
    assumed: bool = False
