"""How a stack reaches an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mesh.iam.statement import Document

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAccess:
    """How a stack reaches an account: what an `aws.Provider` is made from.

    `assumed` marks an id that AWS has not given yet: it is planned and proven with, and never deployed to.
    """

    account_id: str
    region: str
    deploy_role: str
    preview_role: str
    tags: Tags
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDocuments:
    """Who assumes a role and what it may do."""

    trust: Document
    permissions: Document
