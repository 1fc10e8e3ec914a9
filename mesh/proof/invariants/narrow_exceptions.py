"""Exceptions (I16): a refusal that excepts somebody excepts the roles of the design, in their account, and no namesake.

Which refusal excepts whom is written here a second time, as the design has it, and not read from a policy. Whoever is
excepted may; roles that nobody planned may not, whatever their name and path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from mesh import names
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import BESIDE_GOVERNANCE, Actor, Subject

Excepted = Literal[
    "deploy",
    "deploy-access",
    "governance",
    "bootstrap",
    "bootstrap of governance",
    "publisher",
    "pipeline",
    "check",
    "publication",
    "owner",
    "preview",
    "start",
    "retention",
    "clearance",
    "access",
]
"""Who is excepted: every deployment, those of who reads, that of governance alone; StackSets; others by kind."""


class Refusal(NamedTuple):
    """A statement that refuses an action to all but some: what it is asked with, and whom it excepts."""

    sid: str
    excepted: tuple[Excepted, ...]
    action: str
    resource: str = ""
    context: Mapping[str, str | tuple[str, ...]] = {}


_TOPIC: Final = "arn:aws:sns:{region}:{hub}:mesh-break-glass"
_ROLE: Final = "arn:aws:iam::{account}:role/somebody"
_MESH_ROLE: Final = "arn:aws:iam::{account}:role/mesh/clearance/x"
_FIRST_ROLE: Final = "arn:aws:iam::{account}:role/mesh/deploy"
_FIRST_CI_ROLE: Final = "arn:aws:iam::{hub}:role/mesh/ci/access"
_BREAK_GLASS_ROLE: Final = "arn:aws:iam::{hub}:role/mesh/break-glass/emergencies"
_MESH_POLICY: Final = "arn:aws:iam::{account}:policy/mesh/boundary"
_WORKGROUP: Final = "arn:aws:athena:{region}:{account}:workgroup/mesh-general"
_ALARM: Final = {"cloudwatch:AlarmActions": ("arn:aws:sns:{region}:{account}:x",)}

AT_THE_ROOT: Final = (
    Refusal("RefuseOtherFederation", ("bootstrap of governance",), "iam:CreateOpenIDConnectProvider"),
    Refusal("RefuseChangesToFirstRoles", ("bootstrap",), "iam:UpdateAssumeRolePolicy", _FIRST_ROLE),
    Refusal("RefuseChangesToFirstRoles", ("bootstrap",), "iam:UpdateAssumeRolePolicy", _BREAK_GLASS_ROLE),
    Refusal("RefuseChangesToFirstRoles", ("bootstrap",), "iam:PutRolePolicy", _FIRST_CI_ROLE),
    Refusal("RefuseChangesToRolesOfTheMesh", ("deploy", "deploy-access", "bootstrap"), "iam:UpdateRole", _MESH_ROLE),
    Refusal("RefuseLosingTheBoundary", ("deploy", "bootstrap"), "iam:DeleteRolePermissionsBoundary", _ROLE),
    Refusal("RefusePassingRolesOfTheMesh", ("deploy",), "iam:PassRole", _MESH_ROLE),
    Refusal("RefuseRolesWithoutTheBoundary", ("deploy", "bootstrap"), "iam:CreateRole", _ROLE),
    Refusal(
        "RefuseRolesWithoutTheBoundary",
        ("deploy", "bootstrap"),
        "iam:CreateRole",
        _ROLE,
        {"iam:PermissionsBoundary": "arn:aws:iam::{account}:policy/mesh/another"},
    ),
    Refusal("RefuseChangesToProtection", ("deploy",), "kms:PutKeyPolicy"),
    Refusal("RefuseChangesToProtectionOfAll", ("governance",), "glue:PutResourcePolicy"),
    Refusal("RefuseLakeFormationAdministration", ("governance", "deploy-access"), "lakeformation:GrantPermissions"),
    Refusal("RefuseRegistrationOfLocations", ("governance",), "lakeformation:RegisterResource"),
    Refusal("RefuseLabelsOfOthers", ("governance", "publisher"), "lakeformation:AddLFTagsToResource"),
    Refusal("RefuseSilencingTheAlarm", ("governance",), "sns:SetTopicAttributes", _TOPIC),
    Refusal("RefuseSilencingTheAlarm", ("governance",), "sns:PutDataProtectionPolicy", _TOPIC),
    Refusal("RefuseSilencingTheAlarm", ("governance",), "sns:RemovePermission", _TOPIC),
    Refusal("RefuseEndingSubscriptions", ("governance",), "sns:Unsubscribe"),
    Refusal("RefuseSilencingAlarms", ("deploy",), "cloudwatch:DeleteAlarms"),
    Refusal("RefuseForgedSessionTags", ("deploy", "deploy-access"), "iam:TagRole", _ROLE, {"aws:TagKeys": ("mesh:x",)}),
    Refusal("RefuseChangesToJobs", ("deploy",), "glue:UpdateJob"),
    Refusal("RefuseOtherConnections", ("deploy",), "glue:CreateConnection"),
    Refusal("RefuseReadingConnections", ("deploy", "preview", "pipeline"), "glue:GetConnection"),
    Refusal("RefuseStartingByEvents", ("deploy", "start"), "states:StartExecution"),
    *(
        Refusal(
            "RefuseTellingOfPublications",
            ("start",),
            "events:PutEvents",
            "arn:aws:events:{region}:{account}:event-bus/default",
            {"events:source": ("mesh.a.b",), "events:detail-type": (told,)},
        )
        for told in (names.PUBLISHED, names.REFUSED)
    ),
    Refusal("RefuseStartingByEvents", ("deploy", "start"), "glue:NotifyEvent"),
    Refusal("RefuseReadingRuns", ("deploy", "pipeline"), "glue:GetJobRun"),
    Refusal("RefuseStartingJobs", ("deploy",), "glue:StartJobRun"),
    Refusal(
        "RefuseChangesToLogsOfTheMesh",
        ("deploy", "pipeline", "publication"),
        "logs:PutRetentionPolicy",
        "arn:aws:logs:{region}:{account}:log-group:/mesh/x",
    ),
    Refusal(
        "RefuseAliasesOfTheMesh",
        ("deploy",),
        "kms:CreateAlias",
        "arn:aws:kms:{region}:{account}:alias/mesh/product/x",
    ),
    Refusal("RefuseOtherStacks", ("bootstrap",), "cloudformation:CreateStack"),
)
"""Refusals that bind every account of the organisation."""

QUERIES: Final = (
    "athena:BatchGetQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "athena:GetQueryRuntimeStatistics",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)

ENDING_SHARES: Final = (
    "ram:AssociateResourceShare",
    "ram:AssociateResourceSharePermission",
    "ram:CreateResourceShare",
    "ram:DeleteResourceShare",
    "ram:DisassociateResourceShare",
    "ram:DisassociateResourceSharePermission",
    "ram:TagResource",
    "ram:UntagResource",
    "ram:UpdateResourceShare",
)

AT_UNITS: Final = (
    *(Refusal("RefuseSharing", ("governance",), action) for action in ENDING_SHARES),
    Refusal("RefuseSharing", ("governance",), "events:PutPermission"),
    Refusal("RefuseSharing", ("governance",), "events:RemovePermission"),
    Refusal("RefuseSharing", ("governance",), "sns:CreateTopic"),
    Refusal("RefusePoliciesOfResources", ("deploy",), "ecr:SetRepositoryPolicy"),
    Refusal("RefusePoliciesOfResources", ("deploy",), "lambda:AddPermission", "", {"lambda:Principal": "{account}"}),
    Refusal("RefuseExportConfigurations", ("deploy",), "s3:PutBucketNotification"),
    Refusal("RefuseExportConfigurations", ("deploy",), "cloudwatch:PutMetricAlarm", "", _ALARM),
    Refusal("RefuseExportConfigurations", ("deploy",), "cloudwatch:PutCompositeAlarm", "", _ALARM),
    Refusal("RefuseTrails", ("governance",), "cloudtrail:CreateTrail"),
    Refusal("RefuseTrails", ("governance",), "cloudtrail:StartLogging"),
    Refusal("RefuseEventTargets", ("deploy",), "events:PutRule"),
    Refusal("RefuseChangesToBudgets", ("deploy",), "budgets:ModifyBudget"),
    Refusal("RefuseWorkgroupChanges", ("deploy",), "athena:UpdateWorkGroup"),
    *(
        Refusal("RefuseOtherQueries", ("clearance", "pipeline", "check", "access"), action, _WORKGROUP)
        for action in QUERIES
    ),
    Refusal("RefuseOtherEndpoints", ("governance",), "ec2:CreateVpcEndpoint"),
    Refusal("RefuseOtherEndpoints", ("governance",), "ec2:ModifyVpcEndpoint"),
    Refusal("RefuseOtherNetworks", ("governance",), "ec2:CreateVpc"),
    Refusal("RefuseOtherSecurityGroups", ("deploy",), "ec2:CreateSecurityGroup"),
)
"""Refusals that bind the accounts of the mesh's units."""

