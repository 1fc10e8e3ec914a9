"""`ci:` of `mesh.yaml`: where continuous integration signs in from, and with what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, StringConstraints

from mesh import names
from mesh.model.base import Closed, expected

Issuer = Annotated[
    str,
    expected(
        r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(/[A-Za-z0-9._-]+)*$",
        "the issuer's address without 'https://', such as token.actions.githubusercontent.com",
    ),
    StringConstraints(max_length=255),
]
TokenAudience = Annotated[
    str,
    expected(r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$", "an audience without a wildcard, such as sts.amazonaws.com"),
    StringConstraints(max_length=255),
]
Repository = Annotated[
    str,
    expected(
        r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(/[A-Za-z0-9._-]+|@[0-9]+/[A-Za-z0-9._-]+@[0-9]+)$",
        "a repository, written <owner>/<name>, or <owner>@<id>/<name>@<id> where GitHub's tokens have ids",
    ),
    StringConstraints(max_length=255),
]
Environment = Annotated[
    str,
    expected(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", "letters, digits and '.', '_', '-'"),
    StringConstraints(max_length=100),
]
CiStack = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class ContinuousIntegration(Closed):
    """The issuer of CI's tokens, and the repository and the environment from which each stack is deployed."""

    issuer: Issuer = Field(description="Who signs the tokens: its address without https://.")
    audience: TokenAudience = Field(default="sts.amazonaws.com", description="Whom the tokens are for.")
    repository: Repository = Field(
        description="The repository that deploys, <owner>/<name>; <owner>@<id>/<name>@<id> if it was made since July "
        "2026 (`gh api repos/OWNER/NAME/actions/oidc/customization/sub` says which)."
    )
    environments: dict[CiStack, Environment] = Field(
        default={},
        description="Environments by stack: organization, governance, access, partners, previews, domain-<domain>; a "
        "stack that is left out has the environment of its own name.",
    )
    repositories: dict[CiStack, Repository] = Field(
        default={}, description="Repositories of stacks that another one deploys, by stack."
    )

    def subject(self, stack: str) -> str:
        """The `sub` of the tokens that deploy a stack, exactly as GitHub writes it."""
        repository = self.repositories.get(stack, self.repository)
        return f"repo:{repository}:environment:{self.environments.get(stack, stack)}"


def ci_stacks(domains: Iterable[str]) -> tuple[str, ...]:
    """Stacks that `environments` and `repositories` may name, in a mesh of these domains."""
    return (*names.FIRST_OF_CI, *(f"domain-{domain}" for domain in domains))
