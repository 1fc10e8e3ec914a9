"""Rules on accounts and providers: each resource is made in an account that somebody named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from mesh_guardrails.accounts_of_stack import PROVIDER, role_arn, setting
from mesh_guardrails.companions import written
from mesh_guardrails.mesh_parameters import ACCOUNTS
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, Stack, StackRule, has

ACCOUNT: Final = "aws:organizations/account:Account"

_OWN_PACKAGE: Final = "pulumi:"
_ACCOUNT_ID: Final = re.compile(r"\d{12}")
_ROLE: Final = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):role/")
_CREDENTIALS: Final = ("accessKey", "secretKey", "token")
_WAYS: Final = ("customCaBundle", "ec2MetadataServiceEndpoint", "endpoints", "httpProxy", "httpsProxy", "insecure")
_NONE: Final = ("", "false", "[]", "{}", "null")
_CHECKS: Final = ("skipCredentialsValidation", "skipRequestingAccountId")


def default_provider(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a default provider, which Pulumi makes: it acts in any account that the credentials lead to."""
    # Pulumi knows it by its name, too (`providers.IsDefaultProvider`, sdk/go/common/resource/urn).
    if resource.provider.startswith("default") and not resource.type.startswith(_OWN_PACKAGE):
        yield (
            f"'{resource.name}' ({resource.type}) is made by the default provider '{resource.provider}'; give it, or "
            "the component it is in, an explicit provider, which says the account by its role"
        )


def unnamed_account(provider: RegisteredResource, accounts: Sequence[str]) -> Iterator[str]:
    """Messages on a provider that does not name one account of the mesh: it acts wherever its credentials lead."""
    if provider.name.startswith("default"):
        return  # `no-default-provider` says it, of each resource
    allowed = [str(one) for one in setting(provider.props, "allowedAccountIds") or ()]
    if len(allowed) != 1 or not _ACCOUNT_ID.fullmatch(allowed[0]):
        stands = f"allowedAccountIds are {', '.join(allowed)}" if allowed else "there are no allowedAccountIds"
        yield (
            f"'{provider.name}' does not name one account: {stands}; set allowedAccountIds to the account's twelve "
            "digits"
        )
    elif accounts and allowed[0] not in accounts:
        yield (
            f"'{provider.name}' is for the account {allowed[0]}, which is not one of the mesh's; name the account of "
            "the stack"
        )


def without_role(provider: RegisteredResource) -> Iterator[str]:
    """Messages on a provider that takes on no role, or one of another account than it names."""
    if provider.name.startswith("default"):
        return
    roles = _roles(provider.props)
    # A role without an ARN is none: the plugin acts with the credentials that it finds.
    if not roles or not all(map(role_arn, roles)):
        yield f"'{provider.name}' takes on no role; set assumeRoles to the deployment role of its account"
        return
    allowed = [str(one) for one in setting(provider.props, "allowedAccountIds") or ()]
    arn = role_arn(roles[-1])
    named = _ROLE.match(arn)
    if named and len(allowed) == 1 and named[1] != allowed[0]:
        yield (
            f"'{provider.name}' is for account {allowed[0]} and takes on a role of {named[1]} ({arn}); name a role of "
            f"account {allowed[0]}"
        )


def written_credentials(provider: RegisteredResource) -> Iterator[str]:
    """Messages on a provider with keys in the program or in its configuration, which end up in the state."""
    if written := [name for name in _CREDENTIALS if has(provider.props, name)]:
        yield (
            f"'{provider.name}' has credentials of its own ({', '.join(written)}), which the state would keep; take "
            "them "
            "from the environment, and let assumeRoles lead to the account"
        )


def another_way(provider: RegisteredResource) -> Iterator[str]:
    """Messages on a provider whose calls, with their signatures and data, go elsewhere than to AWS, or may be read."""
    for name in _WAYS:
        if str(provider.props.get(name) or "").lower() not in _NONE:
            yield f"'{provider.name}' has {name}, by which its calls go past AWS's own addresses; leave it out"


def unchecked_account(provider: RegisteredResource) -> Iterator[str]:
    """Messages on a provider that does not ask in which account it is, and so cannot refuse another one."""
    for name in _CHECKS:
        if str(provider.props.get(name)).lower() == "true":
            yield (
                f"'{provider.name}' has {name}, so that allowedAccountIds are not compared with anything; leave it out"
            )