_DRAFTERS: Final[tuple[Excepted, ...]] = (
    "deploy",
    "deploy-access",
    "pipeline",
    "check",
    "retention",
    "owner",
    "preview",
)
_DRAFTS: Final = (
    ("glue:GetTable", "arn:aws:glue:{region}:{account}:table/ads__x__draft/y"),
    ("glue:UpdateTable", "arn:aws:glue:{region}:{account}:table/ads__x__draft/y"),
    ("glue:GetDatabase", "arn:aws:glue:{region}:{account}:database/ads__x__draft"),
    ("glue:CreateTable", "arn:aws:glue:{region}:{account}:database/ads__x__draft"),
)

AT_DOMAINS: Final = (
    Refusal("RefuseMakingReaders", ("deploy-access", "bootstrap"), "iam:UpdateAssumeRolePolicy", _MESH_ROLE),
    Refusal("RefuseMakingReaders", ("deploy-access", "bootstrap"), "iam:CreatePolicyVersion", _MESH_POLICY),
    Refusal("RefusePassingReaders", (), "iam:PassRole", _MESH_ROLE),
    *(Refusal("RefuseOtherDrafters", _DRAFTERS, action, resource) for action, resource in _DRAFTS),
)
"""Refusals that bind the accounts of domains."""

SOMEBODIES: Final = (
    "somebody",
    "mesh/somebody",
    "mesh/break-glass/somebody",
    "mesh/pipeline/somebody",
    "mesh/publisher/somebody",
    "mesh/delivery/somebody",
    "mesh/location/somebody",
    "mesh/deploy/somebody",
    "mesh/deploy-access/somebody",
    "mesh/deploy-accessor",
    "mesh/start/somebody",
    "mesh/retention/somebody",
    "mesh/access/somebody",
    "mesh/check/somebody",
    "mesh/checker",
    "mesh/functions/somebody",
    "mesh/owner/somebody",
)
"""Names of roles that nobody planned, in the paths of those that the mesh has; no refusal excepts one of them."""


