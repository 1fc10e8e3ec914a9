"""Mutants of a resource's policy that reach nobody and nothing more, found by computing.

A resource's policy is about that resource alone, and an Allow is for those whom both its `Principal` and its condition
on `aws:PrincipalArn` name: what only one of the two lets through comes to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final, cast

from mesh.aws.allowed_actions import Power, allowed_actions, listed_services
from mesh.evaluator import facts
from mesh.evaluator.patterns import Test, like, resource_like
from mesh.proof.entitlements import NOT_USED
from mesh.proof.mutants import Changed, Json

BY_CONDITION: Final = "the condition on aws:PrincipalArn names the account, so a wider Principal admits nobody more"
BY_PRINCIPAL: Final = "the Principal names the account, so a wider account in aws:PrincipalArn admits nobody more"
NAMES_NO_MORE: Final = "AWS has no action that it names more (service reference; a new release of it is a finding, U1)"
OF_ITSELF: Final = "a policy is about the resource that carries it, of which the statement names no more than before"
REFUSES_NO_HARM: Final = "what is refused no longer can do nothing with data (mesh/aws/actions)"
ALLOWS_NO_HARM: Final = "the statement allows only what can do nothing with data (mesh/aws/actions)"
SAME_POWERS: Final = (
    "what it adds does to the resource what the statement allows already, or no harm (mesh/aws/actions)"
)

_ACCOUNT: Final = re.compile(r"arn:aws:(?:iam|sts)::(\d{12}):.*")


def reason_of_reach(change: Changed, before: Json, carrier: str | None) -> str | None:
    """The reason why a mutant reaches no more; `carrier` is the ARN of the resource, None for another policy."""
    after, element = change.statement, change.mutant.change.partition(" ")[0]
    if after is None:
        return None
    if element.endswith("Action") and change.mutant.mistake != "dropped" and _names(before) == _names(after):
        return NAMES_NO_MORE
    if before["Effect"] == "Deny":
        lost = (
            element == "Action" and change.mutant.mistake == "dropped" and not set(_harms(before)) - set(_harms(after))
        )
        return REFUSES_NO_HARM if lost else None
    if carrier is None or "Principal" not in before:
        return None
    if element == "Action" and change.mutant.mistake != "dropped":
        return SAME_POWERS if _powers(after, carrier) <= _powers(before, carrier) else None
    if element == "Resource":
        return OF_ITSELF if _reached(after, carrier) == _reached(before, carrier) else None
    if not any(_harms(before)):
        return ALLOWS_NO_HARM
    return _by_the_other(before, after) if change.mutant.mistake != "dropped" else None


def _by_the_other(before: Json, after: Json) -> str | None:
    """The reason why a wider Principal, or a wider account in the condition on the caller, comes to nothing."""
    accounts = _accounts(_listed_principal(before))
    if accounts and before["Principal"] != after["Principal"]:
        named = _accounts(_callers(before))
        return BY_CONDITION if named and named <= accounts else None
    opened = [each.replace(f"::{account}:", "::*:") for each in _callers(before) for account in accounts]
    more = [each for each in _callers(after) if each not in _callers(before)]
    return BY_PRINCIPAL if accounts and more and all(each in opened for each in more) else None


def _listed_principal(statement: Json) -> list[str]:
    principal: Any = statement["Principal"]
    return _listed(cast("Mapping[str, Any]", principal).get("AWS", [])) if isinstance(principal, Mapping) else []


def _callers(statement: Json) -> list[str]:
    """Values of the positive condition on the caller's ARN."""
    block: Mapping[str, Mapping[str, Any]] = statement.get("Condition", {})
    return [
        value
        for operator, keys in block.items()
        if operator in ("ArnLike", "ArnEquals", "StringLike", "StringEquals")
        for value in _listed(keys.get("aws:PrincipalArn", []))
    ]


def _accounts(arns: list[str]) -> frozenset[str]:
    """Accounts that the ARNs name; none when one names no account, or any."""
    found = [_ACCOUNT.fullmatch(arn) for arn in arns]
    return frozenset(match[1] for match in found if match) if all(found) else frozenset()


# ---- actions and resources


def _names(statement: Json) -> frozenset[str]:
    """Actions of AWS that match an entry of the statement's list."""
    listed = _listed(statement["Action"] if "Action" in statement else statement["NotAction"])
    return frozenset(action for entry in listed for action in _matched(entry.lower()))


@lru_cache(maxsize=4096)
def _matched(pattern: str) -> frozenset[str]:
    service, _, name = pattern.partition(":")
    test = like(name)
    return frozenset(f"{service}:{each}" for each in facts.actions_of(service) if test(each.lower()))


def _harms(statement: Json) -> Iterator[str]:
    """Actions of listed services that the statement names and that can do harm, also if they are refused to all."""
    tests = _tests(statement)
    return (action for action in _every_harm() if any(test(action.lower()) for test in tests))


@cache
def _every_harm() -> tuple[str, ...]:
    return tuple(
        f"{prefix}:{name}"
        for prefix, service in listed_services().items()
        for name in (
            *(action.name for action in service.allowed.values() if not action.harmless),
            *(name for name, powers in service.refused.items() if powers != NOT_USED),
        )
    )


@cache
def _allowed_harms() -> dict[str, frozenset[Power]]:
    return {name: frozenset(action.can) for name, action in allowed_actions() if not action.harmless}


def _powers(statement: Json, carrier: str) -> set[tuple[str, Power]]:
    """Powers that the statement gives, by the part of the resource; what is refused to everybody is left out."""
    tests, named = _tests(statement), _any_resource(statement)
    actions = [action for action in _allowed_harms() if any(test(action.lower()) for test in tests)]
    return {
        (part, power)
        for part in _parts(carrier)
        if named(part)
        for action in actions
        if facts.takes(action, part)
        for power in _allowed_harms()[action]
    }


def _reached(statement: Json, carrier: str) -> set[tuple[str, str]]:
    """Actions and the parts of the resource on which the statement allows them."""
    tests, named = _tests(statement), _any_resource(statement)
    service = "sts" if ":role/" in carrier else carrier.split(":")[2]
    names = [f"{service}:{name}" for name in facts.actions_of(service)]
    actions = [action for action in names if any(test(action.lower()) for test in tests)]
    parts = [part for part in _parts(carrier) if named(part)]
    return {(action, part) for part in parts for action in actions if facts.takes(action, part)}


def _parts(carrier: str) -> tuple[str, ...]:
    """ARNs of the resource itself and of what lies in it, of every prefix that the mesh has a meaning for."""
    service, last = carrier.split(":")[2], carrier.rpartition(":")[2]
    match service:
        case "s3":
            inside = ("x", "tables/a", "tables/a/metadata/a", "files/a", "outbound/a/a", "AWSLogs/a")
            return (carrier, *(f"{carrier}/{part}" for part in inside))
        case "events":
            return (carrier, carrier.replace(f":{last}", f":rule/{last.partition('/')[2]}/x"))
        case "glue":
            return (carrier, *(carrier.replace(f":{last}", f":{part}") for part in ("database/a", "table/a/a")))
        case _:
            return (carrier,)


def _tests(statement: Json) -> list[Test]:
    return [like(pattern.lower()) for pattern in _listed(statement["Action"])]


def _any_resource(statement: Json) -> Test:
    tests = [resource_like(pattern) for pattern in _listed(statement.get("Resource", "*"))]
    return lambda arn: any(test(arn) for test in tests)


def _listed(value: Any) -> list[str]:
    return [str(each) for each in cast("list[Any]", value)] if isinstance(value, list) else [str(value)]
