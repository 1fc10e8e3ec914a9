"""The pack under Pulumi's own engine: a violation stops the preview and the update, with the rule's message."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.automation.events import EngineEvent

from mesh.findings import NotPossibleError
from mesh.folder import plan_folder
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.driver import entry_point
from sandbox.runs import language_host
from sandbox.runs.pack_analyzer import PackAnalyzer
from sandbox.runs.policy_host import PolicyHost, policy_host, settings
from sandbox.runs.policy_process import PolicyProcess
from sandbox.runs.pulumi_cli import Cli, find
from sandbox.runs.stack_run import ENTRY_POINT, stack_config
from tests.conformance.outcome import Outcome
from tests.conformance.provider import NumberedCloud, NumberedProvider
from tests.conformance.real import RealEngine, real_engine
from tests.policies.programs.written_account import in_account
from tests.policies.programs.written_bucket import bucket
from tests.policies.told_programs import NO_MESH, embedded, heard, told

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
STACKS = Path(__file__).resolve().parents[2] / "stacks"
AS_OF = datetime.date(2026, 12, 1)


def by_the_default_provider() -> None:
    aws.sqs.Queue("bare", name="bare", sqs_managed_sse_enabled=True, opts=pulumi.ResourceOptions(version="7.51.1"))


def without_a_block() -> None:
    bucket("data", in_account(), without=["block"])


def with_a_leaky_block() -> None:
    opts = in_account()
    made = bucket("data", opts, without=["block"])
    aws.s3.BucketPublicAccessBlock(
        "data",
        bucket=made.bucket,
        block_public_acls=True,
        block_public_policy=False,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )


def granting_to_all() -> None:
    grant("IAM_ALLOWED_PRINCIPALS", in_account())


def grant(principal: Any, opts: pulumi.ResourceOptions) -> None:
    database = aws.lakeformation.PermissionsDatabaseArgs(name="ads__impressions")
    aws.lakeformation.Permissions("all", principal=principal, permissions=["DESCRIBE"], database=database, opts=opts)


def fine() -> None:
    """The name of the bucket is known to the update only."""
    opts = in_account()
    named = aws.sqs.Queue("names", name="names", sqs_managed_sse_enabled=True, opts=opts).id
    bucket("data", opts, of=named)
    grant(named, opts)


def found() -> Cli:
    try:
        return find()
    except NotPossibleError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def engine() -> Generator[RealEngine]:
    found()
    with real_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def host() -> Generator[PolicyHost]:
    pytest.importorskip("pulumi_policy")
    with policy_host(variables=NO_MESH) as host:
        yield host


VIOLATIONS = [
    (by_the_default_provider, "'bare' (aws:sqs/queue:Queue) is made by the default provider 'default_7_51_1'"),
    (without_a_block, "'data' has no BucketPublicAccessBlock; add one with all four switches on"),
    (with_a_leaky_block, "the BucketPublicAccessBlock of 'data' leaves blockPublicPolicy off"),
    (granting_to_all, "'all' grants to IAM_ALLOWED_PRINCIPALS, which hands the decision back to IAM"),
]


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize(("program", "message"), VIOLATIONS, ids=[program.__name__ for program, _ in VIOLATIONS])
def test_a_violation_stops_the_run(
    program: Callable[[], None], message: str, preview: bool, engine: RealEngine, host: PolicyHost
) -> None:
    stack = f"{program.__name__}-{preview}".replace("_", "-")
    engine.configure(stack, {"pulumi:disable-default-providers": []})
    outcome = _run(engine, host, stack, program, preview=preview)
    assert message in "\n".join(outcome.failures)


@pytest.mark.parametrize("hosted", [True, False], ids=["a-language-host", "no-language-host"])
def test_the_pack_runs_with_and_without_a_language_host_for_python(
    hosted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CLI that finds a language host has it run the pack, and asks for no other host of policies."""
    alone = tmp_path / "pulumi"
    shutil.copy(found().path, alone)
    if hosted:
        language_host.install(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join((str(tmp_path), "/usr/bin", "/bin")))
    with policy_host(variables=NO_MESH) as host, real_engine() as engine:
        if hosted:
            host.environment["PATH"] = os.environ["PATH"]
        engine.configure("all", {"pulumi:disable-default-providers": []})
        outcome = _run(engine, host, "all", granting_to_all, preview=True)
    assert "'all' grants to IAM_ALLOWED_PRINCIPALS" in "\n".join(outcome.failures)


