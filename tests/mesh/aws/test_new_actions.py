"""Actions that AWS added in 2025 and 2026: each is refused to everybody, by the statement that its row names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import ryaml

from mesh.aws.allowed_actions import is_allowed
from mesh.aws.universe import universe
from mesh.evaluator.conditions import UNSAID_OWNER
from mesh.evaluator.decide import Request, decide, examine
from mesh.plan import Plan
from mesh.proof.subject import Subject
from mesh.proof.written_labels import WrittenLabels

ROWS: dict[str, dict[str, Any]] = ryaml.loads((Path(__file__).parent / "new_actions.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def subject(plan: Plan, written: WrittenLabels) -> Subject:
    return Subject(plan, written)


def test_there_are_enough_of_them() -> None:
    assert len(ROWS) >= 25
    assert {"lambda:RunMicrovm", "lambda:PutResourcePolicy", "organizations:AcceptHandshake"} <= ROWS.keys()


@pytest.mark.parametrize("action", ROWS)
def test_an_action_that_aws_added_is_refused_to_administrators_and_deployments(subject: Subject, action: str) -> None:
    service, _, name = action.partition(":")
    assert name in universe().names[service]
    assert not is_allowed(action)
    for pair in subject.administrators:
        for caller in pair:
            request = Request(caller.name, action, "*")
            assert not decide(request, subject.world).allowed
            is_refused_by(subject, request, ROWS[action]["by"])


def is_refused_by(subject: Subject, request: Request, sid: str) -> None:
    # Whose the resource is matters to no allow list, and of some services no page says whether AWS tells it.
    case = examine(request, subject.world)
    keys = {key: value for key, value in case.keys.items() if key != UNSAID_OWNER}
    assert sid in {cause.sid for cause in case._replace(keys=keys).denials()}, request
