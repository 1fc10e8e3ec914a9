"""From an organisation that has nothing but itself to the first stacks: the road of the README."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import exit_codes, main
from mesh.folder import plan_folder
from mesh.plan.assumed import assumed_in
from mesh.plan.inputs import ASSUMED_NETWORK
from sandbox.emulator.emulated_organization import EmulatedOrganization
from sandbox.emulator.organization_ids import OrganizationIds
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import entry_point, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import StackState
from sandbox.runs.stack_run import ENTRY_POINT
from tests.cli.named_ids import named_ids
from tests.e2e.journal import DAY
from tests.mesh_copies import copied
from tests.program import sample

BEGINNING = 'organization: {id: o-aur0ra5treamx, root: r-aur0, management: "100000000001"}\n'
NAMES = ("governance", *(f"domain-{path.stem}" for path in sorted((sample.STACKS / "domains").glob("*.yaml"))))
IDS = OrganizationIds(
    management_account="100000000001",
    organization_id="o-aur0ra5treamx",
    root_id="r-aur0",
    units={name: f"ou-aur0-real{name[:4]}" for name in ("governance", "domains", "partners")},
    accounts={
        **{name: f"5{number:011d}" for number, name in enumerate(NAMES)},
        "partner-ad-measurement": "600000000001",
        "partner-subtitling": "600000000002",
    },
)


@pytest.mark.long
def test_a_new_mesh_begins_with_its_organisation_and_goes_on_with_the_ids_that_aws_gave(tmp_path: Path) -> None:
    folder = tmp_path / "stacks"
    copied(sample.STACKS, folder)
    (folder / "accounts.yaml").write_text(BEGINNING)
    config = {"mesh:directory": str(folder)}

    aws_gave: set[str] = set()
    with EmulatedOrganization(IDS, "eu-west-1") as organization:

        def up(stack: str) -> tuple[list[str], dict[str, object], str]:
            engine = Engine(
                project="mesh",
                stack=stack,
                preview=False,
                state=StackState(),
                provider=lambda _: AwsProvider(organization),
                config=config,
            )
            result = run(engine, entry_point(ENTRY_POINT))
            texts = json.dumps([resource.inputs for resource in result.resources])
            aws_gave.update(*(named_ids(resource.id or "") for resource in result.resources))
            return [failure.message for failure in result.failures], result.outputs, texts

        with pytest.raises(Exception, match="and governance, which have no account id yet"):
            up("governance")
        failures, outputs, texts = up("organization")
        assert failures == []
        # No network of AWS has that id, and what needs the network is refused until `governance` has made it.
        assert assumed_in(texts, plan_folder(folder, DAY).plan) == ("the network",)
        assert named_ids(texts) - named_ids(BEGINNING) - aws_gave == {ASSUMED_NETWORK}
        assert "999" not in {account[:3] for account in organization.account_ids().values()}
        (tmp_path / "outputs.json").write_text(json.dumps(outputs))
        assert main.run(["accounts", "--dir", str(folder), "--from", str(tmp_path / "outputs.json")]) == exit_codes.FINE
        assert 'governance: "500000000000"' in (folder / "accounts.yaml").read_text()
        for stack in ("governance", "partner-subtitling"):
            assert up(stack)[0] == []


def test_a_mesh_that_begins_is_valid_and_says_what_is_assumed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "stacks"
    copied(sample.STACKS, folder)
    (folder / "accounts.yaml").write_text(BEGINNING)
    assert main.run(["validate", str(folder), "--as-of", "2026-12-01"]) == exit_codes.FINE
    out = capsys.readouterr().out
    assert "accounts.yaml:1:1: warning: the units and the governance account have no ids yet" in out
