"""A new domain, a new partner, and a domain that goes, in a kept organisation, typed as docs/growing.md has it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli import exit_codes, main
from mesh.folder import plan_folder
from sandbox.emulator import backends
from sandbox.runs.fresh_organization import FreshOrganization, fresh_organization
from sandbox.runs.workspace import EmbeddedEngine, Workspace
from tests.e2e.ground import TINY
from tests.e2e.journal import DAY

pytestmark = pytest.mark.long

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "growing.md").read_text("utf-8")
DOMAIN = """\
owner: {team: billing, email: billing@tiny.example}
description: Bills.
products:
  bills: {kind: analytics, ports: [table]}
"""
PARTNER = """\
owner: {team: orders, email: orders@tiny.example}
description: Writes about parcels.
principals: [couriers-of-the-press]
agreements:
  - {product: orders.parcels, purpose: A report, classifications: [], expires: 2028-06-30}
"""


@dataclass
class Kept:
    """A mesh folder, and the organisation that is kept for it."""

    folder: Path
    organization: FreshOrganization

    def write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def account(self, name: str) -> str:
        return self.organization.aws.account_ids()[name]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = Path(shutil.copytree(TINY, tmp_path_factory.mktemp("growing") / "stacks"))
    planned = plan_folder(folder, DAY)
    with pytest.MonkeyPatch.context() as patch, fresh_organization(planned) as organization:
        patch.chdir(folder.parent)
        workspace = Workspace(EmbeddedEngine.of(organization.aws, organization.states))
        runs = workspace.up(planned)
        assert [failure for run in runs for failure in run.result.failures] == []
        with organization.served("embedded", 0):
            yield Kept(folder, organization)


def blocks(heading: str) -> list[list[str]]:
    """The commands of a section, block by block."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [
        re.findall(r"^\$ (.+)$", block, re.MULTILINE)
        for block in re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    ]


def typed(commands: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Type the commands one by one; what they say."""
    said = ""
    for command in commands:
        words = shlex.split(command)
        assert words[0] == "mesh"
        day = ["--as-of", DAY.isoformat()] if words[1] != "lock" else []
        code = main.run([*words[1:], *day])
        shown = capsys.readouterr()
        assert code == exit_codes.FINE, f"{command}\n{shown.out}{shown.err}"
        said += shown.out
    return said


def roles(account: str) -> set[str]:
    return {f"{role.path}{role.name}" for role in backends.iam(account).roles.values()}


def test_a_new_domain_comes_and_goes_with_its_own_key(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    kept.write("domains/billing.yaml", DOMAIN)
    contract = (kept.folder / "contracts/orders/parcels.odcs.yaml").read_text()
    contract = contract.replace("orders.parcels", "billing.bills").replace("domain: orders", "domain: billing")
    kept.write("contracts/billing/bills.odcs.yaml", contract.replace("name: parcels", "name: bills"))
    [commands] = blocks("A new domain")
    said = typed(commands, capsys)
    assert re.search(r"domain-billing +999\d{9} +assumed: AWS has not given an id yet; there in the organisation", said)
    account = kept.account("domain-billing")
    assert {"/mesh/deploy", "/mesh/preview", "/mesh/deploy-access", "/mesh/pipeline/none/bills"} <= roles(account)
    assert "billing" not in (kept.folder / "accounts.yaml").read_text()

    lift, leave = blocks("A domain that goes")
    assert main.run(["destroy", "--stack", "domain-billing", "--as-of", DAY.isoformat()]) == exit_codes.FINDINGS
    assert "in the file of the domain" in capsys.readouterr().out
    kept.write("domains/billing.yaml", DOMAIN + "deletion-protection: false\n")
    typed(lift, capsys)
    assert not any(name.startswith("tiny-billing") for name in backends.s3(account).buckets)
    (kept.folder / "domains/billing.yaml").unlink()
    shutil.rmtree(kept.folder / "contracts/billing")
    said = typed(leave, capsys)
    assert f"  organization: aws:organizations/account:Account domain-billing {account}\n" in said
    # The table of `mesh accounts` is the last to be said.
    table = said.rpartition("stack ")[2]
    assert "domain-orders" in table
    assert "billing" not in table
    assert kept.account("domain-billing") == account, "the account is let go, not closed"
    assert {"/mesh/deploy", "/mesh/preview", "/mesh/deploy-access"} <= roles(account)


def test_a_new_partner_is_delivered_to_and_goes(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    kept.write("partners/press.yaml", PARTNER)
    [commands] = blocks("A new partner")
    said = typed(commands, capsys)
    assert re.search(r"partner-press +999\d{9} +assumed.*; there in the organisation that is kept", said)
    assert main.run(["as", "partner:press"]) == exit_codes.FINE, "who came later can be somebody"
    account = kept.account("partner-press")
    assert "tiny-partner-press" in " ".join(backends.s3(account).buckets)
    assert account in deliveries(kept)

    end, leave = blocks("A partner that goes")
    assert main.run(["destroy", "--stack", "partner-press", "--as-of", DAY.isoformat()]) == exit_codes.FINDINGS
    assert "in the file of the domain or partner" in " ".join(capsys.readouterr().out.split())
    # The last command first: the file does not go while something is left in the account.
    typed(end[:1], capsys)
    assert main.run(["offboard", "press", "--finish", "--as-of", DAY.isoformat()]) == exit_codes.BAD_INPUT
    assert "`mesh destroy --stack partner-press` first" in capsys.readouterr().err
    again = ["offboard", "press", "--as-of", DAY.isoformat()]
    assert main.run(again) == exit_codes.FINE
    said = capsys.readouterr().out
    assert end[2].partition("mesh ")[2] in said
    assert "mesh destroy --stack partner-press" in said
    typed(end[1:], capsys)
    assert main.run(again) == exit_codes.FINE
    said = capsys.readouterr().out
    assert "--stack organization --stack access-orders --stack domain-orders" in said, "the inbox is not made anew"
    assert "destroy" not in said
    assert account not in deliveries(kept)
    assert not any(name.startswith("tiny-partner-press") for name in backends.s3(account).buckets)
    said = typed(leave, capsys)
    assert not (kept.folder / "partners/press.yaml").exists()
    record = json.loads((kept.folder / "offboarded/press.json").read_text("utf-8"))
    assert (record["account"], [each["product"] for each in record["agreements"]]) == (account, ["orders.parcels"])
    # The table of `mesh accounts` is the last to be said; before it stands what AWS keeps.
    assert "Policy mesh-partner-press-stays-inside" in said
    table = said.rpartition("stack ")[2]
    assert "partner-courier" in table
    assert "press" not in table
    assert kept.account("partner-press") == account, "the account is let go, not closed"
    assert {"/mesh/deploy", "/mesh/preview"} <= roles(account)


def deliveries(kept: Kept) -> str:
    """Where the domain `orders` delivers, as its buckets have it."""
    s3: Any = backends.s3(kept.account("domain-orders"))
    return json.dumps([s3.get_bucket_replication(name) for name in s3.buckets])


def test_every_command_of_the_page_is_typed_here() -> None:
    told = re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE)
    run = {"A new domain": 1, "A new partner": 1, "A domain that goes": 2, "A partner that goes": 2}
    assert {heading: len(blocks(heading)) for heading in run} == run
    assert [command for heading in run for block in blocks(heading) for command in block] == told
