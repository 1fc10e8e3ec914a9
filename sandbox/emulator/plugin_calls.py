"""Calls of the AWS plugin which the handler of a type does not make: put to the gate as the same role, and counted.

`mesh/aws/plugin` has every call of the plugin. A handler makes fewer: it reads nothing behind a creation, and moto does
not have every operation. What reaches moto is decided on its way; everything else is decided here, so that a permission
that the plugin would miss on AWS is missed here, at the same step, and in AWS's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from mesh.aws.plugin_table import plugin_types
from mesh.aws.plugin_types import AskedAction, LookedUp, PluginCall, PluginStep, PluginType, call_values
from sandbox.emulator import backends
from sandbox.emulator.asked_actions import changes
from sandbox.emulator.aws.records import CallOutcome
from sandbox.emulator.aws.resource import AwsError, Call

_NOTHING: Final[Mapping[str, Any]] = {}
_Asked = list[tuple[PluginCall, Sequence[AskedAction]]]


def before(call: Call, *steps: PluginStep) -> None:
    """Decide what AWS decides before anything is changed. Raises AwsError where the role may not do it.

    Those are the plugin's calls up to the first change, which is the handler's own unless moto has no part of the type,
    and what AWS asks along with a call, as the passing of a role. Of a deletion it is all: behind it the resource and
    its policy are gone. What is asked on an id that AWS has not given yet is left for `after`.
    """
    kind = _kind(call)
    if kind is None:
        return
    values = _values(call, _NOTHING)
    calls = list(_made(kind, steps, values))
    if "delete" not in steps:
        calls = list(_leading(calls, with_change=bool(call.resource.recorded)))
    # The table has a stand-in for an id; the policies of keys and buckets say something of the real one only.
    unknown = {"id", *call.resource.outputs} - values.keys()
    _decide(call, [(each, _asked(kind, each, values)) for each in calls if not each.names & unknown])


def after(
    call: Call, steps: Iterable[PluginStep], made: Sequence[AskedAction], found: Mapping[str, Any] = _NOTHING
) -> None:
    """Decide what the handler did not make of some steps, and count it. Raises AwsError where the role may not do it.

    `made` is what was decided on its way to moto, `found` what AWS gave besides the inputs.
    """
    kind = _kind(call)
    if kind is None:
        return
    values = _values(call, found)
    asked: _Asked = []
    for each in _made(kind, steps, values):
        _count(call, each, made)
        actions = _asked(kind, each, values)
        if not actions:
            raise AwsError("NotDecided", f"on what {each.action} is asked cannot be told: {', '.join(each.on)}")
        asked.append((each, [one for one in actions if not any(other.covers(one) for other in made)]))
    _decide(call, asked)


def count(call: Call, step: PluginStep, made: Sequence[AskedAction]) -> None:
    """Count the calls of a step that was decided before it."""
    kind = _kind(call)
    if kind is not None:
        for each in _made(kind, [step], _values(call, _NOTHING)):
            _count(call, each, made)


def _kind(call: Call) -> PluginType | None:
    """The type in the table; None where it does not stand there, and where no policies are enforced."""
    return plugin_types().get(call.resource.token) if call.session.decides else None


def _made(kind: PluginType, steps: Iterable[PluginStep], values: Mapping[str, Any]) -> Iterator[PluginCall]:
    """The plugin's calls of some steps for these values."""
    yield from (each for step in steps for each in kind.calls(step) if each.made(values))


def _count(call: Call, each: PluginCall, made: Sequence[AskedAction]) -> None:
    """Count a call of the plugin as made, or not."""
    outcome: CallOutcome = "along" if each.along else "left"
    if any(action.action == each.action for action in made):
        outcome = "made"
    call.session.records.count_plugin_call(call.resource.token, each.action, outcome)


def _leading(calls: Sequence[PluginCall], *, with_change: bool) -> Iterator[PluginCall]:
    """Calls before the first change (and that one), and those that AWS asks along with another."""
    first = next((number for number, each in enumerate(calls) if changes(each.action)), len(calls))
    until = first + 1 if with_change else first
    yield from (each for number, each in enumerate(calls) if number < until or each.along)


def _decide(call: Call, asked: _Asked) -> None:
    """Put actions to the gate; raises AwsError for the first refusal that the plugin does not forgive."""
    decides = call.session.decides
    flat = [(each, action) for each, actions in asked for action in actions]
    if decides is None or not flat:
        return
    for (each, _), refused in zip(flat, decides(call.region, [action for _, action in flat]), strict=True):
        if refused and not each.forgiven:
            raise AwsError("AccessDenied", refused)


def _asked(kind: PluginType, each: PluginCall, values: Mapping[str, Any]) -> Sequence[AskedAction]:
    """The actions of a call, on each of its resources; none where AWS has not given an id that they name."""
    try:
        return kind.asked(each, values)
    except KeyError:
        return ()


# ---- what the templates of the table name


def _values(call: Call, found: Mapping[str, Any]) -> Mapping[str, Any]:
    computed = {name: call.state[name] for name in call.resource.computed if name in call.state}
    properties: dict[str, Any] = {**call.resource.defaults, **computed, **found, **call.inputs}
    looked_up = _looked_up(call, properties)
    return call_values(properties, looked_up, account=call.account, region=call.region, tags=call.tags, given=call.id)


def _looked_up(call: Call, values: Mapping[str, Any]) -> Mapping[LookedUp, str]:
    """Values that no property says, as the organisation has them."""
    token = call.resource.token
    if token.startswith(("aws:organizations/", "aws:cloudtrail/organization")):
        return _of_the_organization(call.account, values)
    if token.endswith(":VpcEndpoint"):
        of_aws = str(values.get("serviceName", "")).startswith("com.amazonaws.")
        return {"serviceOwner": "amazon"} if of_aws else {}
    if token.endswith(":Function"):
        return _of_subnets(call, values)
    if token.startswith("aws:iam/"):
        return _of_iam(call.account, values)
    return {}


def _of_the_organization(account: str, values: Mapping[str, Any]) -> Mapping[LookedUp, str]:
    stored: Any = backends.organization(account)
    if getattr(stored, "org", None) is None:
        return {}
    attached = next((policy.type for policy in stored.policies if policy.id == values.get("policyId")), "")
    kind = str(values.get("type") or attached).lower()
    roots = (unit.id for unit in stored.ou if unit.id.startswith("r-"))
    found: dict[LookedUp, str] = {"organization": stored.org.id, "root": next(roots, ""), "policyType": kind}
    return {name: value for name, value in found.items() if value}


def _of_subnets(call: Call, values: Mapping[str, Any]) -> Mapping[LookedUp, str]:
    joined: Mapping[str, Any] = values.get("vpcConfig") or {}
    networks = backends.networks_of(joined.get("subnetIds") or (), call.region)
    return {"subnetsVpc": networks[0]} if networks else {}


def _of_iam(account: str, values: Mapping[str, Any]) -> Mapping[LookedUp, str]:
    stored = backends.iam(account)
    role = next((each for each in [*stored.roles.values()] if each.name == values.get("role")), None)
    group = stored.groups.get(values.get("group"))
    found: dict[LookedUp, str] = {
        "rolePath": role.path if role else "",
        "roleBoundary": (role.permissions_boundary_arn or "") if role else "",
        "groupPath": group.path if group else "",
    }
    return {name: value for name, value in found.items() if value}
