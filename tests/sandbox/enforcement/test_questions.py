"""Questions of requests on the wire, as AWS asks them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.session import Session

from mesh.evaluator import UnknownError
from sandbox.enforcement.aws_call import AwsCall, parse
from sandbox.enforcement.dispatch import questions
from sandbox.enforcement.questions import Question

HOME, HUB, REGION = "111111111111", "222222222222", "eu-west-1"
BUCKET_KEY, OBJECT_KEY = f"arn:aws:kms:{REGION}:{HOME}:key/of-bucket", f"arn:aws:kms:{REGION}:{HUB}:key/of-object"
THROUGH_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com", "aws:ViaAWSService": True}


class FakeStored:
    """A store in which the bucket `plain` has no key, and every other bucket and object has one."""

    def bucket_key(self, bucket: str) -> str:
        return "" if bucket == "plain" else BUCKET_KEY

    def object_key(self, bucket: str, key: str, version: str) -> str:
        return "" if bucket == "plain" else OBJECT_KEY

    def key_arn(self, name: str, account: str, region: str) -> str:
        return name if name.startswith("arn:") else f"arn:aws:kms:{region}:{account}:key/{name}"

    def identity_arn(self, account: str, kind: str, name: str) -> str:
        return f"arn:aws:iam::{account}:{kind}/mesh/{name}"

    def boundary(self, account: str, role: str) -> str:
        return f"arn:aws:iam::{account}:policy/of-{role}"

    def registered(self, account: str, region: str, place: str) -> bool:
        return place.startswith("registered/")

    def connection(self, account: str, region: str, name: str) -> tuple[str, tuple[str, ...]]:
        return ("subnet-a", ("sg-a",)) if name == "mesh" else ("", ())

    def vpc_of(self, subnet: str) -> str:
        return "vpc-mesh" if subnet.startswith("subnet-") else ""

    def workgroups(self, account: str, region: str, ids: Sequence[str]) -> Sequence[str]:
        return [each.partition(" ")[2] for each in ids]

    def result(self, account: str, region: str, execution: str) -> str:
        return "" if execution.startswith("running") else f"results/{execution.partition(' ')[2]}/a.csv"


class _StopError(Exception):
    pass


def sent(service: str, operation: str, *, signed: bool = True, **parameters: Any) -> Any:
    """The request that an SDK would send, as moto sees it."""
    from moto.core.request import normalize_request

    found: list[Any] = []

    def grab(request: Any, **_: Any) -> None:
        found.append(normalize_request(request))
        raise _StopError

    session = Session()
    session.register("before-send", grab)
    style: dict[str, Any] = {"s3": {"addressing_style": "path"}}
    keys = {"aws_access_key_id": "A" * 20, "aws_secret_access_key": "x"} if signed else {}
    config = Config(**style) if signed else Config(**style, signature_version=UNSIGNED)
    client: Any = session.create_client(service, region_name=REGION, config=config, **keys)
    with pytest.raises(_StopError):
        getattr(client, operation)(**parameters)
    return found[0]


def asked(service: str, operation: str, module: str = "", **parameters: Any) -> list[Question]:
    return questions(parse(module or service, sent(service, operation, **parameters)), HOME, FakeStored())


def brief(found: list[Question]) -> list[tuple[str, str]]:
    return [(question.action, question.resource) for question in found]


OBJECT, BUCKET = "arn:aws:s3:::b/k", "arn:aws:s3:::b"


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("get_object", {"Key": "k"}, [("s3:GetObject", OBJECT), ("kms:Decrypt", OBJECT_KEY)]),
        ("head_object", {"Key": "k"}, [("s3:GetObject", OBJECT)]),
        ("put_object", {"Key": "k"}, [("s3:PutObject", OBJECT), ("kms:GenerateDataKey", BUCKET_KEY)]),
        ("put_object", {"Key": "k", "ServerSideEncryption": "AES256"}, [("s3:PutObject", OBJECT)]),
        (
            "put_object",
            {"Key": "k", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "mine"},
            [("s3:PutObject", OBJECT), ("kms:GenerateDataKey", f"arn:aws:kms:{REGION}:{HOME}:key/mine")],
        ),
        (
            "copy_object",
            {"Key": "k", "CopySource": "c/d e"},
            [
                ("s3:PutObject", OBJECT),
                ("kms:GenerateDataKey", BUCKET_KEY),
                ("s3:GetObject", "arn:aws:s3:::c/d e"),
                ("kms:Decrypt", OBJECT_KEY),
            ],
        ),
        ("delete_object", {"Key": "k", "VersionId": "v"}, [("s3:DeleteObjectVersion", OBJECT)]),
        (
            "delete_objects",
            {"Delete": {"Objects": [{"Key": "k"}, {"Key": "l"}]}},
            [("s3:DeleteObject", OBJECT), ("s3:DeleteObject", "arn:aws:s3:::b/l")],
        ),
        ("list_objects_v2", {"Prefix": "x/"}, [("s3:ListBucket", BUCKET)]),
        ("get_bucket_lifecycle_configuration", {}, [("s3:GetLifecycleConfiguration", BUCKET)]),
        ("put_bucket_policy", {"Policy": "{}"}, [("s3:PutBucketPolicy", BUCKET)]),
    ],
)
def test_an_operation_of_s3_asks_for_its_actions_and_the_use_of_the_key(
    operation: str, parameters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert brief(asked("s3", operation, Bucket="b", **parameters)) == expected


def test_what_the_headers_say_becomes_context() -> None:
    put, _ = asked("s3", "put_object", Bucket="b", Key="k", ServerSideEncryption="aws:kms", SSEKMSKeyId="mine")
    assert put.context["s3:x-amz-server-side-encryption"] == "aws:kms"
    assert put.context["s3:x-amz-server-side-encryption-aws-kms-key-id"] == "mine"
    assert put.context["aws:SecureTransport"] is True
    (listed,) = asked("s3", "list_objects_v2", Bucket="b", Prefix="x/")
    assert listed.context["s3:prefix"] == "x/"


def test_s3_uses_a_key_in_the_callers_name() -> None:
    _, use = asked("s3", "get_object", Bucket="b", Key="k")
    assert THROUGH_S3.items() <= dict(use.context).items()


def test_a_bucket_without_a_key_asks_for_none() -> None:
    assert brief(asked("s3", "put_object", Bucket="plain", Key="k")) == [("s3:PutObject", "arn:aws:s3:::plain/k")]


def test_every_table_call_asks_for_catalog_database_and_table_of_the_owner() -> None:
    hub = f"arn:aws:glue:{REGION}:{HUB}"
    deleted = asked("glue", "delete_database", CatalogId=HUB, Name="d")
    below = ("catalog", "database/d", "table/d/*", "userDefinedFunction/d/*")
    assert brief(deleted) == [("glue:DeleteDatabase", f"{hub}:{what}") for what in below]
    found = asked("glue", "get_table", CatalogId=HUB, DatabaseName="d", Name="t")
    assert brief(found) == [("glue:GetTable", f"{hub}:{what}") for what in ("catalog", "database/d", "table/d/t")]


def test_a_session_with_tags_and_a_source_identity_asks_for_three_actions() -> None:
    role = f"arn:aws:iam::{HUB}:role/mesh/x"
    tags = [{"Key": "mesh:clearance", "Value": "pii"}]
    found = asked("sts", "assume_role", RoleArn=role, RoleSessionName="me", SourceIdentity="me", Tags=tags)
    assert brief(found) == [(f"sts:{name}", role) for name in ("AssumeRole", "SetSourceIdentity", "TagSession")]
    assert found[0].context["aws:TagKeys"] == ["mesh:clearance"]
    assert found[0].context["sts:SourceIdentity"] == "me"


def test_who_one_is_needs_no_permission() -> None:
    assert asked("sts", "get_caller_identity") == []


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        ("kms", "decrypt", {"CiphertextBlob": b"x" * 40, "KeyId": OBJECT_KEY}, [("kms:Decrypt", OBJECT_KEY)]),
        ("kms", "create_key", {}, [("kms:CreateKey", "*")]),
        (
            "iam",
            "put_role_policy",
            {"RoleName": "r", "PolicyName": "p", "PolicyDocument": "{}"},
            [("iam:PutRolePolicy", f"arn:aws:iam::{HOME}:role/mesh/r")],
        ),
        (
            "events",
            "put_events",
            {"Entries": [{"Source": "s", "EventBusName": "b"}]},
            [("events:PutEvents", f"arn:aws:events:{REGION}:{HOME}:event-bus/b")],
        ),
        (
            "athena",
            "start_query_execution",
            {"QueryString": "q", "WorkGroup": "w"},
            [("athena:StartQueryExecution", f"arn:aws:athena:{REGION}:{HOME}:workgroup/w")],
        ),
        (
            "athena",
            "list_named_queries",
            {},
            [("athena:ListNamedQueries", f"arn:aws:athena:{REGION}:{HOME}:workgroup/primary")],
        ),
        (
            "athena",
            "get_data_catalog",
            {"Name": "AwsDataCatalog"},
            [("athena:GetDataCatalog", f"arn:aws:athena:{REGION}:{HOME}:datacatalog/AwsDataCatalog")],
        ),
        (
            "athena",
            "get_table_metadata",
            {"CatalogName": "c", "DatabaseName": "d", "TableName": "t"},
            [("athena:GetTableMetadata", f"arn:aws:athena:{REGION}:{HOME}:datacatalog/c")],
        ),
        ("athena", "list_work_groups", {}, [("athena:ListWorkGroups", "*")]),
        (
            "athena",
            "start_query_execution",
            {"QueryString": "q"},
            [("athena:StartQueryExecution", f"arn:aws:athena:{REGION}:{HOME}:workgroup/primary")],
        ),
        (
            "athena",
            "get_query_results",
            {"QueryExecutionId": "one reports"},
            [
                ("athena:GetQueryResults", f"arn:aws:athena:{REGION}:{HOME}:workgroup/reports"),
                ("s3:GetObject", "arn:aws:s3:::results/reports/a.csv"),
                ("kms:Decrypt", OBJECT_KEY),
            ],
        ),
        (
            "athena",
            "get_query_results",
            {"QueryExecutionId": "running reports"},
            [("athena:GetQueryResults", f"arn:aws:athena:{REGION}:{HOME}:workgroup/reports")],
        ),
        (
            "athena",
            "batch_get_query_execution",
            {"QueryExecutionIds": ["one reports", "two reports", "three other"]},
            [
                ("athena:BatchGetQueryExecution", f"arn:aws:athena:{REGION}:{HOME}:workgroup/{name}")
                for name in ("reports", "other")
            ],
        ),
        (
            "athena",
            "get_named_query",
            {"NamedQueryId": "mine reports"},
            [("athena:GetNamedQuery", f"arn:aws:athena:{REGION}:{HOME}:workgroup/reports")],
        ),
        ("athena", "stop_query_execution", {"QueryExecutionId": "none"}, [("athena:StopQueryExecution", "*")]),
        (
            "athena",
            "list_table_metadata",
            {"CatalogName": "AwsDataCatalog", "DatabaseName": "d", "WorkGroup": "w"},
            [("athena:ListTableMetadata", f"arn:aws:athena:{REGION}:{HOME}:datacatalog/AwsDataCatalog")],
        ),
        (
            "sqs",
            "send_message",
            {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{HUB}/q", "MessageBody": "m"},
            [("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{HUB}:q")],
        ),
        (
            "lakeformation",
            "register_resource",
            {"ResourceArn": "arn:aws:s3:::b", "RoleArn": "arn:aws:iam::1:role/l"},
            [("lakeformation:RegisterResource", "*"), ("iam:PassRole", "arn:aws:iam::1:role/l")],
        ),
    ],
)
def test_other_services_name_the_resource_that_the_call_names(
    service: str, operation: str, parameters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert brief(asked(service, operation, **parameters)) == expected


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("s3://plain/t/", []),
        ("s3://b/t", [("kms:GenerateDataKey", BUCKET_KEY), ("kms:Decrypt", BUCKET_KEY)]),
        (
            "s3://registered/t/",
            [
                ("kms:GenerateDataKey", BUCKET_KEY),
                ("kms:Decrypt", BUCKET_KEY),
                ("lakeformation:GetDataAccess", "*"),
            ],
        ),
    ],
)
def test_who_makes_an_iceberg_table_writes_its_metadata(location: str, expected: list[tuple[str, str]]) -> None:
    table = {"Location": location, "Schema": {"Fields": []}}
    iceberg = {"MetadataOperation": "CREATE", "CreateIcebergTableInput": table}
    found = asked("glue", "create_table", DatabaseName="d", Name="t", OpenTableFormatInput={"IcebergInput": iceberg})
    place = location.removeprefix("s3://").rstrip("/")
    at = f"arn:aws:s3:::{place}/metadata/00000-written-by-glue.metadata.json"
    files = [(f"s3:{name}", at) for name in ("PutObject", "GetObject", "DeleteObject")]
    assert brief(found)[3:] == [*files, *expected]
    assert all(each.context["aws:ViaAWSService"] for each in found[3:])


OF_THE_JOB = f"arn:aws:iam::{HOME}:role/mesh/pipeline/none/p"
JOB = {"Role": OF_THE_JOB, "Command": {"Name": "glueetl"}}
IN_THE_NETWORK = {"VpcIds": ["vpc-mesh"], "SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-a"]}


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("create_job", {"Name": "j", **JOB, "Connections": {"Connections": ["mesh"]}}, IN_THE_NETWORK),
        ("create_job", {"Name": "j", **JOB, "Connections": {"Connections": ["gone"]}}, {}),
        ("create_job", {"Name": "j", **JOB}, {}),
        (
            "update_job",
            {"JobName": "j", "JobUpdate": {**JOB, "Connections": {"Connections": ["mesh"]}}},
            IN_THE_NETWORK,
        ),
        ("create_session", {"Id": "s", **JOB, "Connections": {"Connections": ["mesh"]}}, IN_THE_NETWORK),
    ],
)
def test_a_job_of_glue_is_in_the_network_of_its_connection(
    operation: str, parameters: dict[str, Any], expected: dict[str, Any]
) -> None:
    found, passes = asked("glue", operation, **parameters)
    assert {
        name.partition(":")[2]: value for name, value in found.context.items() if ":" in name and "glue" in name
    } == (expected)
    assert (passes.action, passes.resource) == ("iam:PassRole", OF_THE_JOB)
    assert passes.context["iam:PassedToService"] == "glue.amazonaws.com"


@pytest.mark.parametrize("settings", [{"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-a"]}, {}])
def test_a_function_of_lambda_is_in_the_network_that_the_call_says(settings: dict[str, Any]) -> None:
    more = {"VpcConfig": settings} if settings else {}
    (found,) = asked("lambda", "update_function_configuration", "awslambda", FunctionName="f", **more)
    told = {name.partition(":")[2]: value for name, value in found.context.items() if name.startswith("lambda:")}
    assert told == (IN_THE_NETWORK if settings else {})


def test_a_role_that_gets_a_policy_is_judged_by_the_boundary_that_it_has() -> None:
    (found,) = asked("iam", "put_role_policy", RoleName="r", PolicyName="p", PolicyDocument="{}")
    assert found.context["iam:PermissionsBoundary"] == f"arn:aws:iam::{HOME}:policy/of-r"


def test_a_call_that_nobody_signs_is_anonymous() -> None:
    call = parse("s3", sent("s3", "get_object", signed=False, Bucket="b", Key="k"))
    assert (call.key, call.operation) == ("", "GetObject")


def _signed_in_another_way(request: Any) -> None:
    request.environ["HTTP_AUTHORIZATION"] = "AWS AKIA:signature"


def _no_operation(request: Any) -> None:
    request.environ["HTTP_X_AMZ_TARGET"] = "AWSGlue.InventTable"


@pytest.mark.parametrize(
    ("service", "operation", "change"),
    [("s3", "list_buckets", _signed_in_another_way), ("glue", "get_databases", _no_operation)],
)
def test_what_cannot_be_read_is_refused_and_never_guessed(
    service: str, operation: str, change: Callable[[Any], None]
) -> None:
    request = sent(service, operation)
    change(request)
    with pytest.raises(UnknownError):
        parse(service, request)


def test_an_operation_of_sts_that_is_not_emulated_is_refused() -> None:
    call = AwsCall("sts", "AssumeRoleWithSAML", REGION, "", {})
    with pytest.raises(UnknownError, match="not emulated"):
        questions(call, HOME, FakeStored())


MAPPING = "12345678-1234-1234-1234-123456789012"


@pytest.mark.parametrize(
    ("operation", "parameters", "resource"),
    [
        ("get_function", {"FunctionName": "f"}, "function:f"),
        ("get_function", {"FunctionName": f"arn:aws:lambda:{REGION}:{HOME}:function:f"}, "function:f"),
        ("delete_event_source_mapping", {"UUID": MAPPING}, f"event-source-mapping:{MAPPING}"),
        ("list_versions_by_function", {"FunctionName": "f"}, "function:f"),
    ],
)
def test_a_call_to_lambda_is_asked_on_its_function_or_on_what_it_polls(
    operation: str, parameters: dict[str, Any], resource: str
) -> None:
    (question,) = asked("lambda", operation, "awslambda", **parameters)
    assert question.resource == f"arn:aws:lambda:{REGION}:{HOME}:{resource}"
    assert question.exact


def test_a_new_mapping_is_asked_on_no_resource() -> None:
    queue = f"arn:aws:sqs:{REGION}:{HOME}:q"
    (question,) = asked("lambda", "create_event_source_mapping", "awslambda", FunctionName="f", EventSourceArn=queue)
    assert question.resource == "*"


def test_a_secret_is_asked_for_by_the_arn_that_it_has() -> None:
    from moto.secretsmanager.models import secretsmanager_backends

    stored: Any = secretsmanager_backends[HOME][REGION]
    stored.create_secret("mesh/beats/key", "x", None, None, [], None, None, [], force_overwrite=False)
    try:
        (question,) = asked("secretsmanager", "get_secret_value", SecretId="mesh/beats/key")
        (whole,) = asked("secretsmanager", "get_secret_value", SecretId=question.resource)
    finally:
        stored.secrets.clear()
    prefix = f"arn:aws:secretsmanager:{REGION}:{HOME}:secret:mesh/beats/key-"
    assert question.resource.startswith(prefix)
    assert len(question.resource) == len(prefix) + 6
    assert whole == question
