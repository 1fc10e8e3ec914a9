"""Cases of the rules on cost."""

from __future__ import annotations

from typing import Any, Final

from mesh_guardrails.themes.cost import BUDGET, WORKGROUP

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, made, passes, reports, waits
from tests.policies.cases.partners import of
from tests.policies.cases.pipelines import job
from tests.policies.cases.written_policies import account

BUCKET: Final = "aws:s3/bucket:Bucket"
LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
TABLE: Final = "aws:dynamodb/table:Table"
STREAM: Final = "aws:kinesis/stream:Stream"
TEBIBYTE: Final = 2**40


def workgroup(**configuration: Any) -> Made:
    """A workgroup of Athena."""
    return made(WORKGROUP, name="mesh-general", configuration=configuration)


def ageing(*rules: dict[str, Any]) -> Made:
    """The lifecycle of the bucket of the case."""
    return made(LIFECYCLE, made_from={"bucket": "bucket"}, bucket=UNKNOWN, rules=list(rules))


def domain(resource: Made) -> Made:
    """The resource in the stack of a domain."""
    return of("domain-ads", resource)


CASES: Final[list[Case]] = [
    passes("account-has-budget", domain(account()), made(BUDGET, name=UNKNOWN)),
    passes("account-has-budget", of("access-ads", account())),
    passes("account-has-budget", of("sandbox", account()), configured={"stacks": []}),
    reports("account-has-budget", "the provider 'account' has no budget in the stack 'domain-ads'", domain(account())),
    reports("account-has-budget", "no budget", domain(account()), made(BUDGET, provider="another")),
    reports("account-has-budget", "'partner-acme'", of("partner-acme", account(region=UNKNOWN))),
    passes("query-has-scan-limit", workgroup(bytesScannedCutoffPerQuery=TEBIBYTE)),
    passes("query-has-scan-limit", made(WORKGROUP, name=UNKNOWN, configuration={"bytesScannedCutoffPerQuery": 10**7})),
    reports("query-has-scan-limit", "without a limit", workgroup()),
    reports("query-has-scan-limit", "without a limit", made(WORKGROUP, name="own")),
    reports("query-has-scan-limit", "more than 10240 GiB", workgroup(bytesScannedCutoffPerQuery=11 * TEBIBYTE)),
    reports(
        "query-has-scan-limit",
        "more than 1 GiB",
        workgroup(bytesScannedCutoffPerQuery=TEBIBYTE),
        configured={"gibibytes": 1},
    ),
    waits("query-has-scan-limit", workgroup(bytesScannedCutoffPerQuery=UNKNOWN)),
    passes("no-provisioned-capacity", made(TABLE, billingMode="PAY_PER_REQUEST", name=UNKNOWN)),
    passes("no-provisioned-capacity", made(STREAM, streamModeDetails={"streamMode": "ON_DEMAND"})),
    passes("no-provisioned-capacity", made(STREAM, shardCount=2), configured={"units": 2}),
    reports("no-provisioned-capacity", "paid for whether", made(TABLE, readCapacity=5, writeCapacity=5)),
    reports("no-provisioned-capacity", "paid for whether", made(STREAM, shardCount=1)),
    reports("no-provisioned-capacity", "paid for", made("aws:redshift/cluster:Cluster", nodeType=UNKNOWN)),
    reports("no-provisioned-capacity", "paid for", made("aws:athena/capacityReservation:CapacityReservation")),
    waits("no-provisioned-capacity", made(STREAM, shardCount=UNKNOWN)),
    passes("job-takes-few-units", job(numberOfWorkers=10, workerType="G.2X")),
    passes("job-takes-few-units", job(command={"name": "pythonshell", "scriptLocation": UNKNOWN}, maxCapacity=1)),
    reports("job-takes-few-units", "takes 80 data processing units", job(numberOfWorkers=10, workerType="G.8X")),
    reports("job-takes-few-units", "takes 100 data", job(maxCapacity=100)),
    reports("job-takes-few-units", "at most 5,", job(), configured={"units": 5}),
    reports("job-takes-few-units", "20 times at once", job(executionProperty={"maxConcurrentRuns": 20})),
    waits("job-takes-few-units", job(numberOfWorkers=UNKNOWN)),
    passes("bucket-ages-out", made(BUCKET), ageing({"status": "Enabled", "expiration": {"days": 30}})),
    passes("bucket-ages-out", made(BUCKET, lifecycleRules=[{"enabled": True, "transitions": [{"days": 30}]}])),
    reports("bucket-ages-out", "in the bucket 'bucket' is kept for ever", made(BUCKET)),
    reports(
        "bucket-ages-out",
        "kept for ever",
        made(BUCKET),
        ageing({"status": "Disabled", "expiration": {"days": 30}}, {"status": "Enabled"}),
    ),
]
