"""`mesh/aws/shapes.json` is what botocore's models say, and the rule that finds a property's member is no guess."""

from __future__ import annotations

import inspect
import re

import botocore.session
import pulumi_aws
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from botocore.validate import ParamValidator

from mesh.aws.property_shapes import form_of_aws, shapes
from tools.shapes import members
from tools.shapes.limits import limits_of
from tools.shapes.pulumi_types import RENAMED
from tools.shapes.shapes_file import SHAPES, text

READ = members.read(members.FILE.read_text("utf-8"))


@pytest.mark.long
def test_the_file_is_what_botocore_says() -> None:
    assert SHAPES.read_text("utf-8") == text()


def test_every_limit_beside_botocores_has_its_source() -> None:
    beside = [s for t in shapes().types.values() for s in t.properties.values() if s.source]
    assert len(beside) > 20
    assert all(len(shape.source) > 10 for shape in beside)


def test_a_member_or_a_property_that_does_not_exist_is_refused() -> None:
    group = READ.types["aws:iam/group:Group"]
    with pytest.raises(members.MembersError, match="no call has a member GroupNam"):
        limits_of(members.TypeMembers(group.type, group.calls, members={"name": "GroupNam"}))
    with pytest.raises(members.MembersError, match="Pulumi has no property nam"):
        limits_of(members.TypeMembers(group.type, group.calls, members={"nam": "GroupName"}))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("calls: [], call: x", "call is unknown"),
        ("calls: [], limits: {name: {max: 3}}", "the limits of name have no source"),
    ],
)
def test_a_mistake_in_the_file_is_told(fields: str, expected: str) -> None:
    with pytest.raises(members.MembersError, match=expected):
        members.read(f"pulumi-only: {{}}\ntypes: {{aws:a/b:B: {{{fields}}}}}\n")


# No second judge of AWS: botocore's validator has the same models. It shows that they were read as botocore reads them.
REQUIRED = [
    ("aws:iam/role:Role", "iam", "CreateRole", {"RoleName": "a", "AssumeRolePolicyDocument": "{}"}),
    ("aws:kms/alias:Alias", "kms", "CreateAlias", {"AliasName": "alias/a", "TargetKeyId": "a"}),
    ("aws:glue/resourcePolicy:ResourcePolicy", "glue", "PutResourcePolicy", {"PolicyInJson": "{}"}),
    ("aws:cloudwatch/eventRule:EventRule", "events", "PutRule", {"Name": "a"}),
    (
        "aws:organizations/policyAttachment:PolicyAttachment",
        "organizations",
        "AttachPolicy",
        {"PolicyId": "p", "TargetId": "r"},
    ),
    ("aws:lakeformation/lfTag:LfTag", "lakeformation", "CreateLFTag", {"TagKey": "a", "TagValues": ["b"]}),
]


