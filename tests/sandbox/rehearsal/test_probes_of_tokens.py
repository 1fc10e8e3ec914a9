"""Probes of tokens: of each CI role one that it takes, and three that it does not."""

from __future__ import annotations

from mesh.access import from_plan
from mesh.evaluator import decide
from mesh.plan import Plan
from sandbox.rehearsal.personas import personas
from sandbox.rehearsal.probes_of_tokens import probes_of_tokens


def test_each_ci_role_takes_the_token_of_its_environment_and_no_other(plan: Plan) -> None:
    world, first = from_plan.world(plan), plan.organization.args.first_ci
    assert first
    roles = {role.arn: role.subject for role in (*first.roles, *plan.governance.ci.values())}
    answers: dict[str, list[bool]] = {}
    for probe in probes_of_tokens(plan, list(personas(plan))):
        (request,) = probe.requests
        assert probe.persona.who == "anonymous"
        allowed = decide(request, world).allowed
        (subject,) = (value for key, value in request.context.items() if key.endswith(":sub"))
        assert allowed == (subject == roles[request.resource]), probe.label
        answers.setdefault(request.resource, []).append(allowed)
    assert answers.keys() == roles.keys()
    assert {tuple(sorted(each)) for each in answers.values()} == {(False, False, False, True)}
