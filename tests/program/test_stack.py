"""What the program refuses, in words; and which findings a stack is told of."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from mesh import names
from mesh.load import load
from program.stack import concerned
from sandbox.emulator.emulated_organization import EmulatedOrganization, OrganizationIds
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import RunResult, entry_point, run
from sandbox.engine.engine import Engine
from sandbox.engine.state import StackState
from sandbox.runs.fresh_organization import organization_ids
from sandbox.runs.stack_run import ENTRY_POINT
from tests.mesh_copies import copied
from tests.program import sample

REAL = "777777777777"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied(sample.STACKS, tmp_path / "stacks")


def started(
    stack: str,
    folder: Path = sample.STACKS,
    preview: bool = True,
    organization: EmulatedOrganization | None = None,
    **config: str,
) -> RunResult:
    """Pulumi's entry point, as `pulumi preview` or `pulumi up` starts it."""
    day = {"as-of": "2026-12-01", "emulated": "true"} if preview else {}
    settings: Mapping[str, str] = {"directory": str(folder), **day, **config}
    engine = Engine(
        project="mesh",
        stack=stack,
        preview=preview,
        state=StackState(),
        provider=lambda _: AwsProvider(organization),
        config={f"mesh:{key}": value for key, value in settings.items()},
    )
    return run(engine, entry_point(ENTRY_POINT))


def refused(*args: Any, **settings: Any) -> str:
    with pytest.raises(pulumi.RunError) as error:
        started(*args, **settings)
    return str(error.value)


def without_account(folder: Path, name: str) -> None:
    path = folder / "accounts.yaml"
    text, number = re.subn(rf'^  {name}: "\d+"\n', "", path.read_text("utf-8"), flags=re.MULTILINE)
    assert number == 1
    path.write_text(text, "utf-8")


def test_an_unknown_stack_is_refused_with_those_that_there_are() -> None:
    message = refused("domain-sales")
    assert message.startswith("there is no stack 'domain-sales'; stacks: access-ads, access-content, access-identity")
    assert "domain-subscriptions and 4 more" in message


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "01.12.2026"])
def test_a_day_that_is_none_is_refused_with_an_example(text: str) -> None:
    expected = f"mesh:as-of is '{text}'; expected a date such as 2027-05-01"
    assert refused("governance", **{"as-of": text}) == expected


@pytest.mark.parametrize("preview", [True, False])
def test_another_day_than_today_is_refused_outside_the_emulator(preview: bool) -> None:
    message = refused("organization", preview=preview, **{"as-of": "2020-01-01", "emulated": "false"})
    assert message.startswith(
        "mesh:as-of is '2020-01-01', and outside of the emulator the day is today: on another one"
    )
    assert "remove it (`pulumi config rm mesh:as-of`)" in message


def test_a_committed_file_does_not_turn_the_clock_back(folder: Path) -> None:
    """It could say that AWS is emulated as well: the folder that holds it is no valid mesh."""
    settings = 'config:\n  mesh:as-of: "2020-01-01"\n  mesh:emulated: "true"\n'
    (folder / "Pulumi.organization.yaml").write_text(settings, "utf-8")
    message = refused("organization", folder, preview=False, **{"as-of": "2020-01-01", "emulated": "true"})
    file = folder / "Pulumi.organization.yaml"
    assert f"{file}:2:3: 'mesh:as-of' is a setting of the emulator alone" in message
    assert f"{file}:3:3: 'mesh:emulated' is a setting of the emulator alone" in message


