"""Documents of a role: its trust policy and its permissions."""

from __future__ import annotations

from dataclasses import dataclass

from mesh.iam.statement import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDocuments:
    """Trust policy (who assumes the role) and permissions (what the role may do)."""

    trust: Document
    permissions: Document
