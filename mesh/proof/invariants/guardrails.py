"""I15-I18, I21, I22, I24: nobody but the deployment changes what protects data, and attributes cannot be forged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mesh import names
from mesh.evaluator.decide import Layer, Request
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.invariants.exits import own
from mesh.proof.subject import Actor, Subject

ForgedTag = {"aws:TagKeys": ["mesh:clearance"]}


def _administrators(subject: Subject) -> Iterator[tuple[Actor, Actor]]:
    """Of each account asked: any role with every permission, and the deployment."""
    for account_id, unit, where in subject.accounts_asked:
        deployment = Actor(f"the deployment of {where}", names.deploy_role(account_id), unit, account_id, "deploy")
        yield subject.other(account_id, unit, where), deployment


def attributes_are_unforgeable(subject: Subject) -> Iterator[AnyClaim]:
    """I15: nobody tags a role or a session with an attribute of the mesh; and no decision rests on a tag."""
    for administrator, deployment in _administrators(subject):
        role = f"arn:aws:iam::{administrator.account}:role/somebody"
        for action in ("iam:TagRole", "iam:UntagRole"):
            forged = Request(administrator.name, action, role, ForgedTag)
            yield Claim(administrator.who, forged, allowed=False, denied=("scp",))
            harmless = Request(administrator.name, action, role, {"aws:TagKeys": ["team"]})
            yield Claim(administrator.who, harmless, free=("scp",))
        yield Claim(deployment.who, Request(deployment.name, "iam:TagRole", role, ForgedTag), free=("scp",))
        session = Request(administrator.name, "sts:TagSession", role, ForgedTag)
        yield Claim(administrator.who, session, allowed=False, denied=("scp", "rcp"))
        harmless = Request(administrator.name, "sts:TagSession", role, {"aws:TagKeys": ["team"]})
        yield Claim(administrator.who, harmless, free=("scp", "rcp"))
        service = Request("states.amazonaws.com", "sts:TagSession", role, {**subject.for_the_mesh, **ForgedTag})
        yield Claim("a service of the mesh", service, free=("rcp",))
        for outsider in subject.outsiders[:2]:
            yield Claim(outsider.who, Request(outsider.name, "sts:TagSession", role, ForgedTag), denied=("rcp",))
    yield Fact("no document rests on a tag of the caller", _tags_named)


def _tags_named(subject: Subject) -> str | None:
    named = [name for name, text in subject.documents if "aws:principaltag/" in text.lower()]
    return f"{', '.join(named[:3])} names aws:PrincipalTag" if named else None


# ---- what protects

CONTROLS: Final = (
    "organizations:LeaveOrganization",
    "account:CloseAccount",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:ModifyEbsDefaultKmsKeyId",
    "ec2:ResetEbsDefaultKmsKeyId",
    "glue:DeleteResourcePolicy",
    "glue:PutResourcePolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateOpenIDConnectProvider",
    "iam:UpdateOpenIDConnectProviderThumbprint",
    "iam:AddClientIDToOpenIDConnectProvider",
    "iam:CreateSAMLProvider",
    "iam:CreateServiceSpecificCredential",
    "iam:CreateUser",
    "iam:UpdateSAMLProvider",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "lakeformation:AddLFTagsToResource",
    "lakeformation:BatchGrantPermissions",
    "lakeformation:BatchRevokePermissions",
    "lakeformation:CreateDataCellsFilter",
    "lakeformation:CreateLFTag",
    "lakeformation:CreateLFTagExpression",
    "lakeformation:CreateLakeFormationIdentityCenterConfiguration",
    "lakeformation:CreateLakeFormationOptIn",
    "lakeformation:DeleteLFTag",
    "lakeformation:DeleteLakeFormationOptIn",
    "lakeformation:DeregisterResource",
    "lakeformation:GrantPermissions",
    "lakeformation:PutDataLakeSettings",
    "lakeformation:RegisterResource",
    "lakeformation:RemoveLFTagsFromResource",
    "lakeformation:RevokePermissions",
    "lakeformation:UpdateDataCellsFilter",
    "lakeformation:UpdateLFTag",
    "lakeformation:UpdateLFTagExpression",
    "lakeformation:UpdateResource",
    "iot:CreateRoleAlias",
    "lambda:UpdateFunctionCode",
    "rolesanywhere:CreateTrustAnchor",
    "s3:DeleteBucketPolicy",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutBucketAcl",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "ssm:CreateActivation",
    "sso:CreateInstance",
    "states:UpdateStateMachine",
)
FOR_NOBODY: Final = (
    "organizations:",
    "account:",
    "iam:CreateAccessKey",
    "iam:CreateLogin",
    "iam:CreateSAML",
    "iam:CreateService",
    "iam:CreateUser",
    "iam:UpdateSAML",
    "iot:",
    "rolesanywhere:",
    "ssm:",
    "sso:",
)
"""Of these, what not even the deployment does."""


def controls_stay_up(subject: Subject) -> Iterator[AnyClaim]:
    """I16: no role switches a control off; only the deployment changes one."""
    for administrator, deployment in _administrators(subject):
        for action in CONTROLS:
            request = _own(subject, administrator, action)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            request = _own(subject, deployment, action)
            if action.startswith(FOR_NOBODY):
                yield Claim(deployment.who, request, allowed=False, denied=("scp",))
            elif deployment.unit != "partners" or "Grant" not in action:
                yield Claim(deployment.who, request, free=("scp",))
        yield from _trail(subject, administrator)
        yield from _namesakes(subject, administrator)
    for domain in subject.domains:
        publisher = names.publisher_role(subject.hub, domain.name)
        for action in ("lakeformation:RegisterResource", "lakeformation:AddLFTagsToResource"):
            yield Claim(f"the publisher of {domain.name}", Request(publisher, action, "*"), allowed=True)
        for action in ("lakeformation:GrantPermissions", "lakeformation:PutDataLakeSettings"):
            claim = Request(publisher, action, "*")
            yield Claim(f"the publisher of {domain.name}", claim, allowed=False, denied=("scp",))
        # One named like a publisher in another account is the deployment of nothing.
    yield from _boundary(subject)


NAMESAKES: Final = ("Deploy", "DeployRole", "deploy", "ci/mesh/deploy", "mesh/clearance/x", "mesh/pipeline/deploy")
"""Roles that somebody may make or hold, and that a wide pattern takes for the deployment."""


def _namesakes(subject: Subject, administrator: Actor) -> Iterator[AnyClaim]:
    """An exception for the deployment is for that role alone."""
    for name in NAMESAKES:
        role = f"arn:aws:iam::{administrator.account}:role/{name}"
        for action in CONTROLS:
            request = _own(subject, administrator, action)
            forged = Request(role, action, request.resource)
            yield Claim(f"a role named {name}", forged, allowed=False, denied=("scp",))


def _trail(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    trail = names.trail_arn(subject.region, subject.perimeter.management_id)
    for action in ("cloudtrail:StopLogging", "cloudtrail:DeleteTrail"):
        yield Claim(caller.who, Request(caller.name, action, trail), allowed=False, denied=("scp",))


def _boundary(subject: Subject) -> Iterator[AnyClaim]:
    """The same of a role of the mesh, by its boundary alone: if its permissions were ever widened, this remains."""
    roles = [(f"clearance of {d.name}", r.arn) for d in subject.plan.domains.values() for r in d.clearances.values()]
    roles += [(f"people of {p.name}", names.role(p.access.account_id, "access")) for p in subject.partners]
    roles += [(caller.who, caller.name) for domain in subject.domains for caller in subject.publishing(domain.name)]
    for who, role in roles:
        account_id = role.split(":")[4]
        bucket = _own(subject, Actor(who, role, None, account_id, "mesh"), "s3:PutBucketPolicy").resource
        catalog = f"arn:aws:glue:{subject.region}:{account_id}:catalog"
        for action, resource in (
            ("s3:PutBucketPolicy", bucket),
            ("s3:DeleteBucketPolicy", bucket),
            ("s3:PutBucketPublicAccessBlock", bucket),
            ("s3:PutAccountPublicAccessBlock", "*"),
            ("glue:PutResourcePolicy", catalog),
            ("glue:DeleteResourcePolicy", catalog),
        ):
            yield Claim(who, Request(role, action, resource), allowed=False, denied=("boundary",))


def _own(subject: Subject, caller: Actor, action: str, context: dict[str, Any] | None = None) -> Request:
    """The action on a resource of the caller's own account."""
    return next(own(subject, caller, action, context))


