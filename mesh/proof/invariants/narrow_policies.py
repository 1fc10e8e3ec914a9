"""Exceptions in policies of resources (I16): a refusal spares the roles of the design, and nobody of nearly their name.

Which statement spares whom is written here a second time, and not read from a policy. Each action stands for those that
the statement names with one pattern.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mesh import names
from mesh.evaluator.decide import Request
from mesh.plan.nodes import DataProductArgs, DomainPlan
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.invariants.products import SETTINGS
from mesh.proof.machine_readers import pipeline_of
from mesh.proof.subject import BESIDE_GOVERNANCE, OTHER_ORGANIZATION, Subject


class PolicyRefusal(NamedTuple):
    """A statement of a resource's policy that refuses actions to all but some, and to no service of AWS.

    `spared` are the roles of the design, `near` those that are nearly the same.
    """

    sid: str
    resource: str
    actions: tuple[str, ...]
    spared: tuple[str, ...]
    near: tuple[str, ...] = ()
    context: Mapping[str, Any] = {}
    services: bool = True


READS: Final = ("s3:GetObject", "s3:ListObjectAnnotations", "s3:RestoreObject")
LISTS: Final = ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads")
ADDS: Final = (
    "s3:AbortMultipartUpload",
    "s3:InitiateReplication",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:PutObject",
    "s3:ReplicateObject",
    "s3:UpdateObjectEncryption",
)
DELETES: Final = ("s3:BypassGovernanceRetention", "s3:DeleteObject")
SETS_UP: Final = (
    *SETTINGS,
    "s3:AllowVendedLogDeliveryForResource",
    "s3:PauseReplication",
    "s3:TagResource",
    "s3:UntagResource",
)
SETS_A_TOPIC_UP: Final = (
    *("sns:AddPermission", "sns:DeleteTopic", "sns:PutDataProtectionPolicy"),
    *("sns:RemovePermission", "sns:SetTopicAttributes", "sns:Subscribe"),
)


def policies_spare_roles_of_the_design(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I16: on statements of policies of resources, by whom they spare and by namesakes of them."""
    refusals = [*_of_publication(subject), *_of_the_bus(subject), *_of_the_catalog(subject)]
    refusals += [_of_queries(pipeline_of(subject, product), product) for product in subject.product_classes]
    for domain in subject.domains:
        if domain.job_baseline:
            refusals += _of_scripts(domain, f"arn:aws:s3:::{domain.job_baseline.scripts_bucket}")
    for refusal in refusals:
        yield from _claims(subject, refusal)


def _claims(subject: Subject, refusal: PolicyRefusal) -> Iterator[AnyClaim]:
    sid, resource, context = refusal.sid, refusal.resource, refusal.context
    account = refusal.spared[0].split(":")[4]
    for action in refusal.actions:
        somebody = Request(f"arn:aws:iam::{account}:role/somebody", action, resource, context)
        yield Claim("a role that nobody planned", somebody, by=sid)
    for role in refusal.near:
        yield Claim("a role of nearly the name", Request(role, refusal.actions[0], resource, context), by=sid)
    for role in refusal.spared:
        yield Claim("who is spared", Request(role, refusal.actions[0], resource, context), spared_by=sid)
    if refusal.services:
        service = Request("s3.amazonaws.com", refusal.actions[0], resource, {**subject.for_the_mesh, **context})
        yield Claim("a service of the mesh", service, spared_by=sid)


def _elsewhere(*roles: str) -> tuple[str, ...]:
    """The roles as they would be called in an account beside that of governance."""
    return tuple(":".join((*role.split(":")[:4], BESIDE_GOVERNANCE, role.split(":", 5)[5])) for role in roles)


def _of_publication(subject: Subject) -> Iterator[PolicyRefusal]:
    args, hub = subject.plan.governance.publication, subject.hub
    function, deploy, preview = names.publication_role(hub), names.deploy_role(hub), names.preview_role(hub)
    whole = f"arn:aws:s3:::{args.bucket}"
    theirs = f"{whole}/{OTHER_ORGANIZATION}/x.json"
    near = (names.role(hub, "functions/somebody"), *_elsewhere(function))
    deploys = (names.role(hub, "somebody"), *_elsewhere(deploy))
    yield PolicyRefusal("RefuseOtherReaders", theirs, READS, (function,), near)
    yield PolicyRefusal("RefuseObjectsOfOtherDomains", theirs, READS, (function,), near)
    listers = (*near, *deploys, *_elsewhere(preview))
    yield PolicyRefusal("RefuseOtherListers", whole, LISTS, (function, deploy, preview), listers)
    yield PolicyRefusal("RefuseOtherWriters", theirs, ADDS, (function,), near)
    yield PolicyRefusal("RefuseDeletion", theirs, DELETES, (deploy,), deploys)
    yield PolicyRefusal("RefuseOtherAdministrators", whole, SETS_UP, (deploy,), deploys)
    receives = tuple(f"sqs:{name}" for name in ("ReceiveMessage", "DeleteMessage", "PurgeQueue"))
    sets_up = tuple(f"sqs:{name}" for name in ("SetQueueAttributes", "AddPermission", "RemovePermission"))
    for queue in (args.queue, args.dead_letters):
        yield PolicyRefusal("RefuseOtherReceivers", queue, receives, (function,), near, services=False)
        yield PolicyRefusal("RefuseOtherAdministrators", queue, sets_up, (deploy,), deploys, services=False)
    yield PolicyRefusal("RefuseOtherAdministrators", args.topic, SETS_A_TOPIC_UP, (deploy,), deploys)


