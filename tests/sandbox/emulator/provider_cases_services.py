"""A life for each resource type that the sandbox has: grants, messages, alarms, trails and the account's defaults."""

from __future__ import annotations

import json

from sandbox.emulator.archives import ARCHIVE, ASSET
from sandbox.emulator.aws.fields import PropertyValues
from sandbox.engine.wire import SIGNATURE
from tests.sandbox.emulator.provider_cases import (
    ANY,
    DATABASE,
    GOVERNANCE_LOGS,
    KEY,
    OTHER,
    TABLE_INPUTS,
    TAGS,
    TRUST,
    policy,
)
from tests.sandbox.emulator.provider_cases_jobs import JOBS
from tests.sandbox.emulator.provider_harness import DOMAIN, GOVERNANCE, MANAGEMENT, Case, Made

READER = f"arn:aws:iam::{DOMAIN}:role/mesh/clearance/pii"
INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"

# --- Lake Formation ----------------------------------------------------------------------------------------

LF_TAG = Case(
    "aws:lakeformation/lfTag:LfTag",
    {"key": "pii", "values": ["false", "true"]},
    {"values": ["false", "maybe"]},
    {"key": "x"},
)
OTHER_TAG = Case("aws:lakeformation/lfTag:LfTag", {"key": "financial", "values": ["false", "true"]})
TABLE = Case("aws:glue/catalogTable:CatalogTable", TABLE_INPUTS, needs={"database": DATABASE})


def grant(label: str, target: PropertyValues, *permissions: str, **more: object) -> Case:
    """A grant to the reader."""
    inputs = {"principal": READER, "permissions": [*permissions], **target, **more}
    token = "aws:lakeformation/permissions:Permissions"
    return Case(token, inputs, None, {"permissions": ["ALL"]}, {"tag": LF_TAG}, label=f"Permissions on {label}")


def tagged(label: str, target: PropertyValues) -> Case:
    """An LF-tag on something that has another one."""
    token = "aws:lakeformation/resourceLfTag:ResourceLfTag"
    inputs = {"lfTag": {"key": "pii", "value": "true"}, **target}
    other = Case(token, {"lfTag": {"key": "financial", "value": "false"}, **target}, needs={"other": OTHER_TAG})
    needs = {"table": TABLE, "tag": LF_TAG, "first": other}
    return Case(
        token, inputs, None, {"lfTag": {"key": "pii", "value": "false"}}, needs, label=f"ResourceLfTag on {label}"
    )


_EXPRESSIONS = [{"key": "pii", "values": ["false"]}, {"key": "financial", "values": ["false", "true"]}]
_SESSIONS = {"databaseName": "playback__sessions", "name": "sessions"}

LAKE_FORMATION = (
    Case(
        "aws:lakeformation/dataLakeSettings:DataLakeSettings",
        {
            "admins": [f"arn:aws:iam::{DOMAIN}:role/mesh/deploy"],
            "createDatabaseDefaultPermissions": [],
            "parameters": {"CROSS_ACCOUNT_VERSION": "4"},
        },
        {"admins": [f"arn:aws:iam::{DOMAIN}:role/mesh/deploy", READER]},
        {"catalogId": GOVERNANCE},
    ),
    LF_TAG,
    grant(
        "an expression", {"lfTagPolicy": {"resourceType": "TABLE", "expressions": _EXPRESSIONS}}, "SELECT", "DESCRIBE"
    ),
    grant(
        "an expression of another catalog",
        {"lfTagPolicy": {"catalogId": GOVERNANCE, "resourceType": "DATABASE", "expressions": _EXPRESSIONS}},
        "DESCRIBE",
        permissionsWithGrantOptions=["DESCRIBE"],
    ),
    grant("a database", {"database": {"name": "playback__sessions"}}, "DESCRIBE"),
    grant("a location", {"dataLocation": {"arn": "arn:aws:s3:::b"}}, "DATA_LOCATION_ACCESS"),
    grant("the catalog", {"catalogResource": True}, "CREATE_DATABASE"),
    grant("a tag", {"lfTag": {"key": "pii", "values": ["false"]}}, "ASSOCIATE"),
    Case(
        "aws:lakeformation/resource:Resource",
        {
            "arn": "arn:aws:s3:::b",
            "roleArn": f"arn:aws:iam::{DOMAIN}:role/mesh/location/playback",
            "hybridAccessEnabled": True,
        },
        None,
        {"roleArn": "arn:aws:iam::111111111111:role/x"},
    ),
    tagged("a database", {"database": {"name": "playback__sessions"}}),
    tagged("a table", {"table": _SESSIONS}),
    tagged("columns", {"tableWithColumns": {**_SESSIONS, "columnNames": ["id"]}}),
)

