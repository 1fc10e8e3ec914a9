"""Cases of the rules on accounts and providers."""

from __future__ import annotations

from typing import Any, Final

from mesh_guardrails.accounts_of_stack import PROVIDER
from mesh_guardrails.themes.accounts import ACCOUNT

from sandbox.engine.wire import UNKNOWN
from tests.policies.cases.case import Case, Made, changed, made, passes, reports, waits

QUEUE: Final = "aws:sqs/queue:Queue"
DEPLOY: Final = "arn:aws:iam::111122223333:role/mesh/deploy"


def provider(name: str = "account", **props: Any) -> Made:
    """A provider as the engine has it: what is no text is JSON."""
    allowed = {"allowedAccountIds": '["111122223333"]', "assumeRoles": f'[{{"roleArn": "{DEPLOY}"}}]'}
    return made(PROVIDER, name, provider="", **{**allowed, "region": "eu-west-1", **props})


ELSEWHERE: Final = '[{"roleArn": "arn:aws:iam::444455556666:role/mesh/deploy"}]'

CASES: Final[list[Case]] = [
    passes("no-default-provider", made(QUEUE)),
    passes("no-default-provider", made(QUEUE, "q", provider="governance", policy=UNKNOWN)),
    passes("no-default-provider", made("pulumi:pulumi:StackReference", provider="default")),
    reports("no-default-provider", "by the default provider 'default_7_51_1'", made(QUEUE, provider="default_7_51_1")),
    passes("provider-names-one-account", provider()),
    passes("provider-names-one-account", changed(provider(), allowedAccountIds=["111122223333"])),
    passes("provider-names-one-account", provider("default_7_51_1", allowedAccountIds="[]")),
    reports("provider-names-one-account", "no allowedAccountIds", changed(provider(), allowedAccountIds=None)),
    reports("provider-names-one-account", "no allowedAccountIds", provider(allowedAccountIds="[]")),
    reports("provider-names-one-account", "are 1, 2", provider(allowedAccountIds='["1", "2"]')),
    reports("provider-names-one-account", "are 1111", provider(allowedAccountIds='["1111"]')),
    waits("provider-names-one-account", provider(allowedAccountIds=UNKNOWN)),
    passes("provider-takes-on-a-role", provider()),
    passes("provider-takes-on-a-role", changed(provider(assumeRole=f'{{"roleArn": "{DEPLOY}"}}'), assumeRoles=None)),
    passes("provider-takes-on-a-role", changed(provider(assumeRole=UNKNOWN), assumeRole=None, region=UNKNOWN)),
    reports("provider-takes-on-a-role", "takes on no role", changed(provider(), assumeRoles=None)),
    reports("provider-takes-on-a-role", "takes on a role of 444455556666", provider(assumeRoles=ELSEWHERE)),
    waits("provider-takes-on-a-role", provider(assumeRoles=UNKNOWN)),
    passes("provider-has-no-credentials", provider(region=UNKNOWN)),
    passes("provider-has-no-credentials", provider()),
    reports("provider-has-no-credentials", "(accessKey, secretKey)", provider(accessKey="AKIA", secretKey="s")),
    reports("provider-has-no-credentials", "(secretKey)", provider(secretKey=UNKNOWN)),
    passes("provider-checks-its-account", provider(skipCredentialsValidation="false")),
    reports("provider-checks-its-account", "skipRequestingAccountId", provider(skipRequestingAccountId="true")),
    reports("provider-checks-its-account", "skipCredentialsValidation", provider(skipCredentialsValidation=True)),
    waits("provider-checks-its-account", provider(skipRequestingAccountId=UNKNOWN)),
    passes("provider-names-its-region", provider()),
    passes("provider-names-its-region", provider(), configured={"allowedRegions": ["eu-west-1"]}),
    reports("provider-names-its-region", "has no region", changed(provider(), region=None)),
    reports(
        "provider-names-its-region",
        "is for us-east-1; allowed here: eu-west-1, eu-central-1",
        provider(region="us-east-1"),
        configured={"allowedRegions": ["eu-west-1", "eu-central-1"]},
    ),
    waits("provider-names-its-region", provider(region=UNKNOWN)),
    passes("resource-in-its-providers-region", made(QUEUE), provider()),
    passes("resource-in-its-providers-region", made(QUEUE, region="eu-west-1"), provider()),
    passes("resource-in-its-providers-region", made(QUEUE, policy=UNKNOWN), provider(region=UNKNOWN)),
    reports("resource-in-its-providers-region", "in us-east-1", made(QUEUE, region="us-east-1"), provider()),
    passes("resource-in-its-providers-region", made(QUEUE, region=UNKNOWN), provider()),
    waits(
        "resource-in-its-providers-region",
        made(QUEUE, made_from={"region": "q"}, region=UNKNOWN),
        provider(),
        made(QUEUE, "q"),
    ),
    passes("account-outlives-its-stack", made(ACCOUNT, protect=True, closeOnDeletion=False)),
    passes("account-outlives-its-stack", made(ACCOUNT, protect=True, parentId=UNKNOWN)),
    passes("account-outlives-its-stack", made(ACCOUNT, closeOnDeletion=False)),
    reports("account-outlives-its-stack", "is closed when it", made(ACCOUNT, protect=True, closeOnDeletion=True)),
    reports("account-outlives-its-stack", "set protect", made(ACCOUNT)),
]
