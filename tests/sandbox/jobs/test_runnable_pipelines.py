"""Pipelines of the sample mesh that can be run here, and a sentence for each that cannot."""

from __future__ import annotations

import dataclasses

import pytest

from mesh.findings import NotPossibleError
from mesh.plan import Plan
from sandbox.jobs.pipeline_runs import runnable_pipeline


def test_a_python_job_and_a_function_can_be_run(plan: Plan) -> None:
    assert runnable_pipeline(plan, "playback.viewing-hours").runtime == "glue-python"
    assert runnable_pipeline(plan, "playback.heartbeats").runtime == "lambda"


def test_a_product_without_a_pipeline_says_so(plan: Plan) -> None:
    with pytest.raises(NotPossibleError, match=r"^identity\.profiles has no pipeline"):
        runnable_pipeline(plan, "identity.profiles")


@pytest.mark.parametrize("present", [None, object()])
def test_spark_is_run_where_pyspark_and_java_are(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, present: object | None
) -> None:
    monkeypatch.setattr("sandbox.jobs.pipeline_runs.importlib.util.find_spec", lambda _: present)
    monkeypatch.setattr("sandbox.jobs.pipeline_runs.shutil.which", lambda _: None)
    missing = "missing: Java$" if present else "missing: Java and the Python package pyspark$"
    with pytest.raises(NotPossibleError, match=missing):
        runnable_pipeline(plan, "identity.device-graph")
    monkeypatch.setattr("sandbox.jobs.pipeline_runs.importlib.util.find_spec", lambda _: object())
    monkeypatch.setattr("sandbox.jobs.pipeline_runs.shutil.which", lambda _: "/usr/bin/java")
    assert runnable_pipeline(plan, "identity.device-graph").runtime == "glue-spark"


@pytest.mark.parametrize(
    ("runtime", "told"),
    [("external", "mesh as pipeline:playback.heartbeats"), ("step-functions", "is a state machine")],
)
def test_what_is_not_run_says_what_to_do(plan: Plan, runtime: str, told: str) -> None:
    domain = plan.domains["playback"]
    other = dataclasses.replace(domain.jobs["heartbeats"], runtime=runtime)
    changed = dataclasses.replace(domain, jobs={**domain.jobs, "heartbeats": other})
    with pytest.raises(NotPossibleError, match=told):
        runnable_pipeline(
            dataclasses.replace(plan, domains={**plan.domains, "playback": changed}), "playback.heartbeats"
        )
