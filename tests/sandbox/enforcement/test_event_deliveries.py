"""Events that start functions: from a bucket over two buses and a queue, each step as its service may make it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.emulator import emitted_events
from sandbox.enforcement.enforced_organization import EnforcedOrganization
from tests.sandbox.emulator.provider_harness import DOMAIN, GOVERNANCE
from tests.sandbox.enforcement import lake_ground, waking_ground
from tests.sandbox.enforcement.lake_ground import LAKE
from tests.sandbox.enforcement.test_gate import allow, policy
from tests.sandbox.enforcement.waking_ground import BUS, FUNCTION, QUEUE, RULE, admin, archive, letters

SIBLING = """
import json

def first(event):
    return [json.loads(record["body"]) for record in event["Records"]]
"""
TELLS = """
import sibling

def handler(event, context):
    return {"told": [[e["account"], e["detail"]["object"]["key"]] for e in sibling.first(event)]}
"""
ECHOES = """
import json

def handler(event, context):
    return {"told": json.loads(event["Records"][0]["body"])}
"""
KEY = "tables/plays/metadata/00001-a.metadata.json"


@pytest.fixture(scope="module")
def organization() -> Iterator[EnforcedOrganization]:
    with lake_ground.lake_ground() as opened:
        waking_ground.wake(opened)
        waking_ground.function(opened, archive(handler=TELLS, sibling=SIBLING))
        waking_ground.map_queue(opened)
        yield opened


@pytest.fixture(autouse=True)
def anew(organization: EnforcedOrganization) -> Iterator[None]:
    waking_ground.function(organization, archive(handler=TELLS, sibling=SIBLING))
    deliveries = organization.gate.deliveries
    deliveries.functions.invocations.clear()
    deliveries.failed.clear()
    letters(organization)
    yield
    assert not emitted_events.waiting


def put(organization: EnforcedOrganization, key: str = KEY) -> None:
    admin(organization, "s3", DOMAIN).put_object(Bucket=LAKE, Key=key, Body=b"{}")


def runs(organization: EnforcedOrganization) -> list[Any]:
    ended = organization.gate.deliveries.functions.invocations
    return [
        (each.answer["told"] if each.answer and "told" in each.answer else each.answer, each.error) for each in ended
    ]


def deployed(organization: EnforcedOrganization, code: str, **modules: str) -> None:
    waking_ground.function(organization, archive(handler=code, **modules))


def test_a_new_metadata_file_wakes_the_function_in_the_other_account(organization: EnforcedOrganization) -> None:
    put(organization)
    assert runs(organization) == [([[DOMAIN, KEY]], "")]
    assert organization.gate.deliveries.failed == []


def test_an_object_elsewhere_wakes_nobody(organization: EnforcedOrganization) -> None:
    put(organization, "tables/plays/data/a.parquet")
    assert runs(organization) == []


def test_a_table_that_glue_starts_wakes_the_function(organization: EnforcedOrganization) -> None:
    glue = admin(organization, "glue", DOMAIN)
    lake_ground.create(glue, "started")
    ((answer, _),) = runs(organization)
    assert answer[0][1].startswith("tables/sessions/metadata/00000-")


def test_the_function_is_its_role_and_nobody_else(organization: EnforcedOrganization) -> None:
    code = """
import os
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    me = boto3.client("sts").get_caller_identity()["Arn"]
    s3 = boto3.Session().client("s3")
    try:
        s3.list_objects_v2(Bucket=os.environ["BUCKET"])
    except ClientError as error:
        return {"told": [me, error.response["Error"]["Code"]]}
"""
    deployed(organization, code)
    put(organization)
    ((answer, error),) = runs(organization)
    assert error == ""
    assert answer[0].startswith(f"arn:aws:sts::{GOVERNANCE}:assumed-role/publication/")
    assert answer[1] == "AccessDenied"


def test_a_message_that_failed_comes_again_and_then_is_a_dead_letter(organization: EnforcedOrganization) -> None:
    code = """
def handler(event, context):
    return {"batchItemFailures": [{"itemIdentifier": each["messageId"]} for each in event["Records"]]}
"""
    deployed(organization, code)
    put(organization)
    assert len(runs(organization)) == 3
    (letter,) = letters(organization)
    assert json.loads(letter)["detail"]["object"]["key"] == KEY


def test_a_handler_that_raises_is_tried_as_often(organization: EnforcedOrganization) -> None:
    deployed(organization, "def handler(event, context):\n    raise ValueError('broken')\n")
    put(organization)
    assert {error for _, error in runs(organization)} == {"ValueError: broken"}
    assert len(runs(organization)) == 3
    assert len(letters(organization)) == 1


def test_a_message_that_is_done_the_second_time_is_no_dead_letter(organization: EnforcedOrganization) -> None:
    code = """
