"""Every input of pipelines, publication, optimizers and drafts is as it has to be; what is set otherwise is noticed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.program import checks_of_watching as watching
from tests.program import settings
from tests.program.checks import Check
from tests.program.sample import Document, Planned, resources
from tests.program.test_plan_contract import drop, put

Doctor = Callable[[Document], None]
JOB, ALARM, LOGS, FUNCTION = "glue/job:Job", "MetricAlarm", "LogGroup", "lambda/function:Function"
QUEUE, MAPPING, OPTIMIZER = "sqs/queue:Queue", "EventSourceMapping", "CatalogTableOptimizer"
HUB, DOMAIN = "governance", "domain-playback"
FAILED, SUCCEEDED = "viewing-hours-failed", "viewing-hours-succeeded"


def of_the_hub(kind: str, *path: Any, value: Any, name: str = "publication") -> Doctor:
    return put(kind, "inputs", *path, value=value, stack=HUB, name=name)


def of_a_domain(kind: str, *path: Any, value: Any, name: str = "") -> Doctor:
    return put(kind, "inputs", *path, value=value, stack=DOMAIN, name=name)


def every_alarm(key: str, value: Any) -> Doctor:
    """One input of each alarm that the publication function and a pipeline have."""

    def doctor(document: Document) -> None:
        for alarm in resources(document, ALARM):
            alarm["inputs"][key] = value

    return doctor


def kept(snapshots: int) -> Doctor:
    """As many snapshots as a smaller `KEPT_SNAPSHOTS` keeps, by optimizers and by clients."""

    def doctor(document: Document) -> None:
        for each in resources(document, OPTIMIZER):
            retention = each["inputs"]["configuration"].get("retentionConfiguration")
            if retention:
                retention["icebergConfiguration"]["numberOfSnapshotsToRetain"] = snapshots
        for table in resources(document, ":CatalogTable"):
            made = table["inputs"].get("openTableFormatInput", {}).get("icebergInput", {}).get("icebergTableInput", {})
            if "properties" in made:
                made["properties"]["history.expire.min-snapshots-to-keep"] = str(snapshots)

    return doctor


ICEBERG = ("configuration", "retentionConfiguration", "icebergConfiguration")
SET_OTHERWISE: dict[str, Doctor] = {
    "50 runs at once": of_a_domain(JOB, "executionProperty", "maxConcurrentRuns", value=50),
    "an alarm from a million on": of_a_domain(ALARM, "threshold", value=1_000_000, name=FAILED),
    "another metric": of_a_domain(ALARM, "metricName", value="FailedInvocations", name=FAILED),
    "no run is no alarm": of_a_domain(ALARM, "treatMissingData", value="notBreaching", name=SUCCEEDED),
    "no run is an alarm after a year": of_a_domain(ALARM, "evaluationPeriods", value=8760, name=SUCCEEDED),
    "failures of an average": of_a_domain(ALARM, "statistic", value="Average", name=FAILED),
    "failures taken off nothing": of_a_domain(
        ALARM, "metricQueries", 2, "expression", value="every", name="heartbeats-succeeded"
    ),
    "logs without the key": of_a_domain(LOGS, "kmsKeyId", value=None),
    "logs for a day": of_a_domain(LOGS, "retentionInDays", value=1),
    "a function of a pipeline without a network": of_a_domain(FUNCTION, "vpcConfig", value=None),
    "a function that runs another script": of_a_domain(FUNCTION, "code", "assets", "heartbeats.py", "text", value=""),
    "a script that nothing encrypts": of_a_domain("BucketObjectv2", "serverSideEncryption", value=None),
    "a target of another rule": of_a_domain("EventTarget", "rule", value="mesh-drafts", name="heartbeats"),
    "jobs that everybody reaches": of_a_domain("SecurityGroup", "ingress", 0, "cidrBlocks", value=["10.0.0.0/8"]),
    "a connection of another kind": of_a_domain("glue/connection:Connection", "connectionType", value="JDBC"),
    "queries without metrics": put(
        "Workgroup",
        "inputs",
        "configuration",
        "publishCloudwatchMetricsEnabled",
        value=False,
        stack=DOMAIN,
        name="viewing-hours",
    ),
    "queries that may read everything": put(
        "Workgroup",
        "inputs",
        "configuration",
        "bytesScannedCutoffPerQuery",
        value=None,
        stack=DOMAIN,
        name="viewing-hours",
    ),
    "the function without a network": of_the_hub(FUNCTION, "vpcConfig", value=None),
    "the function for three seconds": of_the_hub(FUNCTION, "timeout", value=3),
    "the function with another source": of_the_hub(FUNCTION, "code", "assets", "quality_gate.py", "text", value=""),
    "the function logs elsewhere": of_the_hub(FUNCTION, "loggingConfig", value=None),
    "messages hidden for 30 seconds": of_the_hub(QUEUE, "visibilityTimeoutSeconds", value=30),
    "messages that nobody gives up": of_the_hub(QUEUE, "redrivePolicy", value=None),
    "dead letters for a minute": of_the_hub(QUEUE, "messageRetentionSeconds", value=60, name="publication-unanswered"),
    "a queue in the clear": of_the_hub(QUEUE, "sqsManagedSseEnabled", value=False),
    "whole batches come back": of_the_hub(MAPPING, "functionResponseTypes", value=None),
    "a batch of one": of_the_hub(MAPPING, "batchSize", value=1),
    "no mapping": drop(MAPPING, HUB),
    "alarms without a topic": every_alarm("alarmActions", None),
    "alarms that are switched off": every_alarm("actionsEnabled", False),
    "no number is no alarm": every_alarm("treatMissingData", "notBreaching"),
    "no number is nothing": every_alarm("treatMissingData", "missing"),
    "an alarm of another function": of_the_hub(
        ALARM, "dimensions", "FunctionName", value="x", name="publication-fails"
    ),
    "no alarm of the dead letters": drop(ALARM, HUB, "publication-unanswered"),
    "a sweep by the day": put(
        "EventRule", "inputs", "scheduleExpression", value="rate(1 day)", stack=HUB, name="mesh-sweep"
    ),
    "one snapshot kept": kept(1),
    "snapshots for a day": put(
        OPTIMIZER, "inputs", *ICEBERG, "snapshotRetentionPeriodInDays", value=1, name="accounts-accounts-retention"
    ),
    "an optimizer that is off": put(OPTIMIZER, "inputs", "configuration", "enabled", value=False),
    "a table that forgets its heads": put(
        ":CatalogTable",
        "inputs",
        "openTableFormatInput",
        "icebergInput",
        "icebergTableInput",
        "properties",
        "write.metadata.delete-after-commit.enabled",
        value="true",
        stack="domain-ads",
    ),
}

SEEN: list[tuple[Check, str, Doctor]] = [
    (watching.every_alarm_looks_at_a_metric_of_a_thing_that_is_there, name, doctor)
    for name, doctor in {
        "no metric": of_a_domain(ALARM, "metricName", value="Failures", name=FAILED),
        "a metric of another service": of_a_domain(ALARM, "namespace", value="AWS/Lambda", name=FAILED),
        "of a namespace of nobody": of_a_domain(ALARM, "namespace", value="Glue", name=FAILED),
        "of a rule that is nowhere": of_a_domain(ALARM, "dimensions", "RuleName", value="mesh--x", name=FAILED),
        "of every rule": of_a_domain(ALARM, "dimensions", value={}, name=FAILED),
        "without the rule": drop("EventRule", DOMAIN, FAILED),
        "of a metric inside": of_a_domain(
            ALARM, "metricQueries", 1, "metric", "metricName", value="Failed", name="heartbeats-succeeded"
        ),
        "of a function that is nowhere": of_the_hub(
            ALARM, "dimensions", "FunctionName", value="mesh", name="publication-sleeps"
        ),
    }.items()
]
SEEN += [
    (watching.every_alarm_of_governance_tells_somebody, "no topic", every_alarm("alarmActions", None)),
    (watching.every_alarm_of_governance_tells_somebody, "switched off", every_alarm("actionsEnabled", False)),
    (watching.every_alarm_of_governance_tells_somebody, "nobody hears", drop("TopicSubscription", HUB, "publication")),
    (watching.every_alarm_says_what_no_number_is, "never", every_alarm("treatMissingData", "notBreaching")),
    (watching.every_alarm_says_what_no_number_is, "unsaid", every_alarm("treatMissingData", None)),
    (
        watching.every_message_outlives_the_run_that_has_it,
        "hidden for 30 seconds",
        of_the_hub(QUEUE, "visibilityTimeoutSeconds", value=30),
    ),
    (
        watching.every_message_outlives_the_run_that_has_it,
        "as SQS has it",
        of_the_hub(QUEUE, "visibilityTimeoutSeconds", value=None),
    ),
    (
        watching.every_message_outlives_the_run_that_has_it,
        "a short time",
        of_the_hub(QUEUE, "visibilityTimeoutSeconds", value=899),
    ),
    (
        watching.every_message_outlives_the_run_that_has_it,
        "whole batches",
        of_the_hub(MAPPING, "functionResponseTypes", value=[]),
    ),
    (
        watching.every_queue_that_wakes_gives_up_into_another,
        "no redrive",
        of_the_hub(QUEUE, "redrivePolicy", value=None),
    ),
    (watching.every_queue_that_wakes_gives_up_into_another, "no queue", drop(QUEUE, HUB, "publication-unanswered")),
    (watching.every_queue_that_wakes_gives_up_into_another, "no alarm", drop(ALARM, HUB, "publication-unanswered")),
    (
        watching.every_queue_that_wakes_gives_up_into_another,
        "it does not take them",
        of_the_hub(QUEUE, "redriveAllowPolicy", value=None, name="publication-unanswered"),
    ),
    (watching.every_function_logs_where_logs_end, "elsewhere", of_the_hub(FUNCTION, "loggingConfig", value=None)),
    (watching.every_function_logs_where_logs_end, "for ever", of_a_domain(LOGS, "retentionInDays", value=None)),
    (watching.every_function_logs_where_logs_end, "no group", drop(LOGS, HUB, "publication")),
    (watching.every_function_logs_where_logs_end, "outside", of_the_hub(FUNCTION, "vpcConfig", value=None)),
    (watching.logs_of_a_product_have_its_key, "none", of_a_domain(LOGS, "kmsKeyId", value=None)),
    (
        watching.logs_of_a_product_have_its_key,
        "of another product",
        put(LOGS, "dependencies", value=[], stack=DOMAIN),
    ),
]


@pytest.fixture(params=["planned", "planned_tiny"])
def either(request: pytest.FixtureRequest) -> Planned:
    """The sample mesh, and the tiny one, which has a state machine and a past window."""
    return request.getfixturevalue(request.param)


def test_every_input_is_as_it_has_to_be(either: Planned) -> None:
    said, sent = settings.planned(either.plan), settings.registered(either.document)
    assert said.keys() == sent.keys()
    assert {about: (inputs, sent[about]) for about, inputs in said.items() if inputs != sent[about]} == {}


@pytest.mark.parametrize("doctor", SET_OTHERWISE.values(), ids=SET_OTHERWISE)
def test_what_is_set_otherwise_is_noticed(doctor: Doctor, planned: Planned) -> None:
    document = copy.deepcopy(planned.document)
    doctor(document)
    assert settings.planned(planned.plan) != settings.registered(document)


@pytest.mark.parametrize("check", watching.CHECKS, ids=lambda check: check.__name__)
def test_what_watches_and_what_is_watched_fit_one_another(check: Check, either: Planned) -> None:
    assert check(either.document, either.plan) == []


@pytest.mark.parametrize(("check", "label", "doctor"), SEEN, ids=[f"{c.__name__}: {label}" for c, label, _ in SEEN])
def test_what_does_not_fit_is_noticed(check: Check, label: str, doctor: Doctor, planned: Planned) -> None:
    document = copy.deepcopy(planned.document)
    doctor(document)
    assert check(document, planned.plan)


def test_every_check_of_what_watches_has_been_seen_to_fail() -> None:
    assert {check for check, _, _ in SEEN} == {*watching.CHECKS}