@pytest.mark.parametrize(
    ("program", "number"), [(granting_to_all, 0), (by_the_default_provider, 0), (without_a_block, 7)]
)
def test_an_update_makes_nothing_that_a_rule_about_one_resource_forbids(
    program: Callable[[], None], number: int, engine: RealEngine, host: PolicyHost
) -> None:
    """A rule about the whole stack is asked in the end, when all is made: that is why a preview has to come first."""
    stack = f"{program.__name__}-makes".replace("_", "-")
    engine.configure(stack, {"pulumi:disable-default-providers": []})
    cloud = NumberedCloud()
    assert _run(engine, host, stack, program, preview=False, cloud=cloud).failures
    assert len(cloud.things) == number


def test_what_keeps_the_rules_passes_and_what_is_not_known_yet_waits_for_the_update(
    engine: RealEngine, host: PolicyHost
) -> None:
    for preview in (True, False):
        outcome = _run(engine, host, "fine", fine, preview=preview)
        assert outcome.failures == ()
        assert len(outcome.steps) == 12


@pytest.mark.parametrize("stack", ["organization", "governance", "domain-playback", "partner-ad-measurement"])
def test_the_sample_mesh_passes(stack: str, engine: RealEngine, host: PolicyHost) -> None:
    mesh = plan_folder(STACKS, AS_OF)
    engine.configure(stack, stack_config(mesh, emulated=True))
    outcome = engine.run(
        stack,
        entry_point(ENTRY_POINT),
        AwsProvider,
        preview=True,
        policy_packs=[host.pack],
        environment={**host.environment, **settings(mesh)},
    )
    assert outcome.failures == ()
    assert len(outcome.steps) > 20


def _run(
    engine: RealEngine,
    host: PolicyHost,
    stack: str,
    program: Callable[[], None],
    *,
    preview: bool,
    cloud: NumberedCloud | None = None,
) -> Outcome:
    used = cloud or NumberedCloud()
    return engine.run(
        stack,
        program,
        lambda: NumberedProvider(used),
        preview=preview,
        policy_packs=[host.pack],
        environment=host.environment,
    )


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
def test_both_engines_tell_the_same_of_a_program(
    preview: bool, tmp_path: Path, engine: RealEngine, host: PolicyHost
) -> None:
    """What is refused, excepted, or waits for the update, word for word and on the same resource."""
    exceptions = tmp_path / "exceptions.yaml"
    said = {**host.environment, "MESH_EXCEPTIONS": str(exceptions), "MESH_AS_OF": AS_OF.isoformat()}
    for program in (*(each for each, _ in VIOLATIONS), fine):
        stack = f"{program.__name__}-told-{preview}".replace("_", "-").lower()
        exceptions.write_text(
            f"exceptions:\n{_exception('bucket-has-public-access-block', stack, 'd?ta')}"
            f"{_exception('no-default-provider', stack, 'none-such')}",
            "utf-8",
        )
        engine.configure(stack, {"pulumi:disable-default-providers": []})
        events: list[EngineEvent] = []
        cloud = NumberedCloud()
        engine.run(
            stack,
            program,
            lambda cloud=cloud: NumberedProvider(cloud),
            preview=preview,
            policy_packs=[host.pack],
            environment=said,
            heard=events,
        )
        with PolicyProcess(host.pack, said) as process:
            ours = embedded(stack, program, PackAnalyzer(process), preview=preview)
        assert told(ours.diagnostics) == told(heard(events)), program.__name__
        assert told(ours.diagnostics)


def _exception(rule: str, stack: str, name: str) -> str:
    resource = f'"{stack}/{name}"'
    return f"  - {{rule: {rule}, resource: {resource}, reason: A test., owner: platform, expires: 2027-01-01}}\n"
