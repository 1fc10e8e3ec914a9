"""Rules on pipelines: a job, a function, a state machine ends, is within the network, and is supported by AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from mesh_guardrails.companions import belongs_to, written
from mesh_guardrails.document_reading import UNKNOWN_TEXT, parsed
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, Stack, StackRule
from mesh_guardrails.type_tokens import token

JOB: Final = token("glue/job")
FUNCTION: Final = token("lambda/function")
MACHINE: Final = token("sfn/stateMachine")
_SOURCE: Final = token("lambda/eventSourceMapping")
_QUEUE: Final = token("sqs/queue")
_REDRIVE: Final = token("sqs/redrivePolicy")
_ROLE_OF: Final = {JOB: "roleArn", FUNCTION: "role", MACHINE: "roleArn"}

_RUNTIMES: Final = [
    "dotnet8",
    "dotnet10",
    "java17",
    "java21",
    "java25",
    "nodejs22.x",
    "nodejs24.x",
    "provided.al2023",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "ruby3.3",
    "ruby3.4",
]
"""Runtimes that AWS mends (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, November 2026)."""


def endless(resource: RegisteredResource, minutes: int) -> Iterator[str]:
    """Messages on a job or a state machine that may run for longer than agreed; a function ends by itself."""
    if resource.type == JOB:
        timeout = resource.props.get("timeout")
        if timeout != UNKNOWN_TEXT and not 0 < float(timeout or 0) <= minutes:
            found = f"a timeout of {float(timeout):g} minutes" if timeout else "no timeout"
            yield f"the job '{resource.name}' has {found}; set timeout to at most {minutes:g} minutes"
    elif resource.props.get("type") != "EXPRESS":
        definition = parsed(resource.props.get("definition"))
        if definition and not 0 < float(definition.get("TimeoutSeconds") or 0) <= minutes * 60:
            yield (
                f"the state machine '{resource.name}' does not end by itself; set TimeoutSeconds of its definition to "
                f"at most {minutes * 60:g}"
            )


def many_retries(job: RegisteredResource, retries: int) -> Iterator[str]:
    """Messages on a job that tries again and again."""
    found = job.props.get("maxRetries") or 0
    if found != UNKNOWN_TEXT and float(found) > retries:
        yield f"the job '{job.name}' tries {float(found):g} times again; set maxRetries to at most {retries:g}"


def lost_events(source: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a source of events from which one that fails is tried for ever, or lost."""
    queues = (one for one in stack if one.type == _QUEUE)
    queue = next((one for one in queues if belongs_to(source, "eventSourceArn", one, named="arn")), None)
    if queue is not None:
        beside = any(one.type == _REDRIVE and belongs_to(one, "queueUrl", queue, named="url") for one in stack)
        if not beside and not written(queue, "redrivePolicy"):
            yield (
                f"what fails of the queue '{queue.name}', which '{source.name}' reads, is lost; give it a "
                "redrivePolicy with a dead-letter queue"
            )
    elif written(source, "startingPosition") and not written(source, "destinationConfig"):
        yield f"what fails of the stream that '{source.name}' reads is tried until it is lost; set destinationConfig"


def old_runtime(function: RegisteredResource, runtimes: Sequence[str]) -> Iterator[str]:
    """Messages on a function with a runtime that AWS no longer mends."""
    runtime = function.props.get("runtime")
    if runtime and runtime not in (*runtimes, UNKNOWN_TEXT):
        yield f"the function '{function.name}' has the runtime {runtime}; choose one of {', '.join(runtimes)}"


def old_glue(job: RegisteredResource, oldest: str) -> Iterator[str]:
    """Messages on a Spark job with a version of Glue that AWS no longer supports, or none: it is the oldest then."""
    command: Mapping[str, Any] = job.props.get("command") or {}
    if command.get("name") == "pythonshell":
        return
    version = str(job.props.get("glueVersion") or "")
    if version != UNKNOWN_TEXT and _version(version) < _version(oldest):
        yield (
            f"the job '{job.name}' has {f'Glue {version}' if version else 'no version of Glue'}; set glueVersion to "
            f"{oldest} or later"
        )


