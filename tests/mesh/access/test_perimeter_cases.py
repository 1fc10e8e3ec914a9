"""Routes that an attacker tried, out of the mesh and into a reader, and their kind, each with its answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mesh.access import from_plan
from mesh.evaluator.decide import Request, decide
from mesh.evaluator.world import World
from mesh.plan import Plan

CASES: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("perimeter_cases.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def world(plan: Plan) -> World:
    return from_plan.world(plan)


def test_every_route_is_answered_as_it_should_be(world: World) -> None:
    wrong = [case for case in CASES if decide(request(case), world).allowed != case["allowed"]]
    assert wrong == []


def test_refused_and_allowed_are_both_among_the_routes() -> None:
    assert len(CASES) > 200
    assert sum(case["allowed"] for case in CASES) > 20


@pytest.mark.parametrize(
    "who",
    [
        "ci/domain-",
        "ci/access",
        "oidc-provider/",
        "publisher/",
        "functions/",
        "mesh/check",
        "mesh/deploy",
        "AWSReservedSSO_",
        "engineer",
    ],
)
def test_ci_publishers_people_and_who_runs_jobs_are_among_the_callers(who: str) -> None:
    assert {case["allowed"] for case in CASES if who in case["principal"]} == {True, False}


def request(case: dict[str, Any]) -> Request:
    return Request(case["principal"], case["action"], case["resource"], case.get("context", {}))


@pytest.mark.parametrize("caller", ["330000000039:role/admin", "310000000013:role/mesh/pipeline/none/impressions"])
def test_transforms_of_glue_studio_in_aws_own_bucket_are_refused(world: World, caller: str) -> None:
    script = "arn:aws:s3:::aws-glue-studio-transforms-244479516193-prod-eu-west-1/gs_common.py"
    answer = decide(Request(f"arn:aws:iam::{caller}", "s3:GetObject", script, {}), world)
    assert not answer.allowed