@pytest.mark.parametrize(("type_", "service", "operation", "parameters"), REQUIRED)
def test_what_is_required_is_read_as_botocore_reads_it(
    type_: str, service: str, operation: str, parameters: dict[str, object]
) -> None:
    client = botocore.session.get_session().create_client(
        service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(client) as stub:
        stub.add_client_error(xform_name(operation))
        with pytest.raises(ClientError):  # and no ParamValidationError
            getattr(client, xform_name(operation))(**parameters)
    shape = client.meta.service_model.operation_model(operation).input_shape
    of_type = shapes().types[type_]
    names = {of_type.properties[name].member.rpartition(" ")[2] for name in of_type.required.get("", ())}
    for name in parameters:
        lacking = {key: value for key, value in parameters.items() if key != name}
        assert ParamValidator().validate(lacking, shape).has_errors() == (name in names)


# The other side: the plugin's schema, which its authors wrote by hand, as the arguments of Pulumi's classes have it.
NAMED_BY_PULUMI = {
    "aws:athena/workgroup:Workgroup",
    "aws:budgets/budget:Budget",
    "aws:cloudformation/stackSet:StackSet",
    "aws:cloudtrail/trail:Trail",
    "aws:cloudwatch/eventBus:EventBus",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:glue/catalogDatabase:CatalogDatabase",
    "aws:glue/connection:Connection",
    "aws:glue/job:Job",
    "aws:glue/trigger:Trigger",
    "aws:glue/workflow:Workflow",
    "aws:iam/group:Group",
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/policy:Policy",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:kms/alias:Alias",
    "aws:lambda/function:Function",
    "aws:organizations/account:Account",
    "aws:organizations/organizationalUnit:OrganizationalUnit",
    "aws:ram/resourceShare:ResourceShare",
    "aws:sfn/stateMachine:StateMachine",
    "aws:sns/topic:Topic",
    "aws:sqs/queue:Queue",
    "aws:ssoadmin/permissionSet:PermissionSet",
}
AWS_ALONE = {
    "aws:budgets/budget:Budget": "limitAmount limitUnit notifications",
    "aws:cloudformation/stackInstances:StackInstances": "regions retainStacks",
    "aws:cloudwatch/eventTarget:EventTarget": "targetId",
    "aws:cloudwatch/logGroup:LogGroup": "retentionInDays",
    "aws:ec2/networkAcl:NetworkAcl": "egress",
    "aws:ec2/securityGroup:SecurityGroup": "description",
    "aws:glue/connection:Connection": "connectionType",
    "aws:lambda/permission:Permission": "statementId",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "rules",
    "aws:s3/bucketLogging:BucketLogging": "bucket targetPrefix",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": "bucket",
    "aws:s3/bucketObjectv2:BucketObjectv2": "key",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "bucket rules",
    "aws:s3/bucketVersioning:BucketVersioning": "bucket versioningConfiguration",
}
"""Properties that AWS requires, and Pulumi does not: the plugin fills them in, or has another class for them."""
PLUGIN_ALONE = {
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": "defaultNetworkAclId",
    "aws:iam/organizationsFeatures:OrganizationsFeatures": "enabledFeatures",
    "aws:lakeformation/permissions:Permissions": "principal",
    "aws:ram/principalAssociation:PrincipalAssociation": "principal",
    "aws:ram/resourceAssociation:ResourceAssociation": "resourceArn",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": "rule",
    "aws:sns/topicSubscription:TopicSubscription": "endpoint",
}
"""Properties that the plugin requires, and AWS's models do not."""


def required_by_pulumi(token: str) -> set[str]:
    """Names of the inputs that Pulumi's class does not take None for."""
    _, path, name = token.split(":")
    folder = path.partition("/")[0]
    package = getattr(pulumi_aws, RENAMED.get(folder, folder))
    arguments = inspect.signature(getattr(package, f"{name}Args")).parameters.values()
    required = [each.name for each in arguments if each.default is inspect.Parameter.empty and each.name != "__self__"]
    return {re.sub("_([a-z0-9])", lambda letter: letter[1].upper(), each) for each in required}


def test_what_aws_requires_the_plugin_requires_but_for_known_differences() -> None:
    aws, plugin = {}, {}
    for token, of_type in shapes().types.items():
        ours, theirs = set(of_type.required.get("", ())), required_by_pulumi(token)
        ours -= {"name"} if token in NAMED_BY_PULUMI and "name" not in theirs else set()
        aws |= {token: " ".join(sorted(ours - theirs))} if ours - theirs else {}
        plugin |= {token: " ".join(sorted(theirs - ours))} if theirs - ours else {}
    assert aws == AWS_ALONE
    assert plugin == PLUGIN_ALONE


def test_a_form_stands_only_where_the_plugin_takes_another_than_aws() -> None:
    every = {f"{name} {path}": s for name, of_type in shapes().types.items() for path, s in of_type.properties.items()}
    differs = {path: shape.form for path, shape in every.items() if shape.form}
    assert all(
        form != form_of_aws(every[path].type, listed=every[path].items is not None) for path, form in differs.items()
    )
    # The plugin takes texts where Lake Formation and EC2 take a structure around each.
    assert differs["aws:lakeformation/dataLakeSettings:DataLakeSettings readOnlyAdmins"] == "list"
    assert differs["aws:ec2/vpc:Vpc enableDnsSupport"] == "scalar"
    assert "aws:iam/role:Role name" not in differs