# ---- roles

CHANGE_A_ROLE: Final = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
)
CHANGE_A_POLICY: Final = (
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
)
MAKE_A_ROLE: Final = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
)
"""What gives a role its boundary, or something to do."""


def roles_carry_the_boundary(subject: Subject) -> Iterator[AnyClaim]:
    """I17: every role that somebody makes carries the boundary, and a role of the mesh is changed by deployments."""
    for administrator, deployment in _administrators(subject):
        account_id = administrator.account or ""
        stack_set = f"arn:aws:iam::{account_id}:role/stacksets-exec-0123"
        role_of_theirs, other = f"arn:aws:iam::{account_id}:role/somebody", f"arn:aws:iam::{account_id}:policy/other"
        bounded = {"iam:PermissionsBoundary": names.boundary(account_id)}
        disguised = f"arn:aws:iam::{account_id}:policy/x:policy/mesh/boundary"  # a path may hold a colon
        boot = Actor("the bootstrap of an account", stack_set, administrator.unit, account_id, "bootstrap")
        for action in CHANGE_A_ROLE:
            for role in (names.deploy_role(account_id), names.clearance_role(account_id, "pii"), stack_set):
                forged = Request(administrator.name, action, role, bounded)
                yield Claim(administrator.who, forged, allowed=False, denied=("scp",))
            for caller in (deployment, boot):
                yield Claim(caller.who, Request(caller.name, action, names.deploy_role(account_id)), free=("scp",))
        for action in CHANGE_A_POLICY:
            request = Request(administrator.name, action, names.boundary(account_id))
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
        for action in MAKE_A_ROLE:
            for named in ({}, {"iam:PermissionsBoundary": other}, {"iam:PermissionsBoundary": disguised}):
                unbounded = Request(administrator.name, action, role_of_theirs, named)
                yield Claim(f"{administrator.who}, without the boundary", unbounded, allowed=False, denied=("scp",))
            yield Claim(administrator.who, Request(administrator.name, action, role_of_theirs, bounded), free=("scp",))
            for caller in (deployment, boot):
                yield Claim(caller.who, Request(caller.name, action, role_of_theirs), free=("scp",))
        yield from _kept_as_they_are(administrator, deployment, boot)
    yield from _passed_roles(subject)
    yield from _root_users(subject)


