"""A function in governance and what wakes it: a bucket's events, two buses, a queue with its dead letters."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any, Final

from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.rehearsal.credentials import session_credentials
from tests.sandbox.emulator.provider_harness import DOMAIN, GOVERNANCE, REGION
from tests.sandbox.enforcement.lake_ground import LAKE, trusted_by
from tests.sandbox.enforcement.test_gate import allow, policy

BUS: Final = f"arn:aws:events:{REGION}:{GOVERNANCE}:event-bus/mesh"
QUEUE: Final = f"arn:aws:sqs:{REGION}:{GOVERNANCE}:wakeups"
LETTERS: Final = f"arn:aws:sqs:{REGION}:{GOVERNANCE}:dead-letters"
FORWARD: Final = f"arn:aws:iam::{DOMAIN}:role/forward"
RULE: Final = f"arn:aws:events:{REGION}:{DOMAIN}:rule/created"
FUNCTION: Final = f"arn:aws:lambda:{REGION}:{GOVERNANCE}:function:publication"
CREATED: Final = {
    "source": ["aws.s3"],
    "detail-type": ["Object Created"],
    "detail": {"object": {"key": [{"wildcard": "tables/*/metadata/*.metadata.json"}]}},
}


def admin(organization: EnforcedOrganization, service: str, account: str) -> Any:
    """A client of somebody who may do everything in an account."""
    keys = session_credentials(f"arn:aws:iam::{account}:role/mesh/deploy", REGION)
    return organization._clients.own(service, REGION, keys)


def archive(**modules: str) -> bytes:
    """An archive with these modules, by their paths without `.py`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as written:
        for name, text in modules.items():
            written.writestr(f"{name}.py", text)
    return packed.getvalue()


def role(organization: EnforcedOrganization, account: str, name: str, service: str, *statements: Any) -> None:
    iam = admin(organization, "iam", account)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trusted_by(service)))
    iam.put_role_policy(RoleName=name, PolicyName="mesh", PolicyDocument=json.dumps(policy(*statements)))


def function(organization: EnforcedOrganization, code: bytes, **more: Any) -> None:
    """Deploy the function, or its code anew."""
    client = admin(organization, "lambda", GOVERNANCE)
    if any(each["FunctionName"] == "publication" for each in client.list_functions()["Functions"]):
        client.update_function_code(FunctionName="publication", ZipFile=code)
        return
    client.create_function(
        FunctionName="publication",
        Runtime="python3.12",
        Handler="handler.handler",
        Role=f"arn:aws:iam::{GOVERNANCE}:role/publication",
        Code={"ZipFile": code},
        Environment={"Variables": {"BUCKET": LAKE}},
        **more,
    )


def wake(organization: EnforcedOrganization) -> None:
    """Everything between the bucket and the function, which is not there yet."""
    domain_events, hub_events = (admin(organization, "events", account) for account in (DOMAIN, GOVERNANCE))
    admin(organization, "s3", DOMAIN).put_bucket_notification_configuration(
        Bucket=LAKE, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    hub_events.create_event_bus(Name="mesh")
    from_domains = allow("events:PutEvents", Principal={"AWS": DOMAIN}, Resource=BUS)
    hub_events.put_permission(EventBusName="mesh", Policy=json.dumps(policy({"Sid": "Domains", **from_domains})))
    role(organization, DOMAIN, "forward", "events.amazonaws.com", allow("events:PutEvents", Resource=BUS))
    domain_events.put_rule(Name="created", EventPattern=json.dumps(CREATED))
    domain_events.put_targets(Rule="created", Targets=[{"Id": "bus", "Arn": BUS, "RoleArn": FORWARD}])

    sqs = admin(organization, "sqs", GOVERNANCE)
    sqs.create_queue(QueueName="dead-letters")
    redrive = json.dumps({"deadLetterTargetArn": LETTERS, "maxReceiveCount": 3})
    url = sqs.create_queue(QueueName="wakeups", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    by_rules = allow(
        "sqs:SendMessage",
        Principal={"Service": "events.amazonaws.com"},
        Resource=QUEUE,
        Condition={"StringEquals": {"aws:SourceAccount": GOVERNANCE}},
    )
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy(by_rules))})
    hub_events.put_rule(Name="wakeups", EventBusName="mesh", EventPattern=json.dumps({"account": [DOMAIN]}))
    hub_events.put_targets(Rule="wakeups", EventBusName="mesh", Targets=[{"Id": "queue", "Arn": QUEUE}])
    polls = allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource=QUEUE)
    reads = allow("s3:GetObject", Resource=f"arn:aws:s3:::{LAKE}/tables/*")
    uses_keys = allow("kms:Decrypt", Resource="*")
    role(organization, GOVERNANCE, "publication", "lambda.amazonaws.com", polls, reads, uses_keys)


def map_queue(organization: EnforcedOrganization) -> None:
    """Let the function be woken by the queue."""
    admin(organization, "lambda", GOVERNANCE).create_event_source_mapping(
        EventSourceArn=QUEUE,
        FunctionName="publication",
        FunctionResponseTypes=["ReportBatchItemFailures"],
        BatchSize=10,
    )


def letters(organization: EnforcedOrganization) -> list[str]:
    """Bodies of the dead letters, taken out of their queue."""
    sqs = admin(organization, "sqs", GOVERNANCE)
    url = sqs.get_queue_url(QueueName="dead-letters")["QueueUrl"]
    found: list[str] = []
    while taken := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in taken]
        for message in taken:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found
