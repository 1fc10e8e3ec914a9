"""Jobs as they are deployed: the process that has the organisation begins and ends their runs, and invokes functions.

A script runs elsewhere, in a process of its own; from here it has its arguments and the keys of its role. Glue assumes
a role for a job, and says so in each of its requests (Glue Developer Guide, "Control policies that control settings
using context keys").
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from mesh import names
from mesh.evaluator import Request
from mesh.findings import NotPossibleError, listed
from sandbox.emulator import backends, emitted_events
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.enforcement.event_deliveries import EVENTS, function_of
from sandbox.enforcement.service_requests import assumption, first_refusal, source_keys
from sandbox.jobs.job_order import JobOrder
from sandbox.rehearsal.credentials import GLUE_ISSUES, session_credentials

COMMANDS: Final = {"glue-python": "pythonshell", "glue-spark": "glueetl"}
"""What Glue calls its runtimes (Glue API, JobCommand)."""

INTERNAL: Final = ("--debug", "--mode", "--JOB_NAME", "--endpoint")
"""Arguments that Glue uses internally (Developer Guide, "Using job parameters in AWS Glue jobs")."""

BEGIN, END, INVOKE = "begin", "end", "invoke"


class DeployedJobs:
    """Jobs of an organisation; `alive` tells whether there is a process, for runs whose process has died."""

    def __init__(self, organization: EnforcedOrganization, alive: Callable[[int], bool]) -> None:
        self._aws, self._alive = organization, alive
        self._lock = threading.Lock()
        self._running: dict[str, tuple[int, Any]] = {}

    def __call__(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to `{"do": "begin" | "end" | "invoke", …}`; `{"error": …}` for what is not possible."""
        try:
            if question["do"] == INVOKE:
                return self._invoke(question)
            with self._lock:
                return self._begin(question) if question["do"] == BEGIN else self._end(question)
        except NotPossibleError as error:
            return {"error": str(error)}

    # ---- jobs of Glue

    def _begin(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """`{"account", "product", "runtime", "window", "arguments", "pid"}` -> `{"order": …}`."""
        account, name = question["account"], names.job(question["product"])
        glue = backends.workflows(account, self._aws.region)
        job = glue.jobs.get(name)
        if job is None or job.command["Name"] != COMMANDS[question["runtime"]]:
            raise NotPossibleError(
                f"no such job is deployed: {name} of {question['runtime']} in account {account}; `mesh up` deploys it"
            )
        given = _windowed(glue, question["product"], question["window"])
        given |= _allowed(job, {f"--{key}": str(value) for key, value in question["arguments"].items()})
        self._require_idle(job)
        keys = source_keys(self._aws.gate.world, job.arn, account)
        refused = first_refusal(self._aws.gate.world, [assumption("glue.amazonaws.com", job.role, keys)])
        if refused:
            raise NotPossibleError(f"Glue may not assume the role of {name}: {refused}")
        run = _started(job, given)
        self._running[job.arn] = (int(question["pid"]), run)
        arguments = {str(key): str(value) for key, value in run.arguments.items()}
        order = JobOrder(
            account=account,
            job=name,
            run=run.job_run_id,
            script=job.command["ScriptLocation"],
            arguments=arguments,
            environment=self._environment(job.role, run.job_run_id),
            log_group=arguments.get("--custom-logGroup-prefix", "/aws-glue/python-jobs"),
            seconds=60.0 * int(job.timeout),
        )
        return {"order": asdict(order)}

    def _require_idle(self, job: Any) -> None:
        pid, run = self._running.get(job.arn, (0, None))
        if run is None:
            return
        if self._alive(pid):
            raise NotPossibleError(f"a run of {job.name} is under way (process {pid}), and it takes one at a time")
        self._ended(job, run, "STOPPED")

    def _environment(self, role: str, run: str) -> dict[str, str]:
        region = self._aws.region
        keys = session_credentials(role, region, f"GlueJobRunnerSession-{run[3:11]}", GLUE_ISSUES)
        return {
            "AWS_ENDPOINT_URL": self._aws.endpoint_from("network"),
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_SESSION_TOKEN": keys.token or "",
        }

    def _end(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """`{"account", "job", "state"}` of a run that was begun -> `{}`; EventBridge hears of it."""
        job = backends.workflows(question["account"], self._aws.region).jobs.get(question["job"])
        _, run = self._running.get(job.arn, (0, None)) if job else (0, None)
        if run is not None:
            self._ended(job, run, question["state"])
        return {}

    def _ended(self, job: Any, run: Any, state: str) -> None:
        from moto.core.utils import utcnow

        del self._running[job.arn]
        run.status, run.completed_on = state, utcnow()
        detail = {"jobName": job.name, "severity": "INFO" if state == "SUCCEEDED" else "ERROR", "state": state}
        emitted_events.emit(
            job.arn.split(":")[4],
            self._aws.region,
            "default",
            source="aws.glue",
            kind="Glue Job State Change",
            detail={**detail, "jobRunId": run.job_run_id, "message": f"Job run {state.lower()}"},
        )
        self._aws.gate.deliveries.drain()

    # ---- functions

    def _invoke(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """`{"account", "product", "event"}` -> `{"answer", "error", "lines", "seconds", "timed-out"}`.

        EventBridge invokes it, by its schedule's rule or else that of its event, and with what that rule gives it;
        an `event` that is not None takes its place.
        """
        account, region, name = question["account"], self._aws.region, names.job(question["product"])
        function = function_of(f"arn:aws:lambda:{region}:{account}:function:{name}")
        if function is None:
            raise NotPossibleError(f"no function {name} is deployed in account {account}; `mesh up` deploys it")
        rule, event = self._told_by_its_rule(account, question["product"], function)
        keys = source_keys(self._aws.gate.world, rule.arn, account)
        asked = Request(EVENTS, "lambda:InvokeFunction", function.function_arn, keys)
        if refused := first_refusal(self._aws.gate.world, [asked]):
            raise NotPossibleError(f"EventBridge may not invoke {name}: {refused}")
        return self._within_its_timeout(function, event if question["event"] is None else question["event"])

    def _told_by_its_rule(self, account: str, product: str, function: Any) -> tuple[Any, Any]:
        rules: Mapping[str, Any] = backends.buses(account, self._aws.region)["default"].rules
        wanted = [names.trigger(product, start) for start in (names.SCHEDULE, names.EVENT)]
        for rule in filter(None, map(rules.get, wanted)):
            for target in rule.targets:
                if target["Arn"] == function.function_arn:
                    return rule, json.loads(target.get("Input") or "{}")
        raise NotPossibleError(f"no rule invokes {function.function_name}: neither {' nor '.join(wanted)} is deployed")

    def _within_its_timeout(self, function: Any, event: Any) -> Mapping[str, Any]:
        ends: list[Any] = []
        functions = self._aws.gate.deliveries.functions
        handler = threading.Thread(target=lambda: ends.append(functions.invoke(function, event)), daemon=True)
        began = time.perf_counter()
        handler.start()
        handler.join(float(function.timeout))
        seconds = time.perf_counter() - began
        if not ends:
            return {"answer": None, "error": "", "lines": [], "seconds": seconds, "timed-out": True}
        ended = ends[0]
        return {
            "answer": ended.answer,
            "error": ended.error,
            "lines": list(ended.lines),
            "seconds": seconds,
            "timed-out": False,
        }


def _windowed(glue: Any, product: str, window: str) -> dict[str, str]:
    """Arguments of the trigger for a past window; none without one. Raises NotPossibleError."""
    if not window:
        return {}
    prefix = names.trigger(product, names.window(""))
    trigger = glue.triggers.get(f"{prefix}{window}")
    if trigger is None:
        known = [name.removeprefix(prefix) for name in glue.triggers if name.startswith(prefix)]
        raise NotPossibleError(f"{names.job(product)} has no window '{window}'; there are {listed(known)}")
    action: Mapping[str, Any] = trigger.as_dict()["Actions"][0]
    return dict(action.get("Arguments") or {})


def _allowed(job: Any, arguments: dict[str, str]) -> dict[str, str]:
    """Arguments that a run may be given by hand. Raises NotPossibleError.

    Glue passes over one that the job does not let a run override (`NonOverridableArguments`); here it is told.
    """
    fixed: Mapping[str, str] = job.non_overridable_arguments or {}
    if reserved := [name for name in arguments if name in INTERNAL]:
        raise NotPossibleError(f"{listed(reserved)}: Glue reserves {listed(INTERNAL)} for itself")
    if kept := [name for name in arguments if name in fixed]:
        own = sorted(job.default_arguments or {})
        raise NotPossibleError(f"{job.name} lets no run change {listed(kept)}; of its own it lets change {listed(own)}")
    return arguments


def _started(job: Any, given: dict[str, str]) -> Any:
    """A run (moto's) that stays under way until it is said to have ended."""
    identity = job.start_job_run(
        allocated_capacity=None,
        max_capacity=job.max_capacity,
        timeout=None,
        worker_type=job.worker_type,
        security_configuration=None,
        number_of_workers=job.number_of_workers,
        notification_property=None,
        previous_run_id=None,
        arguments=given,
    )
    run = next(each for each in job.job_runs if each.job_run_id == identity)
    run._transitions, run.status = [], "RUNNING"
    return run
