"""Rules on accounts and providers."""

from __future__ import annotations

import pytest
from mesh_guardrails.rule import RegisteredResource
from mesh_guardrails.themes import accounts

from tests.policies.registered import resource


@pytest.mark.parametrize("provider", ["default", "default_7_51_1", "default_7_51_1_https_//plugins.example"])
def test_a_resource_of_a_default_provider_is_found(provider: str) -> None:
    (message,) = accounts.default_provider(resource("aws:sqs/queue:Queue", "q", provider=provider))
    assert message.startswith(f"'q' (aws:sqs/queue:Queue) is made by the default provider '{provider}'")


@pytest.mark.parametrize(
    "one",
    [
        resource("aws:sqs/queue:Queue", provider="playback"),
        resource("pulumi:pulumi:StackReference", provider="default"),
        resource("pulumi:providers:aws", "playback", provider=""),
        resource("mesh:aws:DataProduct", provider=""),
    ],
    ids=lambda one: one.type,
)
def test_explicit_providers_and_what_is_pulumis_own_are_fine(one: RegisteredResource) -> None:
    assert list(accounts.default_provider(one)) == []
