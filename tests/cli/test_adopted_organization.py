"""An organisation that was there before: what it has switched on stays on, and `mesh accounts` writes it down."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cli import exit_codes, main
from cli.accounts import accounts_text
from mesh.folder import plan_folder
from mesh.load import load
from tests.e2e.ground import TINY
from tests.e2e.journal import DAY

SERVICES = {
    "EnabledServicePrincipals": [{"ServicePrincipal": name} for name in ("sso.amazonaws.com", "config.amazonaws.com")]
}
ROOT = {
    "Roots": [
        {
            "Id": "r-tiny",
            "Arn": "arn:aws:organizations::100000000001:root/o-tinytinyti/r-tiny",
            "PolicyTypes": [
                {"Type": "TAG_POLICY", "Status": "ENABLED"},
                {"Type": "CHATBOT_POLICY", "Status": "PENDING_ENABLE"},
                {"Type": "BACKUP_POLICY", "Status": "PENDING_DISABLE"},
            ],
        }
    ]
}
RECORD = (
    'organization: {id: o-tinytinyti, root: r-tiny, management: "100000000001", '
    "services: [config.amazonaws.com, sso.amazonaws.com], policy-types: [CHATBOT_POLICY, TAG_POLICY]}"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "stacks"))


def written(folder: Path, answer: object) -> int:
    source = folder.parent / "answer.json"
    source.write_text(json.dumps(answer))
    return main.run(["accounts", "--dir", str(folder), "--from", str(source)])


def test_what_is_on_is_written_down_and_stays_on(folder: Path) -> None:
    people = (folder / "accounts.yaml").read_text().partition("identity-center:")[2].partition("network:")[0]
    assert written(folder, SERVICES) == exit_codes.FINE
    assert written(folder, ROOT) == exit_codes.FINE
    text = (folder / "accounts.yaml").read_text()
    assert RECORD in text.splitlines()
    assert sorted(people.splitlines()) == sorted(text.partition("identity-center:")[2].splitlines())
    args = plan_folder(folder, DAY).plan.organization.args
    assert args.services == ("config.amazonaws.com", "sso.amazonaws.com")
    assert args.policy_types == ("CHATBOT_POLICY", "TAG_POLICY")


def test_the_first_run_loses_nothing_that_was_written_down(folder: Path) -> None:
    line = 'organization: {id: o-tinytinyti, root: r-tiny, management: "100000000001"}'
    (folder / "accounts.yaml").write_text(f"{line}\n")
    assert written(folder, SERVICES) == exit_codes.FINE
    units = {"governance": "ou-tiny-governan", "domains": "ou-tiny-domains1", "partners": "ou-tiny-partner1"}
    accounts = {"governance": "200000000002", "domain-shop": "320000000021"}
    outputs = {"organization": "o-tinytinyti", "root": "r-tiny", "management": "100000000001"}
    assert written(folder, {**outputs, "units": units, "accounts": accounts}) == exit_codes.FINE
    found = load(folder).usable().accounts
    assert found is not None
    assert found.organization.services == ("config.amazonaws.com", "sso.amazonaws.com")
    assert found.governance == "200000000002"


def test_what_is_written_is_read_as_it_was(folder: Path) -> None:
    before = load(folder).usable().accounts
    assert before is not None
    (folder / "accounts.yaml").write_text(accounts_text(before))
    assert load(folder).usable().accounts == before


NO_ANSWERS = (
    '{"EnabledServicePrincipals": [{}]}',
    '{"EnabledServicePrincipals": [{"ServicePrincipal": "*"}]}',
    '{"Roots": [1]}',
)


@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_an_answer_that_is_none_changes_nothing(folder: Path, answer: str) -> None:
    before = (folder / "accounts.yaml").read_text()
    assert written(folder, json.loads(answer)) == exit_codes.BAD_INPUT
    assert (folder / "accounts.yaml").read_text() == before
