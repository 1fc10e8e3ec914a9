"""Runs of deployed jobs: as their role, with what Glue gives them, in a process of their own."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mesh import names
from mesh.findings import NotPossibleError
from mesh.folder import PlannedMesh, plan_folder
from sandbox.emulator import backends
from sandbox.enforcement.callers import Callers
from sandbox.enforcement.event_deliveries import function_of
from sandbox.jobs.deployed_jobs import BEGIN, END
from sandbox.jobs.job_order import JobEnd, JobOrder
from sandbox.jobs.pipeline_runs import Start, run_job, run_order, runnable_pipeline
from sandbox.runs.fresh_organization import FreshOrganization
from tests.sandbox.jobs.deployed_pipelines import DAY, FUNCTION, JOB, kept

pytestmark = pytest.mark.long


class Ground:
    """The organisation, and runs in it with the lines that they print."""

    def __init__(self, organization: FreshOrganization, planned: PlannedMesh) -> None:
        self.organization, self.plan, self.folder = organization, planned.plan, planned.directory
        self.pipeline = runnable_pipeline(self.plan, JOB)
        self.lines: list[tuple[str, str]] = []

    def run(self, product: str = JOB, **start: Any) -> JobEnd:
        self.lines.clear()
        return run_job(
            self.plan, self.organization.jobs, product, lambda *line: self.lines.append(line), Start(**start)
        )

    def printed(self, stream: str = "output") -> list[str]:
        return [line for on, line in self.lines if on == stream]

    def begun(self, **arguments: str) -> JobOrder:
        return JobOrder(**self.asked(BEGIN, window="", arguments=arguments, pid=os.getpid())["order"])

    def asked(self, do: str, **more: Any) -> Mapping[str, Any]:
        mine = {"account": self.pipeline.account_id, "product": "customers", "runtime": "glue-python"}
        return self.organization.jobs({"do": do, **mine, "job": self.pipeline.job, **more})

    def logged(self, group: str) -> list[str]:
        """Messages of a log group, of the stream that was written last."""
        from moto.logs.models import logs_backends

        backend: Any = logs_backends[self.pipeline.account_id][self.plan.perimeter.region]
        streams = list(backend.groups[group].streams.values())
        return [event.message for event in streams[-1].events] if streams else []

    def runs(self) -> list[Any]:
        return backends.workflows(self.pipeline.account_id, self.plan.perimeter.region).jobs[self.pipeline.job].job_runs


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with kept(tmp_path_factory.mktemp("jobs")) as (organization, planned):
        yield Ground(organization, planned)


def test_a_job_has_the_arguments_of_its_run_and_is_its_role_and_nobody_else(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    monkeypatch.setenv("PYTHONPATH", "/of/ours")
    monkeypatch.setenv("SECRET_OF_THE_USER", "1")
    end = ground.run()
    assert (end.state, end.sentence, end.lines) == ("SUCCEEDED", "", 4)
    arguments, environment, identity = ground.printed()
    given = json.loads(arguments)
    assert (given["--act"], given["--kept"], given["--mesh-bucket"]) == ("tell", "as it is", ground.pipeline.bucket)
    assert given["--mesh-draft"] == "orders__customers__draft"
    there = json.loads(environment)
    assert {"AWS_PROFILE", "PYTHONPATH", "SECRET_OF_THE_USER"} & set(there) == set()
    assert there["AWS_CONFIG_FILE"] == os.devnull
    assert there["HOME"] != os.environ["HOME"]
    assert there["AWS_ENDPOINT_URL"] == ground.organization.aws.endpoint_from("network")
    issued = Callers().of(there["AWS_ACCESS_KEY_ID"]).issued
    assert issued == (("glue:CredentialIssuingService", "glue.amazonaws.com"),)
    role = names.role_name(ground.pipeline.role)
    assert f":assumed-role/{role}/GlueJobRunnerSession-" in identity
    assert identity.split(":")[4] == ground.pipeline.account_id


def test_what_a_job_prints_is_in_the_log_groups_of_its_product(ground: Ground) -> None:
    ground.run()
    output, error = ground.pipeline.log_groups[1], ground.pipeline.log_groups[0]
    assert ground.logged(output) == ground.printed()
    assert ground.logged(error) == ground.printed("error") == ["to the errors"]
    assert ground.runs()[-1].status == "SUCCEEDED"


def test_a_window_is_run_with_the_arguments_of_its_trigger_and_writes_to_its_own_bucket(ground: Ground) -> None:
    stored = backends.bucket(ground.pipeline.bucket)
    assert "files/written.txt" not in stored.keys
    assert ground.run(window="january").state == "SUCCEEDED"
    assert stored.keys["files/written.txt"].value == b"a line"


def test_a_write_into_another_product_is_refused_and_told_in_one_sentence(ground: Ground) -> None:
    end = ground.run(arguments={"act": "trespass"})
    assert end.state == "FAILED"
    assert "AccessDenied" in end.sentence
    assert "\n" not in end.sentence
    assert f"its log is {ground.pipeline.log_group}/error, stream jr_" in end.sentence
    assert any("Traceback" in line for line in ground.logged(ground.pipeline.log_groups[0]))


def test_a_script_that_raises_is_told_with_the_last_line_of_its_traceback(ground: Ground) -> None:
    end = ground.run(arguments={"act": "fail"})
    assert end.state == "FAILED"
    assert "mesh--customers failed: ValueError: there are no rows of yesterday; its log is" in end.sentence
    assert ground.runs()[-1].status == "FAILED"


def test_a_script_that_is_killed_is_told_as_one_that_may_be_out_of_memory(ground: Ground) -> None:
    assert "mesh--customers was ended by SIGKILL" in ground.run(arguments={"act": "die"}).sentence


def test_a_script_that_loops_is_ended_by_its_timeout_and_its_log_is_kept(ground: Ground) -> None:
    order = ground.begun(act="loop")
    assert order.seconds == 180
    told: list[tuple[str, str]] = []
    try:
        end = run_order(dataclasses.replace(order, seconds=3.0), lambda *line: told.append(line))
    finally:
        ground.asked(END, state="TIMEOUT")
    assert (end.state, told) == ("TIMEOUT", [("output", "begun")])
    assert end.seconds < 60
    assert "took longer than its timeout, 0.05 minutes" in end.sentence
    assert ground.logged(ground.pipeline.log_groups[1]) == ["begun"]
    assert ground.runs()[-1].status == "TIMEOUT"


def test_a_job_runs_once_at_a_time_unless_the_process_of_its_run_has_died(ground: Ground) -> None:
    ground.begun()
    assert f"(process {os.getpid()})" in str(ground.asked(BEGIN, window="", arguments={}, pid=1)["error"])
    ground.asked(END, state="STOPPED")
    gone = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(gone, 0)
    ground.asked(BEGIN, window="", arguments={}, pid=gone)
    assert ground.run().state == "SUCCEEDED"
    assert [run.status for run in ground.runs()[-2:]] == ["STOPPED", "SUCCEEDED"]


def test_what_the_job_fixes_and_what_glue_reserves_is_refused_to_a_run(ground: Ground) -> None:
    for arguments, told in (
        ({"kept": "otherwise"}, "lets no run change --kept; of its own it lets change --act"),
        ({"mesh-bucket": "another"}, "lets no run change --mesh-bucket"),
        ({"JOB_NAME": "another"}, "Glue reserves"),
    ):
        with pytest.raises(NotPossibleError, match=told):
            ground.run(arguments=arguments)
    with pytest.raises(NotPossibleError, match="no window 'june'; there are january and march"):
        ground.run(window="june")
    assert ground.run().state == "SUCCEEDED"


def test_the_deployed_script_runs_and_not_the_one_in_the_folder(ground: Ground) -> None:
    script = ground.folder / "pipelines" / "orders" / "customers.py"
    deployed = script.read_text("utf-8")
    try:
        script.write_text("print('edited')", "utf-8")
        plan = plan_folder(ground.folder, DAY).plan
    finally:
        script.write_text(deployed, "utf-8")
    assert runnable_pipeline(plan, JOB).script == "print('edited')"
    lines: list[str] = []
    run_job(plan, ground.organization.jobs, JOB, lambda _, line: lines.append(line))
    assert len(lines) == 4


def test_a_role_that_glue_may_not_assume_runs_nothing(ground: Ground) -> None:
    role = next(
        role for role in backends.iam(ground.pipeline.account_id).roles.values() if role.arn == ground.pipeline.role
    )
    before = role.assume_role_policy_document
    try:
        role.assume_role_policy_document = before.replace("glue.amazonaws.com", "ec2.amazonaws.com")
        with pytest.raises(NotPossibleError, match="Glue may not assume the role of mesh--customers"):
            ground.run()
    finally:
        role.assume_role_policy_document = before


def test_a_run_that_ends_is_an_event_of_glue_in_the_account(ground: Ground) -> None:
    from sandbox.emulator import emitted_events

    heard: list[Mapping[str, Any]] = []
    deliveries = ground.organization.aws.gate.deliveries
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliveries, "drain", lambda: heard.extend(each.body for each in emitted_events.waiting))
        ground.run(arguments={"act": "fail"})
    emitted_events.waiting.clear()
    (told,) = [each for each in heard if each["source"] == "aws.glue" and "jobName" in each["detail"]]
    pattern = json.loads(ground.pipeline.runs_that(names.FAILED) or "")
    assert told["detail-type"] in pattern["detail-type"]
    assert told["detail"]["jobName"] in pattern["detail"]["jobName"]
    assert told["detail"]["state"] in pattern["detail"]["state"]


def test_a_function_is_given_what_its_schedule_gives_or_an_event_of_ones_own(ground: Ground) -> None:
    end = ground.run(FUNCTION)
    assert (end.state, ground.printed()) == ("SUCCEEDED", ["at work", '{"given": {}}'])
    assert ground.run(FUNCTION, event={"a": 1}).state == "SUCCEEDED"
    assert ground.printed()[-1] == '{"given": {"a": 1}}'
    failed = ground.run(FUNCTION, event={"fault": "rows"})
    assert failed.state == "FAILED"
    assert "mesh--parcels failed: KeyError: 'rows'; its log is /mesh/parcels/" in failed.sentence


def test_a_function_that_takes_longer_than_its_timeout_is_told_and_the_next_run_waits_its_turn(ground: Ground) -> None:
    name = f"arn:aws:lambda:{ground.plan.perimeter.region}:{ground.pipeline.account_id}:function:mesh--parcels"
    function = function_of(name)
    before = function.timeout
    try:
        function.timeout = 1
        end = ground.run(FUNCTION, event={"seconds": 3})
    finally:
        function.timeout = before
    assert (end.state, ground.lines) == ("TIMEOUT", [])
    assert end.seconds < 2.9
    assert "took longer than its timeout" in end.sentence
    assert ground.run(FUNCTION).state == "SUCCEEDED"


def test_what_a_runtime_does_not_take_is_one_sentence(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.jobs.pipeline_runs.importlib.util.find_spec", lambda _: None)
    for product, start, told in (
        (JOB, {"event": {}}, "is given no event"),
        (FUNCTION, {"window": "january"}, "no windows and no arguments"),
        ("shop.clicks", {}, "missing: .*the Python package pyspark"),
        ("shop.nothing", {}, "unknown product 'shop.nothing'"),
    ):
        with pytest.raises(NotPossibleError, match=told):
            ground.run(product, **start)
