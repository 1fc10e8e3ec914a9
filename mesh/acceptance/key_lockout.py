"""Lock-out check of KMS: a key policy under which who puts it could not put another one is refused.

KMS API Reference, CreateKey and PutKeyPolicy, `BypassPolicyLockoutSafetyCheck`; KMS Developer Guide, "Default key
policy". Which condition keys the check sends no page says, so a policy has to
pass with nothing but who that is; that it passes with all that a request sends is M19's (`mesh prove`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from mesh import names
from mesh.acceptance.emitted import UNKNOWN, EmittedResource, InputRefusal
from mesh.acceptance.policy_places import AN_ARN
from mesh.evaluator.conditions import Keys, as_keys
from mesh.evaluator.errors import UnknownError
from mesh.evaluator.policies import Policy, compiled
from mesh.evaluator.principals import CallerIdentity

KEY: Final = "aws:kms/key:Key"
_PUT: Final = "kms:putkeypolicy"
_SESSION: Final = "pulumi"


def locks_out(resource: EmittedResource) -> Iterator[InputRefusal]:
    """The refusal of a key's policy that does not let the role which makes the key put another policy."""
    text = resource.inputs.get("policy")
    if resource.type != KEY or resource.inputs.get("bypassPolicyLockoutSafetyCheck") is True:
        return
    if not isinstance(text, str) or not text or text == UNKNOWN:
        return
    try:
        policy = compiled("the key's policy", json.loads(text.replace(UNKNOWN, AN_ARN)))
    except (ValueError, UnknownError):
        return  # `policy_documents` says what is wrong with it
    why = _why_not(policy, resource.account)
    if why:
        yield resource.refused("policy", f"{why}, where KMS is told nothing but who the caller is: it locks out")


def _why_not(policy: Policy, account: str) -> str | None:
    """Refusal of the account's deployment, should it put another policy; None where it may."""
    role = names.deploy_role(account)
    session = f"arn:aws:sts::{account}:assumed-role/{names.role_name(role)}/{_SESSION}"
    caller = CallerIdentity(account=account, role=role, itself=session)
    keys = _keys(role, account)
    for statement in policy.denies(_PUT):
        if statement.who(caller) and statement.applies(AN_ARN, keys):
            return f"{statement.sid} refuses {role} kms:PutKeyPolicy"
    if not any(statement.who(caller) and statement.applies(AN_ARN, keys) for statement in policy.allows(_PUT)):
        return f"no statement allows {role} kms:PutKeyPolicy"
    return None


def _keys(role: str, account: str) -> Keys:
    """Keys that say who the caller is, and nothing of its organisation, its network or its request."""
    said: dict[str, Any] = {"aws:PrincipalArn": role, "aws:PrincipalAccount": account, "kms:CallerAccount": account}
    return as_keys(said)
