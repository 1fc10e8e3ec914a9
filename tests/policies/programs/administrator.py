"""A role that may do everything, by a policy of AWS's; the role's name only the update knows."""

from __future__ import annotations

import pulumi_aws as aws

from tests.policies.programs.written_account import ACCOUNT, in_account, role


def program() -> None:
    """Declares the role and the attachment."""
    opts = in_account()
    source = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    made = role("nightly", {"Service": "glue.amazonaws.com"}, source, opts)
    everything = "arn:aws:iam::aws:policy/AdministratorAccess"
    aws.iam.RolePolicyAttachment("nightly", role=made.name, policy_arn=everything, opts=opts)
