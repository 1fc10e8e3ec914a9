"""A role for CI that takes tokens of any repository of GitHub; what it may read only the update knows."""

from __future__ import annotations

import json

import pulumi_aws as aws

from tests.policies.programs.written_account import ACCOUNT, in_account, role

HOST = "token.actions.githubusercontent.com"


def program() -> None:
    """Declares the role and its policy."""
    opts = in_account()
    audience = {"StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"}}
    tokens = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"}
    made = role("ci", tokens, audience, opts, action="sts:AssumeRoleWithWebIdentity")
    topic = aws.sns.Topic("runs", kms_master_key_id=f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/runs", opts=opts)
    statement = {"Sid": "TellOfRuns", "Effect": "Allow", "Action": "sns:Publish"}
    text = topic.arn.apply(
        lambda arn: json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": arn}]})
    )
    aws.iam.RolePolicy("ci", role=made.name, policy=text, opts=opts)
