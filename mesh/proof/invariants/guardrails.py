"""Guardrails (I15, I16, I18): tags that cannot be forged, controls that only deployments change, no public bucket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.aws.allowed_actions import is_allowed, listed_services
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim, Fact
from mesh.proof.subject import Actor, Subject

FORGED_TAG: Final = {"aws:TagKeys": ["mesh:clearance"]}


def attributes_are_unforgeable(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I15: on tags of the mesh on roles and sessions, and that no document compares a tag."""
    for administrator, deployment in subject.administrators:
        role = f"arn:aws:iam::{administrator.account}:role/somebody"
        for action in ("iam:TagRole", "iam:UntagRole"):
            forged = Request(administrator.name, action, role, FORGED_TAG)
            yield Claim(administrator.who, forged, allowed=False, denied=("scp",))
            harmless = Request(administrator.name, action, role, {"aws:TagKeys": ["team"]})
            yield Claim(administrator.who, harmless, free=("scp",))
        decides = names.deploy_access_role(str(administrator.account))
        for deploys in (deployment.name, decides):
            yield Claim(f"the role {deploys}", Request(deploys, "iam:TagRole", role, FORGED_TAG), free=("scp",))
        session = Request(administrator.name, "sts:TagSession", role, FORGED_TAG)
        yield Claim(administrator.who, session, allowed=False, denied=("scp", "rcp"))
        harmless = Request(administrator.name, "sts:TagSession", role, {"aws:TagKeys": ["team"]})
        yield Claim(administrator.who, harmless, free=("scp", "rcp"))
        service = Request("states.amazonaws.com", "sts:TagSession", role, {**subject.for_the_mesh, **FORGED_TAG})
        yield Claim("a service of the mesh", service, free=("rcp",))
        for outsider in subject.outsiders[:2]:
            yield Claim(outsider.who, Request(outsider.name, "sts:TagSession", role, FORGED_TAG), denied=("rcp",))
    yield Fact("no document rests on a tag of a caller, a resource or an object", _tags_named, tuple(_tagging()))


def _tags_named(subject: Subject) -> str | None:
    named = [name for name, text in subject.documents if _TAG_COMPARED.search(text.lower())]
    return f"{', '.join(named[:3])} compares a tag" if named else None


_TAG_COMPARED: Final = re.compile(r"(principaltag|resourcetag|requesttag|existingobjecttag|requestobjecttag)/")


def _tagging() -> Iterator[str]:
    """Actions that AWS's reference says do nothing but tag, of listed services; grants rest on Lake Formation's."""
    for service in listed_services().keys() - {"lakeformation"}:
        yield from (f"{service}:{name}" for name in facts.actions_of(service) if facts.tags(service, name))


# ---- controls

