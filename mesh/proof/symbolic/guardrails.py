"""I7, I15, I16, I17, I19, I21, I23, I24: who changes what protects, whatever the caller is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.proof.invariants.clearances import CATALOG_WRITES
from mesh.proof.invariants.exits import CARRIERS, EXPORTS, SHARING
from mesh.proof.invariants.guardrails import CHANGE_A_POLICY, CHANGE_A_ROLE, CONTROLS, FOR_NOBODY, MAKE_A_ROLE
from mesh.proof.invariants.products import READS
from mesh.proof.subject import Subject
from mesh.proof.symbolic import documents
from mesh.proof.symbolic.encode import SymbolicRequest
from mesh.proof.symbolic.goals import Obligation
from mesh.proof.symbolic.perimeter import outside_units, person
from mesh.proof.symbolic.products import anyone_but
from mesh.proof.symbolic.shapes import ACCOUNT, ANY, ARN, ARN_OF_AN_ACCOUNT, BOOTSTRAP, DEPLOY, WORD, Shape, role
from mesh.proof.symbolic.texts import negation, some

PUBLISHER: Final = role("publisher/publish-", ACCOUNT, ANY)
IN_USE: Final = (
    "access-analyzer account athena budgets ce cloudformation cloudshell cloudtrail cloudwatch codebuild config "
    "dynamodb ec2 ecr elasticmapreduce events firehose glue health iam identitystore kinesis kms lakeformation lambda "
    "logs organizations pricing ram resource-groups s3 sagemaker secretsmanager servicequotas sns sqs ssm sso states "
    "sts tag trustedadvisor xray"
).split()
"""Services that somebody has looked at, for what they can carry out: a longer list in the policy is seen here."""

REGISTERING: Final = (
    "lakeformation:AddLFTagsToResource",
    "lakeformation:DeregisterResource",
    "lakeformation:RegisterResource",
    "lakeformation:RemoveLFTagsFromResource",
    "lakeformation:UpdateResource",
)
"""What a domain's publisher does besides the deployment."""


def no_side_doors(subject: Subject) -> Iterator[Obligation]:
    """Whatever a caller's ARN: only a deploy role sets up an export, nobody a carrier; no topic tells a stranger.

    But governance's may tell the security contact, if the deployment has it so.
    """
    contact = subject.perimeter.security_contact
    for account_id, policies in documents.scps(subject, documents.UNIT):
        request = SymbolicRequest(policies)
        given = (anyone_but(request, DEPLOY),)
        yield Obligation(what="an export", request=request, actions=EXPORTS, given=given)
        yield Obligation(what="a carrier", request=SymbolicRequest(policies), actions=CARRIERS)
        request = SymbolicRequest(policies, {"aws:PrincipalAccount": account_id})
        unused = negation(request.action.has_shape(*((f"{service}:", ANY) for service in IN_USE)))
        yield Obligation(
            what="a service that the mesh has no use for", request=request, actions=("*",), given=(unused,)
        )
        request = SymbolicRequest(policies, {"aws:PrincipalAccount": account_id})
        own: Shape = ("arn:aws:", WORD, ":", WORD, f":{account_id}:", ANY)
        endpoint = request.key("sns:Endpoint")
        given = (negation(endpoint.shaped(own)), endpoint.is_none_of(*([contact] if account_id == subject.hub else [])))
        yield Obligation(what="a subscription of a stranger", request=request, actions=("sns:Subscribe",), given=given)
        request = SymbolicRequest(policies, {"aws:PrincipalAccount": account_id})
        given = (request.key("sns:Endpoint").is_one_of(contact), anyone_but(request, DEPLOY))
        yield Obligation(what="mail of somebody", request=request, actions=("sns:Subscribe",), given=given)


def no_sharing(subject: Subject) -> Iterator[Obligation]:
    """Whatever a caller's ARN, if it is not a deploy role's, it shares nothing with anybody."""
    for _, policies in documents.scps(subject, documents.UNIT):
        request = SymbolicRequest(policies)
        given = (anyone_but(request, DEPLOY),)
        yield Obligation(what="a share", request=request, actions=SHARING, given=given)


def attributes_are_unforgeable(subject: Subject) -> Iterator[Obligation]:
    """No tag whose key begins with `mesh:`, in these letters, is put on a role or a session, among whatever others."""
    for _, policies in documents.scps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        given = (request.values("aws:TagKeys").some_begins("mesh:"), anyone_but(request, DEPLOY))
        actions = ("sts:TagSession", "iam:TagRole", "iam:UntagRole")
        yield Obligation(what="a forged attribute", request=request, actions=actions, given=given)
    for policies in documents.rcps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        given = (request.values("aws:TagKeys").some_begins("mesh:"), person(request))
        yield Obligation(what="a forged attribute", request=request, actions=("sts:TagSession",), given=given)


def controls_stay_up(subject: Subject) -> Iterator[Obligation]:
    """Whatever a caller's ARN, if it is not a deploy role's, it changes no control; some are changed by nobody."""
    of_nobody = tuple(action for action in CONTROLS if action.startswith(FOR_NOBODY))
    of_deployments = tuple(each for each in CONTROLS if each not in of_nobody and each not in REGISTERING)
    for _, policies in documents.scps(subject, documents.ROOT):
        yield Obligation(what="a control of nobody's", request=SymbolicRequest(policies), actions=of_nobody)
        request = SymbolicRequest(policies)
        given = (anyone_but(request, DEPLOY),)
        yield Obligation(what="a control", request=request, actions=of_deployments, given=given)
        request = SymbolicRequest(policies)
        given = (anyone_but(request, DEPLOY, PUBLISHER),)
        yield Obligation(what="a registration", request=request, actions=REGISTERING, given=given)


