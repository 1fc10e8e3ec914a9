"""Jobs as the plan has them: what a run is given, which log groups it has, and when one is missed."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path

import pytest

from mesh import names
from mesh.acceptance.event_matching import matches
from mesh.load import load
from mesh.plan import Plan
from mesh.plan.build import build
from mesh.plan.nodes import PipelineArgs
from mesh.plan.nodes.job_runs import quiet_hours

TINY = Path(__file__).parents[1] / "tiny"


@pytest.fixture(scope="module")
def tiny() -> Plan:
    loaded = load(TINY)
    assert loaded.mesh is not None
    return build(loaded.mesh, datetime.date(2027, 1, 1))


@pytest.fixture
def clicks(tiny: Plan) -> PipelineArgs:
    return tiny.domains["shop"].jobs["clicks"]


def test_an_argument_that_a_past_window_changes_can_be_overridden_and_no_other(clicks: PipelineArgs) -> None:
    job = replace(clicks, arguments={"day": "yesterday", "country": "all"})
    assert job.overridable == {"--day": "yesterday"}
    assert "--day" not in job.fixed
    assert job.fixed["--country"] == "all"


def test_a_job_that_reads_tables_does_so_through_lake_formation(clicks: PipelineArgs) -> None:
    assert clicks.fixed["--enable-lakeformation-fine-grained-access"] == "true"
    assert "--enable-lakeformation-fine-grained-access" not in replace(clicks, reads_tables=False).fixed


def test_logs_of_a_labelled_product_say_so_in_their_name(clicks: PipelineArgs) -> None:
    labelled = replace(clicks, labels=frozenset({"pii", "financial"}))
    assert labelled.log_groups == ("/mesh/clicks/financial.pii/error", "/mesh/clicks/financial.pii/output")
    assert replace(clicks, labels=frozenset()).log_group == "/mesh/clicks/unlabelled"


def test_a_job_that_starts_by_an_event_hears_of_that_product_alone(clicks: PipelineArgs) -> None:
    assert json.loads(clicks.start_pattern or "") == {
        "source": ["mesh.orders.customers"],
        "detail-type": ["product published"],
    }


def test_a_definition_in_yaml_reaches_aws_as_json(clicks: PipelineArgs) -> None:
    job = replace(
        clicks, runtime="step-functions", script="StartAt: A\nStates: {A: {Type: Pass}}\n", script_name="a.asl.yaml"
    )
    assert json.loads(job.definition) == {"StartAt": "A", "States": {"A": {"Type": "Pass"}}}


def test_a_domain_without_jobs_shares_nothing_for_them(tiny: Plan) -> None:
    assert all((domain.job_baseline is None) == (not domain.jobs) for domain in tiny.domains.values())


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [
        ("rate(5 minutes)", 2),
        ("rate(1 hour)", 2),
        ("rate(3 days)", 144),
        ("rate(4 days)", None),
        ("cron(5 * * * ? *)", 2),
        ("cron(5 4 * * ? *)", 48),
        ("cron(5 4,16 * * ? *)", 48),
        ("cron(5 4 ? * MON-FRI *)", 168),
        ("cron(5 4 ? * SUN *)", None),
        ("cron(5 4 1 * ? *)", None),
        ("cron(5 4 * 1 ? *)", None),
    ],
)
def test_a_missed_run_is_seen_within_two_of_the_schedule_or_never_where_that_is_too_long(
    schedule: str, hours: int | None
) -> None:
    assert quiet_hours(schedule) == hours


def test_tables_keep_what_is_published_longer_than_it_may_lag(tiny: Plan) -> None:
    for domain in tiny.domains.values():
        for name, optimizers in domain.optimizers.items():
            product = domain.products[name]
            assert optimizers.days > product.lag
            assert product.old_versions > product.lag
            assert not [folder for folder in product.expiring if folder.startswith("tables")]


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_an_execution_that_did_not_end_well_is_counted_however_it_ended(tiny: Plan, status: str) -> None:
    machine = tiny.domains["orders"].jobs["customers"]
    pattern = json.loads(machine.runs_that(names.FAILED) or "")
    arn = f"arn:aws:states:eu-west-1:{machine.account_id}:stateMachine:mesh--customers"
    event = {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {"stateMachineArn": arn, "status": status},
    }
    assert matches(pattern, event)
    assert not matches(pattern, {**event, "detail": {"stateMachineArn": arn, "status": "SUCCEEDED"}})
    assert not matches(pattern, {**event, "detail": {"stateMachineArn": f"{arn}-2", "status": status}})


def test_runs_that_aws_counts_by_itself_have_no_rule(tiny: Plan) -> None:
    machine, function = tiny.domains["orders"].jobs["customers"], tiny.domains["orders"].jobs["parcels"]
    assert (machine.runs_that(names.SUCCEEDED), function.runs_that(names.FAILED)) == (None, None)
