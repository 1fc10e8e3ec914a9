"""Cases of the rules on ways to and from the internet, and on what is sent by itself."""

from __future__ import annotations

from typing import Final

from mesh_guardrails.themes.outbound import REPLICATION

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, made, passes, reports, waits
from tests.policies.cases.written_policies import AWAY, HOME, account

TABLE: Final = "aws:ec2/routeTable:RouteTable"
GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
GROUP_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
SUBNET: Final = "aws:ec2/subnet:Subnet"
SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
FIREHOSE: Final = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
STACK: Final = "aws:cloudformation/stack:Stack"
INBOX: Final = "arn:aws:s3:::example-partner-acme--inbox"


def copying(bucket: object, **destination: object) -> Made:
    """A replication of one rule."""
    return made(REPLICATION, "copies", bucket="example", rules=[{"destination": {"bucket": bucket, **destination}}])


OWNED: Final = {"account": AWAY, "accessControlTranslation": {"owner": "Destination"}}

NETWORKS: Final[list[Case]] = [
    passes("no-way-to-the-internet", made(TABLE, vpcId=UNKNOWN)),
    passes("no-way-to-the-internet", made(TABLE, routes=[{"cidrBlock": "10.0.0.0/16", "gatewayId": "local"}])),
    passes("no-way-to-the-internet", made("aws:ec2/route:Route", vpcEndpointId="vpce-1")),
    *(
        reports("no-way-to-the-internet", "joins a network with others", made(type_, vpcId=UNKNOWN))
        for type_ in (
            "aws:ec2/internetGateway:InternetGateway",
            "aws:ec2/natGateway:NatGateway",
            "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
            "aws:ec2/eip:Eip",
            "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
        )
    ),
    reports("no-way-to-the-internet", "a route by natGatewayId", made("aws:ec2/route:Route", natGatewayId="nat-1")),
    reports("no-way-to-the-internet", "a route by gatewayId", made(TABLE, routes=[{"gatewayId": "igw-1"}])),
    waits("no-way-to-the-internet", made("aws:ec2/route:Route", natGatewayId=UNKNOWN)),
    passes("no-public-address", made(SUBNET, mapPublicIpOnLaunch=False)),
    passes("no-public-address", made(SUBNET, vpcId=UNKNOWN)),
    passes("no-public-address", made("aws:eks/cluster:Cluster", vpcConfig={"endpointPublicAccess": False})),
    passes("no-public-address", made("aws:opensearch/domain:Domain", vpcOptions={"subnetIds": ["subnet-1"]})),
    reports("no-public-address", "the internet reaches 'subnet'", made(SUBNET, mapPublicIpOnLaunch=True)),
    reports("no-public-address", "publiclyAccessible", made("aws:rds/instance:Instance", publiclyAccessible=True)),
    reports("no-public-address", "endpointPublicAccess", made("aws:eks/cluster:Cluster", vpcConfig={})),
    reports("no-public-address", "internal is open", made("aws:lb/loadBalancer:LoadBalancer", subnets=[UNKNOWN])),
    reports(
        "no-public-address",
        "the internet reaches 'launchTemplate'",
        made("aws:ec2/launchTemplate:LaunchTemplate", networkInterfaces=[{}, {"associatePublicIpAddress": "true"}]),
    ),
    waits("no-public-address", made(SUBNET, mapPublicIpOnLaunch=UNKNOWN)),
    passes("no-ingress-from-outside", made(GROUP, ingress=[{"cidrBlocks": ["10.64.0.0/16"], "fromPort": 443}])),
    passes("no-ingress-from-outside", made(GROUP, ingress=[{"self": True}], egress=[{"cidrBlocks": ["0.0.0.0/0"]}])),
    passes("no-ingress-from-outside", made(GROUP_RULE, type="egress", cidrBlocks=["0.0.0.0/0"])),
    passes("no-ingress-from-outside", made(INGRESS, referencedSecurityGroupId=UNKNOWN)),
    reports("no-ingress-from-outside", "lets 0.0.0.0/0 in", made(GROUP, ingress=[{"cidrBlocks": ["0.0.0.0/0"]}])),
    reports("no-ingress-from-outside", "lets ::/0 in", made(GROUP, ingress=[{"ipv6CidrBlocks": ["::/0"]}])),
    reports("no-ingress-from-outside", "lets 0.0.0.0/1 in", made(GROUP_RULE, type="ingress", cidrBlocks=["0.0.0.0/1"])),
    reports("no-ingress-from-outside", "lets 52.1.2.3/32 in", made(INGRESS, cidrIpv4="52.1.2.3/32")),
    reports("no-ingress-from-outside", "lets 8.0.0.0/6 in", made(INGRESS, cidrIpv4="8.0.0.0/6")),
    waits("no-ingress-from-outside", made(INGRESS, cidrIpv4=UNKNOWN)),
    passes("no-website", made("aws:cloudfront/distribution:Distribution", enabled=False)),
    reports("no-website", "serves the internet", made("aws:cloudfront/distribution:Distribution", enabled=True)),
    reports("no-website", "serves the internet", made("aws:amplify/app:App", repository=UNKNOWN)),
    passes("interface-asks-who-calls", made("aws:apigateway/method:Method", authorization="AWS_IAM")),
    passes("interface-asks-who-calls", made("aws:apigateway/method:Method", httpMethod="OPTIONS")),
    reports("interface-asks-who-calls", "ask who calls", made("aws:apigateway/method:Method", authorization="NONE")),
    reports("interface-asks-who-calls", "ask who calls", made("aws:apigatewayv2/route:Route", apiId=UNKNOWN)),
    reports(
        "interface-asks-who-calls",
        "set authenticationType",
        made("aws:appsync/graphQLApi:GraphQLApi", authenticationType="API_KEY"),
    ),
    reports(
        "interface-asks-who-calls",
        "allowUnauthenticatedIdentities",
        made("aws:cognito/identityPool:IdentityPool", allowUnauthenticatedIdentities=True),
    ),
]

