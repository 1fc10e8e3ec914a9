"""Keys of logs (I12): CloudWatch Logs uses a product's key for the log groups of its own pipeline, and of no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh.evaluator.decide import Request
from mesh.plan.nodes import PipelineArgs
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import OTHER_ORGANIZATION, Subject

_GROUP: Final = "kms:EncryptionContext:aws:logs:arn"
_USES: Final = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom")


def logs_use_their_own_key(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I12: on the key of every product that has a job with logs."""
    for domain in subject.domains:
        for name, job in domain.jobs.items():
            if job.log_groups:
                yield from _of_job(subject, job, subject.product_key(domain.products[name]))


def _of_job(subject: Subject, job: PipelineArgs, key: str) -> Iterator[AnyClaim]:
    logs, groups = f"logs.{subject.region}.amazonaws.com", f"arn:aws:logs:{subject.region}:{job.account_id}:log-group"
    for group in job.log_groups:
        own = {**subject.for_the_mesh, _GROUP: f"{groups}:{group}"}
        for action in _USES:
            yield Claim("the logs of a pipeline", Request(logs, action, key, own), allowed=True, admitted=True)
        yield Claim("the logs of a pipeline", Request(logs, "kms:PutKeyPolicy", key, own), admitted=False)
        for service in ("ec2.amazonaws.com", "glue.amazonaws.com"):
            yield Claim("another service", Request(service, "kms:Decrypt", key, own), admitted=False)
    group = job.log_groups[0]
    elsewhere = groups.replace(job.account_id, OTHER_ORGANIZATION)
    for other in (f"{groups}:/mesh/{job.product}-of-another/x", f"{groups}:theirs", f"{elsewhere}:{group}"):
        request = Request(logs, "kms:Decrypt", key, {**subject.for_the_mesh, _GROUP: other})
        yield Claim("the logs of another", request, admitted=False)
    yield Claim("logs of nothing", Request(logs, "kms:Decrypt", key, subject.for_the_mesh), admitted=False)
