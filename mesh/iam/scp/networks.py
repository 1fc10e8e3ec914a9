"""SCP statements about networks: jobs run in one, and no network leads out."""

from __future__ import annotations

from typing import Final

from mesh.iam.perimeter import caller_is_not, deploy_roles
from mesh.iam.statement import Statement, when


def compute_in_a_network() -> tuple[Statement, ...]:
    """A job outside a VPC can post data anywhere, and IAM does not see plain HTTPS: such jobs are refused (I8).

    A notebook or a studio in a VPC has a second interface, in a network of SageMaker's own with a way out, unless it
    says that it does not want one (SageMaker Developer Guide, "Connect a notebook instance in a VPC to external
    resources", "Connect Amazon SageMaker Studio in a VPC"; aws-samples, `restrict_nonvpc_deployment_scp.json`).
    """
    jobs = {
        "RefuseCloudShellOutsideANetwork": (("cloudshell:CreateEnvironment",), "cloudshell:VpcIds"),
        "RefuseGlueOutsideANetwork": (("glue:CreateJob", "glue:UpdateJob", "glue:CreateSession"), "glue:VpcIds"),
        "RefuseLambdaOutsideANetwork": (
            ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"),
            "lambda:VpcIds",
        ),
        "RefuseCodeBuildOutsideANetwork": (
            ("codebuild:CreateProject", "codebuild:UpdateProject"),
            "codebuild:vpcConfig.vpcId",
        ),
        "RefuseSageMakerOutsideANetwork": (
            (
                "sagemaker:CreateAutoMLJob*",
                "sagemaker:CreateCluster",
                "sagemaker:Create*JobDefinition",
                "sagemaker:CreateHyperParameterTuningJob",
                "sagemaker:CreateModel",
                "sagemaker:*MonitoringSchedule",
                "sagemaker:CreateNotebookInstance",
                "sagemaker:CreateProcessingJob",
                "sagemaker:CreateTrainingJob",
            ),
            "sagemaker:VpcSubnets",
        ),
    }
    return (
        *(
            Statement(sid=sid, actions=actions, resources=("*",), conditions=(when("Null", key, "true"),))
            for sid, (actions, key) in jobs.items()
        ),
        Statement(
            sid="RefuseNotebooksWithASecondDoor",
            actions=("sagemaker:CreateNotebookInstance",),
            resources=("*",),
            conditions=(when("StringNotEquals", "sagemaker:DirectInternetAccess", "Disabled"),),
        ),
        Statement(
            sid="RefuseStudiosWithASecondDoor",
            actions=("sagemaker:CreateDomain", "sagemaker:UpdateDomain"),
            resources=("*",),
            conditions=(when("StringNotEquals", "sagemaker:AppNetworkAccessType", "VpcOnly"),),
        ),
    )


WAYS_OUT: Final = (
    "ec2:AcceptTransitGateway*",
    "ec2:AcceptVpcPeeringConnection",
    "ec2:AttachInternetGateway",
    "ec2:AttachVpnGateway",
    "ec2:CreateCarrierGateway",
    "ec2:CreateClientVpn*",
    "ec2:CreateEgressOnlyInternetGateway",
    "ec2:CreateInstanceConnectEndpoint",
    "ec2:CreateInternetGateway",
    "ec2:CreateLocalGateway*",
    "ec2:CreateNatGateway",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:CreateRouteServer*",
    "ec2:CreateTrafficMirror*",
    "ec2:CreateTransitGateway*",
    "ec2:CreateVerifiedAccess*",
    "ec2:CreateVpcBlockPublicAccessExclusion",
    "ec2:CreateVpcPeeringConnection",
    "ec2:CreateVpnCon*",
    "ec2:CreateVpnGateway",
    "ec2:ModifyVpcBlockPublicAccess*",
)
"""What leads from a network to the internet, to another network, or to somebody else's resolver of names."""

ENDPOINTS: Final = (
    "ec2:AcceptVpcEndpointConnections",
    "ec2:CreateVpcEndpoint",
    "ec2:CreateVpcEndpointServiceConfiguration",
    "ec2:DeleteVpcEndpoints",
    "ec2:ModifyVpcEndpoint",
    "ec2:ModifyVpcEndpointService*",
)


def networks_without_a_way_out() -> tuple[Statement, ...]:
    """Nobody leads a network anywhere, the deployment included; endpoints, with their policies, are the deployment's.

    The declarative policy stops traffic at internet gateways; this is the second line, and the only one before all
    other ways (EC2 Developer Guide and VPC User Guide; aws-samples, `data_perimeter_governance_scp.json`).
    """
    return (
        Statement(sid="RefuseWaysOutOfANetwork", actions=WAYS_OUT, resources=("*",)),
        Statement(
            sid="RefuseOtherEndpoints",
            actions=ENDPOINTS,
            resources=("*",),
            conditions=(caller_is_not(deploy_roles()),),
        ),
    )
