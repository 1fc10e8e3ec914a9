"""Rules on trust: who may become a role is named, and comes from where it is said to come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from mesh_guardrails.accounts_of_stack import own_account
from mesh_guardrails.document_reading import (
    UNKNOWN_TEXT,
    KeyCondition,
    account_of,
    is_organisation,
    limits_source,
)
from mesh_guardrails.mesh_parameters import ACCOUNTS
from mesh_guardrails.policy_properties import ROLE, trust_statements
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, Stack, StackRule

_CALLER: Final = ("aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "sts:externalid")
_NAMED_CALLER: Final = re.compile(r"arn:aws[\w*-]*:(?:iam|sts)::[^:]*:(?:root$|[a-z-]+/[^*?])")
_GITHUB: Final = "token.actions.githubusercontent.com"


def open_trust(role: RegisteredResource) -> Iterator[str]:
    """Messages on a role that everyone may become, whatever the conditions: they are one mistake away from nothing."""
    for one in trust_statements(role):
        if one.allows and one.is_for_everyone:
            yield (
                f"everyone may become '{role.name}' ({one.title}); name the account, the service or the identity "
                "provider in Principal"
            )


def loose_federation(role: RegisteredResource) -> Iterator[str]:
    """Messages on a role for tokens of an identity provider that do not have to be for AWS, or for one program.

    https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments
    """
    for one in trust_statements(role):
        for kind, provider in one.principals if one.allows else ():
            if kind != "Federated" or "*" in provider:
                continue
            for claim, needed in _claims(provider):
                if not any(map(_is_pinned, one.tested(*needed))):
                    yield (
                        f"'{role.name}' does not test {claim} of tokens of {_host(provider)} ({one.title}); add a "
                        "StringEquals on it that says whose tokens are meant"
                    )


def loose_account(role: RegisteredResource, stack: Stack, accounts: Sequence[str]) -> Iterator[str]:
    """Messages on a role that another account may become without more, or an account that is not the mesh's."""
    own = own_account(role, stack)
    for one in trust_statements(role):
        for kind, name in one.principals if one.allows else ():
            account = account_of(name) if kind == "AWS" else ""
            if not account or account == own:
                continue
            if accounts and account not in accounts:
                yield f"'{role.name}' trusts the account {account} ({one.title}), which is not one of the mesh's"
            elif not any(map(_tells_caller, one.tested(*_CALLER))):
                yield (
                    f"'{role.name}' trusts all of the account {account} ({one.title}); add a condition on "
                    "aws:PrincipalArn, aws:PrincipalOrgID or sts:ExternalId"
                )


def service_without_source(role: RegisteredResource, services: Sequence[str]) -> Iterator[str]:
    """Messages on a role that a service may take on for somebody else's resource (the confused deputy)."""
    for one in trust_statements(role):
        named = [name for kind, name in one.principals if kind == "Service" and name not in services]
        if one.allows and named and not limits_source(one):
            yield (
                f"{', '.join(named)} may take on '{role.name}' for any account ({one.title}); add a condition on "
                "aws:SourceAccount or aws:SourceArn"
            )


def _tells_caller(test: KeyCondition) -> bool:
    return all(value == UNKNOWN_TEXT or _tells(test.key, value) for value in test.values)


def _tells(key: str, value: str) -> bool:
    if key == "aws:principalarn":
        return bool(_NAMED_CALLER.match(value))
    return not value.startswith(("*", "?")) if key == "sts:externalid" else is_organisation(value)


def _host(provider: str) -> str:
    """The host of an OpenID Connect provider, or the name of another one: `…:oidc-provider/<host>`."""
    return provider.partition(":oidc-provider/")[2] or provider


def _claims(provider: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The claims of a token to test, each with the condition keys that would do."""
    if ":saml-provider/" in provider:
        yield "SAML:aud", ("saml:aud",)
        return
    host = _host(provider).lower()
    yield f"{host}:aud", (f"{host}:aud",)
    yield f"{host}:sub", (f"{host}:sub", f"{host}:amr")


def _is_pinned(test: KeyCondition) -> bool:
    """Whether each value says more than a wildcard; of GitHub's, the repository."""
    begins = (re.split(r"[*?]", value, maxsplit=1)[0] for value in test.values if value != UNKNOWN_TEXT)
    if test.key == f"{_GITHUB}:sub":
        return all(re.match(r"repo:[^/]+/[^:/]+:", begin) for begin in begins)
    return all(begins)


_TRUST: Final = frozenset({ROLE})

RULES: Final = (
    Rule(
        name="trust-is-not-open",
        theme="IAM",
        severity="critical",
        description="Nobody may become a role who is not named.",
        check=open_trust,
        types=_TRUST,
        equivalents=("checkov:CKV_AWS_60", "checkov:CKV_AWS_61"),
    ),
    Rule(
        name="federated-trust-is-pinned",
        theme="IAM",
        severity="critical",
        description="A role for tokens of an identity provider tests their audience and their subject.",
        check=loose_federation,
        types=_TRUST,
        equivalents=("checkov:CKV_AWS_358", "checkov:CKV_AWS_393"),
    ),
    Rule(
        name="service-trust-has-source",
        theme="IAM",
        severity="medium",
        description="A service takes on a role only for this account, or a resource of it.",
        check=service_without_source,
        types=_TRUST,
        equivalents=("prowler:iam_role_cross_service_confused_deputy_prevention",),
        parameters=(
            Parameter(
                "services",
                "Services that do not tell for whom they act, and so may go without a condition.",
                {"type": "array", "items": {"type": "string"}},
                ["ec2.amazonaws.com"],
            ),
        ),
    ),
)
STACK_RULES: Final = (
    StackRule(
        name="cross-account-trust-is-conditioned",
        theme="IAM",
        severity="high",
        description="A role trusts some callers of another account, not all of it, and no foreign account.",
        check=loose_account,
        types=_TRUST,
        parameters=(ACCOUNTS,),
    ),
)
