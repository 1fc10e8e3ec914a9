"""Places from which continuous integration deploys, as the text of `mesh.yaml` has them; the plan has no part in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WrittenCi:
    """Mapping `ci:`. A stack has the repository of the mesh and the environment of its name, if it says no other."""

    issuer: str
    audience: str
    repository: str
    repositories: Mapping[str, str]
    environments: Mapping[str, str]

    def subject(self, stack: str) -> str:
        """The `sub` of tokens from a stack's environment (GitHub Docs, "OpenID Connect reference")."""
        return f"repo:{self.repositories.get(stack, self.repository)}:environment:{self.environments.get(stack, stack)}"


def written_ci(mesh_file: Mapping[str, Any]) -> WrittenCi | None:
    """Mapping `ci:` of a mesh.yaml that is known to be valid; None without CI."""
    ci: Mapping[str, Any] | None = mesh_file.get("ci")
    if not ci:
        return None
    repositories: Mapping[str, str] = ci.get("repositories") or {}
    environments: Mapping[str, str] = ci.get("environments") or {}
    audience: str = ci.get("audience") or "sts.amazonaws.com"
    return WrittenCi(ci["issuer"], audience, ci["repository"], repositories, environments)
