"""`mesh accounts --from`: what it writes of the stack's outputs, what it keeps, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import botocore.session
import pytest

from cli import exit_codes, main
from mesh.load import load
from mesh.model.accounts import AccountsFile
from mesh.model.organization_answers import PolicyTypeStatus
from tests.mesh_copies import copied

STACKS = Path(__file__).resolve().parents[2] / "stacks"

OUTPUTS = {
    "organization": "o-aur0ra5treamx",
    "root": "r-aur0",
    "management": "100000000001",
    "units": {"governance": "ou-aur0-g0vernan", "domains": "ou-aur0-d0mains1", "partners": "ou-aur0-partner1"},
    "accounts": {
        "governance": "200000000002",
        "domain-ads": "310000000013",
        "domain-content": "320000000021",
        "domain-identity": "330000000039",
        "domain-playback": "340000000047",
        "domain-recommendations": "350000000055",
        "domain-subscriptions": "360000000063",
        "partner-ad-measurement": "410000000072",
        "partner-subtitling": "420000000080",
    },
}
"""Outputs of the stack `organization` of the sample mesh."""
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the sample mesh that a test may change."""
    return copied(STACKS, tmp_path / "stacks")


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def from_answer(folder: Path, beside: Path, text: str) -> int:
    """The exit code of the command, given an answer."""
    (beside / "outputs.json").write_text(text)
    return main.run(["accounts", "--dir", str(folder), "--from", str(beside / "outputs.json")])


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said of a wrong option, out of its frame."""
    return " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_keys_of_partners_stay_in_their_organization(sample: Path, tmp_path: Path) -> None:
    file = sample / "accounts.yaml"
    key = f"inbox-keys:\n  subtitling: {KEY}\n"
    change(file, "identity-center:", f"{key}identity-center:")
    before = file.read_text()
    assert from_answer(sample, tmp_path, json.dumps(OUTPUTS)) == exit_codes.FINE
    assert file.read_text() == before


def test_no_line_of_the_file_is_lost_by_an_answer(sample: Path, tmp_path: Path) -> None:
    """Whoever adds a key to the file fills it here, and has it written again."""
    file = sample / "accounts.yaml"
    change(file, "identity-center:", f"inbox-keys: {{subtitling: {KEY}}}\nidentity-center:")
    more = "services: [config.amazonaws.com], policy-types: [TAG_POLICY]"
    change(file, 'management: "100000000001"', f'management: "100000000001", {more}')
    before = load(sample).usable().accounts
    assert before
    assert [name for name in AccountsFile.model_fields if not getattr(before, name)] == []
    assert [name for name in type(before.organization).model_fields if not getattr(before.organization, name)] == []
    assert from_answer(sample, tmp_path, json.dumps(OUTPUTS)) == exit_codes.FINE
    assert load(sample).usable().accounts == before


def test_accounts_writes_what_the_organization_stack_put_out(sample: Path, tmp_path: Path) -> None:
    before = (sample / "accounts.yaml").read_text()
    (tmp_path / "outputs.json").write_text(json.dumps(OUTPUTS))
    change(sample / "accounts.yaml", '  ads: "310000000013"\n', "")
    assert main.run(["accounts", "--dir", str(sample), "--from", str(tmp_path / "outputs.json")]) == exit_codes.FINE
    assert (sample / "accounts.yaml").read_text() == before


@pytest.mark.parametrize(
    ("old", "wrong", "message"),
    [
        ("  groups:", "  groups:\n    odd: not-an-id", "not-an-id"),
        ("identity-center:", "identity-center: [", "not YAML"),
        ("domains:\n", "domains:\n  Archive: '510000000018'\n", "Archive"),
    ],
)
def test_what_cannot_be_read_and_would_be_lost_is_not_written_over(
    old: str, wrong: str, message: str, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(sample / "accounts.yaml", old, wrong)
    before = (sample / "accounts.yaml").read_text()
    (tmp_path / "outputs.json").write_text(json.dumps(OUTPUTS))
    command = ["accounts", "--dir", str(sample), "--from", str(tmp_path / "outputs.json")]
    assert main.run(command) == exit_codes.BAD_INPUT
    assert message in "".join(capsys.readouterr())
    assert (sample / "accounts.yaml").read_text() == before


def test_accounts_that_were_let_go_keep_their_lines(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """docs/growing.md: a line stays until a person has closed the account."""
    change(sample / "accounts.yaml", "domains:\n", 'domains:\n  archive: "510000000018"\n')
    change(sample / "accounts.yaml", "partners:\n", 'partners:\n  press: "520000000026"\n')
    before = load(sample).usable().accounts
    assert from_answer(sample, tmp_path, json.dumps(OUTPUTS)) == exit_codes.FINE
    assert load(sample).usable().accounts == before
    assert capsys.readouterr().err.splitlines()[1:] == [
        "the line of domain 'archive', which is not in the mesh, stays until its account is closed",
        "the line of partner 'press', which is not in the mesh, stays until its account is closed",
    ]


def test_an_account_that_has_another_name_now_has_one_line(sample: Path, tmp_path: Path) -> None:
    """An account of a domain that went may be imported for another: an id stands in one line."""
    change(sample / "accounts.yaml", "  ads:", "  advertising:")
    assert from_answer(sample, tmp_path, json.dumps(OUTPUTS)) == exit_codes.FINE
    found = load(sample).usable().accounts
    assert found is not None
    assert "advertising" not in found.domains
    assert found.domains["ads"] == "310000000013"


ROOTS = '{"Roots": %s}'


def root(**others: object) -> str:
    """What `list-roots` answers of the sample's organisation, with something else in it."""
    arn = "arn:aws:organizations::100000000001:root/o-aur0ra5treamx/r-aur0"
    return ROOTS % json.dumps([{"Id": "r-aur0", "Arn": arn, "Name": "Root", "PolicyTypes": [], **others}])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (json.dumps({**OUTPUTS, "organization": "o-0ther0ther"}), "id is o-0ther0ther, o-aur0ra5treamx"),
        (json.dumps({**OUTPUTS, "root": "r-0ther"}), "root is r-0ther, r-aur0"),
        (json.dumps({**OUTPUTS, "management": "100000000002"}), "management is 100000000002, 100000000001"),
        (
            root(Id="r-0ther", Arn="arn:aws:organizations::100000000002:root/o-0ther0ther/r-0ther"),
            "id is o-0ther0ther, o-aur0ra5treamx",
        ),
        (root(Arn="arn:aws:organizations::100000000001:root/o-aur0ra5treamx/r-0ther"), "root is r-0ther, r-aur0"),
        (
            root(Arn="arn:aws:organizations::100000000002:root/o-aur0ra5treamx/r-aur0"),
            "management is 100000000002, 100000000001",
        ),
    ],
)
def test_an_answer_of_another_organization_is_refused(
    text: str, message: str, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (sample / "accounts.yaml").read_text()
    assert from_answer(sample, tmp_path, text) == exit_codes.BAD_INPUT
    found, ours = message.split(", ")
    said = told(capsys)
    assert f"is of another organisation: its {found}, and 'organization:' of accounts.yaml says {ours}; ask" in said
    assert (
        "ask with credentials of the management account 100000000001, or, if the mesh moves to another organisation, "
        "mend that line first"
    ) in said
    assert (sample / "accounts.yaml").read_text() == before


def test_a_policy_type_stays_on_but_where_somebody_switches_it_off(sample: Path, tmp_path: Path) -> None:
    states = {"TAG_POLICY": "ENABLED", "CHATBOT_POLICY": "PENDING_ENABLE", "BACKUP_POLICY": "PENDING_DISABLE"}
    types = [{"Type": kind, "Status": status} for kind, status in states.items()]
    assert from_answer(sample, tmp_path, root(PolicyTypes=types)) == exit_codes.FINE
    assert "policy-types: [CHATBOT_POLICY, TAG_POLICY]" in (sample / "accounts.yaml").read_text()


def test_every_state_of_a_policy_type_is_one_of_awss() -> None:
    model: Any = botocore.session.get_session().get_service_model("organizations")
    assert set(get_args(PolicyTypeStatus.model_fields["status"].annotation)) == {
        *model.shape_for("PolicyTypeStatus").enum
    }


OF_STACK = "is not the outputs of the stack organization:"
OF_SERVICES = "is not an answer of list-aws-service-access-for-organization:"
OF_ROOTS = "is not an answer of list-roots:"
SERVICES = '{"EnabledServicePrincipals": %s}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[" * 100_000, "is not JSON: its lists and objects are nested too deep"),
        ("[]", f"{OF_STACK} this entry is a list; expected 'key: value' lines"),
        ("{}", f"{OF_STACK} missing key 'organization': organisation id, o-…"),
        (
            json.dumps({**OUTPUTS, "accounts": 3}),
            f"{OF_STACK} 'accounts' is the number 3; expected 'key: value' lines",
        ),
        (
            json.dumps({**OUTPUTS, "accounts": {"governance": "1"}}),
            f"{OF_STACK} 'governance' is the text '1'; expected an AWS account id, twelve digits in quotes",
        ),
        (
            json.dumps({**OUTPUTS, "accounts": {}}),
            f"{OF_STACK} 'governance' is an empty text; expected an AWS account id, twelve digits in quotes",
        ),
        (
            SERVICES % "[{}]",
            f"{OF_SERVICES} missing key 'ServicePrincipal' in 'EnabledServicePrincipals': principal of",
        ),
        (SERVICES % '[{"ServicePrincipal": "*"}]', f"{OF_SERVICES} 'ServicePrincipal' is the text '*'; expected the"),
        (ROOTS % "[1]", f"{OF_ROOTS} this entry is the number 1; expected 'key: value' lines"),
        (ROOTS % "[]", f"{OF_ROOTS} 'Roots' is empty; at least 1 has to be there"),
        (root(Id="r"), f"{OF_ROOTS} 'Id' is the text 'r'; expected the id of an organisation's root"),
        (root(Arn="r-aur0"), f"{OF_ROOTS} 'Arn' is the text 'r-aur0'; expected the ARN of an organisation's root"),
        (
            root(PolicyTypes=[{"Type": "TAG_POLICY", "Status": "ON"}]),
            f"{OF_ROOTS} 'Status' is the text 'ON'; allowed: ENABLED, PENDING_DISABLE and PENDING_ENABLE",
        ),
        (
            '{"EnabledServicePrincipals": [], "NextToken": "more"}',
            "is a part of an answer ('NextToken' says so): ask for the whole, without --max-items and --no-paginate",
        ),
    ],
)
def test_what_is_no_answer_is_refused_in_a_sentence(
    text: str, message: str, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (sample / "accounts.yaml").read_text()
    assert from_answer(sample, tmp_path, text) == exit_codes.BAD_INPUT
    assert message in told(capsys)
    assert (sample / "accounts.yaml").read_text() == before


@pytest.mark.parametrize("text", [SERVICES % "[]", ROOTS % "[]"])
def test_what_the_aws_cli_says_needs_a_file_to_be_written_into(
    text: str, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sample / "accounts.yaml").unlink()
    assert from_answer(sample, tmp_path, text) == exit_codes.BAD_INPUT
    message = "has no ids of accounts, and there is no accounts.yaml: write its line 'organization:' first"
    assert message in told(capsys)
    assert not (sample / "accounts.yaml").exists()


def test_nothing_is_written_where_there_is_no_mesh(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert from_answer(tmp_path, tmp_path, json.dumps(OUTPUTS)) == exit_codes.BAD_INPUT
    assert "there is no mesh in this folder" in capsys.readouterr().err
    assert not (tmp_path / "accounts.yaml").exists()
