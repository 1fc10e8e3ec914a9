"""`mesh codeowners`: writes, checks, and touches nothing that is not its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import main
from tests.mesh_copies import copied

STACKS = Path(__file__).parents[2] / "stacks"
DAY = ("--as-of", "2026-12-01")


@pytest.fixture
def stacks(tmp_path: Path) -> Path:
    """The sample mesh in a repository."""
    (tmp_path / ".git").mkdir()
    return copied(STACKS, tmp_path / "stacks")


def test_it_writes_and_then_checks(stacks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = stacks.parent / ".github/CODEOWNERS"
    assert main.run(["codeowners", str(stacks), *DAY, "--check"]) == 1
    assert not file.exists()
    assert main.run(["codeowners", str(stacks), *DAY]) == 0
    assert "/stacks/clearances/pii.yaml @aurora/privacy-office\n" in file.read_text()
    assert main.run(["codeowners", str(stacks), *DAY, "--check"]) == 0
    owned = (stacks / "clearances/pii.yaml").read_text().replace("@aurora/privacy-office", "@aurora/ads-platform")
    (stacks / "clearances/pii.yaml").write_text(owned)
    capsys.readouterr()
    assert main.run(["codeowners", str(stacks), *DAY, "--check"]) == 1
    assert "is not as the mesh has it; write it with `mesh codeowners`" in capsys.readouterr().out
    assert main.run(["codeowners", str(stacks), *DAY]) == 0
    assert "/stacks/clearances/pii.yaml @aurora/ads-platform\n" in file.read_text()


def test_a_file_of_somebody_else_stays(stacks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = stacks.parent / "CODEOWNERS"
    file.write_text("* @aurora/everybody\n")
    assert main.run(["codeowners", str(stacks), *DAY, "--out", str(file)]) == 2
    assert file.read_text() == "* @aurora/everybody\n"
    assert "was not written by `mesh codeowners`" in capsys.readouterr().err


def test_a_file_without_a_handle_is_bad_input(stacks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    domain = stacks / "domains/ads.yaml"
    domain.write_text(domain.read_text().replace(', github: "@aurora/ads-platform"', ""))
    assert main.run(["codeowners", str(stacks), *DAY]) == 2
    assert not (stacks.parent / ".github").exists()
    assert capsys.readouterr().err == (
        f"{stacks}/domains/ads.yaml:2:8: 'ads-platform' has no 'github', and this file nobody to ask; "
        'write github: "@org/team"\n'
    )


def test_a_folder_in_no_repository_has_no_root(stacks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (stacks.parent / ".git").rmdir()
    assert main.run(["codeowners", str(stacks), *DAY]) == 2
    assert "is in no git repository" in capsys.readouterr().err


def test_a_mesh_with_an_error_has_no_owners(stacks: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = stacks / "clearances/pii.yaml"
    file.write_text(file.read_text().replace("approved-by: privacy-office@", "approved-by: me@", 1))
    assert main.run(["codeowners", str(stacks), *DAY]) == 2
    assert not (stacks.parent / ".github").exists()
    told = capsys.readouterr().err
    assert f"{file}:7:" in told
    assert "'me@aurora.example' does not decide who holds 'pii'" in told


def test_a_contract_that_no_pattern_can_spell_out_is_told_with_its_place(
    stacks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    domain = stacks / "domains/ads.yaml"
    text = domain.read_text().replace("  impressions: {", "  impressions: {contract: contracts/ads/seen$.odcs.yaml, ")
    domain.write_text(text)
    (stacks / "contracts/ads/impressions.odcs.yaml").rename(stacks / "contracts/ads/seen$.odcs.yaml")
    assert main.run(["codeowners", str(stacks), *DAY]) == 2
    assert capsys.readouterr().err == (
        f"{domain}:7:27: 'contracts/ads/seen$.odcs.yaml' has '$', which CODEOWNERS does not take as it is; "
        "rename the file\n"
    )