# --- Identity Center ---------------------------------------------------------------------------------------

PERMISSION_SET = Case(
    "aws:ssoadmin/permissionSet:PermissionSet",
    {"name": "pii", "instanceArn": INSTANCE, "description": "May read PII.", "sessionDuration": "PT4H", **TAGS},
    {"description": "Reads PII.", "tags": {"owner": "x"}},
    {"name": "other"},
    account=MANAGEMENT,
)


def _in_set(made: Made) -> PropertyValues:
    return {"instanceArn": INSTANCE, "permissionSetArn": made["set"]["arn"]}


IDENTITY = (
    PERMISSION_SET,
    Case(
        "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
        lambda made: {**_in_set(made), "inlinePolicy": ANY},
        {"inlinePolicy": OTHER},
        {"instanceArn": "x"},
        {"set": PERMISSION_SET},
        MANAGEMENT,
    ),
    Case(
        "aws:ssoadmin/accountAssignment:AccountAssignment",
        lambda made: {
            **_in_set(made),
            "principalId": "1234567890-group",
            "principalType": "GROUP",
            "targetId": DOMAIN,
            "targetType": "AWS_ACCOUNT",
        },
        None,
        {"targetId": GOVERNANCE},
        {"set": PERMISSION_SET},
        MANAGEMENT,
    ),
)

# --- messages ----------------------------------------------------------------------------------------------

TOPIC = Case(
    "aws:sns/topic:Topic",
    {"name": "playback-alerts", "displayName": "Alerts", **TAGS},
    {"displayName": "A", "tags": {}},
    {"name": "x"},
)
QUEUE = Case(
    "aws:sqs/queue:Queue",
    {
        "name": "playback-events",
        "messageRetentionSeconds": 86400,
        "kmsMasterKeyId": "alias/x",
        "redriveAllowPolicy": json.dumps({"redrivePermission": "allowAll"}),
        **TAGS,
    },
    {"messageRetentionSeconds": 3600, "tags": {"owner": "x"}},
    {"name": "x"},
)
BUS = Case(
    "aws:cloudwatch/eventBus:EventBus",
    {"name": "mesh", "description": "The mesh.", **TAGS},
    {"description": "It."},
    {"name": "x"},
)
RULE = Case(
    "aws:cloudwatch/eventRule:EventRule",
    {
        "name": "published",
        "eventBusName": "mesh",
        "eventPattern": json.dumps({"source": ["mesh"]}),
        "description": "P",
        **TAGS,
    },
    {"eventPattern": json.dumps({"source": ["other"]}), "state": "DISABLED", "tags": {"owner": "x"}},
    {"eventBusName": "x"},
    {"bus": BUS},
)


def _target(made: Made) -> PropertyValues:
    return {
        "rule": "published",
        "eventBusName": "mesh",
        "targetId": "queue",
        "arn": made["queue"]["arn"],
        "deadLetterConfig": {"arn": made["queue"]["arn"]},
        "retryPolicy": {"maximumEventAgeInSeconds": 3600, "maximumRetryAttempts": 5},
        "inputTransformer": {"inputPaths": {"a": "$.detail.a"}, "inputTemplate": '{"a": <a>}'},
    }


