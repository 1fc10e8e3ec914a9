"""Rules on ownership and tags: every resource says whose it is, and somebody is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from mesh_guardrails.accounts_of_stack import PROVIDER, setting, stack_of
from mesh_guardrails.document_reading import UNKNOWN_TEXT, texts
from mesh_guardrails.policy_properties import ROLE
from mesh_guardrails.rule import Parameter, RegisteredResource, Rule, StackRule
from mesh_guardrails.type_tokens import token, tokens

_BUDGET: Final = token("budgets/budget")
_DESCRIBED: Final = frozenset({ROLE, *tokens("iam/policy", "glue/job", "kms/key", "lambda/function")})
_DOMAIN_STACKS: Final = "domain-"


def untagged_provider(provider: RegisteredResource, tags: Sequence[str]) -> Iterator[str]:
    """Messages on a provider that does not tag what it makes, or with an empty value."""
    if provider.name.startswith("default"):
        return
    default: Mapping[str, Any] = setting(provider.props, "defaultTags") or {}
    written: Mapping[str, Any] = default.get("tags") or {}
    if missing := [name for name in tags if not str(written.get(name) or "").strip()]:
        yield (
            f"the provider '{provider.name}' does not set {', '.join(missing)} on what it makes; set them in its "
            "defaultTags"
        )


def emptied_tag(resource: RegisteredResource, tags: Sequence[str]) -> Iterator[str]:
    """Messages on a resource that sets one of the mesh's tags to nothing, over that of its provider."""
    written: Mapping[str, Any] = resource.props.get("tags") or {}
    if emptied := [name for name in tags if name in written and not str(written.get(name) or "").strip()]:
        yield f"'{resource.name}' has an empty tag {', '.join(emptied)}; leave it to the provider's defaultTags"


def foreign_product(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a resource of a domain's stack whose tag says that it belongs to another domain's product."""
    stack = stack_of(resource)
    domain = stack.removeprefix(_DOMAIN_STACKS)
    written: Mapping[str, Any] = resource.props.get("tags") or {}
    product = written.get("mesh:product")
    if stack == domain or product is None or product == UNKNOWN_TEXT:
        return
    if not str(product).startswith(f"{domain}.") or str(product) == f"{domain}.":
        yield (
            f"'{resource.name}' has the tag mesh:product '{product}' in the stack '{stack}'; name a product of the "
            f"domain, as '{domain}.<product>'"
        )


def silent_budget(budget: RegisteredResource) -> Iterator[str]:
    """Messages on a budget that tells nobody, or has a notification that does not."""
    notifications: Sequence[Mapping[str, Any]] = budget.props.get("notifications") or ()
    reached = [_subscribers(each) for each in notifications]
    if not reached or not all(reached):
        yield f"the budget '{budget.name}' tells nobody; give each notification subscriberEmailAddresses"


def undescribed(resource: RegisteredResource) -> Iterator[str]:
    """Messages on a role, a policy, a key or a program that does not say what it is for."""
    if not str(resource.props.get("description") or "").strip():
        yield f"'{resource.name}' ({resource.type}) does not say what it is for; give it a description"


def _subscribers(notification: Mapping[str, Any]) -> bool:
    names = ("subscriberEmailAddresses", "subscriberSnsTopicArns")
    return any(texts(notification.get(name)) or UNKNOWN_TEXT in str(notification.get(name)) for name in names)


def _tags(default: list[str]) -> Parameter:
    return Parameter(
        "tags", "Names of the tags of every resource.", {"type": "array", "items": {"type": "string"}}, default
    )


_EVERY_TAG: Final = ["mesh", "mesh:stack", "mesh:owner"]

RULES: Final = (
    Rule(
        name="provider-tags-what-it-makes",
        theme="ownership and tags",
        severity="medium",
        description="Every provider tags what it makes with the mesh, the stack and the owner.",
        check=untagged_provider,
        types=frozenset({PROVIDER}),
        parameters=(_tags(_EVERY_TAG),),
    ),
    Rule(
        name="no-emptied-tag",
        theme="ownership and tags",
        severity="medium",
        description="No resource sets a tag of the mesh to nothing.",
        check=emptied_tag,
        parameters=(_tags([*_EVERY_TAG, "mesh:product"]),),
    ),
    Rule(
        name="product-tag-is-of-the-domain",
        theme="ownership and tags",
        severity="medium",
        description="A resource in a domain's stack is tagged as of a product of that domain, or of none.",
        check=foreign_product,
    ),
    Rule(
        name="budget-tells-somebody",
        theme="ownership and tags",
        severity="medium",
        description="Every notification of a budget has somebody who gets it.",
        check=silent_budget,
        types=frozenset({_BUDGET}),
    ),
    Rule(
        name="resource-says-its-purpose",
        theme="ownership and tags",
        severity="low",
        description="Roles, policies, keys and programs have a description.",
        check=undescribed,
        types=_DESCRIBED,
    ),
)
STACK_RULES: Final[tuple[StackRule, ...]] = ()
