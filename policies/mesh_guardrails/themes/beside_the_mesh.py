"""Rules on services: data is shared and served by what the mesh proves, and by no other service of AWS.

The organisation's allow lists (SCPs) say so for every action. A test holds these lists to theirs, so that a program
learns in its preview what AWS would refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from mesh_guardrails.accounts_of_stack import stack_of
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, StackRule
from mesh_guardrails.themes.internet import WAYS_OUT, WEBSITES
from mesh_guardrails.themes.outbound import AWAY, TEMPLATES
from mesh_guardrails.type_tokens import token

ACTIONS_OF: Final = {
    "accessanalyzer": "access-analyzer",
    "account": "account",
    "athena": "athena",
    "budgets": "budgets",
    "cloudformation": "cloudformation",
    "cloudtrail": "cloudtrail",
    "cloudwatch": "cloudwatch",
    "costexplorer": "ce",
    "dynamodb": "dynamodb",
    "ebs": "ec2",
    "ec2": "ec2",
    "ecr": "ecr",
    "glue": "glue",
    "iam": "iam",
    "kms": "kms",
    "lakeformation": "lakeformation",
    "lambda": "lambda",
    "organizations": "organizations",
    "ram": "ram",
    "resourcegroups": "resource-groups",
    "s3": "s3",
    "s3control": "s3",
    "secretsmanager": "secretsmanager",
    "servicequotas": "servicequotas",
    "sfn": "states",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "vpc": "ec2",
    "xray": "xray",
}
"""Services as pulumi-aws calls them that the allow lists have, with the prefix of their actions there."""

REFUSED_ACTIONS: Final = {
    token("cloudwatch/eventEndpoint"): "events:CreateEndpoint",
    token("cloudwatch/logDelivery"): "logs:CreateDelivery",
    token("dynamodb/globalTable"): "dynamodb:CreateGlobalTable",
    token("dynamodb/kinesisStreamingDestination"): "dynamodb:EnableKinesisStreamingDestination",
    token("dynamodb/tableExport"): "dynamodb:ExportTableToPointInTime",
    token("ec2/flowLog"): "ec2:CreateFlowLogs",
    token("ec2/networkInterfacePermission"): "ec2:CreateNetworkInterfacePermission",
    token("ec2/spotDatafeedSubscription"): "ec2:CreateSpotDatafeedSubscription",
    token("ec2/trafficMirrorSession"): "ec2:CreateTrafficMirrorSession",
    token("ec2/trafficMirrorTarget"): "ec2:CreateTrafficMirrorTarget",
    token("ec2/vpcEndpointConnectionAccepter"): "ec2:AcceptVpcEndpointConnections",
    token("ec2/vpcEndpointService"): "ec2:CreateVpcEndpointServiceConfiguration",
    token("ec2/vpcEndpointServiceAllowedPrinciple"): "ec2:ModifyVpcEndpointServicePermissions",
    token("ecr/replicationConfiguration"): "ecr:PutReplicationConfiguration",
    token("lakeformation/identityCenterConfiguration"): "lakeformation:CreateLakeFormationIdentityCenterConfiguration",
    token("ram/permission"): "ram:CreatePermission",
    token("ram/principalAssociation"): "ram:AssociateResourceShare",
    token("ram/resourceAssociation"): "ram:AssociateResourceShare",
    token("ram/resourceShare"): "ram:CreateResourceShare",
    token("ram/resourceShareAssociationsExclusive"): "ram:AssociateResourceShare",
    token("s3/analyticsConfiguration"): "s3:PutAnalyticsConfiguration",
    token("s3/bucketMetadataConfiguration"): "s3:CreateBucketMetadataTableConfiguration",
    token("s3/inventory"): "s3:PutInventoryConfiguration",
    token("s3control/accessGrant"): "s3:CreateAccessGrant",
    token("s3control/accessGrantsInstance"): "s3:CreateAccessGrantsInstance",
    token("s3control/accessGrantsInstanceResourcePolicy"): "s3:PutAccessGrantsInstanceResourcePolicy",
    token("s3control/accessGrantsLocation"): "s3:CreateAccessGrantsLocation",
    token("s3control/multiRegionAccessPoint"): "s3:CreateMultiRegionAccessPoint",
    token("s3control/multiRegionAccessPointPolicy"): "s3:PutMultiRegionAccessPointPolicy",
    token("s3control/multiRegionAccessPointRoutes"): "s3:SubmitMultiRegionAccessPointRoutes",
    token("s3control/objectLambdaAccessPoint"): "s3:CreateAccessPointForObjectLambda",
    token("s3control/objectLambdaAccessPointPolicy"): "s3:PutAccessPointPolicyForObjectLambda",
    token("s3control/storageLensConfiguration"): "s3:PutStorageLensConfiguration",
    token("ssm/resourceDataSync"): "ssm:CreateResourceDataSync",
}
"""Types of those services that share or carry out data, each with an action that the SCPs leave to nobody, or to the
governance deployment alone (RAM)."""

_OF_OTHER_RULES: Final = frozenset({*AWAY, *TEMPLATES, *WAYS_OUT, *WEBSITES})


def beside_the_mesh(resource: RegisteredResource, services: Sequence[str], types: Sequence[str]) -> Iterator[str]:
    """Messages on a resource of a service that the mesh does not use, or that shares what the mesh does not prove."""
    package, _, rest = resource.type.partition(":")
    if package != "aws" or not resource.provider or resource.type in _OF_OTHER_RULES:
        return
    if any(fnmatchcase(f"{stack_of(resource)}/{resource.type}", each) for each in types):
        return
    service = rest.partition("/")[0]
    if service not in services:
        yield (
            f"'{resource.name}' ({resource.type}) is of the service '{service}', which the mesh does not use: AWS "
            "refuses its actions in accounts of the mesh, no allow list (SCP) has them; leave it out"
        )
    elif action := REFUSED_ACTIONS.get(resource.type):
        yield (
            f"'{resource.name}' ({resource.type}) shares or carries out data beside the mesh: AWS refuses {action} in "
            "accounts of the mesh (SCPs); leave it out, data is shared as a product"
        )


RULES: Final = (
    Rule(
        name="no-service-beside-the-mesh",
        theme="perimeter",
        severity="high",
        description="Every resource is of a service that the allow lists (SCPs) have, and shares nothing by itself.",
        check=beside_the_mesh,
        parameters=(
            Parameter(
                "services",
                "Services, as pulumi-aws calls their modules, that may be used.",
                {"type": "array", "items": {"type": "string"}},
                sorted(ACTIONS_OF),
            ),
            Parameter(
                "types",
                "Patterns of types that may be made all the same, each as <stack>/<type>.",
                {"type": "array", "items": {"type": "string"}},
                ["governance/aws:ram/*", "organization/aws:ssoadmin/*"],
            ),
        ),
    ),
)
STACK_RULES: Final[tuple[StackRule, ...]] = ()