def outside_the_network(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a job or a function that does not run in the private network, and so has the internet."""
    if resource.type == JOB:
        if not resource.props.get("connections"):
            yield f"the job '{resource.name}' is outside of the network; give it the connection of the account"
        return
    place: Mapping[str, Any] = resource.props.get("vpcConfig") or {}
    if not place.get("subnetIds"):
        yield f"the function '{resource.name}' is outside of the network; set vpcConfig to private subnets"


def shared_role(resource: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a pipeline whose role another pipeline has as well: each may do what the other may."""
    for other in stack:
        if other.type in _ROLE_OF and other.urn != resource.urn and _is_same_role(resource, other):
            yield f"'{resource.name}' has the role of '{other.name}'; give each pipeline a role of its own"
            return


def _is_same_role(one: RegisteredResource, other: RegisteredResource) -> bool:
    """Whether two pipelines have one role, by the resource that it comes from where that is known."""
    here, there = _ROLE_OF[one.type], _ROLE_OF[other.type]
    made, also_made = one.from_resources.get(here), other.from_resources.get(there)
    if made and also_made:
        return bool(set(made) & set(also_made))
    role = one.props.get(here)
    return role not in (None, UNKNOWN_TEXT) and role == other.props.get(there)


def _version(written: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", written))


RULES: Final = (
    Rule(
        name="pipeline-ends",
        theme="pipelines",
        severity="medium",
        description="A job and a state machine end after an agreed time.",
        check=endless,
        types=frozenset({JOB, MACHINE}),
        parameters=(
            Parameter("minutes", "The most minutes that a pipeline runs.", {"type": "integer", "minimum": 1}, 480),
        ),
    ),
    Rule(
        name="job-tries-again-a-few-times",
        theme="pipelines",
        severity="low",
        description="A job that fails tries again a few times at the most.",
        check=many_retries,
        types=frozenset({JOB}),
        parameters=(Parameter("retries", "The most retries of a job.", {"type": "integer", "minimum": 0}, 3),),
    ),
    Rule(
        name="function-runtime-is-supported",
        theme="pipelines",
        severity="high",
        description="A function has a runtime that AWS mends.",
        check=old_runtime,
        types=frozenset({FUNCTION}),
        equivalents=(
            "checkov:CKV_AWS_363",
            "prowler:awslambda_function_using_supported_runtimes",
            "fsbp:Lambda.2",
        ),
        parameters=(
            Parameter(
                "runtimes",
                "Runtimes that functions may have.",
                {"type": "array", "items": {"type": "string"}},
                _RUNTIMES,
            ),
        ),
    ),
    Rule(
        name="job-version-is-supported",
        theme="pipelines",
        severity="medium",
        description="A Spark job has a version of Glue that AWS supports.",
        check=old_glue,
        types=frozenset({JOB}),
        equivalents=("fsbp:Glue.4",),
        parameters=(Parameter("oldest", "The oldest version.", {"type": "string", "pattern": r"^\d+\.\d+$"}, "4.0"),),
    ),
    Rule(
        name="pipeline-is-in-the-network",
        theme="pipelines",
        severity="high",
        description="Jobs and functions run in the private network.",
        check=outside_the_network,
        types=frozenset({JOB, FUNCTION}),
        equivalents=("checkov:CKV_AWS_117", "prowler:awslambda_function_inside_vpc", "fsbp:Lambda.3"),
    ),
)
STACK_RULES: Final = (
    StackRule(
        name="failed-events-are-kept",
        theme="pipelines",
        severity="medium",
        description="An event that a function cannot work on is kept, not lost.",
        check=lost_events,
        types=frozenset({_SOURCE}),
        equivalents=("checkov:CKV_AWS_116", "prowler:awslambda_function_no_dead_letter_queue"),
    ),
    StackRule(
        name="pipeline-has-its-own-role",
        theme="pipelines",
        severity="high",
        description="No two pipelines have one role.",
        check=shared_role,
        types=frozenset(_ROLE_OF),
    ),
)