def _kept_as_they_are(administrator: Actor, deployment: Actor, boot: Actor) -> Iterator[AnyClaim]:
    """A boundary that is there stays, and roles that AWS alone makes are forged by nobody."""
    account_id = administrator.account or ""
    own, bounded = f"arn:aws:iam::{account_id}:role/somebody", {"iam:PermissionsBoundary": names.boundary(account_id)}
    lost = Request(administrator.name, "iam:DeleteRolePermissionsBoundary", own, bounded)
    yield Claim(f"{administrator.who}, of its boundary", lost, allowed=False, denied=("scp",))
    for caller in (deployment, boot):
        yield Claim(caller.who, Request(caller.name, "iam:DeleteRolePermissionsBoundary", own), free=("scp",))
    for role in (f"aws-reserved/sso.amazonaws.com/AWSReservedSSO_pii_{'0' * 16}", "OrganizationAccountAccessRole"):
        for action in ("iam:CreateRole", "iam:UpdateAssumeRolePolicy"):
            forged = Request(administrator.name, action, f"arn:aws:iam::{account_id}:role/{role}", bounded)
            yield Claim(administrator.who, forged, allowed=False, denied=("scp",))


def _passed_roles(subject: Subject) -> Iterator[AnyClaim]:
    """A role of the mesh works for whom it is for, not for whoever hands it to a service (IAM User Guide, PassRole)."""
    for administrator, deployment in _administrators(subject):
        account_id = administrator.account or ""
        roles = (names.pipeline_role(account_id, "x"), names.clearance_role(account_id, "x"))
        for role in (*roles, names.deploy_role(account_id)):
            request = Request(administrator.name, "iam:PassRole", role)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            yield Claim(deployment.who, Request(deployment.name, "iam:PassRole", role), free=("scp",))
        own = Request(administrator.name, "iam:PassRole", f"arn:aws:iam::{account_id}:role/somebody")
        yield Claim(administrator.who, own, free=("scp",))
    for domain in subject.domains:
        publisher, location = (
            names.publisher_role(subject.hub, domain.name),
            names.location_role(subject.hub, domain.name),
        )
        yield Claim(f"the publisher of {domain.name}", Request(publisher, "iam:PassRole", location), allowed=True)


