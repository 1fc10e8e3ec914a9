"""Cases of the rules on the perimeter: policies, permissions, shares, copies."""

from __future__ import annotations

from typing import Any, Final

from mesh_guardrails.themes.perimeter import (
    BUS_PERMISSION,
    ENDPOINT,
    ENDPOINT_POLICY,
    FUNCTION_PERMISSION,
    FUNCTION_URL,
    LAYER_PERMISSION,
    SHARE,
    SHARE_ACCEPTER,
)

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, made, passes, reports, waits
from tests.policies.cases.written_policies import AWAY, HOME, ORGANISATION, UNITS, account, allow, document

BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
QUEUE: Final = "aws:sqs/queue:Queue"
KEY: Final = "aws:kms/key:Key"
TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
EVENTS: Final = {"Service": "events.amazonaws.com"}
RULE_ARN: Final = f"arn:aws:events:eu-west-1:{HOME}:rule/x"


def policy(principal: Any, condition: Any = None, type_: str = BUCKET_POLICY, by: str = "policy") -> Made:
    """A policy of a resource that lets somebody in."""
    more = {"Principal": principal, **({"Condition": condition} if condition else {})}
    return made(type_, "policy", **{by: document(allow(**more))})


def as_object(principal: Any, resource: Any = UNKNOWN) -> Made:
    """The same, not as text but as an object, as pulumi-aws takes it too; its resource may not be known."""
    statement = allow(resource=resource, Principal=principal)
    return made(BUCKET_POLICY, "policy", policy={"Version": "2012-10-17", "Statement": [statement]})


def unknown(type_: str) -> Made:
    """A resource whose policy is made from a queue, and is not known yet."""
    return made(type_, "policy", made_from={"policy": "queue"}, policy=UNKNOWN)


