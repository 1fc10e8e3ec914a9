"""Types and properties that the rules name, held to those that the SDK of the plugin has."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

import pulumi_aws
import pytest
from mesh_guardrails.policy_properties import IDENTITY_POLICIES, RESOURCE_POLICIES
from mesh_guardrails.rules import RULES, STACK_RULES

SDK: Final = Path(pulumi_aws.__file__).parent
NO_POLICIES: Final[dict[str, str]] = {
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": "which images go",
    "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy": "a language of its own",
    "aws:opensearch/serverlessLifecyclePolicy:ServerlessLifecyclePolicy": "which data goes",
    "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy": "a language of its own",
    "aws:resiliencehub/resiliencyPolicy:ResiliencyPolicy": "how long an outage may be",
    "aws:ses/receiptFilter:ReceiptFilter": "`Allow` or `Block`",
    "aws:sns/dataProtectionPolicy:DataProtectionPolicy": "which data of messages is masked",
    "aws:iot/policyAttachment:PolicyAttachment": "the name of a policy",
    "aws:cloudwatch/logAccountPolicy:LogAccountPolicy": "what is masked, or subscribed to, in all logs",
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": "what of logs is masked",
    "aws:cloudwatch/logIndexPolicy:LogIndexPolicy": "which fields of logs are indexed",
    "aws:networkmanager/coreNetworkPolicyAttachment:CoreNetworkPolicyAttachment": "segments of a network",
    "aws:verifiedaccess/endpoint:Endpoint": "a language of its own, Cedar",
    "aws:verifiedaccess/group:Group": "a language of its own, Cedar",
}
"""Types that have a property called as a policy, which is no policy of IAM's language."""

PROPERTY: Final = re.compile(
    r"\(name=\"(policy|policyDocument|resourcePolicy|accessPolic(?:y|ies))\"\)|def (policy)\(self\)"
)


@cache
def tokens() -> dict[str, Path]:
    """Every type of the SDK, with the folder of its module."""
    modules = re.findall(
        r'"mod": "([\w/]+)",\s+"fqn": "([\w.]+)",\s+"classes": \{\s+"(aws:[\w/]+:\w+)"',
        (SDK / "__init__.py").read_text(),
    )
    return {token: SDK.parent.joinpath(*name.split(".")) for _, name, token in modules}


def test_every_type_that_a_rule_names_is_one_of_the_plugin() -> None:
    named = {type_ for rule in (*RULES, *STACK_RULES) for type_ in rule.types if type_.startswith("aws:")}
    assert len(tokens()) > 1_500
    assert named - tokens().keys() == set()


@pytest.mark.long
def test_every_policy_of_the_plugin_is_read_or_named_with_a_reason() -> None:
    """A property called as a policy, in the arguments of a resource: no new kind of policy is overlooked."""
    found: dict[str, set[str]] = {}
    for folder in {*tokens().values()}:
        for file in folder.glob("[a-z]*.py"):
            if not file.name.startswith(("get_", "outputs")):
                text = file.read_text("utf-8")
                token = re.search(r"super\(\w+, __self__\).__init__\(\s+'(aws:[^']+)'", text)
                arguments = text.partition("@pulumi.input_type\nclass _")[0]
                if token and (names := {one or other for one, other in PROPERTY.findall(arguments)}):
                    found[token[1]] = names
    assert len(found) > 80
    known = {**RESOURCE_POLICIES, **IDENTITY_POLICIES}
    assert [token for token in found if token not in known and token not in NO_POLICIES] == []
    assert [token for token, name in known.items() if token in found and name not in found[token]] == []
    assert NO_POLICIES.keys() - found.keys() == set()