def other_region(provider: RegisteredResource, allowed_regions: Sequence[str] = ()) -> Iterator[str]:
    """Messages on a provider that leaves its region to the environment, or names one that is not allowed."""
    if provider.name.startswith("default"):
        return
    region = provider.props.get("region")
    if not region:
        yield f"'{provider.name}' has no region, and would take that of the environment; name the mesh's region"
    elif allowed_regions and region not in allowed_regions:
        yield f"'{provider.name}' is for {region}; allowed here: {', '.join(allowed_regions)}"


def away_from_provider(resource: RegisteredResource, stack: Stack) -> Iterator[str]:
    """Messages on a resource in another region than its provider's: no control policy and no price was meant for it.

    Since version 7 pulumi-aws takes a region for each resource.
    """
    if resource.type.startswith(_OWN_PACKAGE):
        return
    home = next((one for one in stack if one.type == PROVIDER and one.name == resource.provider), None)
    region = written(resource, "region")
    if region and home and (own := written(home, "region")) and region != own:
        yield (
            f"'{resource.name}' ({resource.type}) is made in {region}, its provider '{home.name}' is for "
            f"{own}; leave its region out"
        )


def closable_account(account: RegisteredResource) -> Iterator[str]:
    """Messages on an account that goes with its stack: what is in it is lost, and its id stays taken for 90 days.

    No engine tells a policy of `retain_on_delete`: who writes `closeOnDeletion: false` means it to stay.
    """
    closes = account.props.get("closeOnDeletion")
    if closes:
        yield f"'{account.name}' is closed when it leaves the program (closeOnDeletion); set it to false"
    if not account.protect and closes is None:
        yield (
            f"'{account.name}' is an account that Pulumi would delete; set protect in its options, or retain_on_delete "
            "and closeOnDeletion to false"
        )


def _roles(props: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The roles that a provider takes on, one after the other; `assumeRole` is how version 6 wrote one."""
    one = [setting(props, name) for name in ("assumeRole", "assumeRoleWithWebIdentity")]
    return [*(setting(props, "assumeRoles") or ()), *(role for role in one if role)]


_PROVIDERS: Final = frozenset({PROVIDER})

RULES: Final = (
    Rule(
        name="no-default-provider",
        theme="accounts and providers",
        severity="high",
        description="Every resource is made by an explicit provider, which names its account.",
        check=default_provider,
    ),
    Rule(
        name="provider-names-one-account",
        theme="accounts and providers",
        severity="critical",
        description="Every provider says the one account that it may act in.",
        check=unnamed_account,
        types=_PROVIDERS,
        parameters=(ACCOUNTS,),
    ),
    Rule(
        name="provider-takes-on-a-role",
        theme="accounts and providers",
        severity="high",
        description="Every provider takes on a role of the account that it names.",
        check=without_role,
        types=_PROVIDERS,
    ),
    Rule(
        name="provider-has-no-credentials",
        theme="accounts and providers",
        severity="critical",
        description="No provider has keys of its own.",
        check=written_credentials,
        types=_PROVIDERS,
        equivalents=("checkov:CKV_AWS_41",),
    ),
    Rule(
        name="provider-speaks-to-aws",
        theme="accounts and providers",
        severity="high",
        description="No provider sends its calls by another way than AWS's own.",
        check=another_way,
        types=_PROVIDERS,
    ),
    Rule(
        name="provider-checks-its-account",
        theme="accounts and providers",
        severity="high",
        description="No provider skips the question in which account it is.",
        check=unchecked_account,
        types=_PROVIDERS,
    ),
    Rule(
        name="provider-names-its-region",
        theme="accounts and providers",
        severity="high",
        description="Every provider names its region, one of those that are allowed.",
        check=other_region,
        types=_PROVIDERS,
        equivalents=("prowler:organizations_scp_check_deny_regions",),
        parameters=(
            Parameter(
                "allowedRegions",
                "Regions in which a provider may act; all that are named when the list is empty.",
                {"type": "array", "items": {"type": "string", "pattern": "^[a-z]{2}(-[a-z]+)+-[0-9]$"}},
                [],
            ),
        ),
    ),
    Rule(
        name="account-outlives-its-stack",
        theme="accounts and providers",
        severity="critical",
        description="No account is closed or deleted with the stack that made it.",
        check=closable_account,
        types=frozenset({ACCOUNT}),
    ),
)
STACK_RULES: Final = (
    StackRule(
        name="resource-in-its-providers-region",
        theme="accounts and providers",
        severity="high",
        description="No resource is made in another region than its provider's.",
        check=away_from_provider,
    ),
)
