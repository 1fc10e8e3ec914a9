"""Sharing (I19): what is shared, told or granted stays in the organisation, whoever sets it up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mesh import names
from mesh.aws.allowed_actions import is_allowed, listed_services
from mesh.aws.rcp_services import RCP_SERVICES
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.subject import NO_ORGANIZATION, OTHER_ORGANIZATION, Actor, Subject

TAKES_AWAY: Final = ("Delete", "Detach", "Disable", "Remove", "Retire", "Revoke")
"""Beginnings of the names of actions that can only end somebody's access."""

SHARES_NOTHING: Final = (
    "cloudformation:SetStackPolicy",
    "ec2:AttachApplianceToNatGateway",
    "ec2:AttachResourcesToPlacementGroup",
    "ec2:EnableImageBlockPublicAccess",
    "ec2:EnableSnapshotBlockPublicAccess",
)
"""Actions of that kind that let nobody in, by their descriptions; of Glue, all of Glue Studio is of that kind."""

BY_DEPLOYMENTS: Final = frozenset({"lambda:AddPermission"})
"""Actions on permissions, of services that no RCP protects, that every deployment may take, under a condition."""

BY_GOVERNANCE: Final = frozenset({"glue:PutResourcePolicy", "sns:AddPermission", "sns:SetTopicAttributes"})
"""Such actions that the deployment of governance alone takes."""

OF_THE_SAMPLES: Final = (
    "dynamodb:PutResourcePolicy",
    "events:PutPermission",
    "lambda:AddLayerVersionPermission",
    "lambda:AddPermission",
    "lambda:CreateFunctionUrlConfig",
    "lambda:UpdateFunctionUrlConfig",
    "logs:PutDestinationPolicy",
    "logs:PutResourcePolicy",
    "ram:AssociateResourceShare",
    "ram:CreateResourceShare",
    "ram:DisassociateResourceShare",
    "ram:UpdateResourceShare",
    "sns:AddPermission",
    "sns:CreateTopic",
)
"""Actions by which AWS's samples have somebody share (`restrict_resource_policy_configurations_scp` and
`data_perimeter_governance_scp`), of listed services: no administrator does any of them.
"""

OF_NOBODY: Final = (
    "ec2:CreateNetworkInterfacePermission",
    "ec2:EnableAddressTransfer",
    "ec2:ModifyFpgaImageAttribute",
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "ec2:CopySnapshot",
    "ecr:PutRegistryPolicy",
    "ecr:PutReplicationConfiguration",
    "events:PutResourcePolicy",
    "lambda:PutResourcePolicy",
    "ram:AcceptResourceShareInvitation",
    "ram:EnableSharingWithAwsOrganization",
    "ssm:ModifyDocumentPermission",
)
"""Actions that those samples refuse to everybody, and the same under the names that AWS gave later."""


