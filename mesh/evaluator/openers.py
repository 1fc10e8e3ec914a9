"""Openers of a resource that nobody listed: the actions that give it a policy, and the callers who may take them.

A resource that the world does not list may have any policy that somebody of its account could give it. Where control
policies refuse everybody of the account every action that does, it has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from mesh.evaluator import facts
from mesh.evaluator.world import Account, Role

Refuses = Callable[[str, str, Mapping[str, Any]], bool]
"""Whether control policies refuse a caller an action with the keys given."""

_WITH_A_POLICY: Final[Mapping[str, tuple[str, ...]]] = {
    "kms": ("kms:CreateKey",),
    "sns": ("sns:CreateTopic", "sns:SetTopicAttributes"),
    "sqs": ("sqs:CreateQueue", "sqs:SetQueueAttributes"),
    "sts": ("iam:CreateRole", "iam:UpdateAssumeRolePolicy"),
}
"""Actions that set a policy among other things, which the reference does not count as managing permissions."""

_TAKES_AWAY: Final = ("Delete", "Remove", "Revoke", "Retire")
"""Beginnings of the names of actions that manage permissions, and let nobody in."""


_TELLS_WHOM: Final = frozenset({"lambda"})
"""Services of which an action says in a condition key whom it admits, see `_told`."""


@lru_cache(maxsize=512)
def openers(service: str) -> tuple[str, ...]:
    """Actions that may give a resource of a service a policy, or another way to be reached by others."""
    managing = [name for name in facts.actions_of(service) if facts.changes_permissions(service, name)]
    return (*_WITH_A_POLICY.get(service, ()), *(f"{service}:{n}" for n in managing if not n.startswith(_TAKES_AWAY)))


def can_be_open(
    service: str, owner: Account | None, roles: Mapping[str, Role], admitted: str | None, refused: Refuses
) -> bool:
    """Whether somebody of the owner's account may give a resource there a policy that admits an account or a service.

    `admitted` is the id of the one or the name of the other (Lambda Developer Guide, "Granting Lambda function access
    to AWS services": AddPermission names the service). None stands for everybody as whom it admits, and for an owner
    that is not known. `roles` are those of the world.
    """
    if owner is None or owner.management or not owner.service_control:
        return True
    key = (service, admitted if service in _TELLS_WHOM else None)
    if key not in owner.opened:
        # While it is found out the resource counts as open: the question does not ask itself.
        owner.opened[key] = True
        own = (arn for arn, role in roles.items() if role.account == owner.id)
        asked = (f"arn:aws:iam::{owner.id}:role/somebody", f"arn:aws:iam::{owner.id}:root", *own)
        owner.opened[key] = any(
            not refused(caller, action, _told(action, admitted)) for action in openers(service) for caller in asked
        )
    return owner.opened[key]


def _told(action: str, admitted: str | None) -> Mapping[str, Any]:
    return {"lambda:Principal": admitted or "*"} if action == "lambda:AddPermission" else {}
