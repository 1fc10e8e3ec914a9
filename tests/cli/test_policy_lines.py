"""What `mesh up` says of the policy pack's answers."""

from __future__ import annotations

from cli.policy_lines import asked
from mesh.guardrail_rules import guardrails
from sandbox.engine.analysis import PolicyDiagnostic
from tests.sandbox.runs.test_asked_policies import BUCKET, run_of


def test_a_violation_in_mesh_up_has_the_severity_of_its_rule() -> None:
    """`mesh up` configures nothing: a violation is as grave as the pack says, or, beside the rules, of no severity."""
    said = (
        PolicyDiagnostic(BUCKET, "bucket-is-versioned", "It is.\n'clicks' is not", mandatory=True),
        PolicyDiagnostic(BUCKET, "exceptions-are-used", "They are.\none is not", mandatory=True),
    )
    told = asked([run_of(*said)])
    assert [(each.rule, each.severity) for each in told.violations] == [
        ("bucket-is-versioned", "high"),
        ("exceptions-are-used", ""),
    ]
    assert told.rules == len(guardrails())
