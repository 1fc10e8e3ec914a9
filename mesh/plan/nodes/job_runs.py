"""Runs of jobs: what Glue is told for each, what tells how they end, and when one is missed."""

from __future__ import annotations

import json
import math
from typing import Final

from mesh import names

GLUE_RUNTIMES: Final = ("glue-spark", "glue-python")
UNLABELLED: Final = "unlabelled"
"""Last part of the name of logs of a product without a label."""
LOG_DAYS: Final = 90
"""Days that logs of runs are kept."""

OF_SPARK: Final = {"--datalake-formats": "iceberg", "--enable-glue-datacatalog": "true"}
OF_A_READER: Final = {"--enable-lakeformation-fine-grained-access": "true"}
"""Arguments of Glue (Developer Guide, "Using job parameters in AWS Glue jobs"; of the last "Using AWS Glue with AWS
Lake Formation for fine-grained access control")."""

ENDS: Final = {names.FAILED: ("FAILED", "TIMEOUT", "ERROR"), names.SUCCEEDED: ("SUCCEEDED",)}
"""States in which a run of Glue ends, by what a rule about it is called; who stops a run knows of it."""

NOT_WELL: Final = ("FAILED", "TIMED_OUT", "ABORTED")
"""States in which an execution of a state machine ends, but for the good one; each has a metric of its own, and
`ExecutionsFailed` counts the first alone (Step Functions Developer Guide, "Monitoring Step Functions metrics")."""


def ended(job: str, end: str) -> str:
    """Pattern of events of runs that ended so (Glue Developer Guide, "Automating AWS Glue with EventBridge")."""
    detail = {"jobName": [job], "state": list(ENDS[end])}
    return json.dumps({"source": ["aws.glue"], "detail-type": ["Glue Job State Change"], "detail": detail})


def ended_badly(machine: str) -> str:
    """Pattern of events of executions that did not end well; one that is over its `TimeoutSeconds` is `TIMED_OUT`.

    (Step Functions Developer Guide, "Automating Step Functions event delivery with EventBridge".)
    """
    detail = {"stateMachineArn": [machine], "status": list(NOT_WELL)}
    change = ["Step Functions Execution Status Change"]
    return json.dumps({"source": ["aws.states"], "detail-type": change, "detail": detail})


def told_of(reference: str) -> str:
    """Pattern of the event that a product is published."""
    source = names.event_source(*reference.split(".", 1))
    return json.dumps({"source": [source], "detail-type": [names.PUBLISHED]})


LONGEST_QUIET: Final = 7 * 24
"""Hours that an alarm looks back at most (CloudWatch User Guide, "Create a CloudWatch alarm": seven days)."""
_OPEN: Final = ("*", "?")
"""Fields of `cron` that leave it open."""


def quiet_hours(schedule: str) -> int | None:
    """Hours within which a schedule starts twice, so that one run may fail; None where that is more than a week.

    Of `cron` it looks at hours and days alone: a job that runs at some hours of a day is asked for once in two days,
    one that runs on several days of a week once a week.
    """
    if schedule.startswith("rate("):
        number, unit = schedule[len("rate(") : -1].split()
        twice = math.ceil(2 * int(number) * {"minute": 1 / 60, "hour": 1, "day": 24}[unit.rstrip("s")])
        return max(2, twice) if twice <= LONGEST_QUIET else None
    _, hour, of_month, month, of_week, *_ = schedule[len("cron(") : -1].split()
    if month not in _OPEN or of_month not in _OPEN:
        return None
    if of_week not in _OPEN:
        return LONGEST_QUIET if any(sign in of_week for sign in ",-") else None
    return 2 if hour == "*" else 48