def _root_users(subject: Subject) -> Iterator[AnyClaim]:
    """The root user of a member account does nothing; what AWS does centrally in its place it does."""
    for account_id, _, where in subject.accounts_asked:
        root, role = f"arn:aws:iam::{account_id}:root", f"arn:aws:iam::{account_id}:role/somebody"
        for action, resource in (("iam:PassRole", role), ("s3:ListAllMyBuckets", "*"), ("ec2:RunInstances", "*")):
            request = Request(root, action, resource)
            yield Claim(f"the root user of {where}", request, allowed=False, denied=("scp",))
        central = Request(root, "s3:ListAllMyBuckets", "*", {"aws:AssumedRoot": "true"})
        yield Claim(f"the central root session of {where}", central, free=("scp",))


def no_public_bucket(subject: Subject) -> Iterator[AnyClaim]:
    """I18: no bucket is public, and none can be made so."""
    anonymous = subject.outsiders[-1]
    for resource in subject.world.resources.values():
        if resource.arn.startswith("arn:aws:s3:::") and resource.account != subject.perimeter.management_id:
            for action, what in (("s3:GetObject", f"{resource.arn}/x"), ("s3:ListBucket", resource.arn)):
                request = Request(anonymous.name, action, what)
                yield Claim(anonymous.who, request, allowed=False, denied=("rcp",), admitted=False)
    for product in subject.products:
        bucket = f"arn:aws:s3:::{product.bucket}"
        administrator = subject.other(product.account_id, "domains", f"domain {product.domain}")
        for action, what in (
            ("s3:PutBucketAcl", bucket),
            ("s3:PutBucketPublicAccessBlock", bucket),
            ("s3:PutBucketOwnershipControls", bucket),
            ("s3:PutBucketWebsite", bucket),
            ("s3:PutObjectAcl", f"{bucket}/x"),
        ):
            request = Request(administrator.name, action, what)
            yield Claim(administrator.who, request, allowed=False, denied=("resource",))


# ---- logs and results


def logs_are_immutable(subject: Subject) -> Iterator[AnyClaim]:
    """I21: nobody deletes a log or adds to one, the deployment of its own account included."""
    mesh, both = subject.plan.mesh, ("s3:DeleteObject", "s3:DeleteObjectVersion")
    audit = f"arn:aws:s3:::{names.audit_bucket(mesh)}"
    locks = ("s3:BypassGovernanceRetention", "s3:PutObjectLegalHold", "s3:PutObjectRetention")
    for caller in subject.of_governance:
        for action in (*both, *locks, "s3:PutObject", "s3:ReplicateObject"):
            request = Request(caller.name, action, f"{audit}/AWSLogs/x")
            yield Claim(caller.who, request, allowed=False, denied=("resource",))
    for action in (*both, *locks):
        request = Request("s3.amazonaws.com", action, f"{audit}/AWSLogs/x", subject.for_the_mesh)
        yield Claim("a service of the mesh", request, allowed=False, denied=("resource",))
    for account_id, unit, where in subject.accounts:
        logs = f"arn:aws:s3:::{names.log_bucket(mesh, subject.owners[account_id])}"
        for caller in subject.of_account(account_id, unit, where):
            for action in (*both, "s3:PutObject", "s3:ReplicateObject"):
                request = Request(caller.name, action, f"{logs}/x")
                yield Claim(caller.who, request, allowed=False, denied=("resource",))
        delivers = {"aws:SourceAccount": account_id, "aws:SourceOrgID": subject.perimeter.organization}
        deleting = Request("logging.s3.amazonaws.com", "s3:DeleteObject", f"{logs}/x", delivers)
        yield Claim("S3's log delivery", deleting, allowed=False, denied=("resource",))
    yield from _configurations(subject)


