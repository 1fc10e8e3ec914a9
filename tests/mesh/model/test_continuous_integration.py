"""`ci:` of mesh.yaml: which issuers and repositories are taken, and which spellings are one place."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mesh.model import ContinuousIntegration

GITHUB = "token.actions.githubusercontent.com"


def ci(repository: str = "tiny/mesh", issuer: str = GITHUB, **more: dict[str, str]) -> ContinuousIntegration:
    return ContinuousIntegration(repository=repository, issuer=issuer, **more)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "issuer",
    [
        GITHUB,
        f"{GITHUB}/octo-Enterprise",
        "token.actions.octocorp.ghe.com",
        "github.octocorp.example/_services/token",
    ],
)
def test_every_issuer_of_github_is_taken(issuer: str) -> None:
    assert ci(issuer=issuer).issuer == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "gitlab.com",
        "accounts.google.com",
        "vstoken.dev.azure.com/0f0e",
        "oidc.circleci.com/org/1",
        f"{GITHUB}.evil.example",
        f"evil.example/{GITHUB}",
        f"x{GITHUB}",
        f"{GITHUB}/..",
        f"{GITHUB}/a/b",
        f"{GITHUB}/",
        f"{GITHUB}\n",
        "token.actions.ghe.com",
        "token.actions.a.b.ghe.com",
        "token.actions.octocorp.ghe.com.evil.example",
        "github.octocorp.example/_services/token/..",
        "github.octocorp.example/../_services/token",
        "_services/token",
    ],
)
def test_no_other_issuer_is_taken(issuer: str) -> None:
    with pytest.raises(ValidationError):
        ci(issuer=issuer)


@pytest.mark.parametrize("name", ["mesh", ".github", "a.b", "..a", "-", "mesh.git"])
def test_a_repository_has_a_name(name: str) -> None:
    assert ci(f"tiny/{name}").subject("access") == f"repo:tiny/{name}:environment:access"
    assert ci(f"tiny@1/{name}@2").repository == f"tiny@1/{name}@2"


@pytest.mark.parametrize("repository", ["tiny/.", "tiny/..", "./mesh", "../mesh", "tiny@1/..@2", "tiny/", "tiny/a\n"])
def test_a_way_through_a_tree_is_no_repository(repository: str) -> None:
    with pytest.raises(ValidationError):
        ci(repository)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("tiny/mesh", "Tiny/MESH", True),
        ("tiny/mesh", "tiny/mesh.git", True),
        ("tiny/mesh", "tiny@1/mesh@2", True),
        ("tiny/mesh.GIT", "tiny@1/mesh@2", True),
        ("tiny@1/mesh@2", "tiny@1/renamed@2", True),
        ("tiny@1/mesh@2", "other@3/mesh@2", True),
        ("tiny@1/mesh@2", "tiny@1/other@3", False),
        ("tiny/mesh", "tiny/meshes", False),
        ("tiny/mesh", "other/mesh", False),
        ("tiny/mesh", "tiny/git", False),
    ],
)
def test_two_spellings_of_one_repository_are_one_place(one: str, other: str, is_same: bool) -> None:
    both = ci(one, environments={"access": "x", "partners": "X"}, repositories={"partners": other})
    assert both.places("access").isdisjoint(both.places("partners")) != is_same
    assert ci(one).places("access").isdisjoint(ci(one).places("partners"))