LOOSE: Final[list[dict[str, Any]]] = [
    {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorg1"}},
    {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}},
    {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}},
    {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
    {"StringLike": {"aws:PrincipalOrgPaths": "*/ou-ab12-domains1/*"}},
    {"Null": {"aws:PrincipalOrgID": "false"}},
    {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/mesh/check"}},
    {"Bool": {"aws:SecureTransport": "true"}},
]

POLICIES: Final[list[Case]] = [
    passes("resource-policy-is-closed", policy("*", ORGANISATION)),
    passes(
        "resource-policy-is-closed", policy({"AWS": "*"}, {"StringEquals": {"AWS:principalorgid": "o-exampleorg1"}})
    ),
    passes("resource-policy-is-closed", policy({"AWS": f"arn:aws:iam::{HOME}:root"})),
    passes("resource-policy-is-closed", policy("*", {"StringEquals": {"aws:PrincipalAccount": HOME}})),
    passes("resource-policy-is-closed", made(QUEUE)),
    passes("resource-policy-is-closed", made(QUEUE, policy=document({**allow(Principal="*"), "Effect": "Deny"}))),
    reports("resource-policy-is-closed", "'policy' lets everyone in (statement 'ReadTheExample')", policy("*")),
    reports("resource-policy-is-closed", "lets everyone in", policy({"AWS": ["*", HOME]})),
    reports("resource-policy-is-closed", "lets everyone in", as_object("*")),
    *(reports("resource-policy-is-closed", "lets everyone in", policy("*", condition)) for condition in LOOSE),
    *(
        reports("resource-policy-is-closed", "lets everyone in", policy("*", type_=type_, by=by))
        for type_, by in (
            (QUEUE, "policy"),
            (KEY, "policy"),
            (TOPIC_POLICY, "policy"),
            ("aws:glue/resourcePolicy:ResourcePolicy", "policy"),
            ("aws:s3tables/tableBucketPolicy:TableBucketPolicy", "resourcePolicy"),
            ("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "policyDocument"),
            ("aws:ec2/vpcEndpoint:VpcEndpoint", "policy"),
        )
    ),
    reports(
        "resource-policy-is-closed",
        "lets everyone in",
        made(
            "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy",
            details={"name": UNKNOWN, "policy": document(allow(Principal="*"))},
        ),
    ),
    waits("resource-policy-is-closed", made(BUCKET_POLICY, policy=UNKNOWN)),
    waits("resource-policy-is-closed", as_object(UNKNOWN)),
    passes("no-foreign-account-in-policy", policy({"AWS": f"arn:aws:iam::{HOME}:role/x"}), account()),
    passes("no-foreign-account-in-policy", policy({"AWS": AWAY}, UNITS), account()),
    passes(
        "no-foreign-account-in-policy",
        policy({"AWS": AWAY}, {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{AWAY}:role/mesh/location/ads"}}),
        account(),
    ),
    reports("no-foreign-account-in-policy", f"lets the account {AWAY} in", policy({"AWS": AWAY}), account()),
    reports(
        "no-foreign-account-in-policy",
        f"lets the account {AWAY} in",
        policy({"AWS": [f"arn:aws:iam::{HOME}:root", f"arn:aws:iam::{AWAY}:user/ann"]}),
        account(),
    ),
    reports(
        "no-foreign-account-in-policy",
        "which is not one of the mesh's",
        policy({"AWS": AWAY}, ORGANISATION),
        account(),
        configured={"accounts": [HOME]},
    ),
    waits("no-foreign-account-in-policy", unknown(BUCKET_POLICY), made(QUEUE), account()),
    passes("no-foreign-account-in-policy", made(QUEUE, policy=UNKNOWN), account()),
    passes("service-access-has-source", policy(EVENTS, {"ArnEquals": {"aws:SourceArn": RULE_ARN}})),
    passes("service-access-has-source", policy({"Service": "ram.amazonaws.com"})),
    passes(
        "service-access-has-source",
        policy(
            {"Service": "logs.eu-west-1.amazonaws.com"},
            {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-1:{HOME}:log-group:/mesh/*"}},
            KEY,
        ),
    ),
    reports("service-access-has-source", "lets events.amazonaws.com in for any account", policy(EVENTS)),
    reports("service-access-has-source", "for any account", policy(EVENTS, {"ArnLike": {"aws:SourceArn": "*"}}, QUEUE)),
    waits("service-access-has-source", made(QUEUE, policy=UNKNOWN)),
]

PERMISSIONS: Final[list[Case]] = [
    passes("function-permission-is-closed", made(FUNCTION_PERMISSION, principal=EVENTS["Service"], sourceArn=RULE_ARN)),
    passes("function-permission-is-closed", made(FUNCTION_PERMISSION, principal="*", principalOrgId="o-exampleorg1")),
    passes("function-permission-is-closed", made(LAYER_PERMISSION, principal="*", organizationId="o-exampleorg1")),
    reports("function-permission-is-closed", "lets everyone in", made(FUNCTION_PERMISSION, principal="*")),
    reports("function-permission-is-closed", f"account {AWAY} in", made(FUNCTION_PERMISSION, principal=AWAY)),
    reports(
        "function-permission-is-closed",
        "lets s3.amazonaws.com in for any account; set sourceArn",
        made(FUNCTION_PERMISSION, principal="s3.amazonaws.com"),
    ),
    reports("function-permission-is-closed", "everyone", made(LAYER_PERMISSION, principal="*", action="lambda:Get")),
    reports("function-permission-is-closed", "everyone", made(BUS_PERMISSION, principal="*", statementId="all")),
    waits("function-permission-is-closed", made(FUNCTION_PERMISSION, principal=UNKNOWN)),
    passes("function-url-is-signed", made(FUNCTION_URL, authorizationType="AWS_IAM", functionName=UNKNOWN)),
    passes("function-url-is-signed", made(FUNCTION_PERMISSION, principal="s3.amazonaws.com")),
    reports("function-url-is-signed", "asks nobody to sign", made(FUNCTION_URL, authorizationType="NONE")),
    reports("function-url-is-signed", "asks nobody", made(FUNCTION_PERMISSION, functionUrlAuthType="NONE")),
    waits("function-url-is-signed", made(FUNCTION_URL, authorizationType=UNKNOWN)),
    passes("endpoint-has-policy", made(ENDPOINT, policy=document(allow()))),
    passes(
        "endpoint-has-policy",
        made(ENDPOINT, serviceName=UNKNOWN),
        made(ENDPOINT_POLICY, made_from={"vpcEndpointId": "vpcEndpoint"}, vpcEndpointId=UNKNOWN),
    ),
    reports("endpoint-has-policy", "the VPC endpoint 'vpcEndpoint' has no policy", made(ENDPOINT, vpcId="vpc-1")),
    reports(
        "endpoint-has-policy",
        "has no policy",
        made(ENDPOINT, policy=document({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})),
    ),
    waits("endpoint-has-policy", unknown(ENDPOINT), made(QUEUE)),
    passes("no-share-beyond-the-organisation", made(SHARE, allowExternalPrincipals=False)),
    passes("no-share-beyond-the-organisation", made(SHARE, name="mesh")),
    reports("no-share-beyond-the-organisation", "beyond", made(SHARE, allowExternalPrincipals=True)),
    reports("no-share-beyond-the-organisation", "from outside", made(SHARE_ACCEPTER, shareArn=UNKNOWN)),
    waits("no-share-beyond-the-organisation", made(SHARE, allowExternalPrincipals=UNKNOWN)),
]

COPIES: Final[list[Case]] = [
    passes("no-shared-snapshot", made("aws:rds/snapshot:Snapshot", sharedAccounts=[])),
    passes("no-shared-snapshot", made("aws:ssm/document:Document", content="{}")),
    reports("no-shared-snapshot", "hands a copy", made("aws:rds/snapshot:Snapshot", sharedAccounts=["all"])),
    reports("no-shared-snapshot", "hands a copy", made("aws:ssm/document:Document", permissions={"accountIds": "All"})),
    reports("no-shared-snapshot", "hands a copy", made("aws:ec2/amiLaunchPermission:AmiLaunchPermission", group="all")),
    reports(
        "no-shared-snapshot",
        "hands a copy",
        made("aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", state="unblocked"),
    ),
    reports(
        "no-shared-snapshot",
        "hands a copy",
        made(
            "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission", accountId=AWAY, snapshotId=UNKNOWN
        ),
    ),
    waits("no-shared-snapshot", made("aws:rds/snapshot:Snapshot", sharedAccounts=UNKNOWN)),
]

CASES: Final[list[Case]] = [*POLICIES, *PERMISSIONS, *COPIES]
