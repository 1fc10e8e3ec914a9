"""`mesh/aws/shapes.json` is what botocore's models say, and the rule that finds a property's member is no guess."""

from __future__ import annotations

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from botocore.validate import ParamValidator

from mesh.aws.property_shapes import shapes
from tools.shapes import members
from tools.shapes.limits import limits_of
from tools.shapes.shapes_file import SHAPES, text

READ = members.read(members.FILE.read_text("utf-8"))


@pytest.mark.slow
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


# A second judge: botocore's own validator, asked with a client that is stubbed. It knows types, and what is required.
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
def test_what_is_required_botocore_requires(
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
