"""`mesh up --engine pulumi` asks the policies of every stack: a violation stops it before anything is made."""

from __future__ import annotations

import datetime
import json
import re
import shutil
from collections.abc import Callable, Generator
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

import program
from cli.main import run
from mesh.folder import plan_folder
from mesh.plan import Plan
from mesh.plan.nodes import AccountAccess
from program.providers import provider
from sandbox.engine import driver
from sandbox.runs import pulumi_engine
from sandbox.runs.fresh_organization import emulated
from sandbox.runs.policy_host import policy_host, settings
from sandbox.runs.provider_server import ProviderServer
from sandbox.runs.pulumi_backend import Backend
from sandbox.runs.pulumi_cli import Cli
from sandbox.runs.pulumi_engine import PulumiStack
from sandbox.runs.stack_run import stack_config
from sandbox.runs.states import state_directory

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
TINY = Path(__file__).resolve().parents[1] / "mesh" / "tiny"
DAY = datetime.date(2027, 1, 1)
STACK = "governance"
Added = Callable[[pulumi.ResourceOptions], None]


def an_open_bucket(options: pulumi.ResourceOptions) -> None:
    protected = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(protect=True))
    aws.s3.Bucket("leaky", bucket="tiny-leaky", opts=protected)


def a_grant_to_all(options: pulumi.ResourceOptions) -> None:
    aws.lakeformation.Permissions(
        "all",
        principal="IAM_ALLOWED_PRINCIPALS",
        permissions=["DESCRIBE"],
        database=aws.lakeformation.PermissionsDatabaseArgs(name="tiny"),
        opts=options,
    )


def a_default_provider(_: pulumi.ResourceOptions) -> None:
    aws.sns.Topic("bare", name="bare", opts=pulumi.ResourceOptions(version="7.51.1"))


VIOLATIONS: list[tuple[Added, str]] = [
    (
        a_default_provider,
        r"\[no-default-provider\] .*\n'bare' .* is made by the default provider 'default_7_51_1'; give it",
    ),
    (an_open_bucket, r"\[bucket-has-public-access-block\] .*\n'leaky' has no BucketPublicAccessBlock; add one"),
    (a_grant_to_all, r"\[no-grant-to-iam-allowed-principals\] .*\n'all' grants to IAM_ALLOWED_PRINCIPALS, which hands"),
]


@pytest.fixture
def adding(monkeypatch: pytest.MonkeyPatch) -> Callable[[Added], driver.Program]:
    """A program that deploys something more in one stack, with a provider of that stack's account."""
    access = plan().governance.access
    let_the_default_provider_through(monkeypatch, access)

    def make(add: Added) -> driver.Program:
        def deploy() -> None:
            program.deploy()
            if pulumi.get_stack() == STACK:
                add(pulumi.ResourceOptions(provider=provider("more", access)))

        monkeypatch.setattr(pulumi_engine, "entry_point", lambda _: deploy)
        return deploy

    return make


def let_the_default_provider_through(monkeypatch: pytest.MonkeyPatch, access: AccountAccess) -> None:
    """Two more stand in front of the rule: the engine, told to have none, and the provider, which wants a role."""
    monkeypatch.setattr(pulumi_engine, "NO_DEFAULT_PROVIDER", ())
    role = {"aws:assumeRoles": json.dumps([{"roleArn": access.deploy_role}]), "aws:region": access.region}
    monkeypatch.setattr(
        pulumi_engine, "stack_config", lambda mesh, emulated: {**stack_config(mesh, emulated=emulated), **role}
    )


def plan() -> Plan:
    return plan_folder(TINY, DAY).plan


@pytest.mark.parametrize(("add", "message"), VIOLATIONS, ids=[add.__name__ for add, _ in VIOLATIONS])
def test_a_violation_stops_the_stack_and_the_run_with_the_message_of_the_rule(
    add: Added,
    message: str,
    adding: Callable[[Added], driver.Program],
    cli: Cli,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    directory = shutil.copytree(TINY, tmp_path / "stacks")
    adding(add)
    code = run(["up", "--dir", str(directory), "--engine", "pulumi", "--as-of", DAY.isoformat()])
    printed = capsys.readouterr().out
    assert code == 1, printed
    assert re.search(rf"failed {STACK}: .*{message}", printed), printed
    assert re.search(r"^organization +100000000001 +\d+ ", printed, re.MULTILINE), "the stack before it is deployed"
    assert re.search(rf"^{STACK} +200000000002 +[\d.]+$", printed, re.MULTILINE), "nothing of the stack is made"
    assert re.search(r"^domain-shop +not run$", printed, re.MULTILINE), "and none behind it is run"
    assert "s3.Bucket" not in printed


@pytest.fixture(scope="module")
def backend(cli: Cli) -> Generator[Backend]:
    with (
        emulated(plan()) as organization,
        ProviderServer(organization) as server,
        state_directory() as states,
        policy_host(variables=settings(plan_folder(TINY, DAY))) as host,
    ):
        yield Backend(cli, states.pulumi, server.port, states.passphrase, throw_away=True, policies=host)


@pytest.mark.parametrize(("add", "message"), VIOLATIONS, ids=[add.__name__ for add, _ in VIOLATIONS])
def test_a_violation_stops_an_update_that_nobody_previewed(
    add: Added, message: str, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = plan().organization.access
    let_the_default_provider_through(monkeypatch, access)
    config = pulumi_engine.stack_config(plan_folder(TINY, DAY), emulated=True)

    def deploy() -> None:
        add(pulumi.ResourceOptions(provider=provider("management", access)))

    result = PulumiStack(backend, "mesh", add.__name__.replace("_", "-"), deploy, config).up()
    assert [failure for failure in result.failures if re.search(message, failure.message)], result.failures


def test_the_default_provider_is_refused_before_any_rule_is_asked(backend: Backend) -> None:
    result = PulumiStack(backend, "mesh", "refused", lambda: a_default_provider(pulumi.ResourceOptions()), {}).up()
    assert [failure for failure in result.failures if "Default provider for 'aws' disabled" in failure.message]
    assert not [resource for resource in result.resources if resource.type.startswith("aws:")]
