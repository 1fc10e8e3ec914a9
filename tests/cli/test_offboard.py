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


def typed(capsys: pytest.CaptureFixture[str], *words: str, code: int = exit_codes.FINE, day: str = "2027-01-01") -> str:
    assert main.run([*words, "--as-of", day]) == code
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
    refused = typed(capsys, "offboard", "courier", code=exit_codes.BAD_INPUT, day="2027-01-02")
    assert "is evidence, and is not written over" in refused
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
    assert "there is no partner 'couriers'" in typed(capsys, "offboard", "couriers", code=exit_codes.BAD_INPUT)


STACKS = "--stack organization --stack partner-courier --stack access-orders --stack domain-orders (on"


def test_every_further_call_prints_the_same_steps(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = typed(capsys, "offboard", "courier")
    assert STACKS in said
    for _ in range(2):
        assert typed(capsys, "offboard", "courier") == said


def test_a_record_that_went_elsewhere_is_asked_for_and_read_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = typed(capsys, "offboard", "courier", "--record", "mine/gone.json")
    assert typed(capsys, "offboard", "courier", "--record", "mine/gone.json") == said
    assert main.run(["offboard", "courier", "--as-of", "2027-01-01"]) == exit_codes.FINE
    shown = capsys.readouterr()
    assert "its record stacks/offboarded/courier.json is not there: name where it went with --record" in shown.err
    assert "is the record of" not in shown.err
    # Of no record it cannot be told which domains delivered: all of them take nothing away that is still given.
    every = "--stack access-orders --stack access-shop --stack domain-orders --stack domain-shop (on"
    assert every in shown.out
    document = json.loads(typed(capsys, "offboard", "courier", "--json"))
    assert document["record"] is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '"courier"', '{"partner": "other", "agreements": []}', '{"partner": "courier"}', "[" * 99999],
)
def test_what_is_no_record_of_the_partner_is_none(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed(capsys, "offboard", "courier")
    (folder / "offboarded/courier.json").write_text(text)
    assert main.run(["offboard", "courier", "--as-of", "2027-01-01"]) == exit_codes.FINE
    shown = capsys.readouterr()
    assert "stacks/offboarded/courier.json is no record of 'courier'" in shown.err
    assert "--stack domain-orders" in shown.out


def test_a_call_that_ended_between_its_two_files_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / FILE).read_text()
    said = typed(capsys, "offboard", "courier")
    record = (folder / "offboarded/courier.json").read_bytes()
    (folder / FILE).write_text(before)
    assert typed(capsys, "offboard", "courier") == said
    assert (folder / FILE).read_text().endswith("agreements: []\ndeletion-protection: false\n")
    assert (folder / "offboarded/courier.json").read_bytes() == record


def test_a_domain_that_is_gone_has_no_stack_in_the_steps(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed(capsys, "offboard", "courier")
    record = folder / "offboarded/courier.json"
    record.write_text(record.read_text().replace("orders.parcels", "stores.parcels"))
    assert "--stack organization --stack partner-courier (on" in typed(capsys, "offboard", "courier")


def test_what_is_left_after_the_end_is_told_until_the_account_has_no_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(capsys, "offboard", "courier")
    said = typed(capsys, "offboard", "courier", "--finish")
    assert typed(capsys, "offboard", "courier") == said
    assert typed(capsys, "offboard", "courier", "--finish") == said
    accounts = folder / "accounts.yaml"
    text = accounts.read_text()
    accounts.write_text(text.replace('partners:\n  courier: "410000000072"\n', ""))
    assert "mesh up --stack organization" in typed(capsys, "offboard", "courier")
    (folder / "offboarded/courier.json").unlink()
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
