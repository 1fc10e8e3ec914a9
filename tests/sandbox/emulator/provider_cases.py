"""A life for each resource type that the sandbox has: buckets, roles, keys, the catalog and the organisation."""

from __future__ import annotations

import dataclasses
import json

from sandbox.emulator.aws.fields import PropertyValues
from tests.sandbox.emulator.provider_harness import DOMAIN, GOVERNANCE, MANAGEMENT, Case, Made


def policy(action: str, **members: object) -> str:
    """A policy document of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **members}]})


TRUST = policy("sts:AssumeRole", Principal={"Service": "glue.amazonaws.com"})
OTHER_TRUST = policy("sts:AssumeRole", Principal={"Service": "athena.amazonaws.com"})
ANY = policy("s3:GetObject", Resource="*")
OTHER = policy("s3:PutObject", Resource="*")
TAGS = {"tags": {"owner": "playback"}}

BUCKET = Case(
    "aws:s3/bucket:Bucket", {"bucket": "mesh-playback-data", **TAGS}, {"tags": {"owner": "x"}}, {"bucket": "other"}
)
LOGS = Case("aws:s3/bucket:Bucket", {"bucket": "mesh-playback-logs", "forceDestroy": True})
GOVERNANCE_LOGS = Case("aws:s3/bucket:Bucket", {"bucket": "mesh-trail", "forceDestroy": True}, account=GOVERNANCE)
LOCKED = Case("aws:s3/bucket:Bucket", {"bucket": "mesh-audit", "objectLockEnabled": True})


def of_bucket(
    kind: str, inputs: PropertyValues, change: PropertyValues | None, *, stays: bool = False, **more: Case
) -> Case:
    """A configuration of the bucket."""
    token = f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}"
    return Case(
        token,
        {"bucket": "mesh-playback-data", **inputs},
        change,
        {"bucket": "b"},
        {"bucket": BUCKET, **more},
        stays=stays,
    )


VERSIONING = of_bucket(
    "BucketVersioning",
    {"versioningConfiguration": {"status": "Enabled"}},
    {"versioningConfiguration": {"status": "Suspended"}},
    stays=True,
)
BLOCK = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)


def _kms_rule(key: bool) -> PropertyValues:
    return {
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "alias/x"},
                "bucketKeyEnabled": key,
            }
        ]
    }


def _lifecycle(days: int) -> PropertyValues:
    return {
        "rules": [
            {
                "id": "old",
                "status": "Enabled",
                "filter": {"prefix": "data/"},
                "expiration": {"days": days},
                "noncurrentVersionExpiration": {"noncurrentDays": 30},
                "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}],
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            },
            {
                "id": "tagged",
                "status": "Enabled",
                "filter": {"and": {"prefix": "x/", "tags": {"a": "b", "c": "d"}}},
                "expiration": {"days": 9},
            },
        ]
    }


def _replication(status: str) -> PropertyValues:
    return {
        "role": f"arn:aws:iam::{DOMAIN}:role/replication",
        "rules": [
            {
                "id": "partner",
                "priority": 1,
                "status": status,
                "filter": {"prefix": "outbound/ads/"},
                "deleteMarkerReplication": {"status": "Disabled"},
                "destination": {
                    "bucket": "arn:aws:s3:::mesh-playback-logs",
                    "account": GOVERNANCE,
                    "accessControlTranslation": {"owner": "Destination"},
                    "encryptionConfiguration": {"replicaKmsKeyId": f"arn:aws:kms:eu-west-1:{GOVERNANCE}:key/k"},
                },
                "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
            }
        ],
    }


AES: PropertyValues = {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}

S3 = (
    BUCKET,
    Case(LOCKED.token, LOCKED.inputs, {"forceDestroy": True}, {"objectLockEnabled": False}, label="Bucket with a lock"),
    Case(BUCKET.token, {"bucket": "b-mesh", "tags": {"mesh": "sample"}}, label="Bucket that repeats a default tag"),
    of_bucket("BucketServerSideEncryptionConfiguration", AES, _kms_rule(True)),
    VERSIONING,
    of_bucket("BucketServerSideEncryptionConfiguration", _kms_rule(True), _kms_rule(False)),
    of_bucket("BucketPublicAccessBlock", BLOCK, {"blockPublicAcls": False}),
    of_bucket(
        "BucketOwnershipControls",
        {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        {"rule": {"objectOwnership": "ObjectWriter"}},
    ),
    of_bucket("BucketLifecycleConfiguration", _lifecycle(400), _lifecycle(500)),
    of_bucket(
        "BucketLogging", {"targetBucket": "mesh-playback-logs", "targetPrefix": "a/"}, {"targetPrefix": "b/"}, logs=LOGS
    ),
    of_bucket("BucketNotification", {"eventbridge": True}, {"eventbridge": False}, stays=True),
    of_bucket("BucketPolicy", {"policy": policy("s3:*", Principal="*", Resource="*")}, {"policy": OTHER}),
    Case(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        {"bucket": "mesh-audit", "rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 400}}},
        {"rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 500}}},
        {"bucket": "b", "objectLockEnabled": "Disabled"},
        {"bucket": LOCKED},
        stays=True,
    ),
    of_bucket(
        "BucketReplicationConfig",
        _replication("Enabled"),
        {"rules": _replication("Disabled")["rules"]},
        logs=LOGS,
        versioning=VERSIONING,
    ),
    Case("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", BLOCK, {"blockPublicAcls": False}),
)

ROLE = Case(
    "aws:iam/role:Role",
    {
        "name": "sessions",
        "path": "/mesh/pipeline/",
        "assumeRolePolicy": TRUST,
        "description": "Writes sessions.",
        **TAGS,
    },
    {"assumeRolePolicy": OTHER_TRUST, "description": "Writes.", "maxSessionDuration": 7200, "tags": {}},
    {"path": "/"},
)
BOUNDARY = Case(
    "aws:iam/policy:Policy",
    {"name": "boundary", "path": "/mesh/", "policy": ANY, **TAGS},
    {"policy": OTHER},
    {"path": "/"},
)

GROUP = Case("aws:iam/group:Group", {"name": "keepers", "path": "/mesh/"}, {"path": "/other/"}, {"name": "other"})

IAM = (
    ROLE,
    BOUNDARY,
    Case(
        "aws:iam/role:Role",
        lambda made: {"name": "bounded", "assumeRolePolicy": TRUST, "permissionsBoundary": made["boundary"]["arn"]},
        {"permissionsBoundary": None},
        needs={"boundary": BOUNDARY},
        label="Role with a boundary",
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        {"name": "write", "role": "sessions", "policy": ANY},
        {"policy": OTHER},
        {"role": "other"},
        {"role": ROLE},
    ),
    Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda made: {"role": "sessions", "policyArn": made["boundary"]["arn"]},
        None,
        {"role": "other"},
        {"role": ROLE, "boundary": BOUNDARY},
    ),
    GROUP,
    Case(
        "aws:iam/groupPolicy:GroupPolicy",
        {"name": "write", "group": "keepers", "policy": ANY},
        {"policy": OTHER},
        {"group": "other"},
        {"group": GROUP},
    ),
)

KEY = Case(
    "aws:kms/key:Key",
    {
        "description": "Playback data.",
        "enableKeyRotation": True,
        "policy": policy("kms:*", Principal="*", Resource="*"),
        **TAGS,
    },
    {"description": "Data.", "enableKeyRotation": False, "policy": policy("kms:Encrypt", Principal="*", Resource="*")},
    {"keyUsage": "SIGN_VERIFY"},
)
DENY = json.dumps(
    {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": {}}]}
)
KMS = (
    KEY,
    Case("aws:kms/key:Key", {"policy": DENY}, {"description": "d"}, label="Key whose policy denies under a condition"),
    Case(
        "aws:kms/alias:Alias",
        lambda made: {"name": "alias/playback", "targetKeyId": made["key"]["keyId"]},
        None,
        {"name": "alias/other"},
        {"key": KEY},
    ),
)

DATABASE = Case(
    "aws:glue/catalogDatabase:CatalogDatabase",
    {
        "name": "playback__sessions",
        "description": "Sessions.",
        "locationUri": "s3://b/p",
        "createTableDefaultPermissions": [],
        **TAGS,
    },
    {"description": "Playback sessions.", "parameters": {"a": "b"}},
    {"name": "other"},
)
COLUMNS = [{"name": "id", "type": "string", "comment": "The id."}, {"name": "at", "type": "timestamp"}]
TABLE_INPUTS: PropertyValues = {
    "name": "sessions",
    "databaseName": "playback__sessions",
    "tableType": "EXTERNAL_TABLE",
    "parameters": {"classification": "parquet"},
    "partitionKeys": [{"name": "day", "type": "date"}],
    "storageDescriptor": {
        "location": "s3://b/p",
        "columns": COLUMNS,
        "serDeInfo": {"serializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
    },
}
ICEBERG = {
    "icebergInput": {
        "metadataOperation": "CREATE",
        "version": "2",
        "icebergTableInput": {
            "location": "s3://mesh-playback-data/i",
            "schema": {
                "fields": [{"id": 1, "name": "id", "required": True, "type": "string"}],
                "identifierFieldIds": [1],
            },
            "partitionSpec": {"fields": [{"name": "day", "sourceId": 1, "transform": "day"}]},
        },
    }
}


def _settings(mode: str) -> PropertyValues:
    return {
        "dataCatalogEncryptionSettings": {
            "encryptionAtRest": {"catalogEncryptionMode": mode, "sseAwsKmsKeyId": "alias/x"},
            "connectionPasswordEncryption": {"returnConnectionPasswordEncrypted": True, "awsKmsKeyId": "alias/x"},
        }
    }


GLUE = (
    DATABASE,
    Case(
        "aws:glue/catalogDatabase:CatalogDatabase",
        {"name": "link", "targetDatabase": {"catalogId": GOVERNANCE, "databaseName": "playback__sessions"}},
        None,
        {"targetDatabase": {"catalogId": GOVERNANCE, "databaseName": "ads__impressions"}},
        label="CatalogDatabase that is a resource link",
    ),
    Case(
        "aws:glue/catalogTable:CatalogTable",
        TABLE_INPUTS,
        {
            "parameters": {"classification": "orc"},
            "storageDescriptor": {"location": "s3://b/q", "columns": COLUMNS[:1]},
        },
        {"name": "other"},
        {"database": DATABASE},
    ),
    Case(
        "aws:glue/catalogTable:CatalogTable",
        {"name": "ice", "databaseName": "playback__sessions", "openTableFormatInput": ICEBERG},
        {"description": "On ice."},
        needs={
            "database": DATABASE,
            "bucket": dataclasses.replace(BUCKET, inputs={**BUCKET.inputs, "forceDestroy": True}),
        },
        label="CatalogTable in Iceberg",
    ),
    Case(
        "aws:glue/resourcePolicy:ResourcePolicy",
        {"policy": ANY, "enableHybrid": "TRUE"},
        {"policy": OTHER},
        account=GOVERNANCE,
    ),
    Case(
        "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
        _settings("SSE-KMS"),
        _settings("SSE-KMS-WITH-SERVICE-ROLE"),
        account=GOVERNANCE,
    ),
)

UNIT = Case(
    "aws:organizations/organizationalUnit:OrganizationalUnit",
    {"name": "domains", "parentId": "r-mesh", **TAGS},
    {"name": "data-domains"},
    {"parentId": "r-other"},
    account=MANAGEMENT,
)
SCP = Case(
    "aws:organizations/policy:Policy",
    {"name": "guardrails", "content": ANY, "description": "Guardrails.", **TAGS},
    {"content": OTHER, "description": "Rails."},
    {"type": "RESOURCE_CONTROL_POLICY"},
    account=MANAGEMENT,
)
NO_WAY_OUT = {"ec2_attributes": {"serial_console_access": {"status": {"@@assign": "disabled"}}}}
DECLARED = Case(
    SCP.token,
    {"name": "no-way-out", "content": json.dumps(NO_WAY_OUT), "type": "DECLARATIVE_POLICY_EC2"},
    {"content": json.dumps({"ec2_attributes": {}})},
    {"type": "SERVICE_CONTROL_POLICY"},
    account=MANAGEMENT,
    label="Policy that declares",
)
NEW_ACCOUNT = Case(
    "aws:organizations/account:Account",
    lambda made: {
        "name": "ads",
        "email": "ads@example.com",
        "parentId": made["unit"]["id"],
        "roleName": "Admin",
        **TAGS,
    },
    {"name": "adverts", "parentId": "r-mesh"},
    {"email": "other@example.com"},
    {"unit": UNIT},
    account=MANAGEMENT,
)


def _attached(made: Made) -> PropertyValues:
    return {"policyId": made["policy"]["id"], "targetId": made["unit"]["id"]}


ORGANIZATIONS = (
    Case(
        "aws:organizations/organization:Organization",
        {
            "featureSet": "ALL",
            "enabledPolicyTypes": ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"],
            "awsServiceAccessPrincipals": ["cloudtrail.amazonaws.com", "sso.amazonaws.com"],
        },
        {"awsServiceAccessPrincipals": ["sso.amazonaws.com"]},
        account=MANAGEMENT,
        stays=True,
    ),
    UNIT,
    SCP,
    DECLARED,
    Case(
        "aws:organizations/policyAttachment:PolicyAttachment",
        _attached,
        None,
        {"targetId": "ou-other"},
        {"policy": SCP, "unit": UNIT},
        account=MANAGEMENT,
    ),
    NEW_ACCOUNT,
    Case(
        "aws:organizations/delegatedAdministrator:DelegatedAdministrator",
        {"accountId": GOVERNANCE, "servicePrincipal": "access-analyzer.amazonaws.com"},
        None,
        {"accountId": DOMAIN},
        account=MANAGEMENT,
    ),
)

STORAGE_AND_ORGANIZATION = (*S3, *IAM, *KMS, *GLUE, *ORGANIZATIONS)