MESSAGES = (
    TOPIC,
    Case(
        "aws:sns/topicPolicy:TopicPolicy",
        lambda made: {"arn": made["topic"]["arn"], "policy": policy("sns:Publish", Resource="*")},
        {"policy": policy("sns:Subscribe", Resource="*")},
        {"arn": "x"},
        {"topic": TOPIC},
        stays=True,
    ),
    Case(
        "aws:sns/topicSubscription:TopicSubscription",
        lambda made: {"topic": made["topic"]["arn"], "protocol": "sqs", "endpoint": made["queue"]["arn"]},
        {"rawMessageDelivery": True, "filterPolicy": json.dumps({"a": ["b"]})},
        {"protocol": "email"},
        {"topic": TOPIC, "queue": QUEUE},
    ),
    QUEUE,
    Case(
        "aws:sqs/queuePolicy:QueuePolicy",
        lambda made: {
            "queueUrl": made["queue"]["url"],
            "policy": policy("sqs:SendMessage", Principal="*", Resource="*"),
        },
        {"policy": policy("sqs:ReceiveMessage", Principal="*", Resource="*")},
        {"queueUrl": "x"},
        {"queue": QUEUE},
    ),
    BUS,
    Case(
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        {"eventBusName": "mesh", "policy": policy("events:PutEvents", Sid="in", Principal="*", Resource="*")},
        {"policy": policy("events:PutEvents", Sid="only", Principal="*", Resource="mesh")},
        {"eventBusName": "x"},
        {"bus": BUS},
    ),
    RULE,
    Case(
        "aws:cloudwatch/eventTarget:EventTarget",
        _target,
        {"retryPolicy": {"maximumRetryAttempts": 1}},
        {"rule": "x"},
        {"rule": RULE, "queue": QUEUE},
    ),
)

# --- watching ----------------------------------------------------------------------------------------------

_QUERIES = [
    {"id": "fresh", "expression": "FILL(m, 0)", "label": "Fresh", "returnData": True},
    {
        "id": "m",
        "metric": {
            "metricName": "MatchedEvents",
            "namespace": "AWS/Events",
            "period": 300,
            "stat": "Sum",
            "dimensions": {"RuleName": "r"},
        },
    },
]

WATCHING = (
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "name": "stale",
            "comparisonOperator": "LessThanThreshold",
            "evaluationPeriods": 24,
            "datapointsToAlarm": 24,
            "metricName": "MatchedEvents",
            "namespace": "AWS/Events",
            "dimensions": {"RuleName": "sessions"},
            "period": 3600,
            "statistic": "Sum",
            "threshold": 1,
            "treatMissingData": "breaching",
            "alarmActions": [f"arn:aws:sns:eu-west-1:{DOMAIN}:a"],
            **TAGS,
        },
        {"evaluationPeriods": 12, "datapointsToAlarm": 12, "alarmDescription": "Stale."},
        {"name": "x"},
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "name": "queries",
            "comparisonOperator": "LessThanThreshold",
            "evaluationPeriods": 1,
            "threshold": 1.5,
            "metricQueries": _QUERIES,
        },
        {"threshold": 2},
        label="MetricAlarm of queries",
    ),
    Case(
        "aws:cloudwatch/dashboard:Dashboard",
        {"dashboardName": "playback", "dashboardBody": json.dumps({"widgets": []})},
        {"dashboardBody": json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "x"}}]})},
        {"dashboardName": "x"},
    ),
    Case(
        "aws:cloudwatch/logGroup:LogGroup",
        {"name": "/mesh/playback", "retentionInDays": 30, "kmsKeyId": "arn:aws:kms:eu-west-1:1:key/k", **TAGS},
        {"retentionInDays": 90, "tags": {"owner": "x"}},
        {"name": "x"},
    ),
    Case(
        "aws:athena/workgroup:Workgroup",
        {
            "name": "playback",
            "description": "Queries.",
            "configuration": {
                "bytesScannedCutoffPerQuery": 10**9,
                "resultConfiguration": {
                    "outputLocation": "s3://b/q/",
                    "encryptionConfiguration": {
                        "encryptionOption": "SSE_KMS",
                        "kmsKeyArn": "arn:aws:kms:eu-west-1:1:key/k",
                    },
                },
            },
            **TAGS,
        },
        {"configuration": {"bytesScannedCutoffPerQuery": 10**8, "requesterPaysEnabled": True}},
        {"name": "x"},
    ),
    Case(
        "aws:budgets/budget:Budget",
        {
            "name": "monthly",
            "budgetType": "COST",
            "limitAmount": "100.0",
            "limitUnit": "USD",
            "timeUnit": "MONTHLY",
            "costFilters": [{"name": "LinkedAccount", "values": [DOMAIN]}],
            "notifications": [
                {
                    "comparisonOperator": "GREATER_THAN",
                    "notificationType": "ACTUAL",
                    "threshold": 80,
                    "thresholdType": "PERCENTAGE",
                    "subscriberEmailAddresses": ["ops@example.com"],
                }
            ],
            **TAGS,
        },
        {"limitAmount": "200.0"},
        {"name": "x"},
    ),
)