seen = []

def handler(event, context):
    seen.append(1)
    if len(seen) == 1:
        raise RuntimeError("not yet")
    return {"told": len(seen)}
"""
    deployed(organization, code)
    put(organization)
    assert runs(organization) == [(None, "RuntimeError: not yet"), (2, "")]
    assert letters(organization) == []


def test_an_archive_that_cannot_be_loaded_fails_as_a_run(organization: EnforcedOrganization) -> None:
    deployed(organization, "import nothing_like_it\n")
    put(organization)
    assert all("nothing_like_it" in error for _, error in runs(organization))
    assert len(letters(organization)) == 1


def test_a_function_that_wakes_itself_is_stopped(organization: EnforcedOrganization) -> None:
    url = admin(organization, "sqs", GOVERNANCE).get_queue_url(QueueName="wakeups")["QueueUrl"]
    iam = admin(organization, "iam", GOVERNANCE)
    sends = policy(allow("sqs:SendMessage", Resource=QUEUE))
    iam.put_role_policy(RoleName="publication", PolicyName="more", PolicyDocument=json.dumps(sends))
    code = f"""
import boto3

def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl={url!r}, MessageBody="again")
"""
    deployed(organization, code)
    from sandbox.enforcement import event_deliveries

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(event_deliveries, "MOST_STEPS", 20)
        put(organization)
    assert len(runs(organization)) < 20
    assert any("was forgotten" in each for each in organization.gate.deliveries.failed)
    iam.delete_role_policy(RoleName="publication", PolicyName="more")
    deployed(organization, TELLS, sibling=SIBLING)
    admin(organization, "sqs", GOVERNANCE).purge_queue(QueueUrl=url)


def test_a_role_that_may_not_put_events_delivers_nothing(organization: EnforcedOrganization) -> None:
    iam = admin(organization, "iam", DOMAIN)
    kept = iam.get_role_policy(RoleName="forward", PolicyName="mesh")["PolicyDocument"]
    iam.delete_role_policy(RoleName="forward", PolicyName="mesh")
    try:
        put(organization)
    finally:
        iam.put_role_policy(RoleName="forward", PolicyName="mesh", PolicyDocument=json.dumps(kept))
    assert runs(organization) == []
    (failed,) = organization.gate.deliveries.failed
    assert failed.startswith(f"{RULE} to {BUS}: ")
    assert "not authorized to perform: events:PutEvents" in failed


def test_a_queue_that_does_not_let_the_rule_send_gets_nothing(organization: EnforcedOrganization) -> None:
    sqs = admin(organization, "sqs", GOVERNANCE)
    url = sqs.get_queue_url(QueueName="wakeups")["QueueUrl"]
    kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    other = json.loads(kept)
    other["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"] = DOMAIN
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(other)})
    try:
        put(organization)
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": kept})
    assert runs(organization) == []
    assert "sqs:SendMessage" in organization.gate.deliveries.failed[0]


def test_a_function_that_may_not_poll_is_not_woken(organization: EnforcedOrganization) -> None:
    iam = admin(organization, "iam", GOVERNANCE)
    kept = iam.get_role_policy(RoleName="publication", PolicyName="mesh")["PolicyDocument"]
    iam.delete_role_policy(RoleName="publication", PolicyName="mesh")
    try:
        put(organization)
        assert runs(organization) == []
        assert "sqs:ReceiveMessage" in organization.gate.deliveries.failed[0]
    finally:
        iam.put_role_policy(RoleName="publication", PolicyName="mesh", PolicyDocument=json.dumps(kept))
    put(organization, "tables/plays/metadata/00002-b.metadata.json")
    assert [len(answer) for answer, _ in runs(organization)] == [2]


def test_an_event_of_somebody_has_the_account_that_sent_it(organization: EnforcedOrganization) -> None:
    deployed(organization, ECHOES)
    entry = {"Source": "mesh.x.y", "DetailType": "product published", "Detail": '{"a": 1}', "EventBusName": BUS}
    admin(organization, "events", DOMAIN).put_events(Entries=[entry])
    ((event, _),) = runs(organization)
    assert (event["account"], event["source"], event["detail"]) == (DOMAIN, "mesh.x.y", {"a": 1})
    organization.gate.deliveries.functions.invocations.clear()
    admin(organization, "events", GOVERNANCE).put_events(Entries=[entry])
    assert runs(organization) == []


def test_a_commit_tells_that_the_table_has_changed(organization: EnforcedOrganization) -> None:
    events = admin(organization, "events", DOMAIN)
    pattern = {"source": ["aws.glue"], "detail-type": ["Glue Data Catalog Table State Change"]}
    events.put_rule(Name="tables", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="tables", Targets=[{"Id": "bus", "Arn": BUS, "RoleArn": waking_ground.FORWARD}])
    deployed(organization, ECHOES)
    glue = admin(organization, "glue", DOMAIN)
    lake_ground.create(glue, "told")
    organization.gate.deliveries.functions.invocations.clear()
    table = {"Name": "told", "Parameters": {"table_type": "ICEBERG"}}
    glue.update_table(DatabaseName=lake_ground.DATABASE, TableInput=table)
    events.remove_targets(Rule="tables", Ids=["bus"])
    ((event, _),) = runs(organization)
    assert event["detail"] == {
        "databaseName": lake_ground.DATABASE,
        "tableName": "told",
        "changedPartitions": [],
        "typeOfChange": "UpdateTable",
    }


def test_a_schedule_fires_when_it_is_swept(organization: EnforcedOrganization) -> None:
    events = admin(organization, "events", GOVERNANCE)
    events.put_rule(Name="sweep", ScheduleExpression="rate(15 minutes)")
    events.put_targets(Rule="sweep", Targets=[{"Id": "queue", "Arn": QUEUE}])
    deployed(organization, ECHOES)
    put(organization, "tables/plays/data/nothing")
    assert runs(organization) == []
    assert organization.gate.deliveries.sweep() == 1
    ((event, _),) = runs(organization)
    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")
    events.disable_rule(Name="sweep")
    assert organization.gate.deliveries.sweep() == 0


def test_a_rule_starts_a_function_that_lets_it_and_no_other(organization: EnforcedOrganization) -> None:
    events, functions = (admin(organization, service, GOVERNANCE) for service in ("events", "lambda"))
    rule = events.put_rule(Name="direct", EventPattern=json.dumps({"source": ["mesh.direct"]}))["RuleArn"]
    events.put_targets(Rule="direct", Targets=[{"Id": "f", "Arn": FUNCTION, "InputPath": "$.detail"}])
    deployed(organization, "def handler(event, context):\n    return {'told': event}\n")
    entry = {"Source": "mesh.direct", "DetailType": "x", "Detail": '{"a": 1}'}
    events.put_events(Entries=[entry])
    assert runs(organization) == []
    assert "lambda:InvokeFunction" in organization.gate.deliveries.failed[0]
    functions.add_permission(
        FunctionName="publication",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    events.put_events(Entries=[entry])
    events.remove_targets(Rule="direct", Ids=["f"])
    assert runs(organization) == [({"a": 1}, "")]


def test_what_the_emulator_cannot_deliver_is_counted(organization: EnforcedOrganization) -> None:
    events = admin(organization, "events", DOMAIN)
    events.put_rule(Name="elsewhere", EventPattern=json.dumps({"source": ["aws.s3"]}))
    events.put_targets(Rule="elsewhere", Targets=[{"Id": "t", "Arn": f"arn:aws:kinesis:eu-west-1:{DOMAIN}:stream/s"}])
    put(organization, "tables/plays/data/counted")
    events.remove_targets(Rule="elsewhere", Ids=["t"])
    told = organization.gate.deliveries.undelivered()
    assert told == {"events to kinesis, of which the emulator has none": 1}


def test_the_function_writes_its_log_where_its_role_may(organization: EnforcedOrganization) -> None:
    logs = admin(organization, "logs", GOVERNANCE)
    logs.create_log_group(logGroupName="/aws/lambda/publication")
    iam = admin(organization, "iam", GOVERNANCE)
    group = f"arn:aws:logs:eu-west-1:{GOVERNANCE}:log-group:/aws/lambda/publication:*"
    writes = policy(allow(["logs:CreateLogStream", "logs:PutLogEvents"], Resource=group))
    iam.put_role_policy(RoleName="publication", PolicyName="logs", PolicyDocument=json.dumps(writes))
    deployed(organization, "def handler(event, context):\n    raise ValueError('in the log')\n")
    put(organization)
    told = logs.get_log_events(logGroupName="/aws/lambda/publication", logStreamName="emulated")["events"]
    assert "ValueError: in the log" in [each["message"] for each in told]
    letters(organization)


def test_the_function_is_named_by_its_arn(organization: EnforcedOrganization) -> None:
    put(organization)
    assert {each.function for each in organization.gate.deliveries.functions.invocations} == {FUNCTION}