def _configurations(subject: Subject) -> Iterator[AnyClaim]:
    """Log, results and audit buckets, and inboxes: set up by the deployment of their account and nobody else."""
    products = {f"arn:aws:s3:::{product.bucket}" for product in subject.products}
    actions = ("s3:PutBucketVersioning", "s3:PutLifecycleConfiguration", "s3:DeleteBucket", "s3:PutBucketPolicy")
    for resource in subject.world.resources.values():
        if not resource.arn.startswith("arn:aws:s3:::") or resource.arn in products:
            continue
        for action in actions:
            administrator = subject.other(resource.account, None, f"account {resource.account}")
            request = Request(administrator.name, action, resource.arn)
            yield Claim(administrator.who, request, allowed=False, denied=("resource",))
            deploys = Request(names.deploy_role(resource.account), action, resource.arn)
            yield Claim("the deployment of the bucket's account", deploys, allowed=True)
            service = Request("s3.amazonaws.com", action, resource.arn, subject.for_the_mesh)
            yield Claim("a service of the mesh", service, free=("resource",))


def results_stay_home(subject: Subject) -> Iterator[AnyClaim]:
    """I24: a query's result stays in the prefix of its clearance, and workgroups are set up by deployments."""
    region, mesh = subject.region, subject.plan.mesh
    for administrator, deployment in _administrators(subject):
        workgroup = f"arn:aws:athena:{region}:{administrator.account}:workgroup/{names.WORKGROUP}"
        for action in ("athena:CreateWorkGroup", "athena:UpdateWorkGroup", "athena:DeleteWorkGroup"):
            request = Request(administrator.name, action, workgroup)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            yield Claim(deployment.who, Request(deployment.name, action, workgroup), free=("scp",))
    for domain in subject.domains:
        account_id = domain.access.account_id
        results = f"arn:aws:s3:::{names.results_bucket(mesh, domain.name)}"
        for name, role in domain.clearances.items():
            for other in domain.clearances:
                for action in ("s3:GetObject", "s3:PutObject"):
                    request = Request(role.arn, action, f"{results}/{other}/x")
                    yield Claim(f"clearance {name} of {domain.name}", request, allowed=other == name)
                workgroup = f"arn:aws:athena:{region}:{account_id}:workgroup/{names.workgroup(other)}"
                query = Request(role.arn, "athena:StartQueryExecution", workgroup)
                yield Claim(f"clearance {name} of {domain.name}", query, allowed=other == name)
            for elsewhere in subject.others(domain.name):
                bucket = f"arn:aws:s3:::{names.results_bucket(mesh, elsewhere.name)}/{name}/x"
                request = Request(role.arn, "s3:PutObject", bucket)
                yield Claim(f"clearance {name} of {domain.name}", request, allowed=False, denied=("resource",))
    yield from _readers_of_results(subject)


def _readers_of_results(subject: Subject) -> Iterator[AnyClaim]:
    for account_id, unit, where in subject.accounts_asked:
        thing = f"arn:aws:s3:::{names.results_bucket(subject.plan.mesh, subject.owners[account_id])}/x"
        denied: tuple[Layer, ...] = ("resource",)
        for caller in subject.of_account(account_id, unit, where):
            yield Claim(caller.who, Request(caller.name, "s3:GetObject", thing), allowed=False, denied=denied)
        clearance = Request(names.clearance_role(account_id, "some"), "s3:GetObject", thing)
        yield Claim(f"a clearance of {where}", clearance, free=("resource",))
        service = Request("s3.amazonaws.com", "s3:GetObject", thing, {**subject.for_the_mesh})
        yield Claim("a service of the mesh", service, free=("resource",))
