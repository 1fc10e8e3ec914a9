"""Touched files: whom CODEOWNERS asks, and files that guard the mesh itself."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from mesh.approvals.touched_files import file_needs
from mesh.model import Mesh
from tests.mesh.approvals.changed_meshes import request, whys, with_clearance, with_domain


@pytest.mark.parametrize(
    ("file", "owner"),
    [
        ("stacks/domains/ads.yaml", "@aurora/ads-platform"),
        ("stacks/contracts/ads/impressions.odcs.yaml", "@aurora/ads-platform"),
        ("stacks/contracts/ads/impressions.lock.yaml", "@aurora/ads-platform"),
        ("pipelines/ads/some.py", "@aurora/ads-platform"),
        ("stacks/partners/subtitling.yaml", "@aurora/content-operations"),
        ("stacks/clearances/pii.yaml", "@aurora/privacy-office"),
        ("stacks/clearances/restricted.yaml", "@aurora/finance-control or @aurora/privacy-office"),
        ("stacks/mesh.yaml", "@aurora/data-platform"),
        ("stacks/domains/new.yaml", "@aurora/data-platform"),
        ("README.md", "@aurora/data-platform"),
    ],
)
def test_a_file_asks_its_owner(sample: Mesh, file: str, owner: str) -> None:
    assert whys(file_needs(request(sample, sample, file))) == [f"{owner}: {file} belongs to {owner}"]


def test_files_of_one_owner_are_one_question(sample: Mesh) -> None:
    files = ("stacks/domains/ads.yaml", "stacks/contracts/ads/impressions.odcs.yaml", "stacks/domains/identity.yaml")
    assert whys(file_needs(request(sample, sample, *files))) == [
        "@aurora/ads-platform: stacks/domains/ads.yaml and 1 more belong to @aurora/ads-platform",
        "@aurora/identity-platform: stacks/domains/identity.yaml belongs to @aurora/identity-platform",
    ]


def test_owners_are_those_of_before_and_without_a_handle_their_address(sample: Mesh) -> None:
    owner = sample.domains["ads"].owner
    silent = with_domain(sample, "ads", owner=owner.model_copy(update={"github": None}))
    (told,) = whys(file_needs(request(silent, sample, "stacks/domains/ads.yaml")))
    assert told.startswith("ads-platform@aurora.example: ")
    approvers = tuple(each.model_copy(update={"github": None}) for each in sample.clearances["pii"].approvers)
    (told,) = whys(
        file_needs(request(with_clearance(sample, "pii", approvers=approvers), sample, "stacks/clearances/pii.yaml"))
    )
    assert told.startswith("privacy-office@aurora.example: ")


@pytest.mark.parametrize(
    ("file", "kind", "why"),
    [
        (".github/workflows/deploy.yml", "workflow", "changes, and it runs with the roles that deploy the mesh"),
        (".github/CODEOWNERS", "workflow", "changes, and it decides who is asked for which file"),
        ("policies/rules.py", "guardrail", "changes, and it holds the rules that every deployment is held to"),
        ("stacks/Pulumi.domain-ads.yaml", "guardrail", "changes, and it holds settings of a deployment"),
        ("components/data_product.py", "guardrail", "changes, and it is a part of the program"),
        ("requirements.lock", "guardrail", "changes, and it decides which code of others runs with ours"),
        (".gitmodules", "guardrail", "changes, and it decides which code of others runs with ours"),
        ("policies", "guardrail", "changes, and it holds the rules that every deployment is held to"),
        ("policies/a\nb.py", "guardrail", "changes, and it holds the rules that every deployment is held to"),
        ("mesh", "guardrail", "changes, and it is a part of the program"),
        (".github", "workflow", "changes, and it runs with the roles that deploy the mesh"),
    ],
)
def test_a_file_that_guards_the_mesh_asks_the_platform_team_by_itself(
    sample: Mesh, file: str, kind: str, why: str
) -> None:
    needs = [need for need in file_needs(request(sample, sample, file)) if need.kind != "file"]
    assert [(need.kind, need.by, need.author_counts) for need in needs][:1] == [
        (kind, ("@aurora/data-platform",), False)
    ]
    assert needs[0].why.startswith(f"{file} {why}")


ROOT: Final = Path(__file__).parents[3]
BESIDE: Final = {"benchmarks", "examples", "pipelines", "tests"}
"""Folders with Python of which nothing runs with the roles that deploy: `pipelines` runs with those of domains."""
PROGRAM: Final = sorted(
    folder.name
    for folder in ROOT.iterdir()
    if folder.is_dir() and not folder.name.startswith(".") and any(folder.rglob("*.py"))
)


@pytest.mark.parametrize("folder", [name for name in PROGRAM if name not in BESIDE])
def test_every_folder_of_the_program_is_guarded(sample: Mesh, folder: str) -> None:
    needs = file_needs(request(sample, sample, f"{folder}/some.py"))
    assert [need.by for need in needs if need.kind == "guardrail"] == [("@aurora/data-platform",)]


def test_the_folders_of_the_program_are_found() -> None:
    assert {*BESIDE, "cli", "functions", "mesh", "policies", "program"} <= {*PROGRAM}


def test_a_mesh_in_a_folder_called_like_the_program_is_none_of_it(sample: Mesh) -> None:
    asked = request(sample, sample, "mesh/domains/ads.yaml")
    assert [need.kind for need in file_needs(asked.__class__(sample, sample, asked.files, "mesh"))] == ["file"]
