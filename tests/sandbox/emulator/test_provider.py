"""The provider's service, rule by rule, where no organisation is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.emulator.aws import RECORDED_TYPES, RESOURCES
from sandbox.emulator.provider import AwsProvider
from sandbox.engine.wire import UNKNOWN, to_python, to_struct, wrap
from tests.sandbox.emulator.provider_harness import DOMAIN, REGION, Aborted, Context, Driver, Values, settings, urn

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture
def offline() -> Driver:
    driver = Driver(AwsProvider())
    driver.configure(settings(DOMAIN, defaultTags={"tags": {"mesh": "sample"}}))
    return driver


def configure(**values: Any) -> None:
    Driver(AwsProvider()).configure(values)


# --- configuration -----------------------------------------------------------------------------------------


def test_nested_settings_may_be_json_strings() -> None:
    wire = {name: value if isinstance(value, str) else json.dumps(value) for name, value in settings(DOMAIN).items()}
    driver = Driver(AwsProvider())
    driver.configure(wire)
    request = pb.InvokeRequest(tok="aws:index/getCallerIdentity:getCallerIdentity")
    answer = driver.provider.Invoke(request, Context())
    assert to_python(getattr(answer, "return"))["accountId"] == DOMAIN


def test_a_role_whose_arn_has_the_wrong_key_is_refused_as_on_aws() -> None:
    with pytest.raises(Aborted, match="IAM Role ARN not set"):
        configure(**{**settings(DOMAIN), "assumeRoles": [{"role_arn": "arn:aws:iam::1:role/x"}]})


def test_a_role_in_an_account_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(Aborted, match=f"AWS account ID not allowed: {DOMAIN}"):
        configure(**{**settings(DOMAIN), "allowedAccountIds": ["999999999999"]})


def test_a_provider_without_a_role_is_refused() -> None:
    with pytest.raises(Aborted, match="assumeRoles"):
        configure(region=REGION)


def test_a_setting_that_the_sandbox_does_not_have_is_refused_by_name() -> None:
    request = pb.CheckRequest(urn="x", news=to_struct({**settings(DOMAIN), "httpProxy": "x"}))
    failures = AwsProvider().CheckConfig(request, Context()).failures
    assert [failure.property for failure in failures] == ["httpProxy"]


def test_settings_that_are_not_known_yet_pass_a_preview() -> None:
    configure(assumeRoles=[{"roleArn": UNKNOWN}], allowedAccountIds=[UNKNOWN], region=REGION)


def test_a_changed_setting_updates_the_provider_in_place() -> None:
    request = pb.DiffRequest(
        olds=to_struct(settings(DOMAIN)), news=to_struct({**settings(DOMAIN), "region": "eu-central-1"})
    )
    answer = AwsProvider().DiffConfig(request, Context())
    assert ([*answer.diffs], [*answer.replaces]) == (["region"], [])


# --- check -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "inputs", "property_", "reason"),
    [
        (BUCKET, {"bucket": "b", "acl": "public-read"}, "acl", "does not handle"),
        (BUCKET, {}, "bucket", "missing"),
        (BUCKET, {"bucket": 5}, "bucket", "expected a string"),
        (BUCKET, {"bucket": "b", "forceDestroy": "true"}, "forceDestroy", "expected a boolean"),
        (BUCKET, {"bucket": "b", "tags": {"a": 1}}, "tags[a]", "expected a string"),
        (POLICY, {"bucket": "b", "policy": "{not json"}, "policy", "invalid JSON"),
        (ENCRYPTION, {"bucket": "b", "rules": [{"sseAlgorithm": "x"}]}, "rules[0].sseAlgorithm", "does not handle"),
        (ENCRYPTION, {"bucket": "b", "rules": {}}, "rules", "expected a list of objects"),
        ("aws:iam/role:Role", {"name": "r", "assumeRolePolicy": DOCUMENT, "region": "x"}, "region", "does not handle"),
        ("aws:kms/key:Key", {"rotationPeriodInDays": True}, "rotationPeriodInDays", "expected a number"),
    ],
)
def test_a_wrong_property_is_refused_by_name(
    offline: Driver, token: str, inputs: Values, property_: str, reason: str
) -> None:
    failures = offline.check(token, inputs)
    assert reason in failures.pop(property_)
    assert not failures


def test_what_is_not_known_yet_is_not_refused(offline: Driver) -> None:
    assert offline.check(POLICY, {"bucket": UNKNOWN, "policy": UNKNOWN}) == {}
    assert offline.check(ENCRYPTION, {"bucket": "b", "rules": [UNKNOWN]}) == {}


def test_a_secret_is_checked_by_its_value(offline: Driver) -> None:
    assert offline.check(POLICY, {"bucket": "b", "policy": wrap(DOCUMENT)}) == {}
    assert "policy" in offline.check(POLICY, {"bucket": "b", "policy": wrap("{")})


def test_a_type_without_a_handler_is_refused_with_what_to_do(offline: Driver) -> None:
    with pytest.raises(
        Aborted, match=r"no handler for aws:ec2/instance:Instance; add one in sandbox/emulator/aws/ec2\.py"
    ):
        offline.check("aws:ec2/instance:Instance", {})


# --- diff --------------------------------------------------------------------------------------------------


def diff(driver: Driver, token: str, old: Values, new: Values, **state: Any) -> pb.DiffResponse:
    return driver.diff(token, "id", {**old, **state}, old, new)


def test_a_policy_document_is_compared_as_json(offline: Driver) -> None:
    old = {"bucket": "b", "policy": '{"Version": "2012-10-17", "Statement": []}'}
    assert not diff(offline, POLICY, old, {**old, "policy": '{"Statement":[],"Version":"2012-10-17"}'}).diffs
    assert [*diff(offline, POLICY, old, {**old, "policy": "{}"}).diffs] == ["policy"]


def test_the_order_of_a_set_is_no_difference(offline: Driver) -> None:
    token = "aws:lakeformation/lfTag:LfTag"
    old = {"key": "pii", "values": ["true", "false"]}
    assert not diff(offline, token, old, {"key": "pii", "values": ["false", "true"]}).diffs
    assert [*diff(offline, token, old, {"key": "pii", "values": ["true"]}).diffs] == ["values"]


def test_the_order_of_columns_is_a_difference(offline: Driver) -> None:
    token = "aws:glue/catalogTable:CatalogTable"
    columns = [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}]
    old = {"name": "t", "databaseName": "d", "storageDescriptor": {"columns": columns}}
    new = {**old, "storageDescriptor": {"columns": columns[::-1]}}
    assert [*diff(offline, token, old, new).diffs] == ["storageDescriptor"]


def test_a_default_said_is_no_difference(offline: Driver) -> None:
    old = {"name": "r", "assumeRolePolicy": DOCUMENT}
    assert not diff(offline, "aws:iam/role:Role", old, {**old, "path": "/", "maxSessionDuration": 3600}).diffs
    assert not diff(offline, BUCKET, {"bucket": "b"}, {"bucket": "b", "region": REGION}).diffs


def test_a_fixed_name_is_freed_before_the_replacement_takes_it(offline: Driver) -> None:
    old = {"name": "r", "assumeRolePolicy": DOCUMENT}
    same_name = diff(offline, "aws:iam/role:Role", old, {**old, "path": "/mesh/"})
    other_name = diff(offline, "aws:iam/role:Role", old, {**old, "name": "other"})
    assert ([*same_name.replaces], same_name.deleteBeforeReplace) == (["path"], True)
    assert ([*other_name.replaces], other_name.deleteBeforeReplace) == (["name"], False)


def test_the_kind_of_each_difference_is_said(offline: Driver) -> None:
    token = "aws:iam/role:Role"
    old = {"name": "r", "assumeRolePolicy": DOCUMENT, "description": "d"}
    new = {"name": "s", "assumeRolePolicy": DOCUMENT, "permissionsBoundary": "arn"}
    kinds = {
        name: pb.PropertyDiff.Kind.Name(found.kind)
        for name, found in diff(offline, token, old, new).detailedDiff.items()
    }
    assert kinds == {"name": "UPDATE_REPLACE", "description": "DELETE", "permissionsBoundary": "ADD"}


def test_new_default_tags_of_the_provider_are_a_difference(offline: Driver) -> None:
    old = {"bucket": "b"}
    assert [*diff(offline, BUCKET, old, old, tagsAll={"mesh": "before"}).diffs] == ["tagsAll"]
    assert not diff(offline, BUCKET, old, old, tagsAll={"mesh": "sample"}).diffs


def test_an_ignored_property_is_no_difference(offline: Driver) -> None:
    old, new = {"bucket": "b", "tags": {"a": "b"}}, {"bucket": "b"}
    request = pb.DiffRequest(
        urn=urn(BUCKET), olds=to_struct(old), news=to_struct(new), old_inputs=to_struct(old), ignoreChanges=["tags.a"]
    )
    assert not offline.provider.Diff(request, Context()).diffs


def test_a_value_that_is_not_known_yet_is_a_difference(offline: Driver) -> None:
    assert [*diff(offline, POLICY, {"bucket": "b", "policy": "{}"}, {"bucket": "b", "policy": UNKNOWN}).diffs] == [
        "policy"
    ]


# --- previews ----------------------------------------------------------------------------------------------


def test_a_preview_gives_the_inputs_and_says_what_only_aws_will_know(offline: Driver) -> None:
    id_, outputs = offline.create(BUCKET, {"bucket": "b", "tags": {"owner": "o"}}, preview=True)
    assert id_ == ""
    assert outputs["bucket"] == "b"
    assert outputs["tagsAll"] == {"mesh": "sample", "owner": "o"}
    assert outputs["region"] == REGION
    assert {outputs[name] for name in RESOURCES[BUCKET].outputs} == {UNKNOWN}


def test_without_an_organisation_nothing_is_created(offline: Driver) -> None:
    with pytest.raises(Aborted, match="only previews"):
        offline.create(BUCKET, {"bucket": "b"})


def test_a_preview_loads_no_aws_sdk_and_no_emulator() -> None:
    program = """
