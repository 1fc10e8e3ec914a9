"""`mesh migrate`: a mesh of the earlier form, refused before, is planned as before."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
import yaml

from cli import main
from mesh.load import load
from mesh.plan import build, problems
from tests.mesh_copies import copied

STACKS = Path(__file__).parents[2] / "stacks"
DAY = datetime.date(2027, 1, 1)


@pytest.fixture
def present(tmp_path: Path) -> Path:
    """The sample mesh as it stands, without pipelines: in the earlier form nobody could approve what one reads."""
    root = copied(STACKS, tmp_path / "present" / "stacks")
    for file in (root / "clearances").iterdir():
        file.write_text(file.read_text().partition("pipelines:")[0])
    for file in (root / "domains").iterdir():
        domain = yaml.safe_load(file.read_text())
        for product in domain["products"].values():
            product.pop("pipeline", None)
        file.write_text(yaml.safe_dump(domain, sort_keys=False, width=1000))
    derived = root / "contracts/playback/viewing-hours.odcs.yaml"
    derived.write_text(derived.read_text().partition("customProperties:")[0])
    return root


@pytest.fixture
def earlier(present: Path, tmp_path: Path) -> Path:
    """The same as it stood before: clearances in mesh.yaml, members in the files of their domains."""
    root = copied(present, tmp_path / "stacks")
    clearances: list[str] = []
    for file in sorted((root / "clearances").iterdir()):
        said = yaml.safe_load(file.read_text())
        clearances.append(f"  {file.stem}: [{', '.join(said['reads'])}]\n")
        for member in said["members"]:
            domain = root / f"domains/{member.pop('domain')}.yaml"
            text = domain.read_text()
            line = yaml.safe_dump({**member, "clearance": file.stem}, default_flow_style=True, width=1000)
            domain.write_text(f"{text}{'' if 'members:' in text else 'members:' + chr(10)}  - {line}")
    with (root / "mesh.yaml").open("a") as stream:
        stream.writelines(["clearances: # what each may read\n", *clearances])
    shutil.rmtree(root / "clearances")
    return root


def test_the_sample_as_it_was_is_planned_as_it_is(
    earlier: Path, present: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["validate", str(earlier), "--as-of", "2027-01-01"]) == 2
    assert "run `mesh migrate`" in capsys.readouterr().out
    assert main.run(["migrate", str(earlier), "--as-of", "2027-01-01"]) == 0
    told = capsys.readouterr()
    assert f"{earlier}/clearances/pii.yaml\n" in told.out
    assert "11 files written; next: mesh validate" in told.out
    assert "from now on privacy-office@aurora.example decides who holds 'pii'" in told.err
    assert "a comment on 'clearances' is left out: # what each may read" in told.err
    assert main.run(["validate", str(earlier), "--as-of", "2027-01-01"]) == 0
    assert build(load(earlier).usable(), DAY) == build(load(present).usable(), DAY)
    capsys.readouterr()
    assert main.run(["migrate", str(earlier), "--as-of", "2027-01-01"]) == 0
    assert capsys.readouterr().out == f"{earlier} is of the present form; nothing to do\n"


def test_a_review_beyond_the_horizon_is_kept_and_told(earlier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = earlier / "domains/ads.yaml"
    file.write_text(file.read_text().replace("review: 2027", "review: 2029", 1))
    assert main.run(["migrate", str(earlier), "--as-of", "2027-01-01"]) == 0
    (told,) = [line for line in capsys.readouterr().err.splitlines() if "days ahead" in line]
    assert told.startswith(f"{earlier}/clearances/")
    assert "due on 2029-" in told
    assert "; choose a day until 2028-02-05" in told
    mesh = load(earlier).mesh
    assert mesh is not None
    (late,) = [problem for problem in problems(mesh, DAY) if problem.severity == "error"]
    assert "more than 400 days ahead" in late.message
    assert "due on 2029-" in late.message


def test_nothing_is_written_when_something_cannot_be_moved(earlier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = earlier / "domains/ads.yaml"
    file.write_text(file.read_text().replace("clearance: pii", "clearance: pi"))
    before = {path: path.read_text() for path in earlier.rglob("*.yaml")}
    assert main.run(["migrate", str(earlier), "--as-of", "2027-01-01"]) == 2
    assert f"{earlier}/domains/ads.yaml:" in capsys.readouterr().err
    assert {path: path.read_text() for path in earlier.rglob("*.yaml")} == before


def test_a_file_that_is_no_yaml_or_a_link_is_refused(earlier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (earlier / "domains/new.yaml").write_text("a: [\n")
    assert main.run(["migrate", str(earlier), "--as-of", "2027-01-01"]) == 2
    assert "domains/new.yaml:" in capsys.readouterr().err
    (earlier / "domains/new.yaml").unlink()
    (earlier / "domains/new.yaml").symlink_to(earlier / "mesh.yaml")
    assert main.run(["migrate", str(earlier), "--as-of", "2027-01-01"]) == 2
    assert "is a link" in capsys.readouterr().err
    assert main.run(["migrate", str(earlier / "domains")]) == 2


def test_nothing_is_written_outside_the_folder(earlier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (earlier / "mesh.yaml").read_text()
    (earlier / "mesh.yaml").write_text(f"{text}  ../../evil: []\n")
    before = {path: path.read_text() for path in earlier.parent.rglob("*.yaml")}
    assert main.run(["migrate", str(earlier)]) == 2
    line = text.count("\n") + 1
    assert f"{earlier}/mesh.yaml:{line}:3: '../../evil' is not a name that fits here" in capsys.readouterr().err
    assert {path: path.read_text() for path in earlier.parent.rglob("*.yaml")} == before
    (earlier / "mesh.yaml").write_text(text)
    elsewhere = earlier.parent / "elsewhere"
    elsewhere.mkdir()
    (earlier / "clearances").symlink_to(elsewhere)
    assert main.run(["migrate", str(earlier)]) == 2
    assert f"{earlier}/clearances is a link; put the folder itself there" in capsys.readouterr().err
    assert list(elsewhere.iterdir()) == []