def exceptions_are_narrow(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I16: on every refusal that excepts somebody, by whom it excepts and by namesakes of them."""
    for account_id, unit, where in _accounts(subject):
        mail = {"sns:Protocol": "email", "sns:Endpoint": subject.perimeter.security_contact}
        of_mail = Refusal("RefuseMailOfOthers", ("deploy",), "sns:Subscribe", context=mail)
        of_unit = {"governance": (of_mail,), "domains": AT_DOMAINS}.get(unit, ())
        for refusal in (*AT_THE_ROOT, *AT_UNITS, *of_unit):
            for caller in _strangers(subject, refusal, account_id, unit, where):
                yield Claim(caller.who, _request(subject, caller, refusal), by=refusal.sid)
            for caller in _excepted(subject, refusal, account_id, unit, where):
                yield Claim(caller.who, _request(subject, caller, refusal), spared_by=refusal.sid)


def _accounts(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """Id, unit and name of one account of each unit, and of another one beside that of governance."""
    seen: set[str] = set()
    for account_id, unit, where in subject.accounts_asked:
        if unit not in seen:
            seen.add(unit)
            yield account_id, unit, where
    yield BESIDE_GOVERNANCE, "governance", "another account of governance's unit"


def _roles(subject: Subject, account_id: str, unit: str) -> Mapping[Excepted, str]:
    """The roles of a kind that an account has; kinds that it does not have are missing."""
    roles: dict[Excepted, str] = {
        "deploy": names.deploy_role(account_id),
        "bootstrap": f"arn:aws:iam::{account_id}:role/stacksets-exec-0123456789abcdef",
    }
    match unit:
        case "domains":
            roles["deploy-access"] = names.deploy_access_role(account_id)
            roles["pipeline"], roles["start"] = names.pipeline_role(account_id, "x"), names.start_role(account_id)
            roles["retention"] = names.retention_role(account_id)
            roles["clearance"] = names.clearance_role(account_id, "x")
            roles["check"], roles["owner"] = names.check_role(account_id), names.staff_role(account_id, "owner")
            roles["preview"] = names.preview_role(account_id)
        case "partners":
            roles["access"] = names.role(account_id, "access")
        case _ if account_id == subject.hub:
            roles["governance"], roles["bootstrap of governance"] = roles["deploy"], roles["bootstrap"]
            roles["publisher"] = names.publisher_role(account_id, "x")
            roles["publication"] = names.publication_role(account_id)
        case _:
            pass
    return roles


def _excepted(subject: Subject, refusal: Refusal, account_id: str, unit: str, where: str) -> Iterator[Actor]:
    for kind, role in _roles(subject, account_id, unit).items():
        if kind in refusal.excepted:
            yield Actor(f"{names.role_name(role)} of {where}", role, unit, account_id, kind)


def _strangers(subject: Subject, refusal: Refusal, account_id: str, unit: str, where: str) -> Iterator[Actor]:
    """Roles that nobody planned, and those of the mesh that the refusal does not except."""
    roles = [f"arn:aws:iam::{account_id}:role/{name}" for name in SOMEBODIES]
    if not {"deploy", "governance"} & set(refusal.excepted) or (
        "deploy" not in refusal.excepted and account_id != subject.hub
    ):
        roles.append(names.deploy_role(account_id))
    if "deploy-access" not in refusal.excepted:
        roles.append(names.deploy_access_role(account_id))
    for kind, where_it_is, role in (
        ("publisher", account_id == subject.hub, names.publisher_role(account_id, "somebody")),
        ("pipeline", True, names.pipeline_role(account_id, "somebody")),
        ("retention", True, names.retention_role(account_id)),
        ("start", True, names.start_role(account_id)),
        ("check", unit == "domains", names.check_role(account_id)),
        ("clearance", unit == "domains", names.clearance_role(account_id, "somebody")),
        ("access", unit == "partners", names.role(account_id, "access")),
    ):
        if kind not in refusal.excepted or not where_it_is:
            roles.append(role)
    if refusal.excepted == ("bootstrap of governance",) and account_id != subject.hub:
        roles.append(_roles(subject, account_id, unit)["bootstrap"])
    for role in roles:
        yield Actor(f"a role of {where} that the refusal does not except", role, unit, account_id, "other")


def _request(subject: Subject, caller: Actor, refusal: Refusal) -> Request:
    places = {"account": caller.account, "hub": subject.hub, "region": subject.region}
    context: dict[str, Any] = {
        key: [each.format(**places) for each in value] if isinstance(value, tuple) else value.format(**places)
        for key, value in refusal.context.items()
    }
    if not refusal.resource:
        return subject.own_request(caller, refusal.action, context)
    return Request(caller.name, refusal.action, refusal.resource.format(**places), context)
