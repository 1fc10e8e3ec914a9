"""Rules on cost: an account has a budget, and nothing in it can spend without a limit, or for what nobody uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from mesh_guardrails.accounts_of_stack import PROVIDER, stack_of
from mesh_guardrails.bucket_settings import BUCKETS, lifecycle
from mesh_guardrails.document_reading import UNKNOWN_TEXT
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, Stack, StackRule
from mesh_guardrails.type_tokens import token, tokens

BUDGET: Final = token("budgets/budget")
WORKGROUP: Final = token("athena/workgroup")
_JOB: Final = token("glue/job")
_TABLE: Final = token("dynamodb/table")
_STREAM: Final = token("kinesis/stream")
_BY_THE_HOUR: Final = tokens(
    "athena/capacityReservation",
    "bedrock/provisionedModelThroughput",
    "dax/cluster",
    "docdb/cluster",
    "ec2/capacityBlockReservation",
    "ec2/capacityReservation",
    "ec2/dedicatedHost",
    "elasticache/cluster",
    "elasticache/replicationGroup",
    "elasticsearch/domain",
    "emr/cluster",
    "glue/devEndpoint",
    "kendra/index",
    "lambda/provisionedConcurrencyConfig",
    "memorydb/cluster",
    "msk/cluster",
    "mwaa/environment",
    "neptune/cluster",
    "opensearch/domain",
    "rds/cluster",
    "rds/instance",
    "redshift/cluster",
    "sagemaker/endpoint",
    "sagemaker/notebookInstance",
)
_DPU: Final = {
    "Standard": 1.0,
    "G.025X": 0.25,
    "G.1X": 1.0,
    "G.2X": 2.0,
    "G.4X": 4.0,
    "G.8X": 8.0,
    "G.12X": 12.0,
    "G.16X": 16.0,
    "R.1X": 1.0,
    "R.2X": 2.0,
    "R.4X": 4.0,
    "R.8X": 8.0,
    "Z.2X": 2.0,
}
"""Data processing units of a worker (https://docs.aws.amazon.com/glue/latest/dg/worker-types.html)."""

_DEFAULT_WORKERS: Final = 10
"""Units of a job that says nothing (https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-job.html)."""


def without_budget(provider: RegisteredResource, stack: Stack, stacks: Sequence[str]) -> Iterator[str]:
    """Messages on an account, known by its provider, for which the stack makes no budget."""
    if not any(fnmatchcase(stack_of(provider), pattern) for pattern in stacks):
        return
    if not any(one.type == BUDGET and one.provider == provider.name for one in stack):
        yield (
            f"the account of the provider '{provider.name}' has no budget in the stack '{stack_of(provider)}'; add a "
            "Budget with a notification"
        )


def unlimited_scan(workgroup: RegisteredResource, gibibytes: int) -> Iterator[str]:
    """Messages on a workgroup in which one query may read without a limit."""
    configuration: Mapping[str, Any] = workgroup.props.get("configuration") or {}
    limit = configuration.get("bytesScannedCutoffPerQuery")
    if limit == UNKNOWN_TEXT:
        return
    if not limit or float(limit) > gibibytes * 2**30:
        yield (
            f"a query in the workgroup '{workgroup.name}' may read without a limit, or more than {gibibytes:g} GiB; "
            f"set bytesScannedCutoffPerQuery to at most {int(gibibytes * 2**30)}"
        )


def paid_by_the_hour(resource: RegisteredResource, types: Sequence[str], units: int) -> Iterator[str]:
    """Messages on what costs whether it is used or not."""
    props = resource.props
    if resource.type == _TABLE:
        # A table that says nothing is provisioned: https://docs.aws.amazon.com/amazondynamodb (BillingMode).
        bought = 0.0 if props.get("billingMode") == "PAY_PER_REQUEST" else _sum(props, "readCapacity", "writeCapacity")
    elif resource.type == _STREAM:
        mode: Mapping[str, Any] = props.get("streamModeDetails") or {}
        bought = 0.0 if mode.get("streamMode") == "ON_DEMAND" else _sum(props, "shardCount")
    else:
        bought = 0.0 if resource.type in types else float("inf")
    if bought > units:
        yield (
            f"'{resource.name}' ({resource.type}) is paid for whether it is used or not; use what is paid by the "
            f"request, or at most {units:g} units"
        )


def large_job(job: RegisteredResource, units: float, runs: int) -> Iterator[str]:
    """Messages on a job with more workers, or more runs at once, than agreed."""
    props = job.props
    if UNKNOWN_TEXT in (props.get("numberOfWorkers"), props.get("maxCapacity"), props.get("workerType")):
        return
    bought = _units(props)
    if bought > units:
        yield (
            f"the job '{job.name}' takes {bought:g} data processing units; take at most {units:g}, by numberOfWorkers "
            "and workerType, or by maxCapacity"
        )
    execution: Mapping[str, Any] = props.get("executionProperty") or {}
    at_once = float(execution.get("maxConcurrentRuns") or 1)
    if at_once > runs:
        yield f"the job '{job.name}' may run {at_once:g} times at once; allow at most {runs:g}"


def kept_whole(bucket: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a bucket from which nothing ever goes: no expiry, no cheaper class, old versions for ever."""
    if not any(map(_takes_away, lifecycle(bucket, stack))):
        yield (
            f"everything in the bucket '{bucket.name}' is kept for ever; add a lifecycle rule with an expiry, a "
            "cheaper class, or an end for old versions"
        )


def _sum(props: Mapping[str, Any], *names: str) -> float:
    return sum(float(props.get(name) or 0) for name in names)


def _units(props: Mapping[str, Any]) -> float:
    workers, capacity = props.get("numberOfWorkers"), props.get("maxCapacity")
    if workers:
        return float(workers) * _DPU.get(str(props.get("workerType")), max(_DPU.values()))
    if capacity:
        return float(capacity)
    command: Mapping[str, Any] = props.get("command") or {}
    return 0.0625 if command.get("name") == "pythonshell" else _DEFAULT_WORKERS


def _takes_away(rule: Mapping[str, Any]) -> bool:
    names = ("expiration", "transitions", "noncurrentVersionExpiration", "noncurrentVersionTransitions")
    return any(rule.get(name) for name in names)


def _number(name: str, description: str, default: int) -> Parameter:
    return Parameter(name, description, {"type": "integer", "minimum": 0}, default)


def _names(name: str, description: str, default: list[str]) -> Parameter:
    return Parameter(name, description, {"type": "array", "items": {"type": "string"}}, default)


RULES: Final = (
    Rule(
        name="query-has-scan-limit",
        theme="cost",
        severity="medium",
        description="A query reads no more than a number of gibibytes.",
        check=unlimited_scan,
        types=frozenset({WORKGROUP}),
        parameters=(_number("gibibytes", "The most gibibytes that a query reads.", 10240),),
    ),
    Rule(
        name="no-provisioned-capacity",
        theme="cost",
        severity="medium",
        description="Nothing is paid for by the hour.",
        check=paid_by_the_hour,
        types=frozenset({*_BY_THE_HOUR, _TABLE, _STREAM}),
        parameters=(
            _names("types", "Types that may be paid for by the hour.", []),
            _number("units", "The most shards of a stream, or capacity units of a table.", 0),
        ),
    ),
    Rule(
        name="job-takes-few-units",
        theme="cost",
        severity="medium",
        description="A job takes no more than a number of data processing units, in a number of runs at once.",
        check=large_job,
        types=frozenset({_JOB}),
        parameters=(
            _number("units", "The most data processing units of a job.", 50),
            _number("runs", "The most runs of a job at once.", 3),
        ),
    ),
)
STACK_RULES: Final = (
    StackRule(
        name="account-has-budget",
        theme="cost",
        severity="medium",
        description="Every account with data has a budget.",
        check=without_budget,
        types=frozenset({PROVIDER}),
        parameters=(
            _names("stacks", "Patterns of the stacks that make their account's budget.", ["domain-*", "partner-*"]),
        ),
    ),
    StackRule(
        name="bucket-ages-out",
        theme="cost",
        severity="low",
        description="What a bucket no longer needs goes, or gets cheaper.",
        check=kept_whole,
        types=BUCKETS,
        equivalents=("checkov:CKV2_AWS_61", "prowler:s3_bucket_lifecycle_enabled", "fsbp:S3.13"),
    ),
)
