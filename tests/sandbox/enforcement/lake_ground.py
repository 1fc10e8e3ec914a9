"""A domain's account with a bucket, a draft database, and an Iceberg table that Glue made: ground for real clients."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import boto3
from botocore.config import Config

from sandbox.enforcement.enforced_organization import EnforcedOrganization
from sandbox.rehearsal.credentials import session_credentials
from tests.sandbox.emulator.provider_harness import DOMAIN, IDS, REGION
from tests.sandbox.enforcement.test_gate import FIRST_ROLES, allow, policy

LAKE: Final = "lake"
DATABASE: Final = "playback__sessions__draft"
LOCATION: Final = f"s3://{LAKE}/tables/sessions/"
GLUE: Final = f"arn:aws:glue:{REGION}:{DOMAIN}"
FIELDS: Final = (
    {"Id": 1, "Name": "session_id", "Required": True, "Type": '"string"', "Doc": "Which one."},
    {"Id": 4, "Name": "hours", "Required": False, "Type": '"long"'},
    {
        "Id": 7,
        "Name": "device",
        "Required": False,
        "Type": json.dumps(
            {
                "type": "struct",
                "fields": [{"id": 9, "name": "family", "required": False, "type": "string"}],
            }
        ),
    },
)


def trusted_by(service: str) -> dict[str, Any]:
    """A trust policy for a service."""
    return policy(allow("sts:AssumeRole", Principal={"Service": service}))


def iceberg_input(*more: Mapping[str, Any], schema_id: int = 3, **members: Any) -> dict[str, Any]:
    """Schema and location of the table, as Glue's input has them, with more fields behind the first."""
    schema = {"Type": "struct", "SchemaId": schema_id, "IdentifierFieldIds": [1], "Fields": [*FIELDS, *more]}
    return {"Location": LOCATION, "Schema": schema, **members}


def create(glue: Any, name: str = "sessions", **members: Any) -> None:
    """Have Glue make the table."""
    iceberg = {"MetadataOperation": "CREATE", "Version": "2", "CreateIcebergTableInput": iceberg_input(**members)}
    glue.create_table(DatabaseName=DATABASE, Name=name, OpenTableFormatInput={"IcebergInput": iceberg})


def evolve(glue: Any, *more: Mapping[str, Any], schema_id: int = 4, name: str = "sessions") -> None:
    """Have Glue change the schema of the table, as the AWS plugin asks for it."""
    update = {"UpdateIcebergTableInput": {"Updates": [iceberg_input(*more, schema_id=schema_id)]}}
    glue.update_table(DatabaseName=DATABASE, Name=name, UpdateOpenTableFormatInput={"UpdateIcebergInput": update})


def metadata(organization: EnforcedOrganization, name: str = "sessions") -> dict[str, Any]:
    """The metadata file that the table points at."""
    table = organization.client("glue", DOMAIN).get_table(DatabaseName=DATABASE, Name=name)["Table"]
    key = table["Parameters"]["metadata_location"].removeprefix(f"s3://{LAKE}/")
    found: dict[str, Any] = json.load(organization.client("s3", DOMAIN).get_object(Bucket=LAKE, Key=key)["Body"])
    return found


def role(organization: EnforcedOrganization, name: str, *statements: Mapping[str, Any]) -> str:
    """A role of the domain's account with these statements; its ARN."""
    iam = organization.client("iam", DOMAIN)
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trusted_by("glue.amazonaws.com")))[
        "Role"
    ]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="mesh", PolicyDocument=json.dumps(policy(*map(dict, statements))))
    return arn


def keys_of(arn: str) -> dict[str, str]:
    """Credentials of a role, as boto3's clients take them."""
    keys = session_credentials(arn, REGION)
    return {
        "aws_access_key_id": keys.access_key,
        "aws_secret_access_key": keys.secret_key,
        "aws_session_token": str(keys.token),
    }


def client(organization: EnforcedOrganization, service: str, arn: str) -> Any:
    """A client of boto3 over HTTP, as its users make it, that is a role."""
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    return boto3.client(service, endpoint_url=organization.endpoint, region_name=REGION, config=config, **keys_of(arn))


@contextmanager
def lake_ground() -> Iterator[EnforcedOrganization]:
    """Inside, the organisation is served; the bucket is encrypted with a key of the domain's."""
    with EnforcedOrganization(IDS, REGION, FIRST_ROLES, port=0) as organization:
        organization.ensure_account("governance")
        organization.ensure_account("playback")
        key = organization.client("kms", DOMAIN).create_key(Description="of the product")["KeyMetadata"]["Arn"]
        s3 = organization.client("s3", DOMAIN)
        s3.create_bucket(Bucket=LAKE, CreateBucketConfiguration={"LocationConstraint": REGION})
        default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        s3.put_bucket_encryption(Bucket=LAKE, ServerSideEncryptionConfiguration={"Rules": [default]})
        organization.client("glue", DOMAIN).create_database(DatabaseInput={"Name": DATABASE})
        yield organization


PIPELINE: Final = (
    allow(["s3:GetObject", "s3:PutObject"], Resource=f"arn:aws:s3:::{LAKE}/tables/*"),
    allow("s3:ListBucket", Resource=f"arn:aws:s3:::{LAKE}"),
    allow(["kms:Decrypt", "kms:GenerateDataKey"], Resource="*"),
    allow(
        ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:UpdateTable"],
        Resource=[f"{GLUE}:catalog", f"{GLUE}:database/{DATABASE}", f"{GLUE}:table/{DATABASE}/*"],
    ),
)
"""What a pipeline may: read and write its table and commit, delete nothing, make no table."""
