"""Accounts in none of the mesh's units, as Control Tower's own (I16): what the root alone refuses them.

The allow lists are at the units. What the root refuses by name it refuses to these accounts alone: so it is asked of
one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh import names
from mesh.evaluator import facts
from mesh.evaluator.decide import Request
from mesh.proof.claims import AnyClaim, Claim
from mesh.proof.invariants.guardrails import CONTROLS
from mesh.proof.invariants.jobs import log_actions, starting
from mesh.proof.subject import IN_NO_UNIT, Actor, Subject

SHARES_AND_EXPORTS: Final = (
    "athena:CreateDataCatalog athena:UpdateDataCatalog cloudtrail:PutResourcePolicy cloudwatch:CreateAccessGrant "
    "dynamodb:ExportTableToPointInTime ec2:CreateOdbNetworkPeering ec2:CreateCoipPoolPermission ec2:CreateFlowLogs "
    "ec2:CreateInstanceExportTask ec2:CreateStoreImageTask ec2:EnableAddressTransfer ec2:ExportImage "
    "ec2:ModifyFpgaImageAttribute ec2:ModifyImageAttribute ec2:ModifySnapshotAttribute ec2:PutResourcePolicy "
    "ecr:PutRegistryPolicy ecr:PutReplicationConfiguration events:PutResourcePolicy lambda:AddLayerVersionPermission "
    "lambda:CreateFunctionUrlConfig lambda:EnableReplication lambda:PutResourcePolicy lambda:UpdateFunctionUrlConfig "
    "logs:CreateDelivery logs:CreateExportTask logs:PutAccountPolicy logs:PutDeliveryDestination "
    "logs:PutDestination logs:PutSubscriptionFilter ram:AcceptResourceShareInvitation "
    "ram:EnableSharingWithAwsOrganization s3:PutAnalyticsConfiguration s3:PutInventoryConfiguration "
    "s3:PutStorageLensConfiguration ssm:CreateResourceDataSync ssm:ModifyDocumentPermission ssm:PutResourcePolicy"
).split()
"""Actions that share or export, which nobody of the organisation takes."""

RUN_OR_CHANGE: Final = (
    "cloudformation:SetStackPolicy glue:CreateBlueprint glue:CreateSession glue:CreateWorkflow glue:RunStatement "
    "glue:UpdateSourceControlFromJob glue:UpdateWorkflow lakeformation:AttachRLSPolicy lakeformation:CreateRLSPolicy "
    "lakeformation:DetachRLSPolicy lakeformation:UpdateRLSPolicy"
).split()
"""Actions that run code or change who reads, by no list of the beginnings of names."""

CREDENTIALS: Final = (
    "iam:CreateAccessKey iam:CreateLoginProfile iam:CreateSAMLProvider iam:CreateServiceSpecificCredential "
    "iam:CreateUser iam:UpdateSAMLProvider iot:CreateRoleAlias rolesanywhere:CreateTrustAnchor ssm:CreateActivation "
    "sso:CreateInstance"
).split()
"""Actions that make a credential that lasts."""


AT_UNITS_ALONE: Final = frozenset({"lambda:UpdateFunctionCodeSigningConfig"})
"""Actions that the root does not refuse: who may not change a function's code does nothing with its signing."""


def in_no_unit(subject: Subject) -> Iterator[AnyClaim]:
    """Claims of I16 on an account in none of the mesh's units: the root binds it as well."""
    caller = subject.other(IN_NO_UNIT, None, "an account in no unit")
    starts = (action for action in starting() if action not in AT_UNITS_ALONE)
    for action in dict.fromkeys((*SHARES_AND_EXPORTS, *RUN_OR_CHANGE, *CREDENTIALS, *CONTROLS, *starts)):
        yield Claim(caller.who, subject.own_request(caller, action), allowed=False, denied=("scp",))
    for name in facts.actions_of("organizations"):
        if not name.startswith(("Describe", "List")):
            yield Claim(caller.who, Request(caller.name, f"organizations:{name}", "*"), allowed=False, denied=("scp",))
    yield from _logs(subject, caller)


def _logs(subject: Subject, caller: Actor) -> Iterator[AnyClaim]:
    """Claims on logs named like those of pipelines: nobody of such an account reads or changes one."""
    group = names.log_groups(subject.region, IN_NO_UNIT).removesuffix("*") + "x"
    for name, arn in log_actions(group):
        if not facts.lists("logs", name):
            yield Claim(caller.who, Request(caller.name, f"logs:{name}", arn), allowed=False, denied=("scp",))
    deployment = Request(names.deploy_role(IN_NO_UNIT), "logs:CreateLogAnomalyDetector", group)
    yield Claim("the deployment of an account in no unit", deployment, allowed=False, denied=("scp",))
