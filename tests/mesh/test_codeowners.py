"""CODEOWNERS names for each file who answers for it; git itself says which pattern of it holds for a path."""

from __future__ import annotations

import subprocess
from pathlib import Path, PurePosixPath

import pytest

from mesh import codeowners
from mesh.findings import NotPossibleError
from mesh.load import load
from mesh.model import Mesh

FOLDER = PurePosixPath("data/stacks")
STACKS = Path(__file__).parents[2] / "stacks"


def owners(text: str, paths: list[str], root: Path) -> dict[str, str]:
    """Owners of each path. Patterns of CODEOWNERS are those of .gitignore, in which, too, the last one holds."""
    everything, *lines = text.splitlines()[1:]
    assert everything.startswith("* @")  # for git it would match folders, and nothing in them any more
    subprocess.run(["git", "init", "-q", root], check=True)
    (root / ".git/info/exclude").write_text("".join(f"{line.partition(' ')[0]}\n" for line in lines))
    asked = ["git", "-C", str(root), "check-ignore", "--no-index", "--verbose", "--non-matching", *paths]
    answers = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.splitlines()
    found: dict[str, str] = {}
    for answer in answers:
        place, _, path = answer.partition("\t")
        number = place.split(":")[1]
        found[path] = (lines[int(number) - 1] if number else everything).partition(" ")[2]
    return found


def test_each_file_of_the_sample_is_owned_by_who_answers_for_it(sample: Mesh, tmp_path: Path) -> None:
    text = codeowners.text(sample, FOLDER)
    files = [str(FOLDER / path.relative_to(STACKS)) for path in STACKS.rglob("*.yaml")]
    more = ["__main__.py", ".github/CODEOWNERS", "data/pipelines/ads/x.py", "data/pipelines/new/x.py"]
    more += ["data/stacks/domains/new.yaml", "data/stacks/clearances/new.yaml", "data/stacks/contracts/new/x.odcs.yaml"]
    found = owners(text, [*files, *more], tmp_path)
    assert found.keys() == {*files, *more}
    assert found["data/stacks/domains/identity.yaml"] == "@aurora/identity-platform"
    assert found["data/stacks/contracts/identity/profiles.odcs.yaml"] == "@aurora/identity-platform"
    assert found["data/stacks/contracts/identity/profiles.lock.yaml"] == "@aurora/identity-platform"
    assert found["data/pipelines/ads/x.py"] == "@aurora/ads-platform"
    assert found["data/stacks/partners/subtitling.yaml"] == "@aurora/content-operations"
    assert found["data/stacks/clearances/pii.yaml"] == "@aurora/privacy-office"
    assert found["data/stacks/clearances/restricted.yaml"] == "@aurora/finance-control @aurora/privacy-office"
    of_the_platform = [*more[:2], *more[3:], "data/stacks/mesh.yaml", "data/stacks/accounts.yaml"]
    of_the_platform += ["data/stacks/names.lock.yaml"]
    assert {found[path] for path in of_the_platform} == {"@aurora/data-platform"}
    # No clearance is decided by somebody who is no approver of it, the domains included.
    for name, clearance in sample.clearances.items():
        handles = {approver.github for approver in clearance.approvers}
        assert set(found[f"data/stacks/clearances/{name}.yaml"].split()) == handles


def test_a_contract_in_another_place_is_its_domains(tiny: Path, tmp_path: Path) -> None:
    for file in (tiny / "mesh.yaml", *(tiny / "domains").iterdir(), *(tiny / "partners").iterdir()):
        file.write_text(file.read_text().replace("example}", 'example, github: "@tiny/x"}'))
    for file in (tiny / "clearances").iterdir():
        text = file.read_text().replace("approvers: [", "approvers: [{email: a@b.example, github: '@tiny/a'}, ")
        file.write_text(text)
    domain = tiny / "domains/shop.yaml"
    text = domain.read_text().replace("/x", "/s")
    domain.write_text(text.replace("ml,", "ml, contract: elsewhere/clicks.odcs.yaml,"))
    (tiny / "elsewhere").mkdir()
    (tiny / "contracts/shop/clicks.odcs.yaml").rename(tiny / "elsewhere/clicks.odcs.yaml")
    mesh = load(tiny).usable()
    assert list(codeowners.problems(mesh)) == []
    text = codeowners.text(mesh, PurePosixPath())
    assert owners(text, ["elsewhere/clicks.odcs.yaml", "elsewhere/x"], tmp_path / "repository") == {
        "elsewhere/clicks.odcs.yaml": "@tiny/s",
        "elsewhere/x": "@tiny/x",
    }
    assert list(codeowners.remarks(mesh)) == [
        "clearances/general.yaml: without a 'github' GitHub does not ask platform@tiny.example",
        "clearances/pii.yaml: without a 'github' GitHub does not ask privacy@tiny.example",
    ]


def test_every_file_without_a_handle_is_told(tiny: Path) -> None:
    told = [(problem.file, problem.path) for problem in codeowners.problems(load(tiny).usable())]
    assert told == [
        ("mesh.yaml", ("owner",)),
        ("domains/orders.yaml", ("owner",)),
        ("domains/shop.yaml", ("owner",)),
        ("partners/courier.yaml", ("owner",)),
        ("clearances/general.yaml", ("approvers",)),
        ("clearances/pii.yaml", ("approvers",)),
    ]


@pytest.mark.parametrize("folder", ["my stacks", "stacks[1]", "stacks*", "sta#cks", "st\u00e4cks"])
def test_a_path_that_would_be_a_pattern_is_refused(folder: str, sample: Mesh) -> None:
    with pytest.raises(NotPossibleError, match="does not take as it is"):
        codeowners.text(sample, PurePosixPath(folder))