# --- the organisation's guards -----------------------------------------------------------------------------


def _trail(name: str, *, starts: str) -> PropertyValues:
    selectors = [
        {
            "name": "Data",
            "fieldSelectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.ARN", "startsWiths": [starts]},
            ],
        }
    ]
    return {"name": name, "advancedEventSelectors": selectors}


STACK_SET = Case(
    "aws:cloudformation/stackSet:StackSet",
    {
        "name": "mesh-roles",
        "permissionModel": "SERVICE_MANAGED",
        "autoDeployment": {"enabled": True, "retainStacksOnAccountRemoval": False},
        "capabilities": ["CAPABILITY_NAMED_IAM"],
        "templateBody": json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}),
        **TAGS,
    },
    {"templateBody": json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}), "tags": {"owner": "x"}},
    {"autoDeployment": {"enabled": False}},
    account=MANAGEMENT,
)

GUARDS = (
    Case(
        "aws:cloudtrail/trail:Trail",
        lambda made: {
            **_trail("organization", starts="arn:aws:s3:::mesh"),
            "s3BucketName": made["logs"]["id"],
            "isOrganizationTrail": True,
            "isMultiRegionTrail": True,
            "enableLogFileValidation": True,
            "kmsKeyId": f"arn:aws:kms:eu-west-1:{GOVERNANCE}:key/k",
            **TAGS,
        },
        {
            "advancedEventSelectors": _trail("", starts="arn:aws:s3:::other")["advancedEventSelectors"],
            "enableLogging": False,
            "tags": {"o": "x"},
        },
        {"name": "other"},
        {"logs": GOVERNANCE_LOGS},
        MANAGEMENT,
    ),
    Case(
        "aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount",
        {"accountId": GOVERNANCE},
        None,
        {"accountId": DOMAIN},
        account=MANAGEMENT,
    ),
    Case("aws:ram/sharingWithOrganization:SharingWithOrganization", {}, account=MANAGEMENT),
    Case(
        "aws:iam/organizationsFeatures:OrganizationsFeatures",
        {"enabledFeatures": ["RootCredentialsManagement"]},
        {"enabledFeatures": ["RootCredentialsManagement", "RootSessions"]},
        account=MANAGEMENT,
    ),
    STACK_SET,
    Case(
        "aws:cloudformation/stackInstances:StackInstances",
        {
            "stackSetName": "mesh-roles",
            "regions": ["eu-west-1"],
            "deploymentTargets": {"organizationalUnitIds": ["ou-mesh-domains1"]},
        },
        {"regions": ["eu-west-1", "eu-central-1"], "callAs": "DELEGATED_ADMIN"},
        {"stackSetName": "x", "deploymentTargets": {"accountFilterType": "UNION"}},
        {"set": STACK_SET},
        MANAGEMENT,
    ),
    Case("aws:ebs/encryptionByDefault:EncryptionByDefault", {"enabled": True}, {"enabled": False}, stays=True),
    Case(
        "aws:ebs/defaultKmsKey:DefaultKmsKey",
        lambda made: {"keyArn": made["key"]["arn"]},
        None,
        {"keyArn": "x"},
        {"key": KEY},
    ),
    Case(
        "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
        {"state": "block-all-sharing"},
        {"state": "unblocked"},
    ),
)

