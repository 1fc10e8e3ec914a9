"""Runs of pipelines by hand: the deployed job of a product, as its role, by whatever its runtime is run here.

end = run_job(plan, organization.jobs, "playback.viewing-hours", told)
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from mesh.findings import NotPossibleError, listed, unknown
from mesh.plan import Plan
from mesh.plan.nodes import PipelineArgs
from sandbox.emulator.clients import unconfigured_session
from sandbox.jobs.deployed_jobs import BEGIN, END, INVOKE
from sandbox.jobs.job_log import JobLog
from sandbox.jobs.job_order import JobEnd, JobOrder, Jobs, JobState, Stream, Told
from sandbox.jobs.script_process import ScriptEnd, run_script

NO_ARGUMENTS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Start:
    """A start by hand: the name of a past window, arguments without `--`, the event of a function."""

    window: str = ""
    arguments: Mapping[str, str] = field(default_factory=lambda: NO_ARGUMENTS)
    event: Any = None


USUAL: Final = Start()
"""The present, with the arguments and the event that were deployed."""


def run_job(plan: Plan, jobs: Jobs, reference: str, told: Told, start: Start = USUAL) -> JobEnd:
    """Run the pipeline of a product, as `<domain>.<product>`, to its end; `told` hears each line that it prints.

    Raises NotPossibleError, with a sentence, for one that cannot be run, or not so.
    """
    pipeline = runnable_pipeline(plan, reference)
    return (_function if pipeline.runtime == "lambda" else _glue_job)(jobs, pipeline, told, start)


def runnable_pipeline(plan: Plan, reference: str) -> PipelineArgs:
    """The pipeline of a product, as `<domain>.<product>`, which can be run here. Raises NotPossibleError."""
    known = {f"{name}.{product}": domain for name, domain in plan.domains.items() for product in domain.products}
    if reference not in known:
        raise NotPossibleError(unknown("product", reference, known))
    found = known[reference].jobs.get(reference.partition(".")[2])
    if found is None:
        raise NotPossibleError(f"{reference} has no pipeline: its domain's file has no 'pipeline:' for it")
    match found.runtime:
        case "external":
            raise NotPossibleError(_by_hand(found))
        case "step-functions":
            raise NotPossibleError(
                f"the pipeline of {reference} is a state machine, and the emulator runs none: nothing here calls AWS "
                "from its states as its role"
            )
        case "glue-spark":
            _require_spark(reference)
        case _:
            pass
    return found


def _by_hand(pipeline: PipelineArgs) -> str:
    reference = f"{pipeline.domain}.{pipeline.product}"
    return (
        f"the pipeline of {reference} is 'external': the mesh makes no job of it; be its role in a shell, and run what "
        f'the team has:  eval "$(mesh as pipeline:{reference})"'
    )


def _asked(jobs: Jobs, question: Mapping[str, Any]) -> Mapping[str, Any]:
    answer = jobs(question)
    if "error" in answer and "answer" not in answer:
        raise NotPossibleError(str(answer["error"]))
    return answer


# ---- jobs of Glue


def _glue_job(jobs: Jobs, pipeline: PipelineArgs, told: Told, start: Start) -> JobEnd:
    reference = f"{pipeline.domain}.{pipeline.product}"
    if start.event is not None:
        raise NotPossibleError(f"the pipeline of {reference} is a job of Glue, which is given no event")
    asked = {"account": pipeline.account_id, "product": pipeline.product, "runtime": pipeline.runtime}
    given = {"window": start.window, "arguments": dict(start.arguments), "pid": os.getpid()}
    order = JobOrder(**_asked(jobs, {"do": BEGIN, **asked, **given})["order"])
    state: JobState = "STOPPED"
    try:
        end = run_order(order, told)
        state = end.state
    finally:
        jobs({"do": END, "account": order.account, "job": order.job, "state": state})
    return end


def _require_spark(reference: str) -> None:
    present = {
        "the Python package pyspark": importlib.util.find_spec("pyspark"),
        "Java": shutil.which("java"),
    }
    if missing := [what for what, found in present.items() if not found]:
        raise NotPossibleError(
            f"the pipeline of {reference} is a job of Glue Spark, which runs here with pyspark and Java; missing: "
            f"{listed(missing)}"
        )


def run_order(order: JobOrder, told: Told) -> JobEnd:
    """Run the script of an order as it was deployed, with the keys of its role, and write its log."""
    from botocore.exceptions import BotoCoreError, ClientError

    began = time.monotonic()
    log = JobLog(order, _client("logs", order))
    bucket, _, key = order.script.removeprefix("s3://").partition("/")
    try:
        text: bytes = _client("s3", order).get_object(Bucket=bucket, Key=key)["Body"].read()
    except (ClientError, BotoCoreError) as error:
        sentence = f"{order.job} has no script: {order.script} cannot be read as its role ({error})"
        return JobEnd("FAILED", time.monotonic() - began, 0, sentence)

    def heard(stream: Stream, line: str) -> None:
        log.put(stream, line)
        told(stream, line)

    arguments = [word for pair in order.arguments.items() for word in pair]
    environment = {**order.environment, "PYSPARK_PYTHON": sys.executable}
    try:
        ended = run_script(key.rpartition("/")[2], text, arguments, environment, order.seconds, heard)
    finally:
        log.write()
    return JobEnd(_state(ended), ended.seconds, ended.lines, _sentence(order, ended, log))


def _state(ended: ScriptEnd) -> JobState:
    return "TIMEOUT" if ended.code is None else "FAILED" if ended.code else "SUCCEEDED"


def _sentence(order: JobOrder, ended: ScriptEnd, log: JobLog) -> str:
    """The reason of a run that ended badly, and where its log is; of one that ended well, that its log is lost."""
    lost = f"its log is lost ({log.refused})" if log.refused else ""
    if ended.code == 0:
        return f"{order.job} ended well, but {lost}" if lost else ""
    if ended.code is None:
        why = f"took longer than its timeout, {order.seconds / 60:g} minutes, and was ended"
    elif ended.code < 0:
        why = f"was ended by {_signal(-ended.code)}"
    else:
        why = f"failed: {ended.reason}" if ended.reason else f"failed with exit code {ended.code}"
    where = f"its log is {log.group('error')}, stream {order.run}"
    return f"{order.job} {why}; {lost or where}"


def _signal(number: int) -> str:
    name = next((each.name for each in signal.Signals if each == number), f"signal {number}")
    return f"{name}, as a machine does that is out of memory" if number == signal.SIGKILL else name


def _client(service: str, order: JobOrder) -> Any:
    """A client of a job's role over HTTP, without anything of the user's."""
    from botocore.config import Config

    given = order.environment
    return unconfigured_session().create_client(
        service,
        endpoint_url=given["AWS_ENDPOINT_URL"],
        region_name=given["AWS_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=given["AWS_SESSION_TOKEN"],
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


# ---- functions


def _function(jobs: Jobs, pipeline: PipelineArgs, told: Told, start: Start) -> JobEnd:
    reference = f"{pipeline.domain}.{pipeline.product}"
    if start.window or start.arguments:
        raise NotPossibleError(f"the pipeline of {reference} is a function, which has no windows and no arguments")
    asked = {"account": pipeline.account_id, "product": pipeline.product, "event": start.event}
    answer = _asked(jobs, {"do": INVOKE, **asked})
    lines: list[str] = answer["lines"]
    for line in lines:
        told("output", line)
    seconds = float(answer["seconds"])
    if answer["timed-out"]:
        sentence = (
            f"{pipeline.job} took longer than its timeout, {pipeline.timeout_minutes} minutes; it is still at work in "
            "the process that keeps the organisation, and ends with it"
        )
        return JobEnd("TIMEOUT", seconds, len(lines), sentence)
    if answer["error"]:
        sentence = f"{pipeline.job} failed: {answer['error']}; its log is {pipeline.log_group}"
        return JobEnd("FAILED", seconds, len(lines), sentence)
    told("output", json.dumps(answer["answer"]))
    return JobEnd("SUCCEEDED", seconds, len(lines) + 1)
