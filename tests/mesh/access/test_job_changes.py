"""Jobs of pipelines: people start named triggers and stop runs, and nobody but a deployment changes what runs."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from mesh import names
from mesh.access import from_plan
from mesh.evaluator.decide import Request, decide
from mesh.evaluator.world import World
from mesh.load import load
from mesh.plan.build import build

TINY = Path(__file__).parents[1] / "tiny"
SHOP, REGION = "320000000021", "eu-west-1"
GLUE = f"arn:aws:glue:{REGION}:{SHOP}"
JOB, RUN, WINDOW = (
    f"{GLUE}:job/mesh--clicks",
    f"{GLUE}:trigger/mesh--clicks--run",
    f"{GLUE}:trigger/mesh--clicks--window-january",
)
SCRIPT = f"arn:aws:s3:::tiny-shop-scripts-{SHOP}-{REGION}-an/clicks/clicks.py"
ENGINEER = names.staff_role(SHOP, "engineer")
PIPELINE = names.pipeline_role(SHOP, "clicks", "pii")
CLEARED = names.clearance_role(SHOP, "pii")
OWNER = names.staff_role(SHOP, "owner")
ADMIN = f"arn:aws:iam::{SHOP}:role/Administrator"


@pytest.fixture(scope="module")
def world() -> World:
    loaded = load(TINY)
    assert loaded.mesh is not None
    return from_plan.world(build(loaded.mesh, datetime.date(2027, 1, 1)))


def may(world: World, who: str, action: str, on: str, **context: str) -> bool:
    return decide(
        Request(who, action, on, {key.replace("__", ":"): value for key, value in context.items()}), world
    ).allowed


CHANGES = [
    ("glue:UpdateJob", JOB),
    ("glue:DeleteJob", JOB),
    ("glue:StartJobRun", JOB),
    ("glue:UpdateTrigger", RUN),
    ("glue:CreateTrigger", f"{GLUE}:trigger/mesh--clicks--mine"),
    ("glue:UpdateWorkflow", f"{GLUE}:workflow/mesh--clicks"),
    ("glue:NotifyEvent", f"{GLUE}:workflow/mesh--clicks"),
    ("s3:PutObject", SCRIPT),
    ("s3:DeleteObject", SCRIPT),
]
"""What changes what runs with the pipeline's role, or with which arguments."""


@pytest.mark.parametrize("who", [ENGINEER, OWNER, CLEARED, PIPELINE], ids=["engineer", "owner", "cleared", "pipeline"])
@pytest.mark.parametrize(("action", "on"), CHANGES, ids=[action for action, _ in CHANGES])
def test_no_person_and_no_pipeline_changes_what_runs(world: World, who: str, action: str, on: str) -> None:
    assert not may(world, who, action, on)


def test_an_engineer_starts_the_triggers_of_pipelines_and_stops_their_runs(world: World) -> None:
    for trigger in (RUN, WINDOW):
        assert may(world, ENGINEER, "glue:StartTrigger", trigger)
    assert may(world, ENGINEER, "glue:BatchStopJobRun", JOB)
    assert may(world, ENGINEER, "glue:ListTriggers", "*")
    assert not may(world, ENGINEER, "glue:StartTrigger", f"{GLUE}:trigger/of-somebody")


@pytest.mark.parametrize(
    ("action", "on"),
    [("glue:GetJob", JOB), ("glue:GetJobRun", JOB), ("glue:GetJobRuns", JOB), ("glue:GetTrigger", RUN)],
)
def test_an_engineer_sees_no_argument(world: World, action: str, on: str) -> None:
    assert not may(world, ENGINEER, action, on)


def test_a_pipeline_reads_its_own_script_and_no_other(world: World) -> None:
    here = {"aws__SourceVpc": "vpc-0123456789abcdef0", "s3__TlsVersion": "1.3", "aws__SecureTransport": "true"}
    assert may(world, PIPELINE, "s3:GetObject", SCRIPT, **here)
    assert not may(world, PIPELINE, "s3:GetObject", SCRIPT.replace("/clicks/", "/another/"), **here)
    assert not may(world, ENGINEER, "s3:GetObject", SCRIPT, **here)


def test_event_bridge_starts_pipelines_of_its_account_and_nothing_else(world: World) -> None:
    start = names.start_role(SHOP)
    assert may(world, start, "glue:NotifyEvent", f"{GLUE}:workflow/mesh--clicks")
    for action, on in (
        ("glue:NotifyEvent", f"{GLUE}:workflow/x"),
        ("glue:StartJobRun", JOB),
        ("glue:StartTrigger", RUN),
    ):
        assert not may(world, start, action, on)
