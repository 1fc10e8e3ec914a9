"""Parts of a request that it leaves unsaid: its resource's name, whether the owner shares it, keys about the owner."""

from __future__ import annotations

from mesh.evaluator import facts, sent_keys
from mesh.evaluator.conditions import UNSAID_OWNER
from mesh.evaluator.world import Account, Target


def unnamed(target: Target, action: str, asked: str) -> Target:
    """The target of a request that names no resource, though its action takes one."""
    if target.account is None or not facts.takes_a_resource(action):
        return target
    return target._replace(assumed=(f"{asked} on a resource of no name: taken for the caller's own",))


def as_shared(target: Target, resource: str, caller: Account | None) -> Target:
    """The resource of another account as the caller may reach it: the worst, but no farther than its organisation."""
    if target.reach == "shared":
        return target._replace(assumed=(f"{resource} is another account's: taken for one that it shares",))
    if target.reach != "organization":
        return target
    owner = target.account.organization if target.account else None
    if owner is None or caller is None or caller.organization != owner:
        return target._replace(reach="never")
    administered = f"{resource} is another account's: taken for one that the caller administers for the organisation"
    return target._replace(reach="shared", assumed=(administered,))


def as_sent(target: Target, action: str, on_a_resource: bool) -> Target:
    """The resource with the keys about its owner that AWS sends with the action."""
    sent = sent_keys.owner_is_sent(action, on_a_resource)
    if sent == "sent":
        return target
    keys = {key: values for key, values in target.keys.items() if key not in facts.OWNER_KEYS}
    return target._replace(keys=keys if sent == "not sent" else {**keys, UNSAID_OWNER: ()})
