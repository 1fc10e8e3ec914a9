"""The account in which a resource of a stack is made, and the stack: read of its provider and of its URN."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from mesh_guardrails.document_reading import account_of, texts
from mesh_guardrails.rule import RegisteredResource, Stack

PROVIDER: Final = "pulumi:providers:aws"


def stack_of(resource: RegisteredResource) -> str:
    """The name of the stack that a resource is in."""
    return stack_of_urn(resource.urn)


def stack_of_urn(urn: str) -> str:
    """The name of the stack in a URN, `urn:pulumi:<stack>::<project>::…`."""
    return urn.removeprefix("urn:pulumi:").partition("::")[0]


def own_account(resource: RegisteredResource, stack: Stack) -> str:
    """The account of the resource's provider, empty where the provider does not say it."""
    provider = next((one for one in stack if one.type == PROVIDER and one.name == resource.provider), None)
    return provider_account(provider.props) if provider else ""


def provider_account(props: Mapping[str, Any]) -> str:
    """The only account that a provider is allowed to act in, or that of the role that it takes on."""
    allowed = texts(setting(props, "allowedAccountIds"))
    if len(allowed) == 1:
        return allowed[0]
    roles: list[Mapping[str, Any]] = [*(setting(props, "assumeRoles") or ()), setting(props, "assumeRole") or {}]
    return next((account for role in reversed(roles) if (account := account_of(role_arn(role)))), "")


def role_arn(role: Mapping[str, Any]) -> str:
    """The ARN of a role that a provider takes on; a plain dict of Python arrives with its own key, `role_arn`."""
    return str(role.get("roleArn") or role.get("role_arn") or "")


def setting(props: Mapping[str, Any], name: str) -> Any:
    """A setting of a provider, which Pulumi writes as JSON when it is no text."""
    value = props.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None
