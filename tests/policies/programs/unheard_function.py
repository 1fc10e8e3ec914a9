"""A function of whose failures nobody learns; its role, and so its ARN, only the update knows."""

from __future__ import annotations

import pulumi_aws as aws
from pulumi import AssetArchive, StringAsset

from tests.policies.programs.written_account import ACCOUNT, in_account, role


def program() -> None:
    """Declares the function, with its log and an alarm on how often it runs."""
    opts = in_account()
    source = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/logs"
    made = role("hourly", {"Service": "lambda.amazonaws.com"}, source, opts)
    log = aws.cloudwatch.LogGroup("hourly", name="/mesh/hourly", retention_in_days=90, kms_key_id=key, opts=opts)
    function = aws.lambda_.Function(
        "hourly",
        description="Counts the orders of an hour",
        role=made.arn,
        runtime="python3.13",
        handler="hourly.handler",
        timeout=60,
        code=AssetArchive({"hourly.py": StringAsset("def handler(event, context): ...")}),
        logging_config={"log_format": "JSON", "log_group": log.name},
        vpc_config={"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]},
        opts=opts,
    )
    aws.cloudwatch.MetricAlarm(
        "sleeps",
        metric_name="Invocations",
        namespace="AWS/Lambda",
        statistic="Sum",
        period=3600,
        evaluation_periods=1,
        threshold=1,
        comparison_operator="LessThanThreshold",
        dimensions={"FunctionName": function.name},
        opts=opts,
    )
