"""Staff (M17): engineers, owners and auditors of a domain read no data, run no code of their own, and become nobody.

Every action of AWS that can do harm is asked, on the caller's own resources and in the form in which it does harm; what
each of them may do all the same is written here, and not read from a policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mesh import names
from mesh.aws.allowed_actions import actions_that
from mesh.evaluator.decide import Request
from mesh.plan.nodes import DomainPlan
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.duties import harmful_actions
from mesh.proof.invariants.harm import FORMS, harmful_request
from mesh.proof.invariants.jobs import log_actions, starting
from mesh.proof.subject import Actor, Subject

NUMBERS: Final = ("cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics")
MAY: Final[Mapping[str, frozenset[str]]] = {
    "engineer": frozenset({"cloudwatch:DescribeAlarms", *NUMBERS}),
    "owner": frozenset({"cloudwatch:DescribeAlarms", "glue:GetTable", "glue:GetTables"}),
    "auditor": frozenset({"cloudtrail:LookupEvents"}),
}
"""Actions that can do harm and are the duty: numbers, alarms and calls are
read, which are of no product. An owner reads entries of the account's catalog under the domain's name (U2), and no
table through it: Lake Formation is asked besides. An engineer starts triggers of the mesh alone (U2).
"""

RUNS: Final = ("glue:GetJob", "glue:GetJobRun", "glue:GetJobRuns", "glue:GetTrigger", "states:DescribeExecution")
"""Actions that return arguments, which are data."""

OF_OBJECTS: Final = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject")
OF_BUCKETS: Final = ("s3:ListBucket", "s3:ListBucketVersions", "s3:PutBucketPolicy")


def staff_adds_no_reader(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of M17: on all that can do harm, on data of every form of product, on jobs, logs and roles, by staff."""
    yield Fact("no engineer, owner or auditor reads a column, or sees a database of the hub", _reads_a_column)
    for domain in subject.domains:
        for caller in subject.staff_of(domain):
            yield from _on_data(subject, domain, caller)
            yield from _through_roles(subject, domain, caller)
    for domain in subject.domains[:1]:  # the roles have one text in all domains, but for the names in it
        for caller in subject.staff_of(domain):
            yield from _meaning_harm(subject, caller)
            yield from _on_logs(subject, caller)


def _meaning_harm(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    # What a team makes may have a policy that admits them: asked is what their own policies grant.
    may = MAY[names.role_name(caller.name)]
    for action in dict.fromkeys((*harmful_actions(), *starting(), *RUNS)):
        yield Claim(caller.who, subject.own_request(caller, action), granted=action in may)
        if action in FORMS:
            yield Claim(f"{caller.who}, meaning harm", harmful_request(subject, caller, action), granted=False)


def _on_data(subject: Subject, domain: DomainPlan, caller: Actor) -> Iterator[AnyClaim]:
    """Claims on products: those at home, and one of each form elsewhere; and on what queries leave."""
    for product in (*domain.products.values(), *subject.product_classes):
        bucket = f"arn:aws:s3:::{product.bucket}"
        for action in OF_OBJECTS:
            for key in ("tables/a", "files/a", "outbound/a"):
                yield Claim(caller.who, Request(caller.name, action, f"{bucket}/{key}"), allowed=False)
        for action in OF_BUCKETS:
            yield Claim(caller.who, Request(caller.name, action, bucket), allowed=False)
        key = Request(caller.name, "kms:Decrypt", subject.product_key(product), subject.through_s3)
        yield Claim(caller.who, key, allowed=False)
    for bucket in (subject.plan.results_bucket(domain.name), subject.plan.governance.audit.bucket):
        yield Claim(caller.who, Request(caller.name, "s3:GetObject", f"arn:aws:s3:::{bucket}/a"), allowed=False)
    lake = Request(caller.name, "lakeformation:GetDataAccess", "*")
    yield Claim(caller.who, lake, allowed=False)


def _through_roles(subject: Subject, domain: DomainPlan, caller: Actor) -> Iterator[AnyClaim]:
    """Claims on every role of the account and of governance: none is assumed, passed or changed."""
    for role in subject.world.roles.values():
        if role.account in (domain.access.account_id, subject.hub):
            for action in ("sts:AssumeRole", "iam:PassRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"):
                yield Claim(caller.who, Request(caller.name, action, role.arn), allowed=False)


def _on_logs(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    """Claims on logs: no action returns an event, whosever the log is."""
    for group in ("/mesh/x", "theirs"):
        for name, arn in log_actions(f"arn:aws:logs:{subject.region}:{caller.account}:log-group:{group}"):
            if f"logs:{name}" in actions_that("reads data"):
                yield Claim(caller.who, Request(caller.name, f"logs:{name}", arn), allowed=False)


def _reads_a_column(subject: Subject) -> str | None:
    for domain in subject.plan.domains.values():
        account = subject.world.account(domain.access.account_id)
        for staff in domain.staff.values():
            for name, database in subject.lakes.lakes[subject.hub].databases.items():
                if subject.lakes.visible(staff.arn, account, subject.hub, name):
                    return f"{staff.arn} sees {name}"
                for table in database.tables:
                    if subject.lakes.readable(staff.arn, account, subject.hub, name, table):
                        return f"{staff.arn} reads {name}.{table}"
    return None
