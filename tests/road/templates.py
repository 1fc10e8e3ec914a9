"""CloudFormation's part of the road: the resources of a template, made in an account by whoever deploys it.

The calls are those that CloudFormation's handlers make with the credentials of the caller (CloudFormation registry,
schemas of AWS::IAM::Role and AWS::IAM::OIDCProvider, "handlers").
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.enforcement.seeding import resources
from tests.road.moment import Moment

OF_A_ROLE = ("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:GetRole", "iam:GetRolePolicy")
OF_A_CHANGED_ROLE = ("iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:GetRole")
OF_A_PROVIDER = ("iam:CreateOpenIDConnectProvider", "iam:GetOpenIDConnectProvider")
OF_A_STACK = ("cloudformation:CreateStack", "cloudformation:DescribeStacks")
OF_A_CHANGE_SET = (
    "cloudformation:CreateChangeSet",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeStacks",
    "cloudformation:ExecuteChangeSet",
)
"""What `aws cloudformation deploy` calls (aws-cli, awscli/customizations/cloudformation/deployer.py and deploy.py)."""


def document(*statements: dict[str, Any]) -> str:
    """The text of a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})


def deploy(aws: Moment, who: str, template: str, account: str) -> None:
    """Make what a template says in an account, as somebody; what is there is changed."""
    for resource in resources(template, account):
        properties = resource["Properties"]
        if resource["Type"] == "AWS::IAM::OIDCProvider":
            _provider(aws, who, properties, account)
        else:
            _role(aws, who, properties, account)


def _provider(aws: Moment, who: str, properties: dict[str, Any], account: str) -> None:
    arn = f"arn:aws:iam::{account}:oidc-provider/{properties['Url'].removeprefix('https://')}"
    for action in OF_A_PROVIDER:
        aws.ask(who, action, arn)
    aws.providers[arn] = tuple(properties["ClientIdList"])
    aws.changed()


def _role(aws: Moment, who: str, properties: dict[str, Any], account: str) -> None:
    arn = f"arn:aws:iam::{account}:role{properties['Path']}{properties['RoleName']}"
    managed = tuple(properties["ManagedPolicyArns"])
    for action in OF_A_CHANGED_ROLE if arn in aws.roles else OF_A_ROLE:
        for policy in managed if action == "iam:AttachRolePolicy" else ("",):
            aws.ask(who, action, arn, **({"iam:PolicyARN": policy} if policy else {}))
    inline = {each["PolicyName"]: json.dumps(each["PolicyDocument"]) for each in properties["Policies"]}
    aws.role(arn, json.dumps(properties["AssumeRolePolicyDocument"]), inline, managed)
