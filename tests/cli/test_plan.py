"""`mesh plan` ends with status 1 and one sentence a refusal where AWS would refuse what is emitted."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import typer

from cli import exit_codes, main
from cli.plan import plan
from mesh.acceptance import accept
from mesh.acceptance.accept import AcceptedPlan
from mesh.acceptance.emitted import InputRefusal
from mesh.folder import PlannedMesh
from sandbox.engine.driver import RunResult
from sandbox.engine.state import ResourceState
from sandbox.runs import preview
from sandbox.runs.emitted_stacks import EmittedStack, emitted_stack
from sandbox.runs.preview import emitted_previews
from sandbox.runs.stack_run import StackRun

TINY = Path(__file__).resolve().parents[1] / "mesh" / "tiny"
STACKS = Path(__file__).resolve().parents[2] / "stacks"


REFUSED = InputRefusal("governance", "aws:s3/bucket:Bucket", "audit", "bucket", "'a_b' does not match")
UNLISTED = InputRefusal("governance", "aws:s3/bucket:Bucket", "audit", "colour", "nothing is listed")


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    ("unlisted", "refused", "said"),
    [
        ((), (REFUSED,), "AWS would refuse: governance: Bucket audit: bucket: 'a_b' does not match"),
        ((UNLISTED,), (), "not compared with AWS: governance: Bucket audit: colour: nothing is listed"),
    ],
)
def test_what_aws_would_refuse_or_nobody_compared_is_said_with_status_1(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    as_json: bool,
    unlisted: tuple[InputRefusal, ...],
    refused: tuple[InputRefusal, ...],
    said: str,
) -> None:
    monkeypatch.setattr(preview, "emitted_previews", lambda mesh, _: emitted_previews(mesh, ()))
    monkeypatch.setattr(accept, "accept", lambda *_, **__: AcceptedPlan("1.2", 2, 1, 1, 0, unlisted, refused))
    with pytest.raises(typer.Exit) as ended:
        plan(stack=["governance"], directory=STACKS, as_of=datetime.datetime(2026, 12, 1), as_json=as_json)
    assert ended.value.exit_code == 1
    told = capsys.readouterr()
    assert said in told.err
    assert ('"stacks"' in told.out) is as_json


@pytest.mark.long
def test_a_removal_says_what_is_protected_what_stays_and_what_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(TINY, tmp_path / "mesh"))
    words = ["plan", "--dir", str(folder), "--as-of", "2027-01-01", "--stack", "organization", "--removal"]
    assert main.run(words) == exit_codes.FINE
    said = capsys.readouterr().out
    assert "12 resources protected, until 'deletion-protection: false' is applied" in said
    assert "organizations.Policy: refused while it is attached to anything; detach it where" in said
    with (folder / "mesh.yaml").open("a") as file:
        file.write("defaults: {deletion-protection: false}\n")
    assert main.run([*words, "--json"]) == exit_codes.FINE
    answer = json.loads(capsys.readouterr().out)
    assert answer["protected"] == {}
    assert answer["kept"]["aws:cloudformation/stackInstances:StackInstances"] == 2
    assert answer["refused"]["aws:organizations/policy:Policy"]["says"].startswith("PolicyInUseException")
    assert main.run([*words, "--costs"]) == exit_codes.BAD_INPUT


def test_the_summary_says_what_was_compared_and_what_was_not() -> None:
    assert str(AcceptedPlan("1.2", 2_000, 700, 300, 40, (UNLISTED,), ())) == (
        "2,000 values compared with AWS's limits (botocore 1.2), 700 with their type alone, and 300 documents: none "
        "refused; not compared: 40 values that AWS will say, 1 that are not listed"
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--sizes", "--costs"), "Invalid value for --sizes: shows the whole mesh, alone: leave out --costs"),
        (("--sizes", "-s", "governance"), "Invalid value for --sizes: shows the whole mesh, alone: leave out --stack"),
        (("--costs", "-s", "governance"), "Invalid value for --costs: shows the whole mesh, alone: leave out --stack"),
        (
            ("--costs", "--sizes", "-s", "governance"),
            "Invalid value for --sizes: shows the whole mesh, alone: leave out --costs and --stack",
        ),
    ],
)
def test_sizes_and_costs_are_of_the_whole_mesh_each_alone(
    options: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["plan", "-C", str(STACKS), "--as-of", "2026-12-01", *options]) == exit_codes.BAD_INPUT
    told = capsys.readouterr()
    assert told.out == ""
    assert sentence in " ".join(told.err.replace("│", " ").split())


def test_sizes_count_the_policies_of_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shutil.copytree(TINY, tmp_path / "stacks")
    command = ["plan", "-C", str(folder), "--as-of", "2027-01-01", "--sizes"]
    assert main.run(command) == exit_codes.FINE
    assert "5 free of 10  service control policies at root: 4 of the mesh, 1 of AWS\n" in capsys.readouterr().out
    with (folder / "mesh.yaml").open("a", encoding="utf-8") as file:
        file.write("policies-of-others: {service: {root: 3}}\n")
    assert main.run(command) == exit_codes.FINE
    assert "2 free of 10  service control policies at root: 4 of the mesh, 1 of AWS, 3 of others\n" in (
        capsys.readouterr().out
    )


class GivenRuns(NamedTuple):
    """Previews that have these runs alone."""

    mesh: PlannedMesh
    given: Sequence[StackRun]

    def runs(self, _: object) -> list[EmittedStack]:
        return [emitted_stack(self.mesh.plan, run) for run in self.given]


def only(runs: Sequence[StackRun], mesh: PlannedMesh, *_: object) -> AbstractContextManager[GivenRuns]:
    """Previews of these runs, whatever they are asked."""
    return nullcontext(GivenRuns(mesh, runs))


def test_the_text_is_the_same_in_whatever_order_resources_are_registered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two plans of one mesh used to differ in a seventh of their lines, and the ties of "mostly" with them."""
    kinds = ("s3/bucket:Bucket", "iam/role:Role", "kms/key:Key", "sns/topic:Topic", "sqs/queue:Queue")
    resources = [
        ResourceState(urn=f"urn:pulumi:s::p::aws:{kind}::{name}", type=f"aws:{kind}", custom=True)
        for kind in kinds
        for name in ("a", "b")
    ]
    monkeypatch.setattr(accept, "accept", lambda *_, **__: AcceptedPlan("1.2", 2, 1, 1, 0, (), ()))
    texts: list[str] = []
    for ordered in (resources, resources[::-1], [*resources[3:], *resources[:3]]):
        run = StackRun("governance", "200000000002", True, RunResult([], list(ordered), [], [], [], 0.0))
        monkeypatch.setattr(preview, "emitted_previews", partial(only, (run,)))
        for stack in (["governance"], None):
            plan(stack=stack, directory=STACKS, as_of=datetime.datetime(2026, 12, 1))
        texts.append(capsys.readouterr().out)
    assert "2 Bucket, 2 Key, 2 Queue, 2 Role" in texts[0]
    assert texts[0].index("Bucket") < texts[0].index("  + Key") < texts[0].index("  + Topic")
    assert len(set(texts)) == 1
