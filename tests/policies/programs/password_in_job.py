"""A job of Glue with a password among its arguments; its role only the update knows."""

from __future__ import annotations

import json

import pulumi_aws as aws

from tests.policies.programs.written_account import ACCOUNT, in_account, role


def program() -> None:
    """Declares the job, what it logs to, and who hears of its failures."""
    opts = in_account()
    source = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/logs"
    made = role("nightly", {"Service": "glue.amazonaws.com"}, source, opts)
    aws.cloudwatch.LogGroup("nightly", name="/mesh/nightly/error", retention_in_days=90, kms_key_id=key, opts=opts)
    aws.glue.Job(
        "nightly",
        name="nightly",
        description="Reads the orders of a day",
        role_arn=made.arn,
        command={"name": "glueetl", "script_location": "s3://example-scripts/nightly.py"},
        glue_version="5.0",
        worker_type="G.1X",
        number_of_workers=2,
        timeout=60,
        connections=["mesh"],
        default_arguments={"--custom-logGroup-prefix": "/mesh/nightly", "--db-password": "correct-horse"},
        opts=opts,
    )
    failed = {"source": ["aws.glue"], "detail": {"jobName": ["nightly"], "state": ["FAILED", "TIMEOUT"]}}
    rule = aws.cloudwatch.EventRule("failed", name="nightly-failed", event_pattern=json.dumps(failed), opts=opts)
    bus = f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/default"
    aws.cloudwatch.EventTarget("failed", rule=rule.name, arn=bus, opts=opts)
