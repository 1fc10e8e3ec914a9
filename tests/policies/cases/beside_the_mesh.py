"""Cases of what shares or serves data beside the mesh: by a service, to a foreign account, or in a bucket elsewhere."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, Final

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, made, passes, reports, waits
from tests.policies.cases.partners import of
from tests.policies.cases.written_policies import AWAY, HOME, account, allow, document

BUCKET: Final = "aws:s3/bucket:Bucket"
FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
TRAIL: Final = "aws:cloudtrail/trail:Trail"
WORKGROUP: Final = "aws:athena/workgroup:Workgroup"
INVENTORY: Final = "aws:s3/inventory:Inventory"
ANALYTICS: Final = "aws:s3/analyticsConfiguration:AnalyticsConfiguration"
SHARE: Final = "aws:ram/principalAssociation:PrincipalAssociation"
ADMITTED: Final = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
COLLABORATION: Final = "aws:cleanrooms/collaboration:Collaboration"
MESH: Final = {"accounts": [HOME], "organization": "o-exampleorg1"}
PASSWORD: Final = "correct-horse-battery"

SERVICES: Final[list[Case]] = [
    passes("no-service-beside-the-mesh", made(BUCKET, bucket=UNKNOWN)),
    passes("no-service-beside-the-mesh", made(COLLABORATION), configured={"types": ["stack/aws:cleanrooms/*"]}),
    passes("no-service-beside-the-mesh", made(COLLABORATION), configured={"services": ["cleanrooms"]}),
    passes("no-service-beside-the-mesh", of("governance", made(SHARE, principal=UNKNOWN))),
    passes("no-service-beside-the-mesh", of("organization", made("aws:ssoadmin/permissionSet:PermissionSet"))),
    passes("no-service-beside-the-mesh", made("mesh:aws:DataProduct", "product", provider="")),
    # Other rules of the perimeter refuse these types, whatever their settings.
    passes("no-service-beside-the-mesh", made("aws:transfer/server:Server")),
    passes("no-service-beside-the-mesh", made("aws:ec2transitgateway/vpcAttachment:VpcAttachment")),
    *(
        reports("no-service-beside-the-mesh", f"of the service '{module}', which the mesh does not use", made(type_))
        for module, type_ in (
            ("cleanrooms", COLLABORATION),
            ("dataexchange", "aws:dataexchange/dataSet:DataSet"),
            ("redshift", "aws:redshift/dataShareAuthorization:DataShareAuthorization"),
            ("quicksight", "aws:quicksight/user:User"),
            ("vpclattice", "aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation"),
            ("rolesanywhere", "aws:rolesanywhere/profile:Profile"),
            ("rolesanywhere", "aws:rolesanywhere/trustAnchor:TrustAnchor"),
            ("emrserverless", "aws:emrserverless/application:Application"),
            ("pipes", "aws:pipes/pipe:Pipe"),
            ("backup", "aws:backup/plan:Plan"),
            ("ssoadmin", "aws:ssoadmin/accountAssignment:AccountAssignment"),
        )
    ),
    *(
        reports("no-service-beside-the-mesh", f"AWS refuses {action} in", made(type_))
        for action, type_ in (
            ("s3:CreateAccessGrant", "aws:s3control/accessGrant:AccessGrant"),
            ("s3:CreateAccessGrantsInstance", "aws:s3control/accessGrantsInstance:AccessGrantsInstance"),
            ("s3:CreateMultiRegionAccessPoint", "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint"),
            ("s3:PutInventoryConfiguration", INVENTORY),
            ("s3:PutAnalyticsConfiguration", ANALYTICS),
            ("ec2:ModifyVpcEndpointServicePermissions", ADMITTED),
            ("ec2:CreateFlowLogs", FLOW_LOG),
            ("ram:AssociateResourceShare", SHARE),
        )
    ),
    reports("no-service-beside-the-mesh", "of the service 'cleanrooms'", made(COLLABORATION, members=UNKNOWN)),
]

FOREIGN: Final[list[Case]] = [
    *(
        reports("no-grant-to-a-foreign-account", says, made(type_, **props), configured=MESH)
        for says, type_, props in (
            (f"lets {AWAY} in", SHARE, {"principal": AWAY}),
            ("lets everyone in", ADMITTED, {"principalArn": "*"}),
            (
                f"lets arn:aws:iam::{AWAY}:root in, or sends to it (principalArn)",
                ADMITTED,
                {"principalArn": f"arn:aws:iam::{AWAY}:root"},
            ),
            (AWAY, "aws:s3control/accessGrant:AccessGrant", {"grantee": {"granteeIdentifier": AWAY}}),
            ("(accountId)", INVENTORY, {"destination": {"bucket": {"accountId": AWAY}}}),
            ("(accountId)", COLLABORATION, {"members": [{"accountId": HOME}, {"accountId": AWAY}]}),
            ("(target)", "aws:pipes/pipe:Pipe", {"target": f"arn:aws:sqs:eu-west-1:{AWAY}:q"}),
            (
                "(destinationVaultArn)",
                "aws:backup/plan:Plan",
                {
                    "rules": [
                        {"copyActions": [{"destinationVaultArn": f"arn:aws:backup:eu-west-1:{AWAY}:backup-vault:v"}]}
                    ]
                },
            ),
            (
                "(kmsKeyArn)",
                WORKGROUP,
                {
                    "configuration": {
                        "resultConfiguration": {
                            "outputLocation": UNKNOWN,
                            "encryptionConfiguration": {"kmsKeyArn": f"arn:aws:kms:eu-west-1:{AWAY}:key/x"},
                        }
                    }
                },
            ),
            (
                "(arn)",
                "aws:cloudwatch/eventTarget:EventTarget",
                {"arn": f"arn:aws:events:eu-west-1:{AWAY}:event-bus/mesh"},
            ),
            (
                "(definition)",
                "aws:sfn/stateMachine:StateMachine",
                {
                    "definition": json.dumps(
                        {"States": {"a": {"Resource": f"arn:aws:lambda:eu-west-1:{AWAY}:function:x"}}}
                    )
                },
            ),
            (
                "(alarmActions)",
                "aws:cloudwatch/metricAlarm:MetricAlarm",
                {"alarmActions": [f"arn:aws:sns:eu-west-1:{AWAY}:t"]},
            ),
        )
    ),
    passes(
        "no-grant-to-a-foreign-account",
        made("aws:lambda/function:Function", layers=[f"arn:aws:lambda:eu-west-1:{AWAY}:layer:x:1"], role=UNKNOWN),
        configured=MESH,
    ),
    passes(
        "no-grant-to-a-foreign-account",
        made("aws:dynamodb/tableReplica:TableReplica", sourceTableArn=f"arn:aws:dynamodb:eu-west-1:{AWAY}:table/x"),
        configured=MESH,
    ),
    # A policy has rules of its own, which know its conditions.
    passes(
        "no-grant-to-a-foreign-account",
        made("aws:sqs/queue:Queue", policy=document(allow(Principal={"AWS": f"arn:aws:iam::{AWAY}:role/x"}))),
        configured=MESH,
    ),
    passes("no-grant-to-a-foreign-account", made(BUCKET, bucket=f"x-{AWAY}", tags={"x": AWAY}), configured=MESH),
    passes("no-grant-to-a-foreign-account", made(COLLABORATION, members=[{"accountId": AWAY}])),
    waits("no-grant-to-a-foreign-account", made(ADMITTED, principalArn=UNKNOWN)),
]


def workgroup(location: str, **more: Any) -> Made:
    """A workgroup whose results go somewhere."""
    return made(WORKGROUP, configuration={"resultConfiguration": {"outputLocation": location, **more}})


def user_data(text: str) -> str:
    """A text as launch templates have it."""
    return b64encode(text.encode()).decode()


BUCKETS: Final[list[Case]] = [
    passes("no-delivery-to-another-account", workgroup("s3://example/x/"), made(BUCKET, bucket="example"), account()),
    passes("no-delivery-to-another-account", workgroup("s3://a/", expectedBucketOwner=HOME), account()),
    passes("no-delivery-to-another-account", workgroup(f"s3://a-{HOME}-eu-west-1-an/x"), account()),
    passes("no-delivery-to-another-account", workgroup("s3://a/"), account(), configured={"buckets": ["a"]}),
    passes("no-delivery-to-another-account", made(WORKGROUP, name=UNKNOWN), account()),
    passes(
        "no-delivery-to-another-account",
        made(TRAIL, made_from={"s3BucketName": "bucket"}, s3BucketName=UNKNOWN),
        made(BUCKET),
        account(),
    ),
    passes(
        "no-delivery-to-another-account", made(FLOW_LOG, logDestination=f"arn:aws:logs:eu-west-1:{HOME}:x"), account()
    ),
    *(
        reports("no-delivery-to-another-account", "writes to the bucket 'evil'", made(type_, **props), account())
        for type_, props in (
            (FLOW_LOG, {"logDestination": "arn:aws:s3:::evil/x"}),
            (TRAIL, {"s3BucketName": "evil"}),
            (WORKGROUP, workgroup("s3://evil/x").props),
            (WORKGROUP, workgroup("s3://evil", expectedBucketOwner=AWAY).props),
            (INVENTORY, {"destination": {"bucket": {"bucketArn": "arn:aws:s3:::evil"}}}),
            (
                ANALYTICS,
                {
                    "storageClassAnalysis": {
                        "dataExport": {"destination": {"s3BucketDestination": {"bucketArn": "arn:aws:s3:::evil"}}}
                    }
                },
            ),
            ("aws:ssm/resourceDataSync:ResourceDataSync", {"s3Destination": {"bucketName": "evil"}}),
            ("aws:dynamodb/tableExport:TableExport", {"s3Bucket": "evil"}),
            (
                "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
                {"extendedS3Configuration": {"bucketArn": "arn:aws:s3:::evil"}},
            ),
        )
    ),
    reports(
        "no-delivery-to-another-account",
        f"writes to the bucket 'a-{AWAY}-eu-west-1-an'",
        workgroup(f"s3://a-{AWAY}-eu-west-1-an/x"),
        account(),
    ),
    reports(
        "no-delivery-to-another-account",
        f"sends to arn:aws:logs:eu-west-1:{AWAY}:x",
        made(FLOW_LOG, logDestination=f"arn:aws:logs:eu-west-1:{AWAY}:x"),
        account(),
    ),
    waits(
        "no-delivery-to-another-account",
        made(TRAIL, made_from={"s3BucketName": "queue"}, s3BucketName=UNKNOWN),
        made("aws:sqs/queue:Queue"),
        account(),
    ),
]

SECRETS: Final[list[Case]] = [
    *(
        reports("no-secret-in-settings", says, made(type_, **props))
        for says, type_, props in (
            (
                "(AWS_SECRET_ACCESS_KEY)",
                "aws:ec2/instance:Instance",
                {"userData": f"#!/bin/sh\nset -e\nexport AWS_SECRET_ACCESS_KEY={PASSWORD}\n"},
            ),
            (
                "in userDataBase64 (DB_PASSWORD)",
                "aws:ec2/instance:Instance",
                {"userDataBase64": user_data(f"DB_PASSWORD='{PASSWORD}' ./run")},
            ),
            (
                "(DB_PASSWORD)",
                "aws:ec2/launchTemplate:LaunchTemplate",
                {"userData": user_data(f"#cloud-config\nDB_PASSWORD: {PASSWORD}\n")},
            ),
            ("(userData)", "aws:ec2/launchTemplate:LaunchTemplate", {"userData": user_data("AKIA" + "Q" * 16)}),
            (
                "(ApiKey)",
                "aws:ec2/launchConfiguration:LaunchConfiguration",
                {"userDataBase64": user_data(f"x --ApiKey={PASSWORD}")},
            ),
            (
                "(DB_PASSWORD)",
                "aws:ec2/spotFleetRequest:SpotFleetRequest",
                {"launchSpecifications": [{"userData": user_data(f"DB_PASSWORD={PASSWORD}")}]},
            ),
            ("(PASSWORD)", "aws:codebuild/project:Project", {"source": {"buildspec": f"- PASSWORD={PASSWORD} make"}}),
            (
                "(PASSWORD)",
                "aws:ecs/taskDefinition:TaskDefinition",
                {"containerDefinitions": json.dumps([{"command": ["sh", "-c", f"PASSWORD={PASSWORD} ./run"]}])},
            ),
        )
    ),
    passes(
        "no-secret-in-settings",
        made(
            "aws:ec2/launchTemplate:LaunchTemplate",
            name=UNKNOWN,
            userData=user_data(
                "#!/bin/sh\nPASSWORD=$(aws secretsmanager get-secret-value --secret-id x)\n"
                f'DB_SECRET=arn:aws:secretsmanager:eu-west-1:{HOME}:secret:x\nexport DB_PASSWORD="$PASSWORD"\n'
                "PRIVATE_KEY=/etc/pki/key.pem\nif [ $password == empty ]; then exit; fi\n"
            ),
        ),
    ),
    passes("no-secret-in-settings", made("aws:ec2/instance:Instance", userData="YWJj not base64, all the same")),
    waits("no-secret-in-settings", made("aws:ec2/launchTemplate:LaunchTemplate", userData=UNKNOWN)),
]

CASES: Final[list[Case]] = [*SERVICES, *FOREIGN, *BUCKETS, *SECRETS]