def _of_the_bus(subject: Subject) -> Iterator[PolicyRefusal]:
    hub, bus = subject.hub, f"arn:aws:events:{subject.region}:{subject.hub}:event-bus/{names.BUS}"
    function, home = names.publication_role(hub), BESIDE_GOVERNANCE
    pipeline, owner, forward = names.pipeline_role(home, "x"), names.staff_role(home, "owner"), names.forward_role(home)
    functions = (names.role(hub, "functions/somebody"), *_elsewhere(function))
    pathless = (names.role(home, "pipeline/x"),)
    tells = ("events:PutEvents",)

    def of(sid: str, source: str, kind: str, spared: tuple[str, ...], near: tuple[str, ...] = ()) -> PolicyRefusal:
        context = {"events:source": [source], "events:detail-type": [kind]}
        return PolicyRefusal(sid, bus, tells, spared, near, context)

    own, (source, wakes) = "mesh.a.b", next(iter(names.PASSED_ON.items()))
    yield of("RefuseEventsOfOthers", source, wakes, (forward,))._replace(services=False)
    yield of("RefuseTellingForPipelines", own, names.PIPELINE_EVENTS[0], (pipeline,), pathless)
    for kind in (names.PUBLISHED, names.REFUSED):
        yield of("RefuseVerdictsOfOthers", own, kind, (function,), functions)
    yield of("RefuseRequestsOfOthers", own, names.REQUESTED, (owner,))
    tellers = (pipeline, function, owner, forward)
    yield of("RefuseOtherTellers", own, names.REQUESTED, tellers, (*functions, *pathless))


def _of_the_catalog(subject: Subject) -> Iterator[PolicyRefusal]:
    hub = subject.hub
    glue = f"arn:aws:glue:{subject.region}:{hub}"
    publisher, deploy = names.publisher_role(hub, "x"), names.deploy_role(hub)
    publishers = (names.role(hub, "publisher/x"), *_elsewhere(publisher))
    tables = ("CreateTable", "UpdateTable", "BatchCreatePartition", "BatchUpdatePartition")
    moves = tuple(f"glue:{name}" for name in (*tables, "CreatePartition", "UpdatePartition"))
    writes = tuple(f"glue:{name}" for name in (*tables, "DeleteTable", "BatchDeleteTable"))
    near = (*publishers, *_elsewhere(deploy))
    yield PolicyRefusal("RefuseOtherPublishers", f"{glue}:table/x__y/z", writes, (publisher, deploy), near)
    yield PolicyRefusal("RefuseOtherTables", f"{glue}:table/x__y/z", moves, (publisher,), publishers)
    makes = tuple(f"glue:{name}" for name in ("CreateDatabase", "UpdateDatabase", "DeleteDatabase", "BatchDeleteTable"))
    yield PolicyRefusal("RefuseOtherDatabases", f"{glue}:database/x__y", makes, (deploy,), _elsewhere(deploy))


def _of_queries(own: str, product: DataProductArgs) -> PolicyRefusal:
    result = f"arn:aws:s3:::{product.bucket}/{names.QUERIES}/x.csv"
    near = (f"{own}-of-another", *_elsewhere(own))
    return PolicyRefusal("RefuseOtherReadersOfQueries", result, READS, (own,), near)


def _of_scripts(domain: DomainPlan, bucket: str) -> Iterator[PolicyRefusal]:
    account, script = domain.access.account_id, f"{bucket}/x/x.py"
    deploy, pipeline = names.deploy_role(account), names.pipeline_role(account, "x")
    preview = names.preview_role(account)
    pathless = names.role(account, "pipeline/x")
    others = (names.role(account, "somebody"), pathless, *_elsewhere(deploy, pipeline, preview))
    yield PolicyRefusal("RefuseOtherReaders", script, READS, (deploy, pipeline, preview), others)
    writers = (names.role(account, "somebody"), *_elsewhere(deploy))
    yield PolicyRefusal("RefuseOtherWriters", script, (*ADDS, *DELETES), (deploy,), writers)
    yield PolicyRefusal("RefuseOtherAdministrators", bucket, SETS_UP, (deploy,), writers)