VPC = Case("aws:ec2/vpc:Vpc", {"cidrBlock": "10.64.0.0/16", "enableDnsHostnames": True, "tags": {"Name": "mesh"}})
SUBNET_INPUTS = {"cidrBlock": "10.64.0.0/19", "availabilityZone": "eu-west-1a"}
SUBNET = Case("aws:ec2/subnet:Subnet", lambda made: {**SUBNET_INPUTS, "vpcId": made["vpc"]["id"]}, needs={"vpc": VPC})
ROUTES = Case("aws:ec2/routeTable:RouteTable", lambda made: {"vpcId": made["vpc"]["id"]}, needs={"vpc": VPC})
HTTPS = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.64.0.0/16"]}


def _group(made: Made) -> PropertyValues:
    return {"name": "doors", "description": "d", "vpcId": made["vpc"]["id"], "ingress": [{**HTTPS, "description": "x"}]}


GROUP = Case(
    "aws:ec2/securityGroup:SecurityGroup",
    _group,
    {"ingress": [{**HTTPS, "fromPort": 80, "toPort": 80}], "egress": [HTTPS], "tags": {"owner": "x"}},
    {"description": "e"},
    {"vpc": VPC},
)


def _gateway(made: Made) -> PropertyValues:
    service = {"serviceName": "com.amazonaws.eu-west-1.s3", "policy": _allowing("s3:GetObject")}
    return {**service, "vpcId": made["vpc"]["id"], "routeTableIds": [made["routes"]["id"]]}


def _interface(made: Made) -> PropertyValues:
    return {
        "serviceName": "com.amazonaws.eu-west-1.kms",
        "vpcEndpointType": "Interface",
        "vpcId": made["vpc"]["id"],
        "subnetIds": [made["subnet"]["id"]],
        "securityGroupIds": [made["group"]["id"]],
        "privateDnsEnabled": True,
        "policy": _allowing("kms:*"),
    }


def _allowing(action: str) -> str:
    return policy(action, Principal="*", Resource="*")


def _entry(number: int, protocol: str, port: int) -> PropertyValues:
    ports = {"fromPort": port, "toPort": port}
    return {"ruleNo": number, "action": "allow", "cidrBlock": "10.64.0.0/16", "protocol": protocol, **ports}


SHARE = Case("aws:ram/resourceShare:ResourceShare", {"name": "mesh", **TAGS}, {"allowExternalPrincipals": True})
UNIT = f"arn:aws:organizations::{MANAGEMENT}:ou/o-meshsample/ou-mesh-domains1"

NETWORK = (
    Case(VPC.token, VPC.inputs, {"enableDnsHostnames": False, "tags": {"o": "x"}}, {"cidrBlock": "10.65.0.0/16"}),
    Case(SUBNET.token, SUBNET.inputs, {"mapPublicIpOnLaunch": True}, {"availabilityZone": "x"}, {"vpc": VPC}),
    Case(ROUTES.token, ROUTES.inputs, {"tags": {"o": "x"}}, {"vpcId": "x"}, {"vpc": VPC}),
    Case(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        lambda made: {"subnetId": made["subnet"]["id"], "routeTableId": made["routes"]["id"]},
        None,
        {"subnetId": "x"},
        {"vpc": VPC, "subnet": SUBNET, "routes": ROUTES},
    ),
    GROUP,
    Case(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        lambda made: {"vpcId": made["vpc"]["id"]},
        {"tags": {"o": "x"}},
        {"vpcId": "x"},
        {"vpc": VPC},
        stays=True,
    ),
    Case(
        "aws:ec2/networkAcl:NetworkAcl",
        lambda made: {
            "vpcId": made["vpc"]["id"],
            "subnetIds": [made["subnet"]["id"]],
            "ingress": [_entry(100, "-1", 0)],
            "egress": [_entry(100, "-1", 0), _entry(200, "tcp", 443)],
            **TAGS,
        },
        {"subnetIds": [], "ingress": [_entry(100, "tcp", 80)], "egress": [], "tags": {"o": "x"}},
        {"vpcId": "x"},
        {"vpc": VPC, "subnet": SUBNET},
    ),
    Case(
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        lambda made: {"defaultNetworkAclId": made["vpc"]["defaultNetworkAclId"]},
        {"ingress": [_entry(100, "tcp", 443)], "tags": {"o": "x"}},
        {"defaultNetworkAclId": "x"},
        {"vpc": VPC},
        stays=True,
    ),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _gateway,
        {"policy": _allowing("s3:*"), "routeTableIds": []},
        {"serviceName": "com.amazonaws.eu-west-1.dynamodb"},
        {"vpc": VPC, "routes": ROUTES},
        label="VpcEndpoint that is a gateway",
    ),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _interface,
        {"policy": _allowing("kms:Decrypt"), "privateDnsEnabled": False},
        {"vpcEndpointType": "Gateway"},
        {"vpc": VPC, "subnet": SUBNET, "group": GROUP},
        label="VpcEndpoint that is an interface",
    ),
    SHARE,
    Case(
        "aws:ram/resourceAssociation:ResourceAssociation",
        lambda made: {"resourceShareArn": made["share"]["arn"], "resourceArn": made["subnet"]["arn"]},
        None,
        {"resourceArn": "x"},
        {"vpc": VPC, "subnet": SUBNET, "share": SHARE},
    ),
    Case(
        "aws:ram/principalAssociation:PrincipalAssociation",
        lambda made: {"resourceShareArn": made["share"]["arn"], "principal": UNIT},
        None,
        {"principal": "x"},
        {"share": SHARE},
    ),
)

