"""One mistake in a resource is told by one rule: what two would say of it, one of them leaves to the other."""

from __future__ import annotations

from typing import Final

import pytest
from mesh_guardrails.rule import StackRule
from mesh_guardrails.rules import RULES, STACK_RULES
from pulumi_policy.proxy import UnknownValueError

from tests.policies.cases.case import Made, changed, made
from tests.policies.cases.permissions import policy
from tests.policies.cases.written_policies import HOME, TRUST, account, allow, document, role, trust

KEY: Final = made(
    "aws:kms/key:Key", protect=True, enableKeyRotation=True, description="An example", policy=document(allow())
)
TABLES: Final = made("aws:glue/resourcePolicy:ResourcePolicy", policy=document(allow()))
WORKGROUP: Final = made(
    "aws:athena/workgroup:Workgroup",
    configuration={
        "bytesScannedCutoffPerQuery": 10**9,
        "resultConfiguration": {"encryptionConfiguration": {"encryptionOption": "SSE_KMS"}},
    },
)
LOOSE: Final = {**WORKGROUP.props["configuration"], "enforceWorkgroupConfiguration": False}
MISTAKES: Final[list[tuple[Made, Made, str]]] = [
    (KEY, changed(KEY, policy=document(allow(Principal="*"))), "resource-policy-is-closed"),
    (KEY, changed(KEY, policy=document(allow(NotPrincipal={"AWS": HOME}))), "resource-policy-is-closed"),
    (TABLES, changed(TABLES, policy=document(allow(Principal="*"))), "resource-policy-is-closed"),
    (policy(allow()), policy(allow("*", "*")), "no-administrator"),
    (role(), role(assumeRolePolicy=trust("*")), "trust-is-not-open"),
    (
        role(),
        role(assumeRolePolicy=document({**allow("sts:AssumeRole"), "NotPrincipal": TRUST})),
        "trust-is-not-open",
    ),
    (
        WORKGROUP,
        changed(WORKGROUP, configuration=LOOSE),
        "workgroup-enforces-its-settings",
    ),
]


@pytest.mark.parametrize(
    ("fine", "mistaken", "rule"), MISTAKES, ids=[f"{rule}-{n}" for n, (*_, rule) in enumerate(MISTAKES)]
)
def test_a_mistake_is_told_by_one_rule(fine: Made, mistaken: Made, rule: str) -> None:
    assert telling(mistaken) - telling(fine) == {rule}


def telling(resource: Made) -> set[str]:
    """The rules that report a resource, in a stack with its provider."""
    stack = [one.registered(()) for one in (resource, account())]
    told: set[str] = set()
    for each in (*RULES, *STACK_RULES):
        if each.types and resource.type not in each.types:
            continue
        asked = (stack[0], stack) if isinstance(each, StackRule) else (stack[0],)
        try:
            told |= {each.name} if list(each.check(*asked, **each.values())) else set()
        except UnknownValueError as unknown:
            raise AssertionError(each.name) from unknown
    return told