CONTROLS: Final = (
    "account:AcceptPrimaryEmailUpdate",
    "account:CloseAccount",
    "account:StartPrimaryEmailUpdate",
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:ModifyEbsDefaultKmsKeyId",
    "ec2:ResetEbsDefaultKmsKeyId",
    "cloudtrail:PutInsightSelectors",
    "glue:DeleteResourcePolicy",
    "glue:PutDataCatalogEncryptionSettings",
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
    "lakeformation:RegisterResourceWithPrivilegedAccess",
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
REGISTERING: Final = (
    "lakeformation:DeregisterResource",
    "lakeformation:RegisterResource",
    "lakeformation:RegisterResourceWithPrivilegedAccess",
    "lakeformation:UpdateResource",
)
LABELLING: Final = ("lakeformation:AddLFTagsToResource", "lakeformation:RemoveLFTagsFromResource")
"""Controls that a domain's publisher changes besides the deployment of governance."""

GRANTING: Final = tuple(
    action for action in CONTROLS if action.startswith("lakeformation:") and action not in (*REGISTERING, *LABELLING)
)
"""Controls that the deployment of who reads in a domain changes besides the deployment of governance."""

FOR_GOVERNANCE: Final = ("cloudtrail:", "glue:", *REGISTERING)
"""Prefixes of the controls that protect all, which the deployment of governance alone changes."""

FOR_NOBODY: Final = (
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
"""Prefixes of the controls that the deployment does not change either."""

FOR_THE_BOOTSTRAP: Final = ("iam:AddClientID", "iam:CreateOpenID", "iam:UpdateOpenID")
"""Prefixes of the controls that StackSets alone change, in the governance account: CI's identity provider."""


def controls_stay_up(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I16: on every control, by administrators, deployments, publishers and roles named like them."""
    for administrator, deployment in subject.administrators:
        for action in CONTROLS:
            request = subject.own_request(administrator, action)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            request = subject.own_request(deployment, action)
            of_others = action.startswith((*FOR_GOVERNANCE, "lakeformation:")) and deployment.account != subject.hub
            if of_others or action.startswith((*FOR_NOBODY, *FOR_THE_BOOTSTRAP)) or not is_allowed(action):
                yield Claim(deployment.who, request, allowed=False, denied=("scp",))
            else:
                yield Claim(deployment.who, request, free=("scp",))
        yield from _organization(administrator, deployment)
        yield from _trail(subject, administrator)
        yield from _namesakes(subject, administrator)
    for domain in subject.domains:
        publisher = names.publisher_role(subject.hub, domain.name)
        for action in LABELLING:
            adds = action == LABELLING[0]
            request = Request(publisher, action, "*")
            yield Claim(f"the publisher of {domain.name}", request, allowed=adds, granted=adds)
        for action in (*GRANTING, *REGISTERING):
            request = Request(publisher, action, "*")
            yield Claim(f"the publisher of {domain.name}", request, allowed=False, denied=("scp",))
    yield from _boundary(subject)


def _organization(administrator: Actor, deployment: Actor) -> Iterator[AnyClaim]:
    """Claims on every action of AWS Organizations: nobody of a member account does more than look.

    An account that accepts another organisation's invitation is gone, with all that is in it.
    """
    for name in facts.actions_of("organizations"):
        looks = name.startswith(("Describe", "List")) and is_allowed(f"organizations:{name}")
        for caller in (administrator, deployment):
            request = Request(caller.name, f"organizations:{name}", "*")
            if not looks:
                yield Claim(caller.who, request, allowed=False, denied=("scp",))
            elif caller.unit != "partners":
                yield Claim(caller.who, request, free=("scp",))
    invitation = "arn:aws:organizations::666666666666:handshake/o-somebodyelse/invite/h-0123456789"
    request = Request(administrator.name, "organizations:AcceptHandshake", invitation)
    yield Claim(administrator.who, request, allowed=False, denied=("scp",))


NAMESAKES: Final = ("Deploy", "DeployRole", "deploy", "ci/mesh/deploy", "mesh/clearance/x", "mesh/pipeline/none/deploy")
"""Names of roles that a team may make, and that a wide pattern would take for the deployment."""


def _namesakes(subject: Subject, administrator: Actor) -> Iterator[AnyClaim]:
    """Claims on roles named like the deployment: an exception for the deployment is for that role alone."""
    for name in NAMESAKES:
        role = f"arn:aws:iam::{administrator.account}:role/{name}"
        for action in CONTROLS:
            resource = subject.own_request(administrator, action).resource
            forged = Request(role, action, resource)
            yield Claim(f"a role named {name}", forged, allowed=False, denied=("scp",))


def _trail(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    trail = names.trail_arn(subject.region, subject.perimeter.management_id)
    for action in ("cloudtrail:StopLogging", "cloudtrail:DeleteTrail"):
        yield Claim(caller.who, Request(caller.name, action, trail), allowed=False, denied=("scp",))


def _boundary(subject: Subject) -> Iterator[AnyClaim]:
    """Claims on the boundary alone: it still refuses when the permissions of a role of the mesh are widened."""
    roles = [(f"clearance of {d.name}", r.arn) for d in subject.plan.domains.values() for r in d.clearances.values()]
    roles += [(f"people of {p.name}", names.role(p.access.account_id, "access")) for p in subject.partners]
    roles += [(caller.who, caller.name) for domain in subject.domains for caller in subject.publishing(domain.name)]
    for who, role in roles:
        account_id = role.split(":")[4]
        bucket = subject.own_request(Actor(who, role, None, account_id, "mesh"), "s3:PutBucketPolicy").resource
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


# ---- buckets


def no_public_bucket(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I18: on anonymous callers at every bucket, and on settings that would open a product's."""
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