# --- functions ---------------------------------------------------------------------------------------------


def _archive(**files: str) -> PropertyValues:
    """An archive of texts, as it comes over the wire."""
    assets = {f"{name}.py": {SIGNATURE: ASSET, "text": content} for name, content in files.items()}
    return {SIGNATURE: ARCHIVE, "assets": assets}


LAMBDA_ROLE = Case(
    "aws:iam/role:Role",
    {"name": "publication", "path": "/mesh/functions/", "assumeRolePolicy": TRUST},
)
FUNCTION = Case(
    "aws:lambda/function:Function",
    lambda made: {
        "name": "publication",
        "code": _archive(handler="def handler(event, context): return 1"),
        "handler": "handler.handler",
        "runtime": "python3.13",
        "role": made["role"]["arn"],
        "timeout": 60,
        "memorySize": 512,
        "architectures": ["arm64"],
        "vpcConfig": {"subnetIds": [made["subnet"]["id"]], "securityGroupIds": [made["group"]["id"]]},
        "environment": {"variables": {"A": "b"}},
        "loggingConfig": {"logFormat": "JSON", "logGroup": "/mesh/publication"},
        **TAGS,
    },
    {
        "code": _archive(handler="def handler(event, context): return 2"),
        "timeout": 90,
        "reservedConcurrentExecutions": 5,
        "tags": {"owner": "x"},
    },
    {"name": "x"},
    {"role": LAMBDA_ROLE, "vpc": VPC, "subnet": SUBNET, "group": GROUP},
)

FUNCTIONS = (
    FUNCTION,
    Case(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        lambda made: {
            "functionName": made["function"]["arn"],
            "eventSourceArn": made["queue"]["arn"],
            "batchSize": 10,
            "functionResponseTypes": ["ReportBatchItemFailures"],
            "maximumBatchingWindowInSeconds": 5,
            "scalingConfig": {"maximumConcurrency": 2},
            **TAGS,
        },
        {"batchSize": 5, "scalingConfig": {"maximumConcurrency": 3}},
        {"eventSourceArn": f"arn:aws:sqs:eu-west-1:{DOMAIN}:x"},
        {"queue": QUEUE, "function": FUNCTION},
    ),
)

PERMITTED = Case(
    "aws:lambda/permission:Permission",
    {
        "function": "publication",
        "action": "lambda:InvokeFunction",
        "principal": "events.amazonaws.com",
        "sourceArn": f"arn:aws:events:eu-west-1:{DOMAIN}:rule/mesh--x--schedule",
        "statementId": "schedule",
    },
    None,
    {"principal": "sns.amazonaws.com"},
    {"role": LAMBDA_ROLE, "vpc": VPC, "subnet": SUBNET, "group": GROUP, "function": FUNCTION},
)

SERVICES = (*LAKE_FORMATION, *IDENTITY, *MESSAGES, *WATCHING, *GUARDS, *NETWORK, *FUNCTIONS, PERMITTED, *JOBS)