SENT: Final[list[Case]] = [
    passes("no-delivery-to-the-outside", made(SUBSCRIPTION, protocol="email", endpoint=UNKNOWN)),
    passes("no-delivery-to-the-outside", made(FIREHOSE, extendedS3Configuration={"bucketArn": "arn:aws:s3:::x"})),
    reports("no-delivery-to-the-outside", "to an address outside", made(SUBSCRIPTION, protocol="https")),
    reports(
        "no-delivery-to-the-outside", "httpEndpoint", made(FIREHOSE, httpEndpointConfiguration={"url": "https://x"})
    ),
    reports(
        "no-delivery-to-the-outside",
        "sends to, or fetches from, outside",
        made("aws:cloudwatch/eventApiDestination:EventApiDestination", invocationEndpoint="https://x"),
    ),
    waits("no-delivery-to-the-outside", made(SUBSCRIPTION, protocol=UNKNOWN)),
    passes("no-delivery-to-another-account", made(TARGET, arn=f"arn:aws:sqs:eu-west-1:{HOME}:x"), account()),
    passes(
        "no-delivery-to-another-account", made(TARGET, arn=f"arn:aws:events:eu-west-1:{AWAY}:event-bus/mesh"), account()
    ),
    passes("no-delivery-to-another-account", made(SUBSCRIPTION, endpoint="ann@example.org"), account()),
    reports(
        "no-delivery-to-another-account",
        "in another account",
        made(TARGET, arn=f"arn:aws:events:eu-west-1:{AWAY}:event-bus/default"),
        account(),
    ),
    reports(
        "no-delivery-to-another-account",
        "in another account",
        made("aws:scheduler/schedule:Schedule", target={"arn": f"arn:aws:lambda:eu-west-1:{AWAY}:function:x"}),
        account(),
    ),
    waits("no-delivery-to-another-account", made(TARGET, arn=UNKNOWN), account()),
    passes("replication-goes-to-inboxes", copying(INBOX, **OWNED)),
    passes("replication-goes-to-inboxes", copying(f"{INBOX}-{AWAY}-eu-west-1-an", **OWNED)),
    passes("replication-goes-to-inboxes", made("aws:s3/bucket:Bucket", bucket=UNKNOWN)),
    passes(
        "replication-goes-to-inboxes",
        copying("arn:aws:s3:::example-copy", **OWNED),
        configured={"destinations": ["arn:aws:s3:::example-copy"]},
    ),
    reports(
        "replication-goes-to-inboxes", "copies objects to arn:aws:s3:::elsewhere", copying("arn:aws:s3:::elsewhere")
    ),
    reports("replication-goes-to-inboxes", "whoever owns it", copying(INBOX, account=AWAY)),
    reports(
        "replication-goes-to-inboxes",
        "copies objects to arn:aws:s3:::elsewhere",
        made(
            "aws:s3/bucket:Bucket",
            replicationConfiguration={"rules": [{"destination": {"bucket": "arn:aws:s3:::elsewhere", **OWNED}}]},
        ),
    ),
    waits("replication-goes-to-inboxes", copying(UNKNOWN, **OWNED)),
    passes("no-resource-beside-the-rules", made("aws:sqs/queue:Queue", name=UNKNOWN)),
    passes("no-resource-beside-the-rules", made("acme:parts:Component", provider="")),
    reports("no-resource-beside-the-rules", "by a template", made(STACK, name="own", templateBody=UNKNOWN)),
    reports("no-resource-beside-the-rules", "of the package 'aws-native'", made("aws-native:s3:Bucket", "native")),
    reports(
        "no-resource-beside-the-rules", "package 'command'", made("command:local:Command", "shell", create="aws s3")
    ),
]

CASES: Final[list[Case]] = [*NETWORKS, *SENT]
