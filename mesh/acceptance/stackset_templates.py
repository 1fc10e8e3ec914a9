"""Templates of StackSets: the resources of each, and the accounts in which AWS makes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from mesh.acceptance.emitted import UNKNOWN, EmittedResource

STACK_SET: Final = "aws:cloudformation/stackSet:StackSet"
_BODY: Final = "templateBody"
_AN_ACCOUNT: Final = "111122223333"


class TemplateResource(NamedTuple):
    """A resource of a template; `only_in` is the account for which its condition holds, None if it is made in all."""

    name: str
    type: str
    properties: Mapping[str, Any]
    only_in: str | None = None


class TemplateError(ValueError):
    """A template that CloudFormation would not take."""


def template(resource: EmittedResource) -> tuple[TemplateResource, ...]:
    """Resources of a StackSet's template; an account's id stands where CloudFormation fills one in.

    Raises TemplateError. A template that only AWS will know has none.
    """
    text = resource.inputs.get(_BODY)
    if not isinstance(text, str) or text == UNKNOWN:
        return ()
    try:
        body: Any = json.loads(text, object_hook=_filled_in)
    except ValueError as error:
        raise TemplateError(f"it is no JSON: {error}") from error
    return tuple(
        TemplateResource(name, each["Type"], each.get("Properties", {}), _only_in(body, each.get("Condition")))
        for name, each in _checked(body)
    )


def made_in(resources: Iterable[EmittedResource]) -> Mapping[str, frozenset[str]]:
    """URN of a StackSet -> accounts in which AWS makes its template: those of the units that its instances depend on.

    Ids of units are AWS's alone in a preview, so dependencies tell of which units they are.
    """
    every = tuple(resources)
    accounts = _accounts_of_units(every)
    names = {(each.stack, str(each.inputs.get("name"))): each.urn for each in every if each.type == STACK_SET}
    found: dict[str, frozenset[str]] = {}
    for each in every:
        if each.type == "aws:cloudformation/stackInstances:StackInstances":
            urn = names.get((each.stack, str(each.inputs.get("stackSetName"))), "")
            reached = frozenset[str]().union(*(accounts.get(needed, ()) for needed in each.dependencies))
            found[urn] = found.get(urn, frozenset()) | reached
    return found


def _accounts_of_units(every: Sequence[EmittedResource]) -> Mapping[str, frozenset[str]]:
    """URN of a unit -> ids of its accounts. An account has a stack of its name, which says the id."""
    stacks: dict[str, set[str]] = {}
    for each in every:
        stacks.setdefault(each.stack, set()).add(each.account)
    found: dict[str, frozenset[str]] = {}
    named = [each for each in every if each.type == "aws:organizations/account:Account" and each.name in stacks]
    alone = {account for each in named if len(stacks[each.name]) == 1 for account in stacks[each.name]}
    for each in named:
        # A domain's stack publishes into governance's account as well.
        ids = stacks[each.name] if len(stacks[each.name]) == 1 else stacks[each.name] - alone
        for unit in each.dependencies:
            found[unit] = found.get(unit, frozenset()) | ids
    return found


# ---- the form of a template


def _checked(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    resources: Any = body.get("Resources") if _is_map(body) else None
    if not _is_map(resources):
        raise TemplateError("it has no map of Resources")
    for name, each in cast("Mapping[str, Any]", resources).items():
        if not _is_map(each) or not isinstance(each.get("Type"), str) or not _is_map(each.get("Properties", {})):
            raise TemplateError(f"{name} has no Type, or Properties that are no map")
        if each["Type"] == "AWS::IAM::Role":
            _check_role(name, each.get("Properties", {}))
        yield name, each


def _check_role(name: str, properties: Mapping[str, Any]) -> None:
    if "AssumeRolePolicyDocument" not in properties:
        raise TemplateError(f"{name} has no AssumeRolePolicyDocument")
    policies = properties.get("Policies", [])
    if not isinstance(policies, list) or not all(
        _is_map(each) and "PolicyDocument" in each for each in cast("list[Any]", policies)
    ):
        raise TemplateError(f"{name}: Policies are a list of maps, each with a PolicyDocument")


def _only_in(body: Mapping[str, Any], name: Any) -> str | None:
    """The account for which a condition `Fn::Equals: [!Ref AWS::AccountId, id]` holds."""
    conditions: Any = body.get("Conditions")
    condition: Any = conditions.get(name) if isinstance(name, str) and _is_map(conditions) else None
    sides: Any = condition.get("Fn::Equals") if _is_map(condition) else None
    if not isinstance(sides, list) or {"Ref": "AWS::AccountId"} not in sides:
        return None
    return next((side for side in cast("list[Any]", sides) if isinstance(side, str)), None)


def _filled_in(node: dict[str, Any]) -> Any:
    text = node.get("Fn::Sub") if len(node) == 1 else None
    return text.replace("${AWS::AccountId}", _AN_ACCOUNT) if isinstance(text, str) else node


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping)
