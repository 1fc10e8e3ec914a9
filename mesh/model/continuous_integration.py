"""`ci:` of `mesh.yaml`: where continuous integration signs in from, and with what.

GitHub's issuers, from its own documentation: "OpenID Connect reference" (github.com, and `HOSTNAME/_services/token` of
Enterprise Server), REST "Set the GitHub Actions OIDC custom issuer policy for an enterprise" (the slug), and "Feature
overview for GitHub Enterprise Cloud with data residency" (GHE.com).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from mesh import names
from mesh.model.base import Closed, expected

_LABEL: Final = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_HOSTED: Final = r"token\.actions\.githubusercontent\.com"
_PART: Final = r"\.*[A-Za-z0-9_-][A-Za-z0-9._-]*"
"""Name of a repository: no `.` and no `..`, which are no names but ways through a tree."""

Issuer = Annotated[
    str,
    expected(
        rf"^({_HOSTED}(/[A-Za-z0-9-]+)?|token\.actions\.{_LABEL}\.ghe\.com|{_LABEL}(\.{_LABEL})+/_services/token)$",
        "an issuer of GitHub's, for only its form of a token's subject is offered; without 'https://': "
        "token.actions.githubusercontent.com (or that/<enterprise>), token.actions.<subdomain>.ghe.com, or "
        "<host>/_services/token",
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
        rf"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(/{_PART}|@[0-9]+/{_PART}@[0-9]+)$",
        "a repository, written <owner>/<name>, or <owner>@<id>/<name>@<id> where GitHub's tokens have ids",
    ),
    StringConstraints(max_length=255),
]
Environment = Annotated[
    str,
    expected(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", "letters, digits and '.', '_', '-', such as production"),
    StringConstraints(max_length=100),
]
CiStack = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class ContinuousIntegration(Closed):
    """The issuer of CI's tokens, and the repository and the environment from which each stack is deployed."""

    issuer: Issuer = Field(description="Who signs the tokens: the address of GitHub's issuer, without https://.")
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

    def places(self, stack: str) -> frozenset[str]:
        """The environment that deploys a stack, with its repository's name, and with its id if that is written.

        GitHub takes names that differ in case for the same, and `.git` for no part of one; a repository that was
        renamed keeps its id. Two stacks that have one of these in common are deployed from one place.
        """
        owner, _, name = self.repositories.get(stack, self.repository).lower().partition("/")
        name, _, number = name.partition("@")
        environment = self.environments.get(stack, stack).lower()
        named = f"{owner.partition('@')[0]}/{name.removesuffix('.git')}"
        return frozenset(f"{environment} of {one}" for one in (named, number) if one)

    def subject(self, stack: str) -> str:
        """The `sub` of the tokens that deploy a stack, exactly as GitHub writes it."""
        return f"repo:{self.repositories.get(stack, self.repository)}:environment:{self.environment(stack)}"

    def environment(self, stack: str) -> str:
        """The environment from which a stack is deployed."""
        return self.environments.get(stack, stack)

    def named_repository(self, stack: str) -> str:
        """The repository that deploys a stack, as people write it: `<owner>/<name>`, without ids."""
        owner, _, name = self.repositories.get(stack, self.repository).partition("/")
        return f"{owner.partition('@')[0]}/{name.partition('@')[0]}"


def ci_stacks(domains: Iterable[str]) -> tuple[str, ...]:
    """Stacks that `environments` and `repositories` may name, in a mesh of these domains."""
    return (*names.FIRST_OF_CI, *(f"domain-{domain}" for domain in domains))
