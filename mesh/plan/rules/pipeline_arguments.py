"""Rules of the arguments of pipelines and of their windows: names of the mesh and of Glue, sizes, days."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from mesh.findings import Problem, listed, nearest
from mesh.plan import script_faults
from mesh.plan.rules.context import CrossFileRule, RuleContext
from mesh.plan.rules.pipelines import GLUE, DeclaredPipeline, every_pipeline

OF_THE_MESH: Final = "mesh-"
"""Beginning of the names of arguments that the mesh sets: where to write, and the names of secrets."""

RESERVED: Final = frozenset(
    "additional-python-modules auto-scale-within-microbatch class conf continuous-log-conversionpattern "
    "continuous-log-loggroup continuous-log-logstreamprefix custom-loggroup-prefix custom-logstream-prefix "
    "customer-driver-env-vars customer-executor-env-vars datalake-formats debug disable-proxy disable-proxy-v2 "
    "enable-auto-scaling enable-continuous-cloudwatch-log enable-continuous-log-filter enable-data-lineage "
    "enable-glue-datacatalog enable-job-insights enable-lakeformation-fine-grained-access enable-metrics "
    "enable-observability-metrics enable-rename-algorithm-v2 enable-s3-parquet-optimized-committer enable-spark-ui "
    "encryption-type endpoint executor-cores extra-files extra-jars extra-py-files job-bookmark-from "
    "job-bookmark-option job-bookmark-to job-id job-language job-log-level job-name job-run-id library-set mode "
    "python-modules-installer-option redshifttempdir scriptlocation security-configuration spark-event-logs-path "
    "tempdir use-postgres-driver user-jars-first workflow-name workflow-run-id write-shuffle-files-to-s3 "
    "write-shuffle-spills-to-s3".split()
)
"""Arguments that Glue takes for itself, in lower case and with hyphens: with one, a run would have another script,
other modules, another log group or other access than its job. (Glue Developer Guide, "Using job parameters in AWS
Glue jobs" and "Logging for AWS Glue jobs"; the others are of its libraries, workflows and past.)"""

FAMILIES: Final = ("continuous-log-", "custom-log", "job-bookmark-")
"""Beginnings of names that Glue has more than one of, and will have others of: logs, and what a run has seen before."""

LONGEST_INPUT: Final = 8_192
"""Characters of what a rule of EventBridge hands on (EventBridge API Reference, Target, Input)."""
LONGEST_OF_GLUE: Final = 260_000
"""Bytes of all arguments of a job (Glue Developer Guide, "Using job parameters in AWS Glue jobs": 260KB)."""

BEGINS_AND_ENDS: Final = (("from", "until"), ("from", "to"), ("since", "until"), ("start", "end"), ("begin", "end"))
"""Names of the two ends of a window; with what may stand before and after them, as in `date-from` and `from_day`."""


def _plain(name: str) -> str:
    """A name as it is compared: to a script `--mesh-bucket`, `--mesh_bucket` and `--Mesh-Bucket` are one."""
    return name.lower().replace("_", "-")


def _every(declared: DeclaredPipeline) -> Iterator[tuple[tuple[str, ...], Mapping[str, str]]]:
    """Arguments of a pipeline and of its windows, each with its keys below `pipeline`."""
    yield ("arguments",), declared.pipeline.arguments
    yield from ((("windows", window), arguments) for window, arguments in declared.pipeline.windows.items())


def arguments_are_not_reserved(context: RuleContext) -> Iterator[Problem]:
    """Arguments, those of windows included, are none that Glue takes for itself or that the mesh sets."""
    for declared in every_pipeline(context, "runtime"):
        for path, arguments in _every(declared):
            for name in arguments:
                if message := _reserved(name, declared.pipeline.runtime):
                    yield declared.problem(f"{message}; choose another name", *path, name, on_key=True)


def _reserved(name: str, runtime: str) -> str:
    """Says who takes the name of an argument for itself; empty where it is free."""
    plain = _plain(name)
    if plain.startswith(OF_THE_MESH):
        return f"the mesh sets arguments that begin with '{OF_THE_MESH}' itself"
    if runtime in GLUE and (plain in RESERVED or plain.startswith(FAMILIES)):
        return f"Glue takes the argument '--{name}' for itself, and the mesh sets it"
    return ""


def arguments_fit_what_starts_the_run(context: RuleContext) -> Iterator[Problem]:
    """All arguments of a run together are as long as its service takes."""
    for declared in every_pipeline(context, "runtime"):
        runtime, every = declared.pipeline.runtime, dict(_every(declared))
        of_all = every.pop(("arguments",))
        if runtime not in GLUE:
            size, most, who = len(json.dumps(dict(of_all))), LONGEST_INPUT, "EventBridge, which hands them on,"
        else:
            sizes = [_bytes({**of_all, **arguments}) for arguments in every.values()]
            size, most, who = max([_bytes(of_all), *sizes]), LONGEST_OF_GLUE, "Glue"
        if size > most:
            message = f"the arguments of a run have {size:,} characters, and {who} takes {most:,}; write less"
            yield declared.problem(message, "arguments", on_key=True)


def _bytes(arguments: Mapping[str, str]) -> int:
    return sum(len(f"--{name}{value}".encode()) for name, value in arguments.items())


# ---- windows


def windows_have_arguments_of_their_own(context: RuleContext) -> Iterator[Problem]:
    """A window has an argument: without one it would be the trigger that starts any run by hand."""
    for declared in every_pipeline(context, "windows"):
        for window, arguments in declared.pipeline.windows.items():
            if not arguments:
                message = (
                    f"window '{window}' has no argument, and a run of it would be as any other; write which past it "
                    "is for, as in {from: 2026-10-01, until: 2026-11-01}, or remove it"
                )
                yield declared.problem(message, "windows", window, on_key=True)


def windows_have_arguments_that_the_script_takes(context: RuleContext) -> Iterator[Problem]:
    """Arguments of a window are among the pipeline's, or named in its script: others would change nothing."""
    for declared in every_pipeline(context, "runtime", "script", "arguments", "windows"):
        pipeline, scripts = declared.pipeline, context.mesh.scripts
        script = scripts.files.get(f"{declared.domain}/{pipeline.script}")
        words = script_faults.words(script.text) if script and pipeline.runtime in GLUE else None
        for window, arguments in pipeline.windows.items() if words is not None else ():
            for name in arguments:
                is_known = name in pipeline.arguments or name.replace("-", "_") in (words or ())
                if is_known or _reserved(name, pipeline.runtime):
                    continue
                near = nearest(name, pipeline.arguments)
                message = (
                    f"the pipeline has no argument '{name}': 'arguments' has {listed(pipeline.arguments)}, and script "
                    f"{scripts.shown(declared.domain, pipeline.script or '')} names none"
                ) + (near or "; add it to 'arguments', or remove it")
                yield declared.problem(message, "windows", window, name, on_key=True)


def windows_end_after_they_begin(context: RuleContext) -> Iterator[Problem]:
    """The end of a window is a day, as its beginning is, and not before it; arguments of every run as well."""
    for declared in every_pipeline(context, "arguments", "windows"):
        for path, arguments in _every(declared):
            run = {**declared.pipeline.arguments, **arguments}
            for name in arguments:
                if _wrong_day(name, run[name]):
                    yield declared.problem(f"there is no day {run[name]}; correct it", *path, name)
            for begin, end in _ends(run):
                later = begin in arguments or end in arguments
                if later and _is_after(run[begin], run[end]):
                    message = f"'{begin}' is {run[begin]}, after '{end}', which is {run[end]}; exchange them"
                    yield declared.problem(message, *path, begin if begin in arguments else end)


def _ends(run: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of arguments of a run that are the beginning and the end of one time."""
    for begin in run:
        for first, last in BEGINS_AND_ENDS:
            parts = re.split("([-_])", begin)
            for at, part in enumerate(parts):
                if part.lower() == first:
                    wanted = _plain("".join((*parts[:at], last, *parts[at + 1 :])))
                    yield from ((begin, end) for end in run if _plain(end) == wanted)


def _wrong_day(name: str, value: str) -> bool:
    words = {word for pair in BEGINS_AND_ENDS for word in pair}
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) or not words & set(_plain(name).split("-")):
        return False
    return _moment(value) is None


def _moment(value: str) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _is_after(begin: str, end: str) -> bool:
    """Whether one of two moments, or numbers, is after the other; False where they are neither."""
    if re.fullmatch("[0-9]{1,18}", begin) and re.fullmatch("[0-9]{1,18}", end):
        return int(begin) > int(end)
    first, last = _moment(begin), _moment(end)
    return first is not None and last is not None and first > last


RULES: Final[tuple[CrossFileRule, ...]] = (
    arguments_are_not_reserved,
    arguments_fit_what_starts_the_run,
    windows_have_arguments_of_their_own,
    windows_have_arguments_that_the_script_takes,
    windows_end_after_they_begin,
)
