"""Rules on accounts and providers: each resource is made in an account that somebody named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mesh_guardrails.rule import RegisteredResource, Rule, StackRule

_OWN_PACKAGE: Final = "pulumi:"


def default_provider(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a default provider, which Pulumi makes: it acts in any account that the credentials lead to."""
    # Pulumi knows it by its name, too (`providers.IsDefaultProvider`, sdk/go/common/resource/urn).
    if resource.provider.startswith("default") and not resource.type.startswith(_OWN_PACKAGE):
        yield (
            f"'{resource.name}' ({resource.type}) is made by the default provider '{resource.provider}'; give it, or "
            "the component it is in, an explicit provider, which says the account by its role"
        )


RULES: Final = (
    Rule(
        name="no-default-provider",
        theme="accounts and providers",
        severity="high",
        description="Every resource is made by an explicit provider, which names its account.",
        check=default_provider,
    ),
)
STACK_RULES: Final[tuple[StackRule, ...]] = ()