import sys
from tests.sandbox.emulator.provider_harness import Driver, settings, DOMAIN
from sandbox.emulator.provider import AwsProvider
driver = Driver(AwsProvider())
driver.configure(settings(DOMAIN))
driver.check("aws:s3/bucket:Bucket", {"bucket": "b"})
driver.create("aws:s3/bucket:Bucket", {"bucket": "b"}, preview=True)
print([name for name in ("boto3", "botocore", "moto", "werkzeug") if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# --- the rest of the service -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("aws:index/getPartition:getPartition", {"partition": "aws", "dnsSuffix": "amazonaws.com"}),
        ("aws:index/getRegion:getRegion", {"region": REGION, "name": REGION}),
        ("aws:index/getCallerIdentity:getCallerIdentity", {"arn": f"arn:aws:sts::{DOMAIN}:assumed-role/deploy/mesh"}),
    ],
)
def test_the_functions_that_say_where_we_are_answer(offline: Driver, token: str, expected: Values) -> None:
    answer = to_python(getattr(offline.provider.Invoke(pb.InvokeRequest(tok=token), Context()), "return"))
    assert expected.items() <= answer.items()


def test_another_function_is_refused_by_name(offline: Driver) -> None:
    with pytest.raises(Aborted, match="getPolicyDocument"):
        offline.provider.Invoke(pb.InvokeRequest(tok="aws:iam/getPolicyDocument:getPolicyDocument"), Context())


