"""Rules of pipelines: the script, what its runtime takes, and what starts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from mesh import quotas
from mesh.findings import KeyPath, Problem, listed, nearest, nearest_reference
from mesh.model import Product, ProductPipeline
from mesh.plan import script_faults
from mesh.plan.nodes import HeardPublicationsArgs
from mesh.plan.pipeline_nodes import LEAST_WORKERS_WITH_TABLES
from mesh.plan.rules.context import CrossFileRule, RuleContext, domain_file
from mesh.plan.schedule_days import never_comes
from mesh.plan.schedules import meant, mistake
from mesh.validation_messages import shorten

GLUE: Final = ("glue-spark", "glue-python")
ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "glue-spark": (".py",),
    "glue-python": (".py",),
    "lambda": (".py",),
    "step-functions": (".asl.json", ".asl.yaml"),
}
"""Endings of a script by runtime."""

LONGEST: Final[Mapping[str, int]] = {"glue-spark": 10_079, "glue-python": 10_079, "lambda": 15}
"""Minutes of a run at the most: Glue takes less than seven days (Glue API, Job, Timeout), Lambda 900 seconds (Lambda
Developer Guide, "Lambda quotas"); a state machine says itself how long it runs."""

WITHOUT_RETRIES: Final[Mapping[str, str]] = {
    "lambda": "Lambda starts a failed run again twice by itself",
    "step-functions": "a state machine says itself what it tries again ('Retry' of a state)",
}
"""Runtimes of which the mesh does not say how often a failed run starts again, each with who does (Lambda Developer
Guide, "How Lambda handles errors and retries with asynchronous invocation"); Glue takes ten (Glue API, MaxRetries)."""


class DeclaredPipeline(NamedTuple):
    """A pipeline with the product that it writes, and the place of its keys."""

    domain: str
    product: str
    written: Product
    pipeline: ProductPipeline

    @property
    def reference(self) -> str:
        """The product that it writes."""
        return f"{self.domain}.{self.product}"

    @property
    def file(self) -> str:
        """File of its domain."""
        return domain_file(self.domain)

    def at(self, *keys: str | int) -> KeyPath:
        """Path of keys below `pipeline`."""
        return ("products", self.product, "pipeline", *keys)

    def problem(self, message: str, *keys: str | int, on_key: bool = False) -> Problem:
        """A problem at keys below `pipeline`."""
        return Problem(self.file, self.at(*keys), message, on_key=on_key or not keys)


def every_pipeline(context: RuleContext, *keys: str) -> Iterator[DeclaredPipeline]:
    """Every pipeline of which these keys, or all where none is named, could be read."""
    for domain, name, product in context.every_product():
        places = [("products", name, "pipeline", key) for key in keys] or [("products", name, "pipeline")]
        uncertain = any(context.mesh.touches(domain_file(domain), *place) for place in places)
        if product.pipeline is not None and not uncertain:
            yield DeclaredPipeline(domain, name, product, product.pipeline)


# ---- scripts


def pipelines_have_a_script(context: RuleContext) -> Iterator[Problem]:
    """Pipelines that the mesh runs have a script; one that runs elsewhere has nothing that only a job has."""
    for declared in every_pipeline(context):
        pipeline = declared.pipeline
        if pipeline.runtime != "external":
            if pipeline.script is None:
                message = (
                    f"the pipeline of '{declared.product}' has no script, and '{pipeline.runtime}' runs one: put it "
                    f"into {context.mesh.scripts.shown(declared.domain)} and name it with 'script:'"
                )
                yield declared.problem(message)
            continue
        for key in ("script", "schedule", "event", "arguments", "windows", "timeout", "workers", "retries"):
            if key in pipeline.model_fields_set:
                message = f"runtime 'external' runs elsewhere: the mesh makes its role and no job; remove '{key}'"
                yield declared.problem(message, key, on_key=True)


def scripts_can_be_used(context: RuleContext) -> Iterator[Problem]:
    """Scripts are in their folder, can be read, and are of the kind that the runtime takes."""
    scripts = context.mesh.scripts
    for declared in every_pipeline(context, "script", "runtime"):
        name, runtime = declared.pipeline.script, declared.pipeline.runtime
        if name is None or runtime not in ENDINGS:
            continue
        endings = ENDINGS[runtime]
        if not name.endswith(endings):
            message = f"'{name}' is no script of runtime '{runtime}', whose scripts end in {' or '.join(endings)}"
            yield declared.problem(message, "script")
            continue
        script, file = scripts.files.get(f"{declared.domain}/{name}"), scripts.shown(declared.domain, name)
        if script is None:
            others = [key.partition("/")[2] for key in scripts.files if key.startswith(f"{declared.domain}/")]
            near = nearest(name, others)
            yield declared.problem(f"there is no script {file}" + (near or "; write it, or correct the name"), "script")
        elif fault := script.fault or script_faults.fault(runtime, name, script.text):
            yield declared.problem(f"script {file} cannot be used: {fault}", "script")


def scripts_have_a_pipeline(context: RuleContext) -> Iterator[Problem]:
    """Scripts are of a pipeline; others run nowhere."""
    if any(file.startswith("domains") for file in (*context.mesh.unread, *context.mesh.partial)):
        return
    used = {f"{domain}/{product.pipeline.script}" for domain, _, product in context.every_product() if product.pipeline}
    for key in context.mesh.scripts.files:
        if key not in used:
            domain, _, name = key.partition("/")
            message = (
                f"no pipeline of domain '{domain}' has this script; name it with 'script:', or remove it"
                if domain in context.mesh.domains
                else f"there is no domain '{domain}', whose scripts this folder would have; rename it, or remove it"
            )
            yield Problem(context.mesh.scripts.file(domain, name), (), message, "warning")


# ---- what a runtime takes


def pipelines_stay_within_their_runtime(context: RuleContext) -> Iterator[Problem]:
    """Pipelines have a timeout, retries, windows and workers that their runtime takes."""
    for declared in every_pipeline(context, "runtime"):
        pipeline, runtime = declared.pipeline, declared.pipeline.runtime
        if runtime == "external":
            continue
        if pipeline.timeout is not None and pipeline.timeout > LONGEST.get(runtime, pipeline.timeout):
            message = (
                f"a run of '{runtime}' takes {LONGEST[runtime]:,} minutes at the most, and this is {pipeline.timeout:,}"
            )
            yield declared.problem(message, "timeout")
        if pipeline.retries and runtime in WITHOUT_RETRIES:
            message = f"{WITHOUT_RETRIES[runtime]}, and the mesh does not change that; remove 'retries'"
            yield declared.problem(message, "retries", on_key=True)
        if pipeline.timeout is not None and runtime not in LONGEST:
            message = (
                "a state machine says itself how long it runs ('TimeoutSeconds'); write it there, remove 'timeout'"
            )
            yield declared.problem(message, "timeout", on_key=True)
        if pipeline.windows and runtime not in GLUE:
            message = (
                f"a run for a past window is started by a trigger of Glue, and '{runtime}' has none; remove 'windows', "
                f"or take {' or '.join(GLUE)}"
            )
            yield declared.problem(message, "windows", on_key=True)
        if pipeline.workers is not None and runtime != "glue-spark":
            message = f"'{runtime}' has no workers; only 'glue-spark' has, so remove the key"
            yield declared.problem(message, "workers", on_key=True)


def spark_has_the_workers_to_read_tables(context: RuleContext) -> Iterator[Problem]:
    """Glue Spark that reads tables has the workers that fine-grained access takes."""
    for declared in every_pipeline(context, "runtime", "workers", "reads"):
        pipeline = declared.pipeline
        products = ((reference, context.mesh.product(reference)) for reference in pipeline.reads)
        tables = [reference for reference, product in products if product is not None and "table" in product.ports]
        workers = pipeline.workers or LEAST_WORKERS_WITH_TABLES
        if pipeline.runtime == "glue-spark" and tables and workers < LEAST_WORKERS_WITH_TABLES:
            message = (
                f"{workers} workers, and Glue takes {LEAST_WORKERS_WITH_TABLES} to read the columns of a clearance "
                f"({listed(tables)}); write {LEAST_WORKERS_WITH_TABLES}, or leave the key out"
            )
            yield declared.problem(message, "workers")


# ---- what starts them


def schedules_are_as_aws_takes_them(context: RuleContext) -> Iterator[Problem]:
    """Schedules are such as Glue or EventBridge take."""
    for declared in every_pipeline(context, "runtime", "schedule"):
        schedule, runtime = declared.pipeline.schedule, declared.pipeline.runtime
        if schedule is not None and (wrong := mistake(schedule, of_glue=runtime in GLUE)):
            near = meant(schedule, of_glue=runtime in GLUE)
            remedy = f"; did you mean '{near}'?" if near else "; write one that it takes"
            yield declared.problem(f"AWS would refuse the schedule '{shorten(schedule)}': {wrong}{remedy}", "schedule")


def schedules_come_to_a_day(context: RuleContext) -> Iterator[Problem]:
    """Schedules name a day that comes; one whose years have passed is a lapse, for it was right before."""
    for declared in every_pipeline(context, "runtime", "schedule"):
        schedule, runtime = declared.pipeline.schedule, declared.pipeline.runtime
        if schedule is None or mistake(schedule, of_glue=runtime in GLUE):
            continue
        never = never_comes(schedule, context.as_of)
        if never is not None:
            severity = "lapse" if never.once_came else "error"
            message = f"this schedule starts nothing: {never.told}"
            yield Problem(declared.file, declared.at("schedule"), message, severity)


def pipelines_start_in_one_way(context: RuleContext) -> Iterator[Problem]:
    """Pipelines start by a schedule or by an event, not by both."""
    for declared in every_pipeline(context, "schedule", "event"):
        if declared.pipeline.schedule is not None and declared.pipeline.event is not None:
            message = "a pipeline starts by 'schedule' or by 'event', and two starts would meet; remove one of them"
            yield declared.problem(message, "event", on_key=True)


def pipelines_that_nobody_can_start_start_by_themselves(context: RuleContext) -> Iterator[Problem]:
    """Functions and state machines start by a schedule or by an event: people start triggers of Glue alone."""
    for declared in every_pipeline(context, "schedule", "event", "runtime"):
        pipeline, runtime = declared.pipeline, declared.pipeline.runtime
        if runtime in WITHOUT_RETRIES and pipeline.schedule is None and pipeline.event is None:
            message = (
                f"nothing would start it: people start triggers of Glue, and '{runtime}' has none; write 'schedule' or "
                "'event'"
            )
            yield declared.problem(message, "runtime")


def events_are_of_what_is_read(context: RuleContext) -> Iterator[Problem]:
    """Events are of a product that the pipeline reads, and that is published."""
    for declared in every_pipeline(context, "event", "reads"):
        event, reads = declared.pipeline.event, declared.pipeline.reads
        if event is None:
            continue
        product = context.mesh.product(event)
        if event not in reads:
            near = nearest_reference(event, reads)
            message = f"'{event}' is none of the products that this pipeline reads{near}"
            yield declared.problem(
                message if near else f"{message}; add it to 'reads', or start by 'schedule'", "event"
            )
        elif product is not None and "table" not in product.ports:
            message = f"'{event}' has no table, and an event says that tables are published; start by 'schedule'"
            yield declared.problem(message, "event")


def events_go_in_no_circle(context: RuleContext) -> Iterator[Problem]:
    """Events lead to no pipeline that started them: it would run without end."""
    follows = {one.reference: one.pipeline.event for one in every_pipeline(context, "event") if one.pipeline.event}
    told: set[str] = set()
    for declared in every_pipeline(context):
        circle, here = [declared.reference], follows.get(declared.reference)
        while here is not None and here not in circle:
            circle.append(here)
            here = follows.get(here)
        if here == declared.reference and here not in told:
            told |= set(circle)
            way = " after ".join(f"'{each}'" for each in (*circle, circle[0]))
            message = f"a circle: {way}, each started by the event of the next; start one of them by 'schedule'"
            yield declared.problem(message, "event")


def events_fit_into_one_rule(context: RuleContext) -> Iterator[Problem]:
    """Events that pipelines of a domain start with are not more than one rule of EventBridge names."""
    most = quotas.limit("events", "pattern_chars")
    heard: dict[str, list[DeclaredPipeline]] = {}
    for declared in every_pipeline(context, "event", "runtime"):
        if declared.pipeline.event is not None and declared.pipeline.runtime != "external":
            heard.setdefault(declared.domain, []).append(declared)
    for domain, every in heard.items():
        products = {str(each.pipeline.event) for each in every}
        rule = HeardPublicationsArgs(
            perimeter=context.builder.perimeter, domain=domain, account_id="", products=tuple(sorted(products))
        )
        size = len(rule.pattern)
        if size > most:
            message = (
                f"the rule that tells '{domain}' of publications would have a pattern of {size:,} characters, for "
                f"{len(products):,} products that its pipelines start with, and EventBridge takes {most:,}: start some "
                "of them by 'schedule', or split the domain"
            )
            yield every[-1].problem(message, "event")


RULES: Final[tuple[CrossFileRule, ...]] = (
    pipelines_have_a_script,
    scripts_can_be_used,
    scripts_have_a_pipeline,
    pipelines_stay_within_their_runtime,
    spark_has_the_workers_to_read_tables,
    schedules_are_as_aws_takes_them,
    schedules_come_to_a_day,
    pipelines_start_in_one_way,
    pipelines_that_nobody_can_start_start_by_themselves,
    events_are_of_what_is_read,
    events_go_in_no_circle,
    events_fit_into_one_rule,
)
