"""Cases of somebody who means to get past a rule: the same mistake in a form that the rule might not read."""

from __future__ import annotations

import json
from typing import Any, Final

from mesh_guardrails.themes.perimeter import FUNCTION_PERMISSION

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.accounts import provider
from tests.policies.cases.case import Case, Made, made, passes, reports, waits
from tests.policies.cases.partners import of
from tests.policies.cases.permissions import policy
from tests.policies.cases.written_policies import AWAY, HOME, ORGANISATION, account, allow, document, role, trust

QUEUE: Final = "aws:sqs/queue:Queue"
GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
ROUTE: Final = "aws:ec2/route:Route"
STACK_SET: Final = "aws:cloudformation/stackSet:StackSet"
PROVISIONED: Final = "aws:servicecatalog/provisionedProduct:ProvisionedProduct"
EVENTS: Final = {"Service": "events.amazonaws.com"}


def on_a_queue(condition: Any = None, **elements: Any) -> Made:
    """A queue whose policy allows something."""
    more = {**elements, **({"Condition": condition} if condition else {})}
    return made(QUEUE, policy=document(allow("sqs:SendMessage", "*", **more)))


LOOSE_SOURCES: Final[list[dict[str, Any]]] = [
    {"ArnLike": {"aws:SourceArn": "arn:*"}},
    {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/x"}},
    {"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::example-inbox", "arn:aws:s3:::*"]}},
    {"StringLike": {"aws:SourceAccount": "?*"}},
    {"StringLike": {"aws:SourceOrgID": "o-*"}},
    {"StringLike": {"aws:SourceOrgPaths": "?-*"}},
]
LOOSE_CALLERS: Final[list[dict[str, Any]]] = [
    {"ArnLike": {"aws:PrincipalArn": "arn:*"}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{AWAY}:*"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}},
    {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
    {"StringLike": {"sts:ExternalId": "?*"}},
]
POLICIES: Final[list[Case]] = [
    reports("resource-policy-is-closed", "lets everyone in", on_a_queue(NotPrincipal={"AWS": HOME})),
    reports("trust-is-not-open", "everyone may become", role(assumeRolePolicy=trust({"aws": "*"}))),
    reports(
        "trust-is-not-open",
        "everyone may become",
        role(assumeRolePolicy=document({"Effect": "Allow", "NotPrincipal": {"AWS": HOME}, "Action": "sts:AssumeRole"})),
    ),
    reports("no-foreign-account-in-policy", f"account {AWAY} in", on_a_queue(Principal={"aws": AWAY}), account()),
    reports(
        "no-foreign-account-in-policy",
        "lets 'CanonicalUser 79a5",
        on_a_queue(Principal={"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}),
        account(),
    ),
    reports(
        "no-foreign-account-in-policy",
        "lets 'AIDACKCEVSQ6C2EXAMPLE'",
        on_a_queue(Principal={"AWS": ["AIDACKCEVSQ6C2EXAMPLE", HOME]}),
        account(),
    ),
    *(
        reports("service-access-has-source", "for any account", on_a_queue(loose, Principal=EVENTS))
        for loose in LOOSE_SOURCES
    ),
    passes(
        "service-access-has-source",
        on_a_queue({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::example-*"}}, Principal={"Service": "s3.amazonaws.com"}),
    ),
    *(
        reports(
            "service-trust-has-source",
            "for any account",
            role(assumeRolePolicy=trust({"Service": "glue.amazonaws.com"}, loose)),
        )
        for loose in LOOSE_SOURCES
    ),
    *(
        reports(
            "cross-account-trust-is-conditioned",
            f"trusts all of the account {AWAY}",
            role(assumeRolePolicy=trust({"AWS": AWAY}, loose)),
            account(),
        )
        for loose in LOOSE_CALLERS
    ),
    reports(
        "function-permission-is-closed",
        "for any account",
        made(FUNCTION_PERMISSION, principal="s3.amazonaws.com", sourceArn="arn:aws:s3:::*"),
    ),
    reports(
        "policy-is-readable",
        "has an element twice",
        made(QUEUE, policy='{"Statement":[{"Effect":"Allow","Principal":"*","Principal":{"AWS":"111122223333"}}]}'),
    ),
    reports(
        "policy-is-readable",
        "has an element twice",
        made(QUEUE, policy=json.dumps({"Statement": [{"Effect": "Deny", "effect": "Allow", "Principal": "*"}]})),
    ),
]
ACTIONS: Final[list[Case]] = [
    reports("no-administrator", "allows every action", policy(allow("**", "*"))),
    reports("no-administrator", "allows every action", policy(allow("?*:*", "*"))),
    reports("no-whole-service-allowed", "allows s3:?* on every", policy(allow("s3:?*", "*"))),
    reports("no-whole-service-allowed", "allows s3:* on every", policy(allow("s3:*", "arn:aws:s3:::*"))),
    reports("no-whole-service-allowed", "allows glue:* on every", policy(allow("glue:*", "arn:aws:glue:*:*:*"))),
    reports("no-whole-service-allowed", "allows s3:* on every", policy(allow("s3:*", ["arn:aws:sns:*:*:x", "arn:*"]))),
    passes("no-whole-service-allowed", policy(allow("s3:*", "arn:aws:s3:::example-*"))),
]
"""Patterns that match all there is, without being a star."""

MESH: Final = {"accounts": [HOME], "organization": "o-exampleorg1"}
EVERYONE_OF: Final = {"StringEquals": {"aws:PrincipalAccount": AWAY}}
FOREIGN_ORGANISATION: Final = {"StringEquals": {"aws:PrincipalOrgID": "o-elsewhere1"}}
GRANT: Final = "aws:lakeformation/permissions:Permissions"
UNIT: Final = f"arn:aws:organizations::{AWAY}:ou/o-elsewhere1/ou-ab12-domains1"

FOREIGN: Final[list[Case]] = [
    reports(
        "no-foreign-account-in-policy",
        f"lets the account {AWAY} in",
        on_a_queue(EVERYONE_OF, Principal="*"),
        account(),
        configured=MESH,
    ),
    reports(
        "no-foreign-account-in-policy",
        "lets the organisation o-elsewhere1 in",
        on_a_queue(FOREIGN_ORGANISATION, Principal="*"),
        account(),
        configured=MESH,
    ),
    reports(
        "no-foreign-account-in-policy",
        f"lets the account {AWAY} in",
        on_a_queue(Principal={"AWS": AWAY}),
        account(of=AWAY),
        configured=MESH,
    ),
    passes(
        "no-foreign-account-in-policy",
        on_a_queue(ORGANISATION, Principal="*"),
        account(),
        configured=MESH,
    ),
    reports(
        "function-permission-is-closed",
        "lets everyone in",
        made(FUNCTION_PERMISSION, principal="*", principalOrgId="o-elsewhere1"),
        configured={"organization": "o-exampleorg1"},
    ),
    reports("no-grant-to-a-foreign-account", f"lets {AWAY} in", made(GRANT, principal=AWAY), configured=MESH),
    reports("no-grant-to-a-foreign-account", f"lets {UNIT} in", made(GRANT, principal=UNIT), configured=MESH),
    reports(
        "no-grant-to-a-foreign-account",
        f"lets arn:aws:iam::{AWAY}:role/x in",
        made("aws:kms/grant:Grant", granteePrincipal=f"arn:aws:iam::{AWAY}:role/x"),
        configured=MESH,
    ),
    reports(
        "no-grant-to-a-foreign-account",
        f"lets {AWAY} in",
        made("aws:redshift/dataShareAuthorization:DataShareAuthorization", consumerIdentifier=AWAY),
        configured=MESH,
    ),
    passes("no-grant-to-a-foreign-account", made(GRANT, principal=f"arn:aws:iam::{HOME}:role/x"), configured=MESH),
    passes("no-grant-to-a-foreign-account", made(GRANT, principal=AWAY)),
    waits("no-grant-to-a-foreign-account", made(GRANT, principal=UNKNOWN)),
]
"""What is of somebody else's account or organisation, where the pack was told which are the mesh's."""

WAYS: Final[list[Case]] = [
    *(
        reports("no-way-to-the-internet", f"has a route by {hop}", made(ROUTE, **{hop: "x-1"}))
        for hop in ("networkInterfaceId", "instanceId", "localGatewayId", "odbNetworkArn")
    ),
    reports("no-ingress-from-outside", "lets pl-1 in", made(GROUP, ingress=[{"prefixListIds": ["pl-1"]}])),
    reports(
        "no-ingress-from-outside",
        "lets pl-1 in",
        made("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", prefixListId="pl-1"),
    ),
    reports(
        "replication-goes-to-inboxes",
        "copies objects to arn:aws:s3:::drop",
        made(
            "aws:s3/bucketV2:BucketV2",
            replicationConfigurations=[{"rules": [{"destinations": [{"bucket": "arn:aws:s3:::drop"}]}]}],
        ),
    ),
    waits("replication-goes-to-inboxes", made("aws:s3/bucketV2:BucketV2", replicationConfigurations=UNKNOWN)),
    *(
        reports(
            "no-delivery-to-another-account",
            f"sends to arn:aws:sqs:eu-west-1:{AWAY}:x",
            made(f"aws:{type_}", **props),
            account(),
        )
        for type_, props in (
            ("pipes/pipe:Pipe", {"target": f"arn:aws:sqs:eu-west-1:{AWAY}:x"}),
            (
                "s3/bucketNotification:BucketNotification",
                {
                    "queues": [
                        {"queueArn": f"arn:aws:sqs:eu-west-1:{HOME}:x"},
                        {"queueArn": f"arn:aws:sqs:eu-west-1:{AWAY}:x"},
                    ]
                },
            ),
            (
                "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
                {"destinationConfig": {"onSuccess": {"destination": f"arn:aws:sqs:eu-west-1:{AWAY}:x"}}},
            ),
            ("cloudwatch/logDestination:LogDestination", {"targetArn": f"arn:aws:sqs:eu-west-1:{AWAY}:x"}),
            ("cloudwatch/metricStream:MetricStream", {"firehoseArn": f"arn:aws:sqs:eu-west-1:{AWAY}:x"}),
        )
    ),
    reports("no-resource-beside-the-rules", "by a template", of("domain-ads", made(STACK_SET, name="mesh-bootstrap"))),
    passes("no-resource-beside-the-rules", of("organization", made(STACK_SET, name="mesh-bootstrap"))),
    reports("no-resource-beside-the-rules", "by a template", made(PROVISIONED, name="x")),
    *(
        reports(
            "no-shared-snapshot", "hands a copy", made("aws:ec2/amiLaunchPermission:AmiLaunchPermission", **{by: "o"})
        )
        for by in ("organizationArn", "organizationalUnitArn")
    ),
]

PROVIDERS: Final[list[Case]] = [
    reports("provider-takes-on-a-role", "takes on no role", provider(assumeRoles='[{"sessionName": "x"}]')),
    reports("provider-takes-on-a-role", "takes on no role", provider(assumeRoles='[{"roleArn": ""}]')),
    reports(
        "provider-takes-on-a-role",
        f"takes on a role of {AWAY}",
        provider(assumeRoles=f'[{{"role_arn": "arn:aws:iam::{AWAY}:role/mesh/deploy"}}]'),
    ),
    reports(
        "provider-names-one-account",
        "is for the account 111122223333, which is not one of the mesh's",
        provider(),
        configured={"accounts": ["444455556666"]},
    ),
    passes("provider-names-one-account", provider(), configured={"accounts": [HOME]}),
    *(
        reports("provider-speaks-to-aws", f"has {setting}", provider(**{setting: value}))
        for setting, value in (
            ("endpoints", '[{"s3": "https://example.org"}]'),
            ("httpProxy", "http://example.org"),
            ("httpsProxy", "http://example.org"),
            ("insecure", "true"),
            ("customCaBundle", "/tmp/ca.pem"),
        )
    ),
    passes("provider-speaks-to-aws", provider(insecure="false", endpoints="[]")),
    waits("provider-speaks-to-aws", provider(endpoints=UNKNOWN)),
]

CONNECTION: Final = "aws:glue/connection:Connection"
PASSWORDS: Final[list[Case]] = [
    *(
        reports(
            "connection-has-no-password",
            "has JDBC_CONNECTION_URL",
            made(CONNECTION, connectionProperties={"JDBC_CONNECTION_URL": url}),
        )
        for url in (
            "jdbc:postgresql://db:5432/orders?user=reader&password=correct-horse",
            "jdbc:redshift://reader:correct-horse@db:5439/orders",
            "jdbc:oracle:thin:reader/correct-horse@db:1521/orders",
        )
    ),
    passes(
        "connection-has-no-password",
        made(CONNECTION, connectionProperties={"JDBC_CONNECTION_URL": "jdbc:postgresql://db:5432/orders"}),
    ),
    reports(
        "connection-has-no-password",
        "has password",
        made(CONNECTION, authenticationConfiguration={"basicAuthenticationCredentials": {"password": UNKNOWN}}),
    ),
    reports("connection-has-no-password", "has PASSWORD", made(CONNECTION, athenaProperties={"PASSWORD": "x"})),
]

CASES: Final[list[Case]] = [*POLICIES, *ACTIONS, *FOREIGN, *WAYS, *PROVIDERS, *PASSWORDS]