def test_every_recorded_type_and_part_says_why() -> None:
    parts = [reason for resource in RESOURCES.values() for reason in resource.recorded_parts.values()]
    reasons = [*RECORDED_TYPES.values(), *parts]
    assert all("moto" in reason for reason in reasons)


@pytest.fixture
def served() -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """The same class over gRPC, as Pulumi's own engine attaches to it."""
    server = grpc.server(futures.ThreadPoolExecutor(2))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(AwsProvider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None)


def test_the_same_class_serves_over_grpc(served: Any) -> None:
    served.Handshake(pb.ProviderHandshakeRequest(engine_address="x"))
    assert served.GetPluginInfo(empty_pb2.Empty()).version.startswith("7.")
    assert served.Configure(pb.ConfigureRequest(args=to_struct(settings(DOMAIN)))).supportsPreview
    created = served.Create(pb.CreateRequest(urn=urn(BUCKET), properties=to_struct({"bucket": "b"}), preview=True))
    assert to_python(created.properties)["arn"] == UNKNOWN
    served.Cancel(empty_pb2.Empty())


def test_an_error_over_grpc_is_a_sentence(served: Any) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        served.Configure(pb.ConfigureRequest(args=to_struct({"region": REGION, "assumeRoles": [{}]})))
    assert raised.value.code() == grpc.StatusCode.INVALID_ARGUMENT  # type: ignore[attr-defined]
    assert "IAM Role ARN not set" in raised.value.details()  # type: ignore[attr-defined]