def no_sharing(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I19: on every action on permissions of services without RCPs, on AWS's samples, and on whom with."""
    for administrator, deployment in subject.administrators:
        yield from _permissions(subject, administrator, deployment)
        for action in (*OF_THE_SAMPLES, *OF_NOBODY):
            request = subject.own_request(administrator, action)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
        for action in OF_NOBODY:
            request = subject.own_request(deployment, action)
            yield Claim(deployment.who, request, allowed=False, denied=("scp",))
        yield from _shares(subject, administrator, deployment)
        for action, outside, inside in _destinations(subject, deployment):
            yield from _bound(subject, administrator, deployment, action, outside, inside)
        yield from _phones(subject, administrator)


def _permissions(subject: Subject, administrator: Actor, deployment: Actor) -> Iterator[AnyClaim]:
    """Claims on what AWS's reference calls management of permissions; IAM's own are claimed by I17."""
    for service in listed_services():
        if service in RCP_SERVICES or service == "iam":
            continue
        for name in facts.actions_of(service):
            action = f"{service}:{name}"
            of_studio = service == "glue" and not name.endswith("ResourcePolicy")
            if not facts.changes_permissions(service, name) or name.startswith(TAKES_AWAY):
                continue
            if of_studio or action in SHARES_NOTHING:
                continue
            request = subject.own_request(administrator, action)
            yield Claim(administrator.who, request, allowed=False, denied=("scp",))
            if service == "lakeformation" or action in BY_DEPLOYMENTS:
                continue
            request = subject.own_request(deployment, action)
            if action in BY_GOVERNANCE and deployment.account == subject.hub and is_allowed(action):
                yield Claim(deployment.who, request, free=("scp",))
            else:
                yield Claim(deployment.who, request, allowed=False, denied=("scp",))


def _shares(subject: Subject, administrator: Actor, deployment: Actor) -> Iterator[AnyClaim]:
    """Claims on shares of RAM: made and ended by governance's deployment, for the domains unit."""
    perimeter = subject.perimeter
    units = f"arn:aws:organizations::{perimeter.management_id}:ou/{perimeter.organization}"
    strangers = (
        OTHER_ORGANIZATION,
        f"arn:aws:organizations::{perimeter.management_id}:organization/{perimeter.organization}",
        f"{units}/{perimeter.partners_unit}",
        "arn:aws:organizations::666666666666:ou/o-somebodyelse/ou-else",
    )
    open_ = {"ram:RequestedAllowsExternalPrincipals": "true"}
    for caller in (administrator, deployment):
        for action in ("ram:CreateResourceShare", "ram:AssociateResourceShare"):
            for stranger in strangers:
                request = subject.own_request(caller, action, {"ram:Principal": stranger})
                yield Claim(f"{caller.who}, for somebody else", request, allowed=False, denied=("scp",))
        for action in ("ram:CreateResourceShare", "ram:UpdateResourceShare"):
            request = subject.own_request(caller, action, open_)
            yield Claim(f"{caller.who}, for everybody", request, allowed=False, denied=("scp",))
        # A share that Lake Formation makes for a grant may be joined from outside; with whom it is, is bound.
        for stranger in strangers:
            through = {"ram:Principal": stranger, **open_, "aws:ViaAWSService": "true"}
            request = subject.own_request(caller, "ram:CreateResourceShare", through)
            yield Claim(f"{caller.who}, through a service", request, allowed=False, denied=("scp",))
    if deployment.account == subject.hub:
        granted = {"ram:Principal": perimeter.domains_unit_arn, **open_, "aws:ViaAWSService": "true"}
        request = subject.own_request(deployment, "ram:CreateResourceShare", granted)
        yield Claim(f"{deployment.who}, for a grant to the domains", request, free=("scp",))
    for name in facts.actions_of("ram"):
        if facts.reads("ram", name) or f"ram:{name}" in OF_NOBODY:
            continue
        # A share that ends takes the catalog and the network from the domains.
        request = subject.own_request(administrator, f"ram:{name}")
        yield Claim(administrator.who, request, allowed=False, denied=("scp",))
        domains = {"ram:Principal": perimeter.domains_unit_arn, "ram:RequestedAllowsExternalPrincipals": "false"}
        request = subject.own_request(deployment, f"ram:{name}", domains)
        if deployment.account == subject.hub and is_allowed(request.action):
            yield Claim(deployment.who, request, free=("scp",))
        else:
            yield Claim(deployment.who, request, allowed=False, denied=("scp",))


Contexts = tuple[dict[str, Any], ...]


def _destinations(subject: Subject, deployment: Actor) -> Iterator[tuple[str, Contexts, Contexts]]:
    """Actions that name somebody who is told or let in, with contexts for strangers, and for the organisation's own."""
    region, own = subject.region, deployment.account
    strangers = (OTHER_ORGANIZATION, NO_ORGANIZATION)
    bus = f"arn:aws:events:{region}:{subject.hub}:event-bus/{names.BUS}"
    queue = f"arn:aws:sqs:{region}:{own}:x"
    # A bus of the hub's account beside the mesh's, which is another account's for all but the hub itself.
    namesakes = [f"{strangers[0]}:event-bus/{names.BUS}"]
    namesakes += [f"{subject.hub}:event-bus/x"] if own != subject.hub else []
    targets: Contexts = (
        *({"events:TargetArn": [f"arn:aws:events:{region}:{account}:event-bus/x"]} for account in strangers),
        *(
            {"events:TargetArn": [queue, f"arn:aws:lambda:{region}:{account}:function:{own}:x"]}
            for account in strangers
        ),
        *({"events:TargetArn": [f"arn:aws:events:{region}:{each}"]} for each in namesakes),
    )
    yield "events:PutTargets", targets, ({"events:TargetArn": [queue]}, {"events:TargetArn": [bus, queue]})
    alarms: Contexts = tuple(
        {"cloudwatch:AlarmActions": [f"arn:aws:{told}"]}
        for a in strangers
        for told in (f"sns:{region}:{a}:x", f"lambda:{region}:{a}:function:x")
    )
    told: tuple[list[str], ...] = ([f"arn:aws:sns:{region}:{own}:x"], [f"arn:aws:lambda:{region}:{own}:function:x"], [])
    for action in ("cloudwatch:PutMetricAlarm", "cloudwatch:PutCompositeAlarm"):
        yield action, alarms, tuple({"cloudwatch:AlarmActions": actions} for actions in told)
    principals: Contexts = tuple(
        {"lambda:Principal": p}
        for p in (*strangers, "*", f"arn:aws:iam::{strangers[0]}:root", "events.amazonaws.example")
    )
    own_role = f"arn:aws:iam::{own}:role/x"
    inside: Contexts = tuple({"lambda:Principal": each} for each in ("events.amazonaws.com", str(own), own_role))
    yield "lambda:AddPermission", principals, inside
    yield "kms:CreateGrant", ({"kms:GrantIsForAWSResource": "false"}, {}), ({"kms:GrantIsForAWSResource": "true"},)


def _bound(
    subject: Subject, administrator: Actor, deployment: Actor, action: str, outside: Contexts, inside: Contexts
) -> Iterator[AnyClaim]:
    for context in outside:
        for caller in (administrator, deployment):
            request = subject.own_request(caller, action, context)
            yield Claim(f"{caller.who}, for a stranger", request, allowed=False, denied=("scp",))
    for context in inside:
        yield Claim(deployment.who, subject.own_request(deployment, action, context), free=("scp",))


def _phones(subject: Subject, administrator: Actor) -> Iterator[AnyClaim]:
    """Claims on messages: to a topic, never to a telephone, for which SNS is asked without a topic."""
    phone = Request(administrator.name, "sns:Publish", "*")
    yield Claim(f"{administrator.who}, to a telephone", phone, allowed=False, denied=("scp",))
    topic = Request(administrator.name, "sns:Publish", f"arn:aws:sns:{subject.region}:{administrator.account}:x")
    yield Claim(f"{administrator.who}, to a topic", topic, free=("scp",))
    for action in ("secretsmanager:PutResourcePolicy", "sqs:AddPermission", "ecr:SetRepositoryPolicy"):
        request = subject.own_request(administrator, action)
        yield Claim(administrator.who, request, allowed=False, denied=("scp",))
        deploys = Request(names.deploy_role(str(administrator.account)), action, request.resource)
        may = is_allowed(action)
        yield Claim("the deployment", deploys, free=("scp",) if may else (), denied=() if may else ("scp",))
