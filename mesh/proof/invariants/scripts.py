"""Scripts (I25): the deployment of an account puts them, each pipeline reads its own, and nobody else does either."""

from __future__ import annotations

from collections.abc import Iterator

from mesh import names
from mesh.evaluator.decide import Request
from mesh.plan.nodes import DomainPlan
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.invariants.products import READS, SETTINGS, WRITES
from mesh.proof.subject import FOR_AN_OUTSIDER, Actor, Subject


def scripts_stay_as_made(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I25: on the bucket of scripts of every domain that has jobs, and on the script of each job."""
    for domain in subject.domains:
        if domain.job_baseline:
            yield from _of_callers(subject, domain, f"arn:aws:s3:::{domain.job_baseline.scripts_bucket}")
            yield from _of_jobs(domain)


def _of_callers(subject: Subject, domain: DomainPlan, bucket: str) -> Iterator[AnyClaim]:
    account_id, script = domain.access.account_id, f"{bucket}/x/x.py"
    deploy, preview = names.deploy_role(account_id), names.preview_role(account_id)
    pipelines = {role.arn for role in domain.pipelines.values()}
    for caller in _callers(subject, domain):
        everything = caller.kind == "other" and caller.account == account_id
        for action in READS if everything else ("s3:GetObject",):
            yield _refused_unless(caller.name in {deploy, preview, *pipelines}, caller, action, script)
        for action in WRITES if everything else ("s3:PutObject", "s3:DeleteObject"):
            yield _refused_unless(caller.name == deploy, caller, action, script)
        for action in SETTINGS if everything else ("s3:PutBucketPolicy",):
            yield _refused_unless(caller.name == deploy, caller, action, bucket)
    deployment = subject.deployment_of(domain)
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        yield Claim(deployment.who, Request(deploy, action, script), allowed=True)
    for action in ("s3:GetObject", "s3:GetObjectTagging"):
        yield Claim("the preview", Request(preview, action, script), allowed=True)
    yield from _of_outsiders(subject, deploy, bucket, script)


def _of_outsiders(subject: Subject, deploy: str, bucket: str, script: str) -> Iterator[AnyClaim]:
    """Claims on other accounts, on services for whomever, and on old transports."""
    for context in ({"aws:SecureTransport": "false"}, {"s3:TlsVersion": "1.1"}):
        old = Request(deploy, "s3:GetObject", script, context)
        yield Claim("the deployment, over an old transport", old, allowed=False, denied=("resource",))
    for outsider in (*subject.outsiders, *(other for other in subject.of_governance if other.kind == "other")):
        for action, on in (("s3:ListMultipartUploadParts", script), ("s3:GetBucketPolicy", bucket)):
            yield Claim(outsider.who, Request(outsider.name, action, on), by="RefuseOtherAccounts")
    for action, on in (("s3:ListMultipartUploadParts", script), ("s3:ListBucket", bucket)):
        confused = Request("s3.amazonaws.com", action, on, FOR_AN_OUTSIDER)
        yield Claim("a service for an outsider", confused, allowed=False, denied=("resource",))
    for action, on in (("s3:GetObject", script), ("s3:PutObject", script), ("s3:PutBucketPolicy", bucket)):
        service = Request("s3.amazonaws.com", action, on, subject.for_the_mesh)
        yield Claim("a service of the mesh", service, free=("resource",), admitted=False)


def _callers(subject: Subject, domain: DomainPlan) -> Iterator[Actor]:
    """Callers of the account, of governance, and of one other domain; and a pipeline of another account."""
    yield from subject.of_domain(domain)
    yield from subject.jobs_of(domain)
    yield from subject.of_governance
    for other in list(subject.others(domain.name))[:1]:
        yield from subject.of_account(other.access.account_id, "domains", f"domain {other.name}")
        yield from subject.some_jobs_of(other)


def _refused_unless(may: bool, caller: Actor, action: str, on: str) -> Claim:
    request = Request(caller.name, action, on)
    if may:
        return Claim(caller.who, request, free=("resource",))
    return Claim(caller.who, request, allowed=False, denied=("resource",))


def _of_jobs(domain: DomainPlan) -> Iterator[AnyClaim]:
    """Claims on every job: its role reads the script, changes it not, and reads no script of another product."""
    for name, job in domain.jobs.items():
        who, bucket = f"the pipeline of {domain.name}.{name}", f"arn:aws:s3:::{job.scripts_bucket}"
        yield Claim(who, Request(job.role, "s3:GetObject", f"{bucket}/{job.script_key}"), allowed=True)
        writes = Request(job.role, "s3:PutObject", f"{bucket}/{job.script_key}")
        yield Claim(who, writes, allowed=False, denied=("resource",), granted=False)
        for other in (f"{name}-of-another", f"another/{name}"):
            reads = Request(job.role, "s3:GetObject", f"{bucket}/{other}/x.py")
            yield Claim(who, reads, allowed=False, granted=False)