def test_a_mesh_with_mistakes_is_refused_with_all_of_them(folder: Path) -> None:
    for domain, field in (("identity", "descriptoin: x\n"), ("content", "owner: nobody\n")):
        path = folder / f"domains/{domain}.yaml"
        path.write_text(re.sub(r"^description:.*\n", field, path.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    path = folder / "partners/subtitling.yaml"
    path.write_text(path.read_text("utf-8").replace("content.dialogue-lists", "content.dialog-lists"), "utf-8")
    message = refused("governance", folder)
    assert message.splitlines()[0] == "the mesh is not valid"
    for file in ("domains/identity.yaml", "domains/content.yaml"):
        assert re.search(rf"{re.escape(str(folder / file))}:\d+:\d+: ", message), message


def test_a_mistake_across_files_is_refused_with_its_place(folder: Path) -> None:
    path = folder / "partners/subtitling.yaml"
    path.write_text(path.read_text("utf-8").replace("content.dialogue-lists", "content.dialog-lists"), "utf-8")
    message = refused("governance", folder)
    assert f"{folder / 'partners/subtitling.yaml'}:" in message
    assert "did you mean 'content.dialogue-lists'?" in message


@pytest.mark.parametrize(
    ("missing", "stack"),
    [
        ("identity", "domain-identity"),
        ("identity", "governance"),
        ("ad-measurement", "domain-ads"),
        ("ad-measurement", "partner-ad-measurement"),
        ("ads", "partner-ad-measurement"),
    ],
)
def test_what_names_an_assumed_account_is_not_deployed(missing: str, stack: str, folder: Path) -> None:
    without_account(folder, missing)
    message = refused(stack, folder, preview=False)
    assert re.fullmatch(
        rf"stack '{stack}' names (domain|partner)-{missing}, which has no account id yet; "
        r"run `pulumi up -s organization`, then `mesh accounts`, and commit: it is planned with an assumed id",
        message,
    )
    assert started(stack, folder).failures == []


def test_a_stack_that_does_not_name_it_is_not_held_up(folder: Path) -> None:
    without_account(folder, "identity")
    result = started("partner-subtitling", folder, preview=False)  # refused by the provider, which has no organisation
    assert result.failures
    assert "no account id" not in "".join(failure.message for failure in result.failures)


def test_without_accounts_nothing_is_deployed_and_everything_is_previewed(folder: Path) -> None:
    (folder / "accounts.yaml").unlink()
    assert refused("organization", folder, preview=False).startswith("there is no accounts.yaml")
    assert started("organization", folder).failures == []


def test_a_new_partners_policy_names_the_account_that_aws_gave_it(folder: Path) -> None:
    """Else it would refuse everything in the real account until the next run."""
    without_account(folder, "ad-measurement")
    mesh = sample.mesh(folder)
    ids: OrganizationIds = organization_ids(mesh.plan)
    ids = dataclasses.replace(ids, accounts={**ids.accounts, "partner-ad-measurement": REAL})
    with EmulatedOrganization(ids, mesh.plan.perimeter.region) as organization:
        result = started("organization", folder, preview=False, organization=organization)
    assert result.failures == []
    contents = {r.name: r.inputs["content"] for r in result.resources if r.type.endswith("organizations/policy:Policy")}
    inside = json.loads(contents["mesh-partner-ad-measurement-stays-inside"])["Statement"][0]
    assert inside["Condition"] == {"StringNotEqualsIfExists": {"aws:ResourceAccount": REAL}}
    assumed = names.assumed_account_id("partner", "ad-measurement")
    assert [name for name, content in contents.items() if assumed in content] == []


def test_a_stack_is_told_what_concerns_it_and_no_more(folder: Path) -> None:
    path = folder / "domains/playback.yaml"
    path.write_text(path.read_text("utf-8").replace("window_end, ", "window_end, licence_fee_eur, "), "utf-8")
    playback = [message for level, message in started("domain-playback", folder).logs if level == "warning"]
    assert [("domains/playback.yaml" in message, "content.rights" in message) for message in playback] == [(True, True)]
    assert [message for level, message in started("domain-identity", folder).logs if level == "warning"] == []
    assert [message for level, message in started("organization", folder).logs if level == "warning"] == []


@pytest.mark.parametrize(
    ("file", "stack"),
    [
        ("domains/ads.yaml", "domain-ads"),
        ("partners/subtitling.yaml", "partner-subtitling"),
        ("contracts/ads/impressions.odcs.yaml", "domain-ads"),
        ("contracts/ads/nobodys.odcs.yaml", "organization"),
        ("accounts.yaml", "organization"),
        ("mesh.yaml", "organization"),
        ("domains/gone.yaml", "organization"),
    ],
)
def test_every_file_concerns_one_stack(file: str, stack: str) -> None:
    mesh = load(sample.STACKS).usable()
    assert concerned(mesh, file) == stack