def roles_carry_the_boundary(subject: Subject) -> Iterator[Obligation]:
    """Whatever policy is named as a boundary, if it is not an account's `mesh/boundary`, no role is made with it.

    Of the policy's ARN too is assumed that it names an account by twelve digits.
    Roles and policies of the mesh, and roles named like StackSets' own, are changed by nobody else: so whomever a
    guardrail excepts, nobody else can make.
    """
    boundary: Shape = ("arn:aws:iam::", ACCOUNT, ":policy/mesh/boundary")
    of_the_mesh = (role("", ACCOUNT, ANY), BOOTSTRAP)
    for _, policies in documents.scps(subject, documents.ROOT):
        request = SymbolicRequest(policies)
        named = request.key("iam:PermissionsBoundary")
        other = named.value.has_no_shape(boundary, unless=ARN, but=ARN_OF_AN_ACCOUNT)
        given = (anyone_but(request, DEPLOY, BOOTSTRAP), some((named.absent, other)))
        yield Obligation(what="a role without the boundary", request=request, actions=MAKE_A_ROLE, given=given)
        request = SymbolicRequest(policies)
        given = (anyone_but(request, DEPLOY, BOOTSTRAP), request.resource.has_shape(*of_the_mesh))
        yield Obligation(what="a role of the mesh", request=request, actions=CHANGE_A_ROLE, given=given)
        request = SymbolicRequest(policies)
        given = (anyone_but(request, DEPLOY, BOOTSTRAP),)
        yield Obligation(
            what="a boundary", request=request, actions=("iam:DeleteRolePermissionsBoundary",), given=given
        )
        request = SymbolicRequest(policies)
        given = (anyone_but(request, DEPLOY, PUBLISHER), request.resource.has_shape(of_the_mesh[0]))
        yield Obligation(what="a role handed over", request=request, actions=("iam:PassRole",), given=given)
        request = SymbolicRequest(policies)
        own: Shape = ("arn:aws:iam::", ACCOUNT, ":policy/mesh/", ANY)
        given = (anyone_but(request, DEPLOY, BOOTSTRAP), request.resource.has_shape(own))
        yield Obligation(what="a policy of the mesh", request=request, actions=CHANGE_A_POLICY, given=given)


def logs_are_immutable(subject: Subject) -> Iterator[Obligation]:
    """Whoever calls, the deployment and every service too: no log under any name is deleted, and no person adds one."""
    deletes = ("s3:DeleteObject", "s3:DeleteObjectVersion")
    locks = ("s3:BypassGovernanceRetention", "s3:PutObjectLegalHold", "s3:PutObjectRetention")
    audit = documents.audit_bucket(subject)
    for _, bucket, policies in (*documents.buckets_of(subject, names.log_bucket), audit):
        actions = (*deletes, *locks) if bucket == audit[1] else deletes
        request = SymbolicRequest(policies)
        given = (request.objects_of(bucket),)
        yield Obligation(what="a log deleted", request=request, actions=actions, given=given)
        request = SymbolicRequest(policies)
        given = (person(request), request.objects_of(bucket))
        yield Obligation(
            what="a log added", request=request, actions=("s3:PutObject", "s3:ReplicateObject"), given=given
        )


def catalog_is_closed(subject: Subject) -> Iterator[Obligation]:
    """Of any unit but the domains and governance everybody is refused the catalog; only publishers write into it."""
    catalog = f"arn:aws:glue:{subject.region}:{subject.hub}:"
    things: tuple[Shape, ...] = ((f"{catalog}catalog",), (f"{catalog}database/", ANY), (f"{catalog}table/", ANY))
    policies = documents.policy_of(subject, f"{catalog}catalog")
    request = SymbolicRequest(policies)
    given = (person(request), outside_units(request, subject), request.resource.has_shape(*things))
    yield Obligation(what="a caller of another unit", request=request, actions=("glue:*",), given=given)
    yield Obligation(
        what="a caller of another unit", request=request, actions=("glue:*",), given=given, outcome="not admitted"
    )
    writers = (role("publisher/publish-", subject.hub, ANY), role("deploy", subject.hub))
    request = SymbolicRequest(policies)
    given = (person(request), anyone_but(request, *writers), request.resource.has_shape(*things))
    yield Obligation(what="another publisher", request=request, actions=CATALOG_WRITES, given=given)


def results_stay_home(subject: Subject) -> Iterator[Obligation]:
    """Whatever a caller's ARN: results are read by roles that people hold in the account, workgroups set up by none."""
    for account_id, bucket, policies in documents.buckets_of(subject, names.results_bucket):
        request = SymbolicRequest(policies)
        readers = (role("clearance/", account_id, ANY), role("access", account_id))
        given = (person(request), anyone_but(request, *readers), request.objects_of(bucket))
        yield Obligation(what="a result read", request=request, actions=READS, given=given)
        request = SymbolicRequest(policies)
        given = (
            person(request),
            request.key("aws:PrincipalAccount").is_none_of(account_id),
            request.within(bucket),
        )
        yield Obligation(what="a result of another account", request=request, actions=("s3:*",), given=given)
    for _, policies in documents.scps(subject, documents.UNIT):
        request = SymbolicRequest(policies)
        given = (anyone_but(request, DEPLOY),)
        actions = ("athena:CreateWorkGroup", "athena:DeleteWorkGroup", "athena:UpdateWorkGroup")
        yield Obligation(what="a workgroup", request=request, actions=actions, given=given)
