"""`mesh offboard`: agreements end, a record is written once, and the file goes when nothing is left in the account."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cli import exit_codes, main
from mesh.offboarding import ended

TINY = Path(__file__).parents[1] / "mesh" / "tiny"
FILE = "partners/courier.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(TINY, tmp_path / "stacks"))


def typed(capsys: pytest.CaptureFixture[str], *words: str, code: int = exit_codes.FINE) -> str:
    assert main.run([*words, "--as-of", "2027-01-01"]) == code
    shown = capsys.readouterr()
    return shown.out if code == exit_codes.FINE else shown.err


def test_agreements_end_and_the_steps_name_the_stacks_in_their_order(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = typed(capsys, "offboard", "courier")
    assert "--stack organization --stack partner-courier --stack access-orders --stack domain-orders" in said
    assert said.index("domain-orders") < said.index("mesh destroy --stack partner-courier") < said.index("--finish")
    assert (folder / FILE).read_text().endswith("agreements: []\ndeletion-protection: false\n")
    assert main.run(["validate", "--as-of", "2027-01-01"]) == exit_codes.FINE


def test_the_record_has_what_was_given_and_what_holds_the_account(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(capsys, "offboard", "courier")
    record = json.loads((folder / "offboarded/courier.json").read_text())
    assert (record["offboarded"], record["people"]) == ("2027-01-01", ["couriers"])
    (given,) = record["agreements"]
    assert (given["product"], given["purpose"], given["expires"]) == ("orders.parcels", "Delivery", "2028-06-30")
    assert (given["folder"], given["contract"]) == ("outbound/courier/orders__parcels", "1.0.0")
    assert given["tables"] == {"parcels": {"id": [], "weight": []}}
    assert record["evidence"]["trail"]["bucket"] == "tiny-audit"
    policies = [each["name"] for each in record["evidence"]["control_policies"]]
    assert policies == ["mesh-partner-courier-stays-inside", "mesh-partner-courier-one-writer"]
    # What was written down in the first run is what the account had then: with its writer.
    assert "delivery/deliver-parcels" in json.dumps(record["evidence"])


def test_a_record_is_not_written_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / FILE).read_text()
    typed(capsys, "offboard", "courier")
    assert "1. mesh validate" in typed(capsys, "offboard", "courier"), "once more tells the steps, and changes nothing"
    (folder / FILE).write_text(before)
    assert "is evidence, and is not written over" in typed(capsys, "offboard", "courier", code=exit_codes.BAD_INPUT)
    assert (folder / FILE).read_text() == before
    assert (
        json.loads(typed(capsys, "offboard", "courier", "--record", "other.json", "--json"))["record"] == "other.json"
    )
    assert Path("other.json").exists()


def test_the_file_goes_when_the_agreements_have_ended_and_not_before(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = typed(capsys, "offboard", "courier", "--finish", code=exit_codes.BAD_INPUT)
    assert "has agreements, or is protected: `mesh offboard courier` comes first" in refused
    typed(capsys, "offboard", "courier")
    said = typed(capsys, "offboard", "courier", "--finish")
    assert "its line in accounts.yaml goes" in said
    assert not (folder / FILE).exists()
    assert "courier:" in (folder / "accounts.yaml").read_text()
    assert (folder / "offboarded/courier.json").exists()
    assert main.run(["validate", "--as-of", "2027-01-01"]) == exit_codes.FINE
    assert "there is no partner 'courier'" in typed(capsys, "offboard", "courier", code=exit_codes.BAD_INPUT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\nagreements:\n  - {x: 1}\n  - {x: 2}\n", "a: 1\nagreements: []\ndeletion-protection: false\n"),
        (
            "agreements:\n  - {x: 1}\n\n# of b\nb: 1\ndeletion-protection: true # why\nc: 2\n",
            "agreements: []\n\n# of b\nb: 1\ndeletion-protection: false\nc: 2\n",
        ),
        ("agreements: [\n  {x: 1},\n  {x: 2}]\nb: 1", "agreements: []\nb: 1\ndeletion-protection: false\n"),
        (
            "deletion-protection: true\n# about\nagreements:\n- x: 1\n  y: 2",
            "deletion-protection: false\n# about\nagreements: []\n",
        ),
        ("a: 1\n", "a: 1\nagreements: []\ndeletion-protection: false\n"),
    ],
)
def test_what_people_wrote_besides_stays_as_it_is(before: str, after: str) -> None:
    assert ended(before) == after


def test_a_file_in_braces_is_left_to_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "{owner: {team: orders, email: o@tiny.example}, description: x, principals: [couriers], agreements: "
        "[{product: orders.parcels, purpose: x, classifications: [], expires: 2028-06-30}]}"
    )
    (folder / FILE).write_text(text)
    assert "one mapping in braces" in typed(capsys, "offboard", "courier", code=exit_codes.BAD_INPUT)
    assert (folder / FILE).read_text() == text
    assert not (folder / "offboarded").exists()
